//! Consent: what the user allows a client, asked once and remembered.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::response::Response;
use oauth::Scopes;
use serde_json::Value;
use url::{Host, Url};

use crate::authentication::session;
use crate::authentication::transaction::{self, Lost};
use crate::model::authorization_request::AuthorizationRequest;
use crate::model::grant::Grant;
use crate::model::session::Session;
use crate::model::third_party::Rules;
use crate::model::transaction::{Progress, Transaction};
use crate::store::grants;
use crate::token::{KnownApi, KnownClient};
use crate::{Error, Tenant, service};

/// What must be asked before the client gets an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needed {
    Nothing,
    /// Whether the client may have what it asks for.
    Consent,
    /// Whether it is really this application that the user is using: anybody on the device may listen
    /// where the answer goes.
    Confirmation,
}

/// What a consent page shows.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    /// Whose consent it is.
    pub(crate) user_id: String,
    /// The API's name, where the client wants to use one.
    pub(crate) api_name: Option<String>,
    pub(crate) scopes: Vec<AskedScope>,
}

/// One thing that the client wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AskedScope {
    pub(crate) value: String,
    /// The API's own words, where the tenant shows those (`use_scope_descriptions_for_consent`).
    pub(crate) description: Option<String>,
    /// Whether the user allowed it before.
    pub(crate) allowed_before: bool,
}

/// Whether the user must be asked.
///
/// Third parties always ask the first time, and for every scope that was not allowed before. Where an
/// answer goes to the user's own device, they ask each time: another application may have taken the
/// place of the one that was allowed (RFC 8252 §8.6). The tenant's own clients ask at APIs that do not
/// waive it (`skip_consent_for_verifiable_first_party_clients`), and where their callback is on the
/// user's device.
///
/// # Errors
/// [`Error::Unavailable`] if the database does not answer.
///
/// Source: the vendor's "User Consent and Third-Party Applications".
pub(super) async fn needed(
    tenant: &Tenant,
    client: &KnownClient,
    request: &AuthorizationRequest,
    session: &Session,
    progress: &Progress,
) -> Result<Needed, Error> {
    if progress.consented_by.as_ref() == Some(&session.user_id) {
        return Ok(Needed::Nothing);
    }
    if request.prompt.consent {
        return Ok(Needed::Consent);
    }
    let third_party = Rules::of(&client.client).requires_consent;
    if !third_party && !first_party_asks(tenant, request).await? {
        return Ok(Needed::Nothing);
    }
    let allowed = allowed(tenant, request, &session.user_id).await?;
    if !allowed.is_some_and(|scope| request.scope.is_subset(&scope)) {
        return Ok(Needed::Consent);
    }
    let signed_in_now = progress.session_id.as_ref() == Some(&session.id);
    let unsure = third_party
        && !signed_in_now
        && is_on_this_device(&request.redirect_uri)
        && !skips_confirmation(tenant, client);
    Ok(match unsure {
        true => Needed::Confirmation,
        false => Needed::Nothing,
    })
}

async fn first_party_asks(tenant: &Tenant, request: &AuthorizationRequest) -> Result<bool, Error> {
    let Some(api) = api(tenant, request).await? else {
        return Ok(false);
    };
    Ok(!api.waives_consent() || is_on_this_device(&request.redirect_uri))
}

async fn api(
    tenant: &Tenant,
    request: &AuthorizationRequest,
) -> Result<Option<Arc<KnownApi>>, Error> {
    match &request.audience {
        None => Ok(None),
        Some(audience) => tenant.directory().api(tenant, audience).await,
    }
}

/// `skip_non_verifiable_callback_uri_confirmation_prompt` of the client, or else of the tenant.
fn skips_confirmation(tenant: &Tenant, client: &KnownClient) -> bool {
    let name = "skip_non_verifiable_callback_uri_confirmation_prompt";
    let own = client.client.settings.get(name).and_then(Value::as_bool);
    own.unwrap_or_else(|| tenant.tenant_settings().0.get(name) == Some(&Value::Bool(true)))
}

/// Whether a callback is on the user's device, where nobody can tell whose it is: a private-use
/// scheme, or the loopback interface.
fn is_on_this_device(redirect_uri: &str) -> bool {
    let Ok(url) = Url::parse(redirect_uri) else {
        return true;
    };
    let local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => true,
    };
    local || !matches!(url.scheme(), "https" | "http")
}

/// The API that a grant is for; who the user is is the business of `/userinfo`.
fn audience(tenant: &Tenant, request: &AuthorizationRequest) -> String {
    request
        .audience
        .clone()
        .unwrap_or_else(|| service::grants::userinfo(tenant))
}

async fn allowed(
    tenant: &Tenant,
    request: &AuthorizationRequest,
    user_id: &str,
) -> Result<Option<Scopes>, Error> {
    let audience = audience(tenant, request);
    let grant = grants::of(tenant.db(), user_id, &request.client_id, &audience).await?;
    Ok(grant.map(|grant| grant.scope))
}

/// What to show on the consent page of a pending request.
///
/// # Errors
/// [`Lost::Gone`] if nobody is signed in: consent is a user's.
pub(crate) async fn question(
    tenant: &Tenant,
    headers: &HeaderMap,
    transaction: &Transaction,
) -> Result<Question, Lost> {
    let session = session::current(tenant, headers).await?.ok_or(Lost::Gone)?;
    let request = &transaction.request;
    let before = allowed(tenant, request, &session.user_id).await?;
    let before = before.unwrap_or_default();
    let api = api(tenant, request).await?;
    let described = tenant
        .tenant_settings()
        .flag("use_scope_descriptions_for_consent");
    let scopes = request.scope.iter().map(|scope| AskedScope {
        value: scope.to_owned(),
        description: described.then(|| describe(api.as_deref(), scope)).flatten(),
        allowed_before: before.contains(scope),
    });
    Ok(Question {
        user_id: session.user_id,
        api_name: api.as_deref().map(|api| api.name().to_owned()),
        scopes: scopes.collect(),
    })
}

fn describe(api: Option<&KnownApi>, scope: &str) -> Option<String> {
    let defined = api?.settings.get("scopes")?.as_array()?;
    let own = defined
        .iter()
        .find(|defined| defined.get("value").and_then(Value::as_str) == Some(scope))?;
    own.get("description")
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

/// The user who is signed in allows what the request asks for: remembers it, and sends the browser on.
///
/// # Errors
/// [`Lost::Gone`] if nobody is signed in any more.
pub(crate) async fn approve(
    tenant: &Tenant,
    headers: &HeaderMap,
    transaction: &Transaction,
) -> Result<Response, Lost> {
    let session = session::current(tenant, headers).await?.ok_or(Lost::Gone)?;
    let (now, request) = (tenant.clock().now(), &transaction.request);
    let grant = Grant {
        id: tenant.entropy().hex(24),
        user_id: session.user_id.clone(),
        client_id: request.client_id.clone(),
        audience: audience(tenant, request),
        scope: request.scope.clone(),
        created_at: now,
        updated_at: now,
    };
    let progress = Progress {
        consented_by: Some(session.user_id),
        ..transaction.progress.clone()
    };
    let mut tx = tenant.db().begin().await?;
    grants::add(&mut tx, &grant).await?;
    transaction::advance(tenant, &mut tx, &transaction.state, &progress).await?;
    tx.commit().await?;
    Ok(transaction::resume(&transaction.state))
}

#[cfg(test)]
mod tests {
    use super::is_on_this_device;

    #[test]
    fn a_callback_on_the_device_is_nobodys_for_certain() {
        for uri in [
            "http://localhost:3000/cb",
            "https://app.localhost/cb",
            "http://127.0.0.1/cb",
            "http://[::1]:5000/cb",
            "com.example.app:/cb",
            "myapp://cb",
        ] {
            assert!(is_on_this_device(uri), "{uri}");
        }
        assert!(!is_on_this_device("https://a.example/cb"));
    }
}
