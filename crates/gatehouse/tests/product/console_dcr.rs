//! The console's pages about a DCR provider in a real browser: verified, out of step and mended, its fleet
//! rotated; and the developer who takes the new secret.

use std::time::Duration;

use fantoccini::Locator;

use crate::browser::{Browser, SCREENS};
use crate::support::Demo;

const LIST: &str = "/application-auth/providers";

async fn demo() -> Demo {
    tokio::task::spawn_blocking(|| Demo::start(false))
        .await
        .unwrap()
}

/// The client of the demo's application, from its page.
async fn client_of_the_application(demo: &Demo, browser: &Browser) -> String {
    let site = demo.saved("/portal/id");
    browser
        .open(demo, &format!("/portals/{site}/applications"))
        .await;
    browser.follow("main tbody a[href*='/applications/']").await;
    let facts = browser.client.find_all(Locator::Css("main dl code")).await;
    let last = facts.unwrap().pop().expect("the client's id");
    last.text().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_out_of_step_is_seen_planned_for_and_mended_in_pages_alone() {
    let demo = demo().await;
    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    let provider = format!("{LIST}/{}", demo.saved("/dcr_provider_id"));

    browser
        .open(&demo, &format!("{provider}/credentials"))
        .await;
    browser.look("console-dcr-credentials").await;
    browser
        .fill("dcr_config.initial_client_secret", "not the secret")
        .await;
    browser.submit().await;
    assert!(browser.text().await.contains("Nothing was changed."));
    browser.look("console-dcr-credentials-refused").await;

    browser.open(&demo, &format!("{provider}/verify")).await;
    browser.submit().await;
    let verified = browser.text().await;
    assert!(verified.contains("Everything holds"), "{verified}");
    assert!(verified.contains("Before a switch of credentials"));
    assert!(verified.contains(&demo.saved("/admin/email")));
    browser.look("console-dcr-verified").await;

    let client = client_of_the_application(&demo, &browser).await;
    browser
        .open(&demo, &format!("/tenant/clients/{client}/delete"))
        .await;
    browser.submit().await;

    browser.open(&demo, &format!("{provider}/agreement")).await;
    browser.submit().await;
    let found = browser.text().await;
    assert!(found.contains("One difference"), "{found}");
    assert!(found.contains("client is missing"), "{found}");
    browser.look("console-dcr-differs").await;
    browser.open(&demo, LIST).await;
    assert!(browser.text().await.contains("One difference"));
    browser.look("console-dcr-list").await;

    browser.open(&demo, &format!("{provider}/agreement")).await;
    browser.follow("main a[href$='/agreement/plan']").await;
    browser.look("console-dcr-plan").await;
    browser.submit().await;
    assert!(
        browser
            .client
            .source()
            .await
            .unwrap()
            .contains("Choose something")
    );
    browser.follow("main a[href$='propose=portal']").await;
    browser.submit().await;
    let asked = browser.text().await;
    assert!(asked.contains("a new client is registered"), "{asked}");
    browser.look("console-dcr-review").await;
    browser.submit().await;
    assert!(browser.text().await.contains("All of it is done."));
    browser.look("console-dcr-applied").await;
    browser.open(&demo, &format!("{provider}/agreement")).await;
    browser.submit().await;
    assert!(browser.text().await.contains("They agree"));
    browser.look("console-dcr-agrees").await;
    let another = client_of_the_application(&demo, &browser).await;
    assert_ne!(another, client);
    browser.stop().await;
}

/// Opens the rotation's page until every application had its turn.
async fn finished(browser: &Browser, demo: &Demo, page: &str) {
    for _ in 0..200 {
        browser.open(demo, page).await;
        if browser.text().await.contains("Finished") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the rotation does not finish: {}", browser.text().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_is_rotated_and_its_developer_takes_the_new_secret() {
    let demo = demo().await;
    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    let provider = format!("{LIST}/{}", demo.saved("/dcr_provider_id"));
    browser.open(&demo, &format!("{provider}/rotations")).await;
    browser.look("console-dcr-rotations-none").await;
    browser.submit().await;
    let asked = browser.text().await;
    assert!(asked.contains("You never see it"), "{asked}");
    browser.look("console-dcr-rotation-new").await;
    browser.submit().await;
    let rotation = browser.path().await;
    finished(&browser, &demo, &rotation).await;
    let shown = browser.text().await;
    assert!(shown.contains("Not taken yet"), "{shown}");
    browser.look("console-dcr-rotation").await;
    browser.open(&demo, &format!("{provider}/rotations")).await;
    browser.look("console-dcr-rotations").await;

    as_the_developer(&demo, &browser).await;

    browser.open(&demo, &rotation).await;
    assert!(browser.text().await.contains("Taken"));
    browser.tick("main input[name=id]").await;
    browser.follow("main form[action$='/retire'] button").await;
    browser.look("console-dcr-retire").await;
    browser.submit().await;
    let retired = browser.client.source().await.unwrap();
    assert!(retired.contains("do not work any more"), "{retired}");
    assert!(browser.text().await.contains("Gone"));
    browser.stop().await;
}

/// The mail, My Apps, and the secret that is shown once.
async fn as_the_developer(demo: &Demo, browser: &Browser) {
    let address = demo.saved("/portal/developer/email");
    let dir = demo.data_dir().join("outbox/mail");
    let mut told = false;
    for _ in 0..400 {
        let mails = std::fs::read_dir(&dir).into_iter().flatten().flatten();
        let mut mails = mails.filter_map(|entry| std::fs::read_to_string(entry.path()).ok());
        told = mails.any(|mail| mail.contains(&address) && mail.contains("a new secret"));
        if told {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert!(told, "no mail to {address}");
    let portal = demo.endpoint("portal");
    let portal = portal.trim_end_matches('/');
    browser
        .client
        .goto(&format!("{portal}/my-apps"))
        .await
        .unwrap();
    browser.fill("email", &address).await;
    browser
        .fill("password", &demo.saved("/portal/developer/password"))
        .await;
    browser.submit().await;
    browser
        .client
        .goto(&format!("{portal}/my-apps"))
        .await
        .unwrap();
    browser.follow("main tbody a[href^='/my-apps/']").await;
    assert!(browser.text().await.contains("asks for a new secret"));
    browser.look("portal-secret-waits").await;
    browser.follow("main a[href$='/rotate-secret']").await;
    browser.look("portal-secret-take").await;
    browser.submit().await;
    let shown = browser.text().await;
    assert!(shown.contains("shown only this once"), "{shown}");
    assert!(shown.contains("work until"), "{shown}");
}

/// The pages on a phone, in the dark, and in Japanese: nothing is cut off, nothing is unreadable.
#[tokio::test(flavor = "multi_thread")]
async fn pages_about_a_provider_hold_on_a_phone_in_the_dark_and_in_japanese() {
    let demo = demo().await;
    let provider = format!("{LIST}/{}", demo.saved("/dcr_provider_id"));
    let first = Browser::start(&["--window-size=1440,1000"]).await;
    first.sign_in_to_console(&demo).await;
    first.open(&demo, &format!("{provider}/verify")).await;
    first.submit().await;
    first.open(&demo, &format!("{provider}/rotations")).await;
    first.submit().await;
    first.submit().await;
    let rotation = first.path().await;
    finished(&first, &demo, &rotation).await;
    let client = client_of_the_application(&demo, &first).await;
    first
        .open(&demo, &format!("/tenant/clients/{client}/delete"))
        .await;
    first.submit().await;
    first.open(&demo, &format!("{provider}/agreement")).await;
    first.submit().await;
    first.stop().await;
    for (name, options) in SCREENS {
        let browser = Browser::start(options).await;
        browser.sign_in_to_console(&demo).await;
        for (page, path) in [
            ("list", LIST.to_owned()),
            ("settings", provider.clone()),
            ("credentials", format!("{provider}/credentials")),
            ("verify", format!("{provider}/verify")),
            ("agreement", format!("{provider}/agreement")),
            ("plan", format!("{provider}/agreement/plan")),
            ("rotations", format!("{provider}/rotations")),
            ("new", format!("{provider}/rotations/new?overlap=86400")),
            ("rotation", rotation.clone()),
        ] {
            browser.open(&demo, &path).await;
            browser.look(&format!("console-{name}-dcr-{page}")).await;
        }
        browser.stop().await;
    }
}
