//! Step: which key is the token bound to (RFC 9449)?

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use oauth::dpop::{self, Expectations};
use serde_json::Value;

use super::refusal::Refusal;
use super::request::Request;
use super::{KnownApi, KnownClient};
use crate::model::authorization::Authorization;
use crate::store::assertions;
use crate::{Error, Origin, Tenant};

/// The header that carries a proof.
pub(super) const PROOF: HeaderName = HeaderName::from_static("dpop");
/// The header that carries a nonce for the next proof.
pub(super) const NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// How long a nonce is given out.
const NONCE_STEP: Duration = Duration::from_secs(60);
/// For how many steps after that it is good.
const NONCE_STEPS: i64 = 5;

/// Why a proof is refused.
#[derive(Debug)]
pub(super) enum Refused {
    /// Why, completing "the DPoP proof …".
    Invalid(String),
    /// Its nonce is not one of ours, or too old.
    Nonce,
    Failed(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<storage::Error> for Refused {
    fn from(error: storage::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// What a proof is checked against.
pub(super) struct Use<'a> {
    pub(super) method: &'static str,
    /// The endpoint, without a leading slash.
    pub(super) path: &'a str,
    /// The access token that it comes with, at a resource.
    pub(super) access_token: Option<&'a str>,
}

/// The thumbprint of the key that a request proves to hold; `None` where it proves nothing.
///
/// A proof is good once. It need not carry a nonce; if it does, the nonce must be one that this server
/// gave in the last minutes.
///
/// # Errors
/// [`Refused`]; two proofs in one request are one too many.
pub(super) async fn proven(
    tenant: &Tenant,
    headers: &HeaderMap,
    used: &Use<'_>,
) -> Result<Option<String>, Refused> {
    let mut values = headers.get_all(&PROOF).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let invalid = |reason: &str| Refused::Invalid(reason.to_owned());
    if values.next().is_some() {
        return Err(invalid("must be the only one of its request"));
    }
    let text = value.to_str().map_err(|_| invalid("is no JWT"))?;
    let urls: Vec<String> = tenant
        .settings()
        .origins()
        .map(|origin: &Origin| origin.issuer().endpoint(used.path))
        .collect();
    let proof = dpop::verify(
        text,
        &Expectations {
            method: used.method,
            urls: &urls,
            now: tenant.clock().now(),
            access_token: used.access_token,
        },
    )
    .map_err(|error| Refused::Invalid(error.to_string()))?;
    if proof.nonce.is_some_and(|nonce| !is_nonce(tenant, &nonce)) {
        return Err(Refused::Nonce);
    }
    let holder = format!("dpop:{}", proof.thumbprint);
    let fresh = assertions::spend(tenant.db(), &holder, &proof.jti, proof.remember_until).await?;
    match fresh {
        true => Ok(Some(proof.thumbprint)),
        false => Err(invalid("was used before: make a new one for every request")),
    }
}

/// The key of a request to one of the endpoints for clients.
///
/// # Errors
/// 400 `invalid_dpop_proof` or `use_dpop_nonce`.
pub(super) async fn key(request: &Request<'_>) -> Result<Option<String>, Refusal> {
    let used = Use {
        method: "POST",
        path: request.path,
        access_token: None,
    };
    proven(request.tenant, request.headers, &used)
        .await
        .map_err(|refused| match refused {
            Refused::Invalid(reason) => {
                Refusal::invalid_dpop_proof(format!("The DPoP proof {reason}"))
            }
            Refused::Nonce => Refusal::use_dpop_nonce(),
            Refused::Failed(error) => error.into(),
        })
}

/// Step: the client or the API may insist on bound tokens.
///
/// # Errors
/// 400 `invalid_dpop_proof` where there is no proof and one is needed.
///
/// Source: the vendor's `require_proof_of_possession` and `proof_of_possession`.
pub(super) fn require_where_asked(
    client: &KnownClient,
    api: Option<&KnownApi>,
    key: Option<&str>,
) -> Result<(), Refusal> {
    let by_client = client.client.settings.get("require_proof_of_possession");
    let required = by_client == Some(&Value::Bool(true))
        || api.is_some_and(|api| api_requires(api, client.is_public()));
    match key {
        None if required => Err(Refusal::invalid_dpop_proof(
            "A DPoP proof is required here: send one in the DPoP header",
        )),
        _ => Ok(()),
    }
}

/// [`require_where_asked`] for the API of an authorization.
pub(super) async fn require_for(
    request: &Request<'_>,
    client: &KnownClient,
    authorization: &Authorization,
    key: Option<&str>,
) -> Result<(), Refusal> {
    let tenant = request.tenant;
    let api = match &authorization.audience {
        Some(audience) => tenant.directory().api(tenant, audience).await?,
        None => None,
    };
    require_where_asked(client, api.as_deref(), key)
}

fn api_requires(api: &KnownApi, public: bool) -> bool {
    let Some(policy) = api.settings.get("proof_of_possession") else {
        return false;
    };
    let text = |name: &str| policy.get(name).and_then(Value::as_str);
    policy.get("required") == Some(&Value::Bool(true))
        && text("mechanism").is_none_or(|mechanism| mechanism == "dpop")
        && (public || text("required_for") != Some("public_clients"))
}

/// `token_type` of a token that is bound to this key, or to none.
pub(super) const fn token_type(key: Option<&str>) -> &'static str {
    match key {
        Some(_) => "DPoP",
        None => "Bearer",
    }
}

/// Adds a nonce for the next proof to the answer of a request that had one (§8.2).
pub(super) fn with_nonce(request: &Request<'_>, mut response: Response) -> Response {
    if request.headers.contains_key(&PROOF)
        && let Ok(value) = HeaderValue::from_str(&nonce(request.tenant))
    {
        response.headers_mut().insert(NONCE, value);
    }
    response
}

/// The nonce of this moment. It holds no secret and no state: it says when it was made.
pub(super) fn nonce(tenant: &Tenant) -> String {
    nonce_of(tenant, step(tenant))
}

fn nonce_of(tenant: &Tenant, step: i64) -> String {
    let text = step.to_string();
    let tag = tenant
        .sealer()
        .digest("identity.dpop_nonce", text.as_bytes());
    format!("{text}.{tag}")
}

fn is_nonce(tenant: &Tenant, nonce: &str) -> bool {
    let made = nonce
        .split_once('.')
        .and_then(|(step, _)| step.parse().ok());
    let now = step(tenant);
    made.is_some_and(|made: i64| {
        (now.saturating_sub(NONCE_STEPS)..=now.saturating_add(1)).contains(&made)
            && oauth::secret::same(nonce.as_bytes(), nonce_of(tenant, made).as_bytes())
    })
}

fn step(tenant: &Tenant) -> i64 {
    let seconds = i64::try_from(NONCE_STEP.as_secs()).unwrap_or(60);
    tenant.clock().now().unix_seconds() / seconds
}
