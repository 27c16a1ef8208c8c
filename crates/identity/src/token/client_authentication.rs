//! Step: who is the client?

use std::sync::Arc;

use oauth::client_auth::assertion::Accepted;
use oauth::client_auth::{Credentials, Parameters, Presented, PresentedError, assertion, present};
use oauth::jose::{Algorithm, KeySet, jwt};
use oauth::secret;

use super::ASSERTION_ALGORITHMS;
use super::directory::{Authentication, ClientKey, KnownClient};
use super::published_keys::{self, NoKeys};
use super::refusal::Refusal;
use super::request::Request;
use crate::store::assertions;
use crate::{Error, Origin, Tenant};

/// Finds the client and makes it prove itself.
///
/// A client with a secret may send it in the header or in the body, whichever it registered: the
/// vendor's clients and gateways use either.
///
/// # Errors
/// - 401 `invalid_client` for a client that does not exist, and for an assertion that does not hold
///   (RFC 7523 §3). Clients that registered themselves register again on it.
/// - 401 `access_denied` "Unauthorized" for a wrong or missing secret, as the vendor has it.
/// - 400 `invalid_request` for several methods at once.
///
/// Source: RFC 6749 §2.3, §5.2; RFC 7523 §2.2.
pub(super) async fn authenticate(request: &Request<'_>) -> Result<Arc<KnownClient>, Refusal> {
    let parameters = request.parameters;
    let presented = present(&Parameters {
        authorization: request.authorization,
        client_id: parameters.get("client_id"),
        client_secret: parameters.get("client_secret"),
        client_assertion_type: parameters.get("client_assertion_type"),
        client_assertion: parameters.get("client_assertion"),
    });
    match presented.map_err(malformed)? {
        Presented::Public { client_id } => {
            let client = find(request.tenant, &client_id).await?;
            match client.authentication {
                Authentication::None => Ok(client),
                _ => Err(Refusal::unauthenticated()),
            }
        }
        Presented::Post(credentials) => by_secret(request.tenant, &credentials).await,
        Presented::Basic(credentials) => by_secret(request.tenant, &credentials)
            .await
            .map_err(Refusal::by_header),
        Presented::Assertion {
            client_id,
            assertion,
        } => by_assertion(request, client_id.as_deref(), &assertion).await,
    }
}

fn malformed(error: PresentedError) -> Refusal {
    match error {
        PresentedError::Missing => Refusal::unknown_client(error.to_string()),
        other => Refusal::invalid_request(other.to_string()),
    }
}

async fn find(tenant: &Tenant, client_id: &str) -> Result<Arc<KnownClient>, Refusal> {
    // No id is that long, and what is looked up is what is sent.
    let known = match client_id.len() <= 255 && !client_id.contains('\0') {
        true => tenant.directory().client(tenant, client_id).await?,
        false => None,
    };
    known.ok_or_else(|| {
        Refusal::unknown_client("Unknown client: it does not exist, or no longer does")
    })
}

async fn by_secret(
    tenant: &Tenant,
    credentials: &Credentials,
) -> Result<Arc<KnownClient>, Refusal> {
    let client = find(tenant, &credentials.client_id).await?;
    match &client.authentication {
        Authentication::Secret(known) if secret::same_text(known, &credentials.client_secret) => {
            Ok(client)
        }
        _ => Err(Refusal::unauthenticated()),
    }
}

async fn by_assertion(
    request: &Request<'_>,
    client_id: Option<&str>,
    token: &str,
) -> Result<Arc<KnownClient>, Refusal> {
    let refuse =
        |error: &assertion::Error| Refusal::unknown_client(format!("The client assertion {error}"));
    let subject = assertion::subject(token).map_err(|error| refuse(&error))?;
    if client_id.is_some_and(|sent| sent != subject) {
        return Err(Refusal::invalid_request(
            "client_id differs from the subject of the client assertion",
        ));
    }
    let client = find(request.tenant, &subject).await?;
    let accepted = match &client.authentication {
        Authentication::Keys(keys) => by_known_keys(request.tenant, &client, keys, token),
        Authentication::PublishedKeys(uri) => {
            by_published_keys(request.tenant, &client, uri, token).await?
        }
        _ => return Err(Refusal::unauthenticated()),
    };
    let accepted = accepted.map_err(|error| match error {
        Some(error) => refuse(&error),
        None => {
            Refusal::unknown_client("The client has no key that is valid now: add a credential")
        }
    })?;
    let (db, until) = (request.tenant.db(), accepted.remember_until);
    if !assertions::spend(db, client.client_id(), &accepted.jti, until).await? {
        return Err(Refusal::unknown_client(
            "The client assertion was used before: make a new one, with a new jti, for every request",
        ));
    }
    Ok(client)
}

/// An assertion that holds, or what the first key found wrong with it.
type Verdict = Result<Accepted, Option<assertion::Error>>;

fn by_known_keys(
    tenant: &Tenant,
    client: &KnownClient,
    keys: &[ClientKey],
    token: &str,
) -> Verdict {
    let now = tenant.clock().now();
    let mut reason = None;
    let usable = keys
        .iter()
        .filter(|key| key.expires_at.is_none_or(|end| now < end));
    for key in usable {
        debug_assert!(ASSERTION_ALGORITHMS.contains(&key.algorithm));
        match verify(tenant, client, &key.keys, &[key.algorithm], token) {
            Ok(accepted) => return Ok(accepted),
            Err(error) => {
                reason.get_or_insert(error);
            }
        }
    }
    Err(reason)
}

/// The keys at the client's `jwks_uri`, read again if the assertion names one that is not among them.
///
/// # Errors
/// 503 if they cannot be read: the client is known, and must not think otherwise. 401 `invalid_client` if
/// a key was exchanged under its id.
async fn by_published_keys(
    tenant: &Tenant,
    client: &KnownClient,
    uri: &str,
    token: &str,
) -> Result<Verdict, Refusal> {
    let check = |keys: &KeySet| verify(tenant, client, keys, &ASSERTION_ALGORITHMS, token);
    let unknown = |error: &assertion::Error| {
        matches!(
            error,
            assertion::Error::Token(jwt::Error::UnknownKey { .. })
        )
    };
    match published_keys::try_with(tenant, client, uri, check, unknown).await {
        Ok(verdict) => Ok(verdict.map_err(Some)),
        Err(NoKeys::Away(error)) => Err(Refusal::from(Error::Unavailable(format!(
            "the keys of client {}: {error}",
            client.client_id()
        )))),
        Err(NoKeys::Swapped(kid)) => Err(Refusal::unknown_client(format!(
            "The client publishes another key under the key id {kid} than before: a new key needs a new id"
        ))),
        Err(NoKeys::Failed(error)) => Err(error.into()),
    }
}

fn verify(
    tenant: &Tenant,
    client: &KnownClient,
    keys: &KeySet,
    algorithms: &[Algorithm],
    token: &str,
) -> Result<Accepted, assertion::Error> {
    let expect = assertion::Expectations {
        client_id: client.client_id(),
        audiences: &audiences(tenant),
        algorithms,
        now: tenant.clock().now(),
    };
    assertion::verify(token, keys, &expect)
}

/// What an assertion may name as its audience: the issuer under any of the tenant's hosts or, as
/// many libraries still write it, the token endpoint. Nobody else answers there, so neither lets an
/// assertion be played on.
fn audiences(tenant: &Tenant) -> Vec<String> {
    let named = |origin: &Origin| {
        let issuer = origin.issuer();
        [
            issuer.endpoint("oauth/token"),
            issuer.as_str().to_owned(),
            origin.as_str().to_owned(),
        ]
    };
    tenant.settings().origins().flat_map(named).collect()
}

/// Step: a client that proved nothing gets no token of its own (RFC 6749 §4.4).
///
/// # Errors
/// `unauthorized_client` for a public client.
pub(super) fn require_confidential(client: &KnownClient) -> Result<(), Refusal> {
    match client.authentication {
        Authentication::None => Err(Refusal::unauthorized_client(
            "Grant type 'client_credentials' not allowed for the client.",
        )),
        _ => Ok(()),
    }
}
