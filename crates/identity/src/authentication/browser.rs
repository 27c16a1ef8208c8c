//! The cookies that a browser keeps for the tenant.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use web::{Cookie, SameSite, cookie_value};

use crate::Tenant;
use crate::settings::Issuer;

/// Which browser this is: what pending requests are bound to. It says nothing about its user.
const BROWSER: &str = "did";
/// The session. Browsers that do not know `SameSite=None` get it under the second name.
///
/// Source: the vendor's "`SameSite` Cookie Attribute Changes".
const SESSION: [&str; 2] = ["auth0", "auth0_compat"];

const A_YEAR: Duration = Duration::from_secs(365 * 24 * 3600);
/// Characters of a secret: 258 bits.
const SECRET: usize = 43;

/// The browser's own id, and the cookie that tells it to a browser that had none.
pub(crate) struct Browser {
    pub(crate) id: String,
    pub(crate) cookie: Option<HeaderValue>,
}

/// Who is this? A browser that did not say gets an id.
pub(crate) fn known_or_new(tenant: &Tenant, issuer: &Issuer, headers: &HeaderMap) -> Browser {
    match known(headers) {
        Some(id) => Browser {
            id: id.to_owned(),
            cookie: None,
        },
        None => {
            let id = tenant.entropy().url_safe(SECRET);
            let cookie = cookie(BROWSER, &id, issuer).lasting(A_YEAR).header();
            Browser {
                id,
                cookie: Some(cookie),
            }
        }
    }
}

/// The id that the browser sends.
pub(crate) fn known(headers: &HeaderMap) -> Option<&str> {
    cookie_value(headers, BROWSER).filter(|id| id.len() == SECRET)
}

/// The secrets that may lead to a session. More than one cookie of a name may be there: a
/// neighbouring host may have planted one.
pub(super) fn session_tokens(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    SESSION
        .iter()
        .filter_map(|name| cookie_value(headers, name))
        .filter(|token| token.len() == SECRET)
}

pub(super) fn new_session_token(tenant: &Tenant) -> String {
    tenant.entropy().url_safe(SECRET)
}

/// The cookies of a session; `max_age` keeps them beyond the browser's end.
pub(super) fn session_cookies(
    issuer: &Issuer,
    token: &str,
    max_age: Option<Duration>,
) -> Vec<HeaderValue> {
    let mut cookies = vec![Cookie {
        max_age,
        ..cookie(SESSION[0], token, issuer)
    }];
    // Without TLS there is no `SameSite=None`, and nothing to make up for.
    if issuer.is_secure() {
        cookies.push(Cookie {
            max_age,
            same_site: SameSite::Unstated,
            ..cookie(SESSION[1], token, issuer)
        });
    }
    cookies.iter().map(Cookie::header).collect()
}

/// The cookies that end a session in the browser.
pub(super) fn no_session_cookies(issuer: &Issuer) -> Vec<HeaderValue> {
    session_cookies(issuer, "", Some(Duration::ZERO))
}

/// Pages of clients ask for silent answers in a hidden frame, and requests come by POST from
/// elsewhere: both need `SameSite=None`, which exists over TLS alone. Without TLS, silent answers
/// work for pages of the same site, such as another port of `localhost`.
fn cookie<'a>(name: &'a str, value: &'a str, issuer: &Issuer) -> Cookie<'a> {
    let secure = issuer.is_secure();
    Cookie {
        same_site: match secure {
            true => SameSite::None,
            false => SameSite::Lax,
        },
        ..Cookie::new(name, value, secure)
    }
}
