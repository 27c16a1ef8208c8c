//! The vendor's libraries for pages (`auth0-spa-js`, `auth0-react`) in a real browser: redirect, silent
//! answers, refresh, sign-out.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::site::{Management, Site};
use crate::support::Demo;

const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "Correct-horse-battery-1";
const LIBRARY: &str = "@auth0/auth0-spa-js/dist/auth0-spa-js.production.js";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_signs_its_user_in_renews_the_token_silently_and_signs_out() {
    let demo = tokio::task::spawn_blocking(|| Demo::start(false))
        .await
        .unwrap();
    let management = Management::of(&demo).await;
    management.user(EMAIL, PASSWORD).await;
    // In a hidden frame, and with a refresh token.
    for refresh in [false, true] {
        let site = Site::bind().await;
        let origin = site.origin.clone();
        let mut config = client(&demo, &management, &origin).await;
        config["use_refresh_tokens"] = json!(refresh);
        if !refresh {
            config["scope"] = json!("openid profile email");
        }
        let server = site.serve("spa.html", LIBRARY, config);
        walk(&origin).await;
        server.abort();
    }
    let site = Site::bind().await;
    let origin = site.origin.clone();
    let config = client(&demo, &management, &origin).await;
    let server = site.serve_bundled("react", config);
    members_only(&origin).await;
    server.abort();
}

/// The client of a page at `origin`, as the page wants to know it.
async fn client(demo: &Demo, management: &Management, origin: &str) -> Value {
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
    json!({
        "domain": tenant.trim_end_matches('/'),
        "client_id": made["client_id"],
        "scope": "openid profile email offline_access",
    })
}

async fn walk(origin: &str) {
    let browser = Browser::start(&["--window-size=1280,900"]).await;
    browser.client.goto(origin).await.unwrap();
    browser.says("#who", "nobody").await;
    act(&browser, "signIn").await;
    browser.sign_in(EMAIL, PASSWORD).await;
    browser.says("#who", EMAIL).await;
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
    browser.says("#who", EMAIL).await;
    act(&browser, "signOut").await;
    browser.says("#who", "nobody").await;
    browser.stop().await;
}

/// A component for members alone sends to the tenant and shows itself afterwards.
async fn members_only(origin: &str) {
    let browser = Browser::start(&["--window-size=1280,900"]).await;
    browser.client.goto(origin).await.unwrap();
    browser.says("#who", "nobody").await;
    let members = format!("{origin}/members");
    browser.client.goto(&members).await.unwrap();
    browser.sign_in(EMAIL, PASSWORD).await;
    browser.says("#who", &format!("member {EMAIL}")).await;
    let renewed = browser
        .client
        .execute_async(
            "const done = arguments[arguments.length - 1]; \
             window.auth0.getAccessTokenSilently({ cacheMode: 'off' }).then((token) => done({ token }), \
             (e) => done({ error: String(e) }))",
            vec![],
        )
        .await
        .unwrap();
    assert!(renewed["token"].is_string(), "{renewed}");
    let script = format!("window.auth0.logout({{ logoutParams: {{ returnTo: '{origin}/' }} }})");
    browser.client.execute(&script, vec![]).await.unwrap();
    browser.says("#who", "nobody").await;
    browser.client.goto(&members).await.unwrap();
    browser.arrive("/u/login").await;
    browser.stop().await;
}

async fn act(browser: &Browser, name: &str) {
    let script = format!("window.{name}()");
    browser.client.execute(&script, vec![]).await.unwrap();
}
