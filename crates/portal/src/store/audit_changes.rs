//! What a write changed, for its audit entry: before and after, without secrets.

use serde_json::{Map, Value, json};

/// The longest text that is written down, in characters; documents and images are longer.
const LONGEST: usize = 200;
/// How deep members of members are told apart.
const DEEPEST: usize = 4;

/// The members that differ, by their path, each with what it was (`before`) and is (`after`); a side on
/// which it is missing is left out. What made both sides has no secrets in it; a member whose name speaks of
/// one is masked all the same.
pub(super) fn between(before: &Value, after: &Value) -> Map<String, Value> {
    let mut found = Map::new();
    compare("", before, after, DEEPEST, &mut found);
    found
}

fn compare(path: &str, before: &Value, after: &Value, deep: usize, found: &mut Map<String, Value>) {
    let empty = Map::new();
    let members = |value: &Value| match value {
        Value::Object(members) => Some(members.clone()),
        Value::Null => Some(empty.clone()),
        _ => None,
    };
    let open = deep > 0 && !is_secret(path) && (before.is_object() || after.is_object());
    if let (true, Some(earlier), Some(later)) = (open, members(before), members(after)) {
        let mut names: Vec<&String> = earlier.keys().chain(later.keys()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let path = match path {
                "" => name.clone(),
                path => format!("{path}.{name}"),
            };
            let side =
                |members: &Map<String, Value>| members.get(name).cloned().unwrap_or_default();
            compare(&path, &side(&earlier), &side(&later), deep - 1, found);
        }
        return;
    }
    // When something was written is the entry's own date.
    if before == after || matches!(path, "" | "created_at" | "updated_at") {
        return;
    }
    let mut change = Map::new();
    for (name, side) in [("before", before), ("after", after)] {
        if !side.is_null() {
            change.insert(name.to_owned(), told(path, side));
        }
    }
    found.insert(path.to_owned(), Value::Object(change));
}

fn told(path: &str, value: &Value) -> Value {
    if is_secret(path) {
        return json!("[secret]");
    }
    match value {
        Value::String(text) if text.chars().count() <= LONGEST => value.clone(),
        Value::String(text) => json!(format!("({} characters)", text.chars().count())),
        Value::Array(_) | Value::Object(_) => {
            let text = masked(value).to_string();
            match text.chars().count() {
                length if length > 4 * LONGEST => json!(format!("({length} characters)")),
                _ => masked(value),
            }
        }
        _ => value.clone(),
    }
}

/// The same with the secrets inside masked.
fn masked(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| match is_secret(name) {
                true => (name.clone(), json!("[secret]")),
                false => (name.clone(), masked(value)),
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(masked).collect::<Vec<_>>().into(),
        _ => value.clone(),
    }
}

/// Whether a member's name speaks of a secret. Names of keys (`key_names`) and of ids do not.
fn is_secret(path: &str) -> bool {
    let name = path.rsplit('.').next().unwrap_or(path).to_ascii_lowercase();
    let speaks = [
        "secret",
        "password",
        "private_key",
        "api_key",
        "dcr_token",
        "authorization",
    ];
    speaks.iter().any(|word| name.contains(word))
        && !name.ends_with("_id")
        && !name.ends_with("_enabled")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::between;

    #[test]
    fn what_differs_is_told_with_both_sides_and_nothing_else() {
        let before = json!({ "name": "a", "port": 80, "labels": { "team": "x" }, "path": null });
        let after = json!({ "name": "a", "port": 81, "labels": { "team": "y", "new": "1" }, "path": "/v1" });
        assert_eq!(
            Value::Object(between(&before, &after)),
            json!({
                "labels.new": { "after": "1" },
                "labels.team": { "before": "x", "after": "y" },
                "path": { "after": "/v1" },
                "port": { "before": 80, "after": 81 },
            })
        );
        assert!(between(&before, &before).is_empty());
        let made = between(&Value::Null, &json!({ "name": "a", "created_at": "now" }));
        assert_eq!(Value::Object(made), json!({ "name": { "after": "a" } }));
    }

    #[test]
    fn secrets_and_long_texts_are_not_written_down() {
        let long = "x".repeat(5000);
        let after = json!({
            "client_secret": "s3cret", "content": long, "list": [{ "password": "p4ss", "id": 1 }],
            "authorization": { "scheme": "s3cret" }, "initial_client_id": "abc",
        });
        let told = Value::Object(between(&Value::Null, &after)).to_string();
        assert!(!told.contains("s3cret") && !told.contains("p4ss"), "{told}");
        assert!(
            told.contains("(5000 characters)") && told.contains("abc"),
            "{told}"
        );
    }
}
