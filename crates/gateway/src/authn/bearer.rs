//! Bearer tokens (RFC 6750 §2), in the places where Kong looks for them.

use std::rc::Rc;
use std::sync::Arc;

use http::header::{AUTHORIZATION, HeaderValue};
use oauth::Timestamp;
use oauth::jose::jwt;

use super::token::{self, Bad};
use super::{Authenticated, Presented, SessionStep, arguments};
use crate::applications::Application;
use crate::config::OpenidConnect;
use crate::proxy::serve::Worker;
use crate::rescue::{Reason, Refusal};
use crate::snapshot::Guard;
use crate::strategy::Strategy;

/// Looks for a bearer token and judges it.
pub(super) async fn attempt(
    worker: &Rc<Worker>,
    guard: &Guard,
    presented: &mut Presented<'_>,
    now: Timestamp,
) -> Option<Result<Authenticated, Refusal>> {
    let mut found: Vec<(&Arc<Strategy>, Found)> = Vec::new();
    for strategy in guard.strategies.iter().filter(|strategy| strategy.bearer) {
        let openid = strategy.openid()?;
        match find(openid, presented).await {
            Ok(Some(token)) => found.push((strategy, token)),
            Ok(None) => {}
            Err(refusal) => return Some(Err(refusal)),
        }
    }
    // With several strategies the token says whose it is; that is only a choice of keys to try.
    if found.len() > 1
        && let Some(issuer) = found[0].1.text().and_then(claimed_issuer)
    {
        let takes = |strategy: &Strategy| strategy.openid().is_some_and(|o| names(o, &issuer));
        if found.iter().any(|(strategy, _)| takes(strategy)) {
            found.retain(|(strategy, _)| takes(strategy));
        }
    }
    let mut outcome = None;
    for (strategy, token) in found {
        let judged = judge(worker, strategy, &token, now).await;
        let accepted = judged.is_ok();
        outcome = Some(judged);
        if accepted {
            break;
        }
    }
    outcome
}

/// A token as it was found. In a header it stays where it is; nothing is copied.
struct Found {
    value: HeaderValue,
    start: usize,
}

impl Found {
    fn text(&self) -> Option<&str> {
        Some(self.value.to_str().ok()?.get(self.start..)?.trim())
    }
}

async fn find(
    openid: &OpenidConnect,
    presented: &mut Presented<'_>,
) -> Result<Option<Found>, Refusal> {
    let looks = |place: &str| openid.bearer_token_param_type.iter().any(|p| p == place);
    let headers = &presented.parts.headers;
    let owned = |text: &str| {
        HeaderValue::from_str(text)
            .ok()
            .map(|value| Found { value, start: 0 })
    };
    if looks("header") {
        if let Some(value) = headers.get(AUTHORIZATION)
            && value
                .as_bytes()
                .get(..7)
                .is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer "))
        {
            let value = value.clone();
            return Ok(Some(Found { value, start: 7 }));
        }
        for name in ["access-token", "x-access-token"] {
            if let Some(value) = headers.get(name) {
                let value = value.clone();
                return Ok(Some(Found { value, start: 0 }));
            }
        }
    }
    if looks("query")
        && presented.parts.uri.query().is_some()
        && let Some(token) = arguments::in_query(&presented.parts.uri, "access_token").next()
    {
        return Ok(owned(&token));
    }
    if looks("cookie")
        && let Some(token) = arguments::in_cookies(headers, "access_token")
    {
        return Ok(owned(token));
    }
    if looks("body")
        && let Some(body) = arguments::read_body(presented).await?
        && let Some(token) = arguments::in_body(&presented.parts.headers, &body, "access_token")
    {
        return Ok(owned(&token));
    }
    Ok(None)
}

/// The issuer that a token claims, before anything is verified.
fn claimed_issuer(token: &str) -> Option<String> {
    let claims = jwt::peek(token).ok()?.claims;
    Some(claims.get("iss")?.as_str()?.to_owned())
}

fn names(openid: &OpenidConnect, issuer: &str) -> bool {
    issuer.trim_end_matches('/') == openid.issuer.trim_end_matches('/')
        || openid
            .issuers_allowed
            .iter()
            .any(|allowed| allowed == issuer)
}

async fn judge(
    worker: &Rc<Worker>,
    strategy: &Arc<Strategy>,
    found: &Found,
    now: Timestamp,
) -> Result<Authenticated, Refusal> {
    let text = found.text().unwrap_or_default();
    let token = token::verified(worker, strategy, text, now)
        .await
        .map_err(|bad: Bad| {
            let expired = matches!(bad, Bad::Token(jwt::Error::Expired));
            let refusal = bad.refusal(strategy);
            match expired.then(|| whose(strategy, text)).flatten() {
                Some(application) => refusal.of(&application),
                None => refusal,
            }
        })?;
    let application = strategy
        .callers
        .by_client_id(&token.credential)
        .ok_or_else(|| unknown(strategy))?;
    let bearer = if found.start == 0 {
        as_bearer(text)
    } else {
        Some(found.value.clone())
    };
    Ok(Authenticated {
        strategy: Arc::clone(strategy),
        application,
        credential: token.credential.clone(),
        secret: None,
        token: Some(token),
        bearer,
        session: if strategy.session {
            SessionStep::Begin
        } else {
            SessionStep::Keep
        },
    })
}

/// The application of a token that has expired. Its signature holds: times are looked at after it.
fn whose(strategy: &Strategy, token: &str) -> Option<Arc<Application>> {
    let claims = jwt::peek(token).ok()?.claims;
    let credential = token::at(&claims, &strategy.openid()?.credential_claim)?;
    strategy.callers.by_client_id(credential.as_str()?)
}

/// A token as the value of `Authorization`, marked so that no log prints it.
pub(super) fn as_bearer(token: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The refusal of a genuine token whose client is no application here, or no longer.
pub(super) fn unknown(strategy: &Strategy) -> Refusal {
    let detail = "the token is genuine, and its client is no application of this strategy";
    let description = "the client is not known here";
    Refusal::new(Reason::UnknownApplication, detail)
        .challenge(super::challenge::invalid_token(strategy, description))
}
