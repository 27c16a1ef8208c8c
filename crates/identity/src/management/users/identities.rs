//! `/api/v2/users/{id}/identities`.

use axum::Json as Reply;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::MethodFilter;
use serde_json::Value;

use crate::management::access::Caller;
use crate::management::body::{Id, Json};
use crate::management::operations::Operations;
use crate::management::problem::Problem;
use crate::management::schema::{Body, Object, optional, text};
use crate::model::{Members, identity};
use crate::service::users::linking;
use crate::{Error, Tenant};

/// What a user may do to their own accounts, with a token of theirs.
const OWN: &str = "update:current_user_identities";

pub(in crate::management) fn add(operations: &mut Operations) {
    operations.serve(
        MethodFilter::POST,
        "/users/{id}/identities",
        &["update:users", OWN],
        link,
    );
    operations.serve(
        MethodFilter::DELETE,
        "/users/{id}/identities/{provider}/{user_id}",
        &["update:users", OWN],
        unlink,
    );
}

static LINK: Object = Object {
    members: &[
        optional("provider", text(100).min(1)),
        optional("connection_id", text(100).min(1)),
        optional("user_id", text(600).min(1)),
        optional("link_with", text(20_000).min(1)),
    ],
};

async fn link(
    State(tenant): State<Tenant>,
    caller: Caller,
    Id(user_id): Id,
    Json(body): Json,
) -> Result<(StatusCode, Reply<Value>), Problem> {
    let members = LINK.read(body, Body::Create)?;
    let account = account(&tenant, &caller, &user_id, &members).await?;
    let user = linking::link(&tenant, &user_id, &account).await?;
    caller.did("Link a User Account", &user);
    Ok((StatusCode::CREATED, Reply(identity::wire(&user))))
}

/// The account that the body names, or proves. A user proves it: whoever may link what they name could
/// take any account.
async fn account(
    tenant: &Tenant,
    caller: &Caller,
    user_id: &str,
    members: &Members,
) -> Result<String, Error> {
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    let named = ["provider", "user_id", "connection_id"];
    let is_named = named.iter().any(|name| members.contains_key(*name));
    let may_name = caller.has("update:users");
    if !may_name {
        own(caller, user_id)?;
    }
    match (text("link_with"), text("provider"), text("user_id")) {
        (Some(_), ..) if is_named => Err(Error::invalid_body(
            "Payload validation error: 'link_with excludes provider, user_id and connection_id'.",
        )),
        (Some(token), ..) => {
            let client = (!may_name).then_some(caller.client_id.as_str());
            linking::proven(tenant, token, client).await
        }
        (None, ..) if !may_name => Err(Error::invalid_body(
            "Payload validation error: 'Missing required property: link_with'. Prove the other account \
             with the id_token of signing in to it.",
        )),
        (None, Some(provider), Some(id)) => {
            linking::named(tenant, provider, id, text("connection_id")).await
        }
        (None, ..) => Err(Error::invalid_body(
            "Payload validation error: 'Missing required property: provider and user_id, or link_with'.",
        )),
    }
}

/// Lets a user's own token act on that user alone.
fn own(caller: &Caller, user_id: &str) -> Result<(), Error> {
    match caller.user_id() {
        Some(own) if own == user_id => Ok(()),
        _ => Err(Error::InsufficientScope(vec!["update:users"])),
    }
}

async fn unlink(
    State(tenant): State<Tenant>,
    caller: Caller,
    Path((user_id, provider, id)): Path<(String, String, String)>,
) -> Result<Reply<Value>, Problem> {
    if !caller.has("update:users") {
        own(&caller, &user_id)?;
    }
    let account = linking::full_id(&provider, &id);
    let user = linking::unlink(&tenant, &user_id, &account).await?;
    caller.did("Unlink a User Account", &user);
    Ok(Reply(identity::wire(&user)))
}
