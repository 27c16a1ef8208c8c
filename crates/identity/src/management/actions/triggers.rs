//! `GET /api/v2/actions/triggers` and `GET /api/v2/actions/modules`.

use axum::Json as Reply;
use axum::routing::MethodFilter;
use serde_json::{Value, json};

use crate::management::access::Caller;
use crate::management::operations::Operations;
use crate::model::action::{RUNTIME, Trigger};

pub(super) fn add(operations: &mut Operations) {
    let scopes = &["read:actions"];
    operations.serve(MethodFilter::GET, "/actions/triggers", scopes, list);
}

async fn list(_caller: Caller) -> Reply<Value> {
    let triggers: Vec<Value> = Trigger::ALL.into_iter().flat_map(shown).collect();
    Reply(json!({ "triggers": triggers }))
}

/// A trigger in each of its versions, the current one last, as the vendor lists them.
fn shown(trigger: Trigger) -> Vec<Value> {
    let versions = trigger.versions();
    let shown = |version: &&str| {
        let current = *version == versions[0];
        let compatible: Vec<Value> = versions
            .iter()
            .filter(|older| current && *older != version)
            .map(|older| json!({ "id": trigger.id(), "version": older }))
            .collect();
        json!({
            "id": trigger.id(),
            "version": version,
            "status": if current { "CURRENT" } else { "DEPRECATED" },
            "runtimes": [RUNTIME],
            "default_runtime": RUNTIME,
            "binding_policy": "trigger-bound",
            "compatible_triggers": compatible,
        })
    };
    versions.iter().rev().map(shown).collect()
}
