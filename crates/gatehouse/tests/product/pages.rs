//! The vendor's library for pages (`auth0-spa-js`) in a real browser: redirect, silent answers, refresh,
//! sign-out.

use axum::Router;
use axum::http::header;
use axum::response::Html;
use axum::routing::get;
use fantoccini::Locator;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::support::{Demo, workspace};

const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "Correct-horse-battery-1";
const LIBRARY: &str =
    "tests/clients/node_modules/@auth0/auth0-spa-js/dist/auth0-spa-js.production.js";

/// A web application of nothing but files, on a port of its own.
struct Site {
    origin: String,
    listener: tokio::net::TcpListener,
}

impl Site {
    async fn bind() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        Self {
            origin: format!("http://localhost:{port}"),
            listener,
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the test ends it by its handle")]
    fn serve(self, config: Value) -> tokio::task::JoinHandle<()> {
        let read = |path: &str| std::fs::read_to_string(workspace().join(path));
        let page = read("tests/clients/pages/spa.html").unwrap();
        let library = read(LIBRARY).expect("scripts/test installs the library");
        let script = ([(header::CONTENT_TYPE, "text/javascript")], library);
        let router = Router::new()
            .route("/", get(move || std::future::ready(Html(page))))
            .route("/auth0-spa-js.js", get(move || std::future::ready(script)))
            .route(
                "/config.json",
                get(move || std::future::ready(axum::Json(config))),
            );
        tokio::spawn(async move {
            let _ = axum::serve(self.listener, router).await;
        })
    }
}

/// The Management API of a running demo.
struct Management {
    issuer: String,
    token: String,
    egress: egress::Egress,
}

impl Management {
    async fn of(demo: &Demo) -> Self {
        let policy = egress::Policy {
            allow: vec!["127.0.0.0/8".parse().unwrap()],
            ..egress::Policy::default()
        };
        let egress = egress::Egress::new(policy, oauth::Clock::system());
        let issuer = demo.endpoint("issuer");
        let request = egress::Request::post(&format!("{issuer}oauth/token")).json(&json!({
            "grant_type": "client_credentials",
            "client_id": demo.saved("/management/client_id"),
            "client_secret": demo.saved("/management/client_secret"),
            "audience": format!("{issuer}api/v2/"),
        }));
        let answer: Value = egress.send(request).await.unwrap().json().unwrap();
        Self {
            token: answer["access_token"].as_str().unwrap().to_owned(),
            issuer,
            egress,
        }
    }

    async fn create(&self, path: &str, body: Value) -> Value {
        let request = egress::Request::post(&format!("{}api/v2/{path}", self.issuer))
            .bearer(&self.token.as_str().into())
            .json(&body);
        let answer = self.egress.send(request).await.unwrap();
        let body: Value = answer.json().unwrap();
        assert_eq!(answer.status, 201, "{body}");
        body
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_signs_its_user_in_renews_the_token_silently_and_signs_out() {
    let demo = tokio::task::spawn_blocking(|| Demo::start(false))
        .await
        .unwrap();
    let management = Management::of(&demo).await;
    management
        .create(
            "users",
            json!({
                "connection": "Username-Password-Authentication",
                "email": EMAIL, "password": PASSWORD, "email_verified": true
            }),
        )
        .await;
    // In a hidden frame, and with a refresh token.
    for refresh in [false, true] {
        let site = Site::bind().await;
        let origin = site.origin.clone();
        let made = management
            .create(
                "clients",
                json!({
                    "name": "Page", "app_type": "spa", "oidc_conformant": true,
                    "callbacks": [format!("{origin}/")],
                    "web_origins": [origin], "allowed_logout_urls": [format!("{origin}/")],
                    "jwt_configuration": { "alg": "RS256" }
                }),
            )
            .await;
        let tenant = demo.endpoint("issuer").replace("127.0.0.1", "localhost");
        let server = site.serve(json!({
            "domain": tenant.trim_end_matches('/'),
            "client_id": made["client_id"],
            "use_refresh_tokens": refresh,
            "scope": if refresh { "openid profile email offline_access" } else { "openid profile email" },
        }));
        walk(&origin).await;
        server.abort();
    }
}

async fn walk(origin: &str) {
    let browser = Browser::start(&["--window-size=1280,900"]).await;
    browser.client.goto(origin).await.unwrap();
    says(&browser, "nobody").await;
    act(&browser, "signIn").await;
    // The page of the tenant takes a moment, as does the way back.
    arrive(&browser, "/u/login").await;
    let field = browser
        .client
        .find(Locator::Css(
            "main [name=username], main [name=email], main [name=identifier]",
        ))
        .await
        .unwrap();
    field.send_keys(EMAIL).await.unwrap();
    browser.fill("password", PASSWORD).await;
    browser.press().await;
    says(&browser, EMAIL).await;
    let renewed = browser
        .client
        .execute_async(
            "const done = arguments[arguments.length - 1]; window.silently().then(done, (e) => done({ error: String(e) }))",
            vec![],
        )
        .await
        .unwrap();
    assert_eq!(renewed["has"], true, "{renewed}");
    assert_eq!(renewed["user"]["email"], EMAIL);
    // A reload has nothing in memory: the session at the tenant answers.
    browser.client.refresh().await.unwrap();
    says(&browser, EMAIL).await;
    act(&browser, "signOut").await;
    says(&browser, "nobody").await;
    browser.stop().await;
}

async fn act(browser: &Browser, name: &str) {
    let script = format!("window.{name}()");
    browser.client.execute(&script, vec![]).await.unwrap();
}

async fn arrive(browser: &Browser, path: &str) {
    for _ in 0..400 {
        if browser.path().await == path {
            browser.settle().await;
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("never at {path}, but at {}", browser.path().await);
}

async fn says(browser: &Browser, text: &str) {
    let mut said = String::new();
    for _ in 0..400 {
        if let Ok(place) = browser.client.find(Locator::Css("#who")).await {
            said = place.text().await.unwrap_or_default();
            if said == text {
                return;
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("the page says `{said}`, not `{text}`");
}
