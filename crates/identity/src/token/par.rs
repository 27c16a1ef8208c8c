//! `POST /oauth/par`: pushed authorization requests (RFC 9126).

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use oauth::{pkce, redirect_uri};
use serde_json::json;

use super::digest::{Kind, digest};
use super::refusal::Refusal;
use super::request::{Incoming, Request, no_store};
use super::{KnownClient, client_authentication, dpop};
use crate::model::strings;
use crate::store::begun::Begun;
use crate::store::pushed_requests::{self, Pushed};
use crate::{Error, Tenant, bounds};

/// What every reference begins with (§2.2).
pub(crate) const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// How long a pushed request may wait. Source: the vendor's "Authorization Code Flow with PAR".
const LIFETIME: Duration = Duration::from_secs(30);
/// How large a pushed request may be, in bytes: each is a row until it is used or expires.
const LARGEST: usize = 16 * 1024;
/// Characters of a reference, with 6 bits each.
const REFERENCE: usize = 43;
/// What proves the client is no part of the request that it pushes.
const OWN: [&str; 4] = [
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "client_id",
];

/// Keeps an authorization request and gives a reference to it.
pub(super) async fn push(State(tenant): State<Tenant>, incoming: Incoming) -> Response {
    let request = incoming.at(&tenant, "oauth/par");
    let response = match keep(&request).await {
        Ok(reference) => {
            let body = json!({ "request_uri": reference, "expires_in": LIFETIME.as_secs() });
            no_store((StatusCode::CREATED, Json(body)).into_response())
        }
        Err(refusal) => refusal.into_response(),
    };
    dpop::with_nonce(&request, response)
}

/// Any client may push, a public one too, so what waits is bounded ([`bounds::make_room`]).
async fn keep(request: &Request<'_>) -> Result<String, Refusal> {
    let tenant = request.tenant;
    if !tenant
        .tenant_settings()
        .is("pushed_authorization_requests_supported")
    {
        return Err(Refusal::invalid_request(
            "Pushed authorization requests are off for this tenant: set \
             pushed_authorization_requests_supported",
        ));
    }
    let client = client_authentication::authenticate(request).await?;
    if client.client.is_strict() {
        return Err(Refusal::unauthorized_client(
            "Pushed authorization requests are not for strict third-party clients",
        ));
    }
    check(request, &client)?;
    let sent = request.parameters.iter();
    if sent
        .map(|(name, value)| name.len() + value.len())
        .sum::<usize>()
        > LARGEST
    {
        return Err(Refusal::too_large(format!(
            "push at most {LARGEST} bytes of parameters"
        )));
    }
    let mut parameters: Vec<(String, String)> = request
        .parameters
        .iter()
        .filter(|(name, _)| !OWN.contains(name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    parameters.push(("client_id".to_owned(), client.client_id().to_owned()));
    // RFC 9449 §10.1: a proof here binds the code as `dpop_jkt` would.
    if let Some(key) = dpop::key(request).await? {
        match request.parameters.get("dpop_jkt") {
            Some(named) if named != key => {
                return Err(Refusal::invalid_dpop_proof(
                    "dpop_jkt names another key than the DPoP proof",
                ));
            }
            Some(_) => {}
            None => parameters.push(("dpop_jkt".to_owned(), key)),
        }
    }
    let reference = format!("{PREFIX}{}", tenant.entropy().url_safe(REFERENCE));
    let kept = digest(tenant, Kind::RequestUri, &reference);
    let pushed = Pushed {
        request_uri: &kept,
        client_id: client.client_id(),
        origin: &bounds::digest(tenant, &bounds::block(&request.visit.ip)),
        parameters: &parameters,
        expires_at: tenant.clock().now() + LIFETIME,
    };
    bounds::make_room(tenant, Begun::PushedRequest).await?;
    pushed_requests::insert(tenant.db(), &pushed).await?;
    Ok(reference)
}

/// What can be said at once of the request (§2.1). The authorization endpoint looks at all of it.
fn check(request: &Request<'_>, client: &KnownClient) -> Result<(), Refusal> {
    let parameters = request.parameters;
    if parameters.get("request_uri").is_some() {
        return Err(Refusal::invalid_request(
            "request_uri must not be pushed: push the parameters themselves",
        ));
    }
    if parameters.get("request").is_some() {
        // Everything is inside, and signed.
        return Ok(());
    }
    request.required("response_type")?;
    if let Some(sent) = parameters.get("redirect_uri") {
        let registered: Vec<&str> = strings(client.client.settings.get("callbacks")).collect();
        if !redirect_uri::is_registered(&registered, sent) {
            return Err(Refusal::invalid_request(
                "redirect_uri is not registered for this client",
            ));
        }
    }
    if let Some(challenge) = parameters.get("code_challenge") {
        let method = match parameters.get("code_challenge_method") {
            None => Some(pkce::Method::Plain),
            Some(name) => pkce::Method::from_name(name),
        };
        if !method.is_some_and(|method| pkce::is_challenge(method, challenge)) {
            return Err(Refusal::invalid_request(
                "code_challenge or code_challenge_method is malformed: use S256",
            ));
        }
    }
    Ok(())
}

/// The parameters of a request that the client pushed, for the authorization endpoint; `None` if it
/// expired, was used, is another client's or never was.
pub(crate) async fn take(
    tenant: &Tenant,
    client_id: &str,
    request_uri: &str,
) -> Result<Option<Vec<(String, String)>>, Error> {
    if !request_uri.starts_with(PREFIX) {
        return Ok(None);
    }
    let kept = digest(tenant, Kind::RequestUri, request_uri);
    let now = tenant.clock().now();
    Ok(pushed_requests::take(tenant.db(), &kept, client_id, now).await?)
}
