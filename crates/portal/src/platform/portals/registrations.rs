//! Registrations as administrators see them: `/v2/portals/{id}/application-registrations` and under
//! each application.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{delete, get, patch};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::{Admin, Route, moment, settled};
use super::{applications, find};
use crate::model::{Application, ApprovalStatus, Registration, RegistrationId};
use crate::rest::check::{Rule, Shape, optional};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem, apply, path_id};
use crate::service::applications::Effective;
use crate::service::decisions::Decision;
use crate::service::registrations;
use crate::store;
use crate::store::catalogue::{self, Registered};
use crate::store::listing::Listing;
use crate::{Ctx, Error, Portal};

pub(super) fn routes() -> Vec<Route> {
    let (all, one) = (
        "/v2/portals/{portal_id}/applications/{application_id}/registrations",
        "/v2/portals/{portal_id}/applications/{application_id}/registrations/{registration_id}",
    );
    vec![
        (
            Method::GET,
            "/v2/portals/{portal_id}/application-registrations",
            get(list_of_portal),
        ),
        (Method::GET, all, get(list)),
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, delete(remove)),
        (
            Method::GET,
            "/v2/portals/{portal_id}/applications/{application_id}/registrations/{registration_id}/granted-scopes",
            get(granted_scopes),
        ),
    ]
}

pub(in crate::platform) const COLUMNS: &[Column] = &[
    column("status", "t.status", Kind::Text),
    column("created_at", "t.created_at", Kind::Time),
    column("updated_at", "t.updated_at", Kind::Time),
    column(
        "developer_id",
        "(SELECT a.developer_id FROM portal_application a WHERE a.id = t.application_id)",
        Kind::Uuid,
    ),
    column(
        "developer_name",
        "(SELECT o.full_name FROM portal_developer o JOIN portal_application a \
         ON a.developer_id = o.id WHERE a.id = t.application_id)",
        Kind::Text,
    )
    .filter_only(),
    column("application_id", "t.application_id", Kind::Uuid).filter_only(),
    column(
        "application_name",
        "(SELECT a.name FROM portal_application a WHERE a.id = t.application_id)",
        Kind::Text,
    )
    .filter_only(),
    column("product_version_id", "t.product_version_id", Kind::Uuid).filter_only(),
    column(
        "product_version_name",
        "(SELECT v.name FROM portal_product_version v WHERE v.id = t.product_version_id)",
        Kind::Text,
    )
    .filter_only(),
    column(
        "product_name",
        "(SELECT p.name FROM portal_api_product p JOIN portal_product_version v \
         ON v.api_product_id = p.id WHERE v.id = t.product_version_id)",
        Kind::Text,
    )
    .filter_only(),
];

static SHAPE: Shape = Shape {
    fields: &[optional("status", Rule::Word(ApprovalStatus::WORDS))],
    open: false,
};

#[derive(Debug, Serialize, Deserialize)]
struct Writable {
    status: ApprovalStatus,
}

async fn list_of_portal(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let site = find(&portal, &id).await?;
    let listing = query.listing(COLUMNS, "t.created_at")?;
    let listing = listing.only("t.portal_id", site.id);
    let (found, total) = catalogue::registrations(portal.db(), &listing).await?;
    let data = found.iter().map(render).collect();
    Ok(Json(Page::new(data, &listing, total)))
}

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Path((id, application)): Path<(String, String)>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let application = applications::find_in(&portal, &id, &application).await?;
    let listing = query.listing(COLUMNS, "t.created_at")?;
    let listing = listing.only("t.application_id", application.id);
    let (found, total) = catalogue::registrations(portal.db(), &listing).await?;
    let data = found.iter().map(render).collect();
    Ok(Json(Page::new(data, &listing, total)))
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path(path): Path<(String, String, String)>,
) -> Result<Json<Value>, Problem> {
    let (_, registration) = find_at(&portal, &path).await?;
    Ok(Json(render_one(&portal, registration.id).await?))
}

/// Approves, revokes or rejects. A revoked registration is refused by every connected gateway before
/// this answers.
async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path(path): Path<(String, String, String)>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let changed = decide(&portal, &admin.ctx, &path, body).await?;
    let body = Json(render_one(&portal, changed.value.id).await?);
    Ok(settled(&portal, changed.revision, body).await)
}

/// The registration at this path, standing where the body says.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Invalid`].
pub(in crate::platform) async fn decide(
    portal: &Portal,
    ctx: &Ctx,
    path: &(String, String, String),
    body: Map<String, Value>,
) -> Result<Effective<Registration>, Error> {
    let (_, registration) = find_at(portal, path).await?;
    let present = Writable {
        status: registration.status,
    };
    let new = apply(&present, body, &SHAPE)?;
    let site = find(portal, &path.0).await?;
    let decision = Decision::silent(new.status);
    registrations::decide(portal, ctx, (&site, registration.id), &decision).await
}

pub(in crate::platform) async fn remove(
    admin: Admin,
    State(portal): State<Portal>,
    Path(path): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let (application, registration) = find_at(&portal, &path).await?;
    let site = find(&portal, &path.0).await?;
    let about = (&site, &application);
    let ended = registrations::end(&portal, &admin.ctx, about, registration.id).await?;
    Ok(settled(&portal, ended.revision, StatusCode::NO_CONTENT).await)
}

async fn granted_scopes(
    _: Admin,
    State(portal): State<Portal>,
    Path(path): Path<(String, String, String)>,
) -> Result<Json<Value>, Problem> {
    let (_, registration) = find_at(&portal, &path).await?;
    let scopes = registration.granted_scopes.unwrap_or_default();
    Ok(Json(json!({ "data": scopes })))
}

pub(in crate::platform) async fn find_at(
    portal: &Portal,
    (id, application, registration): &(String, String, String),
) -> Result<(Application, Registration), Error> {
    let application = applications::find_in(portal, id, application).await?;
    let id = path_id("registration", registration)?;
    let found = store::registrations::find(portal.db(), id).await?;
    let registration = found
        .filter(|registration| registration.application_id == application.id)
        .ok_or_else(|| Error::not_found("registration", id))?;
    Ok((application, registration))
}

async fn render_one(portal: &Portal, id: RegistrationId) -> Result<Value, Error> {
    Ok(render(&registered(portal, id).await?))
}

/// A registration with the names of what it is for.
///
/// # Errors
/// [`Error::NotFound`].
pub(in crate::platform) async fn registered(
    portal: &Portal,
    id: RegistrationId,
) -> Result<Registered, Error> {
    let listing = Listing::all("t.created_at").only("t.id", id);
    let (mut found, _) = catalogue::registrations(portal.db(), &listing).await?;
    found
        .pop()
        .ok_or_else(|| Error::not_found("registration", id))
}

fn render(registered: &Registered) -> Value {
    json!({
        "id": registered.id,
        "status": registered.status,
        "product": { "id": registered.product_id, "name": registered.product_name },
        "product_version": {
            "id": registered.product_version_id,
            "name": registered.product_version_name,
        },
        "application": { "id": registered.application_id, "name": registered.application_name },
        "developer": { "id": registered.developer_id, "name": registered.developer_name },
        "granted_scopes": registered.granted_scopes,
        "created_at": moment(registered.created_at),
        "updated_at": moment(registered.updated_at),
    })
}
