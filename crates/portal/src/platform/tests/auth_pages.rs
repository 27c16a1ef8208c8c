//! Auth strategies and a portal's Application Setup in the console, as an administrator without scripts
//! uses them, and what the platform API then says.

use http::StatusCode;
use serde_json::{Value, json};
use web::Role;

use super::Platform;
use super::people::browser;
use super::portals::published;
use super::strategies::ALL;

const PAGES: &str = "/application-auth/strategies";
const CONFIG: &str = "configs.openid-connect";

fn form<'a>(fields: &[(&'static str, &'a str)]) -> Vec<(String, &'a str)> {
    let path = |name: &str| match name {
        "issuer" | "scopes" | "credential_claim" | "audience" | "auth_methods" => {
            format!("{CONFIG}.{name}")
        }
        "advanced" => CONFIG.to_owned(),
        other => other.to_owned(),
    };
    fields
        .iter()
        .map(|(name, value)| (path(name), *value))
        .collect()
}

fn borrowed<'a>(fields: &'a [(String, &'a str)]) -> Vec<(&'a str, &'a str)> {
    fields
        .iter()
        .map(|(name, value)| (name.as_str(), *value))
        .collect()
}

#[tokio::test]
async fn a_strategy_made_in_pages_is_what_the_api_shows_and_keeps_its_secrets() {
    for platform in Platform::everywhere().await {
        let provider = platform.provider().await;
        let mut browser = browser(&platform, Role::Admin);
        let new = format!("{PAGES}/new?type=client_credentials");
        let link = format!("provider={provider}");
        browser.get(&new).await.says(&link);
        let new = format!("{new}&{link}");
        let page = browser.get(&new).await;
        page.says("value=\"https://my-issuer.auth0.com/api/v2/\"");
        let advanced = r#"{ "leeway": 5, "client_secret": "hush", "redis": { "host": "r" } }"#;
        let fields = form(&[
            ("name", "Paged"),
            ("display_name", "OAuth"),
            ("dcr_provider_id", &provider),
            ("issuer", "https://my-issuer.auth0.com/api/v2/"),
            ("scopes", "openid, read:a"),
            ("credential_claim", "azp"),
            ("audience", "https://api.example"),
            ("auth_methods", "bearer"),
            ("auth_methods", "session"),
            ("labels", "env: prod"),
            ("advanced", advanced),
        ]);
        let made = browser.post(&new, &borrowed(&fields)).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.html);
        let id = made.location().rsplit('/').next().unwrap().to_owned();
        let shown = platform.get(&format!("{ALL}/{id}")).await.body;
        let config = json!({
            "issuer": "https://my-issuer.auth0.com/api/v2/",
            "scopes": ["openid", "read:a"],
            "credential_claim": ["azp"],
            "auth_methods": ["bearer", "session"],
            "audience": ["https://api.example"],
            "token_post_args_names": ["audience"],
            "token_post_args_values": ["https://api.example"],
            "leeway": 5,
            "redis": { "host": "r" },
        });
        assert_eq!(shown["configs"]["openid-connect"], config);
        assert_eq!(shown["labels"], json!({ "env": "prod" }));
        assert_eq!(shown["dcr_provider"]["id"], json!(provider));

        let page = format!("{PAGES}/{id}");
        browser.get(&page).await.says("not shown: client_secret");
        let change = form(&[
            ("name", "Paged"),
            ("display_name", "OAuth"),
            ("dcr_provider_id", &provider),
            ("issuer", "https://my-issuer.auth0.com/api/v2/"),
            ("scopes", "openid"),
            ("credential_claim", "azp"),
            ("auth_methods", "bearer"),
            ("advanced", r#"{ "redis": { "port": 1 } }"#),
        ]);
        let saved = browser.post(&page, &borrowed(&change)).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
        browser.get(&page).await.says("not shown: client_secret");
        let shown = platform.get(&format!("{ALL}/{id}")).await.body;
        let config = json!({
            "issuer": "https://my-issuer.auth0.com/api/v2/",
            "scopes": ["openid"],
            "credential_claim": ["azp"],
            "auth_methods": ["bearer"],
            "redis": { "port": 1 },
        });
        assert_eq!(
            shown["configs"]["openid-connect"],
            config,
            "{}",
            platform.name()
        );
        assert_eq!(shown["labels"], json!({}));
    }
}

#[tokio::test]
async fn a_strategy_in_use_stays_and_says_by_what_it_is_used() {
    for platform in Platform::everywhere().await {
        let (portal, _, strategy) = published(&platform).await;
        let default = json!({ "default_application_auth_strategy_id": strategy });
        let path = format!("/v2/portals/{portal}");
        assert_eq!(platform.call("PATCH", &path, default).await.status, 200);
        let mut browser = browser(&platform, Role::Owner);
        let list = browser.get(&format!("{PAGES}?sort=name&order=desc")).await;
        list.says("one published version")
            .says("the default of one portal");
        let delete = format!("{PAGES}/{strategy}/delete");
        let page = browser.get(&delete).await;
        page.says("cannot be deleted yet")
            .says("has it as its default");
        assert!(!page.html.contains(&format!("action=\"{delete}\"")));
        // There is no form to send; somebody's earlier page may have had one.
        browser.get(&format!("{PAGES}/{strategy}")).await;
        let refused = browser.post(&delete, &[]).await;
        assert_eq!(refused.location(), delete);
        assert_eq!(platform.get(&format!("{ALL}/{strategy}")).await.status, 200);
        let none = browser.get(&format!("{PAGES}?type=key_auth&q=zzz")).await;
        none.says("There is no auth strategy here");
    }
}

#[tokio::test]
async fn viewers_look_at_strategies_and_change_nothing() {
    let platform = Platform::start().await;
    let provider = platform.provider().await;
    let strategy = platform.strategy(&provider).await;
    let mut viewer = browser(&platform, Role::Viewer);
    let page = viewer.get(&format!("{PAGES}/{strategy}")).await;
    page.says("disabled");
    assert!(!page.html.contains("type=\"submit\">Save"));
    for path in [format!("{PAGES}/new"), format!("{PAGES}/{strategy}/delete")] {
        assert_eq!(viewer.get(&path).await.status, StatusCode::FORBIDDEN);
    }
}

/// The classic form with the vendor's values.
fn classic<'a>(issuer: &'a str, secret: &'a str) -> [(&'a str, &'a str); 7] {
    [
        ("issuer", issuer),
        ("audience", "https://api.example"),
        ("scopes", "openid read:account_information"),
        ("use_developer_managed_scopes", "on"),
        ("credential_claim", "azp"),
        ("initial_client_id", "abc123"),
        ("initial_client_secret", secret),
    ]
}

async fn default_of(platform: &Platform, portal: &str) -> Value {
    let portal = platform.get(&format!("/v2/portals/{portal}")).await.body;
    portal["default_application_auth_strategy_id"].clone()
}

#[tokio::test]
async fn the_classic_page_keeps_one_provider_and_one_strategy_and_replaces_them() {
    for platform in Platform::everywhere().await {
        let portal = platform
            .post("/v2/portals", json!({ "name": "classic" }))
            .await
            .id();
        let mut browser = browser(&platform, Role::Owner);
        let page = format!("/portals/{portal}/settings/application-setup");
        let first = browser.get(&page).await;
        first.says("Consumer Claims").says("value=\"azp\"");
        let refused = browser.post(&page, &classic("nowhere", "")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused
            .says("such as https://tenant.us.auth0.com")
            .says("Fill this in");
        assert_eq!(default_of(&platform, &portal).await, Value::Null);

        let fields = classic("https://a.auth0.com", "s3cret");
        let saved = browser.post(&page, &fields).await;
        assert_eq!(saved.location(), page, "{}", saved.html);
        let again = browser.get(&page).await;
        again
            .says("The settings are saved")
            .says("Save replaces them");
        assert!(!again.html.contains("s3cret"), "kept sealed");
        let strategy = default_of(&platform, &portal).await;
        let strategy = strategy.as_str().unwrap().to_owned();
        let shown = platform.get(&format!("{ALL}/{strategy}")).await.body;
        let config = &shown["configs"]["openid-connect"];
        assert_eq!(config["credential_claim"], json!(["azp"]));
        assert_eq!(
            config["token_post_args_values"],
            json!(["https://api.example"])
        );

        let fields = classic("https://b.auth0.com", "");
        browser.post(&page, &fields).await;
        let after = browser.get(&page).await;
        after.says("They replace the earlier ones, with the issuer https://a.auth0.com");
        assert_eq!(default_of(&platform, &portal).await, json!(strategy));
        let all = platform.get("/v2/dcr-providers").await.body;
        assert_eq!(all["data"].as_array().unwrap().len(), 1);
        assert_eq!(all["data"][0]["issuer"], "https://b.auth0.com");
        let config = &all["data"][0]["dcr_config"];
        assert_eq!(config["use_developer_managed_scopes"], true);

        // Another type takes the provider's place, while nothing has a client there.
        let okta = format!("{page}?provider=okta");
        browser.get(&okta).await.says("API token");
        let fields = [
            ("issuer", "https://c.okta.com"),
            ("scopes", "openid"),
            ("credential_claim", "cid"),
            ("dcr_token", "t0ken"),
        ];
        let saved = browser.post(&okta, &fields).await;
        assert_eq!(saved.location(), page, "{}", saved.html);
        let all = platform.get("/v2/dcr-providers").await.body;
        assert_eq!(
            all["data"].as_array().unwrap().len(),
            1,
            "{}",
            platform.name()
        );
        assert_eq!(all["data"][0]["provider_type"], "okta");
        let shown = platform.get(&format!("{ALL}/{strategy}")).await.body;
        assert_eq!(shown["dcr_provider"]["provider_type"], "okta");
        assert_eq!(
            shown["configs"]["openid-connect"]["issuer"],
            "https://c.okta.com"
        );
    }
}
