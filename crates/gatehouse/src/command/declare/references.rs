//! What objects say of one another by name, and whether it is there.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use serde_json::Value;

use super::kind::Kind;
use super::object::{Key, Object, nearest};
use super::plan::Change;

/// Members that hold the name of an object, of which kind, and under which name its id is sent.
pub(super) const NAMES: [(&str, Kind, &str); 3] = [
    ("dcr_provider", Kind::Provider, "dcr_provider_id"),
    (
        "default_application_auth_strategy",
        Kind::Strategy,
        "default_application_auth_strategy_id",
    ),
    ("destination", Kind::Destination, "audit_log_destination_id"),
];

/// Holds every reference against what will be there: what is declared, and what is in the instance
/// and stays.
///
/// # Errors
/// Those that lead nowhere, each with its place.
pub(super) fn check(declared: &[Object], live: &[Object], changes: &[Change]) -> Result<()> {
    let gone: Vec<&Key> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Delete(key) => Some(key),
            _ => None,
        })
        .collect();
    let stays = |key: &&Key| {
        !gone
            .iter()
            .any(|other| key == other || key.is_within(other))
    };
    let kept = live.iter().map(|object| &object.key).filter(stays);
    let there: BTreeSet<&Key> = kept
        .chain(declared.iter().map(|object| &object.key))
        .collect();
    let mut wrong = Vec::new();
    for object in declared {
        for wanted in of(object)? {
            if !there.contains(&wanted) {
                wrong.push(missing(object, &wanted, &there, &gone));
            }
        }
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => bail!("{}", wrong.join("\n")),
    }
}

fn missing(object: &Object, wanted: &Key, there: &BTreeSet<&Key>, gone: &[&Key]) -> String {
    let goes = gone
        .iter()
        .any(|key| wanted == *key || wanted.is_within(key));
    let why = if goes {
        " --prune would delete it, because it is not declared".to_owned()
    } else {
        let siblings = there.iter().filter(|key| {
            let above = wanted.path.len() - 1;
            key.kind == wanted.kind
                && key.path.len() == above + 1
                && key.path[..above] == wanted.path[..above]
        });
        let hint = nearest(wanted.name(), siblings.map(|key| key.name()));
        format!(" it is neither declared nor in this instance{hint}")
    };
    format!("{}: {} refers to {wanted}:{why}", object.place, object.key)
}

/// What an object refers to.
///
/// # Errors
/// If a reference is no name.
fn of(object: &Object) -> Result<Vec<Key>> {
    let (key, members) = (&object.key, &object.members);
    let wrong = |what: String| anyhow::anyhow!("{}: {key}: {what}", object.place);
    let mut all = Vec::new();
    for (member, kind, _) in NAMES {
        match members.get(member) {
            None | Some(Value::Null) => {}
            Some(Value::String(name)) => all.push(Key::new(kind, &[name])),
            Some(other) => bail!(wrong(format!(
                "{member:?} must be the name of {}, not {other}",
                kind.one()
            ))),
        }
    }
    if let Some(service) = members.get("gateway_service").filter(|one| !one.is_null()) {
        let (Some(plane), Some(service)) = (
            service["control_plane"].as_str(),
            service["service"].as_str(),
        ) else {
            bail!(wrong(
                "\"gateway_service\" must have \"control_plane\" and \"service\", both names"
                    .into()
            ));
        };
        all.push(Key::new(Kind::Service, &[plane, service]));
    }
    if let Some(names) = members.get("auth_strategies") {
        let names = names
            .as_array()
            .map(|names| names.iter().map(Value::as_str));
        let names: Option<Vec<&str>> = names.and_then(Iterator::collect);
        let Some(names) = names else {
            bail!(wrong("\"auth_strategies\" must be a list of names".into()));
        };
        all.extend(names.iter().map(|name| Key::new(Kind::Strategy, &[name])));
    }
    for role in members
        .get("roles")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let Some(product) = role["product"].as_str() else {
            bail!(wrong("a role must have \"product\", a name".into()));
        };
        all.push(Key::new(Kind::Product, &[product]));
    }
    match key.kind {
        Kind::Publication => all.push(Key::new(Kind::Product, &[key.name()])),
        Kind::Offer => all.push(Key::new(Kind::Version, &[&key.path[1], &key.path[2]])),
        _ => {}
    }
    Ok(all)
}
