//! Teams of developers in the console in a real browser, and what a developer then finds and shares.

use fantoccini::Locator;

use crate::browser::{Browser, SCREENS};
use crate::support::Demo;

/// The button of a page's form, where a search stands above it.
const BUTTON: &str = "main form[method=post] button";

async fn demo() -> Demo {
    tokio::task::spawn_blocking(|| Demo::start(false))
        .await
        .unwrap()
}

/// Makes a team with the demo's developer, and gives its address.
async fn team(demo: &Demo, browser: &Browser) -> String {
    let site = demo.saved("/portal/id");
    browser
        .open(demo, &format!("/portals/{site}/teams/new"))
        .await;
    browser.fill("name", "Partners").await;
    browser.fill("description", "Those outside").await;
    browser.tick("input[name=can_own_applications]").await;
    browser.submit().await;
    browser.tick("input[name=id]").await;
    browser.follow(BUTTON).await;
    browser.path().await
}

async fn give(demo: &Demo, browser: &Browser, team: &str, role: usize) {
    browser.open(demo, &format!("{team}/roles")).await;
    let select = browser.client.find(Locator::Css("main tbody select"));
    select.await.unwrap().select_by_index(role).await.unwrap();
    browser.follow(BUTTON).await;
}

async fn at_the_portal(demo: &Demo, browser: &Browser, path: &str) -> String {
    let portal = demo.endpoint("portal");
    let address = format!("{}{path}", portal.trim_end_matches('/'));
    browser.client.goto(&address).await.unwrap();
    if browser.path().await == "/login" {
        let saved = |part: &str| demo.saved(&format!("/portal/developer/{part}"));
        browser.fill("email", &saved("email")).await;
        browser.fill("password", &saved("password")).await;
        browser.submit().await;
        browser.client.goto(&address).await.unwrap();
    }
    browser.text().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_gets_roles_in_pages_and_a_developer_finds_what_they_allow() {
    let demo = demo().await;
    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    let site = demo.saved("/portal/id");
    browser.open(&demo, &format!("/portals/{site}/teams")).await;
    browser.look("console-teams-none").await;
    browser.follow("main a[href$='/teams/new']").await;
    browser.submit().await;
    browser.look("console-team-new-refused").await;
    let team = team(&demo, &browser).await;
    assert!(
        browser
            .text()
            .await
            .contains("The developer is in the team.")
    );
    browser.look("console-team").await;

    let settings = format!("/portals/{site}/settings");
    browser.open(&demo, &settings).await;
    browser.tick("input[name=rbac_enabled]").await;
    browser.submit().await;
    let catalogue = at_the_portal(&demo, &browser, "/").await;
    assert!(catalogue.contains("No APIs for you yet"), "{catalogue}");
    browser.look("portal-no-role").await;

    give(&demo, &browser, &team, 1).await;
    assert!(browser.text().await.contains("One role changed."));
    browser.look("console-team-roles").await;
    at_the_portal(&demo, &browser, "/").await;
    browser.follow("main .cards a").await;
    let product = browser.path().await;
    let shown = browser.text().await;
    assert!(
        shown.contains("You may read it, but not register"),
        "{shown}"
    );
    browser.look("portal-viewer").await;
    give(&demo, &browser, &team, 2).await;
    let shown = at_the_portal(&demo, &browser, &product).await;
    assert!(!shown.contains("but not register"), "{shown}");

    let developers = format!("/portals/{site}/developers");
    browser.open(&demo, &developers).await;
    browser.follow("main tbody a").await;
    assert!(browser.text().await.contains("Partners"));
    browser.look("console-developer-teams").await;
    browser.open(&demo, &team).await;
    browser.follow("main tbody a[href$='/remove']").await;
    browser.look("console-team-remove").await;
    browser.submit().await;
    assert!(browser.text().await.contains("No developers"));
    browser.open(&demo, &format!("{team}/delete")).await;
    browser.look("console-team-delete").await;
    browser.submit().await;
    assert!(browser.text().await.contains("Partners is removed."));
    browser.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_developer_shares_an_application_with_a_team_and_takes_it_back() {
    let demo = demo().await;
    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    let team = team(&demo, &browser).await;
    at_the_portal(&demo, &browser, "/my-apps").await;
    browser.follow("main tbody a").await;
    browser.follow("main a[href$='/share']").await;
    browser.look("portal-share").await;
    browser
        .tick("main input[name=team_id]:not([value=''])")
        .await;
    browser.submit().await;
    let shown = browser.text().await;
    assert!(shown.contains("belongs to the team Partners"), "{shown}");
    browser.look("portal-shared").await;
    let shown = at_the_portal(&demo, &browser, "/my-apps").await;
    assert!(shown.contains("Partners"), "{shown}");
    browser.look("portal-apps-shared").await;

    browser.open(&demo, &format!("{team}/delete")).await;
    let said = browser.text().await;
    assert!(said.contains("goes back to its developer alone"), "{said}");
    browser.look("console-team-delete-owning").await;
    browser.submit().await;
    at_the_portal(&demo, &browser, "/my-apps").await;
    browser.follow("main tbody a").await;
    let shown = browser.text().await;
    assert!(!shown.contains("belongs to the team"), "{shown}");
    browser.stop().await;
}

/// The pages on a phone, in the dark, and in Japanese: nothing is cut off, nothing is unreadable.
#[tokio::test(flavor = "multi_thread")]
async fn pages_about_teams_hold_on_a_phone_in_the_dark_and_in_japanese() {
    let demo = demo().await;
    let site = demo.saved("/portal/id");
    let mut made = None;
    for (name, options) in SCREENS {
        let browser = Browser::start(options).await;
        browser.sign_in_to_console(&demo).await;
        let team = match made.clone() {
            Some(team) => team,
            None => team(&demo, &browser).await,
        };
        made = Some(team.clone());
        for page in ["", "/add", "/roles", "/settings", "/delete"] {
            browser.open(&demo, &format!("{team}{page}")).await;
            let short = page.replace('/', "-");
            browser.look(&format!("console-{name}-team{short}")).await;
        }
        browser.open(&demo, &format!("/portals/{site}/teams")).await;
        browser.look(&format!("console-{name}-portal-teams")).await;
        at_the_portal(&demo, &browser, "/my-apps").await;
        browser.follow("main tbody a").await;
        browser.follow("main a[href$='/share']").await;
        browser.look(&format!("portal-{name}-share")).await;
        browser.stop().await;
    }
}
