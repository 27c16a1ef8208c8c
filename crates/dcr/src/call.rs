//! Calls of a provider's API: patience with rate limits, and which failure is which.

use std::time::Duration;

use egress::{Egress, Request, Response};
use http::StatusCode;
use oauth::Clock;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;

use crate::port::{Error, ErrorKind};

/// How long a call waits for a rate limit to pass, all waits together. People wait for the answer.
const PATIENCE: Duration = Duration::from_secs(8);

/// The wait after a 429 that does not say how long.
const UNSTATED_WAIT: Duration = Duration::from_secs(1);

/// The waits for a provider whose parts learn of a new client one after another.
const SETTLING: [Duration; 5] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];

/// Unreserved characters of RFC 3986 §2.3 stay; all others are encoded.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// One path segment, percent-encoded.
pub(crate) fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// The way to a provider.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) egress: Egress,
    pub(crate) clock: Clock,
}

impl Caller {
    /// Sends, and sends again after a rate limit passed, within [`PATIENCE`].
    pub(crate) async fn send(&self, request: impl Fn() -> Request) -> Result<Response, Error> {
        let mut waited = Duration::ZERO;
        loop {
            let sent = self.egress.send(request()).await;
            let response = sent.map_err(|error| unanswered(&error))?;
            if response.status.is_server_error() {
                return Err(Error::new(
                    ErrorKind::Unavailable,
                    format!(
                        "the identity provider answered {}; try again later",
                        response.status
                    ),
                ));
            }
            if response.status != StatusCode::TOO_MANY_REQUESTS {
                return Ok(response);
            }
            let asked = asked_wait(&response, &self.clock);
            let wait = asked
                .unwrap_or(UNSTATED_WAIT)
                .max(Duration::from_millis(100));
            if waited + wait > PATIENCE {
                return Err(Error::new(
                    ErrorKind::RateLimited { retry_after: asked },
                    "the identity provider's rate limit is reached; try again later",
                ));
            }
            tracing::debug!(wait_ms = wait.as_millis(), "dcr.rate_limited");
            tokio::time::sleep(wait).await;
            waited += wait;
        }
    }

    /// Sends until the provider knows what was made just before, for a few seconds.
    pub(crate) async fn send_settling(
        &self,
        request: impl Fn() -> Request,
        unknown_yet: impl Fn(&Response) -> bool,
    ) -> Result<Response, Error> {
        for wait in SETTLING {
            let response = self.send(&request).await?;
            if !unknown_yet(&response) {
                return Ok(response);
            }
            tracing::debug!(wait_ms = wait.as_millis(), "dcr.not_settled_yet");
            tokio::time::sleep(wait).await;
        }
        self.send(&request).await
    }
}

fn unanswered(error: &egress::Error) -> Error {
    use egress::ErrorKind as Cause;
    let kind = match error.kind {
        Cause::InvalidRequest | Cause::Refused | Cause::Name | Cause::Tls => {
            ErrorKind::Misconfigured
        }
        Cause::Connect | Cause::Timeout | Cause::TooLarge | Cause::Protocol => {
            ErrorKind::Unavailable
        }
    };
    let message = format!("the identity provider did not answer: {error}");
    Error::new(kind, message).unsent(error.nothing_was_sent())
}

/// What a failed discovery means: nothing was asked for yet, so nothing can have had an effect.
pub(crate) fn undiscovered(error: &egress::Error) -> Error {
    use egress::ErrorKind as Cause;
    let kind = match error.kind {
        Cause::Connect | Cause::Timeout => ErrorKind::Unavailable,
        _ => ErrorKind::Misconfigured,
    };
    let message = format!("the identity provider's metadata cannot be read: {error}");
    Error::new(kind, message).unsent(true)
}

/// `Retry-After` in seconds (RFC 9110 §10.2.3), else the moment in Unix seconds of Auth0's
/// `X-RateLimit-Reset` or Okta's `X-Rate-Limit-Reset`, by the server's own clock where it says.
fn asked_wait(response: &Response, clock: &Clock) -> Option<Duration> {
    let text = |name: &str| response.headers.get(name)?.to_str().ok();
    let number = |name: &str| text(name)?.trim().parse::<i64>().ok();
    let seconds = match number("retry-after") {
        Some(seconds) => seconds,
        None => {
            let reset = number("x-ratelimit-reset").or_else(|| number("x-rate-limit-reset"))?;
            reset - server_time(response).unwrap_or_else(|| clock.now().unix_seconds())
        }
    };
    u64::try_from(seconds.max(0)).ok().map(Duration::from_secs)
}

/// The server's clock when it answered, in Unix seconds (RFC 9110 §6.6.1).
pub(crate) fn server_time(response: &Response) -> Option<i64> {
    let date = response.headers.get(http::header::DATE)?.to_str().ok()?;
    let date = httpdate::parse_http_date(date).ok()?;
    let since = date.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}

/// Reads a successful answer's JSON.
pub(crate) fn read<T: DeserializeOwned>(response: &Response) -> Result<T, Error> {
    // The parser's own message may quote the body, and a body may hold a secret.
    serde_json::from_slice(&response.body).map_err(|_| {
        Error::new(
            ErrorKind::Unavailable,
            "the identity provider's answer is not what its API promises; check the issuer",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::segment;

    #[test]
    fn an_identifier_is_one_segment() {
        assert_eq!(segment("https://api/x y"), "https%3A%2F%2Fapi%2Fx%20y");
    }
}
