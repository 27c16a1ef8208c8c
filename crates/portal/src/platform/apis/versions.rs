//! `/apis/{id}/versions`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::Portal;
use crate::platform::{Admin, moment, notice, settled};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem};
use crate::service::apis::find as find_api;
use crate::service::apis::versions::{self as service, ApiVersion, find};
use crate::store::api_versions::{self, Specified};

const COLUMNS: &[Column] = &[
    column("type", "s.kind", Kind::Text).filter_only(),
    column("version", "t.name", Kind::Text).filter_only(),
    column("created_at", "t.created_at", Kind::Time).sort_only(),
];

pub(super) async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Path(api): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    listed(&portal, &api, &query, summary).await
}

/// The page that is asked for of an API's versions.
pub(super) async fn listed(
    portal: &Portal,
    api: &str,
    query: &Query,
    render: fn(&Specified) -> Value,
) -> Result<Json<Page<Value>>, Problem> {
    let api = find_api(portal, api).await?;
    let listing = query
        .listing(COLUMNS, "t.created_at")?
        .only("t.api_product_id", api.id);
    let (found, total) = api_versions::list(portal.db(), &listing).await?;
    let data = found.iter().map(render).collect();
    Ok(Json(Page::new(data, &listing, total)))
}

pub(super) async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path((api, version)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let api = find_api(&portal, &api).await?;
    Ok(Json(show(&find(&portal, &api, &version).await?)))
}

pub(super) async fn create(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path(api): Path<String>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let api = find_api(&portal, &api).await?;
    let (version, revision) = service::create(&portal, &ctx, &api, body).await?;
    let answer = (StatusCode::CREATED, Json(show(&version)));
    Ok(settled(&portal, Some(revision), answer).await)
}

pub(super) async fn update(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((api, version)): Path<(String, String)>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let api = find_api(&portal, &api).await?;
    let version = find(&portal, &api, &version).await?;
    let (version, revision) = service::update(&portal, &ctx, version, body).await?;
    Ok(settled(&portal, Some(revision), Json(show(&version))).await)
}

pub(super) async fn delete(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((api, version)): Path<(String, String)>,
    query: Query,
) -> Result<Response, Problem> {
    let api = find_api(&portal, &api).await?;
    let version = find(&portal, &api, &version).await?;
    let revision = service::delete(&portal, &ctx, &api, &version, notice(&query)).await?;
    Ok(settled(&portal, Some(revision), StatusCode::NO_CONTENT).await)
}

/// A version without the text of its specification.
pub(super) fn summary(specified: &Specified) -> Value {
    json!({
        "id": specified.version.id,
        "version": specified.version.name,
        "spec": { "type": specified.kind },
        "created_at": moment(specified.version.created_at),
        "updated_at": moment(specified.updated_at),
    })
}

fn show(api_version: &ApiVersion) -> Value {
    let (version, specification) = (&api_version.version, &api_version.specification);
    json!({
        "id": version.id,
        "version": version.name,
        "spec": {
            "content": specification.content,
            "type": specification.kind,
            // What is wrong is refused, so nothing is left to say.
            "validation_messages": [],
        },
        "created_at": moment(version.created_at),
        "updated_at": moment(version.updated_at.max(specification.updated_at)),
    })
}
