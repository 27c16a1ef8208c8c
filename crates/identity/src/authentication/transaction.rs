//! Pending authorization requests: how the tenant's pages take one up and give it back.
//!
//! A page gets `state` in its address and asks [`load`] for the request. When the user has signed in,
//! [`complete`] sends the browser on; when they turn away, [`deny`] answers the client.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oauth::{ErrorCode, OAuthError};
use storage::Tx;
use url::form_urlencoded::byte_serialize;

use crate::authentication::answer::WayBack;
use crate::authentication::browser;
use crate::model::authorization_request::AuthorizationRequest;
use crate::model::session::Session;
use crate::model::transaction::{Progress, Transaction};
use crate::store::begun::Begun;
use crate::store::transactions::{self, Pending};
use crate::visit::Visit;
use crate::{Error, Tenant, bounds};

/// How long a user may take. Long enough to find a mail and come back.
const LIFETIME: Duration = Duration::from_secs(3600);
/// Characters of `state`: 258 bits.
const STATE: usize = 43;

/// Why a page cannot go on with a request.
#[derive(Debug)]
pub(crate) enum Lost {
    /// It was answered, has expired, never was, or belongs to another browser. Tell the user to start
    /// again at the application.
    Gone,
    /// The database did not answer.
    Unavailable(Error),
}

impl From<Error> for Lost {
    fn from(error: Error) -> Self {
        Self::Unavailable(error)
    }
}

impl From<storage::Error> for Lost {
    fn from(error: storage::Error) -> Self {
        Self::Unavailable(error.into())
    }
}

/// Keeps a request until its user comes back; gives `state`, and the cookie for a browser that has no
/// id yet.
///
/// Anybody may begin a sign-in, so what waits is bounded ([`bounds::make_room`]).
pub(super) async fn keep(
    tenant: &Tenant,
    visit: &Visit,
    headers: &HeaderMap,
    request: AuthorizationRequest,
    progress: Progress,
) -> Result<(String, Option<HeaderValue>), Error> {
    let browser = browser::known_or_new(tenant, &visit.issuer, headers);
    let state = tenant.entropy().url_safe(STATE);
    let pending = Pending {
        id: id(tenant, &state),
        browser: of_browser(tenant, &browser.id),
        origin: bounds::digest(tenant, &bounds::block(&visit.ip)),
        request,
        progress,
        expires_at: tenant.clock().now() + LIFETIME,
    };
    bounds::make_room(tenant, Begun::SignIn).await?;
    transactions::insert(tenant.db(), &pending).await?;
    Ok((state, browser.cookie))
}

/// The request that `state` leads to, if this browser began it.
///
/// # Errors
/// [`Lost`]. A request of another browser is as good as none: a link that somebody else sent must not
/// sign this user in for them (RFC 9700 §4.7).
pub(crate) async fn load(
    tenant: &Tenant,
    headers: &HeaderMap,
    state: &str,
) -> Result<Transaction, Lost> {
    let browser = browser::known(headers).ok_or(Lost::Gone)?;
    if state.len() != STATE {
        return Err(Lost::Gone);
    }
    let found = transactions::find(tenant.db(), &id(tenant, state)).await?;
    let pending = found.ok_or(Lost::Gone)?;
    let same = tenant
        .sealer()
        .verify_digest(PURPOSE_BROWSER, browser.as_bytes(), &pending.browser);
    if !same || pending.expires_at <= tenant.clock().now() {
        return Err(Lost::Gone);
    }
    let client = tenant
        .directory()
        .client(tenant, &pending.request.client_id)
        .await?;
    Ok(Transaction {
        state: state.to_owned(),
        // A client that was removed meanwhile has nobody to answer to.
        client: client.ok_or(Lost::Gone)?,
        request: pending.request,
        progress: pending.progress,
    })
}

/// The user has signed in for this request: sends the browser on to consent, or to the client.
///
/// The answer must carry the cookies that [`session::begin`](super::session::begin) gave.
///
/// # Errors
/// [`Error::Unavailable`] if the database does not answer.
pub(crate) async fn complete(
    tenant: &Tenant,
    transaction: &Transaction,
    session: &Session,
) -> Result<Response, Error> {
    let progress = Progress {
        session_id: Some(session.id.clone()),
        ..transaction.progress.clone()
    };
    let mut tx = tenant.db().begin().await?;
    advance(tenant, &mut tx, &transaction.state, &progress).await?;
    tx.commit().await?;
    Ok(resume(&transaction.state))
}

/// The user turns away, or may not go on: the client is told, and the request is over.
///
/// # Errors
/// [`Lost::Gone`] if the request was answered meanwhile.
pub(crate) async fn deny(
    tenant: &Tenant,
    transaction: &Transaction,
    code: ErrorCode,
    description: &str,
) -> Result<Response, Lost> {
    let mut tx = tenant.db().begin().await?;
    if !transactions::take(&mut tx, &id(tenant, &transaction.state)).await? {
        return Err(Lost::Gone);
    }
    tx.commit().await?;
    let error = OAuthError::new(code, description);
    let mut response = WayBack::of(&transaction.request).error(tenant, &error);
    // A form was posted: its fields stay here (RFC 9700 §4.12).
    if response.status() == StatusCode::FOUND {
        *response.status_mut() = StatusCode::SEE_OTHER;
    }
    Ok(response)
}

/// Writes how far a request has come.
pub(super) async fn advance(
    tenant: &Tenant,
    tx: &mut Tx,
    state: &str,
    progress: &Progress,
) -> Result<(), storage::Error> {
    transactions::advance(tx, &id(tenant, state), progress).await?;
    Ok(())
}

/// Sends the browser to where the request goes on. 303: a form with a password in it was posted, and
/// must not be posted again (RFC 9700 §4.12).
pub(super) fn resume(state: &str) -> Response {
    redirect(StatusCode::SEE_OTHER, &page("/authorize/resume", state))
}

/// Sends the browser to a page of ours.
pub(super) fn see(location: &str) -> Response {
    redirect(StatusCode::FOUND, location)
}

/// The address of a page of ours that goes on with a request.
pub(super) fn page(path: &str, state: &str) -> String {
    let state: String = byte_serialize(state.as_bytes()).collect();
    format!("{path}?state={state}")
}

fn redirect(status: StatusCode, location: &str) -> Response {
    match HeaderValue::from_str(location) {
        Ok(location) => (status, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

const PURPOSE_STATE: &str = "identity.transaction";
const PURPOSE_BROWSER: &str = "identity.browser";

/// Under which id a request is kept.
pub(super) fn id(tenant: &Tenant, state: &str) -> String {
    tenant.sealer().digest(PURPOSE_STATE, state.as_bytes())
}

fn of_browser(tenant: &Tenant, browser: &str) -> String {
    tenant.sealer().digest(PURPOSE_BROWSER, browser.as_bytes())
}
