//! Sessions: the token of an earlier call, sealed into a cookie.
//!
//! The cookie is the whole session; the gateway keeps nothing. It is sealed with AES-256-GCM-SIV
//! (RFC 8452) to the strategy, and holds the application and the version of its secret, so that a
//! rotation or deletion ends it. The token inside is judged like a bearer token at every request.
//! A cookie that does not open, or whose session is over, counts as absent.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{COOKIE, HeaderValue};
use http::request::Parts;
use oauth::{Entropy, Timestamp};
use serde::{Deserialize, Serialize};

use super::bearer::as_bearer;
use super::{Authenticated, Presented, SessionStep, arguments, token};
use crate::applications::Application;
use crate::config;
use crate::proxy::serve::Worker;
use crate::rescue::Refusal;
use crate::snapshot::Guard;
use crate::strategy::Strategy;

/// What browsers keep of one cookie (RFC 6265 §6.1). A session that needs more is not begun: cookies
/// cut into pieces are a way to exhaust servers (CVE-2024-24814).
const MAX_COOKIE: usize = 4096;

/// Between two writings of a cookie that is merely in use.
const TOUCH: Duration = Duration::from_secs(60);

/// The keys that seal sessions: the first seals, all open.
#[derive(Clone)]
pub struct SessionKeys(Arc<[LessSafeKey]>);

impl SessionKeys {
    /// Takes the current key and those before it, each 32 random bytes.
    #[must_use]
    pub fn new(current: [u8; 32], earlier: &[[u8; 32]]) -> Self {
        let keys = std::iter::once(&current).chain(earlier);
        Self(
            keys.filter_map(|key| UnboundKey::new(&AES_256_GCM_SIV, key).ok())
                .map(LessSafeKey::new)
                .collect(),
        )
    }

    /// Keys of this process alone: sessions end with it.
    #[must_use]
    pub fn random(entropy: &Entropy) -> Self {
        Self::new(entropy.bytes(), &[])
    }
}

/// The cookie of a session that a token began, for the next calls with the same token.
#[derive(Debug)]
pub(super) struct Begun {
    at: Timestamp,
    https: bool,
    /// As it was then: any change of it makes another cookie.
    application: Arc<Application>,
    cookie: HeaderValue,
}

/// Opens and writes session cookies.
pub(crate) struct Sessions {
    keys: SessionKeys,
    entropy: Entropy,
}

/// The content of a cookie. Times are milliseconds since 1970.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Session {
    #[serde(rename = "t")]
    token: String,
    #[serde(rename = "a")]
    application_id: String,
    #[serde(rename = "v")]
    secret_version: i64,
    #[serde(rename = "c")]
    created: Timestamp,
    #[serde(rename = "r")]
    rolled: Timestamp,
    #[serde(rename = "u")]
    used: Timestamp,
}

/// A session whose cookie was opened, and its token as the upstream gets it.
#[derive(Debug)]
pub(crate) struct Opened {
    session: Session,
    bearer: Option<HeaderValue>,
}

impl Session {
    /// Whether none of its lifetimes is over. Zero means no limit, as in Kong.
    fn lives(&self, settings: &config::Session, now: Timestamp) -> bool {
        let within = |since: Timestamp, seconds: u64| {
            seconds == 0 || now.saturating_since(since) < Duration::from_secs(seconds)
        };
        within(self.created, settings.absolute_timeout)
            && within(self.rolled, settings.rolling_timeout)
            && within(self.used, settings.idling_timeout)
    }

    /// How stale the last use that a cookie tells of may be: a part of the shortest lifetime.
    fn touch(settings: &config::Session) -> Duration {
        [
            settings.idling_timeout,
            settings.rolling_timeout,
            settings.absolute_timeout,
        ]
        .into_iter()
        .filter(|&seconds| seconds > 0)
        .map(|seconds| Duration::from_secs(seconds) / 4)
        .fold(TOUCH, Duration::min)
    }

    /// The session after this use, if its cookie needs to be written anew.
    fn touched(&self, settings: &config::Session, now: Timestamp) -> Option<Self> {
        let rolling = Duration::from_secs(settings.rolling_timeout);
        // In its last quarter a session is rolled; before that, its use is noted now and then.
        let rolls = !rolling.is_zero() && now.saturating_since(self.rolled) >= rolling / 4 * 3;
        (rolls || now.saturating_since(self.used) >= Self::touch(settings)).then(|| Self {
            rolled: if rolls { now } else { self.rolled },
            used: now,
            ..self.clone()
        })
    }
}

impl Sessions {
    pub(crate) fn new(keys: SessionKeys, entropy: Entropy) -> Self {
        Self { keys, entropy }
    }

    /// The cookie that the answer sets, if the request begins or carries on a session.
    pub(super) fn cookie(
        &self,
        found: &Authenticated,
        https: bool,
        now: Timestamp,
    ) -> Option<HeaderValue> {
        let settings = &found.strategy.openid()?.session;
        let begins = matches!(found.session, SessionStep::Begin);
        let begun = found.token.as_ref().filter(|_| begins).map(|t| &t.begun);
        // A caller that sends its token each time and keeps no cookie gets the same one for a while.
        if let Some(known) = begun.and_then(|begun| begun.load_full())
            && known.https == https
            && Arc::ptr_eq(&known.application, &found.application)
            && now.saturating_since(known.at) < Session::touch(settings)
        {
            return Some(known.cookie.clone());
        }
        let session = match &found.session {
            SessionStep::Keep => return None,
            SessionStep::Continue(opened) => opened.session.touched(settings, now)?,
            SessionStep::Begin => Session {
                token: found.bearer.as_ref()?.to_str().ok()?.get(7..)?.to_owned(),
                application_id: found.application.id.to_string(),
                secret_version: found.application.secret_version,
                created: now,
                rolled: now,
                used: now,
            },
        };
        let value = self.seal(&found.strategy, &session)?;
        let cookie = attributes(settings, &value, https, None);
        if cookie.len() > MAX_COOKIE {
            tracing::debug!("the token is too large for a session cookie; no session was begun");
            return None;
        }
        let mut cookie = HeaderValue::try_from(cookie).ok()?;
        cookie.set_sensitive(true);
        if let Some(begun) = begun {
            begun.store(Some(Arc::new(Begun {
                at: now,
                https,
                application: Arc::clone(&found.application),
                cookie: cookie.clone(),
            })));
        }
        Some(cookie)
    }

    fn seal(&self, strategy: &Strategy, session: &Session) -> Option<String> {
        let mut sealed = serde_json::to_vec(session).ok()?;
        let nonce: [u8; NONCE_LEN] = self.entropy.bytes();
        self.keys
            .0
            .first()?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(strategy.id.as_bytes()),
                &mut sealed,
            )
            .ok()?;
        sealed.splice(0..0, nonce);
        Some(URL_SAFE_NO_PAD.encode(sealed))
    }

    fn open(&self, strategy: &Strategy, cookie: &str) -> Option<Session> {
        let bytes = URL_SAFE_NO_PAD.decode(cookie).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        self.keys.0.iter().find_map(|key| {
            let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
            let mut sealed = sealed.to_vec();
            let aad = Aad::from(strategy.id.as_bytes());
            let plain = key.open_in_place(nonce, aad, &mut sealed).ok()?;
            serde_json::from_slice(plain).ok()
        })
    }
}

/// Looks for a session and judges the token in it.
pub(super) async fn attempt(
    worker: &Rc<Worker>,
    guard: &Guard,
    presented: &Presented<'_>,
    now: Timestamp,
) -> Option<Result<Authenticated, Refusal>> {
    if !presented.parts.headers.contains_key(COOKIE) {
        return None;
    }
    for strategy in guard.strategies.iter().filter(|strategy| strategy.session) {
        let settings = &strategy.openid()?.session;
        let headers = &presented.parts.headers;
        let live = arguments::in_cookies(headers, &settings.cookie_name)
            .and_then(|cookie| opened(worker, strategy, cookie))
            .filter(|opened| opened.session.lives(settings, now));
        let Some(opened) = live else { continue };
        let session = &opened.session;
        let token = match token::verified(worker, strategy, &session.token, now).await {
            Ok(token) => token,
            // Nobody can say whether the token is good: that is no reason to end the session.
            Err(bad @ token::Bad::Issuer(_)) => return Some(Err(bad.refusal(strategy))),
            Err(_) => continue,
        };
        let application = strategy.callers.by_client_id(&token.credential);
        let Some(application) = application.filter(|application| {
            *application.id == *session.application_id
                && application.secret_version == session.secret_version
        }) else {
            continue;
        };
        return Some(Ok(Authenticated {
            strategy: Arc::clone(strategy),
            application,
            credential: token.credential.clone(),
            secret: None,
            bearer: opened.bearer.clone(),
            token: Some(token),
            session: SessionStep::Continue(opened),
        }));
    }
    None
}

/// Opens a cookie, or finds it among those that this worker opened. Whether the session still lives and
/// its token still holds is judged anew each time.
fn opened(worker: &Worker, strategy: &Strategy, cookie: &str) -> Option<Arc<Opened>> {
    if cookie.len() > MAX_COOKIE {
        return None;
    }
    let key = token::cache_key(strategy, cookie);
    if let Some(known) = worker.front.sessions.get(&key) {
        return Some(known);
    }
    let sessions = &worker.inner.authenticator.sessions;
    let session = sessions.open(strategy, cookie)?;
    let bearer = as_bearer(&session.token);
    let opened = Arc::new(Opened { session, bearer });
    worker.front.sessions.put(key, &opened);
    Some(opened)
}

/// The cookie that ends the session which a refused request came with.
pub(super) fn ending(guard: &Guard, parts: &Parts) -> Option<HeaderValue> {
    guard
        .strategies
        .iter()
        .filter(|strategy| strategy.session)
        .filter_map(|strategy| Some(&strategy.openid()?.session))
        .find(|settings| arguments::in_cookies(&parts.headers, &settings.cookie_name).is_some())
        .and_then(|settings| {
            HeaderValue::try_from(attributes(settings, "", false, Some("Max-Age=0"))).ok()
        })
}

/// Takes session cookies out of the request: they are the gateway's, not the upstream's.
pub(super) fn hide(guard: &Guard, parts: &mut Parts) {
    if !parts.headers.contains_key(COOKIE) {
        return;
    }
    let names: Vec<&str> = guard
        .strategies
        .iter()
        .filter(|strategy| strategy.session)
        .filter_map(|strategy| Some(strategy.openid()?.session.cookie_name.as_str()))
        .collect();
    if names.is_empty() {
        return;
    }
    let kept: Vec<String> = parts
        .headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .map(str::trim)
        .filter(|pair| !names.contains(&pair.split('=').next().unwrap_or_default()))
        .map(str::to_owned)
        .collect();
    parts.headers.remove(COOKIE);
    if let Ok(kept) = HeaderValue::try_from(kept.join("; "))
        && !kept.is_empty()
    {
        parts.headers.insert(COOKIE, kept);
    }
}

fn attributes(settings: &config::Session, value: &str, https: bool, end: Option<&str>) -> String {
    let config::Session {
        cookie_name,
        cookie_path,
        cookie_same_site,
        ..
    } = settings;
    let mut cookie =
        format!("{cookie_name}={value}; Path={cookie_path}; SameSite={cookie_same_site}");
    if let Some(domain) = &settings.cookie_domain {
        cookie.push_str("; Domain=");
        cookie.push_str(domain);
    }
    if settings.cookie_http_only {
        cookie.push_str("; HttpOnly");
    }
    // A browser keeps `SameSite=None` only with `Secure`.
    if settings.cookie_secure.unwrap_or(https) || cookie_same_site.eq_ignore_ascii_case("none") {
        cookie.push_str("; Secure");
    }
    if let Some(end) = end {
        cookie.push_str("; ");
        cookie.push_str(end);
    }
    cookie
}
