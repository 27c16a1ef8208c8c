//! Step: which scopes does the token carry?

use oauth::Scopes;

use super::directory::{Granted, KnownApi};
use super::refusal::Refusal;
use super::request::Request;

/// The scopes of the token: those that were asked for, or everything that was granted.
///
/// A scope that was not granted refuses the whole request: clients that get less than they asked for
/// without a word fail later and elsewhere. `openid` passes always, as Kong's gateway sends its
/// configured scopes with every token request, `openid` among them.
///
/// # Errors
/// 403 `access_denied` "Client has not been granted scopes: …"; 400 `invalid_request` for text that
/// is no scope (RFC 6749 §3.3).
pub(super) fn decide(
    request: &Request<'_>,
    granted: &Granted,
    api: &KnownApi,
) -> Result<Scopes, Refusal> {
    let asked: Scopes = match request.parameters.get("scope") {
        None => Scopes::new(),
        Some(text) => text.parse().map_err(|error: oauth::scope::ScopeError| {
            Refusal::invalid_request(error.to_string())
        })?,
    };
    let allowed = granted.at(api);
    if asked.is_empty() {
        return Ok(allowed);
    }
    let missing: Vec<&str> = asked
        .iter()
        .filter(|scope| *scope != "openid" && !allowed.contains(scope))
        .collect();
    if missing.is_empty() {
        return Ok(asked);
    }
    Err(Refusal::access_denied(format!(
        "Client has not been granted scopes: {}",
        missing.join(" ")
    )))
}
