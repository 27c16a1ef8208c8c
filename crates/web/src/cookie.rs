//! Reading and writing cookies.

use std::time::Duration;

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

/// When a browser sends a cookie along from another site (RFC 6265bis §5.6.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameSite {
    /// Also on links from elsewhere, not on their forms.
    Lax,
    /// Only from our own pages.
    Strict,
    /// Always; the cookie must be `Secure` then.
    None,
    /// As the browser has it for cookies that do not say.
    Unstated,
}

/// A cookie that scripts cannot read (`HttpOnly`), for this host alone (no `Domain`).
#[derive(Clone, Debug)]
pub struct Cookie<'a> {
    /// The name: a token of RFC 9110.
    pub name: &'a str,
    /// The value: base64url, digits, and `.` need no escaping; anything else is the caller's to encode.
    pub value: &'a str,
    /// The path below which it is sent.
    pub path: &'a str,
    /// How long the browser keeps it; none ends it with the browser's session, zero removes it.
    pub max_age: Option<Duration>,
    /// Whether it is sent over TLS alone.
    pub secure: bool,
    /// When it is sent along from other sites.
    pub same_site: SameSite,
}

impl<'a> Cookie<'a> {
    /// A cookie of the browser's session on every path, `SameSite=Lax`.
    #[must_use]
    pub const fn new(name: &'a str, value: &'a str, secure: bool) -> Self {
        Self {
            name,
            value,
            path: "/",
            max_age: None,
            secure,
            same_site: SameSite::Lax,
        }
    }

    /// The same cookie, kept for `max_age`.
    #[must_use]
    pub const fn lasting(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }

    /// The cookie that removes the one of this name.
    #[must_use]
    pub const fn removal(name: &'a str, secure: bool) -> Self {
        Self::new(name, "", secure).lasting(Duration::ZERO)
    }

    /// The value of `Set-Cookie`.
    ///
    /// # Panics
    /// If name, value or path hold control characters: they come from our own code, encoded.
    #[must_use]
    pub fn header(&self) -> HeaderValue {
        let mut text = format!("{}={}; Path={}; HttpOnly", self.name, self.value, self.path);
        text.push_str(match self.same_site {
            SameSite::Lax => "; SameSite=Lax",
            SameSite::Strict => "; SameSite=Strict",
            SameSite::None => "; SameSite=None",
            SameSite::Unstated => "",
        });
        if let Some(age) = self.max_age {
            text.push_str(&format!("; Max-Age={}", age.as_secs()));
        }
        if self.secure {
            text.push_str("; Secure");
        }
        HeaderValue::try_from(text).expect("cookies are made of our own, encoded text")
    }
}

/// The value of the first cookie called `name`, as sent.
#[must_use]
pub fn cookie_value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::{HeaderMap, HeaderValue};

    use super::{Cookie, cookie_value};

    #[test]
    fn a_cookie_is_out_of_reach_of_scripts_and_other_sites() {
        let header = Cookie::new("s", "v", true)
            .lasting(Duration::from_secs(60))
            .header();
        assert_eq!(
            header,
            "s=v; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure"
        );
        assert_eq!(
            Cookie::removal("s", false).header(),
            "s=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
        );
    }

    #[test]
    fn values_are_found_in_any_cookie_line() {
        let mut headers = HeaderMap::new();
        headers.append("cookie", HeaderValue::from_static("a=1; ab=2=3;;x"));
        headers.append("cookie", HeaderValue::from_static("c=4"));
        assert_eq!(cookie_value(&headers, "ab"), Some("2=3"));
        assert_eq!(cookie_value(&headers, "c"), Some("4"));
        assert_eq!(cookie_value(&headers, "x"), None);
    }
}
