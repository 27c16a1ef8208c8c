//! `POST /oauth/introspect` (RFC 7662). The vendor has no such endpoint; discovery names it.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::active::{self, Active};
use super::issue::Parts;
use super::refusal::Refusal;
use super::request::{Incoming, Request, no_store};
use super::{KnownClient, client_authentication, dpop, subject};
use crate::model::Members;
use crate::model::refresh_token::{Policy, Presented, RefreshToken};
use crate::store::refresh_tokens;
use crate::{Tenant, service};

/// Says whether a token is good, and for what.
pub(super) async fn introspect(State(tenant): State<Tenant>, incoming: Incoming) -> Response {
    let request = incoming.at(&tenant, "oauth/introspect");
    match look(&request).await {
        Ok(said) => no_store(Json(said).into_response()),
        Err(refusal) => refusal.into_response(),
    }
}

/// A client learns about tokens that were issued to it; a client that stands for an API
/// (`resource_server_identifier`) about access tokens for that API. About any other token it learns
/// that it is not active, as about text that is no token, so that nobody can try tokens out (§4).
///
/// # Errors
/// 401 for a client that does not prove itself, 403 `unauthorized_client` for a public one.
async fn look(request: &Request<'_>) -> Result<Value, Refusal> {
    let client = client_authentication::authenticate(request).await?;
    if client.is_public() {
        return Err(Refusal::unauthorized_client(
            "A public client cannot introspect tokens: nobody knows who asks",
        ));
    }
    let (tenant, token) = (request.tenant, request.required("token")?);
    let inactive = json!({ "active": false });
    if let Some(parts) = Parts::read(token) {
        let found = refresh_tokens::by_selector(tenant.db(), &parts.selector(tenant)).await?;
        if let Some(family) = found {
            let secret = parts.secret(tenant);
            let said = refresh_token(tenant, &client, &family, &secret).await?;
            return Ok(said.unwrap_or(inactive));
        }
    }
    let found = active::access_token(tenant, token).await?;
    let shown = found.filter(|active| may_know(&client, active));
    Ok(shown.map_or(inactive, |active| access_token(tenant, &client, active)))
}

fn may_know(client: &KnownClient, active: &Active) -> bool {
    let stands_for = client.client.settings.get("resource_server_identifier");
    let stands_for = stands_for.and_then(Value::as_str);
    active.client_id == client.client_id()
        || stands_for.is_some_and(|api| active.audiences.iter().any(|audience| audience == api))
}

fn access_token(tenant: &Tenant, client: &KnownClient, active: Active) -> Value {
    let mut said = Members::new();
    let mut say = |name: &str, value: Value| {
        if !value.is_null() {
            said.insert(name.to_owned(), value);
        }
    };
    // A client that is told pairwise subjects is told no other (OpenID Connect Core §8.1); an API knows
    // users by their ids.
    let own = active.client_id == client.client_id();
    let subject = match &active.user {
        Some(user) if own => subject::of(tenant, &client.client, &user.user_id),
        _ => active.subject,
    };
    say("active", json!(true));
    say("client_id", json!(active.client_id));
    say("sub", json!(subject));
    if !active.scope.is_empty() {
        say("scope", json!(active.scope));
    }
    say("token_type", json!(dpop::token_type(active.key.as_deref())));
    say("iat", json!(active.issued_at.unix_seconds()));
    say("exp", json!(active.expires_at.unix_seconds()));
    say("iss", json!(active.issuer));
    say("jti", json!(active.jti));
    match active.audiences.as_slice() {
        [one] => say("aud", json!(one)),
        several => say("aud", json!(several)),
    }
    if let Some(key) = &active.key {
        say("cnf", json!({ "jkt": key }));
    }
    Value::Object(said)
}

async fn refresh_token(
    tenant: &Tenant,
    client: &KnownClient,
    family: &RefreshToken,
    secret: &str,
) -> Result<Option<Value>, Refusal> {
    let authorization = &family.authorization;
    if authorization.client_id != client.client_id() {
        return Ok(None);
    }
    let policy = Policy::of(&client.client, client.is_public());
    let judged = family.judge(secret, policy.leeway, tenant.clock().now());
    let user = service::users::find(tenant, &authorization.user_id).await?;
    if judged != Presented::Current || user.is_none_or(|user| user.blocked) {
        return Ok(None);
    }
    let mut said = json!({
        "active": true,
        "client_id": authorization.client_id,
        "sub": subject::of(tenant, &client.client, &authorization.user_id),
        "scope": authorization.scope,
        "iat": family.created_at.unix_seconds(),
    });
    let ends = [family.expires_at, family.idle_expires_at];
    if let Some(end) = ends.into_iter().flatten().min() {
        said["exp"] = json!(end.unix_seconds());
    }
    Ok(Some(said))
}
