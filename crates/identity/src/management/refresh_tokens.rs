//! `/api/v2/refresh-tokens` and `/api/v2/users/{id}/refresh-tokens`.

use axum::Json as Reply;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::MethodFilter;
use oauth::Timestamp;
use serde_json::{Value, json};

use crate::management::access::Caller;
use crate::management::body::{Id, Json};
use crate::management::operations::Operations;
use crate::management::page::Paging;
use crate::management::problem::Problem;
use crate::management::query::Query;
use crate::management::schema::{Body, Object, Rule, array, optional, text};
use crate::model::refresh_token::RefreshToken;
use crate::model::{Members, strings};
use crate::service::revocation;
use crate::store::page::After;
use crate::store::refresh_tokens;
use crate::{Error, Tenant};

pub(super) fn add(operations: &mut Operations) {
    let (one, of_user) = ("/refresh-tokens/{id}", "/users/{id}/refresh-tokens");
    operations.serve(
        MethodFilter::GET,
        "/refresh-tokens",
        &["read:refresh_tokens"],
        list_all,
    );
    operations.serve(
        MethodFilter::POST,
        "/refresh-tokens/revoke",
        &["delete:refresh_tokens"],
        revoke,
    );
    operations.serve(MethodFilter::GET, one, &["read:refresh_tokens"], read);
    operations.serve(
        MethodFilter::DELETE,
        one,
        &["delete:refresh_tokens"],
        delete,
    );
    operations.serve(MethodFilter::GET, of_user, &["read:refresh_tokens"], list);
    operations.serve(
        MethodFilter::DELETE,
        of_user,
        &["delete:refresh_tokens"],
        delete_of_user,
    );
}

async fn read(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
) -> Result<Reply<Members>, Problem> {
    let now = tenant.clock().now();
    let found = refresh_tokens::find(tenant.db(), &id).await?;
    let token = found.filter(|token| is_alive(token, now));
    let token = token.ok_or_else(|| Error::NotFound {
        code: Some("inexistent_refresh_token"),
        message: "The refresh token does not exist".into(),
    })?;
    Ok(Reply(wire(token)))
}

fn is_alive(token: &RefreshToken, now: Timestamp) -> bool {
    let before = |end: Option<Timestamp>| end.is_none_or(|end| now < end);
    before(token.expires_at) && before(token.idle_expires_at)
}

async fn list(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(user_id): Id,
    query: Query,
) -> Result<Reply<Value>, Problem> {
    let paging = Paging::read(&query)?;
    // A user has few: the page is cut from all of them, oldest first like every list here.
    let now = tenant.clock().now();
    let mut all = refresh_tokens::of_user(tenant.db(), &user_id, now).await?;
    all.reverse();
    let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let window = paging.window();
    let skip = match &window.after {
        Some(after) => all
            .iter()
            .position(|token| token.id == after.id)
            .map_or(0, |at| at + 1),
        None => usize::try_from(window.offset).unwrap_or(usize::MAX),
    };
    let limit = usize::try_from(window.limit).unwrap_or(0);
    let page: Vec<RefreshToken> = all.into_iter().skip(skip).take(limit).collect();
    let body = paging.answer("tokens", page, total, place, wire);
    // The vendor's list is always an object.
    Ok(Reply(match body {
        Value::Array(list) => json!({ "tokens": list }),
        body => body,
    }))
}

/// The tokens of the user that the query names, those of one client if it names one.
async fn list_all(
    State(tenant): State<Tenant>,
    _caller: Caller,
    query: Query,
) -> Result<Reply<Value>, Problem> {
    let missing = || query.fault("user_id", "Missing required property: user_id");
    let user_id = query.text("user_id").ok_or_else(missing)?;
    let paging = Paging::read(&query.by_checkpoint())?;
    let fields = query.fields()?;
    let (db, now) = (tenant.db(), tenant.clock().now());
    let client_id = query.text("client_id");
    let found = refresh_tokens::list(db, user_id, client_id, now, &paging.window()).await?;
    Ok(Reply(paging.answer(
        "refresh_tokens",
        found,
        0,
        place,
        |token| fields.choose(wire(token)),
    )))
}

fn place(token: &RefreshToken) -> After {
    After {
        created_at: token.created_at,
        id: token.id.clone(),
    }
}

static ID: Rule = text(100).min(1);

static REVOKE: Object = Object {
    members: &[
        optional("ids", array(&ID, 100)),
        optional("user_id", text(600).min(1)),
        optional("client_id", text(200).min(1)),
        optional("audience", text(600).min(1)),
    ],
};

/// Ends tokens by their ids, or those of a user, of a user at a client, of both at an API.
async fn revoke(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Json(body): Json,
) -> Result<StatusCode, Problem> {
    let members = REVOKE.read(body, Body::Create)?;
    let named = |name: &str| members.get(name).and_then(Value::as_str);
    let ids = members.get("ids");
    let (user_id, client_id, audience) = (named("user_id"), named("client_id"), named("audience"));
    let by_user = user_id.or(client_id).or(audience).is_some();
    let mut tx = tenant.db().begin().await?;
    match (ids, user_id, client_id, audience) {
        (Some(_), ..) if by_user => return Err(unclear()),
        (Some(ids), ..) => {
            for id in strings(Some(ids)) {
                revocation::end_refresh_token(&mut tx, id).await?;
            }
        }
        (None, Some(user_id), None, None) => {
            revocation::end_tokens_of(&mut tx, user_id).await?;
        }
        (None, Some(user_id), Some(client_id), None) => {
            revocation::end_tokens_at(&mut tx, user_id, client_id).await?;
        }
        (None, Some(user_id), Some(client_id), audience) => {
            revocation::end_grant(&mut tx, user_id, client_id, audience).await?;
        }
        (None, ..) => return Err(unclear()),
    }
    tx.commit().await?;
    Ok(StatusCode::ACCEPTED)
}

fn unclear() -> Problem {
    Problem(Error::invalid_body(
        "Payload validation error: 'Send ids, or user_id, or user_id with client_id, or both with audience'.",
    ))
}

async fn delete(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    let mut tx = tenant.db().begin().await?;
    revocation::end_refresh_token(&mut tx, &id).await?;
    tx.commit().await?;
    Ok(StatusCode::ACCEPTED)
}

async fn delete_of_user(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(user_id): Id,
) -> Result<StatusCode, Problem> {
    let mut tx = tenant.db().begin().await?;
    revocation::end_tokens_of(&mut tx, &user_id).await?;
    tx.commit().await?;
    Ok(StatusCode::ACCEPTED)
}

/// The vendor's shape of a refresh token: everything but the token.
fn wire(token: RefreshToken) -> Members {
    let authorization = &token.authorization;
    let moment = |moment: Option<Timestamp>| moment.map(Timestamp::to_rfc3339);
    let members = [
        ("id", json!(token.id)),
        ("user_id", json!(authorization.user_id)),
        ("created_at", json!(token.created_at.to_rfc3339())),
        ("idle_expires_at", json!(moment(token.idle_expires_at))),
        ("expires_at", json!(moment(token.expires_at))),
        ("client_id", json!(authorization.client_id)),
        ("session_id", json!(authorization.session_id)),
        ("rotating", json!(token.rotating)),
        (
            "resource_servers",
            json!([{
                "audience": authorization.audience,
                "scopes": authorization.scope.to_string(),
            }]),
        ),
        ("last_exchanged_at", json!(moment(token.last_exchanged_at))),
    ];
    members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
