//! Credentials of an application: its API keys, or its one client secret.

use axum::Json;
use axum::extract::{Path, State};
use http::{HeaderMap, StatusCode};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::applications::own;
use super::effective::{settled, told};
use super::session::SignedIn;
use crate::Portal;
use crate::rest::check::{Shape, optional, required, text};
use crate::rest::credentials::{self, has_client, held, key as shown};
use crate::rest::query::Query;
use crate::rest::{Body, OptionalBody, Page, Problem, input, path_id};
use crate::service::applications::NewKey;

#[derive(Deserialize)]
struct Asked {
    display_name: Option<String>,
}

const NEW: Shape = Shape {
    fields: &[optional("display_name", text(1, 255))],
    open: false,
};

const CHANGE: Shape = Shape {
    fields: &[required("display_name", text(1, 255))],
    open: false,
};

pub(super) async fn list(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let application = own(&portal, &signed_in, &id).await?;
    let listing = query.listing(&[], "t.created_at")?;
    let all = credentials::all(&portal, &application).await?;
    Ok(Json(Page::cut(all, &listing)))
}

/// What works, when each was last used, and whether an old one can go. The vendor's list has no place for
/// that.
pub(super) async fn rotation(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let application = own(&portal, &signed_in, &id).await?;
    let held = if has_client(&portal, &application).await? {
        held(&portal, &application).await?
    } else {
        Vec::new()
    };
    let data = held.iter().map(|held| {
        json!({
            "id": held.id,
            "client_id": held.client_id,
            "expires_at": held.retires_at.map(oauth::Timestamp::to_rfc3339),
            "last_used_at": held.last_used_at.map(oauth::Timestamp::to_rfc3339),
            "safe_to_retire": held.safe_to_retire,
            "collected": held.collected,
        })
    });
    Ok(Json(json!({ "data": data.collect::<Vec<_>>() })))
}

/// Makes a key and shows it, this once.
pub(super) async fn create(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    OptionalBody(body): OptionalBody,
) -> Result<(StatusCode, HeaderMap, Json<Value>), Problem> {
    let application = own(&portal, &signed_in, &id).await?;
    let asked: Asked = input(body, &NEW)?;
    let name = asked
        .display_name
        .unwrap_or_else(|| application.name.clone());
    let new = NewKey {
        display_name: &name,
        lifetime: None,
    };
    let made = portal
        .applications()
        .create_key(&signed_in.ctx, &application, new)
        .await?;
    let (headers, made) = settled(&portal, made).await;
    let mut value = shown(&portal, &made.key);
    value["credential"] = made.secret.reveal().expose_secret().into();
    Ok((StatusCode::CREATED, headers, Json(value)))
}

pub(super) async fn rename(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    Path((id, credential)): Path<(String, String)>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let application = own(&portal, &signed_in, &id).await?;
    let credential = path_id("credential", &credential)?;
    let asked: Asked = input(body, &CHANGE)?;
    let name = asked.display_name.unwrap_or_default();
    let key = portal
        .applications()
        .rename_key(&signed_in.ctx, &application, credential, &name)
        .await?;
    Ok(Json(shown(&portal, &key)))
}

pub(super) async fn delete(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    Path((id, credential)): Path<(String, String)>,
) -> Result<(StatusCode, HeaderMap), Problem> {
    let application = own(&portal, &signed_in, &id).await?;
    let applications = portal.applications();
    let retiring = applications.retiring(&application).await?;
    if retiring.iter().any(|going| going.id() == credential) {
        let ended = applications.retire(&signed_in.ctx, &application, &credential);
        let (headers, ()) = settled(&portal, ended.await.map_err(told)?).await;
        return Ok((StatusCode::NO_CONTENT, headers));
    }
    let credential = path_id("credential", &credential)?;
    let gone = portal
        .applications()
        .delete_key(&signed_in.ctx, &application, credential)
        .await?;
    let (headers, ()) = settled(&portal, gone).await;
    Ok((StatusCode::NO_CONTENT, headers))
}
