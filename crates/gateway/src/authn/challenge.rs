//! What `WWW-Authenticate` says (RFC 6750 §3, RFC 7617 §2, Kong's `Key`).

use oauth::ErrorCode;
use oauth::challenge::Challenge;

use crate::rescue::{Reason, Refusal};
use crate::snapshot::Guard;
use crate::strategy::Strategy;

/// The refusal of a request without any credential: no error code (RFC 6750 §3.1).
pub(crate) fn nothing_presented(guard: &Guard) -> Refusal {
    let challenge = plain(guard);
    let refusal = Refusal::new(Reason::NoCredential, "the request holds no credential");
    let keys_alone = guard
        .strategies
        .iter()
        .all(|strategy| strategy.openid().is_none());
    if keys_alone {
        return refusal
            .challenge(challenge)
            .message("No API key found in request");
    }
    refusal.challenge(challenge)
}

/// The challenge of a guard: the schemes that it takes, without error code.
pub(crate) fn plain(guard: &Guard) -> String {
    let bearer = guard.strategies.iter().find(|strategy| strategy.bearer);
    let basic = guard.strategies.iter().find(|s| s.client_credentials);
    let challenge = match (bearer, basic) {
        (Some(strategy), _) => Challenge::bearer(realm(strategy)),
        (None, Some(strategy)) => Challenge::basic(realm(strategy)),
        (None, None) => Challenge::scheme("Key"),
    };
    challenge.to_string()
}

/// The challenge after a bad token.
pub(crate) fn invalid_token(strategy: &Strategy, description: &str) -> String {
    Challenge::bearer(realm(strategy))
        .error(&ErrorCode::InvalidToken, description)
        .to_string()
}

/// The challenge after a good token that does not suffice.
pub(crate) fn insufficient_scope(strategy: &Strategy) -> String {
    let challenge =
        Challenge::bearer(realm(strategy)).with("error", ErrorCode::InsufficientScope.as_str());
    let scopes = strategy
        .openid()
        .map(|openid| openid.scopes_required.join(" "))
        .filter(|scopes| !scopes.is_empty());
    match scopes {
        Some(scopes) => challenge.scope(&scopes),
        None => challenge,
    }
    .to_string()
}

/// The issuer's host: it tells a caller where tokens come from.
fn realm(strategy: &Strategy) -> &str {
    strategy
        .openid()
        .and_then(|openid| openid.issuer.split_once("://"))
        .map_or("gatehouse", |(_, rest)| {
            rest.split('/').next().unwrap_or(rest)
        })
}
