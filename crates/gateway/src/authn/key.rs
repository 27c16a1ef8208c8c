//! API keys, as Kong's `key-auth` takes them.

use std::sync::Arc;

use aws_lc_rs::digest;
use oauth::Timestamp;

use super::{Authenticated, Presented, SessionStep, arguments};
use crate::config::StrategyKind;
use crate::rescue::{Reason, Refusal};
use crate::snapshot::Guard;

/// Looks for a key in the headers and arguments of the guard's `key_auth` strategies.
pub(super) fn attempt(
    guard: &Guard,
    presented: &Presented<'_>,
    now: Timestamp,
) -> Option<Result<Authenticated, Refusal>> {
    let mut outcome = None;
    for strategy in &guard.strategies {
        let StrategyKind::KeyAuth { key_names } = &strategy.kind else {
            continue;
        };
        let mut found: Vec<String> = Vec::new();
        for header in &strategy.key_headers {
            let values = presented.parts.headers.get_all(header);
            found.extend(
                values
                    .iter()
                    .filter_map(|v| Some(v.to_str().ok()?.to_owned())),
            );
        }
        for name in key_names {
            found.extend(arguments::in_query(&presented.parts.uri, name));
        }
        let refusal = match &*found {
            [] => continue,
            [key] => {
                let sha256 = hex(digest::digest(&digest::SHA256, key.as_bytes()).as_ref());
                let application = strategy.callers.by_key(&sha256);
                let key = application
                    .as_ref()
                    .and_then(|application| application.key(&sha256))
                    .filter(|key| key.expires_at.is_none_or(|end| end > now));
                if let (Some(application), Some(key)) = (&application, key) {
                    return Some(Ok(Authenticated {
                        strategy: Arc::clone(strategy),
                        application: Arc::clone(application),
                        credential: key.id.clone(),
                        secret: None,
                        token: None,
                        bearer: None,
                        session: SessionStep::Keep,
                    }));
                }
                let refusal =
                    Refusal::new(Reason::InvalidKey, "the API key is unknown or has expired");
                match &application {
                    Some(application) => refusal.of(application),
                    None => refusal,
                }
            }
            _ => Refusal::new(Reason::InvalidKey, "the request holds several API keys")
                .message("Duplicate API key found"),
        };
        outcome = Some(Err(refusal.challenge("Key")));
    }
    outcome
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| {
            [
                DIGITS[usize::from(byte >> 4)],
                DIGITS[usize::from(byte & 15)],
            ]
        })
        .map(char::from)
        .collect()
}
