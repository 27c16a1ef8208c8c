//! Versions of an API and their specifications. A version has one, so that the specification's id is the
//! version's.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::super::session::Visitor;
use super::apis::{find, versions};
use crate::model::{ProductVersionId, Specification};
use crate::rest::query::Query;
use crate::rest::{Page, Problem, path_id};
use crate::store::api_versions::Specified;
use crate::{Error, Portal, store};

pub(super) async fn list_versions(
    visitor: Visitor,
    State(portal): State<Portal>,
    Path(api): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let listing = query.listing(&[], "t.created_at")?;
    let product = find(&portal, &visitor, &api).await?;
    let all = versions(&portal, &visitor, &product).await?;
    let all = all.iter().map(version_shown).collect();
    Ok(Json(Page::cut(all, &listing)))
}

pub(super) async fn version(
    visitor: Visitor,
    State(portal): State<Portal>,
    Path(path): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let (one, specification) = read(&portal, &visitor, &path).await?;
    let mut value = version_shown(&one);
    value["spec"]["content"] = specification.content.into();
    Ok(Json(value))
}

/// The document as an object, whether it was sent as JSON or YAML.
pub(super) async fn version_raw(
    visitor: Visitor,
    State(portal): State<Portal>,
    Path(path): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let (_, specification) = read(&portal, &visitor, &path).await?;
    let document = serde_json::from_str(&specification.document);
    let document = document.map_err(|error| Error::Internal(error.to_string()))?;
    Ok(Json(document))
}

pub(super) async fn list(
    visitor: Visitor,
    State(portal): State<Portal>,
    Path(api): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let listing = query.listing(&[], "t.created_at")?;
    let product = find(&portal, &visitor, &api).await?;
    let all = versions(&portal, &visitor, &product).await?;
    let shown = |one: &Specified| json!({ "id": one.version.id, "api_type": one.kind });
    let all = all.iter().map(shown).collect();
    Ok(Json(Page::cut(all, &listing)))
}

pub(super) async fn get(
    visitor: Visitor,
    State(portal): State<Portal>,
    Path(path): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let (one, specification) = read(&portal, &visitor, &path).await?;
    let body = json!({ "api_type": one.kind, "content": specification.content });
    Ok(Json(body))
}

/// The text as it was sent.
pub(super) async fn raw(
    visitor: Visitor,
    State(portal): State<Portal>,
    Path(path): Path<(String, String)>,
) -> Result<Json<String>, Problem> {
    let (_, specification) = read(&portal, &visitor, &path).await?;
    Ok(Json(specification.content))
}

async fn read(
    portal: &Portal,
    visitor: &Visitor,
    (api, version): &(String, String),
) -> Result<(Specified, Specification), Error> {
    let product = find(portal, visitor, api).await?;
    let id: ProductVersionId = path_id("API version", version)?;
    let missing = || Error::not_found("API version", id);
    let all = versions(portal, visitor, &product).await?;
    let one = all.into_iter().find(|one| one.version.id == id);
    let one = one.ok_or_else(missing)?;
    let specification = store::specifications::of_version(portal.db(), id).await?;
    Ok((one, specification.ok_or_else(missing)?))
}

fn version_shown(one: &Specified) -> Value {
    json!({
        "id": one.version.id,
        "version": one.version.name,
        "spec": { "type": one.kind },
    })
}
