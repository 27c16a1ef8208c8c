//! Redirect URIs: what may be registered, and what matches it.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// What kind of application registers (OpenID Connect Registration §2, RFC 8252).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplicationKind {
    /// Runs on a server or in a browser: `https`, and `http` on loopback for development.
    Web,
    /// Runs on the user's device: also private-use schemes with a dot, and loopback `http` on any port.
    Native,
}

/// Why a redirect URI is refused at registration. The text completes "redirect URI …".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedirectUriError {
    /// It is no absolute URI.
    #[error("must be an absolute URI, such as https://app.example.com/callback")]
    NotAbsolute,
    /// It is longer than any browser needs.
    #[error("must have at most 2048 characters")]
    TooLong,
    /// It holds a character that a browser would drop, convert or hide.
    #[error(
        "must hold printable ASCII without spaces, quotes, backslashes and angle brackets; encode others"
    )]
    Character,
    /// It has a fragment (RFC 6749 §3.1.2).
    #[error("must not have a fragment (#…)")]
    Fragment,
    /// It has a user name or password.
    #[error("must not hold a user name or password")]
    UserInfo,
    /// Its scheme runs scripts, reads files or is known to be abused.
    #[error(
        "must not use this scheme: use https, or for native applications a reverse domain name"
    )]
    Scheme,
    /// It is `http` on a host that is not this device.
    #[error("must use https unless it is on the loopback interface")]
    Insecure,
    /// Its path climbs, or hides that it climbs.
    #[error("must not have . or .. in its path, encoded or with ; behind it")]
    Traversal,
    /// It has no host.
    #[error("must have a host")]
    NoHost,
    /// It holds a wildcard in its host.
    #[error("must not have a wildcard")]
    Wildcard,
}

/// Longest redirect URI that is registered or compared.
pub const MAX_LEN: usize = 2048;

/// Checks a redirect URI that a client wants to register.
///
/// # Errors
/// [`RedirectUriError`] with the first rule that it breaks.
///
/// Source: RFC 6749 §3.1.2, RFC 9700 §2.1 and §4.1, RFC 8252 §7; CVE-2026-9086 and CVE-2026-3872 of
/// others for schemes in odd case and `..;/`.
pub fn check(uri: &str, kind: ApplicationKind) -> Result<(), RedirectUriError> {
    if uri.len() > MAX_LEN {
        return Err(RedirectUriError::TooLong);
    }
    // Before any parsing: the URL parser drops tabs and new lines, and so do browsers.
    if !uri.bytes().all(is_uri_character) {
        return Err(RedirectUriError::Character);
    }
    let url = Url::parse(uri).map_err(|_| RedirectUriError::NotAbsolute)?;
    if uri.contains('#') {
        return Err(RedirectUriError::Fragment);
    }
    if !url.username().is_empty()
        || url.password().is_some()
        || authority_and_path(uri).0.contains('@')
    {
        return Err(RedirectUriError::UserInfo);
    }
    if climbs(uri) {
        return Err(RedirectUriError::Traversal);
    }
    // Parsers repair `https:/host` and `https:///host`, each in its own way.
    if matches!(url.scheme(), "http" | "https") && authority_and_path(uri).0.is_empty() {
        return Err(RedirectUriError::NoHost);
    }
    match url.scheme() {
        "https" => check_host(&url),
        "http" if is_loopback(&url) => Ok(()),
        "http" => Err(RedirectUriError::Insecure),
        scheme => check_private_use(scheme, kind),
    }
}

/// Whether the redirect URI of a request is the registered one.
///
/// Byte by byte (RFC 9700 §2.1), except that on a loopback address over `http` any port will do
/// (RFC 8252 §7.3): a native application takes the port that it gets.
#[must_use]
pub fn matches(registered: &str, presented: &str) -> bool {
    if registered == presented {
        return presented.len() <= MAX_LEN;
    }
    without_loopback_port(registered)
        .is_some_and(|bare| without_loopback_port(presented) == Some(bare))
}

/// Whether any registered URI is the one of the request.
#[must_use]
pub fn is_registered<S: AsRef<str>>(registered: &[S], presented: &str) -> bool {
    registered
        .iter()
        .any(|uri| matches(uri.as_ref(), presented))
}

/// Printable ASCII that a URI may hold (RFC 3986 §2): no space, controls, `"<>\^`{|}`.
const fn is_uri_character(byte: u8) -> bool {
    matches!(byte, b'!'..=b'~')
        && !matches!(
            byte,
            b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}'
        )
}

fn check_host(url: &Url) -> Result<(), RedirectUriError> {
    match url.host_str() {
        None | Some("") => Err(RedirectUriError::NoHost),
        Some(host) if host.contains('*') => Err(RedirectUriError::Wildcard),
        Some(_) => Ok(()),
    }
}

/// RFC 8252 §7.1: a private-use scheme is a domain name that its owner has, reversed. So it has a dot,
/// which no scheme of browsers or operating systems has.
fn check_private_use(scheme: &str, kind: ApplicationKind) -> Result<(), RedirectUriError> {
    let reversed_domain = scheme.contains('.') && !scheme.split('.').any(str::is_empty);
    if kind == ApplicationKind::Native && reversed_domain {
        Ok(())
    } else {
        Err(RedirectUriError::Scheme)
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address == Ipv6Addr::LOCALHOST,
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// What follows the scheme: the authority, which may be absent, and the path, without the query.
fn authority_and_path(uri: &str) -> (&str, &str) {
    let rest = uri.split_once(':').map_or("", |(_, rest)| rest);
    let rest = rest.split('?').next().unwrap_or_default();
    match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", rest),
    }
}

/// Looks for `.` and `..` segments as a lenient server might see them: percent-encoded, encoded twice,
/// with path parameters behind (`..;/`), or behind an encoded slash.
fn climbs(uri: &str) -> bool {
    let mut plain = authority_and_path(uri).1.to_ascii_lowercase();
    for _ in 0..3 {
        plain = plain
            .replace("%25", "%")
            .replace("%2e", ".")
            .replace("%2f", "/")
            .replace("%5c", "/")
            .replace("%3b", ";");
    }
    let mut segments = plain.split('/');
    segments.any(|segment| matches!(segment.split(';').next(), Some("." | "..")))
}

/// The URI with the port cut out, if it is `http` on a loopback address. Names are no addresses:
/// RFC 8252 §8.3 advises against `localhost`.
fn without_loopback_port(uri: &str) -> Option<(&str, &str)> {
    if uri.len() > MAX_LEN {
        return None;
    }
    let rest = uri.strip_prefix("http://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let (host, port) = if authority.starts_with('[') {
        let (address, after) = authority.split_at(authority.find(']')? + 1);
        let port = if after.is_empty() {
            None
        } else {
            Some(after.strip_prefix(':')?)
        };
        (address, port)
    } else {
        match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        }
    };
    let numeric = port.is_none_or(|port| {
        port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
    });
    let loopback = host == "[::1]"
        || host
            .parse::<Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback());
    (numeric && loopback).then_some((host, tail))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::ApplicationKind::{Native, Web};
    use super::{RedirectUriError as E, check, matches};

    #[test]
    fn usual_redirect_uris_may_be_registered() {
        for uri in [
            "https://app.example.com/callback",
            "https://app.example.com/callback?tenant=1",
            "https://app.example.com",
            "https://xn--bcher-kva.example/cb",
            "http://localhost:3000/cb",
            "http://127.0.0.1/cb",
            "http://[::1]:8080/cb",
        ] {
            assert_eq!(check(uri, Web), Ok(()), "{uri}");
        }
        assert_eq!(check("com.example.app:/cb", Native), Ok(()));
        assert_eq!(check("com.example.app:/cb", Web), Err(E::Scheme));
        assert_eq!(check("myapp://cb", Native), Err(E::Scheme));
    }

    #[test]
    fn scripts_are_refused_in_every_spelling() {
        for uri in [
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "JAVASCRIPT://app.example.com/%0aalert(1)",
            "data:text/html,x",
            "DaTa:text/html;base64,x",
            "vbscript:x",
            "file:///etc/passwd",
            "blob:https://app.example.com/x",
            "about:blank",
            "intent://x",
            "view-source:https://app.example.com",
        ] {
            assert_eq!(check(uri, Native), Err(E::Scheme), "{uri}");
        }
        for uri in [
            " javascript:alert(1)",
            "java\tscript:alert(1)",
            "java\nscript:alert(1)",
            "\u{1}javascript:alert(1)",
            "https://app.example.com/\r\nSet-Cookie:x",
            "https://app.example.com\\@evil.example/",
            "https://bücher.example/cb",
            "https://app.example.com/<script>",
        ] {
            assert_eq!(check(uri, Native), Err(E::Character), "{uri:?}");
        }
    }

    #[test]
    fn paths_that_climb_are_refused() {
        for path in [
            "..;/evil",
            "cb/..;/x",
            "../x",
            "cb/%2e%2e/x",
            "cb/%252E%252e/x",
            "cb/..;a=b/x",
            "./cb",
            "cb%2f..%2fx",
            "cb/%2e%2e%3b/x",
            "cb/..",
            "cb%5c..%5cx",
        ] {
            let uri = format!("https://app.example.com/{path}");
            assert_eq!(check(&uri, Web), Err(E::Traversal), "{uri}");
        }
        for uri in ["com.example.app:/../a//b", "com.example.app:/a//..;/b"] {
            assert_eq!(check(uri, Native), Err(E::Traversal), "{uri}");
        }
        assert_eq!(check("com.example.app:/a//me@b", Native), Ok(()));
        for path in ["v1..2/cb", "..a/cb", "a.;b/cb", "cb?next=../x"] {
            assert_eq!(
                check(&format!("https://app.example.com/{path}"), Web),
                Ok(()),
                "{path}"
            );
        }
    }

    #[test]
    fn other_dangers_have_their_own_error() {
        assert_eq!(check("https://a.example/cb#x", Web), Err(E::Fragment));
        assert_eq!(check("https://a.example/cb#", Web), Err(E::Fragment));
        assert_eq!(
            check("https://a.example@evil.example/", Web),
            Err(E::UserInfo)
        );
        assert_eq!(check("https://@evil.example/", Web), Err(E::UserInfo));
        assert_eq!(check("http://a.example/cb", Web), Err(E::Insecure));
        assert_eq!(
            check("http://127.0.0.1.evil.example/cb", Native),
            Err(E::Insecure)
        );
        assert_eq!(check("https://*.example.com/cb", Web), Err(E::Wildcard));
        for uri in [
            "https:/a.example/",
            "https:a.example",
            "https:///a.example/",
        ] {
            assert_eq!(check(uri, Web), Err(E::NoHost), "{uri}");
        }
        assert_eq!(check("/cb", Web), Err(E::NotAbsolute));
        assert_eq!(check("//a.example/cb", Web), Err(E::NotAbsolute));
        assert_eq!(
            check(&format!("https://a.example/{}", "a".repeat(2048)), Web),
            Err(E::TooLong)
        );
    }

    #[test]
    fn a_match_is_exact_but_for_the_loopback_port() {
        assert!(matches("https://a.example/cb", "https://a.example/cb"));
        for presented in [
            "https://a.example/cb/",
            "https://a.example/CB",
            "https://A.example/cb",
            "https://a.example:443/cb",
            "https://a.example/cb?x",
            "https://a.example/cb#",
            "https://a.example/%63b",
            "http://a.example/cb",
        ] {
            assert!(!matches("https://a.example/cb", presented), "{presented}");
        }
        assert!(matches("http://127.0.0.1/cb", "http://127.0.0.1:49152/cb"));
        assert!(matches(
            "http://127.0.0.1:80/cb",
            "http://127.0.0.1:49152/cb"
        ));
        assert!(matches("http://[::1]/cb", "http://[::1]:49152/cb"));
        for presented in [
            "http://127.0.0.1:49152/other",
            "http://127.0.0.1:49152@evil.example/cb",
            "http://127.0.0.1:0/cb",
            "http://127.0.0.1:99999/cb",
            "http://127.0.0.1:/cb",
            "http://127.0.0.2:80/cb",
            "https://127.0.0.1:1/cb",
            "http://127.0.0.1:+80/cb",
        ] {
            assert!(!matches("http://127.0.0.1/cb", presented), "{presented}");
        }
        assert!(!matches(
            "http://localhost:3000/cb",
            "http://localhost:4000/cb"
        ));
        assert!(!matches("https://127.0.0.1:1/cb", "https://127.0.0.1:2/cb"));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_checks_panic(uri in any::<String>(), other in "http://[\\[\\]:.0-9a-z/@?#]{0,40}") {
            let _ = check(&uri, Native);
            let _ = check(&other, Native);
            let _ = matches(&other, &uri);
        }

        #[test]
        fn what_is_registered_matches_itself(path in "[a-z0-9/._~-]{0,60}", port in 1..65535_u16) {
            let uri = format!("http://127.0.0.1:{port}/{path}");
            prop_assert!(matches(&uri, &uri));
            let bare = format!("http://127.0.0.1/{path}");
            prop_assert!(matches(&bare, &uri));
        }
    }
}
