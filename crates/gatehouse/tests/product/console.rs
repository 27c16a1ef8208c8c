//! The console in a real browser: signing in, opening registration, telling a stranger apart, authorising
//! a machine. Every page is held against axe-core; pictures are kept.

use egress::Request;
use fantoccini::Locator;
use serde_json::{Value, json};

use crate::browser::{Browser, SCREENS};
use crate::support::Demo;

async fn demo() -> Demo {
    tokio::task::spawn_blocking(|| Demo::start(false))
        .await
        .unwrap()
}

async fn register(demo: &Demo, name: &str) -> Value {
    let address = format!("{}oidc/register", demo.endpoint("issuer"));
    let request = Request::post(&address).json(&json!({
        "client_name": name, "redirect_uris": ["https://stranger.example/callback"],
    }));
    let answer = demo.egress().send(request).await.unwrap();
    assert_eq!(answer.status, 201);
    answer.json().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_opens_registration_and_tells_a_stranger_apart() {
    let demo = demo().await;
    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    browser.open(&demo, "/").await;
    browser.look("console-outside").await;
    browser.open(&demo, "/tenant/clients").await;
    assert_eq!(browser.path().await, "/sign-in");
    browser.look("console-sign-in").await;
    browser.fill("email", &demo.saved("/admin/email")).await;
    browser.fill("password", "wrong").await;
    browser.submit().await;
    browser.look("console-sign-in-refused").await;
    browser.fill("email", &demo.saved("/admin/email")).await;
    browser
        .fill("password", &demo.saved("/admin/password"))
        .await;
    browser.submit().await;
    assert_eq!(
        browser.path().await,
        "/tenant/clients",
        "where one was going"
    );

    browser.open(&demo, "/tenant/settings/advanced").await;
    browser.look("console-settings-advanced").await;
    browser.tick("input[name=registration]").await;
    browser.tick("input[name=mode][value=permissive]").await;
    browser.submit().await;
    assert!(browser.text().await.contains("oidc/register"));
    browser.look("console-settings-advanced-open").await;

    browser.open(&demo, "/tenant/connections").await;
    browser.look("console-connections").await;
    browser.follow("main tbody a").await;
    browser.tick("input[name=domain]").await;
    browser.submit().await;
    browser.look("console-connection").await;

    let made = register(&demo, "Weather from afar").await;
    let id = made["client_id"].as_str().unwrap();
    browser.open(&demo, "/tenant/clients").await;
    let listed = browser.text().await;
    for part in [
        "Weather from afar",
        "Registered itself",
        "Third-party",
        "A command on the machine",
    ] {
        assert!(listed.contains(part), "{part}: {listed}");
    }
    browser.look("console-clients").await;
    browser
        .open(&demo, "/tenant/clients?made=registration")
        .await;
    assert!(!browser.text().await.contains("Portal DCR Admin"));
    browser.follow("main tbody a").await;
    browser.look("console-client-third-party").await;
    browser.follow("main a[href$='/connections']").await;
    browser.look("console-client-connections").await;
    browser
        .open(&demo, &format!("/tenant/clients/{id}/delete"))
        .await;
    browser.look("console-client-delete").await;
    browser.submit().await;
    assert!(
        browser
            .text()
            .await
            .contains("Weather from afar is removed")
    );
    browser.look("console-clients-after").await;
    browser.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_is_made_and_authorised_in_pages_alone() {
    let demo = demo().await;
    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    browser.look("console-overview").await;
    browser.open(&demo, "/tenant/clients/new").await;
    browser.look("console-client-new").await;
    browser.fill("name", "Second portal").await;
    browser.tick("input[value=non_interactive]").await;
    browser.submit().await;
    browser.look("console-client-secret").await;
    let id = browser.value_of("client-id").await;
    let secret = browser.value_of("client-secret").await;
    browser.follow(".proceed a").await;
    browser.look("console-client-apis").await;
    let management = "//main//tr[.//code[contains(., '/api/v2/')]]//a";
    let link = browser
        .client
        .find(Locator::XPath(management))
        .await
        .unwrap();
    let address = link.attr("href").await.unwrap().unwrap();
    browser.open(&demo, &address).await;
    for scope in ["read:clients", "create:clients", "read:client_grants"] {
        browser.tick(&format!("input[value='{scope}']")).await;
    }
    browser.look("console-client-permissions").await;
    browser.submit().await;
    assert!(browser.text().await.contains("3 permissions"));

    let issuer = demo.endpoint("issuer");
    let request = Request::post(&format!("{issuer}oauth/token")).json(&json!({
        "grant_type": "client_credentials", "client_id": id, "client_secret": secret,
        "audience": format!("{issuer}api/v2/"),
    }));
    let answer: Value = demo.egress().send(request).await.unwrap().json().unwrap();
    let granted = answer["scope"].as_str().unwrap_or_default();
    assert!(
        granted.contains("create:clients") && !granted.contains("delete"),
        "{answer}"
    );

    browser
        .open(&demo, &format!("/tenant/clients/{id}/credentials"))
        .await;
    assert!(!browser.client.source().await.unwrap().contains(&secret));
    browser.look("console-client-credentials").await;
    browser.open(&demo, "/tenant/apis/new").await;
    browser.fill("name", "Tides").await;
    browser.fill("identifier", "https://tides.example/").await;
    browser.look("console-api-new").await;
    browser.submit().await;
    browser.fill("value", "read:tides").await;
    browser.submit().await;
    browser.look("console-api-permissions").await;
    browser
        .open(&demo, "/tenant/initial-access-tokens/new")
        .await;
    browser.fill("name", "For the partner").await;
    browser.submit().await;
    browser.look("console-token-shown").await;
    browser.open(&demo, "/administrators/new").await;
    browser.fill("email", "second@example.com").await;
    browser.look("console-administrator-new").await;
    browser.submit().await;
    browser.look("console-administrator-password").await;
    browser.stop().await;
}

/// The pages on a phone, in the dark, and in Japanese: nothing is cut off, nothing is unreadable.
#[tokio::test(flavor = "multi_thread")]
async fn the_console_holds_on_a_phone_in_the_dark_and_in_japanese() {
    let demo = demo().await;
    let client = demo.saved("/management/client_id");
    for (name, options) in SCREENS {
        let browser = Browser::start(options).await;
        browser.sign_in_to_console(&demo).await;
        browser.look(&format!("console-{name}-overview")).await;
        for page in [
            "/tenant/clients",
            &format!("/tenant/clients/{client}"),
            &format!("/tenant/clients/{client}/credentials"),
            &format!("/tenant/clients/{client}/apis"),
            "/tenant/clients/new",
            "/tenant/apis",
            "/tenant/connections",
            "/tenant/settings",
            "/tenant/settings/advanced",
            "/tenant/initial-access-tokens",
            "/administrators",
            "/account",
        ] {
            browser.open(&demo, page).await;
            let short = page.replace(&client, "one").replace('/', "-");
            browser.look(&format!("console-{name}{short}")).await;
        }
        browser.stop().await;
    }
}
