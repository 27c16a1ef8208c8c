//! Personal tokens: `/v3/users/{id}/access-tokens`. One may do what its user may.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, patch, post};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::super::{Admin, Route, moment};
use super::users::find;
use crate::Portal;
use crate::model::{AdministratorId, PlatformToken};
use crate::rest::{OptionalBody, Problem};
use crate::service::system_accounts::rename_token;
use crate::service::user_tokens::{self, create, every, find_token};

pub(super) fn routes() -> Vec<Route> {
    let (all, one) = (
        "/v3/users/{user_id}/access-tokens",
        "/v3/users/{user_id}/access-tokens/{token_id}",
    );
    vec![
        (Method::GET, all, get(list)),
        (Method::POST, all, post(make)),
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::DELETE, one, delete(remove)),
        (
            Method::PATCH,
            "/v3/users/{user_id}/access-tokens/{token_id}/revoke",
            patch(revoke),
        ),
    ]
}

/// Makes a token and shows it, this once.
async fn make(
    Admin { ctx }: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    OptionalBody(body): OptionalBody,
) -> Result<Response, Problem> {
    let user = find(&portal, &id).await?;
    let (token, text) = create(&portal, &ctx, &user, body).await?;
    let mut value = render(&portal, user.id, &token);
    value["konnect_token"] = text.reveal().expose_secret().into();
    let headers = [(header::CACHE_CONTROL, "no-store")];
    Ok((StatusCode::CREATED, headers, Json(value)).into_response())
}

async fn list(
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let user = find(&portal, &id).await?;
    let tokens = every(&portal, &user).await?;
    let shown = tokens.iter().map(|token| render(&portal, user.id, token));
    let shown: Vec<Value> = shown.collect();
    let meta = json!({ "number": 1, "size": shown.len(), "total": shown.len() });
    Ok(Json(json!({ "data": shown, "meta": meta })))
}

async fn read(
    State(portal): State<Portal>,
    Path((id, token)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let user = find(&portal, &id).await?;
    let token = find_token(&portal, &user, &token).await?;
    Ok(Json(render(&portal, user.id, &token)))
}

async fn update(
    Admin { ctx }: Admin,
    State(portal): State<Portal>,
    Path((id, token)): Path<(String, String)>,
    OptionalBody(body): OptionalBody,
) -> Result<Json<Value>, Problem> {
    let user = find(&portal, &id).await?;
    let token = find_token(&portal, &user, &token).await?;
    let token = rename_token(&portal, &ctx, token, body).await?;
    Ok(Json(render(&portal, user.id, &token)))
}

/// It stays in the list, and stops working at once.
async fn revoke(
    Admin { ctx }: Admin,
    State(portal): State<Portal>,
    Path((id, token)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let user = find(&portal, &id).await?;
    let token = find_token(&portal, &user, &token).await?;
    let token = user_tokens::revoke(&portal, &ctx, token).await?;
    Ok(Json(render(&portal, user.id, &token)))
}

async fn remove(
    Admin { ctx }: Admin,
    State(portal): State<Portal>,
    Path((id, token)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let user = find(&portal, &id).await?;
    let token = find_token(&portal, &user, &token).await?;
    user_tokens::delete(&portal, &ctx, &token).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn render(portal: &Portal, user: AdministratorId, token: &PlatformToken) -> Value {
    let now = portal.clock().now();
    let state = match (token.revoked_at, token.expires_at) {
        (Some(_), _) => "REVOKED",
        (None, Some(end)) if end <= now => "EXPIRED",
        (None, _) => "ACTIVE",
    };
    json!({
        "id": token.id,
        "user_id": user,
        "name": token.name,
        "state": state,
        "created_at": moment(token.created_at),
        "updated_at": moment(token.updated_at),
        "last_used_at": token.last_used_at.map(moment),
        "expires_at": token.expires_at.map(moment),
        "revoked_at": token.revoked_at.map(moment),
    })
}
