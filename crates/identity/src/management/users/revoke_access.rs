//! `/api/v2/users/{id}/revoke-access`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::MethodFilter;
use serde_json::Value;

use crate::authentication::back_channel::Initiator;
use crate::authentication::session;
use crate::management::access::Caller;
use crate::management::body::{Id, JsonOrNothing};
use crate::management::operations::Operations;
use crate::management::problem::Problem;
use crate::management::schema::{Body, Object, boolean, optional, text};
use crate::service::{revocation, users};
use crate::store::sessions;
use crate::{Error, Tenant};

const SESSIONS: &str = "delete:sessions";
const TOKENS: &str = "delete:refresh_tokens";

pub(in crate::management) fn add(operations: &mut Operations) {
    operations.serve(
        MethodFilter::POST,
        "/users/{id}/revoke-access",
        &[SESSIONS, TOKENS],
        revoke,
    );
}

static REVOKE: Object = Object {
    members: &[
        optional("session_id", text(100).min(1)),
        optional("preserve_refresh_tokens", boolean()),
    ],
};

/// Ends a user's sessions, or the one that is named, and the refresh tokens that they gave. All of it has
/// ended when this answers.
async fn revoke(
    State(tenant): State<Tenant>,
    caller: Caller,
    Id(user_id): Id,
    JsonOrNothing(body): JsonOrNothing,
) -> Result<StatusCode, Problem> {
    let members = REVOKE.read(body, Body::Create)?;
    let session_id = members.get("session_id").and_then(Value::as_str);
    let keeps_tokens = members.get("preserve_refresh_tokens") == Some(&Value::Bool(true));
    caller.require(&[SESSIONS])?;
    if !keeps_tokens {
        caller.require(&[TOKENS])?;
    }
    let user = users::find(&tenant, &user_id).await?;
    let user = user.ok_or_else(Error::no_user)?;
    if let Some(id) = session_id {
        let session = sessions::find(tenant.db(), id).await?;
        let own = session.filter(|session| session.user_id == user_id);
        own.ok_or_else(Error::no_session)?;
    }
    let mut tx = tenant.db().begin().await?;
    match (session_id, keeps_tokens) {
        (None, false) => {
            revocation::end_user(&mut tx, &user_id, Initiator::Administrator).await?;
        }
        (None, true) => session::end_all_of(&mut tx, &user_id, Initiator::Administrator).await?,
        (Some(id), keeps_tokens) => {
            if !keeps_tokens {
                revocation::end_session(&mut tx, id).await?;
            }
            session::end_in(&mut tx, id, Initiator::Administrator).await?;
        }
    }
    tx.commit().await?;
    caller.did("Revoke a User's Access", &user);
    Ok(StatusCode::ACCEPTED)
}
