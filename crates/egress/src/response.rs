//! An answer.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use http::header::CACHE_CONTROL;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use crate::{Error, ErrorKind};

/// An answer, complete and within its bounds.
#[derive(Clone)]
pub struct Response {
    /// Its status. Anything but a failure to get an answer is an answer: a 500 as well.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Response {
    /// The body as JSON.
    ///
    /// # Errors
    /// [`ErrorKind::Protocol`] if it is something else.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|_| {
            Error::new(
                ErrorKind::Protocol,
                "the answer is not the JSON that was expected",
            )
        })
    }
}

impl Response {
    /// How long the answer may be kept (RFC 9111 §5.2.2): as it says, or `usual`, and within the bounds
    /// `(least, most)`.
    #[must_use]
    pub fn fresh_for(&self, usual: Duration, (least, most): (Duration, Duration)) -> Duration {
        let values = self.headers.get_all(CACHE_CONTROL).iter();
        let mut lifetime = usual;
        for directive in values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
        {
            let directive = directive.trim().to_ascii_lowercase();
            if matches!(directive.as_str(), "no-store" | "no-cache") {
                return least;
            }
            let seconds = directive.strip_prefix("max-age=");
            if let Some(seconds) = seconds.and_then(|text| text.parse().ok()) {
                lifetime = Duration::from_secs(seconds);
            }
        }
        lifetime.clamp(least, most)
    }
}

impl fmt::Debug for Response {
    /// Without headers and body, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// An answer whose body comes piece by piece, without a bound on its length.
pub struct StreamingResponse {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body. An error ends it.
    pub body: Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>,
}
