//! `/api/v2/user-blocks`: accounts that are blocked after too many wrong passwords.

use axum::Json as Reply;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::MethodFilter;
use serde_json::{Value, json};

use crate::management::access::Caller;
use crate::management::body::Id;
use crate::management::operations::Operations;
use crate::management::problem::Problem;
use crate::management::query::Query;
use crate::model::user::User;
use crate::service::users as service;
use crate::{Error, Tenant, store};

pub(super) fn add(operations: &mut Operations) {
    let (all, one) = ("/user-blocks", "/user-blocks/{id}");
    operations.serve(MethodFilter::GET, all, &["read:users"], find);
    operations.serve(MethodFilter::DELETE, all, &["update:users"], lift_of);
    operations.serve(MethodFilter::GET, one, &["read:users"], read);
    operations.serve(MethodFilter::DELETE, one, &["update:users"], lift);
}

/// The users with the address or username `identifier`, in any connection.
async fn named(tenant: &Tenant, query: &Query) -> Result<Vec<User>, Error> {
    let identifier = query
        .text("identifier")
        .ok_or_else(|| query.fault("identifier", "Missing required property: identifier"))?;
    Ok(store::users::identified(tenant.db(), &identifier.trim().to_lowercase()).await?)
}

async fn blocks(tenant: &Tenant, users: &[User]) -> Result<Reply<Value>, Problem> {
    let mut blocked_for = Vec::new();
    for user in users {
        for ip in service::blocked_from(tenant, &user.user_id).await? {
            blocked_for.push(json!({
                "identifier": user.email.as_ref().or(user.username.as_ref()),
                "ip": ip,
                "connection": user.connection,
            }));
        }
    }
    Ok(Reply(json!({ "blocked_for": blocked_for })))
}

async fn find(
    State(tenant): State<Tenant>,
    _caller: Caller,
    query: Query,
) -> Result<Reply<Value>, Problem> {
    blocks(&tenant, &named(&tenant, &query).await?).await
}

async fn read(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(user_id): Id,
) -> Result<Reply<Value>, Problem> {
    let user = service::find(&tenant, &user_id).await?;
    blocks(&tenant, &[user.ok_or_else(Error::no_user)?]).await
}

async fn lift_of(
    State(tenant): State<Tenant>,
    _caller: Caller,
    query: Query,
) -> Result<StatusCode, Problem> {
    for user in named(&tenant, &query).await? {
        service::forgive(&tenant, &user.user_id).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn lift(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(user_id): Id,
) -> Result<StatusCode, Problem> {
    let user = service::find(&tenant, &user_id).await?;
    let user = user.ok_or_else(Error::no_user)?;
    service::forgive(&tenant, &user.user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
