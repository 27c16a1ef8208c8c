//! From a request that is right to its answer: who is here, what must they do, what does the client
//! get?

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use axum::response::Response;
use oauth::ErrorCode;

use super::act::{self, Acted, Returned};
use super::issue;
use super::refusal::{Refusal, Refused};
use crate::authentication::answer::WayBack;
use crate::authentication::consent::{self, Needed};
use crate::authentication::{session, transaction};
use crate::model::authorization_request::AuthorizationRequest;
use crate::model::post_login::Acts;
use crate::model::session::Session;
use crate::model::third_party::redirects_errors;
use crate::model::transaction::Progress;
use crate::model::user::User;
use crate::token::{KnownClient, subject};
use crate::visit::Visit;
use crate::{Error, Tenant, service};

/// A request that is right, and how far it has come.
pub(super) struct Pending {
    pub(super) request: AuthorizationRequest,
    pub(super) client: Arc<KnownClient>,
    pub(super) progress: Progress,
    /// Where it is kept, once its user has seen a page.
    pub(super) state: Option<String>,
    /// What the user brings back from where an Action had sent them.
    pub(super) returned: Option<Returned>,
}

/// Who is signed in.
pub(super) struct Present {
    pub(super) session: Session,
    pub(super) user: User,
}

/// Answers the request, or shows the user the page that is needed next.
pub(super) async fn proceed(
    tenant: &Tenant,
    visit: &Visit,
    headers: &HeaderMap,
    pending: Pending,
) -> Result<Response, Refused> {
    let outcome = advance(tenant, visit, headers, &pending).await;
    outcome.map_err(|refusal| {
        // A user who has signed in for this request has seen where they are.
        let seen = pending.progress.session_id.is_some() || pending.progress.consented_by.is_some();
        match seen || redirects_errors(&pending.client.client) {
            true => Refused::Client(WayBack::of(&pending.request), refusal),
            false => Refused::Page(refusal),
        }
    })
}

async fn advance(
    tenant: &Tenant,
    visit: &Visit,
    headers: &HeaderMap,
    pending: &Pending,
) -> Result<Response, Refusal> {
    let (request, progress) = (&pending.request, &pending.progress);
    let present = present(tenant, &pending.client, headers).await?;
    let present = match present {
        Some(present) if counts(tenant, pending, &present) => present,
        Some(present) if progress.session_id.as_ref() == Some(&present.session.id) => {
            // The user has just signed in, and is not the one that the client asked for.
            return Err(Refusal::interaction(
                ErrorCode::LoginRequired,
                "Another user is signed in than the one that was asked for",
            ));
        }
        _ if request.prompt.none => {
            return Err(Refusal::interaction(
                ErrorCode::LoginRequired,
                "Login required",
            ));
        }
        _ => return show(tenant, visit, headers, pending, (login_page(request), None)).await,
    };
    let acts = match act::act(tenant, visit, headers, pending, &present).await? {
        Acted::On(acts) => acts,
        Acted::Away(response) => return Ok(response),
    };
    let needed = consent::needed(tenant, &pending.client, request, &present.session, progress);
    match needed.await? {
        Needed::Nothing => {}
        Needed::Consent if request.prompt.none => {
            return Err(Refusal::interaction(
                ErrorCode::ConsentRequired,
                "Consent required",
            ));
        }
        Needed::Confirmation if request.prompt.none => {
            return Err(Refusal::interaction(
                ErrorCode::InteractionRequired,
                "Interaction required: the user must confirm the application",
            ));
        }
        Needed::Consent | Needed::Confirmation => {
            return show(tenant, visit, headers, pending, ("/u/consent", acts)).await;
        }
    }
    issue::answer(tenant, pending, &present, acts).await
}

/// The session of this browser, if its user may still sign in, and at this client: a session that began
/// at a connection which is not open to the client is none for it. To third parties only connections of
/// domain level are.
async fn present(
    tenant: &Tenant,
    client: &KnownClient,
    headers: &HeaderMap,
) -> Result<Option<Present>, Error> {
    let Some(session) = session::current(tenant, headers).await? else {
        return Ok(None);
    };
    let open = service::connections::named_is_open(tenant, &session.connection, &client.client);
    if !open.await? {
        return Ok(None);
    }
    let user = service::users::find(tenant, &session.user_id).await?;
    Ok(user
        .filter(|user| !user.blocked)
        .map(|user| Present { session, user }))
}

/// Whether the session answers for this request: it is fresh enough, and whose it should be.
fn counts(tenant: &Tenant, pending: &Pending, present: &Present) -> bool {
    let (request, session) = (&pending.request, &present.session);
    let expected = request.subject.as_ref().is_none_or(|subject| {
        *subject == subject::of(tenant, &pending.client.client, &present.user.user_id)
    });
    if !expected {
        return false;
    }
    // Signing in for this very request is what `prompt` and `max_age` ask for.
    if pending.progress.session_id.as_ref() == Some(&session.id) {
        return true;
    }
    let fresh = request
        .max_age
        .is_none_or(|max_age| session.is_fresh(max_age, tenant.clock().now()));
    let same_connection = request
        .connection
        .as_ref()
        .is_none_or(|connection| *connection == session.connection);
    let asked_again = request.prompt.login || request.prompt.select_account;
    fresh && same_connection && !asked_again
}

fn login_page(request: &AuthorizationRequest) -> &'static str {
    match request.screen_hint.as_deref() {
        Some("signup") => "/u/signup",
        Some("reset_password") => "/u/reset-password/request",
        _ => "/u/login",
    }
}

/// Keeps the request, if it is not kept yet, and sends the browser to a page of ours.
async fn show(
    tenant: &Tenant,
    visit: &Visit,
    headers: &HeaderMap,
    pending: &Pending,
    (path, acts): (&str, Option<Box<Acts>>),
) -> Result<Response, Refusal> {
    if let Some(state) = &pending.state {
        return Ok(transaction::see(&transaction::page(path, state)));
    }
    let request = pending.request.clone();
    let progress = Progress {
        acts,
        ..pending.progress.clone()
    };
    let kept = transaction::keep(tenant, visit, headers, request, progress);
    let (state, cookie) = kept.await?;
    let mut response = transaction::see(&transaction::page(path, &state));
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
