//! Tokens of a system account: `/v3/system-accounts/{id}/access-tokens`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, patch, post};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::super::{Admin, Route, listed, moment};
use crate::Portal;
use crate::model::PlatformToken;
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{OptionalBody, Page, Problem};
use crate::service::system_accounts::{create_token, find, find_token, rename_token};
use crate::store;
use crate::store::listing::{Filter, Listing, Test};

pub(super) fn routes() -> Vec<Route> {
    let (all, one) = (
        "/v3/system-accounts/{account_id}/access-tokens",
        "/v3/system-accounts/{account_id}/access-tokens/{token_id}",
    );
    vec![
        (Method::GET, all, get(list)),
        (Method::POST, all, post(create)),
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, delete(remove)),
    ]
}

const COLUMNS: &[Column] = &[
    column("name", "t.name", Kind::Text),
    column("created_at", "t.created_at", Kind::Time).sort_only(),
];

/// Makes a token and shows it, this once.
async fn create(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    OptionalBody(body): OptionalBody,
) -> Result<Response, Problem> {
    let account = find(&portal, &id).await?;
    let (token, text) = create_token(&portal, &admin.ctx, &account, body).await?;
    let mut value = render(&token);
    value["token"] = text.reveal().expose_secret().into();
    let headers = [(header::CACHE_CONTROL, "no-store")];
    Ok((StatusCode::CREATED, headers, Json(value)).into_response())
}

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let account = find(&portal, &id).await?;
    let list = async |listing: &Listing| {
        let mut listing = listing.clone().only("t.system_account_id", account.id);
        listing.filters.push(Filter {
            column: "t.revoked_at",
            test: Test::Present(false),
        });
        store::platform_tokens::list(portal.db(), &listing).await
    };
    listed(&query, COLUMNS, list, render).await
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path((id, token)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let account = find(&portal, &id).await?;
    Ok(Json(render(&find_token(&portal, &account, &token).await?)))
}

async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, token)): Path<(String, String)>,
    OptionalBody(body): OptionalBody,
) -> Result<Json<Value>, Problem> {
    let account = find(&portal, &id).await?;
    let token = find_token(&portal, &account, &token).await?;
    let token = rename_token(&portal, &admin.ctx, token, body).await?;
    Ok(Json(render(&token)))
}

async fn remove(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, token)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let account = find(&portal, &id).await?;
    let token = find_token(&portal, &account, &token).await?;
    portal.revoke_platform_token(&admin.ctx, token.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn render(token: &PlatformToken) -> Value {
    let mut value = json!({
        "id": token.id,
        "name": token.name,
        "created_at": moment(token.created_at),
        "updated_at": moment(token.updated_at),
    });
    for (name, at) in [
        ("expires_at", token.expires_at),
        ("last_used_at", token.last_used_at),
    ] {
        if let Some(at) = at {
            value[name] = moment(at).into();
        }
    }
    value
}
