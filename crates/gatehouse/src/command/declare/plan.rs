//! What has to happen for an instance to be as declared.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::object::{Key, Object};
use super::order::{self, Order};
use super::placeholder::{Variables, placeholder};

/// One step.
#[derive(Debug, PartialEq)]
pub(super) enum Change {
    Create(Object),
    /// Only the members that differ, each as it is to be: a merge patch (RFC 7396).
    Update(Object),
    /// Siblings that are to stand in this order.
    Arrange(Order),
    Delete(Key),
}

impl Change {
    /// Where it is declared; empty for what is not.
    pub(super) fn place(&self) -> &str {
        match self {
            Self::Create(object) | Self::Update(object) => &object.place,
            Self::Arrange(_) | Self::Delete(_) => "",
        }
    }
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Create(object) => write!(f, "+ {}", object.key),
            Self::Delete(key) => write!(f, "- {key}"),
            Self::Arrange(order) => write!(f, "~ {order}"),
            Self::Update(object) => {
                let members: Vec<&str> = object.members.keys().map(String::as_str).collect();
                write!(f, "~ {}: {}", object.key, members.join(", "))
            }
        }
    }
}

/// How far a plan goes.
#[derive(Clone, Copy)]
pub(super) struct Extent<'a> {
    /// Whether what is not declared is deleted.
    pub(super) prune: bool,
    /// Secrets with these variables are set anew, though nobody can tell whether they differ.
    pub(super) renew: Option<&'a Variables>,
}

/// The steps from `live` to `declared`, in an order in which they can be taken. What is not declared
/// stays, unless it is pruned; a member that is not declared stays as it is.
pub(super) fn plan(declared: &[Object], live: &[Object], extent: Extent<'_>) -> Vec<Change> {
    let there: HashMap<&Key, &Object> = live.iter().map(|one| (&one.key, one)).collect();
    let mut written = Vec::new();
    for object in declared {
        match there.get(&object.key) {
            None => written.push(Change::Create(object.clone())),
            Some(present) => {
                let members = differing(&object.members, &present.members, extent.renew);
                if !members.is_empty() {
                    let key = object.key.clone();
                    let place = object.place.clone();
                    written.push(Change::Update(Object {
                        key,
                        members,
                        place,
                    }));
                }
            }
        }
    }
    let kind = |change: &Change| match change {
        Change::Create(object) | Change::Update(object) => Some(object.key.kind),
        Change::Arrange(_) | Change::Delete(_) => None,
    };
    written.sort_by_key(kind);
    let mut changes = written;
    changes.extend(
        order::wanted(declared, live)
            .into_iter()
            .map(Change::Arrange),
    );
    if extent.prune {
        changes.extend(superfluous(declared, live).into_iter().map(Change::Delete));
    }
    changes
}

/// What is there and not declared: the last made first, and nothing that goes with another.
pub(super) fn superfluous(declared: &[Object], live: &[Object]) -> Vec<Key> {
    let declared: HashSet<&Key> = declared.iter().map(|object| &object.key).collect();
    let mut all: Vec<Key> = live
        .iter()
        .map(|object| &object.key)
        .filter(|key| !declared.contains(key) && !key.kind.comes_with_parent())
        .cloned()
        .collect();
    let every = all.clone();
    all.retain(|key| !every.iter().any(|other| key.is_within(other)));
    all.sort_by_key(|key| std::cmp::Reverse(key.kind));
    all
}

fn differing(
    declared: &Map<String, Value>,
    live: &Map<String, Value>,
    renew: Option<&Variables>,
) -> Map<String, Value> {
    let mut found = Map::new();
    for (name, value) in declared {
        let present = live.get(name).unwrap_or(&Value::Null);
        let anew = renew.is_some_and(|variables| has_secret(value, variables));
        if anew || !same(value, present) {
            found.insert(name.clone(), patch(value, present));
        }
    }
    found
}

/// Whether a variable that is set stands somewhere in a value.
fn has_secret(value: &Value, variables: &Variables) -> bool {
    match value {
        Value::Object(members) => members.values().any(|inside| has_secret(inside, variables)),
        value => placeholder(value).is_some_and(|name| variables.get(name).is_some()),
    }
}

/// Whether a value is as declared. Secrets cannot be read, so they cannot differ.
pub(super) fn same(declared: &Value, live: &Value) -> bool {
    match (declared, live) {
        (declared, _) if placeholder(declared).is_some() => true,
        (Value::Object(declared), Value::Object(live)) => {
            let declared_all = declared
                .iter()
                .all(|(name, value)| same(value, live.get(name).unwrap_or(&Value::Null)));
            let live_all = live
                .iter()
                .all(|(name, value)| value.is_null() || declared.contains_key(name));
            declared_all && live_all
        }
        (Value::Array(declared), Value::Array(live)) => {
            declared.len() == live.len() && declared.iter().zip(live).all(|(a, b)| same(a, b))
        }
        (Value::String(declared), Value::String(live)) => {
            declared == live || same_address(declared, live)
        }
        (declared, live) => declared == live,
    }
}

/// `http://proxy:3128` is `http://proxy:3128/`, as the API gives it back.
fn same_address(declared: &str, live: &str) -> bool {
    let parsed = |text: &str| match text.starts_with("http") {
        true => url::Url::parse(text).ok(),
        false => None,
    };
    parsed(declared).is_some_and(|declared| parsed(live) == Some(declared))
}

/// What makes `live` what is declared: null where something inside is to go.
fn patch(declared: &Value, live: &Value) -> Value {
    let (Value::Object(declared), Value::Object(live)) = (declared, live) else {
        return declared.clone();
    };
    let mut all = Map::new();
    for (name, value) in declared {
        let present = live.get(name).unwrap_or(&Value::Null);
        all.insert(name.clone(), patch(value, present));
    }
    for name in live.keys().filter(|name| !declared.contains_key(*name)) {
        all.insert(name.clone(), Value::Null);
    }
    Value::Object(all)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Change, Extent, plan};
    use crate::command::declare::kind::Kind;
    use crate::command::declare::object::{Key, Object};

    const KEEPING: Extent<'_> = Extent {
        prune: false,
        renew: None,
    };
    const PRUNING: Extent<'_> = Extent {
        prune: true,
        renew: None,
    };

    fn object(kind: Kind, path: &[&str], members: serde_json::Value) -> Object {
        let serde_json::Value::Object(members) = members else {
            panic!("members are an object");
        };
        Object::live(Key::new(kind, path), members)
    }

    #[test]
    fn only_what_differs_changes_and_what_is_not_said_stays() {
        let live = [object(
            Kind::Portal,
            &["Docs"],
            json!({ "is_public": false, "description": "old", "labels": { "a": "1" } }),
        )];
        let same = [object(
            Kind::Portal,
            &["Docs"],
            json!({ "is_public": false }),
        )];
        assert_eq!(plan(&same, &live, PRUNING), []);
        let other = [object(
            Kind::Portal,
            &["Docs"],
            json!({ "is_public": true, "labels": {}, "custom_domain": null }),
        )];
        // A merge patch takes away what it says is null.
        let expected = object(
            Kind::Portal,
            &["Docs"],
            json!({ "is_public": true, "labels": { "a": null } }),
        );
        assert_eq!(plan(&other, &live, KEEPING), [Change::Update(expected)]);
    }

    #[test]
    fn an_address_is_the_same_however_it_is_written() {
        let proxy = |url: &str| {
            let members = json!({ "connection": { "proxy": url } });
            [object(Kind::Provider, &["a"], members)]
        };
        let live = proxy("http://proxy:3128/");
        assert_eq!(plan(&proxy("http://proxy:3128"), &live, PRUNING), []);
        assert_eq!(plan(&proxy("http://other:3128"), &live, PRUNING).len(), 1);
    }

    #[test]
    fn a_secret_is_no_difference() {
        let live = [object(
            Kind::Provider,
            &["a"],
            json!({ "dcr_config": { "id": "x" } }),
        )];
        let declared = json!({ "dcr_config": { "id": "x", "secret": "${A}" } });
        assert_eq!(
            plan(&[object(Kind::Provider, &["a"], declared)], &live, PRUNING),
            []
        );
    }

    #[test]
    fn references_are_made_first_and_removed_last() {
        let portal = object(Kind::Portal, &["p"], json!({}));
        let strategy = object(Kind::Strategy, &["s"], json!({}));
        let offer = object(Kind::Offer, &["p", "w", "v"], json!({}));
        let declared = [offer.clone(), portal.clone(), strategy.clone()];
        let made = plan(&declared, &[], KEEPING);
        assert_eq!(
            made,
            [strategy.clone(), portal.clone(), offer.clone()].map(Change::Create)
        );
        let live = [strategy.clone(), portal.clone(), offer];
        assert_eq!(plan(&[], &live, KEEPING), []);
        let gone = [Change::Delete(portal.key), Change::Delete(strategy.key)];
        assert_eq!(plan(&[], &live, PRUNING), gone);
    }
}
