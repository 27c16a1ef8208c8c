//! `GET /api/v2/actions/executions/{id}`.

use axum::Json as Reply;
use axum::extract::State;
use axum::routing::MethodFilter;
use serde_json::{Value, json};

use super::view;
use crate::management::access::Caller;
use crate::management::body::Id;
use crate::management::operations::Operations;
use crate::management::problem::Problem;
use crate::model::action::{Execution, Report};
use crate::service::actions as service;
use crate::store::action_executions;
use crate::{Error, Tenant};

pub(super) fn add(operations: &mut Operations) {
    operations.serve(
        MethodFilter::GET,
        "/actions/executions/{id}",
        &["read:actions"],
        read,
    );
}

async fn read(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
) -> Result<Reply<Value>, Problem> {
    service::flush(&tenant).await?;
    let found = action_executions::find(tenant.db(), &id).await?;
    let execution = found.ok_or_else(|| Error::NotFound {
        code: None,
        message: "The execution does not exist, or is older than 10 days.".into(),
    })?;
    Ok(Reply(shown(&execution)))
}

fn shown(execution: &Execution) -> Value {
    json!({
        "id": execution.id,
        "trigger_id": execution.trigger.id(),
        "status": execution.ending.as_str(),
        "results": execution.results.iter().map(result).collect::<Vec<_>>(),
        "client_id": execution.client_id,
        "user_id": execution.user_id,
        "created_at": execution.created_at.to_rfc3339(),
        "updated_at": execution.updated_at.to_rfc3339(),
    })
}

/// One Action's part, with more than the vendor says: what it wrote, how long it took, what it asked for.
fn result(report: &Report) -> Value {
    let mut shown = json!({
        "action_id": report.action_id,
        "action_name": report.action_name,
        "started_at": report.started_at.to_rfc3339(),
        "ended_at": report.ended_at.to_rfc3339(),
        "elapsed_us": report.elapsed_us,
        "memory_bytes": report.memory,
        "console": report.console,
        "commands": report.commands,
    });
    if let Some(error) = &report.error {
        shown["error"] = view::fault(error);
    }
    shown
}
