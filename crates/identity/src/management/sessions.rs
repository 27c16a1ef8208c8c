//! `/api/v2/sessions` and `/api/v2/users/{id}/sessions`.

use axum::Json as Reply;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::MethodFilter;
use serde_json::{Value, json};

use crate::authentication::back_channel::Initiator;
use crate::authentication::session;
use crate::management::access::Caller;
use crate::management::body::Id;
use crate::management::operations::Operations;
use crate::management::page::Paging;
use crate::management::problem::Problem;
use crate::management::query::Query;
use crate::model::Members;
use crate::model::session::{Lifetimes, Session};
use crate::service::revocation;
use crate::store::page::After;
use crate::store::sessions::{self, Participant};
use crate::{Error, Tenant};

pub(super) fn add(operations: &mut Operations) {
    let (one, of_user) = ("/sessions/{id}", "/users/{id}/sessions");
    operations.serve(MethodFilter::GET, one, &["read:sessions"], read);
    operations.serve(MethodFilter::DELETE, one, &["delete:sessions"], delete);
    operations.serve(
        MethodFilter::POST,
        "/sessions/{id}/revoke",
        &["delete:sessions"],
        revoke,
    );
    operations.serve(MethodFilter::GET, of_user, &["read:sessions"], list);
    operations.serve(
        MethodFilter::DELETE,
        of_user,
        &["delete:sessions"],
        delete_of_user,
    );
}

async fn read(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
) -> Result<Reply<Members>, Problem> {
    let session = alive(&tenant, &id).await?;
    Ok(Reply(wire(&tenant, session).await?))
}

async fn alive(tenant: &Tenant, id: &str) -> Result<Session, Error> {
    let now = tenant.clock().now();
    let found = sessions::find(tenant.db(), id).await?;
    found
        .filter(|session| session.is_alive(now))
        .ok_or_else(Error::no_session)
}

async fn list(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(user_id): Id,
    query: Query,
) -> Result<Reply<Value>, Problem> {
    let paging = Paging::read(&query)?;
    let (db, now) = (tenant.db(), tenant.clock().now());
    let found = sessions::of_user(db, &user_id, now, &paging.window()).await?;
    let total = paging
        .total(sessions::count_of_user(db, &user_id, now))
        .await?;
    let mut entries = Vec::new();
    for session in found {
        let place = After {
            created_at: session.created_at,
            id: session.id.clone(),
        };
        entries.push((place, wire(&tenant, session).await?));
    }
    let place = |(place, _): &(After, Members)| place.clone();
    let body = paging.answer("sessions", entries, total, place, |(_, wire)| wire);
    // The vendor's list is always an object.
    Ok(Reply(match body {
        Value::Array(list) => json!({ "sessions": list }),
        body => body,
    }))
}

async fn delete(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    session::end(&tenant, &id, Initiator::Administrator).await?;
    Ok(StatusCode::ACCEPTED)
}

async fn revoke(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    alive(&tenant, &id).await?;
    let mut tx = tenant.db().begin().await?;
    revocation::end_session(&mut tx, &id).await?;
    session::end_in(&mut tx, &id, Initiator::Administrator).await?;
    tx.commit().await?;
    Ok(StatusCode::ACCEPTED)
}

async fn delete_of_user(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(user_id): Id,
) -> Result<StatusCode, Problem> {
    let mut tx = tenant.db().begin().await?;
    session::end_all_of(&mut tx, &user_id, Initiator::Administrator).await?;
    tx.commit().await?;
    Ok(StatusCode::ACCEPTED)
}

/// The vendor's shape of a session.
async fn wire(tenant: &Tenant, session: Session) -> Result<Members, Error> {
    let participants = sessions::participants(tenant.db(), &session.id).await?;
    let clients: Vec<Value> = participants
        .into_iter()
        .map(|Participant { client_id, .. }| json!({ "client_id": client_id }))
        .collect();
    let signed_in_at = session.auth_time.to_rfc3339();
    let methods: Vec<Value> = session
        .amr
        .iter()
        .map(|name| json!({ "name": name, "timestamp": signed_in_at }))
        .collect();
    let mode = match Lifetimes::of(&tenant.tenant_settings()).persistent {
        true => "persistent",
        false => "non-persistent",
    };
    let device = &session.device;
    let members = [
        ("id", json!(session.id)),
        ("user_id", json!(session.user_id)),
        ("created_at", json!(session.created_at.to_rfc3339())),
        ("updated_at", json!(session.last_seen.to_rfc3339())),
        ("authenticated_at", json!(signed_in_at)),
        ("authentication", json!({ "methods": methods })),
        (
            "idle_expires_at",
            json!(session.idle_expires_at.to_rfc3339()),
        ),
        ("expires_at", json!(session.expires_at.to_rfc3339())),
        ("last_interacted_at", json!(session.last_seen.to_rfc3339())),
        ("device", json!(device)),
        ("clients", json!(clients)),
        ("cookie", json!({ "mode": mode })),
    ];
    Ok(members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect())
}
