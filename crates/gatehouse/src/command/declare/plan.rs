//! What has to happen for an instance to be as declared.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::object::{Key, Object, placeholder};

/// One step.
#[derive(Debug, PartialEq)]
pub(super) enum Change {
    Create(Object),
    /// Only the members that differ, each as it is to be.
    Update(Object),
    Delete(Key),
}

impl Change {
    pub(super) fn key(&self) -> &Key {
        match self {
            Self::Create(object) | Self::Update(object) => &object.key,
            Self::Delete(key) => key,
        }
    }
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Create(object) => write!(f, "+ {}", object.key),
            Self::Delete(key) => write!(f, "- {key}"),
            Self::Update(object) => {
                let members: Vec<&str> = object.members.keys().map(String::as_str).collect();
                write!(f, "~ {}: {}", object.key, members.join(", "))
            }
        }
    }
}

/// The steps from `live` to `declared`, in an order in which they can be taken. What is not declared
/// stays, unless `prune`; a member that is not declared stays as it is.
pub(super) fn plan(declared: &[Object], live: &[Object], prune: bool) -> Vec<Change> {
    let mut changes = Vec::new();
    for object in declared {
        match live.iter().find(|other| other.key == object.key) {
            None => changes.push(Change::Create(object.clone())),
            Some(present) => {
                let members = differing(&object.members, &present.members);
                if !members.is_empty() {
                    let key = object.key.clone();
                    changes.push(Change::Update(Object { key, members }));
                }
            }
        }
    }
    changes.sort_by_key(|change| change.key().kind);
    if prune {
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

fn differing(declared: &Map<String, Value>, live: &Map<String, Value>) -> Map<String, Value> {
    let differs =
        |(name, value): &(&String, &Value)| !same(value, live.get(*name).unwrap_or(&Value::Null));
    let found = declared.iter().filter(differs);
    found
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Whether a value is as declared. Secrets cannot be read, so they cannot differ.
fn same(declared: &Value, live: &Value) -> bool {
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
        (declared, live) => declared == live,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Change, plan};
    use crate::command::declare::object::{Key, Kind, Object};

    fn object(kind: Kind, path: &[&str], members: serde_json::Value) -> Object {
        let serde_json::Value::Object(members) = members else {
            panic!("members are an object");
        };
        let key = Key::new(kind, path);
        Object { key, members }
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
        assert_eq!(plan(&same, &live, true), []);
        let other = [object(
            Kind::Portal,
            &["Docs"],
            json!({ "is_public": true, "labels": {}, "custom_domain": null }),
        )];
        let expected = object(
            Kind::Portal,
            &["Docs"],
            json!({ "is_public": true, "labels": {} }),
        );
        assert_eq!(plan(&other, &live, false), [Change::Update(expected)]);
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
            plan(&[object(Kind::Provider, &["a"], declared)], &live, true),
            []
        );
    }

    #[test]
    fn references_are_made_first_and_removed_last() {
        let portal = object(Kind::Portal, &["p"], json!({}));
        let strategy = object(Kind::Strategy, &["s"], json!({}));
        let offer = object(Kind::Offer, &["p", "w", "v"], json!({}));
        let declared = [offer.clone(), portal.clone(), strategy.clone()];
        let made = plan(&declared, &[], false);
        let kinds: Vec<Kind> = made.iter().map(|change| change.key().kind).collect();
        assert_eq!(kinds, [Kind::Strategy, Kind::Portal, Kind::Offer]);
        let live = [strategy.clone(), portal.clone(), offer];
        assert_eq!(plan(&[], &live, false), []);
        let gone = [Change::Delete(portal.key), Change::Delete(strategy.key)];
        assert_eq!(plan(&[], &live, true), gone);
    }
}
