//! What an export is written as, and the link that fetches it.

use std::time::Duration;

use oauth::Timestamp;
use serde_json::{Value, json};

use crate::Tenant;
use crate::model::Members;
use crate::model::job::Job;

/// How long a link works; who asks for the job again gets a new one.
///
/// Source: the vendor's "Bulk User Exports": 60 seconds.
const LIFETIME: Duration = Duration::from_secs(60);
/// What the digests of links are for.
const PURPOSE: &str = "identity.export";
/// Where files are.
pub(crate) const PATH: &str = "exports/users";

/// The columns of a file where the caller names none. Metadata is asked for by name.
const USUAL: [&str; 17] = [
    "user_id",
    "email",
    "email_verified",
    "username",
    "phone_number",
    "phone_verified",
    "name",
    "nickname",
    "given_name",
    "family_name",
    "picture",
    "blocked",
    "created_at",
    "updated_at",
    "last_login",
    "last_ip",
    "logins_count",
];

/// Which members of users go into a file, and what they are called there.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    csv: bool,
    /// Path and name.
    columns: Vec<(String, String)>,
}

impl Columns {
    /// The columns that a job's settings ask for.
    pub(crate) fn of(settings: &Members) -> Self {
        let csv = is_csv(settings);
        let text = |field: &Value, name: &str| Some(field.get(name)?.as_str()?.to_owned());
        let named = settings.get("fields").and_then(Value::as_array);
        let mut columns: Vec<(String, String)> = named
            .into_iter()
            .flatten()
            .filter_map(|field| {
                let path = text(field, "name")?;
                Some((path.clone(), text(field, "export_as").unwrap_or(path)))
            })
            .collect();
        if columns.is_empty() {
            // A cell of CSV has no room for a list.
            let more = (!csv).then_some("identities");
            let all = USUAL.into_iter().chain(more);
            columns = all.map(|name| (name.to_owned(), name.to_owned())).collect();
        }
        Self { csv, columns }
    }

    /// The line of names that a CSV file begins with.
    pub(crate) fn head(&self) -> String {
        match self.csv {
            true => row(self.columns.iter().map(|(_, name)| name.clone())),
            false => String::new(),
        }
    }

    /// The line of a user.
    pub(crate) fn line(&self, user: &Members) -> String {
        if self.csv {
            return row(self.columns.iter().map(|(path, _)| match find(user, path) {
                None | Some(Value::Null) => String::new(),
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
            }));
        }
        let known = self.columns.iter().filter_map(|(path, name)| {
            let value = find(user, path)?;
            Some((name.clone(), value.clone()))
        });
        let object: Members = known.collect();
        format!("{}\n", Value::Object(object))
    }
}

/// Whether a job writes CSV; otherwise one JSON object a line.
pub(crate) fn is_csv(settings: &Members) -> bool {
    settings.get("format") != Some(&json!("json"))
}

fn row(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.map(|cell| web::csv_cell(&cell)).collect();
    format!("{}\r\n", cells.join(","))
}

/// The member at a path such as `user_metadata.plan` or `identities[0].connection`.
fn find<'a>(user: &'a Members, path: &str) -> Option<&'a Value> {
    let mut steps = path
        .split(['.', '['])
        .map(|step| step.trim_end_matches(']'));
    let first = user.get(steps.next()?)?;
    steps.try_fold(first, |value, step| match value {
        Value::Array(list) => list.get(step.parse::<usize>().ok()?),
        other => other.get(step),
    })
}

/// The path and query of a link to a job's file, which works for a minute.
pub(crate) fn link(tenant: &Tenant, job: &Job) -> String {
    let expires = (tenant.clock().now() + LIFETIME).unix_seconds();
    let signature = tenant
        .sealer()
        .digest(PURPOSE, signed(&job.id, expires).as_bytes());
    format!("{PATH}/{}?expires={expires}&signature={signature}", job.id)
}

/// Whether a link is one of ours and still works.
pub(crate) fn holds(tenant: &Tenant, id: &str, expires: i64, signature: &str) -> bool {
    let known = signed(id, expires);
    tenant.clock().now() < Timestamp::from_unix_seconds(expires)
        && tenant
            .sealer()
            .verify_digest(PURPOSE, known.as_bytes(), signature)
}

fn signed(id: &str, expires: i64) -> String {
    format!("{id}.{expires}")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Columns;
    use crate::model::Members;

    fn members(value: Value) -> Members {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn a_column_is_a_member_wherever_it_stands_and_is_called_as_asked() {
        let user = members(json!({
            "user_id": "auth0|1", "email": "=cmd@example.com", "user_metadata": { "plan": "a,b" },
            "identities": [{ "connection": "staff" }]
        }));
        let fields = json!([
            { "name": "email" }, { "name": "user_metadata.plan", "export_as": "Plan" },
            { "name": "identities[0].connection", "export_as": "From" }, { "name": "nickname" }
        ]);
        let csv = Columns::of(&members(json!({ "format": "csv", "fields": fields })));
        assert_eq!(csv.head(), "\"email\",\"Plan\",\"From\",\"nickname\"\r\n");
        assert_eq!(
            csv.line(&user),
            "\"'=cmd@example.com\",\"a,b\",\"staff\",\"\"\r\n"
        );
        let json = Columns::of(&members(json!({ "format": "json", "fields": fields })));
        assert_eq!(
            json.line(&user),
            "{\"email\":\"=cmd@example.com\",\"Plan\":\"a,b\",\"From\":\"staff\"}\n"
        );
        let usual = Columns::of(&members(json!({ "format": "json" })));
        assert!(!usual.line(&user).contains("metadata"));
    }
}
