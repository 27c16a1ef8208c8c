//! `GET|POST /userinfo` (OpenID Connect Core §5.3).

use axum::Json;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oauth::challenge::Challenge;
use oauth::jose::Algorithm;
use oauth::{ErrorCode, OAuthError};
use serde_json::{Value, json};

use super::active::{self, Active};
use super::dpop::{self, Refused, Use};
use super::request::no_store;
use super::{KnownClient, issue, profile, subject};
use crate::model::Members;
use crate::settings::Issuer;
use crate::{Error, Tenant};

const PATH: &str = "userinfo";

/// The tenant's flag for clients that send the token in the query.
const IN_QUERY: &str = "allow_access_token_in_query";

/// How a token was presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Bearer,
    Dpop,
}

/// Why nothing is said.
#[derive(Debug)]
enum Refusal {
    /// There are no credentials at all: a challenge without an error (RFC 6750 §3.1).
    NoToken,
    /// The token is none, or not good any more.
    InvalidToken(&'static str),
    /// It is good, and not for this.
    InsufficientScope,
    /// The request is malformed.
    InvalidRequest(&'static str),
    /// The DPoP proof does not hold.
    InvalidProof(String),
    /// The nonce in the DPoP proof does not hold.
    Nonce,
    Failed(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Says who the user of an access token is.
pub(super) async fn answer(
    State(tenant): State<Tenant>,
    issuer: Issuer,
    method: Method,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let presented = presented(&method, query.as_deref(), &headers, &body);
    let answer = match say(&tenant, &issuer, &method, &headers, presented).await {
        Ok(response) => response,
        Err(refusal) => {
            tracing::debug!(refusal = ?refusal, "no user information");
            refusal.into_response(&tenant)
        }
    };
    no_store(answer)
}

async fn say(
    tenant: &Tenant,
    issuer: &Issuer,
    method: &Method,
    headers: &HeaderMap,
    presented: Result<Presented, Refusal>,
) -> Result<Response, Refusal> {
    let Presented {
        scheme,
        token,
        in_query,
    } = presented?;
    if in_query && !tenant.tenant_settings().flag(IN_QUERY) {
        return Err(MALFORMED);
    }
    let active = active::access_token(tenant, &token).await?;
    let active = active.ok_or(Refusal::InvalidToken(
        "the access token is unknown, expired or revoked",
    ))?;
    check_key(tenant, method, headers, scheme, &token, &active).await?;
    let for_us = |audience: &String| {
        let mut origins = tenant.settings().origins();
        origins.any(|origin| origin.issuer().endpoint(PATH) == *audience)
    };
    let Some(user) = &active.user else {
        return Err(Refusal::InvalidToken("the access token is no user's"));
    };
    if !active.audiences.iter().any(for_us) || !active.scope.contains("openid") {
        return Err(Refusal::InsufficientScope);
    }
    let client = tenant.directory().client(tenant, &active.client_id).await?;
    let client = client.ok_or(Refusal::InvalidToken("the client does not exist any more"))?;
    if in_query && !client.client.is_first_party {
        return Err(MALFORMED);
    }
    let mut claims = Members::new();
    let sub = subject::of(tenant, &client.client, &user.user_id);
    claims.insert("sub".to_owned(), json!(sub));
    let requested = active.claims.as_ref();
    claims.append(&mut profile::claims(
        tenant,
        user,
        &active.scope,
        requested,
        PATH,
    ));
    write(tenant, issuer, &client, claims).await
}

const MALFORMED: Refusal =
    Refusal::InvalidRequest("send the access token as: Authorization: Bearer TOKEN");

/// A token as it came.
struct Presented {
    scheme: Scheme,
    token: String,
    in_query: bool,
}

/// The token, from the header, from the body of a form, or from the query.
///
/// Compat: a query ends in logs and histories, so that RFC 9700 §4.3.2 forbids clients to put a token
/// there. The vendor's library for Passport does, and cannot be told otherwise: where the tenant's flag
/// says so, first-party clients may.
fn presented(
    method: &Method,
    query: Option<&str>,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Presented, Refusal> {
    let content_type = headers.get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    let is_form = *method == Method::POST
        && content_type.is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
    let in_body = parameter(if is_form { body } else { &[] })?;
    let query = query.filter(|_| *method == Method::GET);
    let in_query = parameter(query.unwrap_or_default().as_bytes())?;
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let in_header = values.next();
    let places = [in_header.is_some(), in_body.is_some(), in_query.is_some()];
    if values.next().is_some() || places.into_iter().filter(|used| *used).count() > 1 {
        return Err(MALFORMED);
    }
    let Some(value) = in_header else {
        return Ok(Presented {
            scheme: Scheme::Bearer,
            in_query: in_query.is_some(),
            token: in_body.or(in_query).ok_or(Refusal::NoToken)?,
        });
    };
    let value = value.to_str().map_err(|_| MALFORMED)?;
    let (scheme, token) = value.trim().split_once(' ').ok_or(MALFORMED)?;
    let scheme = match scheme {
        _ if scheme.eq_ignore_ascii_case("bearer") => Scheme::Bearer,
        _ if scheme.eq_ignore_ascii_case("dpop") => Scheme::Dpop,
        _ => return Err(Refusal::NoToken),
    };
    Ok(Presented {
        scheme,
        token: token.trim().to_owned(),
        in_query: false,
    })
}

/// The `access_token` of a form or a query, which must not be there twice.
fn parameter(form: &[u8]) -> Result<Option<String>, Refusal> {
    let mut found = url::form_urlencoded::parse(form)
        .filter(|(name, _)| name == "access_token")
        .map(|(_, token)| token.into_owned());
    match (found.next(), found.next()) {
        (_, Some(_)) => Err(MALFORMED),
        (token, None) => Ok(token),
    }
}

/// RFC 9449 §7: a bound token comes with a proof of its key, and with the scheme that says so.
async fn check_key(
    tenant: &Tenant,
    method: &Method,
    headers: &HeaderMap,
    scheme: Scheme,
    token: &str,
    active: &Active,
) -> Result<(), Refusal> {
    let Some(bound) = &active.key else {
        return match scheme {
            Scheme::Bearer => Ok(()),
            Scheme::Dpop => Err(Refusal::InvalidToken(
                "the access token is not bound to a key: present it as a Bearer token",
            )),
        };
    };
    if scheme == Scheme::Bearer {
        return Err(Refusal::InvalidToken(
            "the access token is bound to a key: present it with the scheme DPoP and a proof",
        ));
    }
    let used = Use {
        method: if *method == Method::POST {
            "POST"
        } else {
            "GET"
        },
        path: PATH,
        access_token: Some(token),
    };
    let proven = dpop::proven(tenant, headers, &used)
        .await
        .map_err(|refused| match refused {
            Refused::Invalid(reason) => Refusal::InvalidProof(reason),
            Refused::Nonce => Refusal::Nonce,
            Refused::Failed(error) => Refusal::Failed(error),
        })?;
    match proven {
        Some(key) if key == *bound => Ok(()),
        Some(_) => Err(Refusal::InvalidProof("is of another key".to_owned())),
        None => Err(Refusal::InvalidProof("is missing".to_owned())),
    }
}

/// JSON, or a JWT where the client registered `userinfo_signed_response_alg`.
async fn write(
    tenant: &Tenant,
    issuer: &Issuer,
    client: &KnownClient,
    mut claims: Members,
) -> Result<Response, Refusal> {
    let registered = client.client.openid("userinfo_signed_response_alg");
    let Some(name) = registered
        .and_then(Value::as_str)
        .filter(|name| *name != "none")
    else {
        return Ok(Json(claims).into_response());
    };
    let algorithm = name.parse().unwrap_or(Algorithm::Rs256);
    claims.insert("iss".to_owned(), json!(issuer.as_str()));
    claims.insert("aud".to_owned(), json!(client.client_id()));
    let token = issue::sign(tenant, client, algorithm, &claims).await?;
    let content_type = [(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/jwt"),
    )];
    Ok((content_type, token).into_response())
}

impl Refusal {
    fn into_response(self, tenant: &Tenant) -> Response {
        let realm = "userinfo";
        let (status, code, words, scheme) = match self {
            Self::NoToken => {
                let challenge = Challenge::bearer(realm);
                let error = OAuthError::new(
                    ErrorCode::InvalidToken,
                    "Send an access token in the Authorization header",
                );
                return challenged(StatusCode::UNAUTHORIZED, &challenge, &error);
            }
            Self::InvalidToken(words) => (
                StatusCode::UNAUTHORIZED,
                ErrorCode::InvalidToken,
                words.to_owned(),
                "Bearer",
            ),
            Self::InsufficientScope => (
                StatusCode::FORBIDDEN,
                ErrorCode::InsufficientScope,
                "the access token needs the scope openid and this endpoint as its audience"
                    .to_owned(),
                "Bearer",
            ),
            Self::InvalidRequest(words) => (
                StatusCode::BAD_REQUEST,
                ErrorCode::InvalidRequest,
                words.to_owned(),
                "Bearer",
            ),
            Self::InvalidProof(reason) => (
                StatusCode::UNAUTHORIZED,
                ErrorCode::InvalidDpopProof,
                format!("the DPoP proof {reason}"),
                "DPoP",
            ),
            Self::Nonce => (
                StatusCode::UNAUTHORIZED,
                ErrorCode::UseDpopNonce,
                "make a new DPoP proof with the nonce of the DPoP-Nonce header".to_owned(),
                "DPoP",
            ),
            Self::Failed(error) => return super::refusal::Refusal::from(error).into_response(),
        };
        let challenge = Challenge::scheme(scheme)
            .with("realm", realm)
            .error(&code, &words);
        let mut response = challenged(status, &challenge, &OAuthError::new(code, words));
        if scheme == "DPoP"
            && let Ok(nonce) = dpop::nonce(tenant).parse()
        {
            response.headers_mut().insert(dpop::NONCE, nonce);
        }
        response
    }
}

fn challenged(status: StatusCode, challenge: &Challenge, error: &OAuthError) -> Response {
    let mut response = (status, Json(error)).into_response();
    if let Ok(value) = challenge.to_string().parse() {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, value);
    }
    response
}
