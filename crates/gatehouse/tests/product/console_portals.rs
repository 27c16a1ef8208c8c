//! The console's pages about portals and API products in a real browser, and what a developer then finds.

use std::path::PathBuf;

use fantoccini::Locator;

use crate::browser::{Browser, SCREENS};
use crate::support::Demo;

/// The smallest PNG: one pixel.
const PIXEL: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0,
    1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 0x0d, 0x49, 0x44, 0x41, 0x54,
    0x78, 0x9c, 0x62, 0, 1, 0, 0, 5, 0, 1, 0x0d, 0x0a, 0x2d, 0xb4, 0, 0, 0, 0, 0x49, 0x45, 0x4e,
    0x44, 0xae, 0x42, 0x60, 0x82,
];

const TIDES: &str = "openapi: 3.1.0\ninfo:\n  title: Tides\n  version: '1'\npaths:\n  /tides:\n    get:\n      summary: The tides of a harbour\n      responses:\n        '200':\n          description: They are known\n";

pub(crate) async fn demo() -> Demo {
    tokio::task::spawn_blocking(|| Demo::start(false))
        .await
        .unwrap()
}

fn file(demo: &Demo, name: &str, content: &[u8]) -> String {
    let path: PathBuf = demo.data_dir().join(name);
    std::fs::write(&path, content).unwrap();
    path.display().to_string()
}

async fn choose_file(browser: &Browser, field: &str, path: &str) {
    let css = format!("input[type=file][name='{field}']");
    let input = browser.client.find(Locator::Css(&css)).await.unwrap();
    input.send_keys(path).await.unwrap();
}

pub(crate) async fn choose(browser: &Browser, field: &str, at: usize) {
    let css = format!("select[name='{field}']");
    let select = browser.client.find(Locator::Css(&css)).await.unwrap();
    select.select_by_index(at).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_is_made_dressed_and_removed_in_pages_alone() {
    let demo = demo().await;
    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    browser.open(&demo, "/portals").await;
    browser.look("console-portals").await;
    browser.follow("main a[href='/portals/new']").await;
    browser.submit().await;
    browser.look("console-portal-new-refused").await;
    browser.fill("name", "partners").await;
    browser.fill("display_name", "For partners").await;
    browser.submit().await;
    assert!(browser.path().await.ends_with("/settings"));
    let settings = browser.path().await;
    browser.fill("custom_domain", "not a host").await;
    browser.submit().await;
    assert!(browser.text().await.contains("developers.example.com"));
    browser.look("console-portal-settings-refused").await;
    browser.fill("custom_domain", "Partners.example.com").await;
    browser.tick("input[name=auto_approve_developers]").await;
    browser.submit().await;
    assert!(
        browser
            .client
            .source()
            .await
            .unwrap()
            .contains("partners.example.com")
    );
    browser.look("console-portal-settings").await;
    browser
        .follow("form[action$='/settings/domain'] button")
        .await;
    let said = browser.text().await;
    assert!(said.contains("The domain leads elsewhere"), "{said}");
    browser.look("console-portal-domain").await;

    browser.follow("main a[href$='/appearance']").await;
    choose_file(&browser, "logo", &file(&demo, "logo.txt", b"no image")).await;
    browser.submit().await;
    assert!(browser.text().await.contains("PNG, JPEG, GIF or icon file"));
    browser.look("console-portal-appearance-refused").await;
    browser
        .fill("text.catalog.welcome_message", "Welcome, partners")
        .await;
    choose_file(&browser, "logo", &file(&demo, "logo.png", PIXEL)).await;
    choose_file(&browser, "favicon", &file(&demo, "icon.png", PIXEL)).await;
    browser.tick("input[value=custom]").await;
    browser.submit().await;
    let image = Locator::Css("img.image-preview");
    assert!(browser.client.find(image).await.is_ok());
    browser.look("console-portal-appearance").await;
    dressed(&demo, &browser, &settings.replace("/settings", "")).await;

    browser
        .open(&demo, settings.trim_end_matches("/settings"))
        .await;
    browser.look("console-portal").await;
    browser.follow("main a[href$='/products']").await;
    browser.look("console-portal-products-none").await;
    let delete = settings.replace("/settings", "/delete");
    browser.open(&demo, &delete).await;
    browser.look("console-portal-delete").await;
    browser.submit().await;
    assert!(
        !browser
            .client
            .source()
            .await
            .unwrap()
            .contains(">partners<")
    );
    // The demo's portal has a developer: the page says so before anything happens.
    let id = demo.saved("/portal/id");
    browser.open(&demo, &format!("/portals/{id}/delete")).await;
    assert!(browser.text().await.contains("developer"));
    browser.look("console-portal-delete-full").await;
    browser.stop().await;
}

/// A theme is previewed, then saved, and is what developers see.
async fn dressed(demo: &Demo, browser: &Browser, portal: &str) {
    let appearance = format!("{portal}/appearance");
    browser.open(demo, &appearance).await;
    let ground = async |browser: &Browser, css: &str| {
        let script =
            format!("return getComputedStyle(document.querySelector('{css}')).backgroundColor");
        browser.client.execute(&script, vec![]).await.unwrap()
    };
    let colour = "document.querySelector('[name=\"section.body\"]').value = '#101820'; document.querySelector('[name=\"text.primary\"]').value = '#203040'";
    browser.client.execute(colour, vec![]).await.unwrap();
    browser.follow("button[name=preview]").await;
    assert_eq!(ground(browser, ".theme-preview").await, "rgb(16, 24, 32)");
    let said = browser.text().await;
    assert!(said.contains("These would be hard to read"), "{said}");
    browser.look("console-portal-appearance-preview").await;
    browser.submit().await;

    let address = demo.endpoint("portal").replace("127.0.0.1", "localhost");
    let id = portal.replace("/portals/", "");
    let address = address.replace("//", &format!("//{id}."));
    // The portal has a domain of its own by now, and answers at its usual host all the same.
    browser
        .client
        .goto(&format!("{address}/login"))
        .await
        .unwrap();
    assert_eq!(ground(browser, "body").await, "rgb(16, 24, 32)");
    let icon = "return document.querySelector('link[rel=icon]').getAttribute('href')";
    let icon = browser.client.execute(icon, vec![]).await.unwrap();
    let icon = icon.as_str().unwrap();
    assert!(icon.starts_with("/api/v2/portal/favicon.ico"), "{icon}");
    let fetch = "const done = arguments[1]; fetch(arguments[0]).then((r) => r.blob()).then((b) => done(b.size))";
    let size = browser.client.execute_async(fetch, vec![icon.into()]);
    assert_eq!(size.await.unwrap(), PIXEL.len());
    browser.look("portal-dressed").await;

    browser.open(demo, &appearance).await;
    browser.tick("input[value=mint_rocket]").await;
    browser.tick("input[name=mode][value=dark]").await;
    browser.submit().await;
    browser.look("console-portal-appearance-dark").await;
    browser
        .client
        .goto(&format!("{address}/login"))
        .await
        .unwrap();
    assert_eq!(ground(browser, "body").await, "rgb(19, 22, 24)");
    browser.look("portal-dark-for-everybody").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_is_made_and_published_in_pages_and_a_developer_finds_it() {
    let demo = demo().await;
    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    browser.open(&demo, "/api-products").await;
    browser.look("console-products").await;
    browser.follow("main a[href='/api-products/new']").await;
    browser.fill("name", "Tides").await;
    browser.fill("labels", "no good!: x").await;
    browser.submit().await;
    browser.look("console-product-new-refused").await;
    browser.fill("labels", "team: harbour").await;
    browser.submit().await;
    browser.look("console-product-versions-none").await;
    let product = browser.path().await.replace("/versions", "");
    browser.follow("main a[href$='/versions/new']").await;
    browser.fill("name", "v1").await;
    choose(&browser, "gateway_service", 1).await;
    browser.submit().await;
    browser.look("console-product-version").await;
    describe(&demo, &browser).await;
    document(&demo, &browser, &product).await;
    picture(&demo, &browser, &product).await;

    browser.open(&demo, &format!("{product}/portals")).await;
    browser.look("console-product-portals").await;
    browser.follow("main tbody a").await;
    browser.look("console-product-publication").await;
    choose(&browser, "auth_strategy_ids", 0).await;
    browser
        .tick("input[name=registration][value=approved]")
        .await;
    browser.submit().await;
    assert!(
        browser
            .text()
            .await
            .contains("choose one, or close registration")
    );
    browser.look("console-product-publication-refused").await;
    choose(&browser, "auth_strategy_ids", 1).await;
    browser.submit().await;
    assert!(browser.text().await.contains("At once"));
    browser.look("console-product-published").await;
    let site = demo.saved("/portal/id");
    browser
        .open(&demo, &format!("/portals/{site}/products"))
        .await;
    assert!(browser.text().await.contains("Tides"));
    browser.look("console-portal-products").await;

    as_a_developer(&demo, &browser, true).await;
    browser.open(&demo, &format!("{product}/portals")).await;
    browser.follow("main tbody a").await;
    browser
        .tick("input[name=publish_status][value=unpublished]")
        .await;
    browser.submit().await;
    browser.open(&demo, &format!("{product}/portals")).await;
    browser.tick("input[name=portal]").await;
    browser.submit().await;
    as_a_developer(&demo, &browser, false).await;
    browser.open(&demo, &format!("{product}/delete")).await;
    browser.look("console-product-delete").await;
    browser.submit().await;
    assert!(browser.text().await.contains("Tides is removed"));
    browser.stop().await;
}

/// The product's picture: refused, taken away, and there in the end.
async fn picture(demo: &Demo, browser: &Browser, product: &str) {
    let press = "form[action$='/icon'] button";
    browser.open(demo, product).await;
    choose_file(browser, "icon", &file(demo, "icon.txt", b"no image")).await;
    browser.follow(press).await;
    assert!(browser.text().await.contains("Choose a PNG or JPEG file"));
    browser.look("console-product-icon-refused").await;
    let pixel = file(demo, "tides.png", PIXEL);
    let there = Locator::Css("img.image-preview");
    for remove in [true, false] {
        choose_file(browser, "icon", &pixel).await;
        browser.follow(press).await;
        assert!(browser.client.find(there).await.is_ok());
        browser.look("console-product-icon").await;
        if remove {
            browser.tick("input[name=remove_icon]").await;
            browser.follow(press).await;
            assert!(browser.client.find(there).await.is_err());
        }
    }
}

/// The version's OpenAPI document: first with faults, then from a file.
async fn describe(demo: &Demo, browser: &Browser) {
    browser.follow("main a[href$='/specification']").await;
    let wrong = "openapi: 3.1.0\ninfo: {}\npaths:\n  tides: {}\n";
    choose_file(browser, "file", &file(demo, "wrong.yaml", wrong.as_bytes())).await;
    browser.submit().await;
    let shown = browser.text().await;
    for part in ["Line 2", "info.title", "Line 4", "begin with a slash"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    browser.look("console-specification-refused").await;
    choose_file(browser, "file", &file(demo, "tides.yaml", TIDES.as_bytes())).await;
    browser.submit().await;
    assert!(browser.text().await.contains("tides.yaml"));
    browser.follow("main a[href$='/specification']").await;
    browser.look("console-specification").await;
}

/// Two pages of documentation, the second put first, one below the other.
async fn document(demo: &Demo, browser: &Browser, product: &str) {
    browser.open(demo, &format!("{product}/documents")).await;
    browser.look("console-documents-none").await;
    browser.follow("main a[href$='/documents/new']").await;
    let page = file(demo, "start.md", b"# Getting started\n\nAsk for *tides*.\n");
    choose_file(browser, "file", &page).await;
    browser.submit().await;
    assert!(browser.text().await.contains("Ask for tides."));
    browser.look("console-document-preview").await;
    browser
        .open(demo, &format!("{product}/documents/new"))
        .await;
    browser.fill("title", "Limits").await;
    browser.fill("content", "A hundred calls a minute.").await;
    browser.submit().await;
    browser.open(demo, &format!("{product}/documents")).await;
    browser.look("console-documents").await;
    let up = "//main//li[.//a[contains(., 'Limits')]]//button[starts-with(., 'Up')]";
    browser.follow_at(Locator::XPath(up)).await;
    let shown = browser.text().await;
    assert!(
        shown.find("Limits") < shown.find("Getting started"),
        "{shown}"
    );
    browser.follow("main .document-tree li:last-child a").await;
    choose(browser, "parent_document_id", 1).await;
    browser.look("console-document").await;
    browser.submit().await;
    browser.open(demo, &format!("{product}/documents")).await;
    browser.look("console-documents-nested").await;
}

/// What the demo's developer finds in the portal.
async fn as_a_developer(demo: &Demo, browser: &Browser, finds: bool) {
    let portal = demo.endpoint("portal");
    browser.client.goto(&portal).await.unwrap();
    let link = Locator::Css("a[href^='/login']");
    let outside = browser.client.find(link).await.is_ok();
    if outside || browser.path().await == "/login" {
        let sign_in = format!("{portal}/login");
        browser.client.goto(&sign_in).await.unwrap();
        let saved = |part: &str| demo.saved(&format!("/portal/developer/{part}"));
        browser.fill("email", &saved("email")).await;
        browser.fill("password", &saved("password")).await;
        browser.submit().await;
        browser.client.goto(&portal).await.unwrap();
    }
    let catalogue = browser.text().await;
    assert_eq!(catalogue.contains("Tides"), finds, "{catalogue}");
    if finds {
        icon_is_there(browser).await;
        browser.look("portal-catalogue-with-icon").await;
        let link = "//main//a[contains(., 'Tides')]";
        let link = browser.client.find(Locator::XPath(link)).await.unwrap();
        let address = link.attr("href").await.unwrap().unwrap();
        browser
            .client
            .goto(&format!("{portal}{address}"))
            .await
            .unwrap();
        assert!(browser.text().await.contains("Limits"));
        icon_is_there(browser).await;
        browser.look("portal-tides").await;
    }
}

/// The one picture of the page has come.
async fn icon_is_there(browser: &Browser) {
    let widths = "return [...document.querySelectorAll('img.picture')].map(it => it.naturalWidth)";
    for _ in 0..100 {
        let found = browser.client.execute(widths, Vec::new()).await.unwrap();
        if found == serde_json::json!([1]) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the icon did not come");
}

#[tokio::test(flavor = "multi_thread")]
async fn developers_are_told_by_mail_that_a_version_is_deprecated_and_that_it_ends() {
    let demo = demo().await;
    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    browser.open(&demo, "/api-products").await;
    browser.follow("main tbody a").await;
    browser.follow("main a[href$='/versions']").await;
    browser.follow("main tbody a").await;
    browser.tick("input[name=deprecated]").await;
    browser.tick("input[name=notify]").await;
    browser.submit().await;
    browser.look("console-product-version-deprecated").await;
    mailed(&demo, "is deprecated on").await;
    // Before it ends the page says who loses something by it.
    browser.follow("main a[href$='/delete']").await;
    let said = browser.text().await;
    assert!(said.contains("One developer has an application"), "{said}");
    browser.look("console-product-version-ends").await;
    browser.submit().await;
    mailed(&demo, "has ended").await;
    browser.stop().await;
}

/// Waits until the demo's developer has a mail with these words.
async fn mailed(demo: &Demo, words: &str) {
    let address = demo.saved("/portal/developer/email");
    let dir = demo.data_dir().join("outbox/mail");
    for _ in 0..400 {
        let mails = std::fs::read_dir(&dir).into_iter().flatten().flatten();
        let mut mails = mails.filter_map(|entry| std::fs::read_to_string(entry.path()).ok());
        if mails.any(|mail| mail.contains(&address) && mail.contains(words)) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("no mail to {address}: {words}");
}

/// The pages on a phone, in the dark, and in Japanese: nothing is cut off, nothing is unreadable.
#[tokio::test(flavor = "multi_thread")]
async fn pages_about_portals_and_products_hold_on_a_phone_in_the_dark_and_in_japanese() {
    let demo = demo().await;
    let site = demo.saved("/portal/id");
    for (name, options) in SCREENS {
        let browser = Browser::start(options).await;
        browser.sign_in_to_console(&demo).await;
        browser.open(&demo, "/api-products").await;
        browser.look(&format!("console-{name}-products")).await;
        browser.follow("main tbody a").await;
        browser.look(&format!("console-{name}-product")).await;
        let product = browser.path().await;
        browser.open(&demo, &format!("{product}/versions")).await;
        browser
            .look(&format!("console-{name}-product-versions"))
            .await;
        browser.follow("main tbody a").await;
        browser
            .look(&format!("console-{name}-product-version"))
            .await;
        browser.follow("main a[href$='/specification']").await;
        browser
            .look(&format!("console-{name}-product-specification"))
            .await;
        for page in ["documents", "documents/new", "portals", "delete"] {
            browser.open(&demo, &format!("{product}/{page}")).await;
            let short = page.replace('/', "-");
            browser
                .look(&format!("console-{name}-product-{short}"))
                .await;
        }
        browser.open(&demo, &format!("{product}/portals")).await;
        browser.follow("main tbody a").await;
        browser
            .look(&format!("console-{name}-product-publication"))
            .await;
        for page in [
            "",
            "/settings",
            "/appearance",
            "/products",
            "/audit-webhook",
            "/sign-in/groups",
            "/delete",
        ] {
            browser.open(&demo, &format!("/portals/{site}{page}")).await;
            let short = page.replace('/', "-");
            browser.look(&format!("console-{name}-portal{short}")).await;
        }
        browser.open(&demo, "/portals").await;
        browser.look(&format!("console-{name}-portals")).await;
        browser.stop().await;
    }
}
