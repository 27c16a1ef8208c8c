//! `POST /co/authenticate`: a page of a client signs its user in and goes on to `/authorize` with a
//! ticket.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use http::header::SET_COOKIE;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::call::Call;
use super::dbconnections::require_legacy;
use super::refusal::Refusal;
use crate::authentication::browser;
use crate::login::ticket::{self, Kind, Proven};
use crate::model::log::Event;
use crate::service::users;
use crate::settings::Issuer;
use crate::visit::Visit;
use crate::{Error, Tenant};

/// The credential type of a password at a named connection; `password` alone means the tenant's
/// `default_directory`.
const PASSWORD_REALM: &str = "http://auth0.com/oauth/grant-type/password-realm";

/// Checks a password and gives a ticket for this browser alone.
///
/// The browser proves itself by a cookie. A browser that keeps no cookies of other sites works where
/// tenant and page share a site, such as `login.example.com` and `app.example.com`.
///
/// Source: the vendor's "Cross-Origin Authentication".
pub(super) async fn authenticate(
    State(tenant): State<Tenant>,
    issuer: Issuer,
    visit: Visit,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    match Call::arrive(&tenant, &headers, body).await {
        Ok(call) => {
            let visit = visit.for_client(&call.client.client_id);
            let outcome = check(&call, &issuer, &headers, &visit).await;
            journal(&call, &visit, &outcome);
            call.answer(outcome)
        }
        Err(refusal) => refusal.into_response(),
    }
}

async fn check(
    call: &Call<'_>,
    issuer: &Issuer,
    headers: &HeaderMap,
    visit: &Visit,
) -> Result<Response, Refusal> {
    require_legacy(call)?;
    let (tenant, client) = (call.tenant, &call.client);
    let allowed = client.settings.get("cross_origin_authentication") == Some(&Value::Bool(true));
    if !allowed {
        return Err(Refusal::unauthorized_client(
            "Cross origin login not allowed.",
        ));
    }
    if !call.from.may_sign_in(client) {
        // Compat: the vendor says nothing more to a page that is not one of the client's.
        return Ok(StatusCode::FORBIDDEN.into_response());
    }
    let (username, password) = (call.required("username")?, call.password()?);
    let connection = call.connection(&directory(call)?).await?;
    let user = users::sign_in(tenant, &connection, username, password, visit)
        .await
        .map_err(Refusal::cross_origin)?;
    let browser = browser::known_or_new(tenant, issuer, headers);
    let proven = Proven {
        client_id: client.client_id.clone(),
        user_id: user.user_id,
        connection: connection.name,
    };
    let ticket = ticket::issue(tenant, Kind::CrossOrigin, &browser.id, proven).await?;
    let answer = json!({
        "login_ticket": ticket,
        "co_id": tenant.entropy().url_safe(12),
        "co_verifier": tenant.entropy().url_safe(32),
    });
    let mut response = Json(answer).into_response();
    if let Some(cookie) = browser.cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

fn journal(call: &Call<'_>, visit: &Visit, outcome: &Result<Response, Refusal>) {
    let entry = match outcome {
        Ok(response) if response.status().is_success() => {
            call.tenant.entry(Event::SuccessCrossOrigin, visit)
        }
        Ok(_) => {
            let entry = call.tenant.entry(Event::FailedCrossOrigin, visit);
            entry.saying("The page's origin is none of the client's web_origins")
        }
        Err(refusal) => {
            let entry = call.tenant.entry(Event::FailedCrossOrigin, visit);
            entry.saying(refusal.description())
        }
    };
    call.tenant.log(entry.client(&call.client.client_id));
}

/// The connection that the request names.
fn directory(call: &Call<'_>) -> Result<String, Refusal> {
    match call.required("credential_type")? {
        PASSWORD_REALM => call.required("realm").map(str::to_owned),
        "password" => {
            let settings = call.tenant.tenant_settings();
            let default = settings.text("default_directory").map(str::to_owned);
            default.ok_or_else(|| {
                Refusal::invalid_request(
                    "the tenant has no default_directory; set one, or name the connection in realm",
                )
            })
        }
        _ => Err(Refusal::oauth(
            StatusCode::BAD_REQUEST,
            "unsupported_credential_type",
            "Unknown or unsupported credential type",
        )),
    }
}

/// The sign-in that a `login_ticket` at `/authorize` stands for; `None` if it is not this browser's, not
/// this client's, was used or has expired.
///
/// # Errors
/// [`Error::Unavailable`] if the database does not answer.
pub(crate) async fn redeem(
    tenant: &Tenant,
    headers: &HeaderMap,
    client_id: &str,
    ticket: &str,
) -> Result<Option<Proven>, Error> {
    let Some(browser) = browser::known(headers) else {
        return Ok(None);
    };
    let proven = ticket::redeem(tenant, Kind::CrossOrigin, browser, ticket).await?;
    Ok(proven.filter(|proven| proven.client_id == client_id))
}
