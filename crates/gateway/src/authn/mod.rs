//! Who calls: the methods of the strategies in front of a service, in Kong's order.
//!
//! Session, bearer, key, client credentials: the first credential that is present decides. If it
//! is refused, the request is refused; no other credential in the same request is looked at, so
//! that a caller cannot find out by trial which of several is good.

pub(crate) mod arguments;
mod bearer;
mod challenge;
mod client_credentials;
pub(crate) mod front;
mod key;
pub(crate) mod session;
pub(crate) mod token;

use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use aws_lc_rs::hmac;
use egress::Egress;
use egress::issuer::Issuers;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use http::{HeaderMap, request};
use oauth::{Entropy, Timestamp};

use crate::applications::Application;
use crate::config::OpenidConnect;
use crate::proxy::body::ToUpstream;
use crate::proxy::serve::Worker;
use crate::rescue::{Reason, Refusal};
use crate::snapshot::Guard;
use crate::strategy::Strategy;
use crate::uses::LastUse;
use client_credentials::Exchanges;
pub(crate) use key::hex;
use session::{SessionKeys, Sessions};
use token::{Token, Tokens};

const X_CONSUMER_ID: HeaderName = HeaderName::from_static("x-consumer-id");
const X_CONSUMER_CUSTOM_ID: HeaderName = HeaderName::from_static("x-consumer-custom-id");
const X_CONSUMER_USERNAME: HeaderName = HeaderName::from_static("x-consumer-username");
const X_CREDENTIAL_IDENTIFIER: HeaderName = HeaderName::from_static("x-credential-identifier");

/// What all workers share for recognising callers.
pub(crate) struct Authenticator {
    way: Way,
    /// For issuers whose certificates are not verified. Their documents are known apart, so that a
    /// strategy that verifies never meets keys that came unverified.
    unverified: OnceLock<Way>,
    tokens: Tokens,
    exchanges: Exchanges,
    sessions: Sessions,
}

/// The way to issuers, and what is known of them.
struct Way {
    egress: Egress,
    issuers: Issuers,
}

impl Way {
    fn new(egress: Egress) -> Self {
        Self {
            issuers: Issuers::new(egress.clone()),
            egress,
        }
    }
}

impl Authenticator {
    pub(crate) fn new(
        egress: Egress,
        entropy: Entropy,
        session_keys: SessionKeys,
        cached_tokens: u64,
    ) -> Self {
        let secret: [u8; 32] = entropy.bytes();
        Self {
            way: Way::new(egress),
            unverified: OnceLock::new(),
            tokens: Tokens::new(cached_tokens),
            exchanges: Exchanges::new(cached_tokens, hmac::Key::new(hmac::HMAC_SHA256, &secret)),
            sessions: Sessions::new(session_keys, entropy),
        }
    }

    /// The way to a strategy's issuer.
    fn way(&self, openid: &OpenidConnect) -> &Way {
        if openid.ssl_verify {
            return &self.way;
        }
        self.unverified
            .get_or_init(|| Way::new(self.way.egress.without_verification()))
    }
}

/// A request as authentication sees and, to hide credentials, changes it.
pub(crate) struct Presented<'a> {
    pub(crate) parts: &'a mut request::Parts,
    pub(crate) body: &'a mut ToUpstream,
    pub(crate) https: bool,
}

/// A credential that holds, and whose it is.
struct Authenticated {
    strategy: Arc<Strategy>,
    application: Arc<Application>,
    /// What the credential itself is called: a client id or the id of a key.
    credential: Box<str>,
    /// Where uses of the client secret itself are noted, if it came with the call and is told from
    /// others of the client.
    secret: Option<Arc<LastUse>>,
    token: Option<Arc<Token>>,
    /// The token's text, where the upstream may not have got it from the caller itself.
    bearer: Option<HeaderValue>,
    session: SessionStep,
}

/// What becomes of the session with this request.
enum SessionStep {
    /// Nothing: none is wanted, or the present one goes on as it is.
    Keep,
    /// A new one begins.
    Begin,
    /// The present one was used; its cookie is written anew.
    Continue(Arc<session::Opened>),
}

/// Who calls, as the upstream is told.
pub(crate) struct Caller {
    pub(crate) application: Arc<Application>,
    /// The API that the application is registered for.
    pub(crate) api: Arc<str>,
    credential: Box<str>,
    token: Option<(HeaderName, HeaderValue)>,
    /// The session's cookie, to be set by the answer.
    pub(crate) cookie: Option<HeaderValue>,
}

impl Caller {
    /// Tells the upstream who calls, in Kong's headers.
    pub(crate) fn introduce(&self, headers: &mut HeaderMap) {
        let mut set = |name: HeaderName, text: &str| {
            // Names may hold any letter, as UTF-8; one with a control character is left out.
            if let Ok(value) = HeaderValue::from_bytes(text.as_bytes()) {
                headers.insert(name, value);
            }
        };
        set(X_CONSUMER_ID, &self.application.id);
        set(X_CONSUMER_CUSTOM_ID, &self.credential);
        set(X_CONSUMER_USERNAME, &self.application.name);
        set(X_CREDENTIAL_IDENTIFIER, &self.credential);
        if let Some((name, value)) = &self.token {
            headers.insert(name, value.clone());
        }
    }
}

/// Finds out who calls and whether they may. Takes out of the request what was for the gateway.
///
/// # Errors
/// The refusal, with the challenge that fits the strategies.
pub(crate) async fn admit(
    worker: &Rc<Worker>,
    guard: &Guard,
    mut presented: Presented<'_>,
) -> Result<Caller, Refusal> {
    let now = worker.inner.clock.now();
    let found = authenticate(worker, guard, &mut presented, now).await;
    let admitted = found.and_then(|found| match authorise(guard, &found) {
        Ok(api) => Ok((found, api)),
        Err(refusal) => {
            let mut refusal = refusal.of(&found.application);
            refusal.seen.api = guard.meant(&found.strategy).cloned();
            Err(refusal)
        }
    });
    match admitted {
        Ok((found, api)) => Ok(welcome(worker, guard, &mut presented, (found, api), now)),
        Err(mut refusal) => {
            if refusal.seen.api.is_none() {
                refusal.seen.api = guard.only().cloned();
            }
            if matches!(refusal.reason.status().as_u16(), 401 | 403) {
                refusal.end_session = session::ending(guard, presented.parts);
            }
            Err(refusal)
        }
    }
}

async fn authenticate(
    worker: &Rc<Worker>,
    guard: &Guard,
    presented: &mut Presented<'_>,
    now: Timestamp,
) -> Result<Authenticated, Refusal> {
    if let Some(outcome) = session::attempt(worker, guard, presented, now).await {
        return outcome;
    }
    if let Some(outcome) = bearer::attempt(worker, guard, presented, now).await {
        return outcome;
    }
    if let Some(outcome) = key::attempt(guard, presented, now) {
        return outcome;
    }
    if let Some(outcome) = client_credentials::attempt(worker, guard, presented, now).await {
        return outcome;
    }
    Err(challenge::nothing_presented(guard))
}

/// Whether the application is registered here, and its token good for this API. Gives the API.
fn authorise(guard: &Guard, found: &Authenticated) -> Result<Arc<str>, Refusal> {
    let Authenticated {
        strategy,
        application,
        token,
        ..
    } = found;
    let Some(api) = guard.admits(application, strategy).cloned() else {
        let detail = "the application has no approved registration for this API";
        return Err(Refusal::new(Reason::NotRegistered, detail));
    };
    let Some(token) = token else { return Ok(api) };
    if !token.audience_suffices {
        let detail = "the token names none of the audiences that the strategy requires";
        return Err(Refusal::new(Reason::WrongAudience, detail)
            .challenge(challenge::insufficient_scope(strategy)));
    }
    if !token.scopes_suffice {
        let detail = "the token lacks a scope that the strategy requires";
        return Err(Refusal::new(Reason::InsufficientScope, detail)
            .challenge(challenge::insufficient_scope(strategy)));
    }
    Ok(api)
}

fn welcome(
    worker: &Worker,
    guard: &Guard,
    presented: &mut Presented<'_>,
    (found, api): (Authenticated, Arc<str>),
    now: Timestamp,
) -> Caller {
    session::hide(guard, presented.parts);
    let token = match (&found.strategy.token_header, &found.bearer) {
        (Some(name), Some(bearer)) => Some((name.clone(), bearer.clone())),
        _ => None,
    };
    // A Basic credential that went through the gateway's own exchange is not the upstream's to see,
    // once the token takes its place; with hide_credentials nothing of it passes in any case.
    if found
        .strategy
        .openid()
        .is_some_and(|openid| openid.hide_credentials)
    {
        arguments::hide(presented, &found.strategy);
        if token.as_ref().is_none_or(|(name, _)| name != AUTHORIZATION) {
            presented.parts.headers.remove(AUTHORIZATION);
        }
    }
    let cookie = worker
        .inner
        .authenticator
        .sessions
        .cookie(&found, presented.https, now);
    match &found.secret {
        Some(last) => last.note(now),
        None => found.application.note_use(&found.credential, now),
    }
    Caller {
        application: found.application,
        api,
        credential: found.credential,
        token,
        cookie,
    }
}
