//! `/v2/dcr-providers/{id}/rotations`: every application of a provider gets a new credential, while the
//! old ones work on.
//!
//! No operation of Konnect's.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Admin, Route, moment};
use crate::Portal;
use crate::rest::check::{Rule, Shape, required};
use crate::rest::{Body, Problem, input, path_id};
use crate::service::applications::FleetReport;
use crate::service::dcr_providers::find;

pub(super) fn routes() -> Vec<Route> {
    let all = "/v2/dcr-providers/{id}/rotations";
    vec![
        (Method::POST, all, post(begin)),
        (Method::GET, all, get(list)),
        (
            Method::GET,
            "/v2/dcr-providers/{id}/rotations/{rotation}",
            get(read),
        ),
    ]
}

/// [`LONGEST_OVERLAP`](crate::service::applications::LONGEST_OVERLAP), in seconds.
const MONTH: i64 = 30 * 86_400;

const NEW: Shape = Shape {
    fields: &[required(
        "overlap",
        Rule::Integer {
            min: 60,
            max: MONTH,
        },
    )],
    open: false,
};

#[derive(Deserialize)]
struct New {
    /// Seconds.
    overlap: u64,
}

async fn begin(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let id = find(&portal, &id).await?.id;
    let New { overlap } = input(body, &NEW)?;
    let overlap = Duration::from_secs(overlap);
    let applications = portal.applications();
    let begun = applications.rotate_fleet(&admin.ctx, id, overlap).await?;
    Ok((StatusCode::ACCEPTED, Json(render(&begun))))
}

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let id = find(&portal, &id).await?.id;
    let reports = portal.applications().fleet_rotations(id).await?;
    let reports: Vec<Value> = reports.iter().map(render).collect();
    Ok(Json(json!({ "data": reports })))
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path((id, rotation)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let id = find(&portal, &id).await?.id;
    let rotation = path_id("rotation", &rotation)?;
    let report = portal.applications().fleet_rotation(id, rotation).await?;
    Ok(Json(render(&report)))
}

fn render(report: &FleetReport) -> Value {
    let FleetReport {
        rotation,
        progress,
        failures,
    } = report;
    let failures = failures.iter().map(|failure| {
        json!({
            "application": { "id": failure.application_id, "name": failure.name },
            "error": failure.error,
        })
    });
    json!({
        "id": rotation.id,
        "status": if rotation.finished_at.is_some() { "finished" } else { "running" },
        "overlap": rotation.overlap,
        "created_at": moment(rotation.created_at),
        "finished_at": rotation.finished_at.map(moment),
        "applications": progress.applications,
        "waiting": progress.waiting,
        "begun": progress.begun,
        "failed": progress.failed,
        "uncollected": progress.uncollected,
        "old_in_use": progress.old_in_use,
        "failures": failures.collect::<Vec<_>>(),
    })
}
