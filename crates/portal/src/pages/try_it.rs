//! Test requests of the API reference, sent to the gateway from here.
//!
//! The gateway need not allow other origins that way, and the page may connect to nothing but the portal.
//! Only what the portal itself publishes can be reached: the caller names a version and one of its base
//! addresses by number, never a host.

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use egress::{Egress, ErrorKind, Request};
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH,
    CONTENT_SECURITY_POLICY, COOKIE, HOST, LOCATION, ORIGIN, REFERER, SET_COOKIE, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE, WWW_AUTHENTICATE,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use url::Url;

/// The header that the reference's script sends. Another site's form cannot, and its script would have to
/// ask first (Fetch, CORS-preflight).
const MARK: &str = "x-try-it";
/// The header with the cookies of the request: those of the browser are the portal's own, and stay here.
const COOKIES: &str = "x-try-it-cookie";

/// Whether the request comes from our own reference.
pub(crate) fn is_ours(headers: &HeaderMap) -> bool {
    let from_here = headers
        .get("sec-fetch-site")
        .is_none_or(|site| site.as_bytes() == b"same-origin");
    from_here && headers.contains_key(MARK)
}

/// The address below `base` that `rest` (path, with a leading `/` or empty) and `query` name; none if it
/// leads elsewhere, as `/..` would.
pub(crate) fn target(base: &str, rest: &str, query: Option<&str>) -> Option<Url> {
    let within = Url::parse(base).ok()?;
    let mut url = Url::parse(&format!("{}{rest}", base.trim_end_matches('/'))).ok()?;
    url.set_query(query);
    let below = url
        .path()
        .strip_prefix(within.path().trim_end_matches('/'))?;
    let stays = url.origin() == within.origin() && (below.is_empty() || below.starts_with('/'));
    stays.then_some(url)
}

/// Sends the request and gives back what came, made harmless on this origin: no cookies, no documents that
/// run, no dialogs of the browser.
pub(crate) async fn forward(
    egress: &Egress,
    method: Method,
    url: &Url,
    headers: &HeaderMap,
    body: Bytes,
) -> Response {
    let mut request = Request::new(method, url.as_str()).bytes(body);
    for (name, value) in headers.iter().filter(|(name, _)| travels(name)) {
        if let Ok(value) = value.to_str() {
            request = request.header(name.as_str(), value);
        }
    }
    if let Some(cookies) = headers.get(COOKIES).and_then(|value| value.to_str().ok()) {
        request = request.header(COOKIE.as_str(), cookies);
    }
    match egress.send(request).await {
        Ok(answer) => harmless(answer.status, &answer.headers, answer.body),
        Err(error) => {
            let status = match error.kind {
                ErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
                _ => StatusCode::BAD_GATEWAY,
            };
            let message = format!("the portal could not reach the gateway: {error}");
            harmless(status, &HeaderMap::new(), Bytes::from(message))
        }
    }
}

fn travels(name: &HeaderName) -> bool {
    const OURS: [HeaderName; 12] = [
        ACCEPT_ENCODING,
        CONNECTION,
        CONTENT_LENGTH,
        COOKIE,
        HOST,
        ORIGIN,
        REFERER,
        TE,
        TRAILER,
        TRANSFER_ENCODING,
        UPGRADE,
        http::header::FORWARDED,
    ];
    let text = name.as_str();
    !OURS.contains(name)
        && ![MARK, COOKIES].contains(&text)
        && !["sec-", "x-forwarded-", "proxy-", "x-real-ip", "keep-alive"]
            .iter()
            .any(|prefix| text.starts_with(prefix))
}

fn harmless(status: StatusCode, headers: &HeaderMap, body: Bytes) -> Response {
    const NEVER: [HeaderName; 9] = [
        CONNECTION,
        CONTENT_ENCODING,
        CONTENT_LENGTH,
        SET_COOKIE,
        TRAILER,
        TRANSFER_ENCODING,
        UPGRADE,
        LOCATION,
        CONTENT_SECURITY_POLICY,
    ];
    let mut response = (status, body).into_response();
    let out = response.headers_mut();
    out.clear();
    for (name, value) in headers {
        let text = name.as_str();
        if NEVER.contains(name)
            || text.starts_with("access-control-")
            || matches!(
                text,
                "clear-site-data"
                    | "strict-transport-security"
                    | "service-worker-allowed"
                    | "keep-alive"
                    | "refresh"
                    | "link"
            )
        {
            continue;
        }
        // The browser would open its own sign-in dialog over the page.
        let name = if *name == WWW_AUTHENTICATE {
            HeaderName::from_static("x-www-authenticate")
        } else {
            name.clone()
        };
        out.append(name, value.clone());
    }
    // Should the answer be opened as a page, it runs nothing and belongs to no origin.
    out.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("sandbox; default-src 'none'"),
    );
    out.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::routing::any;
    use bytes::Bytes;
    use egress::{Egress, Policy};
    use http::{HeaderMap, Method, StatusCode};
    use http_body_util::BodyExt as _;
    use oauth::Clock;

    use super::{forward, is_ours, target};

    #[test]
    fn a_request_stays_below_its_base() {
        let to = |rest: &str| target("http://g:8000/weather", rest, Some("a=1")).map(String::from);
        assert_eq!(
            to("/forecast/x").unwrap(),
            "http://g:8000/weather/forecast/x?a=1"
        );
        assert_eq!(to("").unwrap(), "http://g:8000/weather?a=1");
        for elsewhere in [
            "/../admin",
            "/%2e%2e/admin",
            "@evil.example/",
            ".evil.example/",
            "x",
            "/..;/../x",
            "\\..\\x",
        ] {
            let url = to(elsewhere);
            assert!(
                url.as_deref()
                    .is_none_or(|url| url.starts_with("http://g:8000/weather/")),
                "{url:?}"
            );
        }
        assert_eq!(
            target("http://g:8000", "@evil.example/", None).map(String::from),
            None
        );
    }

    #[test]
    fn another_site_cannot_send_requests() {
        let headers = |pairs: &[(&'static str, &str)]| {
            let mut map = HeaderMap::new();
            for (name, value) in pairs {
                map.insert(*name, value.parse().unwrap());
            }
            is_ours(&map)
        };
        assert!(headers(&[
            ("x-try-it", "1"),
            ("sec-fetch-site", "same-origin")
        ]));
        assert!(!headers(&[
            ("x-try-it", "1"),
            ("sec-fetch-site", "cross-site")
        ]));
        assert!(!headers(&[("sec-fetch-site", "same-origin")]));
    }

    #[tokio::test]
    async fn nothing_of_the_portals_travels_and_nothing_comes_back_that_runs() {
        let echo = |headers: HeaderMap| async move {
            let names: Vec<String> = headers.keys().map(ToString::to_string).collect();
            let answer = [
                ("set-cookie", "a=b"),
                ("www-authenticate", "Basic"),
                ("content-type", "text/html"),
            ];
            (StatusCode::UNAUTHORIZED, answer, names.join(" "))
        };
        let egress = Egress::new(Policy::default(), Clock::system());
        egress.mount("http://gateway.example", &Router::new().fallback(any(echo)));
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("cookie", "s=1"),
            ("authorization", "Basic x"),
            ("x-try-it", "1"),
            ("sec-fetch-mode", "cors"),
            ("accept", "*/*"),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        let url = target("http://gateway.example/w", "/a", None).unwrap();
        let answer = forward(&egress, Method::GET, &url, &headers, Bytes::new()).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        assert!(
            answer.headers().get("set-cookie").is_none()
                && answer.headers().get("www-authenticate").is_none()
        );
        assert_eq!(
            answer.headers()["content-security-policy"],
            "sandbox; default-src 'none'"
        );
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let names = String::from_utf8_lossy(&body).into_owned();
        assert!(
            names.contains("authorization") && names.contains("accept"),
            "{names}"
        );
        assert!(
            !names.contains("cookie") && !names.contains("try") && !names.contains("sec-"),
            "{names}"
        );
    }

    #[tokio::test]
    async fn cookies_that_were_entered_travel_and_those_of_the_browser_do_not() {
        let echo = |headers: HeaderMap| async move {
            let all: Vec<String> = headers
                .iter()
                .map(|(name, value)| format!("{name}={}", value.to_str().unwrap()))
                .collect();
            all.join("|")
        };
        let egress = Egress::new(Policy::default(), Clock::system());
        egress.mount("http://gateway.example", &Router::new().fallback(any(echo)));
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("cookie", "portalaccesstoken=own"),
            ("x-try-it", "1"),
            ("x-try-it-cookie", "session=abc; theme=dark"),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        let url = target("http://gateway.example/w", "/a", None).unwrap();
        let answer = forward(&egress, Method::GET, &url, &headers, Bytes::new()).await;
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let sent = String::from_utf8_lossy(&body).into_owned();
        assert!(sent.contains("cookie=session=abc; theme=dark"), "{sent}");
        assert!(!sent.contains("own") && !sent.contains("try"), "{sent}");
    }
}
