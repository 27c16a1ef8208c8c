//! Redirects after a form, and the message that the next page shows once.

use aws_lc_rs::hmac;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{CACHE_CONTROL, LOCATION, SET_COOKIE};
use http::{HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};

/// How a message or a status is meant. Pages say it in words as well as in colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    /// Neither good nor bad.
    Neutral,
    /// Worth knowing.
    Info,
    /// It worked.
    Success,
    /// Needs attention.
    Warning,
    /// It failed, or destroys something.
    Danger,
}

/// A message that the next page shows, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// How it is meant.
    pub tone: Tone,
    /// What it says, in the reader's language.
    pub text: String,
    /// Where a form goes that undoes what was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<String>,
}

impl Flash {
    /// The cookie's value, signed, so that only our own words are shown as ours.
    pub(crate) fn encode(&self, key: &hmac::Key) -> String {
        let body = serde_json::to_vec(self).unwrap_or_default();
        let tag = hmac::sign(key, &message(&body));
        format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(body),
            URL_SAFE_NO_PAD.encode(tag)
        )
    }

    pub(crate) fn decode(key: &hmac::Key, value: &str) -> Option<Self> {
        let (body, tag) = value.split_once('.')?;
        let body = URL_SAFE_NO_PAD.decode(body).ok()?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        hmac::verify(key, &message(&body), &tag).ok()?;
        serde_json::from_slice(&body).ok()
    }
}

fn message(body: &[u8]) -> Vec<u8> {
    [b"flash\0", body].concat()
}

/// `303 See Other`: the answer to every form that changed something. Made by [`crate::Visitor::redirect`].
#[derive(Debug)]
#[must_use]
pub struct Redirect {
    pub(crate) location: String,
    pub(crate) cookies: Vec<HeaderValue>,
}

impl Redirect {
    /// Sets a cookie on the way.
    pub fn cookie(mut self, cookie: HeaderValue) -> Self {
        self.cookies.push(cookie);
        self
    }
}

impl IntoResponse for Redirect {
    fn into_response(self) -> Response {
        let mut response = StatusCode::SEE_OTHER.into_response();
        let headers = response.headers_mut();
        // A location we cannot write as a header leads to the start page instead.
        let location =
            HeaderValue::try_from(self.location).unwrap_or(HeaderValue::from_static("/"));
        headers.insert(LOCATION, location);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        for cookie in self.cookies {
            headers.append(SET_COOKIE, cookie);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::hmac;

    use super::{Flash, Tone};

    #[test]
    fn a_message_survives_the_cookie_and_a_forged_one_does_not() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &[1; 32]);
        let flash = Flash {
            tone: Tone::Success,
            text: "保存しました".to_owned(),
            undo: Some("/removed/1/undo".to_owned()),
        };
        let value = flash.encode(&key);
        assert_eq!(Flash::decode(&key, &value), Some(flash));
        let other = hmac::Key::new(hmac::HMAC_SHA256, &[2; 32]);
        assert_eq!(Flash::decode(&other, &value), None);
        assert_eq!(Flash::decode(&key, "e30."), None);
    }
}
