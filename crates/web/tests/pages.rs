//! The layer around pages, from outside.

#![expect(clippy::unwrap_used, reason = "the helpers of tests are tests too")]

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use http::header::{CONTENT_SECURITY_POLICY, LOCATION, SET_COOKIE};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use serde::Deserialize;
use tower::ServiceExt as _;
use web::components::FieldErrors;
use web::{Catalog, Form, Page, Redirect, Settings, Site, Tone, Visitor, components, html};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::new(&[]));

static DRAWN: AtomicU8 = AtomicU8::new(1);

#[derive(Deserialize)]
struct Named {
    name: String,
}

async fn show(visitor: Visitor) -> Page {
    let content = html! { (components::button("Save")) };
    let form = components::form(&visitor, "/save", &FieldErrors::new(), content);
    visitor.page("Title").main(form)
}

async fn save(visitor: Visitor, Form(named): Form<Named>) -> Redirect {
    visitor.redirect_saying("/", Tone::Success, format!("saved {}", named.name))
}

fn app(secure: bool) -> Router {
    let site = Site::new(Settings {
        name: "test",
        key: [3; 32],
        secure,
        random: Arc::new(|bytes| bytes.fill(DRAWN.fetch_add(1, Ordering::Relaxed))),
        catalog: &CATALOG,
    });
    let router = Router::new()
        .route("/", get(show))
        .route("/save", post(save))
        .route(
            "/number/{number}",
            get(|_: axum::extract::Path<u8>| async {}),
        );
    site.wrap(router)
}

async fn body(response: Response<Body>) -> String {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn browser(method: &str, path: &str) -> http::request::Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header("accept", "text/html,*/*;q=0.8")
}

fn cookies(response: &Response<Body>) -> String {
    let pairs: Vec<&str> = response
        .headers()
        .get_all(SET_COOKIE)
        .iter()
        .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
        .collect();
    pairs.join("; ")
}

fn token(page: &str) -> &str {
    let start = page.find("csrf_token\" value=\"").unwrap() + "csrf_token\" value=\"".len();
    page[start..].split('"').next().unwrap()
}

async fn send(app: &Router, cookie: &str, token: &str, extra: &[(&str, &str)]) -> Response<Body> {
    let mut request = browser("POST", "/save")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", cookie);
    for (name, value) in extra {
        request = request.header(*name, *value);
    }
    let form = format!("name=n&csrf_token={token}");
    app.clone()
        .oneshot(request.body(Body::from(form)).unwrap())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_form_is_taken_from_our_own_page_alone() {
    let app = app(false);
    let page = app
        .clone()
        .oneshot(browser("GET", "/").body(Body::empty()).unwrap())
        .await
        .unwrap();
    let cookie = cookies(&page);
    let page = body(page).await;

    let taken = send(
        &app,
        &cookie,
        token(&page),
        &[("sec-fetch-site", "same-origin")],
    )
    .await;
    assert_eq!(taken.status(), StatusCode::SEE_OTHER);
    assert_eq!(taken.headers()[LOCATION], "/");

    for (cookie, token, header) in [
        ("x=y", token(&page), None),
        (cookie.as_str(), "", None),
        (cookie.as_str(), "AAAA", None),
        (
            cookie.as_str(),
            token(&page),
            Some(("sec-fetch-site", "cross-site")),
        ),
        (
            cookie.as_str(),
            token(&page),
            Some(("origin", "https://evil.example")),
        ),
    ] {
        let extra: Vec<_> = header
            .into_iter()
            .chain([("host", "portal.example")])
            .collect();
        let refused = send(&app, cookie, token, &extra).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        assert!(body(refused).await.contains("no longer valid"));
    }
}

#[tokio::test]
async fn the_message_of_a_redirect_is_shown_once() {
    let app = app(false);
    let page = app
        .clone()
        .oneshot(browser("GET", "/").body(Body::empty()).unwrap())
        .await
        .unwrap();
    let cookie = cookies(&page);
    let page = body(page).await;
    let redirect = send(&app, &cookie, token(&page), &[]).await;
    let both = format!("{cookie}; {}", cookies(&redirect));
    let next = browser("GET", "/")
        .header("cookie", both)
        .body(Body::empty())
        .unwrap();
    let next = app.clone().oneshot(next).await.unwrap();
    assert!(
        cookies(&next).contains("test_flash="),
        "the message is taken back"
    );
    assert!(body(next).await.contains("saved n"));
}

#[tokio::test]
async fn every_page_has_the_security_headers() {
    let page = app(true)
        .oneshot(browser("GET", "/").body(Body::empty()).unwrap())
        .await
        .unwrap();
    let headers = page.headers();
    assert!(
        headers[CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap()
            .contains("script-src 'self'")
    );
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["referrer-policy"], "same-origin");
    assert_eq!(headers["cache-control"], "no-store");
    let cookie = headers[SET_COOKIE].to_str().unwrap();
    assert!(
        cookie.starts_with("__Host-test_csrf=") && cookie.ends_with("; Secure"),
        "{cookie}"
    );
}

#[tokio::test]
async fn the_language_is_asked_for_once_and_remembered() {
    let app = app(false);
    let request = browser("GET", "/?lang=ja&q=1").body(Body::empty()).unwrap();
    let page = app.clone().oneshot(request).await.unwrap();
    assert!(cookies(&page).contains("lang=ja"));
    let html = body(page).await;
    assert!(html.contains(r#"<html lang="ja">"#));
    assert!(
        html.contains(r#"href="/?q=1&amp;lang=en""#),
        "the switch keeps the rest of the address"
    );

    let remembered = browser("GET", "/")
        .header("cookie", "lang=ja")
        .header("accept-language", "en");
    let page = app
        .clone()
        .oneshot(remembered.body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert!(body(page).await.contains(r#"<html lang="ja">"#));
}

#[tokio::test]
async fn errors_are_pages_for_browsers_and_plain_for_scripts() {
    let app = app(false);
    for (path, status) in [("/nowhere", 404), ("/number/x", 400), ("/save", 405)] {
        let page = app
            .clone()
            .oneshot(browser("GET", path).body(Body::empty()).unwrap())
            .await
            .unwrap();
        assert_eq!(page.status().as_u16(), status);
        assert!(body(page).await.contains("<h1>"), "{path}");
        let plain = Request::get(path)
            .header("accept", "*/*")
            .body(Body::empty())
            .unwrap();
        let plain = app.clone().oneshot(plain).await.unwrap();
        assert!(!body(plain).await.contains("<h1>"), "{path}");
    }
}

#[tokio::test]
async fn assets_are_cached_for_ever_and_carry_no_cookie() {
    let app = app(false);
    let page = app
        .clone()
        .oneshot(browser("GET", "/").body(Body::empty()).unwrap())
        .await
        .unwrap();
    let html = body(page).await;
    let start = html.find("/assets/").unwrap();
    let path = html[start..].split('"').next().unwrap();
    let asset = app
        .oneshot(Request::get(path).body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(asset.status(), StatusCode::OK);
    assert!(
        asset.headers()["cache-control"]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
    assert!(asset.headers().get(SET_COOKIE).is_none());
}
