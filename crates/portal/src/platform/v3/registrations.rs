//! Registrations: `/v3/portals/{id}/application-registrations` and under each application. What they are
//! for is an API; which of its versions, the service knows.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{delete, get, patch, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::portals::applications::find_in;
use super::super::portals::registrations as earlier;
use super::super::{Admin, Route, listed, moment, settled};
use crate::Portal;
use crate::model::{ApiProductId, ApprovalStatus};
use crate::rest::check::{Rule, Shape, UUID, optional, required};
use crate::rest::query::Query;
use crate::rest::{Body, Page, Problem, input, renamed, without_nulls};
use crate::service::applications::NewRegistration;
use crate::service::registrations::offered;
use crate::service::sites::find;
use crate::store::catalogue::{self, Registered};
use crate::store::listing::Listing;

pub(super) fn routes() -> Vec<Route> {
    let (all, one) = (
        "/v3/portals/{portal_id}/applications/{application_id}/registrations",
        "/v3/portals/{portal_id}/applications/{application_id}/registrations/{registration_id}",
    );
    vec![
        (
            Method::GET,
            "/v3/portals/{portal_id}/application-registrations",
            get(list_of_portal),
        ),
        (Method::GET, all, get(list)),
        (Method::POST, all, post(create)),
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, delete(earlier::remove)),
    ]
}

static NEW: Shape = Shape {
    fields: &[
        required("api_id", UUID),
        optional("status", Rule::Word(&["approved", "pending"])),
    ],
    open: false,
};

#[derive(Debug, Deserialize)]
struct Asked {
    api_id: ApiProductId,
    status: Option<ApprovalStatus>,
}

async fn create(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, application)): Path<(String, String)>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let application = find_in(&portal, &id, &application).await?;
    let asked: Asked = input(without_nulls(body), &NEW)?;
    let new = NewRegistration {
        product_version_id: offered(&portal, &application, asked.api_id).await?,
        scopes: Vec::new(),
        status: asked.status,
    };
    let applications = portal.applications();
    let made = applications.register(&admin.ctx, &application, new).await;
    let made = made.map_err(|error| renamed(error, &[("product_version_id", "api_id")]))?;
    let registered = earlier::registered(&portal, made.value.id).await?;
    let body = (StatusCode::CREATED, Json(render(&registered)));
    Ok(settled(&portal, made.revision, body).await)
}

async fn list_of_portal(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let site = find(&portal, &id).await?;
    let list = async |listing: &Listing| {
        let listing = listing.clone().only("t.portal_id", site.id);
        catalogue::registrations(portal.db(), &listing).await
    };
    listed(&query, earlier::COLUMNS, list, render).await
}

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Path((id, application)): Path<(String, String)>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let application = find_in(&portal, &id, &application).await?;
    let list = async |listing: &Listing| {
        let listing = listing.clone().only("t.application_id", application.id);
        catalogue::registrations(portal.db(), &listing).await
    };
    listed(&query, earlier::COLUMNS, list, render).await
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path(path): Path<(String, String, String)>,
) -> Result<Json<Value>, Problem> {
    let (_, registration) = earlier::find_at(&portal, &path).await?;
    let registered = earlier::registered(&portal, registration.id).await?;
    Ok(Json(render(&registered)))
}

/// As in v2: a revoked registration is refused by every connected gateway before this answers.
async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path(path): Path<(String, String, String)>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let changed = earlier::decide(&portal, &admin.ctx, &path, body).await?;
    let registered = earlier::registered(&portal, changed.value.id).await?;
    Ok(settled(&portal, changed.revision, Json(render(&registered))).await)
}

fn render(registered: &Registered) -> Value {
    json!({
        "id": registered.id,
        "status": registered.status,
        "api": {
            "id": registered.product_id,
            "name": registered.product_name,
            "version": registered.own_version.as_ref().unwrap_or(&registered.product_version_name),
            "entity_type": "api",
        },
        "application": { "id": registered.application_id, "name": registered.application_name },
        "created_at": moment(registered.created_at),
        "updated_at": moment(registered.updated_at),
    })
}
