//! Product versions of a portal: `/v2/portals/{id}/product-versions`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{delete, get, patch, post, put};
use serde_json::{Value, json};

use super::super::{Admin, Route, moment, notice, only, settled};
use super::{find, strategy};
use crate::Portal;
use crate::error::Error;
use crate::model::{Publication, PublishStatus};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem};
use crate::service::publications::{self, find_in};
use crate::store;

pub(super) fn routes() -> Vec<Route> {
    let (all, one) = (
        "/v2/portals/{portal_id}/product-versions",
        "/v2/portals/{portal_id}/product-versions/{version_id}",
    );
    vec![
        (Method::GET, all, get(list)),
        (Method::POST, all, post(create)),
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::PUT, one, put(replace)),
        (Method::DELETE, one, delete(remove)),
    ]
}

const COLUMNS: &[Column] = &[
    column("id", "t.id", Kind::Uuid).filter_only(),
    column("product_version_id", "t.product_version_id", Kind::Uuid),
    column(
        "publish_status",
        "t.publish_status",
        Kind::Word(PublishStatus::WORDS),
    ),
    column("auth_strategy_ids", "t.auth_strategy_id", Kind::Uuid),
    column(
        "application_registration_enabled",
        "t.application_registration_enabled",
        Kind::Boolean,
    ),
    column(
        "auto_approve_registration",
        "t.auto_approve_registration",
        Kind::Boolean,
    ),
    column("deprecated", "t.deprecated", Kind::Boolean),
    column("created_at", "t.created_at", Kind::Time),
    column("updated_at", "t.updated_at", Kind::Time),
];

async fn create(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let site = find(&portal, &id).await?;
    let created = publications::create(&portal, &admin.ctx, &site, body).await?;
    answer(&portal, StatusCode::CREATED, created).await
}

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let site = find(&portal, &id).await?;
    let listing = query.listing(COLUMNS, "t.created_at")?;
    let listing = listing.only("t.portal_id", site.id);
    let (publications, total) = store::publications::list(portal.db(), &listing).await?;
    let data = render(&portal, &publications).await?;
    Ok(Json(Page::new(data, &listing, total)))
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path((id, version)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    let publication = find_in(&portal, &site, &version).await?;
    Ok(Json(render_one(&portal, &publication).await?))
}

async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, version)): Path<(String, String)>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let site = find(&portal, &id).await?;
    let publication = find_in(&portal, &site, &version).await?;
    let updated = publications::update(&portal, &admin.ctx, publication, body).await?;
    answer(&portal, StatusCode::OK, updated).await
}

/// Compat: PUT adds the version to the portal if it is not in it, and answers 200 either way.
async fn replace(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, version)): Path<(String, String)>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let site = find(&portal, &id).await?;
    let replaced = publications::replace(&portal, &admin.ctx, &site, &version, body).await?;
    answer(&portal, StatusCode::OK, replaced).await
}

async fn remove(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, version)): Path<(String, String)>,
    query: Query,
) -> Result<Response, Problem> {
    let site = find(&portal, &id).await?;
    let publication = find_in(&portal, &site, &version).await?;
    let notice = notice(&query);
    let gone = publications::delete(&portal, &admin.ctx, &publication, notice);
    let (revision, _) = gone.await?;
    Ok(settled(&portal, Some(revision), StatusCode::NO_CONTENT).await)
}

async fn answer(
    portal: &Portal,
    status: StatusCode,
    (publication, revision): (Publication, i64),
) -> Result<Response, Problem> {
    let body = Json(render_one(portal, &publication).await?);
    Ok(settled(portal, Some(revision), (status, body)).await)
}

async fn render_one(portal: &Portal, publication: &Publication) -> Result<Value, Error> {
    Ok(only(
        render(portal, std::slice::from_ref(publication)).await?,
    ))
}

async fn render(portal: &Portal, publications: &[Publication]) -> Result<Vec<Value>, Error> {
    let used = publications
        .iter()
        .filter_map(|publication| publication.auth_strategy_id);
    let strategies = store::strategies::among(portal.db(), used).await?;
    let rendered = publications.iter().map(|publication| {
        let used = publication
            .auth_strategy_id
            .and_then(|id| strategies.get(&id));
        json!({
            "id": publication.id,
            "product_version_id": publication.product_version_id,
            "publish_status": publication.publish_status,
            "auth_strategies": used.into_iter().map(strategy).collect::<Vec<_>>(),
            "application_registration_enabled": publication.application_registration_enabled,
            "auto_approve_registration": publication.auto_approve_registration,
            "deprecated": publication.deprecated,
            "created_at": moment(publication.created_at),
            "updated_at": moment(publication.updated_at),
        })
    });
    Ok(rendered.collect())
}
