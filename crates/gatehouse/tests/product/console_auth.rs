//! The console's pages about application auth in a real browser: DCR providers, auth strategies, and a
//! portal's classic Application Setup.

use fantoccini::Locator;

use crate::browser::{Browser, SCREENS};
use crate::console_portals::{choose, demo};
use crate::support::Demo;

const PROVIDERS: &str = "/application-auth/providers";
const STRATEGIES: &str = "/application-auth/strategies";
const ADVANCED: &str = "configs.openid-connect";

async fn says(browser: &Browser, parts: &[&str]) {
    let shown = browser.text().await;
    for part in parts {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

async fn value(browser: &Browser, field: &str) -> String {
    let css = format!("main [name='{field}']");
    let found = browser.client.find(Locator::Css(&css)).await.unwrap();
    found.prop("value").await.unwrap().unwrap_or_default()
}

/// Fills in a new provider like the demo's, from its kind's page on.
async fn new_provider(demo: &Demo, browser: &Browser, name: &str) {
    browser
        .open(demo, &format!("{PROVIDERS}/new?type=auth0"))
        .await;
    let issuer = demo.endpoint("issuer");
    browser.fill("name", name).await;
    browser.fill("issuer", issuer.trim_end_matches('/')).await;
    let of = |part: &str| demo.saved(&format!("/management/{part}"));
    let (client, secret) = (of("client_id"), of("client_secret"));
    browser.fill("dcr_config.initial_client_id", &client).await;
    browser
        .fill("dcr_config.initial_client_secret", &secret)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_made_verified_changed_and_removed_in_pages() {
    let demo = demo().await;
    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    browser.open(&demo, PROVIDERS).await;
    says(&browser, &["Auth0 DCR Provider"]).await;
    browser.look("console-providers").await;
    browser.follow("main a[href$='/providers/new']").await;
    browser.look("console-provider-types").await;

    new_provider(&demo, &browser, "Second").await;
    browser.fill("issuer", "no address").await;
    browser.fill("labels", "no label!: x").await;
    browser.submit().await;
    let wrong = ["such as https://example.com", "A label is 1 to 63"];
    says(&browser, &wrong).await;
    browser.look("console-provider-new-refused").await;
    new_provider(&demo, &browser, "Second").await;
    browser.fill("labels", "team: weather").await;
    browser.submit().await;
    assert!(browser.path().await.ends_with("/verify"));
    browser.submit().await;
    says(&browser, &["Everything holds", "create:clients", "Held"]).await;
    browser.look("console-provider-verified").await;

    let provider = browser.path().await.replace("/verify", "");
    browser.open(&demo, &provider).await;
    assert_eq!(value(&browser, "labels").await, "team: weather");
    let secret = value(&browser, "dcr_config.initial_client_secret").await;
    assert_eq!(secret, "", "a secret never comes back");
    browser
        .fill("dcr_config.initial_client_id", "somebody-else")
        .await;
    browser.submit().await;
    says(&browser, &["Saved."]).await;
    browser.look("console-provider").await;
    browser.open(&demo, &format!("{provider}/verify")).await;
    browser.submit().await;
    let missing = ["is missing", "Check the initial client"];
    says(&browser, &missing).await;
    browser.look("console-provider-verify-missing").await;

    browser.open(&demo, &format!("{provider}/delete")).await;
    says(&browser, &["No auth strategy uses this provider"]).await;
    browser.look("console-provider-delete").await;
    browser.submit().await;
    says(&browser, &["Second is removed"]).await;
    let used = demo.saved("/dcr_provider_id");
    browser
        .open(&demo, &format!("{PROVIDERS}/{used}/delete"))
        .await;
    says(
        &browser,
        &["Auth strategies use this provider", "Auth0 Auth"],
    )
    .await;
    browser.look("console-provider-delete-used").await;
    browser.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strategy_with_dcr_is_made_changed_and_removed_in_pages() {
    let demo = demo().await;
    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    browser.open(&demo, "/application-auth").await;
    assert_eq!(browser.path().await, STRATEGIES);
    says(&browser, &["Auth0 Auth", "one application", "one portal"]).await;
    browser.look("console-strategies").await;
    browser.follow("main a[href$='/strategies/new']").await;
    browser.look("console-strategy-kinds").await;
    browser
        .follow("main a[href$='type=client_credentials']")
        .await;
    browser.look("console-strategy-providers").await;
    browser.follow("main a[href*='provider=']").await;
    let issuer = demo.endpoint("issuer");
    let prefilled = value(&browser, "configs.openid-connect.issuer").await;
    assert_eq!(prefilled, issuer.trim_end_matches('/'));
    let claim = value(&browser, "configs.openid-connect.credential_claim").await;
    assert_eq!(claim, "azp");
    browser.look("console-strategy-new").await;

    browser.fill("name", "Second").await;
    browser.fill("display_name", "OAuth").await;
    browser
        .fill("configs.openid-connect.audience", &demo.saved("/audience"))
        .await;
    browser.fill(ADVANCED, "{ \"leeway\": }").await;
    browser.submit().await;
    says(&browser, &["not JSON: line 1, column 13"]).await;
    let settings = "{ \"leeway\": -1, \"audiense\": [], \"cache_tokens\": 1 }";
    browser.fill(ADVANCED, settings).await;
    browser.submit().await;
    let wrong = [
        "“leeway” must be at least 0",
        "“audiense” is no setting of the plugin",
        "“cache_tokens” must be true or false",
    ];
    says(&browser, &wrong).await;
    browser.look("console-strategy-new-refused").await;
    let settings = "{ \"leeway\": 5, \"client_secret\": \"hush-hush\" }";
    browser.fill(ADVANCED, settings).await;
    browser.submit().await;
    says(&browser, &["The strategy is saved", "Not used"]).await;
    let shown = browser.client.source().await.unwrap();
    assert!(!shown.contains("hush-hush"), "sealed and never shown");
    says(&browser, &["not shown: client_secret"]).await;
    browser.look("console-strategy").await;

    let scopes = "configs.openid-connect.scopes";
    browser.fill(scopes, "openid, read:forecast").await;
    browser.fill(ADVANCED, "{ \"cache_ttl\": 60 }").await;
    browser.submit().await;
    says(&browser, &["Saved.", "not shown: client_secret"]).await;
    assert_eq!(value(&browser, scopes).await, "openid read:forecast");
    let settings = value(&browser, ADVANCED).await;
    assert!(settings.contains("cache_ttl") && !settings.contains("leeway"));
    let strategy = browser.path().await;
    browser.open(&demo, &format!("{strategy}/delete")).await;
    says(
        &browser,
        &["Nothing uses this strategy", "Auth0 DCR Provider stays"],
    )
    .await;
    browser.look("console-strategy-delete").await;
    browser.submit().await;
    says(&browser, &["Second is removed"]).await;
    browser.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_clients_of_ones_own_have_strategies_and_used_ones_stay() {
    let demo = demo().await;
    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    browser
        .open(&demo, &format!("{STRATEGIES}/new?type=key_auth"))
        .await;
    browser.fill("name", "Keys").await;
    browser.fill("display_name", "API keys").await;
    let names = "configs.key-auth.key_names";
    browser.fill(names, "api/key").await;
    browser.fill("configs.key-auth.ttl.value", "0").await;
    browser.submit().await;
    says(&browser, &["names that a header can have", "too small"]).await;
    browser.look("console-strategy-keys-refused").await;
    browser.fill(names, "apikey, x-api-key").await;
    browser.fill("configs.key-auth.ttl.value", "90").await;
    browser.submit().await;
    says(&browser, &["The strategy is saved"]).await;
    browser.look("console-strategy-keys").await;
    let of = "self_managed_client_credentials";
    browser
        .open(&demo, &format!("{STRATEGIES}/new?type={of}"))
        .await;
    browser.fill("name", "Own clients").await;
    browser.fill("display_name", "Own client").await;
    browser.submit().await;
    browser.look("console-strategy-own-refused").await;
    browser
        .fill("configs.openid-connect.issuer", "https://id.example.com")
        .await;
    browser.submit().await;
    says(&browser, &["The strategy is saved"]).await;

    // What is shown stands in the address.
    let list = format!("{STRATEGIES}?type=key_auth&sort=name&order=desc");
    browser.open(&demo, &list).await;
    let shown = browser.text().await;
    assert!(
        shown.contains("Keys") && !shown.contains("Own clients"),
        "{shown}"
    );
    browser
        .open(&demo, &format!("{STRATEGIES}?q=nothing"))
        .await;
    says(&browser, &["There is no auth strategy here"]).await;
    browser.look("console-strategies-none").await;

    let used = demo.saved("/auth_strategy_id");
    browser.open(&demo, &format!("{STRATEGIES}/{used}")).await;
    says(&browser, &["Weather v1", "Weather developers"]).await;
    browser.look("console-strategy-used").await;
    browser
        .open(&demo, &format!("{STRATEGIES}/{used}/delete"))
        .await;
    let reasons = [
        "cannot be deleted yet",
        "Versions of API",
        "Applications were made",
    ];
    says(&browser, &reasons).await;
    let button = browser.client.find(Locator::Css("main form button"));
    assert!(button.await.is_err(), "nothing to press");
    browser.look("console-strategy-delete-used").await;
    browser.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_classic_page_sets_a_portal_up_and_says_what_it_replaces() {
    let demo = demo().await;
    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    browser.open(&demo, "/portals/new").await;
    browser.fill("name", "classic").await;
    browser.submit().await;
    browser
        .follow("main a[href$='/settings/application-setup']")
        .await;
    says(&browser, &["External identity provider", "Consumer Claims"]).await;
    browser.look("console-setup").await;
    browser.submit().await;
    browser.look("console-setup-refused").await;
    let issuer = demo.endpoint("issuer");
    let of = |part: &str| demo.saved(&format!("/management/{part}"));
    for (field, text) in [
        ("issuer", issuer.trim_end_matches('/')),
        ("audience", &demo.saved("/audience")),
        ("scopes", "openid, read:account_information"),
        ("credential_claim", "azp"),
        ("initial_client_id", &of("client_id")),
        ("initial_client_secret", &of("client_secret")),
    ] {
        browser.fill(field, text).await;
    }
    browser
        .tick("input[name=use_developer_managed_scopes]")
        .await;
    browser.submit().await;
    says(&browser, &["The settings are saved", "Save replaces them"]).await;
    assert_eq!(value(&browser, "audience").await, demo.saved("/audience"));
    assert_eq!(value(&browser, "initial_client_secret").await, "");
    browser.look("console-setup-saved").await;
    browser.follow("main form a[href$='/verify']").await;
    browser.submit().await;
    says(&browser, &["create:clients", "Held"]).await;

    browser.client.back().await.unwrap();
    browser.client.back().await.unwrap();
    browser.fill("issuer", "https://other.example.com").await;
    browser.submit().await;
    says(
        &browser,
        &["They replace the earlier ones", "https://other.example.com"],
    )
    .await;
    // One provider and one strategy, still.
    browser.open(&demo, &format!("{PROVIDERS}?q=classic")).await;
    says(
        &browser,
        &["One entry", "classic Auth0", "https://other.example.com"],
    )
    .await;
    // Another type takes the place of the provider, while nothing has a client there.
    browser.follow("main tbody a").await;
    let id = demo.saved("/portal/id");
    let setup = format!("/portals/{id}/settings/application-setup");
    browser.open(&demo, &setup).await;
    let shared = ["Save replaces them", "its type stays", "Auth0 Auth"];
    says(&browser, &shared).await;
    browser.look("console-setup-used").await;
    browser.stop().await;
}

/// The pages on a phone, in the dark, in Japanese, and without scripts.
#[tokio::test(flavor = "multi_thread")]
async fn pages_about_application_auth_hold_everywhere() {
    let demo = demo().await;
    let provider = format!("{PROVIDERS}/{}", demo.saved("/dcr_provider_id"));
    let strategy = format!("{STRATEGIES}/{}", demo.saved("/auth_strategy_id"));
    let site = format!("/portals/{}", demo.saved("/portal/id"));
    let pages = [
        ("providers", PROVIDERS.to_owned()),
        ("provider-types", format!("{PROVIDERS}/new")),
        ("provider-new", format!("{PROVIDERS}/new?type=http")),
        ("provider", provider.clone()),
        ("provider-delete", format!("{provider}/delete")),
        ("strategies", STRATEGIES.to_owned()),
        ("strategy-kinds", format!("{STRATEGIES}/new")),
        (
            "strategy-providers",
            format!("{STRATEGIES}/new?type=client_credentials"),
        ),
        ("strategy-keys", format!("{STRATEGIES}/new?type=key_auth")),
        ("strategy", strategy.clone()),
        ("strategy-delete", format!("{strategy}/delete")),
        ("setup", format!("{site}/settings/application-setup")),
    ];
    let scriptless: (_, &[&str], _) = ("scriptless", &["--window-size=1440,1000"], false);
    let ways = SCREENS.map(|(name, options)| (name, options, true));
    for (name, options, scripts) in ways.into_iter().chain([scriptless]) {
        let browser = match scripts {
            true => Browser::start(options).await,
            false => Browser::start_without_scripts(options).await,
        };
        browser.sign_in_to_console(&demo).await;
        for (page, path) in &pages {
            browser.open(&demo, path).await;
            browser.look(&format!("console-{name}-{page}")).await;
        }
        browser.open(&demo, &format!("{provider}/verify")).await;
        browser.submit().await;
        browser
            .look(&format!("console-{name}-provider-verified"))
            .await;
        by_hand(&demo, &browser, name).await;
        browser.stop().await;
    }
}

/// A strategy made, refused and removed, whatever the language.
async fn by_hand(demo: &Demo, browser: &Browser, name: &str) {
    let own = format!("{STRATEGIES}/new?type=self_managed_client_credentials");
    browser.open(demo, &own).await;
    browser.fill("name", "By hand").await;
    browser.fill("display_name", "By hand").await;
    browser
        .fill("configs.openid-connect.issuer", "https://id.example.com")
        .await;
    browser.fill(ADVANCED, "{ \"leeway\": -1 }").await;
    browser.submit().await;
    says(browser, &["leeway"]).await;
    browser
        .look(&format!("console-{name}-strategy-refused"))
        .await;
    browser.fill(ADVANCED, "").await;
    browser.submit().await;
    let strategy = browser.path().await;
    browser.open(demo, &format!("{strategy}/delete")).await;
    browser.submit().await;
    assert_eq!(browser.path().await, STRATEGIES);
}

/// Keys as a developer has them: several, with names and ends, replaced without a gap, revoked.
#[tokio::test(flavor = "multi_thread")]
async fn a_developer_keeps_several_keys_and_replaces_one_without_a_gap() {
    let demo = demo().await;
    let browser = Browser::start(&["--window-size=1440,1000"]).await;
    browser.sign_in_to_console(&demo).await;
    browser
        .open(&demo, &format!("{STRATEGIES}/new?type=key_auth"))
        .await;
    browser.fill("name", "Keys").await;
    browser.fill("display_name", "API keys").await;
    browser.fill("configs.key-auth.ttl.value", "60").await;
    browser.submit().await;
    let strategy = browser.path().await;
    let strategy = strategy.rsplit('/').next().unwrap();
    publish_with(&demo, &browser).await;

    let portal = demo.endpoint("portal");
    let go = async |path: &str| {
        let address = format!("{portal}{path}");
        browser.client.goto(&address).await.unwrap();
    };
    go("/login").await;
    let saved = |part: &str| demo.saved(&format!("/portal/developer/{part}"));
    browser.fill("email", &saved("email")).await;
    browser.fill("password", &saved("password")).await;
    browser.submit().await;
    go("/my-apps/new").await;
    browser.fill("name", "Station").await;
    let css = format!("input[name=auth_strategy_id][value='{strategy}']");
    browser.tick(&css).await;
    browser.submit().await;
    let application = browser.path().await;
    go(&format!("{application}/keys/new")).await;
    browser.look("portal-key-new").await;
    browser.fill("display_name", "laptop").await;
    choose(&browser, "days", 0).await;
    browser.submit().await;
    browser.look("portal-key-once").await;
    let first = browser.value_of("api-key").await;
    go(&format!("{application}/keys/new")).await;
    browser.fill("display_name", "station").await;
    browser.submit().await;
    go(&application).await;
    says(
        &browser,
        &["laptop", "station", &format!("{}…", &first[..6])],
    )
    .await;
    browser.look("portal-keys").await;
    let shown = browser.client.source().await.unwrap();
    assert!(!shown.contains(&first), "shown once");

    browser.follow("main a[href$='/rotate']").await;
    choose(&browser, "overlap", 1).await;
    browser.look("portal-key-rotate").await;
    browser.submit().await;
    let second = browser.value_of("api-key").await;
    assert_ne!(first, second);
    go(&application).await;
    says(
        &browser,
        &[&format!("{}…", &first[..6]), &format!("{}…", &second[..6])],
    )
    .await;
    browser.look("portal-keys-rotated").await;
    browser
        .follow("main a[href*='/keys/'][href$='/delete']")
        .await;
    browser.look("portal-key-revoke").await;
    browser.submit().await;
    let shown = browser.text().await;
    assert!(!shown.contains(&format!("{}…", &first[..6])), "{shown}");
    browser.stop().await;
}

/// Makes the last strategy of the list the default of the demo's portal, so that developers can take it.
async fn publish_with(demo: &Demo, browser: &Browser) {
    let settings = format!("/portals/{}/settings", demo.saved("/portal/id"));
    browser.open(demo, &settings).await;
    let field = "select[name=default_application_auth_strategy_id]";
    let select = browser.client.find(Locator::Css(field)).await.unwrap();
    select.select_by_label("Keys").await.unwrap();
    browser.submit().await;
}
