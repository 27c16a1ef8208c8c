//! Step: what do the tenant's Actions make of the sign-in?
//!
//! They run once for a request, before its user is asked for consent. One that sends the user elsewhere
//! goes on when they come back to `/continue`.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oauth::ErrorCode;

use super::proceed::{Pending, Present};
use super::refusal::Refusal;
use crate::Tenant;
use crate::authentication::transaction;
use crate::model::Members;
use crate::model::log::Event;
use crate::model::post_login::Acts;
use crate::model::transaction::Progress;
use crate::service::actions::flow::{self, Login, LoginRefused, Protocol};
use crate::visit::Visit;

/// With what the user came back from where an Action had sent them.
pub(super) struct Returned {
    pub(super) method: &'static str,
    pub(super) query: Members,
    pub(super) body: Option<Members>,
}

/// How the request goes on.
pub(super) enum Acted {
    /// To consent and the answer, with what the Actions made of it.
    On(Option<Box<Acts>>),
    /// The user is sent elsewhere first.
    Away(Response),
}

/// Runs the Actions, unless they have run for this request and this user.
///
/// # Errors
/// `access_denied` with an Action's reason, `server_error` if one fails, `interaction_required` if one
/// would send the user away and the client wants no page.
pub(super) async fn act(
    tenant: &Tenant,
    visit: &Visit,
    headers: &HeaderMap,
    pending: &Pending,
    present: &Present,
) -> Result<Acted, Refusal> {
    let session_id = &present.session.id;
    let before = pending.progress.acts.as_deref();
    // Somebody else's sign-in begins anew.
    let before = before.filter(|acts| acts.session_id.as_ref() == Some(session_id));
    let acts = match (before, &pending.returned) {
        (Some(acts), _) if acts.paused.is_none() => {
            return Ok(Acted::On(Some(Box::new(acts.clone()))));
        }
        (Some(acts), Some(_)) => acts.clone(),
        // Whoever goes around the page that they were sent to is sent there again.
        _ => Acts::default(),
    };
    let login = || login(pending, present, visit, acts);
    let wish = match flow::post_login(tenant, login).await {
        Ok(wish) => wish,
        Err(LoginRefused::Unavailable(error)) => return Err(error.into()),
        Err(LoginRefused::Failed(failed)) => {
            journal(
                tenant,
                visit,
                present,
                &failed.sentence(),
                Some(&failed.execution_id),
            );
            return Err(Refusal::new(ErrorCode::ServerError, failed.sentence()));
        }
    };
    if let Some(reason) = wish.denied {
        journal(
            tenant,
            visit,
            present,
            &reason,
            wish.execution_id.as_deref(),
        );
        return Err(Refusal::access_denied(reason));
    }
    if wish.needs_interaction {
        return Err(Refusal::interaction(
            ErrorCode::InteractionRequired,
            "Interaction required: an action sends the user to a page",
        ));
    }
    if wish.execution_id.is_none() {
        return Ok(Acted::On(None));
    }
    let acts = Box::new(Acts {
        session_id: Some(session_id.clone()),
        ..wish.acts
    });
    match wish.redirect {
        Some(url) => away(tenant, visit, headers, pending, acts, url).await,
        None => {
            if let Some(state) = &pending.state {
                keep(tenant, state, pending, &acts).await?;
            }
            Ok(Acted::On(Some(acts)))
        }
    }
}

fn login<'a>(
    pending: &'a Pending,
    present: &'a Present,
    visit: &'a Visit,
    acts: Acts,
) -> Login<'a> {
    let (request, session) = (&pending.request, &present.session);
    let returned = pending.returned.as_ref();
    Login {
        client: &pending.client.client,
        user: &present.user,
        connection: &session.connection,
        session: Some(session),
        refresh_token: None,
        protocol: Protocol::of(request),
        audience: request.audience.as_deref(),
        scope: &request.scope,
        request: Some(request),
        visit,
        method: returned.map_or("GET", |returned| returned.method),
        query: Some(
            returned
                .map(|returned| returned.query.clone())
                .unwrap_or_default(),
        ),
        body: returned.and_then(|returned| returned.body.clone()),
        amr: &session.amr,
        auth_time: session.auth_time,
        acts,
        may_redirect: !request.prompt.none,
    }
}

/// Sends the user away, with the `state` that leads back.
async fn away(
    tenant: &Tenant,
    visit: &Visit,
    headers: &HeaderMap,
    pending: &Pending,
    acts: Box<Acts>,
    mut url: url::Url,
) -> Result<Acted, Refusal> {
    let mut cookie = None;
    let state = match &pending.state {
        Some(state) => {
            keep(tenant, state, pending, &acts).await?;
            state.clone()
        }
        None => {
            let progress = Progress {
                acts: Some(acts),
                ..pending.progress.clone()
            };
            let request = pending.request.clone();
            let kept = transaction::keep(tenant, visit, headers, request, progress).await?;
            cookie = kept.1;
            kept.0
        }
    };
    url.query_pairs_mut().append_pair("state", &state);
    let location = HeaderValue::from_str(url.as_str()).map_err(|_| {
        Refusal::new(
            ErrorCode::ServerError,
            "an action sends the user to no address",
        )
    })?;
    let mut response = (StatusCode::FOUND, [(header::LOCATION, location)]).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(Acted::Away(response))
}

async fn keep(tenant: &Tenant, state: &str, pending: &Pending, acts: &Acts) -> Result<(), Refusal> {
    let progress = Progress {
        acts: Some(Box::new(acts.clone())),
        ..pending.progress.clone()
    };
    let mut tx = tenant.db().begin().await?;
    transaction::advance(tenant, &mut tx, state, &progress).await?;
    tx.commit().await?;
    Ok(())
}

/// What the tenant's log says of a sign-in that an Action stopped.
fn journal(
    tenant: &Tenant,
    visit: &Visit,
    present: &Present,
    why: &str,
    execution_id: Option<&str>,
) {
    let entry = tenant
        .entry(Event::FailedLogin, visit)
        .user(&present.user)
        .saying(why);
    tenant.log(match execution_id {
        Some(id) => entry.with("details", flow::details(id)),
        None => entry,
    });
}
