//! `GET|POST /userinfo` (OpenID Connect Core §5.3).

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
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
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answer = match say(&tenant, &issuer, &method, &headers, &body).await {
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
    body: &Bytes,
) -> Result<Response, Refusal> {
    let (scheme, token) = presented(method, headers, body)?;
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
    let mut claims = Members::new();
    let sub = subject::of(tenant, &client.client, &user.user_id);
    claims.insert("sub".to_owned(), json!(sub));
    let requested = active.claims.as_ref();
    claims.append(&mut profile::claims(user, &active.scope, requested, PATH));
    write(tenant, issuer, &client, claims).await
}

/// The token, from the header or from the body of a form. Never from the query, where logs and
/// histories keep it (RFC 9700 §4.3.2).
fn presented(
    method: &Method,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<(Scheme, String), Refusal> {
    const MALFORMED: Refusal =
        Refusal::InvalidRequest("send the access token as: Authorization: Bearer TOKEN");
    let content_type = headers.get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    let is_form = *method == Method::POST
        && content_type.is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
    let mut in_body = url::form_urlencoded::parse(if is_form { body } else { &[] })
        .filter(|(name, _)| name == "access_token")
        .map(|(_, token)| token.into_owned());
    let in_body = match (in_body.next(), in_body.next()) {
        (_, Some(_)) => return Err(MALFORMED),
        (token, None) => token,
    };
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let in_header = values.next();
    if values.next().is_some() || (in_header.is_some() && in_body.is_some()) {
        return Err(MALFORMED);
    }
    let Some(value) = in_header else {
        return in_body
            .map(|token| (Scheme::Bearer, token))
            .ok_or(Refusal::NoToken);
    };
    let value = value.to_str().map_err(|_| MALFORMED)?;
    let (scheme, token) = value.trim().split_once(' ').ok_or(MALFORMED)?;
    let scheme = match scheme {
        _ if scheme.eq_ignore_ascii_case("bearer") => Scheme::Bearer,
        _ if scheme.eq_ignore_ascii_case("dpop") => Scheme::Dpop,
        _ => return Err(Refusal::NoToken),
    };
    Ok((scheme, token.trim().to_owned()))
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
