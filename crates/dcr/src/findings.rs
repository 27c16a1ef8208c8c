//! What a verification found, and the checks that are the same for every provider.

use egress::issuer::normalise;
use egress::{Request, Response};
use http::StatusCode;
use oauth::jose::jwt;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::call::{self, Caller};
use crate::port::{Error, Finding, Probe};
use crate::token::{ClientCredentials, Refused};

/// How far two clocks may be apart before tokens are refused for it.
const CLOCK_TOLERANCE: i64 = 60;

pub(crate) fn held(check: &str, message: impl Into<String>) -> Finding {
    Finding {
        check: check.to_owned(),
        ok: true,
        message: message.into(),
    }
}

pub(crate) fn lacking(check: &str, message: impl Into<String>) -> Finding {
    Finding {
        check: check.to_owned(),
        ok: false,
        message: message.into(),
    }
}

pub(crate) fn failed(check: &str, error: &Error) -> Finding {
    lacking(check, error.message.clone())
}

/// `held` with this sentence if the call succeeded, else what it said.
pub(crate) fn of(check: &str, outcome: &Result<(), Error>, holds: &str) -> Finding {
    match outcome {
        Ok(()) => held(check, holds),
        Err(error) => failed(check, error),
    }
}

/// A client that was made for a verification could not be removed again.
pub(crate) fn left(client_id: &str, error: &Error) -> Finding {
    lacking(
        "clean_up",
        format!(
            "the client {client_id} that was made for this check could not be removed: {error}; \
             remove it by hand"
        ),
    )
}

#[derive(Deserialize)]
struct Discovered {
    issuer: String,
    #[serde(default)]
    token_endpoint: Option<String>,
}

/// Asks for the discovery document, which gateways need (OpenID Connect Discovery 1.0 §4, RFC 8414 §3.1),
/// and compares clocks. Gives the token endpoint if all is well.
pub(crate) async fn discovery(caller: &Caller, issuer: &str) -> (Vec<Finding>, Option<String>) {
    let issuer = normalise(issuer);
    let mut findings: Vec<Finding> = connection(caller).into_iter().collect();
    let mut first = None;
    for url in addresses(&issuer) {
        let response = match caller.egress.send(Request::get(&url).idempotent()).await {
            Ok(response) => response,
            Err(error) => {
                findings.push(unreached(caller, &url, &error));
                return (findings, None);
            }
        };
        let (finding, token_endpoint) = document(&issuer, &url, &response);
        if finding.ok {
            findings.push(finding);
            findings.extend(clock(caller, call::server_time(&response)));
            return (findings, token_endpoint);
        }
        first = first.or(Some((finding, response)));
    }
    if let Some((finding, response)) = first {
        findings.push(finding);
        findings.extend(clock(caller, call::server_time(&response)));
    }
    (findings, None)
}

/// Where the document may be.
fn addresses(issuer: &str) -> Vec<String> {
    let mut addresses = vec![format!("{issuer}/.well-known/openid-configuration")];
    if let Ok(url) = url::Url::parse(issuer) {
        let origin = &url[..url::Position::BeforePath];
        let path = url.path().trim_end_matches('/');
        addresses.push(format!(
            "{origin}/.well-known/oauth-authorization-server{path}"
        ));
    }
    addresses
}

/// What was set of the way to this provider, if anything was.
fn connection(caller: &Caller) -> Option<Finding> {
    let set = caller.egress.overrides()?;
    let mut parts = vec![format!(
        "one request may take {} seconds",
        caller.egress.timeout().as_secs()
    )];
    if !set.roots.is_empty() {
        parts.push(format!(
            "{} certificate authorities of its own are trusted",
            set.roots.len()
        ));
    }
    if let Some(proxy) = &set.proxy {
        let proxy = &proxy[url::Position::BeforeHost..url::Position::AfterPort];
        parts.push(format!("it is reached through the proxy {proxy}"));
    }
    let settings = parts.join(", ");
    Some(held("connection", format!("for this provider {settings}")))
}

/// Why no document came, and which setting of the connection may mend it.
fn unreached(caller: &Caller, url: &str, error: &egress::Error) -> Finding {
    use egress::ErrorKind as Cause;
    let proxied = caller
        .egress
        .overrides()
        .is_some_and(|set| set.proxy.is_some());
    let (check, mend) = match error.kind {
        Cause::Tls => (
            "tls",
            "if its authority is your own, give that one's certificate as connection.ca_certificates \
             of this provider",
        ),
        Cause::Timeout => (
            "timeout",
            "look why it is slow, or raise connection.timeout_seconds of this provider",
        ),
        Cause::Connect if proxied => (
            "proxy",
            "correct connection.proxy of this provider, or take it away",
        ),
        _ => ("discovery", "correct the issuer"),
    };
    lacking(check, format!("{url} cannot be reached: {error}; {mend}"))
}

fn document(issuer: &str, url: &str, response: &Response) -> (Finding, Option<String>) {
    if response.status != StatusCode::OK {
        let why = format!("{url} answered {}; correct the issuer", response.status);
        return (lacking("discovery", why), None);
    }
    match serde_json::from_slice::<Discovered>(&response.body) {
        Ok(found) if normalise(&found.issuer) == issuer => {
            let holds = format!("{issuer} is an OpenID provider");
            (held("discovery", holds), found.token_endpoint)
        }
        Ok(found) => {
            let why = format!(
                "{url} belongs to the issuer {}; set the issuer to that",
                found.issuer
            );
            (lacking("discovery", why), None)
        }
        Err(_) => {
            let why = format!("{url} is not a discovery document; correct the issuer");
            (lacking("discovery", why), None)
        }
    }
}

/// Nothing to say where the server does not tell the time.
fn clock(caller: &Caller, theirs: Option<i64>) -> Option<Finding> {
    let ahead = theirs? - caller.clock.now().unix_seconds();
    if ahead.abs() <= CLOCK_TOLERANCE {
        return Some(held("clock", "its clock and this machine's agree"));
    }
    let way = if ahead > 0 { "ahead of" } else { "behind" };
    Some(lacking(
        "clock",
        format!(
            "the identity provider's clock is {} seconds {way} this machine's, so tokens may be \
             refused; set both by NTP",
            ahead.abs()
        ),
    ))
}

/// A client made for a verification, as an application would use it.
pub(crate) struct Canary<'a> {
    pub(crate) token_endpoint: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) client_secret: &'a SecretString,
    /// `client_secret_post` instead of `client_secret_basic`.
    pub(crate) post: bool,
    /// The parameter that names the audience, where the provider has one.
    pub(crate) audience: Option<&'a str>,
    /// The scopes to ask for, those left out that client credentials cannot get here.
    pub(crate) scopes: &'a [String],
    /// Where an administrator mends a refusal.
    pub(crate) mend: &'a str,
}

/// Gets a token as an application would, and looks for the claim that gateways need.
pub(crate) async fn token(caller: &Caller, canary: &Canary<'_>, probe: &Probe) -> Vec<Finding> {
    let scope = canary.scopes.join(" ");
    let with = match scope.as_str() {
        "" => String::new(),
        scope => format!(" with the scopes [{scope}]"),
    };
    let mut asks = Vec::new();
    if !scope.is_empty() {
        asks.push(("scope", scope.as_str()));
    }
    asks.extend(canary.audience.map(|audience| ("audience", audience)));
    let credentials = ClientCredentials {
        endpoint: canary.token_endpoint,
        client_id: canary.client_id,
        client_secret: canary.client_secret,
        post: canary.post,
        asks: &asks,
    };
    let granted = match credentials.exchange(caller).await {
        Err(error) => return vec![failed("token", &error)],
        Ok(Err(_)) if !probe.is_of_a_strategy() => {
            let later = "tokens are tried once an auth strategy names this provider, for the strategy's \
                         audience and with its scopes";
            return vec![held("token", later)];
        }
        Ok(Err(response)) => {
            let refused = Refused::read(&response, canary.client_secret.expose_secret());
            let why = format!(
                "a new client gets no token{with} ({}): {}; {}",
                response.status,
                refused.said(),
                canary.mend
            );
            return vec![lacking("token", why)];
        }
        Ok(Ok(granted)) => granted,
    };
    let mut findings = vec![held("token", format!("a new client gets a token{with}"))];
    if let Some(missing) = narrowed(canary.scopes, granted.scope.as_deref()) {
        findings.push(lacking(
            "scopes",
            format!(
                "a new client is not granted the scope {missing}; {}",
                canary.mend
            ),
        ));
    }
    if !probe.credential_claim.is_empty() {
        let claims = jwt::peek(granted.access_token.expose_secret());
        let claims = claims.ok().map(|token| token.claims);
        findings.push(claim(
            &probe.credential_claim,
            claims.as_ref(),
            canary.client_id,
        ));
    }
    findings
}

/// The first scope that was asked for and is not granted.
fn narrowed<'a>(asked: &'a [String], granted: Option<&str>) -> Option<&'a String> {
    let granted: Vec<&str> = granted?.split(' ').collect();
    asked
        .iter()
        .find(|scope| !granted.contains(&scope.as_str()))
}

fn claim(path: &[String], claims: Option<&Map<String, Value>>, client_id: &str) -> Finding {
    let name = path.join(".");
    let Some(claims) = claims else {
        return lacking(
            "credential_claim",
            format!(
                "the access token is opaque, so it carries no claim {name}; \
                 let the identity provider issue JWTs for this audience"
            ),
        );
    };
    let mut at = path.first().and_then(|first| claims.get(first));
    for part in path.iter().skip(1) {
        at = at.and_then(|value| value.get(part));
    }
    match at.and_then(Value::as_str) {
        Some(value) if value == client_id => held(
            "credential_claim",
            format!("tokens name their client in the claim {name}"),
        ),
        found => {
            let what = match found {
                Some(_) => format!("the claim {name} of a token is not its client's id"),
                None => format!("tokens carry no claim {name}"),
            };
            let better = claims
                .iter()
                .find(|(_, value)| value.as_str() == Some(client_id));
            let mend = match better {
                Some((better, _)) => {
                    format!("set the credential_claim of the auth strategy to {better}")
                }
                None => "add a claim with the client's id to access tokens".to_owned(),
            };
            lacking("credential_claim", format!("{what}; {mend}"))
        }
    }
}

/// Whether an issuer is an http or https URL with a host.
pub(crate) fn is_web(issuer: &str) -> bool {
    url::Url::parse(issuer)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}
