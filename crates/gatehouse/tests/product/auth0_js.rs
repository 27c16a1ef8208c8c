//! The vendor's older library for pages (`auth0-js`) in a real browser, over TLS and across sites: implicit
//! tokens, silent answers, passwords on the application's own page, popups, accounts.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::site::{DATABASE, Management, Site};
use crate::support::Demo;

const EMAIL: &str = "grace@example.com";
const PASSWORD: &str = "Correct-horse-battery-1";

/// A page with the library, and the browser that has it open.
struct Page {
    browser: Browser,
    origin: String,
}

impl Page {
    /// Calls one of the page's `calls` and gives what the library said: `answer`, or `error`.
    async fn call(&self, name: &str, arguments: &[&str]) -> Value {
        let script = format!(
            "const done = arguments[arguments.length - 1]; \
             window.calls.{name}(...{}).then(done, (e) => done({{ error: String(e) }}))",
            json!(arguments)
        );
        let said = self.browser.client.execute_async(&script, vec![]).await;
        said.unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    async fn answer(&self, name: &str, arguments: &[&str]) -> Value {
        let said = self.call(name, arguments).await;
        assert!(said["error"].is_null(), "{name}: {said}");
        said["answer"].clone()
    }

    /// Calls what leaves the page.
    async fn leave(&self, name: &str, arguments: &[&str]) {
        let script = format!("window.calls.{name}(...{})", json!(arguments));
        self.browser.client.execute(&script, vec![]).await.unwrap();
    }

    async fn says(&self, text: &str) {
        self.browser.says("#who", text).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_with_auth0_js_does_all_that_the_library_can() {
    let demo = tokio::task::spawn_blocking(|| Demo::start(true))
        .await
        .unwrap();
    let management = Management::of(&demo).await;
    let site = Site::bind().await;
    let origin = site.origin.clone();
    let made = management
        .create(
            "clients",
            json!({
                "name": "Older page", "app_type": "spa", "oidc_conformant": true,
                "callbacks": [format!("{origin}/"), format!("{origin}/popup")],
                "web_origins": [origin], "allowed_logout_urls": [format!("{origin}/")],
                "grant_types": ["implicit"], "cross_origin_authentication": true,
                "jwt_configuration": { "alg": "RS256" }
            }),
        )
        .await;
    let issuer = demo.endpoint("issuer");
    let config = json!({
        "domain": issuer.trim_start_matches("https://").trim_end_matches('/'),
        "client_id": made["client_id"], "connection": DATABASE,
    });
    let server = site.serve("auth0-js.html", "auth0-js/dist/auth0.min.js", config);
    let options = ["--window-size=1280,900", "--ignore-certificate-errors"];
    let browser = Browser::start_keeping_cookies_of_others(&options).await;
    let page = Page { browser, origin };
    page.browser.client.goto(&page.origin).await.unwrap();
    page.says("nobody").await;
    an_account(&page).await;
    by_redirect(&page).await;
    on_the_page_itself(&page).await;
    in_a_popup(&page).await;
    server.abort();
    page.browser.stop().await;
}

async fn an_account(page: &Page) {
    let weak = page.call("signUp", &[EMAIL, "weak"]).await;
    assert_eq!(weak["error"]["code"], "invalid_password", "{weak}");
    let made = page.answer("signUp", &[EMAIL, PASSWORD]).await;
    // The library renames `_id` and `email_verified`.
    assert!(made["Id"].is_string(), "{made}");
    assert_eq!(made["emailVerified"], false);
    let again = page.call("signUp", &[EMAIL, PASSWORD]).await;
    assert_eq!(again["error"]["code"], "invalid_signup", "{again}");
    let mailed = page.answer("changePassword", &[EMAIL]).await;
    assert!(mailed.as_str().unwrap().contains("email"), "{mailed}");
}

async fn by_redirect(page: &Page) {
    let silent = page.call("silently", &[]).await;
    assert_eq!(silent["error"]["code"], "login_required", "{silent}");
    page.leave("authorize", &[]).await;
    page.browser.sign_in(EMAIL, PASSWORD).await;
    page.says(EMAIL).await;
    let results = page.browser.client.execute("return window.results", vec![]);
    let results = results.await.unwrap();
    assert_eq!(results["appState"]["page"], "settings", "{results}");
    assert_eq!(results["tokenType"], "Bearer");
    assert!(results["expiresIn"].is_number());
    let user = page.answer("userInfo", &[]).await;
    assert_eq!(user["email"], EMAIL);
    let silent = page.answer("silently", &[]).await;
    assert_eq!(silent["idTokenPayload"]["email"], EMAIL, "{silent}");
    page.leave("signOut", &[]).await;
    page.says("nobody").await;
    let silent = page.call("silently", &[]).await;
    assert_eq!(silent["error"]["code"], "login_required", "{silent}");
}

/// The vendor's "Cross-Origin Authentication".
async fn on_the_page_itself(page: &Page) {
    let refused = page.call("signIn", &[EMAIL, "wrong"]).await;
    assert_eq!(refused["error"]["code"], "access_denied", "{refused}");
    assert_eq!(refused["error"]["description"], "Wrong email or password.");
    page.leave("signIn", &[EMAIL, PASSWORD]).await;
    page.says(EMAIL).await;
    page.leave("signOut", &[]).await;
    page.says("nobody").await;
}

async fn in_a_popup(page: &Page) {
    let signed_in = page.answer("signInApart", &[EMAIL, PASSWORD]).await;
    assert_eq!(signed_in["idTokenPayload"]["email"], EMAIL, "{signed_in}");
    // The session that began there answers at once.
    let popup = page.answer("popup", &[]).await;
    assert_eq!(popup["idTokenPayload"]["email"], EMAIL, "{popup}");
    page.leave("signOut", &[]).await;
    page.says("nobody").await;
}
