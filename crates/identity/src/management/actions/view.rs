//! How Actions are shown. A secret is its name and its age, never its value.
//!
//! Source: the vendor's Management API and recordings of it.

use oauth::Timestamp;
use serde_json::{Value, json};

use crate::model::Members;
use crate::model::action::{Action, Content, Fault, Status, Version};

fn put(members: &mut Members, name: &str, value: Value) {
    members.insert(name.to_owned(), value);
}

/// What an Action and its versions say in the same words.
fn content(members: &mut Members, content: &Content) {
    let secrets = content.secret_names.iter();
    let secrets = secrets
        .map(|secret| json!({ "name": secret.name, "updated_at": secret.updated_at.to_rfc3339() }));
    put(members, "code", json!(content.code));
    put(members, "dependencies", json!(content.dependencies));
    put(members, "runtime", json!(content.runtime));
    put(members, "secrets", Value::Array(secrets.collect()));
}

fn triggers(action: &Action) -> Value {
    json!([{ "id": action.trigger.id(), "version": action.trigger_version }])
}

fn times(members: &mut Members, created_at: Timestamp, updated_at: Timestamp) {
    put(members, "created_at", json!(created_at.to_rfc3339()));
    put(members, "updated_at", json!(updated_at.to_rfc3339()));
}

/// An Action with its draft, without the version that runs.
pub(super) fn action(action: &Action) -> Members {
    let mut members = base(action);
    content(&mut members, &action.draft);
    put(&mut members, "status", json!(action.status.as_str()));
    if let Some(at) = action.built_at {
        put(&mut members, "built_at", json!(at.to_rfc3339()));
    }
    if let Some(found) = &action.fault {
        put(&mut members, "errors", json!([fault(found)]));
    }
    members
}

/// An Action without its content.
pub(super) fn base(action: &Action) -> Members {
    let mut members = Members::new();
    put(&mut members, "id", json!(action.id));
    put(&mut members, "name", json!(action.name));
    put(&mut members, "supported_triggers", triggers(action));
    times(&mut members, action.created_at, action.updated_at);
    put(
        &mut members,
        "all_changes_deployed",
        json!(!action.has_undeployed),
    );
    members
}

/// An Action with the version that runs, if it is among these.
pub(super) fn with_deployed(action: &Action, versions: &[Version]) -> Members {
    let mut members = self::action(action);
    let deployed = versions
        .iter()
        .find(|version| Some(&version.id) == action.deployed_version.as_ref());
    if let Some(version) = deployed {
        // An older form of the same, which the vendor still has.
        let current = json!({
            "id": version.id,
            "runtime": version.content.runtime,
            "status": "BUILT",
            "number": version.number,
            "build_time": version.created_at.to_rfc3339(),
            "created_at": version.created_at.to_rfc3339(),
            "updated_at": version.created_at.to_rfc3339(),
        });
        put(&mut members, "current_version", current);
        put(
            &mut members,
            "deployed_version",
            bare_version(action, version).into(),
        );
    }
    members
}

/// A version with the Action that it is one of.
pub(super) fn version(action: &Action, version: &Version) -> Members {
    let mut members = bare_version(action, version);
    put(&mut members, "action", base(action).into());
    members
}

fn bare_version(action: &Action, version: &Version) -> Members {
    let mut members = Members::new();
    put(&mut members, "id", json!(version.id));
    put(&mut members, "action_id", json!(version.action_id));
    put(&mut members, "number", json!(version.number));
    let deployed = action.deployed_version.as_ref() == Some(&version.id);
    put(&mut members, "deployed", json!(deployed));
    content(&mut members, &version.content);
    put(&mut members, "status", json!(Status::Built.as_str()));
    put(&mut members, "supported_triggers", triggers(action));
    put(
        &mut members,
        "built_at",
        json!(version.created_at.to_rfc3339()),
    );
    times(&mut members, version.created_at, version.created_at);
    members
}

/// What is wrong, in the vendor's words, and where.
pub(super) fn fault(fault: &Fault) -> Value {
    let mut shown = json!({ "id": fault.id, "msg": fault.message });
    if let Some(line) = fault.line {
        shown["line"] = json!(line);
    }
    if !fault.stack.is_empty() {
        shown["stack"] = json!(fault.stack);
    }
    shown
}
