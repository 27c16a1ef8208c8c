//! `/api/v2/device-credentials`: a user's refresh tokens, as older tools list them.

use axum::Json as Reply;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::MethodFilter;
use serde_json::{Value, json};

use crate::Tenant;
use crate::management::access::Caller;
use crate::management::body::Id;
use crate::management::operations::Operations;
use crate::management::page::Paging;
use crate::management::problem::Problem;
use crate::management::query::Query;
use crate::model::Members;
use crate::model::refresh_token::RefreshToken;
use crate::service::revocation;
use crate::store::page::After;
use crate::store::refresh_tokens;

pub(super) fn add(operations: &mut Operations) {
    operations.serve(
        MethodFilter::GET,
        "/device-credentials",
        &["read:device_credentials"],
        list,
    );
    operations.serve(
        MethodFilter::DELETE,
        "/device-credentials/{id}",
        &["delete:device_credentials"],
        delete,
    );
}

/// Of one user, whom `user_id` names; of one client, where `client_id` names it.
async fn list(
    State(tenant): State<Tenant>,
    _caller: Caller,
    query: Query,
) -> Result<Reply<Value>, Problem> {
    let paging = Paging::read(&query)?;
    let user_id = query
        .text("user_id")
        .ok_or_else(|| query.fault("user_id", "Missing required property: user_id"))?;
    let client_id = query.text("client_id");
    // Every credential here is a refresh token.
    let wanted = query
        .text("type")
        .is_none_or(|kind| kind == "refresh_token");
    let mut all = match wanted {
        true => refresh_tokens::of_user(tenant.db(), user_id, tenant.clock().now()).await?,
        false => Vec::new(),
    };
    all.retain(|token| client_id.is_none_or(|id| token.authorization.client_id == id));
    all.sort_by(|one, other| one.id.cmp(&other.id));
    let place = |token: &RefreshToken| After {
        created_at: token.created_at,
        id: token.id.clone(),
    };
    Ok(Reply(paging.part("device_credentials", all, place, wire)))
}

fn wire(token: RefreshToken) -> Members {
    let mut members = Members::new();
    for (name, value) in [
        ("id", json!(token.id)),
        ("type", json!("refresh_token")),
        ("user_id", json!(token.authorization.user_id)),
        ("client_id", json!(token.authorization.client_id)),
    ] {
        members.insert(name.to_owned(), value);
    }
    members
}

/// Ends the refresh token. One that has ended already is no error.
async fn delete(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    let mut tx = tenant.db().begin().await?;
    revocation::end_refresh_token(&mut tx, &id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
