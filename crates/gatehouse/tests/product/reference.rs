//! The API reference in a real browser: read with scripts and without, and requests tried with a developer's
//! own credentials.

use std::time::Duration;

use egress::Request;
use fantoccini::Locator;
use http::Method;
use serde_json::{Value, json};

use crate::browser::{Browser, SCREENS, register_by_hand};
use crate::support::{Demo, workspace};

/// The second language in the second mode, neither narrow nor wide.
const JAPANESE_DARK: (&str, &[&str]) = (
    "japanese-dark",
    &[
        "--window-size=1000,900",
        "--accept-lang=ja",
        "--lang=ja",
        "--blink-settings=preferredColorScheme=0",
    ],
);

/// The most that the scripts of a page may weigh.
const SCRIPTS: u64 = 100 << 10;

async fn demo() -> Demo {
    tokio::task::spawn_blocking(|| Demo::start(false))
        .await
        .unwrap()
}

async fn at_the_portal(demo: &Demo, browser: &Browser, path: &str) {
    let portal = demo.endpoint("portal");
    let address = format!("{}{path}", portal.trim_end_matches('/'));
    browser.client.goto(&address).await.unwrap();
}

async fn sign_in(demo: &Demo, browser: &Browser) {
    at_the_portal(demo, browser, "/login").await;
    for name in ["email", "password"] {
        let saved = demo.saved(&format!("/portal/developer/{name}"));
        browser.fill(name, &saved).await;
    }
    browser.submit().await;
}

/// Opens the reference from the start page, as a reader finds it.
async fn open(demo: &Demo, browser: &Browser) {
    at_the_portal(demo, browser, "/").await;
    browser.follow("main a[href*=\"/products/\"]").await;
    browser.follow("main a[href$=\"/reference\"]").await;
}

/// Puts another document in the place of the demo's.
async fn replace_document(demo: &Demo, content: &str) {
    let egress = demo.egress();
    let platform = demo.endpoint("platform");
    let token = demo.saved("/platform_token");
    let version = demo.saved("/product_version_id");
    let send = async |request: Request| -> Value {
        let request = request.bearer(&token.as_str().into());
        let answer = egress.send(request).await.unwrap();
        assert!(answer.status.is_success(), "{}", answer.status);
        answer.json().unwrap()
    };
    let base = format!("{}/v2/api-products", platform.trim_end_matches('/'));
    let products = send(Request::get(&base)).await;
    let product = products["data"][0]["id"].as_str().unwrap();
    let base = format!("{base}/{product}/product-versions/{version}/specifications");
    let all = send(Request::get(&base)).await;
    let id = all["data"][0]["id"].as_str().unwrap();
    let body = json!({ "content": content });
    send(Request::new(Method::PATCH, &format!("{base}/{id}")).json(&body)).await;
}

impl Browser {
    /// Writes into the field with this id.
    async fn enter(&self, id: &str, text: &str) {
        let field = self.client.find(Locator::Id(id)).await;
        let field = field.unwrap_or_else(|e| panic!("no #{id}: {e}"));
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Sends the request of the page's form, by keyboard, and gives what the page then says of the answer.
    async fn try_it(&self) -> (String, String) {
        let clear = "document.querySelector('[data-status]').textContent = ''";
        self.client.execute(clear, vec![]).await.unwrap();
        let button = Locator::Css(".try-it form button[type=submit]");
        let button = self.client.find(button).await.unwrap();
        button.send_keys("\u{e007}").await.unwrap();
        for _ in 0..400 {
            let status = self.said("[data-status]").await;
            if !status.is_empty() {
                return (status, self.said("[data-text]").await);
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("nothing is said of the answer");
    }

    /// What stands in the field with this id.
    async fn entered(&self, id: &str) -> String {
        let field = self.client.find(Locator::Id(id)).await.unwrap();
        field.prop("value").await.unwrap().unwrap_or_default()
    }

    async fn said(&self, css: &str) -> String {
        let found = self.client.find(Locator::Css(css)).await;
        found
            .unwrap_or_else(|e| panic!("no {css}: {e}"))
            .text()
            .await
            .unwrap()
    }

    /// Opens what a summary hides, by keyboard.
    async fn unfold(&self, css: &str) {
        let summary = self.client.find(Locator::Css(css)).await.unwrap();
        summary.send_keys("\u{e007}").await.unwrap();
    }

    /// How much the scripts of this page weigh, unpacked.
    async fn scripts_weigh(&self) -> u64 {
        let sum = "return performance.getEntriesByType('resource').filter((one) => one.initiatorType === 'script') \
                   .reduce((sum, one) => sum + one.decodedBodySize, 0)";
        self.client
            .execute(sum, vec![])
            .await
            .unwrap()
            .as_u64()
            .unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_developer_reads_the_reference_and_tries_a_request_with_credentials_of_their_own() {
    let demo = demo().await;
    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    sign_in(&demo, &browser).await;
    at_the_portal(&demo, &browser, "/my-apps/new").await;
    browser.fill("name", "Kobe station").await;
    browser.submit().await;
    let id = browser.value_of("client-id").await;
    let secret = browser.value_of("client-secret").await;

    open(&demo, &browser).await;
    browser.look_closely("reference").await;
    let weight = browser.scripts_weigh().await;
    assert!(weight > 0 && weight < SCRIPTS, "{weight} bytes of scripts");
    browser.follow("main .operation-list a").await;
    assert!(
        browser
            .path()
            .await
            .ends_with("/reference/operations/getForecast")
    );
    let operation = browser.client.current_url().await.unwrap();
    let text = browser.text().await;
    for told in [
        "/forecast",
        "How many days to look ahead.",
        "At most: 7",
        "Forecast",
        "curl ",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    browser.look_closely("reference-operation").await;

    // Known, but not registered; then registered; then with a wrong secret.
    browser.enter("try-id-0", &id).await;
    browser.enter("try-secret-0", &secret).await;
    browser.enter("try-1", "2").await;
    let (status, _) = browser.try_it().await;
    assert!(status.starts_with("403"), "{status}");
    register_by_hand(&browser, &demo.endpoint("portal")).await;
    browser.client.goto(operation.as_str()).await.unwrap();
    browser.enter("try-id-0", &id).await;
    browser.enter("try-secret-0", &secret).await;
    browser.enter("try-0", "Ōsaka & Kobe").await;
    browser.enter("try-1", "2").await;
    let (status, answer) = browser.try_it().await;
    assert!(
        status.starts_with("200") && status.contains(" ms "),
        "{status}"
    );
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["place"], "Ōsaka & Kobe");
    assert_eq!(answer["days"].as_array().unwrap().len(), 2, "{answer}");
    browser.look_closely("reference-tried").await;

    let kept = "return location.href + JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.cookie";
    let kept = browser.client.execute(kept, vec![]).await.unwrap();
    assert!(!kept.as_str().unwrap().contains(&secret), "{kept}");
    browser.enter("try-secret-0", "not-it").await;
    let (status, _) = browser.try_it().await;
    assert!(status.starts_with("401"), "{status}");

    // Whoever is signed out is told so, and not shown the sign-in page as an answer.
    browser.client.delete_all_cookies().await.unwrap();
    let (status, answer) = browser.try_it().await;
    assert!(
        status.contains("signed out") && answer.is_empty(),
        "{status} {answer}"
    );
    browser.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_is_read_and_searched_without_scripts() {
    let demo = demo().await;
    let browser = Browser::start_without_scripts(&["--window-size=1440,1000"]).await;
    sign_in(&demo, &browser).await;
    open(&demo, &browser).await;
    browser.look_closely("reference-without-scripts").await;
    browser.enter("filter-beside", "forecast\u{e007}").await;
    browser.arrive(&browser.path().await).await;
    let text = browser.text().await;
    assert!(
        text.contains("One operation found for “forecast”."),
        "{text}"
    );
    browser.follow("main .operation-list a").await;
    let text = browser.text().await;
    for told in [
        "needs JavaScript",
        "curl ",
        "CLIENT_ID:CLIENT_SECRET",
        "In the query",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    let form = browser
        .client
        .find(Locator::Css("form[data-try]"))
        .await
        .unwrap();
    assert!(!form.is_displayed().await.unwrap());
    browser
        .look_closely("reference-operation-without-scripts")
        .await;
    browser.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_reference_holds_in_both_languages_and_modes_from_phone_to_wide() {
    let demo = demo().await;
    let file = workspace().join("crates/portal/tests/specs/portal-management-v3.yaml");
    replace_document(&demo, &std::fs::read_to_string(file).unwrap()).await;
    for (name, options) in SCREENS.into_iter().chain([JAPANESE_DARK]) {
        let browser = Browser::start(options).await;
        sign_in(&demo, &browser).await;
        open(&demo, &browser).await;
        browser.look_closely(&format!("{name}-reference")).await;
        let base = browser.path().await;
        for (page, path) in [
            ("list", "operations/list-portals"),
            ("make", "operations/create-portal"),
            ("schema", "schemas/PortalDeveloper"),
        ] {
            at_the_portal(&demo, &browser, &format!("{base}/{path}")).await;
            assert!(
                !browser.said(".reference-main h2").await.is_empty(),
                "{path}"
            );
            browser
                .look_closely(&format!("{name}-reference-{page}"))
                .await;
        }
        if name == "phone" {
            browser.unfold(".reference-menu > details > summary").await;
            browser.enter("filter-menu", "asset").await;
            let shown = "return [...document.querySelectorAll('.reference-menu li')].filter((one) => one.checkVisibility()).length";
            let shown = browser.client.execute(shown, vec![]).await.unwrap();
            assert!((1..20).contains(&shown.as_u64().unwrap()), "{shown}");
            browser.look_closely("phone-reference-menu").await;
        }
        if name == "japanese" {
            carry_credentials(&demo, &browser, &base).await;
        }
        browser.stop().await;
    }
}

/// What was entered as credentials goes along from operation to operation, and is gone with the page.
async fn carry_credentials(demo: &Demo, browser: &Browser, base: &str) {
    at_the_portal(demo, browser, &format!("{base}/operations/list-portals")).await;
    browser.enter("try-id-0", "my-client").await;
    browser.enter("try-secret-0", "my-secret").await;
    let next = ".reference-nav a[href$=\"create-portal\"]";
    let next = browser.client.find(Locator::Css(next)).await.unwrap();
    next.send_keys("\u{e007}").await.unwrap();
    browser
        .arrive(&format!("{base}/operations/create-portal"))
        .await;
    assert!(browser.said("main h2").await.contains("Create Portal"));
    assert_eq!(browser.entered("try-id-0").await, "my-client");
    assert_eq!(browser.entered("try-secret-0").await, "my-secret");
    let copy = browser
        .client
        .find(Locator::Css("button[data-copy=sample-curl]"))
        .await;
    assert!(copy.unwrap().is_displayed().await.unwrap());
    browser.look_closely("reference-carried").await;
    browser.client.back().await.unwrap();
    browser
        .arrive(&format!("{base}/operations/list-portals"))
        .await;
    browser.client.refresh().await.unwrap();
    assert_eq!(browser.entered("try-secret-0").await, "");
}
