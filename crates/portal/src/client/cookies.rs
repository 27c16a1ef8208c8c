//! The session's two cookies.
//!
//! Source: Konnect Portal API 2.1.0, `POST /api/v2/developer/authenticate`. Its refresh cookie is for
//! the path `/v2/refresh`, which no longer exists; ours is for every path, because pages without
//! JavaScript renew their session as well.

use http::{HeaderMap, HeaderValue, header};
use oauth::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use web::{Cookie, SameSite, cookie_value};

use super::guard::At;
use crate::service::accounts::Tokens;

const ACCESS: &str = "portalaccesstoken";
const REFRESH: &str = "portalrefreshtoken";

pub(super) fn access(headers: &HeaderMap) -> Option<&str> {
    cookie_value(headers, ACCESS).filter(|token| !token.is_empty())
}

pub(super) fn refresh(headers: &HeaderMap) -> Option<&str> {
    cookie_value(headers, REFRESH).filter(|token| !token.is_empty())
}

/// Gives a browser its tokens.
pub(super) fn set(headers: &mut HeaderMap, at: &At, tokens: &Tokens, now: Timestamp) {
    let mut add = |name, token: &SecretString, until: Timestamp| {
        let cookie = cookie(name, token.expose_secret(), at);
        let cookie = cookie.lasting(until.saturating_since(now));
        headers.append(header::SET_COOKIE, cookie.header());
    };
    add(ACCESS, &tokens.access, tokens.access_expires_at);
    add(REFRESH, &tokens.refresh, tokens.refresh_expires_at);
}

/// Takes them away.
pub(super) fn clear(headers: &mut HeaderMap, at: &At) {
    for name in [ACCESS, REFRESH] {
        let gone: HeaderValue = cookie(name, "", at)
            .lasting(std::time::Duration::ZERO)
            .header();
        headers.append(header::SET_COOKIE, gone);
    }
}

/// A client on a domain of its own is another site, to which only `SameSite=None` cookies go.
fn cookie<'a>(name: &'a str, value: &'a str, at: &At) -> Cookie<'a> {
    let mut cookie = Cookie::new(name, value, at.secure);
    if at.secure && at.site.custom_client_domain.is_some() {
        cookie.same_site = SameSite::None;
    }
    cookie
}
