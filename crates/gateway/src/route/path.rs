//! Request paths in the one form that is matched and forwarded.

use std::borrow::Cow;

/// Brings a path to its normal form: unreserved characters unescaped, escapes in upper case,
/// `.` and `..` resolved, runs of `/` merged (RFC 3986 §6.2.2, and Kong's merging of slashes).
///
/// What is matched is what is forwarded, so that a route's prefix cannot be passed with `..` or
/// `%2e%2e`. An escaped slash (`%2F`) stays escaped: it is data, not structure.
#[must_use]
pub fn normalise(path: &str) -> Cow<'_, str> {
    if is_normal(path) {
        return Cow::Borrowed(path);
    }
    let unescaped = unescape_unreserved(path);
    let mut normal: Vec<&str> = Vec::new();
    let mut directory = false;
    for segment in unescaped.split('/') {
        directory = matches!(segment, "" | "." | "..");
        match segment {
            "" | "." => {}
            ".." => {
                normal.pop();
            }
            segment => normal.push(segment),
        }
    }
    let mut text = String::with_capacity(unescaped.len());
    for segment in &normal {
        text.push('/');
        text.push_str(segment);
    }
    if directory {
        text.push('/');
    }
    Cow::Owned(text)
}

/// Whether the path is in normal form already: the usual case, decided in one pass.
fn is_normal(path: &str) -> bool {
    let bytes = path.as_bytes();
    bytes.first() == Some(&b'/')
        && !bytes.contains(&b'%')
        && !bytes
            .windows(2)
            .any(|pair| pair[0] == b'/' && matches!(pair[1], b'/' | b'.'))
}

fn unescape_unreserved(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut text = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escape = (bytes[at] == b'%')
            .then(|| Some((hex(*bytes.get(at + 1)?)?, hex(*bytes.get(at + 2)?)?)))
            .flatten();
        if let Some((high, low)) = escape {
            let byte = high << 4 | low;
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                text.push(byte);
            } else {
                let escaped = [b'%', bytes[at + 1], bytes[at + 2]];
                text.extend(escaped.iter().map(u8::to_ascii_uppercase));
            }
            at += 3;
        } else {
            text.push(bytes[at]);
            at += 1;
        }
    }
    // Only ASCII was put in the place of ASCII, so the text is as valid as it was.
    String::from_utf8(text).unwrap_or_else(|_| path.to_owned())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

/// Where a request goes at the upstream: the service's path before what is left of the request's,
/// joined by exactly one slash (Kong's `path_handling: v0`).
#[must_use]
pub fn join(service_path: &str, rest: &str) -> String {
    let service_path = service_path.trim_end_matches('/');
    let mut path = String::with_capacity(service_path.len() + rest.len() + 1);
    path.push_str(service_path);
    if !rest.starts_with('/') && (!rest.is_empty() || service_path.is_empty()) {
        path.push('/');
    }
    path.push_str(rest);
    path
}

#[cfg(test)]
mod tests {
    use super::{join, normalise};
    use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};

    #[test]
    fn dots_and_escapes_cannot_leave_a_prefix() {
        for (given, normal) in [
            ("/weather/today", "/weather/today"),
            ("/weather/../admin", "/admin"),
            ("/weather/%2e%2E/admin", "/admin"),
            ("/weather/%2E%2e%2fadmin", "/weather/..%2Fadmin"),
            ("/weather//today/.", "/weather/today/"),
            ("/../../etc", "/etc"),
            ("/%77eather", "/weather"),
            ("/a/..", "/"),
            ("/a%2fb%zz%4", "/a%2Fb%zz%4"),
            ("/.well-known/x", "/.well-known/x"),
        ] {
            assert_eq!(normalise(given), normal, "{given}");
        }
    }

    #[test]
    fn service_path_and_rest_meet_at_one_slash() {
        for (service, rest, joined) in [
            ("", "/today", "/today"),
            ("", "", "/"),
            ("", "today", "/today"),
            ("/v1", "/today", "/v1/today"),
            ("/v1/", "/today", "/v1/today"),
            ("/v1", "", "/v1"),
            ("/v1", "today", "/v1/today"),
            ("/", "/", "/"),
        ] {
            assert_eq!(join(service, rest), joined, "{service} {rest}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn a_normal_path_stays_as_it_is(path in "/[a-z/.%2eEfF5]{0,24}") {
            let once = normalise(&path).into_owned();
            prop_assert!(once.starts_with('/'));
            prop_assert!(!once.split('/').any(|segment| segment == ".." || segment == "."));
            prop_assert_eq!(normalise(&once).into_owned(), once.clone());
        }
    }
}
