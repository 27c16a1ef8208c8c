//! `GET|POST /oidc/logout`: `OpenID` Connect RP-Initiated Logout 1.0.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use oauth::{ErrorCode, OAuthError};

use super::{address, confirm, end, redirect, signed_out};
use crate::authentication::authorize::{Parameters, each_once};
use crate::authentication::hint::{self, Hint};
use crate::authentication::{answer, session, trouble};
use crate::login::view::problem::Kind;
use crate::model::authorization_request::destination;
use crate::model::session::Session;
use crate::token::{KnownClient, subject};
use crate::visit::Visit;
use crate::{Error, Tenant};

pub(super) async fn by_link(
    State(tenant): State<Tenant>,
    visit: Visit,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let parameters = Parameters::form(query.unwrap_or_default().as_bytes());
    answer_to(&tenant, &visit, &headers, &parameters).await
}

pub(super) async fn by_form(
    State(tenant): State<Tenant>,
    visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let parameters = Parameters::form(&body);
    let mut response = answer_to(&tenant, &visit, &headers, &parameters).await;
    if response.status() == StatusCode::FOUND {
        *response.status_mut() = StatusCode::SEE_OTHER;
    }
    response
}

/// Why a request is refused: before anything ends, and on a page.
enum Refused {
    Invalid(&'static str),
    Failed(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// What was asked, once it holds together.
struct Asked {
    hint: Option<Hint>,
    client: Option<Arc<KnownClient>>,
    /// Where to go afterwards, `state` included.
    destination: Option<String>,
}

async fn answer_to(
    tenant: &Tenant,
    visit: &Visit,
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Response {
    let outcome = sign_out(tenant, visit, headers, parameters).await;
    let mut response = match outcome {
        Ok(response) => response,
        Err(Refused::Invalid(sentence)) => {
            let error = OAuthError::new(ErrorCode::InvalidRequest, sentence);
            trouble::page(Kind::BadRequest, &error)
        }
        Err(Refused::Failed(error)) => trouble::failed(error),
    };
    answer::secure(&mut response);
    response
}

async fn sign_out(
    tenant: &Tenant,
    visit: &Visit,
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Result<Response, Refused> {
    let asked = read(tenant, parameters).await?;
    let session = session::current(tenant, headers).await?;
    if let Some(session) = &session {
        let sid = parameters.get("logout_hint");
        let sure = confirm::is_given(tenant, session, parameters.get("confirm"))
            || is_vouched_for(tenant, &asked, session, sid)
            || !address::prompts(&tenant.tenant_settings());
        if !sure {
            return Ok(ask(tenant, session, parameters, &asked));
        }
        end(tenant, visit, session).await?;
    }
    let response = match &asked.destination {
        Some(location) => redirect(location),
        None => trouble::signed_out(),
    };
    Ok(signed_out(&visit.issuer, response))
}

/// Step: do the parameters hold together?
///
/// Source: RP-Initiated Logout 1.0 §2, §4; the vendor's "OIDC Logout" for `logout_hint`.
async fn read(tenant: &Tenant, parameters: &Parameters) -> Result<Asked, Refused> {
    each_once(parameters).map_err(|_| Refused::Invalid("parameters must not be repeated"))?;
    let named = parameters.get("client_id").filter(|id| id.len() <= 255);
    let token = parameters.get("id_token_hint");
    // Whose secret a symmetric hint is signed with only the hint itself can say.
    let claimed = token.and_then(hint::audience_unverified);
    let client = match named.map(str::to_owned).or(claimed) {
        Some(client_id) => tenant.directory().client(tenant, &client_id).await?,
        None => None,
    };
    if named.is_some() && client.is_none() {
        return Err(Refused::Invalid("client_id is unknown"));
    }
    let hint = match token {
        None => None,
        Some(token) => {
            let hint = hint::read(tenant, token, client.as_deref()).await;
            Some(hint.ok_or(Refused::Invalid(
                "id_token_hint is no ID token of this tenant for this client",
            ))?)
        }
    };
    let sid = parameters.get("logout_hint");
    if let (Some(hint), Some(sid)) = (&hint, sid)
        && hint.session_id.as_deref() != Some(sid)
    {
        return Err(Refused::Invalid(
            "logout_hint differs from the session of id_token_hint",
        ));
    }
    let destination = match parameters.get("post_logout_redirect_uri") {
        None => None,
        Some(asked) => {
            let settings = tenant.tenant_settings();
            let allowed = match &client {
                Some(client) => address::of_client(&client.client),
                None => address::of_tenant(&settings),
            };
            if !address::is_allowed(&allowed, asked) {
                return Err(Refused::Invalid(
                    "post_logout_redirect_uri is not registered for this client",
                ));
            }
            Some(address::with_state(asked, parameters.get("state")))
        }
    };
    Ok(Asked {
        hint,
        client,
        destination,
    })
}

/// Whether the client shows that it knows this session. An ID token of another user, or of a session
/// that is over, does not end the one that is here (RP-Initiated Logout 1.0 §2).
fn is_vouched_for(tenant: &Tenant, asked: &Asked, session: &Session, sid: Option<&str>) -> bool {
    match (&asked.hint, &asked.client) {
        (Some(hint), Some(client)) => {
            hint.subject == subject::of(tenant, &client.client, &session.user_id)
                && hint.audience == client.client_id()
                && hint
                    .session_id
                    .as_ref()
                    .is_none_or(|own| *own == session.id)
        }
        _ => sid == Some(session.id.as_str()),
    }
}

fn ask(tenant: &Tenant, session: &Session, parameters: &Parameters, asked: &Asked) -> Response {
    let kept = ["post_logout_redirect_uri", "state", "client_id"];
    let fields: Vec<(&str, &str)> = kept
        .into_iter()
        .filter_map(|name| Some((name, parameters.get(name)?)))
        .chain(implied_client(parameters, asked))
        .collect();
    let to = asked.destination.as_deref().map(destination);
    confirm::page(tenant, session, &fields, to)
}

/// The form does not carry the hint: the client that it named goes in its place.
fn implied_client<'a>(
    parameters: &Parameters,
    asked: &'a Asked,
) -> Option<(&'static str, &'a str)> {
    let client = asked.client.as_ref()?;
    parameters
        .get("client_id")
        .is_none()
        .then(|| ("client_id", client.client_id()))
}
