//! Which clients changed, by the tenant's log.
//!
//! Reading it takes the permission `read:logs`, which the vendor's page for portals does not ask for;
//! without it a portal looks at every client. Entries may arrive out of order, so a mark is set a few
//! entries back.
//!
//! Source: <https://auth0.com/docs/deploy-monitor/logs/retrieve-log-events-using-mgmt-api>,
//! <https://auth0.com/docs/tenant-logs/management-success/sapi>.

use std::collections::BTreeSet;

use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use super::management::{Call, Management};
use crate::port::{Error, ErrorKind};
use crate::survey::{Changes, Mark};

/// How many entries back a mark is set.
const BACK: &str = "25";

/// Most pages of a hundred entries. Every client is looked at where there are more.
const MOST_PAGES: usize = 100;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    log_id: String,
    #[serde(rename = "type")]
    kind: String,
    description: Option<String>,
    /// Whose change it was.
    client_id: Option<String>,
    details: Value,
}

/// What an entry says of clients.
#[derive(Debug, PartialEq, Eq)]
enum Touched {
    Nothing,
    Client(String),
    /// Some client or several, and nobody says which.
    Somebody,
}

pub(super) async fn mark(management: &Management) -> Result<Mark, Error> {
    let call = Call::new(Method::GET, "/api/v2/logs", "read:logs")
        .query("page", "0")
        .query("per_page", BACK)
        .query("sort", "date:-1")
        .query("fields", "log_id");
    let answer = management.call(&call).await?;
    let newest: Vec<Entry> = answer.ok_or(ErrorKind::Misconfigured)?.read()?;
    let mark = newest.into_iter().next_back();
    Ok(Mark(mark.map(|entry| entry.log_id).unwrap_or_default()))
}

pub(super) async fn changes(
    management: &Management,
    since: &Mark,
) -> Result<Option<Changes>, Error> {
    let Mark(mut from) = since.clone();
    if from.is_empty() {
        return Ok(None);
    }
    let own = management.tokens.client_id();
    let mut clients = BTreeSet::new();
    for _ in 0..MOST_PAGES {
        // Beside these two parameters the tenant ignores all.
        let call = Call::new(Method::GET, "/api/v2/logs", "read:logs")
            .query("from", &from)
            .query("take", "100");
        let answer = management.call(&call).await?;
        if matches!(
            answer.status,
            StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND
        ) {
            return Ok(None);
        }
        let entries: Vec<Entry> = answer.ok_or(ErrorKind::Misconfigured)?.read()?;
        let Some(last) = entries.last() else {
            let next = Mark(from);
            return Ok(Some(Changes { clients, next }));
        };
        from.clone_from(&last.log_id);
        for entry in &entries {
            match entry.touched() {
                Touched::Nothing => {}
                Touched::Client(id) => {
                    clients.insert(id);
                }
                // We know what we did ourselves.
                Touched::Somebody if entry.client_id.as_deref() == Some(own) => {}
                Touched::Somebody => return Ok(None),
            }
        }
    }
    Ok(None)
}

impl Entry {
    fn touched(&self) -> Touched {
        if self.kind != "sapi" {
            return Touched::Nothing;
        }
        let text = |pointer: &str| self.details.pointer(pointer).and_then(Value::as_str);
        let path = text("/request/path").unwrap_or_default();
        let path: Vec<&str> = path.trim_start_matches("/api/v2").split('/').collect();
        let method = text("/request/method").unwrap_or_default();
        let said = self.description.as_deref().unwrap_or_default();
        let named = ["/response/body/client_id", "/request/body/client_id"];
        let named = || named.into_iter().find_map(text).map(str::to_owned);
        match path.as_slice() {
            // A tenant may write down the operation's path instead of the one that was called.
            ["", "clients", id, ..] if !id.starts_with('{') => Touched::Client((*id).to_owned()),
            ["", "clients" | "client-grants", ..] => {
                named().map_or(Touched::Somebody, Touched::Client)
            }
            // Grants end with their API, and lose the scopes that it loses.
            ["", "resource-servers", _] if method.eq_ignore_ascii_case("get") => Touched::Nothing,
            ["", "resource-servers", _] => Touched::Somebody,
            // Some operations say in words alone what they did.
            [""] if said.ends_with("resource server") && !said.starts_with("Create") => {
                Touched::Somebody
            }
            [""] => named().map_or(Touched::Nothing, Touched::Client),
            _ => Touched::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Entry, Touched};

    fn touched(method: &str, path: &str, answer: &Value) -> Touched {
        let details = json!({
            "request": { "method": method, "path": path }, "response": { "body": answer },
        });
        let entry = json!({ "log_id": "1", "type": "sapi", "details": details });
        let entry: Entry = serde_json::from_value(entry).unwrap();
        entry.touched()
    }

    #[test]
    fn entries_name_the_clients_that_changed() {
        let client = || Touched::Client("abc".to_owned());
        let named = json!({ "client_id": "abc" });
        let nothing = Value::Null;
        assert_eq!(touched("patch", "/api/v2/clients/abc", &nothing), client());
        assert_eq!(
            touched("post", "/api/v2/clients/abc/rotate-secret", &nothing),
            client()
        );
        assert_eq!(touched("post", "/api/v2/clients", &named), client());
        assert_eq!(
            touched("patch", "/api/v2/client-grants/cgr_1", &named),
            client()
        );
        assert_eq!(
            touched("post", "/api/v2/users", &named),
            Touched::Nothing,
            "a user"
        );
    }

    #[test]
    fn where_an_entry_names_no_client_somebody_changed() {
        let nothing = Value::Null;
        for (method, path) in [
            ("delete", "/api/v2/client-grants/cgr_1"),
            ("patch", "/api/v2/resource-servers/api"),
        ] {
            assert_eq!(touched(method, path, &nothing), Touched::Somebody, "{path}");
        }
    }
}
