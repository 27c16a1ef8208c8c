//! Tokens: verified once, then known until they expire.
//!
//! An entry is found by SHA-256 of the strategy's generation and the whole token. It counts only
//! while the token has not expired and the issuer's keys are those that verified it; so a rotation
//! of keys or a change of the strategy's settings forgets all that was verified before. Whether
//! the application still exists and is registered is asked at every request, never cached.

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use aws_lc_rs::digest;
use moka::sync::Cache;
use oauth::Timestamp;
use oauth::jose::{Algorithm, KeySet, jwt};
use serde_json::{Map, Value};

use super::front::CacheKey;
use super::session::Begun;
use crate::config::OpenidConnect;
use crate::proxy::serve::Worker;
use crate::rescue::{Reason, Refusal};
use crate::strategy::Strategy;

/// What the gateway keeps of a verified token.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) expires: Timestamp,
    /// The value of the strategy's credential claim.
    pub(crate) credential: Box<str>,
    pub(crate) audience_suffices: bool,
    pub(crate) scopes_suffice: bool,
    keys: Arc<KeySet>,
    pub(super) begun: ArcSwapOption<Begun>,
}

impl Token {
    /// Whether the token still counts, with the keys that the issuer has now.
    pub(crate) fn holds(&self, keys: &Arc<KeySet>, now: Timestamp) -> bool {
        self.expires > now && Arc::ptr_eq(&self.keys, keys)
    }
}

/// The verified tokens of all workers.
pub(crate) struct Tokens(Cache<CacheKey, Arc<Token>>);

impl Tokens {
    pub(crate) fn new(capacity: u64) -> Self {
        Self(Cache::new(capacity))
    }
}

/// Why a token is not good.
#[derive(Debug)]
pub(crate) enum Bad {
    /// The token itself is refused.
    Token(jwt::Error),
    /// The credential claim is missing or no string.
    NoCredential,
    /// The issuer cannot be asked for its keys.
    Issuer(String),
}

impl fmt::Display for Bad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(error) => write!(f, "the token {error}"),
            Self::NoCredential => f.write_str("the token lacks the strategy's credential claim"),
            Self::Issuer(error) => write!(f, "the issuer's keys cannot be read: {error}"),
        }
    }
}

impl Bad {
    /// The refusal of a request with this token.
    pub(crate) fn refusal(&self, strategy: &Strategy) -> Refusal {
        match self {
            Self::Issuer(_) => Refusal::new(Reason::IssuerUnavailable, self.to_string()),
            Self::Token(_) | Self::NoCredential => {
                let challenge = super::challenge::invalid_token(strategy, &self.to_string());
                Refusal::new(Reason::InvalidToken, self.to_string()).challenge(challenge)
            }
        }
    }
}

/// Finds a token among those verified, or verifies it.
pub(crate) async fn verified(
    worker: &Rc<Worker>,
    strategy: &Arc<Strategy>,
    token: &str,
    now: Timestamp,
) -> Result<Arc<Token>, Bad> {
    let key = cache_key(strategy, token);
    let keys = keys(worker, strategy, now).await?;
    if let Some(known) = worker.front.tokens.get(&key) {
        if known.holds(&keys, now) {
            return Ok(known);
        }
        worker.front.tokens.forget(&key);
    }
    let shared = &worker.inner.authenticator.tokens.0;
    if let Some(known) = shared.get(&key).filter(|known| known.holds(&keys, now)) {
        worker.front.tokens.put(key, &known);
        return Ok(known);
    }
    let verified = match verify(strategy, token, &keys, now) {
        Err(Bad::Token(jwt::Error::UnknownKey { .. })) => {
            let keys = refreshed_keys(worker, strategy).await?;
            verify(strategy, token, &keys, now)
        }
        verified => verified,
    }?;
    metrics::counter!("gateway_tokens_verified_total").increment(1);
    let verified = Arc::new(verified);
    shared.insert(key, Arc::clone(&verified));
    worker.front.tokens.put(key, &verified);
    Ok(verified)
}

/// What a token, or a cookie that holds one, is found by under one state of its strategy.
pub(super) fn cache_key(strategy: &Strategy, token: &str) -> CacheKey {
    let mut sha256 = digest::Context::new(&digest::SHA256);
    sha256.update(&strategy.generation.to_be_bytes());
    sha256.update(token.as_bytes());
    let mut key = CacheKey::default();
    key.copy_from_slice(sha256.finish().as_ref());
    key
}

/// The issuer's keys: those at hand, or, once a second, what the issuer's cache says.
pub(crate) async fn keys(
    worker: &Rc<Worker>,
    strategy: &Arc<Strategy>,
    now: Timestamp,
) -> Result<Arc<KeySet>, Bad> {
    if let Some(held) = strategy.held_keys(now) {
        return Ok(held);
    }
    match ask(worker, strategy, false).await {
        Ok(keys) => Ok(keys),
        // What was good a moment ago is not forgotten because the issuer is away.
        Err(error) => strategy.last_keys().ok_or(Bad::Issuer(error)),
    }
}

/// The issuer's keys after a token named one that is not among them. The issuer's cache reads them
/// again at most every 30 seconds, however many tokens ask.
async fn refreshed_keys(worker: &Rc<Worker>, strategy: &Arc<Strategy>) -> Result<Arc<KeySet>, Bad> {
    ask(worker, strategy, true).await.map_err(Bad::Issuer)
}

/// Asks on the runtime that outlives this request and this worker, since others wait for the same.
async fn ask(
    worker: &Rc<Worker>,
    strategy: &Arc<Strategy>,
    refresh: bool,
) -> Result<Arc<KeySet>, String> {
    let (held, inner) = (Arc::clone(strategy), Arc::clone(&worker.inner));
    let asked = worker.shared.spawn(async move {
        let openid = held.openid()?;
        let issuers = &inner.authenticator.way(openid).issuers;
        Some(if refresh {
            issuers.refresh_keys(&openid.issuer).await
        } else {
            issuers.keys(&openid.issuer).await
        })
    });
    let keys = match asked.await {
        Ok(Some(Ok(keys))) => keys,
        Ok(Some(Err(error))) => return Err(error.to_string()),
        Ok(None) => return Err("the strategy has no issuer".into()),
        Err(_) => return Err("the gateway is stopping".into()),
    };
    strategy.hold_keys(&keys);
    Ok(keys)
}

/// Verifies a token by the strategy's rules. The algorithm is one that the key serves; shared
/// secrets are not accepted, whatever the token says.
fn verify(
    strategy: &Strategy,
    token: &str,
    keys: &Arc<KeySet>,
    now: Timestamp,
) -> Result<Token, Bad> {
    let Some(openid) = strategy.openid() else {
        return Err(Bad::NoCredential);
    };
    let leeway = Duration::from_secs(openid.leeway);
    let expect = jwt::Expectations {
        issuers: jwt::Accept::Anything,
        audiences: jwt::Accept::Anything,
        now,
        leeway,
        algorithms: Algorithm::ASYMMETRIC,
        require_exp: false,
        max_age: None,
        typ: None,
    };
    let claims = jwt::verify(token, keys, &expect)
        .map_err(Bad::Token)?
        .claims;
    if !issuer_is_accepted(openid, &claims) {
        return Err(Bad::Token(jwt::Error::WrongIssuer));
    }
    let credential = at(&claims, &openid.credential_claim)
        .and_then(Value::as_str)
        .ok_or(Bad::NoCredential)?;
    let expires = match claims.get("exp").and_then(Value::as_f64) {
        #[expect(clippy::cast_possible_truncation, reason = "seconds since 1970 fit")]
        Some(exp) => Timestamp::from_unix_seconds(exp as i64) + leeway,
        None => now + Duration::from_secs(openid.cache_ttl),
    };
    Ok(Token {
        expires,
        credential: credential.into(),
        audience_suffices: suffices(&claims, &openid.audience_claim, &openid.audience_required),
        scopes_suffice: suffices(&claims, &openid.scopes_claim, &openid.scopes_required),
        keys: Arc::clone(keys),
        begun: ArcSwapOption::empty(),
    })
}

/// The strategy's own issuer, written with or without its last slash, or one that it allows.
fn issuer_is_accepted(openid: &OpenidConnect, claims: &Map<String, Value>) -> bool {
    let Some(issuer) = claims.get("iss").and_then(Value::as_str) else {
        return false;
    };
    let own = openid.issuer.trim_end_matches('/');
    issuer == own
        || issuer.strip_suffix('/') == Some(own)
        || openid
            .issuers_allowed
            .iter()
            .any(|allowed| allowed == issuer)
}

/// The claim at this path.
pub(super) fn at<'a>(claims: &'a Map<String, Value>, path: &[String]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    rest.iter()
        .try_fold(claims.get(first)?, |value, member| value.get(member))
}

/// Whether the claim holds all words of one of the required entries. Nothing required suffices.
fn suffices(claims: &Map<String, Value>, path: &[String], required: &[String]) -> bool {
    if required.is_empty() {
        return true;
    }
    let held: Vec<&str> = match at(claims, path) {
        Some(Value::String(text)) => text.split(' ').collect(),
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    required.iter().any(|entry| {
        let mut words = entry.split_whitespace().peekable();
        words.peek().is_some() && words.all(|word| held.contains(&word))
    })
}

#[cfg(test)]
mod tests {
    use super::suffices;
    use serde_json::{Map, Value, json};

    fn claims(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn entries_are_alternatives_and_words_are_all_needed() {
        let claims = claims(json!({ "scope": "read write", "aud": ["a", "b"], "x": { "y": "z" } }));
        let check = |path: &[&str], required: &[&str]| {
            let own = |list: &[&str]| list.iter().map(|&s| s.to_owned()).collect::<Vec<_>>();
            suffices(&claims, &own(path), &own(required))
        };
        assert!(check(&["scope"], &[]));
        assert!(check(&["scope"], &["read"]));
        assert!(check(&["scope"], &["admin", "write read"]));
        assert!(!check(&["scope"], &["read admin"]));
        assert!(!check(&["scope"], &[""]));
        assert!(check(&["aud"], &["b"]));
        assert!(!check(&["aud"], &["c"]));
        assert!(check(&["x", "y"], &["z"]));
        assert!(!check(&["none"], &["z"]));
    }
}
