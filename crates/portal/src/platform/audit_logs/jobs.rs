//! What the organisation's webhook and a portal's have in common: status and replay.

use axum::Json;
use axum::http::StatusCode;
use oauth::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::{Admin, moment};
use crate::Portal;
use crate::model::{AuditReplay, AuditScope};
use crate::rest::check::{Rule, Shape, required};
use crate::rest::{Problem, input};
use crate::service::audit_log::{self, Webhook};
use crate::store::audit_replays;

/// The vendor's word for a moment that never was.
pub(in super::super) const NEVER: &str = "0001-01-01T00:00:00Z";

const MOMENT: Rule = Rule::Form {
    max: 64,
    rule: "is_date_time",
    holds: |text| Timestamp::parse_rfc3339(text).is_ok(),
    expects: "a moment such as 2026-03-01T12:00:00Z",
};

static SHAPE: Shape = Shape {
    fields: &[required("start_at", MOMENT), required("end_at", MOMENT)],
    open: false,
};

#[derive(Deserialize)]
struct Range {
    start_at: String,
    end_at: String,
}

/// Whether a webhook sends, and how the last attempt went.
pub(in super::super) fn standing(webhook: &Webhook) -> Value {
    let mut body = json!({
        "webhook_enabled": webhook.enabled(),
        "webhook_status": if webhook.active() { "active" } else { "inactive" },
    });
    if let Some(kept) = &webhook.kept {
        if let Some(at) = kept.last_attempt_at {
            body["last_attempt_at"] = moment(at).into();
        }
        if let Some(code) = kept.last_response_code {
            body["last_response_code"] = code.into();
        }
        if let Some(message) = &kept.last_response_message {
            body["last_response_message"] = message.as_str().into();
        }
    }
    body
}

pub(in super::super) async fn read(
    portal: &Portal,
    scope: AuditScope,
) -> Result<Json<Value>, Problem> {
    let replay = audit_replays::find(portal.db(), scope).await;
    let replay = replay.map_err(crate::Error::from)?;
    Ok(Json(replay.as_ref().map_or_else(unconfigured, show)))
}

pub(in super::super) async fn request(
    portal: &Portal,
    admin: &Admin,
    scope: AuditScope,
    body: Map<String, Value>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let Range { start_at, end_at } = input(body, &SHAPE)?;
    let read = |text: &str| Timestamp::parse_rfc3339(text).unwrap_or(admin.ctx.now);
    let range = (read(&start_at), read(&end_at));
    let replay = audit_log::request_replay(portal, &admin.ctx, scope, range).await?;
    Ok((StatusCode::ACCEPTED, Json(show(&replay))))
}

fn unconfigured() -> Value {
    json!({ "start_at": NEVER, "end_at": NEVER, "status": "unconfigured", "updated_at": NEVER })
}

fn show(replay: &AuditReplay) -> Value {
    json!({
        "start_at": moment(replay.start_at),
        "end_at": moment(replay.end_at),
        "status": replay.status.as_str(),
        "updated_at": moment(replay.updated_at),
    })
}
