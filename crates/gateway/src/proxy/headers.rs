//! Which headers pass, which end here, which are ours to write.

use http::header::{
    CONNECTION, COOKIE, EXPECT, HeaderName, HeaderValue, PROXY_AUTHORIZATION, TE,
    TRANSFER_ENCODING, UPGRADE, VIA,
};
use http::{HeaderMap, Version};

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");
const X_FORWARDED_PATH: HeaderName = HeaderName::from_static("x-forwarded-path");
const X_FORWARDED_PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");
const X_REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");
/// Names each request, in its answer, upstream and in the log.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// About how many headers the gateway writes into a request: where it came from and who calls.
pub(crate) const OF_OURS: usize = 16;

/// Removes what is meant for this hop alone (RFC 9110 §7.6.1), on requests and on answers.
///
/// It runs before the gateway writes its own headers, so that `Connection: X-Consumer-ID` cannot
/// remove one of those (as in CVE-2025-48865).
pub(crate) fn end_hop(headers: &mut HeaderMap) {
    if headers.contains_key(CONNECTION) {
        let named: Vec<HeaderName> = headers
            .get_all(CONNECTION)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(|name| HeaderName::try_from(name.trim()).ok())
            .collect();
        for name in named {
            headers.remove(name);
        }
        headers.remove(CONNECTION);
    }
    for name in [KEEP_ALIVE, PROXY_CONNECTION, TE, TRANSFER_ENCODING, UPGRADE] {
        headers.remove(name);
    }
}

/// Removes what was for the gateway itself.
pub(crate) fn end_request_hop(headers: &mut HeaderMap) {
    end_hop(headers);
    headers.remove(PROXY_AUTHORIZATION);
    // The gateway itself says "100 Continue" when the upstream begins to read.
    headers.remove(EXPECT);
}

/// Removes headers by which upstreams recognise callers, however the caller spelled them: CGI-like
/// servers read `X_Consumer_ID` as `X-Consumer-ID` (CVE-2025-64484). `X-Forwarded-*` and
/// `X-Request-Id` stay if a trusted proxy sent them.
pub(crate) fn strip_impersonation(headers: &mut HeaderMap, trusted_peer: bool) {
    let forged: Vec<HeaderName> = headers
        .keys()
        .filter(|name| is_ours(name.as_str(), trusted_peer))
        .cloned()
        .collect();
    for name in forged {
        headers.remove(name);
    }
}

fn is_ours(name: &str, trusted_peer: bool) -> bool {
    let underscored = name.contains('_');
    if !underscored && !name.starts_with("x-") && name != "forwarded" {
        return false;
    }
    let dashed;
    let canonical = if underscored {
        dashed = name.replace('_', "-");
        &dashed
    } else {
        name
    };
    let identity = canonical.starts_with("x-consumer-")
        || canonical.starts_with("x-credential-")
        || canonical.starts_with("x-authenticated-")
        || canonical == "x-anonymous-consumer";
    let origin = canonical.starts_with("x-forwarded-")
        || matches!(canonical, "x-real-ip" | "x-request-id" | "forwarded");
    // The underscored twin of a header that frames or addresses the message has no honest use.
    let framing = underscored
        && matches!(
            canonical,
            "content-length" | "transfer-encoding" | "content-type"
        );
    identity || framing || (origin && (underscored || !trusted_peer))
}

/// What the gateway knows about the caller's side, written for the upstream.
pub(crate) struct Forwarded<'a> {
    pub(crate) peer: &'a HeaderValue,
    pub(crate) https: bool,
    pub(crate) port: &'a HeaderValue,
    pub(crate) host: HeaderValue,
    pub(crate) path: HeaderValue,
    /// The part of the path that was cut.
    pub(crate) prefix: Option<HeaderValue>,
    pub(crate) trusted_peer: bool,
}

impl Forwarded<'_> {
    /// Writes `X-Forwarded-*` and `X-Real-IP`. Kong appends to any caller's `X-Forwarded-For`;
    /// here only a trusted proxy's is kept, so that its first entry can be believed.
    pub(crate) fn write(self, headers: &mut HeaderMap) {
        let chain = headers
            .get(X_FORWARDED_FOR)
            .filter(|_| self.trusted_peer)
            .map(|earlier| [earlier.as_bytes(), b", ", self.peer.as_bytes()].concat())
            .and_then(|chain| HeaderValue::from_bytes(&chain).ok());
        headers.insert(X_FORWARDED_FOR, chain.unwrap_or_else(|| self.peer.clone()));
        let proto = HeaderValue::from_static(if self.https { "https" } else { "http" });
        let own = [
            (X_FORWARDED_PROTO, proto),
            (X_FORWARDED_HOST, self.host),
            (X_FORWARDED_PORT, self.port.clone()),
            (X_REAL_IP, self.peer.clone()),
        ];
        for (name, value) in own {
            if !self.trusted_peer || !headers.contains_key(&name) {
                headers.insert(name, value);
            }
        }
        headers.insert(X_FORWARDED_PATH, self.path);
        if let Some(prefix) = self.prefix {
            headers.insert(X_FORWARDED_PREFIX, prefix);
        }
    }
}

/// Makes one `Cookie` of several: HTTP/2 may cut it into pieces (RFC 9113 §8.2.3), HTTP/1.1 may not.
pub(crate) fn join_cookies(headers: &mut HeaderMap) {
    if headers.get_all(COOKIE).iter().nth(1).is_some() {
        let pieces: Vec<&[u8]> = headers
            .get_all(COOKIE)
            .iter()
            .map(HeaderValue::as_bytes)
            .collect();
        if let Ok(whole) = HeaderValue::from_bytes(&pieces.join(&b"; "[..])) {
            headers.insert(COOKIE, whole);
        }
    }
}

/// Adds this hop to `Via` (RFC 9110 §7.6.3).
pub(crate) fn add_via(headers: &mut HeaderMap, version: Version) {
    headers.append(
        VIA,
        HeaderValue::from_static(if version == Version::HTTP_2 {
            "2 gatehouse"
        } else {
            "1.1 gatehouse"
        }),
    );
}

/// Whether the request asks for another protocol on this connection, as websockets do.
pub(crate) fn asks_to_upgrade(headers: &HeaderMap, version: Version) -> Option<HeaderValue> {
    let wanted = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|token| token.trim().eq_ignore_ascii_case("upgrade"));
    (version == Version::HTTP_11 && wanted)
        .then(|| headers.get(UPGRADE).cloned())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::{end_request_hop, strip_impersonation};
    use http::{HeaderMap, HeaderName, HeaderValue};

    fn headers(list: &[(&'static str, &'static str)]) -> HeaderMap {
        list.iter()
            .map(|&(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    fn names(headers: &HeaderMap) -> Vec<&str> {
        headers.keys().map(HeaderName::as_str).collect()
    }

    #[test]
    fn headers_of_this_hop_end_here_with_all_that_connection_names() {
        let mut request = headers(&[
            ("connection", "close, X-Internal"),
            ("x-internal", "1"),
            ("te", "trailers"),
            ("keep-alive", "timeout=5"),
            ("proxy-authorization", "Basic x"),
            ("expect", "100-continue"),
            ("accept", "*/*"),
        ]);
        end_request_hop(&mut request);
        assert_eq!(names(&request), ["accept"]);
    }

    #[test]
    fn callers_cannot_name_themselves_in_any_spelling() {
        let mut request = headers(&[
            ("x-consumer-id", "1"),
            ("x_consumer_username", "1"),
            ("x-credential-identifier", "1"),
            ("x-anonymous-consumer", "true"),
            ("x-authenticated-groups", "admin"),
            ("x-authenticated_scope", "all"),
            ("x-forwarded-for", "10.0.0.1"),
            ("x_forwarded_uri", "/admin"),
            ("forwarded", "for=10.0.0.1"),
            ("x-real-ip", "10.0.0.1"),
            ("content_length", "7"),
            ("x-own", "kept"),
            ("snake_case", "kept"),
        ]);
        strip_impersonation(&mut request, false);
        let mut left = names(&request);
        left.sort_unstable();
        assert_eq!(left, ["snake_case", "x-own"]);
    }

    #[test]
    fn a_trusted_proxy_speaks_of_the_caller_but_not_of_the_consumer() {
        let mut request = headers(&[
            ("x-forwarded-for", "10.0.0.1"),
            ("x-consumer-id", "1"),
            ("x_real_ip", "2"),
        ]);
        strip_impersonation(&mut request, true);
        assert_eq!(names(&request), ["x-forwarded-for"]);
    }
}
