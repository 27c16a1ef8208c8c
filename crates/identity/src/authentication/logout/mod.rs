//! Signing out: the vendor's `/v2/logout`, and RP-Initiated Logout at `/oidc/logout`.

mod address;
mod confirm;
mod oidc;
mod v2;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::authentication::back_channel::Initiator;
use crate::authentication::{answer, browser, session};
use crate::model::log::Event;
use crate::model::session::Session;
use crate::settings::Issuer;
use crate::visit::Visit;
use crate::{Error, Tenant};

/// A hint is an ID token, which may hold many claims.
const MAX_BODY: usize = 64 * 1024;

pub(super) fn routes() -> Router<Tenant> {
    Router::new().route("/v2/logout", get(v2::by_link)).route(
        "/oidc/logout",
        get(oidc::by_link)
            .post(oidc::by_form)
            .layer(DefaultBodyLimit::max(MAX_BODY)),
    )
}

/// Ends this browser's session, if it has one.
async fn end_here(tenant: &Tenant, visit: &Visit, headers: &HeaderMap) -> Result<(), Error> {
    match session::current(tenant, headers).await? {
        Some(session) => end(tenant, visit, &session).await,
        None => Ok(()),
    }
}

async fn end(tenant: &Tenant, visit: &Visit, session: &Session) -> Result<(), Error> {
    session::end(tenant, &session.id, Initiator::Client).await?;
    let mut entry = tenant.entry(Event::SuccessLogout, visit);
    entry.user_id = Some(session.user_id.clone());
    tenant.log(entry.with("session_id", session.id.as_str()));
    Ok(())
}

/// An answer that takes the session's cookies from the browser.
fn signed_out(issuer: &Issuer, mut response: Response) -> Response {
    for cookie in browser::no_session_cookies(issuer) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer::secure(&mut response);
    response
}

fn redirect(location: &str) -> Response {
    match HeaderValue::from_str(location) {
        Ok(location) => (StatusCode::FOUND, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}
