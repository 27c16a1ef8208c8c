//! Developers sign in to the portal with the team's provider, in a real browser: with this program's own
//! tenant, and with a provider that others made.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::Locator;
use serde_json::json;

use crate::browser::{Browser, SCREENS};
use crate::site::Management;
use crate::support::{Demo, workspace};

const PASSWORD: &str = "Correct-horse-battery-1";

async fn demo() -> Demo {
    tokio::task::spawn_blocking(|| Demo::start(false))
        .await
        .unwrap()
}

/// The console's page about how the demo's developers sign in.
fn page(demo: &Demo) -> String {
    format!("/portals/{}/sign-in", demo.saved("/portal/id"))
}

/// Enters a provider in the console.
async fn enter(demo: &Demo, browser: &Browser, issuer: &str, (id, secret): (&str, &str)) {
    browser.open(demo, &page(demo)).await;
    browser.fill("oidc_issuer", issuer).await;
    browser.fill("oidc_client_id", id).await;
    browser.fill("oidc_client_secret", secret).await;
    let switch = "input[name=oidc_auth_enabled]";
    let found = browser.client.find(Locator::Css(switch)).await.unwrap();
    if !found.is_selected().await.unwrap() {
        browser.tick(switch).await;
    }
    browser.submit().await;
}

async fn test(browser: &Browser) -> String {
    browser.follow("form[action$='/test'] button").await;
    browser.text().await
}

/// Leaves the portal's sign-in page for the provider.
async fn leave(demo: &Demo, browser: &Browser) {
    let address = format!("{}/login", demo.endpoint("portal"));
    browser.client.goto(&address).await.unwrap();
    let button = "main a[href*='authenticate/sso']";
    let link = browser.client.find(Locator::Css(button)).await.unwrap();
    link.send_keys("\u{e007}").await.unwrap();
}

/// Waits until the browser is at a page of the portal that says this.
async fn back_at(demo: &Demo, browser: &Browser, text: &str) {
    let portal = demo.endpoint("portal");
    for _ in 0..400 {
        let at = browser.client.current_url().await.unwrap();
        if at.as_str().starts_with(&portal)
            && let Ok(body) = browser.client.find(Locator::Css("body")).await
            && body.text().await.unwrap_or_default().contains(text)
        {
            browser.settle().await;
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let at = browser.client.current_url().await.unwrap();
    panic!("the portal does not say {text}: {at}");
}

#[tokio::test(flavor = "multi_thread")]
async fn developers_sign_in_with_the_tenant_that_the_team_entered_in_the_console() {
    let demo = demo().await;
    let management = Management::of(&demo).await;
    management.user("ada@example.com", PASSWORD).await;
    let callback = "/api/v2/developer/authenticate/oidc-callback";
    let client = management
        .create(
            "clients",
            json!({
                "name": "Developer portal", "app_type": "regular_web", "oidc_conformant": true,
                "grant_types": ["authorization_code"], "token_endpoint_auth_method": "client_secret_post",
                "callbacks": ["https://elsewhere.example/callback"], "jwt_configuration": { "alg": "RS256" },
            }),
        )
        .await;
    let text = |name: &str| client[name].as_str().unwrap().to_owned();
    let (id, secret) = (text("client_id"), text("client_secret"));
    let browser = Browser::start(&["--window-size=1280,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    browser.open(&demo, &page(&demo)).await;
    browser.look("console-sign-in-none").await;
    let own = browser.value_of("redirect-uri-0").await;
    assert_eq!(own, format!("{}{callback}", demo.endpoint("portal")));
    let other = browser.value_of("redirect-uri-1").await;

    enter(&demo, &browser, &demo.endpoint("issuer"), (&id, "wrong")).await;
    let found = test(&browser).await;
    assert!(
        found.contains("does not know this client or its secret"),
        "{found}"
    );
    assert!(
        found.contains("Register this redirect URI there"),
        "{found}"
    );
    browser.look("console-sign-in-wrong").await;
    let body = json!({ "callbacks": [own, other] });
    management.change(&format!("clients/{id}"), body).await;
    enter(&demo, &browser, &demo.endpoint("issuer"), (&id, &secret)).await;
    let found = test(&browser).await;
    assert!(found.contains("Everything holds."), "{found}");
    browser.look("console-sign-in-holds").await;

    choose_groups(&demo, &browser).await;
    let developer = Browser::start(&["--window-size=1280,900"]).await;
    let login = format!("{}/login", demo.endpoint("portal"));
    developer.client.goto(&login).await.unwrap();
    developer.look("sign-in-both").await;
    leave(&demo, &developer).await;
    developer.sign_in("ada@example.com", PASSWORD).await;
    back_at(&demo, &developer, "ada@example.com").await;
    developer
        .client
        .goto(&format!("{}/my-apps", demo.endpoint("portal")))
        .await
        .unwrap();
    developer.look("my-apps-by-provider").await;

    // Passwords off: the provider alone is left.
    browser.open(&demo, &page(&demo)).await;
    browser.tick("input[name=basic_auth_enabled]").await;
    browser.submit().await;
    let stranger = Browser::start(&["--window-size=390,800"]).await;
    stranger.client.goto(&login).await.unwrap();
    stranger.look("sign-in-provider-alone-phone").await;
    let passwords = Locator::Css("input[type=password]");
    assert!(stranger.client.find(passwords).await.is_err());
    stranger
        .client
        .goto(&format!("{login}?sso=not-verified&lang=ja"))
        .await
        .unwrap();
    stranger.look("sign-in-not-verified-phone-ja").await;
    for browser in [browser, developer, stranger] {
        browser.stop().await;
    }
}

/// npm `oidc-provider`.
struct Provider {
    process: Child,
    issuer: String,
}

impl Provider {
    fn start(redirect_uri: &str) -> Self {
        let clients = workspace().join("tests/clients");
        let mut process = Command::new("node")
            .arg("oidc-sign-in.mjs")
            .arg(redirect_uri)
            .current_dir(clients)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node runs");
        let said = process.stdout.take().expect("an output");
        let mut lines = BufReader::new(said).lines().map_while(Result::ok);
        let issuer = lines.find_map(|line| line.strip_prefix("issuer ").map(str::to_owned));
        Self {
            issuer: issuer.expect("it says where it is"),
            process,
        }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// Gives a name to the provider's own page, and agrees.
async fn as_somebody(browser: &Browser, name: &str) {
    for _ in 0..2 {
        let button = browser
            .client
            .wait()
            .for_element(Locator::Css("button[type=submit]"))
            .await
            .unwrap();
        if let Ok(field) = browser.client.find(Locator::Css("input[name=login]")).await {
            field.send_keys(name).await.unwrap();
            let password = browser.client.find(Locator::Css("input[name=password]"));
            password.await.unwrap().send_keys("any").await.unwrap();
        }
        browser.mark().await;
        button.send_keys("\u{e007}").await.unwrap();
        for _ in 0..200 {
            let gone = "return !window.earlier && document.readyState === 'complete'";
            if browser
                .client
                .execute(gone, vec![])
                .await
                .is_ok_and(|gone| gone == true)
            {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn developers_sign_in_with_a_provider_that_others_made() {
    let local = [("GATEHOUSE__EGRESS__ALLOW", "127.0.0.0/8".to_owned())];
    let demo = tokio::task::spawn_blocking(move || Demo::start_with(false, &local));
    let demo = demo.await.unwrap();
    let callback = "/api/v2/developer/authenticate/oidc-callback";
    let provider = Provider::start(&format!("{}{callback}", demo.endpoint("portal")));
    let browser = Browser::start(&["--window-size=1280,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    enter(
        &demo,
        &browser,
        &provider.issuer,
        ("portal", "portal-secret"),
    )
    .await;
    let found = test(&browser).await;
    assert!(!found.contains("does not know this client"), "{found}");
    // The portal's other address is not known there.
    assert!(
        found.contains("Register this redirect URI there"),
        "{found}"
    );
    for (name, says) in [
        ("grace", "grace of the team"),
        ("mallory", "mallory of the team"),
    ] {
        let developer = Browser::start(&["--window-size=1280,900"]).await;
        leave(&demo, &developer).await;
        as_somebody(&developer, name).await;
        back_at(&demo, &developer, says).await;
        developer.stop().await;
    }
    browser.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_appear_in_the_console_by_themselves_and_usage_in_the_portal() {
    let demo = demo().await;
    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    browser
        .open(&demo, "/gateway/refusals?q=no-such-path")
        .await;
    assert!(browser.text().await.contains("Nothing was refused"));
    browser.mark().await;
    let egress = demo.egress();
    let address = format!("{}/no-such-path?key=secret", demo.endpoint("gateway"));
    let answer = egress.send(egress::Request::get(&address)).await.unwrap();
    assert_eq!(answer.status, 404);
    let mut said = String::new();
    for _ in 0..800 {
        said = browser.text().await;
        if said.contains("/no-such-path") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert!(
        said.contains("No route") && !said.contains("key=secret"),
        "{said}"
    );
    let same = browser
        .client
        .execute("return window.earlier === true", vec![])
        .await;
    assert_eq!(same.unwrap(), true, "the page was not loaded again");
    browser.look("console-refusals").await;

    // The application to play with calls as the quickstart's last lines say.
    let log = demo.log();
    let (_, rest) = log.split_once("Authorization: ").unwrap();
    let (basic, _) = rest.split_once('"').unwrap();
    let forecast = format!("{}/weather/forecast?place=Kobe", demo.endpoint("gateway"));
    let call = egress::Request::get(&forecast).header("authorization", basic);
    assert_eq!(egress.send(call).await.unwrap().status, 200);
    let portal = demo.endpoint("portal");
    browser
        .client
        .goto(&format!("{portal}/login"))
        .await
        .unwrap();
    browser
        .fill("email", &demo.saved("/portal/developer/email"))
        .await;
    browser
        .fill("password", &demo.saved("/portal/developer/password"))
        .await;
    browser.submit().await;
    let usage = format!("{portal}/my-apps/usage?range=hour");
    for _ in 0..120 {
        browser.client.goto(&usage).await.unwrap();
        if browser.text().await.contains("By API") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let said = browser.text().await;
    assert!(said.contains("Weather"), "the call that was made: {said}");
    browser.look("usage").await;
    at_the_console(&demo, &browser).await;
    browser.stop().await;
    let phone = Browser::start(&["--window-size=390,900"]).await;
    phone.client.goto(&format!("{portal}/login")).await.unwrap();
    phone
        .fill("email", &demo.saved("/portal/developer/email"))
        .await;
    phone
        .fill("password", &demo.saved("/portal/developer/password"))
        .await;
    phone.submit().await;
    phone
        .client
        .goto(&format!("{usage}&lang=ja"))
        .await
        .unwrap();
    phone.look("usage-phone-ja").await;
    phone.stop().await;
}

/// The same calls as the team sees them: everybody's, then one application's; a phone shows them too.
async fn at_the_console(demo: &Demo, browser: &Browser) {
    browser.open(demo, "/").await;
    browser.look("console-overview-with-calls").await;
    browser.follow("main a[href='/gateway/usage']").await;
    let said = browser.text().await;
    assert!(
        said.contains("Weather") && said.contains("No route"),
        "{said}"
    );
    browser.look("console-usage").await;
    browser.follow("main a[href*='application=']").await;
    let said = browser.text().await;
    assert!(
        said.contains("Only ") && !said.contains("No route"),
        "{said}"
    );
    browser.follow("main a[href*='/applications/']").await;
    browser.follow("main a[href*='/gateway/usage?']").await;
    for (name, options) in SCREENS {
        let browser = Browser::start(options).await;
        browser.sign_in_to_console(demo).await;
        browser.look(&format!("console-{name}-with-calls")).await;
        browser.open(demo, "/gateway/usage?range=hour").await;
        browser.look(&format!("console-{name}-usage")).await;
        browser.stop().await;
    }
}

/// Teams get groups, and a team that has none is told from the others.
async fn choose_groups(demo: &Demo, browser: &Browser) {
    let site = demo.saved("/portal/id");
    let team = format!("/portals/{site}/teams/new");
    for name in ["Partners", "Staff"] {
        browser.open(demo, &team).await;
        browser.fill("name", name).await;
        browser.submit().await;
    }
    browser.open(demo, &page(demo)).await;
    browser.follow("main a[href$='/sign-in/groups']").await;
    let css = "textarea[aria-label='Groups of Partners']";
    let field = browser.client.find(Locator::Css(css)).await.unwrap();
    field.send_keys("partners\nresellers").await.unwrap();
    browser.follow("main form[method=post] button").await;
    let said = browser.text().await;
    assert!(said.contains("The groups of one team are saved"), "{said}");
    browser.look("console-sign-in-groups").await;
    browser.open(demo, &page(demo)).await;
    browser.tick("input[name=idp_mapping_enabled]").await;
    browser.submit().await;
}
