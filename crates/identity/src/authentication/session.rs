//! Sessions: which one this browser has, beginning one, ending one.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use storage::Tx;

use crate::authentication::back_channel::{self, Initiator};
use crate::authentication::browser;
use crate::model::session::{Device, Lifetimes, Session, SignIn};
use crate::settings::Issuer;
use crate::store::{Which, authorization_codes, sessions};
use crate::{Error, Tenant};

/// A session that has just begun, and the cookies that give it to the browser.
pub(crate) struct Begun {
    pub(crate) session: Session,
    /// Values of `Set-Cookie`: every answer to the sign-in must carry them.
    pub(crate) cookies: Vec<HeaderValue>,
}

/// How often use of a session is written down. Idle time is only as exact as that.
const TOUCH_EVERY: Duration = Duration::from_secs(60);
/// Longest user agent that is kept.
const MAX_USER_AGENT: usize = 500;

/// The live session of this browser.
pub(crate) async fn current(
    tenant: &Tenant,
    headers: &HeaderMap,
) -> Result<Option<Session>, Error> {
    let now = tenant.clock().now();
    for token in browser::session_tokens(headers) {
        let found = sessions::by_token(tenant.db(), &digest(tenant, token)).await?;
        let Some(mut session) = found.filter(|session| session.is_alive(now)) else {
            continue;
        };
        if now.saturating_since(session.last_seen) >= TOUCH_EVERY {
            session.last_seen = now;
            session.idle_expires_at = now + Lifetimes::of(&tenant.tenant_settings()).idle;
            session.device.last_user_agent = user_agent(headers);
            sessions::touch(tenant.db(), &session).await?;
        }
        return Ok(Some(session));
    }
    Ok(None)
}

/// Begins a session for a user who has just proved who they are.
///
/// The browser gets a new secret whatever it sent, so that a secret planted before the sign-in leads
/// nowhere after it. A user who signs in again keeps the session's id, which clients know as `sid`;
/// another user ends the session that was there.
///
/// # Errors
/// [`Error::Unavailable`] if the database does not answer.
pub(crate) async fn begin(
    tenant: &Tenant,
    issuer: &Issuer,
    headers: &HeaderMap,
    sign_in: SignIn,
) -> Result<Begun, Error> {
    let now = tenant.clock().now();
    let lifetimes = Lifetimes::of(&tenant.tenant_settings());
    let existing = current(tenant, headers).await?;
    let token = browser::new_session_token(tenant);
    let agent = user_agent(headers);
    let mut session = Session {
        id: tenant.entropy().url_safe(32),
        user_id: sign_in.user_id,
        connection: sign_in.connection,
        auth_time: now,
        acr: sign_in.acr,
        amr: sign_in.amr,
        device: Device {
            initial_user_agent: agent.clone(),
            initial_ip: sign_in.ip.clone(),
            last_user_agent: agent,
            last_ip: sign_in.ip,
        },
        created_at: now,
        last_seen: now,
        idle_expires_at: now + lifetimes.idle,
        expires_at: now + lifetimes.absolute,
    };
    let digest = digest(tenant, &token);
    let mut tx = tenant.db().begin().await?;
    let mut renewed = false;
    match existing {
        Some(own) if own.user_id == session.user_id => {
            session.id = own.id;
            session.created_at = own.created_at;
            session.device.initial_user_agent = own.device.initial_user_agent;
            session.device.initial_ip = own.device.initial_ip;
            renewed = sessions::renew(&mut tx, &session, &digest).await?;
        }
        Some(other) => end_in(&mut tx, &other.id, Initiator::Replaced).await?,
        None => {}
    }
    if !renewed {
        sessions::insert(&mut tx, &session, &digest).await?;
    }
    tx.commit().await?;
    let max_age = lifetimes.persistent.then_some(lifetimes.absolute);
    Ok(Begun {
        cookies: browser::session_cookies(issuer, &token, max_age),
        session,
    })
}

/// Ends a session wherever it is known: the browser's secret leads nowhere from now on, and the clients
/// that took part are told.
///
/// # Errors
/// [`Error::Unavailable`] if the database does not answer.
pub(crate) async fn end(
    tenant: &Tenant,
    session_id: &str,
    initiator: Initiator,
) -> Result<(), Error> {
    let mut tx = tenant.db().begin().await?;
    end_in(&mut tx, session_id, initiator).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends every session of a user, whose password changed, who was blocked, or is gone.
///
/// # Errors
/// [`Error::Unavailable`] if the database does not answer.
pub(crate) async fn end_all_of(
    tx: &mut Tx,
    user_id: &str,
    initiator: Initiator,
) -> Result<(), Error> {
    for id in sessions::ids_of_user(tx, user_id).await? {
        end_in(tx, &id, initiator).await?;
    }
    Ok(())
}

/// [`end`] together with something else.
pub(crate) async fn end_in(
    tx: &mut Tx,
    session_id: &str,
    initiator: Initiator,
) -> Result<(), Error> {
    let Some((session, participants)) = sessions::delete(tx, session_id).await? else {
        return Ok(());
    };
    // A code that nobody has redeemed yet must not outlive the session that it speaks of. Refresh tokens
    // do: the user allowed the client to act while they are away (Back-Channel Logout 1.0 §2.7).
    authorization_codes::delete(tx, &Which::Session(session_id)).await?;
    for participant in &participants {
        back_channel::enqueue(tx, &session, participant, initiator).await?;
    }
    Ok(())
}

fn digest(tenant: &Tenant, token: &str) -> String {
    tenant.sealer().digest("identity.session", token.as_bytes())
}

fn user_agent(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::USER_AGENT)?.to_str().ok()?;
    Some(text.chars().take(MAX_USER_AGENT).collect())
}
