//! The console's pages about a portal's mails, its allow list and its menu.

use crate::browser::{Browser, SCREENS};
use crate::support::Demo;

async fn demo() -> Demo {
    tokio::task::spawn_blocking(|| Demo::start(false))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_written_looked_at_and_sent_to_oneself() {
    let demo = demo().await;
    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    let site = demo.saved("/portal/id");
    browser.open(&demo, &format!("/portals/{site}/mails")).await;
    browser.fill("from_email", "nobody").await;
    browser.submit().await;
    browser.look("console-mails-refused").await;
    browser.fill("from_email", "apis@example.com").await;
    browser.submit().await;
    browser.look("console-mails").await;

    browser
        .follow("main a[href*='/mails/reset-password/']")
        .await;
    browser.fill("subject", "Hi {{ api_name }}").await;
    browser.submit().await;
    browser.look("console-mail-refused").await;
    browser.fill("subject", "Hi {{ developer_fullname }}").await;
    browser.fill("body", "Take **care**.").await;
    browser.follow("main button[formaction$='/test']").await;
    let said = browser.text().await;
    assert!(said.contains("The mail is on its way to"), "{said}");
    browser.submit().await;
    browser.look("console-mail").await;
    let frame = browser
        .client
        .find(fantoccini::Locator::Css("iframe.mail-preview"));
    frame.await.unwrap().enter_frame().await.unwrap();
    let shown = browser.client.source().await.unwrap();
    assert!(shown.contains("<strong>care</strong>"), "{shown}");
    browser.client.clone().enter_parent_frame().await.unwrap();

    browser
        .open(&demo, &format!("/portals/{site}/ip-allow-list"))
        .await;
    browser.fill("allowed_ips", "192.0.2.0/24").await;
    browser.fill("description", "Office in Kobe").await;
    browser.submit().await;
    browser.look("console-allow-list-asks").await;
    browser.tick("input[name=anyway]").await;
    browser.submit().await;
    browser.look("console-allow-list").await;
    browser.follow("main a[href*='/ip-allow-list/']").await;
    browser.look("console-allow-list-entry").await;
    browser.follow("main a[href$='/delete']").await;
    browser.look("console-allow-list-delete").await;
    browser.stop().await;
}

/// The pages on a phone, in the dark, and in Japanese: nothing is cut off, nothing is unreadable.
#[tokio::test(flavor = "multi_thread")]
async fn pages_about_mails_hold_on_a_phone_in_the_dark_and_in_japanese() {
    let demo = demo().await;
    let site = demo.saved("/portal/id");
    for (name, options) in SCREENS {
        let browser = Browser::start(options).await;
        browser.sign_in_to_console(&demo).await;
        for (page, path) in [
            ("mails", "/mails"),
            ("mail", "/mails/app-registration-approved/ja"),
            ("allow-list", "/ip-allow-list"),
            ("navigation", "/navigation"),
        ] {
            browser.open(&demo, &format!("/portals/{site}{path}")).await;
            browser.look(&format!("console-{name}-{page}")).await;
        }
        browser.follow("main button[value=add]").await;
        browser
            .look(&format!("console-{name}-navigation-new"))
            .await;
        browser.open(&demo, "/account").await;
        browser.look(&format!("console-{name}-account")).await;
        browser.stop().await;
    }
}
