//! `/v2/dcr-providers/{id}/rotations`: every application of a provider gets a new credential, while the
//! old ones work on.
//!
//! No operation of Konnect's.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Admin, Route, moment, settled};
use crate::Portal;
use crate::model::{ApplicationId, FleetState};
use crate::rest::check::{Rule, Shape, UUID, optional, required};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem, input, path_id};
use crate::service::applications::{FleetApplication, FleetReport, ToRetire};
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
        (
            Method::GET,
            "/v2/dcr-providers/{id}/rotations/{rotation}/applications",
            get(applications),
        ),
        (
            Method::POST,
            "/v2/dcr-providers/{id}/rotations/{rotation}/retirements",
            post(retire),
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

const COLUMNS: &[Column] = &[
    column("name", "a.name", Kind::Text),
    column("status", "t.state", Kind::Word(FleetState::WORDS)),
    column("collected", "t.collected", Kind::Boolean).filter_only(),
];

/// Without a list: those that nobody uses.
const END: Shape = Shape {
    fields: &[optional(
        "applications",
        Rule::List {
            of: &UUID,
            min: 1,
            max: 500,
        },
    )],
    open: false,
};

#[derive(Deserialize)]
struct End {
    applications: Option<Vec<ApplicationId>>,
}

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
    let heard = portal.publisher().hears_all();
    let reports = portal.applications().fleet_rotations(id, heard).await?;
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
    let heard = portal.publisher().hears_all();
    let applications = portal.applications();
    let report = applications.fleet_rotation(id, rotation, heard).await?;
    Ok(Json(render(&report)))
}

/// The applications that it is about, with what works for each.
async fn applications(
    _: Admin,
    State(portal): State<Portal>,
    Path((id, rotation)): Path<(String, String)>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let id = find(&portal, &id).await?.id;
    let rotation = path_id("rotation", &rotation)?;
    let listing = query.listing(COLUMNS, "a.name")?;
    let heard = portal.publisher().hears_all();
    let applications = portal.applications();
    let found = applications.fleet_applications((id, rotation), listing.clone(), heard);
    let (found, total) = found.await?;
    let data = found.iter().map(member).collect();
    Ok(Json(Page::new(data, &listing, total)))
}

/// Ends old credentials before their time.
async fn retire(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, rotation)): Path<(String, String)>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let id = find(&portal, &id).await?.id;
    let rotation = path_id("rotation", &rotation)?;
    let End { applications } = input(body, &END)?;
    let wanted = applications.map_or(ToRetire::Safe, ToRetire::Of);
    let heard = portal.publisher().hears_all();
    let service = portal.applications();
    let ended = service
        .retire_in_fleet(&admin.ctx, (id, rotation), &wanted, heard)
        .await?;
    let retired = ended.value.iter().map(|retirement| {
        json!({
            "application_id": retirement.application_id,
            "outcome": if retirement.error.is_none() { "done" } else { "failed" },
            "detail": retirement.error,
        })
    });
    let body = json!({ "retired": retired.collect::<Vec<_>>() });
    Ok(settled(&portal, ended.revision, Json(body)).await)
}

fn member(found: &FleetApplication) -> Value {
    let FleetApplication {
        member,
        credentials,
    } = found;
    let credentials = credentials.iter().map(|held| {
        json!({
            "id": held.id,
            "client_id": held.client_id,
            "expires_at": held.retires_at.map(moment),
            "last_used_at": held.last_used_at.map(moment),
            "safe_to_retire": held.safe_to_retire,
        })
    });
    json!({
        "application": { "id": member.application_id, "name": member.name },
        "portal": { "id": member.portal_id, "name": member.portal },
        "status": member.state,
        "error": member.error,
        "collected": member.collected,
        "credentials": credentials.collect::<Vec<_>>(),
    })
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
        "cut_off": progress.cut_off,
        "old_working": progress.old_working,
        "old_in_use": progress.old_in_use,
        "safe_to_retire": progress.safe_to_retire,
        "failures": failures.collect::<Vec<_>>(),
    })
}
