//! `/api/v2/initial-access-tokens`: tokens with which clients register (RFC 7591 §3).
//!
//! An extension: the vendor's API has no such resource.

use axum::Json as Reply;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodFilter;
use oauth::Timestamp;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::management::access::Caller;
use crate::management::body::{Id, Json};
use crate::management::operations::Operations;
use crate::management::problem::Problem;
use crate::management::schema::{Body, DATE_TIME, Object, integer, optional, required, text};
use crate::model::Members;
use crate::registration::initial_access::{self, NewToken};
use crate::store::initial_access_tokens::{self, InitialAccessToken};
use crate::{Error, Tenant};

/// What a new one may hold.
pub(crate) static CREATE: Object = Object {
    members: &[
        required("name", text(128).min(1)),
        optional("count", integer(1, 1_000_000)),
        optional("expires_at", text(255).format(&DATE_TIME)),
    ],
};

pub(super) fn add(operations: &mut Operations) {
    let path = "/initial-access-tokens";
    operations.serve(MethodFilter::GET, path, &["read:clients"], list);
    operations.serve(MethodFilter::POST, path, &["create:clients"], create);
    operations.serve(
        MethodFilter::DELETE,
        "/initial-access-tokens/{id}",
        &["delete:clients"],
        delete,
    );
}

async fn list(State(tenant): State<Tenant>, _caller: Caller) -> Result<Reply<Value>, Problem> {
    let tokens = initial_access_tokens::list(tenant.db()).await?;
    let tokens: Vec<Members> = tokens.iter().map(wire).collect();
    Ok(Reply(json!({ "initial_access_tokens": tokens })))
}

/// The one answer that holds the token.
async fn create(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Json(body): Json,
) -> Result<Response, Problem> {
    let request = CREATE.read(body, Body::Create)?;
    let expires_at = match request.get("expires_at").and_then(Value::as_str) {
        None => None,
        Some(text) => Some(Timestamp::parse_rfc3339(text).map_err(|_| {
            Error::invalid_body("Payload validation error: 'expires_at is not a date and time'.")
        })?),
    };
    let new = NewToken {
        name: request["name"].as_str().unwrap_or_default().to_owned(),
        count: request.get("count").and_then(Value::as_i64),
        expires_at,
    };
    let (token, clear) = initial_access::create(&tenant, new).await?;
    let mut shown = wire(&token);
    let clear = clear.reveal();
    shown.insert("token".to_owned(), json!(clear.expose_secret()));
    let no_store = [(header::CACHE_CONTROL, "no-store")];
    Ok((StatusCode::CREATED, no_store, Reply(shown)).into_response())
}

async fn delete(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    initial_access_tokens::delete(tenant.db(), &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn wire(token: &InitialAccessToken) -> Members {
    let mut members = Members::new();
    members.insert("id".to_owned(), json!(token.id));
    members.insert("name".to_owned(), json!(token.name));
    if let Some(remaining) = token.remaining {
        members.insert("remaining".to_owned(), json!(remaining));
    }
    for (name, at) in [
        ("expires_at", token.expires_at),
        ("last_used_at", token.last_used_at),
        ("created_at", Some(token.created_at)),
    ] {
        if let Some(at) = at {
            members.insert(name.to_owned(), json!(at.to_rfc3339()));
        }
    }
    members
}
