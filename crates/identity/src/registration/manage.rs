//! `/oidc/register/{client_id}`: clients that manage their registration (RFC 7592).
//!
//! An administrator's change ends it: what he has set, no registration access token sets back.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oauth::{ClientSecret, ShownOnce};
use serde_json::Value;

use super::accept::accept;
use super::actions::{self, Applicant, Settled};
use super::endpoint::bytes;
use super::initial_access::bearer;
use super::refusal::Refusal;
use super::register::{
    Registered, client, fingerprint, has_secret, is_secret, is_token, new_token,
    read as parse_body, spend, terms, token_digest, with_own,
};
use super::{answer, sector, seen, statement};
use crate::model::client::Client;
use crate::model::registration::{CreatedBy, Registration};
use crate::model::third_party::Rules;
use crate::service::actions::flow::ClientOrigin;
use crate::settings::Issuer;
use crate::store::clients::StoredClient;
use crate::store::registrations::{self, Managed};
use crate::store::{clients, topic};
use crate::visit::Visit;
use crate::{Tenant, service};

/// Gives the registration (RFC 7592 §2.1). Not the secret: that was shown once.
pub(super) async fn read(
    State(tenant): State<Tenant>,
    issuer: Issuer,
    Path(client_id): Path<String>,
    headers: HeaderMap,
) -> Response {
    match authenticate(&tenant, &client_id, &headers).await {
        Ok(caller) => {
            let registered = Registered {
                client: caller.stored.client,
                secret: None,
                token: Some(ShownOnce::new(caller.sent.into())),
            };
            answer::information(StatusCode::OK, &issuer, registered)
        }
        Err(refusal) => refusal.into_response(),
    }
}

/// Replaces the registration (RFC 7592 §2.2), and the token: the old one ends with this call.
pub(super) async fn replace(
    State(tenant): State<Tenant>,
    issuer: Issuer,
    visit: Visit,
    Path(client_id): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let replaced = async {
        let caller = authenticate(&tenant, &client_id, &headers).await?;
        let _spent = spend(&tenant, &visit)?;
        let sent = parse_body(&bytes(body)?)?;
        change(&tenant, &visit, caller, &sent).await
    };
    match replaced.await {
        Ok(registered) => answer::information(StatusCode::OK, &issuer, registered),
        Err(refusal) => refusal.into_response(),
    }
}

/// Removes the client with everything that hangs on it (RFC 7592 §2.3).
pub(super) async fn remove(
    State(tenant): State<Tenant>,
    Path(client_id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let removed = async {
        let caller = authenticate(&tenant, &client_id, &headers).await?;
        service::clients::delete(&tenant, &caller.stored.client.client_id).await?;
        Ok::<_, Refusal>(())
    };
    match removed.await {
        Ok(()) => {
            let no_store = [(header::CACHE_CONTROL, "no-store")];
            (StatusCode::NO_CONTENT, no_store).into_response()
        }
        Err(refusal) => refusal.into_response(),
    }
}

/// Anything but what a registration answers to.
pub(super) async fn wrong_method() -> Response {
    Refusal::wrong_method("GET, PUT, DELETE").into_response()
}

/// A client whose token held.
struct Caller {
    stored: StoredClient,
    /// The token as it was sent.
    sent: String,
    /// Its digest as it is stored.
    digest: String,
}

/// Whoever holds the client's token is the client. A client that is gone and a wrong token are one answer
/// (RFC 7592 §2: 401, so that nobody learns which ids exist).
async fn authenticate(
    tenant: &Tenant,
    client_id: &str,
    headers: &HeaderMap,
) -> Result<Caller, Refusal> {
    if !tenant.settings().registration.management {
        return Err(Refusal::unmanaged());
    }
    let refuse = || Refusal::token("the registration access token does not belong to this client");
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let sent = match (values.next().map(HeaderValue::as_bytes), values.next()) {
        (Some(value), None) => bearer(value).ok_or_else(refuse)?,
        _ => return Err(refuse()),
    };
    if client_id.len() > 255 || client_id.contains('\0') {
        return Err(refuse());
    }
    let found = registrations::managed(tenant.db(), client_id).await?;
    match found {
        Some(Managed {
            stored,
            token: Some(digest),
        }) if is_token(tenant, sent, &digest) => Ok(Caller {
            stored,
            sent: sent.to_owned(),
            digest,
        }),
        _ => Err(refuse()),
    }
}

async fn change(
    tenant: &Tenant,
    visit: &Visit,
    caller: Caller,
    sent: &Value,
) -> Result<Registered, Refusal> {
    let old = &caller.stored.client;
    let known = service::clients::reveal(tenant.sealer(), &caller.stored)?;
    check_identity(sent, old, known.as_ref())?;
    let rules = Rules::of(old);
    let needs_statement = old.created_by == CreatedBy::SoftwareStatement;
    let (metadata, software_issuer) = statement::apply(tenant, sent, needs_statement).await?;
    let terms = terms(tenant, rules);
    let metadata = accept(metadata, &terms)?;
    let earlier = old.registration.as_deref();
    let initial_access_token = earlier.and_then(|said| said.initial_access_token.clone());
    let applicant = Applicant {
        origin: ClientOrigin::Dynamic {
            initial_access_token: initial_access_token.clone(),
        },
        visit: Some(visit),
        sent: software_issuer.is_some().then_some(sent),
        known: Some(old),
    };
    let Settled { metadata, own } = actions::ask(tenant, applicant, metadata, &terms).await?;
    sector::check(tenant, &metadata).await?;
    let fingerprint = with_own(tenant, fingerprint(tenant, rules, &metadata), &own);
    let registration = Registration {
        metadata,
        initial_access_token,
        software_issuer,
        fresh_until: None,
    };
    let fresh = Client {
        client_id: old.client_id.clone(),
        metadata: own,
        last_used_at: old.last_used_at,
        created_at: old.created_at,
        ..client(tenant, rules, old.created_by, registration)
    };
    let (sealed, shown) = secret(tenant, &fresh, &caller.stored);
    let token = new_token(tenant);
    let tokens = (caller.digest.as_str(), &*token_digest(tenant, &token));
    let mut tx = tenant.db().begin().await?;
    let said = fresh.registration.as_deref();
    if !registrations::change(&mut tx, &fresh.client_id, said, &fingerprint, tokens).await? {
        return Err(Refusal::token(
            "the registration was changed at the same time: read it again",
        ));
    }
    clients::update(&mut tx, &fresh, sealed.as_deref()).await?;
    seen::forget_consents(&mut tx, old, &fresh).await?;
    tx.record_change(topic::CLIENT, &fresh.client_id).await?;
    tx.commit().await?;
    tenant.directory().forget_client(&fresh.client_id);
    tracing::info!(client.id = %fresh.client_id, "client changed its registration");
    Ok(Registered {
        client: fresh,
        secret: shown.map(ShownOnce::new),
        token: Some(ShownOnce::new(token)),
    })
}

/// RFC 7592 §2.2: the client names itself, and sends nothing that is the server's to set.
fn check_identity(
    sent: &Value,
    client: &Client,
    secret: Option<&ClientSecret>,
) -> Result<(), Refusal> {
    if sent.get("client_id").and_then(Value::as_str) != Some(client.client_id.as_str()) {
        return Err(Refusal::metadata(
            "client_id is needed in the body of an update, and must be the client's own",
        ));
    }
    for member in [
        "registration_access_token",
        "registration_client_uri",
        "client_secret_expires_at",
        "client_id_issued_at",
    ] {
        if sent.get(member).is_some() {
            return Err(Refusal::metadata(format!(
                "{member} is not the client's to set: leave it out"
            )));
        }
    }
    match sent.get("client_secret") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::String(own)) if secret.is_some_and(|known| is_secret(known, own)) => Ok(()),
        Some(_) => Err(Refusal::metadata(
            "client_secret must be the current one, or be left out: a client cannot choose its secret",
        )),
    }
}

/// The secret as it will be stored, and the new one where the method needs one and there is none.
fn secret(
    tenant: &Tenant,
    client: &Client,
    stored: &StoredClient,
) -> (Option<String>, Option<ClientSecret>) {
    match (has_secret(client), &stored.sealed_secret) {
        (false, _) => (None, None),
        (true, Some(sealed)) => (Some(sealed.clone()), None),
        (true, None) => {
            let new = service::clients::new_secret(tenant, &client.client_id);
            (Some(new.sealed), Some(new.clear))
        }
    }
}
