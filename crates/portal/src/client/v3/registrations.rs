//! Registrations of an application for APIs.

use axum::Json;
use axum::extract::{Path, State};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::applications::own;
use super::super::registrations::{at, listed, register};
use super::super::session::SignedIn;
use crate::Portal;
use crate::model::{ApiProductId, ApprovalStatus};
use crate::rest::check::{Shape, UUID, required};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem, input, renamed};
use crate::service::applications::NewRegistration;
use crate::service::registrations::offered;
use crate::store::catalogue::Registered;

const COLUMNS: &[Column] = &[
    column("id", "t.id", Kind::Uuid),
    column("status", "t.status", Kind::Word(ApprovalStatus::WORDS)),
    column("api_name", "a.name", Kind::Text),
    column("created_at", "t.created_at", Kind::Time).sort_only(),
];

const NEW: Shape = Shape {
    fields: &[required("api_id", UUID)],
    open: false,
};

#[derive(Deserialize)]
struct Asked {
    api_id: ApiProductId,
}

pub(super) async fn list(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    Ok(Json(
        listed(&portal, (&signed_in, &id), (&query, COLUMNS), shown).await?,
    ))
}

pub(super) async fn create(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<(StatusCode, HeaderMap, Json<Value>), Problem> {
    let application = own(&portal, &signed_in, &id).await?;
    let asked: Asked = input(body, &NEW)?;
    let new = NewRegistration {
        product_version_id: offered(&portal, &application, asked.api_id).await?,
        scopes: Vec::new(),
        status: None,
    };
    let made = register(&portal, &signed_in, &application, new).await;
    let names = &[("product_version_id", "api_id")];
    let (headers, registered) = made.map_err(|error| renamed(error, names))?;
    Ok((StatusCode::CREATED, headers, Json(shown(&registered))))
}

pub(super) async fn get(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    Path(path): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(shown(&at(&portal, &signed_in, &path).await?)))
}

fn shown(registered: &Registered) -> Value {
    let slug = registered.product_slug.clone();
    json!({
        "id": registered.id,
        "application_id": registered.application_id,
        "status": registered.status,
        "api_id": registered.product_id,
        "api_name": registered.product_name,
        "api_slug": slug.unwrap_or_else(|| registered.product_id.to_string()),
        "created_at": registered.created_at.to_rfc3339(),
        "updated_at": registered.updated_at.to_rfc3339(),
    })
}
