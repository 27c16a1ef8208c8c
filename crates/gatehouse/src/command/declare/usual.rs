//! What is meant where a file says nothing. It is filled in when a file is read, and left out when one is
//! written.

use serde_json::{Map, Value, json};

use super::kind::Kind;

/// What can be done by itself where a provider's clients differ, and what is done unless somebody says so.
const RECONCILED: [&str; 3] = ["missing", "changed", "orphaned"];
const LEFT: &str = "leave";
const PUBLISHED: &str = "published";

/// Fills in what is not said.
pub(super) fn fill(kind: Kind, members: &mut Map<String, Value>) {
    match kind {
        Kind::Publication => {
            let status = members.entry("publish_status").or_insert(Value::Null);
            if status.is_null() {
                *status = PUBLISHED.into();
            }
        }
        Kind::Provider => {
            if let Some(policy) = members.get_mut("reconciliation") {
                if policy.is_null() {
                    *policy = json!({});
                }
                for one in policy.as_object_mut().into_iter() {
                    for word in RECONCILED {
                        one.entry(word).or_insert(LEFT.into());
                    }
                }
            }
        }
        _ => {}
    }
}

/// Leaves out what goes without saying.
pub(super) fn leave_out(kind: Kind, members: &mut Map<String, Value>) {
    let usual = match kind {
        Kind::Publication => ("publish_status", json!(PUBLISHED)),
        Kind::Provider => {
            let all = RECONCILED.map(|word| (word.to_owned(), LEFT.into()));
            ("reconciliation", Value::Object(Map::from_iter(all)))
        }
        _ => return,
    };
    if members.get(usual.0) == Some(&usual.1) {
        members.remove(usual.0);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::{Kind, fill, leave_out};

    fn both(kind: Kind, said: Value) -> (Value, Value) {
        let Value::Object(mut members) = said else {
            panic!("members are an object");
        };
        fill(kind, &mut members);
        let filled = Value::Object(members.clone());
        leave_out(kind, &mut members);
        (filled, Value::Object(members))
    }

    #[test]
    fn what_goes_without_saying_is_read_and_not_written() {
        let published = json!({ "publish_status": "published" });
        assert_eq!(both(Kind::Publication, json!({})), (published, json!({})));
        let hidden = json!({ "publish_status": "unpublished" });
        assert_eq!(
            both(Kind::Publication, hidden.clone()),
            (hidden.clone(), hidden)
        );
        let said = json!({ "reconciliation": { "missing": "recreate" } });
        let whole = json!({
            "reconciliation": { "missing": "recreate", "changed": "leave", "orphaned": "leave" },
        });
        assert_eq!(both(Kind::Provider, said), (whole.clone(), whole));
        let none = both(Kind::Provider, json!({ "reconciliation": null })).1;
        assert_eq!(none, Value::Object(Map::new()));
        assert_eq!(both(Kind::Provider, json!({})).0, json!({}));
    }
}
