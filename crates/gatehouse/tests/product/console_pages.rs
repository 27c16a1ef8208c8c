//! Pages of a portal and their snippets in the console, without scripts, and what a visitor then reads.

use fantoccini::Locator;

use crate::browser::{Browser, SCREENS};
use crate::support::Demo;

async fn demo() -> Demo {
    tokio::task::spawn_blocking(|| Demo::start(false))
        .await
        .unwrap()
}

async fn at_the_portal(demo: &Demo, browser: &Browser, path: &str) -> String {
    let portal = demo.endpoint("portal");
    let address = format!("{}{path}", portal.trim_end_matches('/'));
    browser.client.goto(&address).await.unwrap();
    browser.text().await
}

/// The button of the page's own form; beside it may stand others.
async fn save(browser: &Browser) {
    browser
        .follow("main form .form-actions button.button-primary")
        .await;
}

async fn choose(browser: &Browser, name: &str, value: &str) {
    let css = format!("input[name={name}][value={value}]");
    browser.tick(&css).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_written_looked_at_published_and_removed_without_scripts() {
    let demo = demo().await;
    let browser = Browser::start_without_scripts(&["--window-size=1440,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    let site = demo.saved("/portal/id");
    let pages = format!("/portals/{site}/pages");
    browser.open(&demo, &pages).await;
    browser.look("console-pages-none").await;

    browser.open(&demo, &format!("{pages}/snippets/new")).await;
    browser.fill("name", "help").await;
    browser.fill("content", "Ask **the team**.").await;
    choose(&browser, "visibility", "public").await;
    save(&browser).await;
    browser.look("console-snippet").await;
    browser.open(&demo, &format!("{pages}/snippets")).await;
    browser.look("console-snippets").await;

    browser.open(&demo, &format!("{pages}/new")).await;
    save(&browser).await;
    browser.look("console-page-new-refused").await;
    browser.fill("slug", "guides").await;
    browser
        .fill("content", "# Guides\n\nRead on.\n\n:snippet{name=\"help\"}")
        .await;
    choose(&browser, "visibility", "public").await;
    browser.follow("main form button[value=preview]").await;
    let shown = browser.text().await;
    assert!(shown.contains("This is not saved yet."), "{shown}");
    assert!(shown.contains("Ask the team."), "{shown}");
    browser.look("console-page-preview").await;
    let there = at_the_portal(&demo, &browser, "/guides").await;
    assert!(!there.contains("Read on."), "{there}");

    browser.open(&demo, &format!("{pages}/new")).await;
    browser.fill("slug", "guides").await;
    browser
        .fill("content", "# Guides\n\nRead on.\n\n:snippet{name=\"help\"}")
        .await;
    choose(&browser, "visibility", "public").await;
    save(&browser).await;
    browser.look("console-page").await;
    let there = at_the_portal(&demo, &browser, "/guides").await;
    assert!(
        there.contains("Read on.") && there.contains("Ask the team."),
        "{there}"
    );
    browser.look("portal-page").await;

    browser.open(&demo, &format!("{pages}/new")).await;
    browser.fill("slug", "/").await;
    browser.fill("content", "# Welcome aboard").await;
    choose(&browser, "visibility", "public").await;
    save(&browser).await;
    browser.open(&demo, &pages).await;
    browser.look("console-pages").await;
    let start = at_the_portal(&demo, &browser, "/").await;
    assert!(start.contains("Welcome aboard"), "{start}");
    let navigation = browser.client.find(Locator::Css("header")).await;
    let navigation = navigation.unwrap().text().await.unwrap();
    assert!(navigation.contains("Guides"), "{navigation}");
    browser.look("portal-start-page").await;

    browser.open(&demo, &pages).await;
    browser.follow("main form button[type=submit]").await;
    browser.open(&demo, &pages).await;
    browser.follow("main .document-tree a").await;
    browser.follow("main a[href$='/delete']").await;
    browser.look("console-page-delete").await;
    browser.follow("main button.button-danger").await;
    let said = browser.text().await;
    assert!(said.contains("is removed."), "{said}");

    browser.open(&demo, &format!("{pages}/snippets")).await;
    browser.follow("main tbody a").await;
    browser.follow("main a[href$='/delete']").await;
    browser.look("console-snippet-delete").await;
    browser.stop().await;
}

/// The pages on a phone, in the dark, and in Japanese: nothing is cut off, nothing is unreadable.
#[tokio::test(flavor = "multi_thread")]
async fn pages_about_pages_hold_on_a_phone_in_the_dark_and_in_japanese() {
    let demo = demo().await;
    let site = demo.saved("/portal/id");
    let pages = format!("/portals/{site}/pages");
    for (name, options) in SCREENS {
        let browser = Browser::start(options).await;
        browser.sign_in_to_console(&demo).await;
        browser.open(&demo, &pages).await;
        if name == "phone" {
            browser.follow("main form button[type=submit]").await;
        }
        browser.look(&format!("console-{name}-pages")).await;
        browser.follow("main .document-tree a").await;
        browser.look(&format!("console-{name}-page")).await;
        browser.open(&demo, &format!("{pages}/snippets")).await;
        browser.look(&format!("console-{name}-snippets")).await;
        browser.open(&demo, &format!("{pages}/snippets/new")).await;
        browser.look(&format!("console-{name}-snippet-new")).await;
        browser.stop().await;
    }
}
