//! Credentials of an application: its API keys, or its one client secret.

use axum::Json;
use axum::extract::{Path, State};
use http::{HeaderMap, StatusCode};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::applications::own;
use super::effective::settled;
use super::session::SignedIn;
use crate::model::{Application, ApplicationKey, CredentialType};
use crate::rest::check::{Shape, optional, required, text};
use crate::rest::query::Query;
use crate::rest::{Body, Page, Problem, input, path_id};
use crate::{Error, Portal, store};

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
    let credentials: Vec<Value> = if let Some(client_id) = client_of(&portal, &application).await? {
        let secret = |client_id: &str, ends: Option<oauth::Timestamp>| {
            json!({
                "type": "client_secret",
                "id": client_id,
                "display_name": null,
                "client_id": client_id,
                "created_at": application.created_at.to_rfc3339(),
                "expires_at": ends.map(oauth::Timestamp::to_rfc3339),
            })
        };
        let retiring = portal.applications().retiring(&application).await?;
        let retiring = retiring.iter().filter(|client| !client.retired);
        let retiring = retiring.map(|client| secret(&client.client_id, Some(client.retires_at)));
        std::iter::once(secret(&client_id, None))
            .chain(retiring)
            .collect()
    } else {
        let keys = store::applications::keys(portal.db(), application.id).await?;
        keys.iter().map(|key| shown(&portal, key)).collect()
    };
    let total = i64::try_from(credentials.len()).unwrap_or(i64::MAX);
    let size = usize::try_from(listing.size).unwrap_or(usize::MAX);
    let before = usize::try_from(listing.number - 1)
        .unwrap_or(usize::MAX)
        .saturating_mul(size);
    let data = credentials.into_iter().skip(before).take(size).collect();
    Ok(Json(Page::new(data, &listing, total)))
}

/// Makes a key and shows it, this once.
pub(super) async fn create(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<(StatusCode, HeaderMap, Json<Value>), Problem> {
    let application = own(&portal, &signed_in, &id).await?;
    let asked: Asked = input(body, &NEW)?;
    let name = asked
        .display_name
        .unwrap_or_else(|| application.name.clone());
    let made = portal
        .applications()
        .create_key(&signed_in.ctx, &application, &name)
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
    if retiring.iter().any(|client| client.client_id == credential) {
        let ended = applications
            .retire(&signed_in.ctx, &application, &credential)
            .await?;
        let (headers, ()) = settled(&portal, ended).await;
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

/// The client id, if the portal made a client for the application.
async fn client_of(portal: &Portal, application: &Application) -> Result<Option<String>, Error> {
    let id = application.auth_strategy_id;
    let strategy = store::strategies::find(portal.db(), id).await?;
    let registered = strategy
        .is_some_and(|strategy| strategy.credential_type() == CredentialType::ClientCredentials);
    Ok(application.client_id.clone().filter(|_| registered))
}

fn shown(portal: &Portal, key: &ApplicationKey) -> Value {
    json!({
        "type": "api_key",
        "id": key.id,
        "display_name": key.display_name,
        "status": key.status(portal.clock().now()),
        "expires_at": key.expires_at.map(oauth::Timestamp::to_rfc3339),
        "created_at": key.created_at.to_rfc3339(),
    })
}
