//! The vendor's library for pages (`auth0-spa-js`) in a real browser: redirect, silent answers, refresh,
//! sign-out.

use serde_json::json;

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
        let config = json!({
            "domain": tenant.trim_end_matches('/'),
            "client_id": made["client_id"],
            "use_refresh_tokens": refresh,
            "scope": if refresh { "openid profile email offline_access" } else { "openid profile email" },
        });
        let server = site.serve("spa.html", LIBRARY, config);
        walk(&origin).await;
        server.abort();
    }
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

async fn act(browser: &Browser, name: &str) {
    let script = format!("window.{name}()");
    browser.client.execute(&script, vec![]).await.unwrap();
}
