//! `/apis/{id}/operations`: what the specification of an API's current version lists.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use crate::Portal;
use crate::client::operations;
use crate::error::Error;
use crate::model::{ApiProduct, hashed_id};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Page, Problem};
use crate::service::apis::find;
use crate::service::apis::versions::current;
use crate::store::{api_versions, specifications};

/// What the list is sorted and filtered by. It is read from a document, and has no rows of its own.
const COLUMNS: &[Column] = &[
    column("method", "method", Kind::Text),
    column("path", "path", Kind::Text),
];

pub(super) async fn list(
    State(portal): State<Portal>,
    Path(api): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let api = find(&portal, &api).await?;
    let listing = query.listing(COLUMNS, "path")?;
    let mut all = of(&portal, &api).await?;
    all.retain(|operation| {
        let text = |name: &str| operation[name].as_str().unwrap_or_default();
        query.holds("method", text("method")) && query.holds("path", text("path"))
    });
    Ok(Json(Page::cut(all, &listing)))
}

pub(super) async fn read(
    State(portal): State<Portal>,
    Path((api, id)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let api = find(&portal, &api).await?;
    let all = of(&portal, &api).await?;
    let found = all
        .into_iter()
        .find(|operation| operation["id"] == id.to_lowercase().as_str());
    Ok(Json(
        found.ok_or_else(|| Error::not_found("operation", id))?,
    ))
}

/// The operations of the current version, in its document's order; none, without a specification.
async fn of(portal: &Portal, api: &ApiProduct) -> Result<Vec<Value>, Error> {
    let mut specified = api_versions::of_products(portal.db(), [api.id]).await?;
    let specified = specified.remove(&api.id).unwrap_or_default();
    let Some(version) = current(api, &specified) else {
        return Ok(Vec::new());
    };
    let found = specifications::of_version(portal.db(), version.version.id).await?;
    let document = found.map(|found| found.document).unwrap_or_default();
    let document: Value = serde_json::from_str(&document).unwrap_or_default();
    let id = api.id.to_string();
    let listed = operations::list(&document);
    let shown = listed.iter().map(|operation| {
        let method = operation["method"].as_str().unwrap_or_default();
        let method = method.to_uppercase();
        let path = operation["path"].as_str().unwrap_or_default();
        json!({ "id": hashed_id(&[&id, &method, path]), "method": method, "path": path })
    });
    Ok(shown.collect())
}
