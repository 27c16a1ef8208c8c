//! Step: are the parameters inside something else?
//!
//! A request may be a signed object (`request`), a reference to one (`request_uri` with an address of
//! the client), or a reference to parameters that were pushed beforehand.

use std::time::Duration;

use egress::Request;
use oauth::ErrorCode;
use oauth::jose::{Algorithm, jws, jwt};
use serde_json::Value;

use super::parameters::Parameters;
use super::refusal::Refusal;
use crate::Tenant;
use crate::authentication::client_keys;
use crate::model::{Members, strings};
use crate::settings::Issuer;
use crate::token::{KnownClient, par};

/// How a client's request reached the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carriage {
    /// In the open.
    Plain,
    /// Signed, or referred to.
    Object,
    /// Pushed (RFC 9126).
    Pushed,
}

/// The largest object that is fetched.
const MAX_OBJECT: usize = 64 * 1024;
/// A user waits for it.
const TIMEOUT: Duration = Duration::from_secs(5);
const LEEWAY: Duration = Duration::from_secs(60);

/// Flags of the tenant that open what strict servers keep closed; for conformance tests.
pub(crate) const UNSIGNED: &str = "allow_unsigned_request_objects";
pub(crate) const BY_REFERENCE: &str = "allow_request_uri_by_reference";

/// The parameters that count: those of the object where there is one, and no others (RFC 9101 §6.3).
///
/// # Errors
/// `invalid_request_object`, `invalid_request_uri`, `request_uri_not_supported`; `invalid_request` for
/// both parameters at once, for an object of another client, and where the client must push and did
/// not.
///
/// Source: RFC 9101; RFC 9126 §4; OpenID Connect Core §6.
pub(super) async fn unfold(
    tenant: &Tenant,
    issuer: &Issuer,
    client: &KnownClient,
    outer: Parameters,
) -> Result<Parameters, Refusal> {
    let object = outer.once("request")?.map(str::to_owned);
    let reference = outer.once("request_uri")?.map(str::to_owned);
    let (parameters, carriage) = match (object, reference) {
        (None, None) => (outer, Carriage::Plain),
        (Some(_), Some(_)) => {
            return Err(Refusal::invalid_request(
                "request and request_uri exclude each other",
            ));
        }
        (Some(object), None) => (
            read(tenant, issuer, client, &object).await?,
            Carriage::Object,
        ),
        (None, Some(reference)) => match par::take(tenant, client.client_id(), &reference).await? {
            Some(pairs) => {
                let pushed = Parameters::pushed(pairs);
                match pushed.get("request").map(str::to_owned) {
                    None => (pushed, Carriage::Pushed),
                    Some(object) => (
                        read(tenant, issuer, client, &object).await?,
                        Carriage::Pushed,
                    ),
                }
            }
            None if reference.starts_with(par::PREFIX) => {
                return Err(Refusal::new(
                    ErrorCode::InvalidRequestUri,
                    "request_uri is unknown, was used, or has expired: push the request again",
                ));
            }
            None => {
                let object = fetch(tenant, client, &reference).await?;
                (
                    read(tenant, issuer, client, &object).await?,
                    Carriage::Object,
                )
            }
        },
    };
    let must_push = client
        .client
        .settings
        .get("require_pushed_authorization_requests")
        == Some(&Value::Bool(true));
    if must_push && carriage != Carriage::Pushed {
        return Err(Refusal::invalid_request(
            "this client must push its authorization requests (RFC 9126)",
        ));
    }
    Ok(parameters)
}

/// Fetches an object from an address that the client registered. Any other address would let a stranger
/// make this server call it (CVE-2020-10770 of another server).
async fn fetch(tenant: &Tenant, client: &KnownClient, reference: &str) -> Result<String, Refusal> {
    if !tenant.tenant_settings().flag(BY_REFERENCE) {
        return Err(Refusal::new(
            ErrorCode::RequestUriNotSupported,
            "request_uri is only served for pushed requests",
        ));
    }
    let invalid = |sentence: String| Refusal::new(ErrorCode::InvalidRequestUri, sentence);
    let bare = |uri: &str| uri.split('#').next().unwrap_or_default().to_owned();
    let registration = client.client.registration.as_ref();
    let said = registration.and_then(|registration| registration.openid("request_uris"));
    let mut registered = strings(said.or(client.client.settings.get("request_uris")));
    if !registered.any(|own| bare(own) == bare(reference)) {
        return Err(invalid(
            "request_uri is not among the client's registered request_uris".to_owned(),
        ));
    }
    let request = Request::get(&bare(reference))
        .header("accept", "application/oauth-authz-req+jwt")
        .timeout(TIMEOUT)
        .max_bytes(MAX_OBJECT);
    let answer = tenant.egress().send(request).await;
    let answer = answer.map_err(|error| invalid(format!("request_uri cannot be read: {error}")))?;
    if answer.status != 200 {
        return Err(invalid(format!(
            "request_uri cannot be read: it answers {}",
            answer.status.as_u16()
        )));
    }
    String::from_utf8(answer.body.to_vec())
        .map(|text| text.trim().to_owned())
        .map_err(|_| invalid("request_uri leads to no request object".to_owned()))
}

/// Verifies an object and gives its parameters.
async fn read(
    tenant: &Tenant,
    issuer: &Issuer,
    client: &KnownClient,
    object: &str,
) -> Result<Parameters, Refusal> {
    let claims = match is_unsigned(object) {
        true => unsigned(tenant, client, object)?,
        false => signed(tenant, issuer, client, object).await?,
    };
    check_belonging(client, &claims)?;
    let mut parameters = claims;
    for registered in ["iss", "aud", "exp", "nbf", "iat", "jti"] {
        parameters.shift_remove(registered);
    }
    parameters.insert("client_id".to_owned(), client.client_id().into());
    Ok(Parameters::claims(parameters))
}

fn invalid_object(sentence: impl AsRef<str>) -> Refusal {
    Refusal::new(ErrorCode::InvalidRequestObject, sentence)
}

fn is_unsigned(object: &str) -> bool {
    object.ends_with('.')
}

/// An object that nobody signed: no better than parameters in the open, and taken only where the tenant
/// and the client say so.
fn unsigned(tenant: &Tenant, client: &KnownClient, object: &str) -> Result<Members, Refusal> {
    let alg = registered_algorithm(client);
    let allowed = tenant.tenant_settings().flag(UNSIGNED) && alg.is_none_or(|alg| alg == "none");
    if !allowed {
        return Err(invalid_object("the request object must be signed"));
    }
    jwt::unsecured_claims(object)
        .map_err(|error| invalid_object(format!("the request object {error}")))
}

async fn signed(
    tenant: &Tenant,
    issuer: &Issuer,
    client: &KnownClient,
    object: &str,
) -> Result<Members, Refusal> {
    let malformed = || invalid_object("the request object is no JWT");
    let header = jws::Compact::split(object)
        .and_then(|compact| compact.header())
        .map_err(|_| malformed())?;
    if registered_algorithm(client).is_some_and(|own| own != header.alg.as_str()) {
        return Err(invalid_object(
            "the request object is signed with another algorithm than the client registered",
        ));
    }
    let typ = header.typ.as_deref().unwrap_or("JWT");
    let known = [
        "jwt",
        "oauth-authz-req+jwt",
        "application/oauth-authz-req+jwt",
    ];
    if !known.iter().any(|name| name.eq_ignore_ascii_case(typ)) {
        return Err(invalid_object("the request object is of another type"));
    }
    let audiences = [
        issuer.as_str().to_owned(),
        issuer.as_str().trim_end_matches('/').to_owned(),
        issuer.endpoint("authorize"),
    ];
    let names_audience = jwt::peek(object).is_ok_and(|peeked| peeked.claims.contains_key("aud"));
    let expect = jwt::Expectations {
        issuers: jwt::Accept::Anything,
        audiences: match names_audience {
            true => jwt::Accept::OneOf(&audiences),
            false => jwt::Accept::Anything,
        },
        now: tenant.clock().now(),
        leeway: LEEWAY,
        algorithms: Algorithm::ASYMMETRIC,
        require_exp: false,
        max_age: None,
        typ: None,
    };
    client_keys::verify(tenant, client, object, &expect)
        .await
        .map(|verified| verified.claims)
        .map_err(|error| invalid_object(format!("the request object {error}")))
}

fn registered_algorithm(client: &KnownClient) -> Option<&str> {
    let registration = client.client.registration.as_ref()?;
    registration
        .openid("request_object_signing_alg")
        .and_then(Value::as_str)
}

/// An object is the client's own, and nothing that was made for another purpose: an assertion, whose
/// subject is the client, is no request (RFC 9101 §10.8). An object in an object is refused (§4).
fn check_belonging(client: &KnownClient, claims: &Members) -> Result<(), Refusal> {
    let id = client.client_id();
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("client_id").is_some_and(|named| named != id) {
        return Err(Refusal::invalid_request(
            "client_id differs from that of the request object",
        ));
    }
    if text("iss").is_some_and(|named| named != id) || text("sub") == Some(id) {
        return Err(invalid_object("the request object is not this client's"));
    }
    match claims.contains_key("request") || claims.contains_key("request_uri") {
        true => Err(invalid_object(
            "the request object must not hold another one",
        )),
        false => Ok(()),
    }
}
