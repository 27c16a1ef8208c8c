//! Client credentials: exchanged at the issuer's token endpoint, then known by their token.
//!
//! An exchange is found by a keyed hash of strategy, client id and secret, so that the memory holds
//! no secret and a dump of it none that can be guessed. Concurrent first calls share one exchange.
//! A refusal is shared by those who wait for it and then forgotten: a corrected secret, or one that
//! the issuer only now knows, works at once.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use http::StatusCode;
use http::header::{AUTHORIZATION, HeaderValue};
use moka::future::Cache;
use oauth::Timestamp;
use oauth::client_auth::Credentials;
use oauth::client_auth::basic::{self, BasicError};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::bearer::{as_bearer, unknown};
use super::front::CacheKey;
use super::token::{self, Bad, Token};
use super::{Authenticated, Presented, SessionStep, arguments, challenge};
use crate::applications::Application;
use crate::config::OpenidConnect;
use crate::gateway::Inner;
use crate::proxy::serve::Worker;
use crate::rescue::{Reason, Refusal};
use crate::snapshot::Guard;
use crate::strategy::Strategy;

/// The exchanges of all workers.
pub(crate) struct Exchanges {
    known: Cache<CacheKey, Arc<Exchanged>>,
    key: hmac::Key,
}

impl Exchanges {
    pub(crate) fn new(capacity: u64, key: hmac::Key) -> Self {
        Self {
            known: Cache::new(capacity),
            key,
        }
    }

    fn cache_key(&self, strategy: &Strategy, credentials: &Credentials) -> CacheKey {
        let mut hmac = hmac::Context::with_key(&self.key);
        hmac.update(&strategy.generation.to_be_bytes());
        // The length keeps `a` + `bc` apart from `ab` + `c`.
        hmac.update(&credentials.client_id.len().to_be_bytes());
        hmac.update(credentials.client_id.as_bytes());
        hmac.update(credentials.client_secret.expose_secret().as_bytes());
        let mut key = CacheKey::default();
        key.copy_from_slice(hmac.sign().as_ref());
        key
    }
}

/// The token that an issuer gave for client credentials.
pub(crate) struct Exchanged {
    token: Arc<Token>,
    bearer: HeaderValue,
    /// The epoch in which the exchange began.
    epoch: u64,
}

/// Why an exchange gave no token.
#[derive(Debug)]
enum Failed {
    /// The issuer refused the credentials, with this OAuth error code.
    Refused(String),
    /// The issuer did not answer, or not as an issuer does.
    Unavailable(String),
    /// The issuer gave something that cannot be verified.
    Bad(Bad),
}

/// Looks for client credentials and judges them.
pub(super) async fn attempt(
    worker: &Rc<Worker>,
    guard: &Guard,
    presented: &mut Presented<'_>,
    now: Timestamp,
) -> Option<Result<Authenticated, Refusal>> {
    let mut outcome: Option<Result<Authenticated, Refusal>> = None;
    for strategy in guard.strategies.iter().filter(|s| s.client_credentials) {
        let openid = strategy.openid()?;
        let judged = match find(openid, presented).await {
            Ok(Some(credentials)) => judge(worker, strategy, credentials, now).await,
            Ok(None) => continue,
            Err(refusal) => Err(refusal),
        };
        let accepted = judged.is_ok();
        outcome = Some(judged);
        if accepted {
            break;
        }
    }
    outcome.map(|outcome| {
        outcome.map_err(|refusal| {
            if refusal.reason.status() == StatusCode::UNAUTHORIZED && refusal.challenge.is_none() {
                refusal.challenge(challenge::plain(guard))
            } else {
                refusal
            }
        })
    })
}

async fn find(
    openid: &OpenidConnect,
    presented: &mut Presented<'_>,
) -> Result<Option<Credentials>, Refusal> {
    let places = &openid.client_credentials_param_type;
    let looks = |place: &str| places.iter().any(|p| p == place);
    if looks("header")
        && let Some(value) = presented.parts.headers.get(AUTHORIZATION)
    {
        match basic::for_gateway(&String::from_utf8_lossy(value.as_bytes())) {
            Ok(credentials) => return Ok(Some(credentials)),
            Err(BasicError::OtherScheme) => {}
            Err(BasicError::Malformed) => {
                let detail = "Authorization: Basic holds no pair";
                return Err(Refusal::new(Reason::InvalidClient, detail));
            }
        }
    }
    let pair = |client_id: Option<String>, secret: Option<String>| {
        Some(Credentials {
            client_id: client_id.filter(|id| !id.is_empty())?,
            client_secret: secret?.into(),
        })
    };
    if looks("query") && presented.parts.uri.query().is_some() {
        let argument = |name: &str| arguments::in_query(&presented.parts.uri, name).next();
        if let Some(found) = pair(argument("client_id"), argument("client_secret")) {
            return Ok(Some(found));
        }
    }
    if looks("body")
        && let Some(body) = arguments::read_body(presented).await?
    {
        let headers = &presented.parts.headers;
        let argument = |name: &str| arguments::in_body(headers, &body, name);
        return Ok(pair(argument("client_id"), argument("client_secret")));
    }
    Ok(None)
}

async fn judge(
    worker: &Rc<Worker>,
    strategy: &Arc<Strategy>,
    credentials: Credentials,
    now: Timestamp,
) -> Result<Authenticated, Refusal> {
    let caller = strategy.callers.by_client_id(&credentials.client_id);
    // Guessed client ids end here, not at the issuer.
    if strategy.claim_is_client_id() && caller.is_none() {
        let detail = "the client id is no application of this strategy";
        return Err(Refusal::new(Reason::UnknownApplication, detail));
    }
    let secret = caller
        .as_ref()
        .and_then(|caller| caller.secret(&credentials.client_secret));
    // Where another claim names the application, the client id proves nothing.
    let named = caller.filter(|_| strategy.claim_is_client_id());
    let exchanged = exchanged(worker, strategy, (credentials, named), now).await?;
    let mut found = authenticated(strategy, &exchanged)?;
    found.secret = secret;
    Ok(found)
}

/// The token that these credentials give, known or exchanged now; `named` is the application that a
/// refusal is counted for.
async fn exchanged(
    worker: &Rc<Worker>,
    strategy: &Arc<Strategy>,
    (credentials, named): (Credentials, Option<Arc<Application>>),
    now: Timestamp,
) -> Result<Arc<Exchanged>, Refusal> {
    let exchanges = &worker.inner.authenticator.exchanges;
    let key = exchanges.cache_key(strategy, &credentials);
    let keys = token::keys(worker, strategy, now)
        .await
        .map_err(|bad| bad.refusal(strategy))?;
    let cached = strategy.openid().is_some_and(|openid| openid.cache_tokens);
    let fresh = |exchanged: &Exchanged| {
        let application = strategy.callers.by_client_id(&exchanged.token.credential);
        exchanged.token.holds(&keys, now)
            && application.is_some_and(|a| a.secret_since <= exchanged.epoch)
    };
    if cached {
        if let Some(known) = worker.front.exchanged.get(&key) {
            if fresh(&known) {
                return Ok(known);
            }
            worker.front.exchanged.forget(&key);
        }
        if let Some(known) = exchanges.known.get(&key).await {
            if fresh(&known) {
                worker.front.exchanged.put(key, &known);
                return Ok(known);
            }
            exchanges.known.invalidate(&key).await;
        }
    }
    let made = exchange(worker, strategy, credentials, now);
    let exchanged = if cached {
        exchanges.known.try_get_with(key, made).await
    } else {
        made.await.map_err(Arc::new)
    };
    let exchanged = exchanged.map_err(|failed| {
        let refusal = refusal(strategy, &failed);
        match &named {
            Some(application) => refusal.of(application),
            None => refusal,
        }
    })?;
    if cached {
        worker.front.exchanged.put(key, &exchanged);
    }
    Ok(exchanged)
}

fn authenticated(
    strategy: &Arc<Strategy>,
    exchanged: &Exchanged,
) -> Result<Authenticated, Refusal> {
    let token = &exchanged.token;
    let application = strategy
        .callers
        .by_client_id(&token.credential)
        .ok_or_else(|| unknown(strategy))?;
    if application.secret_since > exchanged.epoch {
        let detail = "the secret was rotated while it was being exchanged";
        return Err(Refusal::new(Reason::InvalidClient, detail).of(&application));
    }
    Ok(Authenticated {
        strategy: Arc::clone(strategy),
        application,
        credential: token.credential.clone(),
        secret: None,
        token: Some(Arc::clone(token)),
        bearer: Some(exchanged.bearer.clone()),
        session: if strategy.session {
            SessionStep::Begin
        } else {
            SessionStep::Keep
        },
    })
}

/// Exchanges credentials for a token and verifies it like any other.
async fn exchange(
    worker: &Rc<Worker>,
    strategy: &Arc<Strategy>,
    credentials: Credentials,
    now: Timestamp,
) -> Result<Arc<Exchanged>, Failed> {
    // Taken first: a rotation that becomes known meanwhile must not be overlooked.
    let epoch = worker.inner.epoch();
    let (inner, asked) = (Arc::clone(&worker.inner), Arc::clone(strategy));
    // On the shared runtime: others wait for it, whatever becomes of this caller.
    let text = worker
        .shared
        .spawn(async move { ask(&inner, &asked, &credentials).await })
        .await
        .map_err(|_| Failed::Unavailable("the gateway is stopping".into()))??;
    let token = token::verified(worker, strategy, text.expose_secret(), now)
        .await
        .map_err(Failed::Bad)?;
    let bearer = as_bearer(text.expose_secret()).ok_or(Failed::Bad(Bad::NoCredential))?;
    Ok(Arc::new(Exchanged {
        token,
        bearer,
        epoch,
    }))
}

#[derive(Deserialize)]
struct Granted {
    access_token: SecretString,
}

#[derive(Deserialize)]
struct Denied {
    error: String,
}

/// Asks the issuer's token endpoint (RFC 6749 §4.4.2).
async fn ask(
    inner: &Inner,
    strategy: &Strategy,
    credentials: &Credentials,
) -> Result<SecretString, Failed> {
    let unavailable =
        |what: &str, error: &dyn std::fmt::Display| Failed::Unavailable(format!("{what}: {error}"));
    let openid = strategy
        .openid()
        .ok_or_else(|| Failed::Unavailable("the strategy has no issuer".into()))?;
    let way = inner.authenticator.way(openid);
    let metadata = way
        .issuers
        .metadata(&openid.issuer)
        .await
        .map_err(|error| unavailable("the issuer's metadata cannot be read", &error))?;
    let Some(endpoint) = &metadata.token_endpoint else {
        return Err(Failed::Unavailable(
            "the issuer names no token endpoint".into(),
        ));
    };
    let scope = openid.scopes.join(" ");
    let mut form = vec![("grant_type", "client_credentials")];
    if !scope.is_empty() {
        form.push(("scope", &scope));
    }
    let (names, values) = (
        &openid.token_post_args_names,
        &openid.token_post_args_values,
    );
    for (name, value) in names.iter().zip(values) {
        form.push((name, value));
    }
    let request = egress::Request::post(endpoint).timeout(Duration::from_secs(10));
    // RFC 8414 §2: an issuer that names no methods takes `client_secret_basic`.
    let post = metadata
        .token_endpoint_auth_methods_supported
        .as_ref()
        .is_some_and(|methods| methods.iter().any(|method| method == "client_secret_post"));
    let request = if post {
        form.push(("client_id", &credentials.client_id));
        form.push(("client_secret", credentials.client_secret.expose_secret()));
        request.form(&form)
    } else {
        request
            .basic(&credentials.client_id, &credentials.client_secret)
            .form(&form)
    };
    metrics::counter!("gateway_exchanges_total").increment(1);
    let answer = way
        .egress
        .send(request)
        .await
        .map_err(|error| unavailable("the token endpoint cannot be asked", &error))?;
    let status = answer.status;
    if status.is_success() {
        let granted: Granted = answer
            .json()
            .map_err(|_| Failed::Unavailable("the token endpoint gave no access token".into()))?;
        return Ok(granted.access_token);
    }
    if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS {
        let code = answer.json::<Denied>().map(|denied| denied.error);
        return Err(Failed::Refused(plain_code(&code.unwrap_or_default())));
    }
    Err(Failed::Unavailable(format!(
        "the token endpoint answered {status}"
    )))
}

/// An OAuth error code for the log: RFC 6749 §5.2 allows no more than these characters, and an
/// issuer's text is not ours to trust.
fn plain_code(code: &str) -> String {
    code.chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
        .take(40)
        .collect()
}

fn refusal(strategy: &Strategy, failed: &Failed) -> Refusal {
    match failed {
        Failed::Refused(code) => {
            let detail = format!("the issuer refused the client credentials: {code}");
            Refusal::new(Reason::InvalidClient, detail)
        }
        Failed::Unavailable(error) => {
            let detail = format!("client credentials cannot be exchanged: {error}");
            Refusal::new(Reason::IssuerUnavailable, detail)
        }
        Failed::Bad(Bad::Token(error)) => {
            let detail = format!(
                "the token that the issuer gave {error}; does the strategy send an audience?"
            );
            Refusal::new(Reason::InvalidClient, detail)
        }
        Failed::Bad(bad) => bad.refusal(strategy),
    }
}
