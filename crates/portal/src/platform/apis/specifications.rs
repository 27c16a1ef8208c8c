//! `/apis/{id}/specifications`: versions as older clients have them, by their texts alone and at most one
//! to make. `/apis/validate-specification`: whether a text would be taken.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::platform::{Admin, moment, settled};
use crate::rest::check::{Rule, Shape, optional, required, text};
use crate::rest::query::Query;
use crate::rest::{Body, Page, Problem, input};
use crate::service::apis::find as find_api;
use crate::service::apis::versions::{self as service, ApiVersion, find};
use crate::service::specifications;
use crate::store::api_versions::Specified;
use crate::{Error, Portal};

use super::versions::listed;

const CONTENT: Shape = Shape {
    fields: &[required("content", text(1, 2 << 20))],
    open: false,
};

/// The type is what the text says; older clients send it all the same.
const CREATE: Shape = Shape {
    fields: &[
        required("content", text(1, 2 << 20)),
        optional("type", Rule::Word(&["oas2", "oas3", "asyncapi"])),
    ],
    open: false,
};

#[derive(Deserialize)]
struct Input {
    content: String,
}

/// Whether a specification would be taken. What is wrong with it is told as with any other body.
pub(super) async fn validate(
    _: Admin,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let Input { content } = input(body, &CONTENT)?;
    specifications::validate(&content)?;
    let answer = json!({ "validation_messages": [] });
    Ok((StatusCode::CREATED, Json(answer)))
}

pub(super) async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Path(api): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    listed(&portal, &api, &query, summary).await
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
    let Input { content } = input(body, &CREATE)?;
    let (version, revision) = service::create_only(&portal, &ctx, &api, &content).await?;
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
    let Input { content } = input(body, &CREATE)?;
    let Value::Object(change) = json!({ "spec": { "content": content } }) else {
        return Err(Error::Internal("an object is no object".to_owned()).into());
    };
    let (version, revision) = service::update(&portal, &ctx, version, change).await?;
    Ok(settled(&portal, Some(revision), Json(show(&version))).await)
}

fn summary(specified: &Specified) -> Value {
    json!({
        "id": specified.version.id,
        "type": specified.kind,
        "created_at": moment(specified.version.created_at),
        "updated_at": moment(specified.updated_at),
    })
}

fn show(api_version: &ApiVersion) -> Value {
    let (version, specification) = (&api_version.version, &api_version.specification);
    json!({
        "id": version.id,
        "content": specification.content,
        "type": specification.kind,
        "validation_messages": [],
        "created_at": moment(version.created_at),
        "updated_at": moment(version.updated_at.max(specification.updated_at)),
    })
}
