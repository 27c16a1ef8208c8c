//! What differs in an object, in short: old and new value of each member, where people can read them and
//! nothing is secret.

use serde_json::{Map, Value};

use super::folder::secret_members;
use super::kind::Kind;
use super::placeholder::placeholder;
use super::plan::same;

/// The most letters of a value.
const MOST: usize = 40;

/// `description "old" -> "new", labels.team none -> "a", content`: for the members of `changed`, what they
/// are in `live` and are to be in `declared`.
pub(super) fn told(
    kind: Kind,
    changed: &Map<String, Value>,
    (live, declared): (&Map<String, Value>, &Map<String, Value>),
) -> String {
    let mut telling = Telling {
        kind,
        said: Vec::new(),
    };
    for name in changed.keys() {
        let of = |all: &Map<String, Value>| all.get(name).cloned().unwrap_or_default();
        let before = telling.said.len();
        telling.member(name, &of(live), &of(declared));
        // What cannot be shown is named all the same.
        if telling.said.len() == before {
            telling.said.push(name.clone());
        }
    }
    telling.said.join(", ")
}

struct Telling {
    kind: Kind,
    said: Vec<String>,
}

impl Telling {
    /// Says what differs in the member at `path`.
    fn member(&mut self, path: &str, live: &Value, declared: &Value) {
        if same(declared, live) {
            return;
        }
        let own = path.rsplit('.').next().unwrap_or(path);
        let is_file = self.kind.aside() == Some(path) || path.starts_with("images.");
        if is_file || secret_members(self.kind).contains(&own) || placeholder(declared).is_some() {
            self.said.push(path.to_owned());
            return;
        }
        let none = Value::Object(Map::new());
        let (live, declared) = match (live, declared) {
            (Value::Null, Value::Object(_)) => (&none, declared),
            (Value::Object(_), Value::Null) => (live, &none),
            both => both,
        };
        match (live, declared) {
            (Value::Object(live), Value::Object(declared)) => {
                let gone = live.keys().filter(|name| !declared.contains_key(*name));
                let names: Vec<&String> = declared.keys().chain(gone).collect();
                for name in names {
                    let of = |all: &Map<String, Value>| all.get(name).cloned().unwrap_or_default();
                    self.member(&format!("{path}.{name}"), &of(live), &of(declared));
                }
            }
            (Value::Array(live), Value::Array(declared)) => {
                let less = live.iter().filter(|one| !declared.contains(one));
                let less = less.map(|one| format!(" -{}", short(one)));
                let more = declared.iter().filter(|one| !live.contains(one));
                let more = more.map(|one| format!(" +{}", short(one)));
                let both: String = less.chain(more).collect();
                let both = match both.is_empty() {
                    true => " in another order".to_owned(),
                    false => both,
                };
                self.said.push(format!("{path}{both}"));
            }
            (live, declared) => {
                let (live, declared) = (short(live), short(declared));
                self.said.push(format!("{path} {live} -> {declared}"));
            }
        }
    }
}

/// A value in at most a few words, on one line.
fn short(value: &Value) -> String {
    let whole = match value {
        Value::Null => return "none".to_owned(),
        other => other.to_string(),
    };
    match whole.chars().count() > MOST {
        false => whole,
        true => whole.chars().take(MOST).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::{Kind, told};

    fn said(kind: Kind, live: Value, declared: Value) -> String {
        let (Value::Object(live), Value::Object(declared)) = (live, declared) else {
            panic!("members are objects");
        };
        told(kind, &declared, (&live, &declared))
    }

    #[test]
    fn old_and_new_values_stand_beside_their_members() {
        let live =
            json!({ "is_public": false, "description": "a\nb", "labels": { "a": "1", "b": "2" } });
        let declared =
            json!({ "is_public": true, "description": null, "labels": { "a": "1", "c": "3" } });
        assert_eq!(
            said(Kind::Portal, live, declared),
            "is_public false -> true, description \"a\\nb\" -> none, labels.c none -> \"3\", \
             labels.b \"2\" -> none"
        );
    }

    #[test]
    fn of_lists_it_is_said_what_is_more_and_what_is_less() {
        let groups = |all: Value| json!({ "groups": all });
        let lists = |live, declared| said(Kind::Team, groups(live), groups(declared));
        assert_eq!(
            lists(json!(["a", "b"]), json!(["b", "c"])),
            "groups -\"a\" +\"c\""
        );
        assert_eq!(
            lists(json!(["a", "b"]), json!(["b", "a"])),
            "groups in another order"
        );
    }

    #[test]
    fn long_values_are_cut_and_files_and_secrets_are_only_named() {
        let long = "x".repeat(100);
        let cut = said(
            Kind::Portal,
            json!({}),
            json!({ "description": long.as_str() }),
        );
        assert!(cut.ends_with("x…") && cut.len() < 80, "{cut}");
        let page = said(
            Kind::Page,
            json!({ "content": "a" }),
            json!({ "content": "b" }),
        );
        assert_eq!(page, "content");
        let secret = json!({ "dcr_config": { "initial_client_secret": "${A}" } });
        assert_eq!(said(Kind::Provider, json!({}), secret), "dcr_config");
        let gone = json!({ "dcr_config": { "initial_client_secret": "hidden" } });
        let none = json!({ "dcr_config": {} });
        assert_eq!(
            said(Kind::Provider, gone, none),
            "dcr_config.initial_client_secret"
        );
        let changed = Map::from_iter([("images".to_owned(), json!({}))]);
        let logo = |data: &str| {
            let logo = json!({ "logo": { "data": data } });
            Map::from_iter([("images".to_owned(), logo)])
        };
        let images = told(Kind::Appearance, &changed, (&logo("a"), &logo("b")));
        assert_eq!(images, "images.logo");
    }
}
