//! System accounts, roles and tokens in the console in a real browser, and what the platform API then says.

use std::process::Command;

use fantoccini::Locator;

use crate::browser::{Browser, SCREENS, mailed_link};
use crate::support::Demo;

/// The button of a page's form.
const BUTTON: &str = "main form[method=post] button";

async fn demo() -> Demo {
    tokio::task::spawn_blocking(|| Demo::start(false))
        .await
        .unwrap()
}

/// The status of a call of the platform API.
fn call(demo: &Demo, method: &str, path: &str, token: &str) -> String {
    let platform = demo.endpoint("platform");
    let address = format!("{}{path}", platform.trim_end_matches('/'));
    let authorization = format!("Authorization: Bearer {token}");
    let json = ["-H", "Content-Type: application/json", "-d", "{}"];
    let mut curl = Command::new("curl");
    curl.args(["-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", method]);
    curl.args(["-H", &authorization, &address]);
    if method != "GET" {
        curl.args(json);
    }
    String::from_utf8(curl.output().unwrap().stdout).unwrap()
}

/// Makes a system account, which leads to its first role, and gives its address.
async fn account(demo: &Demo, browser: &Browser, name: &str) -> String {
    browser.open(demo, "/system-accounts/new").await;
    browser.fill("name", name).await;
    browser
        .fill("description", "Writes the portal's pages")
        .await;
    browser.submit().await;
    browser.path().await.replace("/roles/new", "")
}

/// Chooses a role for the demo's portal on the page that assigns one.
async fn assign(browser: &Browser, site: &str, role: &str) {
    browser.tick(&format!("input[value='{role}']")).await;
    let select = browser.client.find(Locator::Css("select[name=entity_id]"));
    let select = select.await.unwrap();
    select.select_by_value(site).await.unwrap();
    browser.follow(BUTTON).await;
}

/// Makes a token of a system account, and gives its text.
async fn token(demo: &Demo, browser: &Browser, account: &str, name: &str) -> String {
    browser.open(demo, &format!("{account}/tokens/new")).await;
    browser.fill("name", name).await;
    browser.submit().await;
    browser.value_of("token").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_account_gets_a_role_and_a_token_in_pages_and_reaches_no_further() {
    let demo = demo().await;
    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    let site = demo.saved("/portal/id");
    browser.open(&demo, "/system-accounts").await;
    browser.look("console-system-accounts-none").await;
    browser.follow("main a[href$='/system-accounts/new']").await;
    browser.submit().await;
    browser.look("console-system-account-new-refused").await;
    let account = account(&demo, &browser, "pipeline").await;
    browser.look("console-role-assign").await;
    assign(&browser, &site, "Content Editor").await;
    let said = browser.text().await;
    assert!(said.contains("The role is assigned."), "{said}");
    browser.look("console-system-account-roles").await;

    browser.open(&demo, &account).await;
    browser.look("console-system-account").await;
    let token = token(&demo, &browser, &account, "main").await;
    assert!(token.starts_with("spat_"), "{token}");
    browser.look("console-token-once").await;
    let pages = format!("/v3/portals/{site}/pages");
    assert_eq!(call(&demo, "GET", &pages, &token), "200");
    assert_eq!(
        call(&demo, "DELETE", &format!("/v3/portals/{site}"), &token),
        "403"
    );
    assert_eq!(call(&demo, "GET", "/v2/dcr-providers", &token), "403");
    browser.follow("main .proceed a").await;
    let source = browser.client.source().await.unwrap();
    assert!(!source.contains(&token), "it is shown once");
    browser.look("console-system-account-tokens").await;

    browser.follow("main a[href$='/revoke']").await;
    browser.look("console-token-revoke").await;
    browser.submit().await;
    let said = browser.text().await;
    assert!(said.contains("main is revoked."), "{said}");
    assert_eq!(call(&demo, "GET", &pages, &token), "401");
    browser.open(&demo, &format!("{account}/delete")).await;
    browser.look("console-system-account-delete").await;
    browser.submit().await;
    let said = browser.text().await;
    assert!(said.contains("pipeline is removed."), "{said}");
    browser.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_makes_a_token_of_their_own_and_sees_what_it_may_do_without_scripts() {
    let demo = demo().await;
    let browser = Browser::start_without_scripts(&["--window-size=1440,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    browser.open(&demo, "/tokens").await;
    browser.look("console-tokens-none").await;
    browser.follow("main a[href='/tokens/new']").await;
    browser.fill("name", "laptop").await;
    browser.tick("input[value=date]").await;
    browser.submit().await;
    browser.look("console-token-new-refused").await;
    browser.tick("input[value='90']").await;
    browser.submit().await;
    let token = browser.value_of("token").await;
    assert_eq!(call(&demo, "GET", "/v3/users/me", &token), "200");
    browser.open(&demo, "/tokens").await;
    browser.look("console-tokens").await;
    browser.open(&demo, "/tokens/rights").await;
    browser.look("console-tokens-rights").await;
    let said = browser.text().await;
    assert!(said.contains("The role in the console"), "{said}");
    browser.open(&demo, "/tokens").await;
    browser.follow("main a[href$='/revoke']").await;
    browser.submit().await;
    assert_eq!(call(&demo, "GET", "/v3/users/me", &token), "401");
    browser.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_finds_the_pages_that_a_teams_role_opens_and_no_others() {
    let demo = demo().await;
    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    let site = demo.saved("/portal/id");
    browser.open(&demo, "/administrators/new").await;
    browser.fill("email", "mia@example.com").await;
    browser.fill("name", "Mia").await;
    browser.tick("input[value=member]").await;
    browser.submit().await;
    let password = browser.value_of("shown-password").await;
    browser.open(&demo, "/teams/new").await;
    browser.fill("name", "Writers").await;
    browser.submit().await;
    browser.look("console-organization-team-add").await;
    browser
        .tick("input[name=user][aria-label='Choose Mia']")
        .await;
    browser.follow(BUTTON).await;
    browser.look("console-organization-team").await;
    let team = browser.path().await;
    browser.open(&demo, &format!("{team}/roles/new")).await;
    assign(&browser, &site, "Content Editor").await;
    browser.open(&demo, "/administrators").await;
    browser.look("console-people").await;
    browser
        .follow_at(Locator::XPath(
            "//tr[contains(., 'mia@example.com')]//a[contains(@href, '/access')]",
        ))
        .await;
    browser.look("console-person-access").await;
    browser.stop().await;

    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    browser.open(&demo, "/sign-in").await;
    browser.fill("email", "mia@example.com").await;
    browser.fill("password", &password).await;
    browser.submit().await;
    browser.fill("current", &password).await;
    browser.fill("password", "purple monkey dishwasher").await;
    browser.fill("again", "purple monkey dishwasher").await;
    browser.submit().await;
    browser.open(&demo, "/").await;
    browser.look("console-member-overview").await;
    let links = browser
        .client
        .find(Locator::Css("nav.side-nav"))
        .await
        .unwrap();
    let links = links.text().await.unwrap();
    assert!(
        links.contains("Portals") && !links.contains("Audit"),
        "{links}"
    );
    browser.open(&demo, &format!("/portals/{site}/pages")).await;
    browser.look("console-member-pages").await;
    assert!(browser.text().await.contains("New page"));
    browser
        .open(&demo, &format!("/portals/{site}/settings"))
        .await;
    let button = browser.client.find(Locator::Css(BUTTON)).await;
    assert!(button.is_err(), "to be read alone");
    browser.open(&demo, "/tenant/clients").await;
    browser.look("console-member-shut").await;
    let said = browser.text().await;
    assert!(said.contains("not open to you"), "{said}");
    browser.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_invited_by_mail_and_comes_in_by_its_link() {
    let demo = demo().await;
    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    browser.open(&demo, "/administrators/new").await;
    browser.fill("email", "noor@example.com").await;
    browser.fill("name", "Noor").await;
    browser.tick("input[value=viewer]").await;
    browser.tick("input[value=mail]").await;
    browser.look("console-person-new").await;
    browser.submit().await;
    let said = browser.text().await;
    assert!(said.contains("An invitation is on its way"), "{said}");
    let link = mailed_link(&demo, "noor@example.com").await;
    browser.stop().await;

    let browser = Browser::start(&["--window-size=390,844"]).await;
    browser.client.goto(&link).await.unwrap();
    browser.look("console-invitation").await;
    browser.fill("password", "short").await;
    browser.fill("again", "short").await;
    browser.submit().await;
    browser.look("console-invitation-refused").await;
    browser.fill("password", "purple monkey dishwasher").await;
    browser.fill("again", "purple monkey dishwasher").await;
    browser.submit().await;
    assert_eq!(browser.path().await, "/");
    browser.client.goto(&link).await.unwrap();
    let said = browser.text().await;
    assert!(said.contains("This invitation has ended"), "{said}");
    browser.stop().await;
}

/// The pages on a phone, in the dark, and in Japanese: nothing is cut off, nothing is unreadable.
#[tokio::test(flavor = "multi_thread")]
async fn pages_about_the_organization_hold_on_a_phone_in_the_dark_and_in_japanese() {
    let demo = demo().await;
    let site = demo.saved("/portal/id");
    for (name, options) in SCREENS {
        let browser = Browser::start(options).await;
        browser.sign_in_to_console(&demo).await;
        let account = account(&demo, &browser, &format!("pipeline-{name}")).await;
        browser.look(&format!("console-{name}-role-assign")).await;
        assign(&browser, &site, "Admin").await;
        token(&demo, &browser, &account, "main").await;
        browser.look(&format!("console-{name}-token-once")).await;
        for page in [
            "",
            "/roles",
            "/teams",
            "/settings",
            "/delete",
            "/tokens/new",
        ] {
            browser.open(&demo, &format!("{account}{page}")).await;
            let short = page.replace('/', "-");
            browser
                .look(&format!("console-{name}-account{short}"))
                .await;
        }
        for page in [
            "/tokens",
            "/tokens/rights",
            "/system-accounts",
            "/teams",
            "/administrators",
        ] {
            browser.open(&demo, page).await;
            let short = page.replace('/', "-");
            browser.look(&format!("console-{name}{short}")).await;
        }
        browser.open(&demo, "/teams").await;
        browser.follow("main tbody a").await;
        browser
            .look(&format!("console-{name}-organization-team"))
            .await;
        browser.open(&demo, "/administrators").await;
        browser.follow("main tbody a[href$='/access']").await;
        browser.look(&format!("console-{name}-person-access")).await;
        browser.stop().await;
    }
}
