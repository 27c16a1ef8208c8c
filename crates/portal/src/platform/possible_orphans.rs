//! `/v2/dcr-providers/{id}/possible-orphans`: clients that a registration without an answer may have
//! left at a provider that cannot be asked for them.
//!
//! No operation of Konnect's: there, nobody hears of them.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::routing::{delete, get};
use serde_json::{Value, json};

use super::{Admin, Route, moment};
use crate::Portal;
use crate::model::PossibleOrphan;
use crate::rest::Problem;
use crate::service::dcr_providers::find;

pub(super) fn routes() -> Vec<Route> {
    let all = "/v2/dcr-providers/{id}/possible-orphans";
    vec![
        (Method::GET, all, get(list)),
        (
            Method::DELETE,
            "/v2/dcr-providers/{id}/possible-orphans/{orphan_id}",
            delete(dismiss),
        ),
    ]
}

/// What to look for at the provider, oldest first.
async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let id = find(&portal, &id).await?.id;
    let found = portal.applications().possible_orphans(id).await?;
    let data: Vec<Value> = found.iter().map(render).collect();
    Ok(Json(json!({ "data": data })))
}

/// Takes one off the list, after somebody looked.
async fn dismiss(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, orphan_id)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let id = find(&portal, &id).await?.id;
    let applications = portal.applications();
    applications
        .dismiss_orphan(&admin.ctx, id, &orphan_id)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn render(orphan: &PossibleOrphan) -> Value {
    json!({
        "id": orphan.id,
        "application_id": orphan.application_id,
        "look_for": orphan.look_for,
        "since": moment(orphan.since),
    })
}
