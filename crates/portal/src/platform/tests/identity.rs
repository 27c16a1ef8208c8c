//! The provider with which developers sign in, by both of the vendor's surfaces and in the console.

use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use oauth::jose::SigningKey;
use serde_json::{Value, json};
use web::Role;

use super::Platform;
use super::people::browser;
use crate::model::IdentityProvider;
use crate::service::identity_providers;
use crate::store;
use secrecy::ExposeSecret as _;
use storage::params;

async fn portal(platform: &Platform) -> String {
    platform
        .post("/v2/portals", json!({ "name": "weather" }))
        .await
        .id()
}

async fn stored(platform: &Platform, portal: &str) -> IdentityProvider {
    let id = portal.parse().unwrap();
    let found = store::identity_providers::of_portal(platform.portal.db(), id).await;
    found.unwrap().unwrap()
}

#[tokio::test]
async fn settings_and_identity_providers_are_two_views_of_one_thing() {
    for platform in Platform::everywhere().await {
        let portal = portal(&platform).await;
        let settings = format!("/v2/portals/{portal}/authentication-settings");
        let providers = format!("/v2/portals/{portal}/identity-providers");
        assert_eq!(platform.get(&providers).await.body, json!([]));
        let body = json!({
            "oidc_auth_enabled": true,
            "oidc_issuer": "https://id.example/v2",
            "oidc_client_id": "portal",
            "oidc_client_secret": "s3cret",
            "oidc_claim_mappings": { "groups": "custom-group-claim" },
            "oidc_team_mapping_enabled": true,
        });
        let changed = platform.call("PATCH", &settings, body).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        assert!(!changed.body.to_string().contains("s3cret"));
        let config = &changed.body["oidc_config"];
        assert_eq!(config["scopes"], json!(["email", "openid", "profile"]));
        assert_eq!(config["claim_mappings"]["groups"], "custom-group-claim");
        assert_eq!(config["claim_mappings"]["email"], "email");
        assert_eq!(
            changed.body["idp_mapping_enabled"], true,
            "one switch, two names"
        );
        let read = platform.get(&settings).await.body;
        assert_eq!(read, changed.body, "{}", platform.name());
        // What was read can be written.
        let same = platform.call("PATCH", &settings, read.clone()).await;
        assert_eq!((same.status, &same.body), (200, &read));

        let listed = platform.get(&providers).await.body;
        let id = listed[0]["id"].as_str().unwrap();
        assert_eq!(listed[0]["config"]["issuer_url"], "https://id.example/v2");
        let none = platform
            .get(&format!("{providers}?filter[type][eq]=saml"))
            .await;
        assert_eq!(none.body, json!([]));
        let one = format!("{providers}/{id}");
        let later = providers.replace("/v2/", "/v3/");
        assert_eq!(platform.get(&later).await.body, listed);
        let off = platform
            .call("PATCH", &one, json!({ "enabled": false }))
            .await;
        assert_eq!(off.body["enabled"], false);
        assert_eq!(
            platform.get(&settings).await.body["oidc_auth_enabled"],
            false
        );
        let second = json!({ "type": "oidc", "config": { "issuer_url": "https://x.example", "client_id": "x" } });
        let refused = platform.call("POST", &providers, second).await;
        assert_eq!(refused.violations(), ["type: invalid"]);
        let gone = platform.call("DELETE", &one, Value::Null).await;
        assert_eq!(gone.status, 204);
        assert_eq!(platform.get(&one).await.status, 404);
        assert!(platform.get(&settings).await.body["oidc_config"].is_null());
    }
}

#[tokio::test]
async fn the_client_secret_is_sealed_kept_and_told_to_its_own_issuer_alone() {
    for platform in Platform::everywhere().await {
        let portal = portal(&platform).await;
        let providers = format!("/v2/portals/{portal}/identity-providers");
        let body = json!({ "type": "oidc", "enabled": true, "config": {
            "issuer_url": "https://id.example", "client_id": "portal", "client_secret": "s3cret-of-ours" } });
        let made = platform.post(&providers, body).await;
        assert!(made.body["config"]["client_secret"].is_null());
        let one = format!("{providers}/{}", made.id());
        let sealed = stored(&platform, &portal).await.secret.unwrap();
        assert!(!sealed.contains("s3cret-of-ours"));
        let scopes = json!({ "config": { "scopes": ["openid", "groups"], "issuer_url": "https://id.example/" } });
        let changed = platform.call("PATCH", &one, scopes).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        let kept = stored(&platform, &portal).await;
        let secret = identity_providers::secret(&platform.portal, &kept).unwrap();
        assert_eq!(secret.unwrap().expose_secret(), "s3cret-of-ours");
        for elsewhere in [
            json!({ "config": { "issuer_url": "https://evil.example" } }),
            json!({ "config": { "client_id": "another" } }),
        ] {
            let refused = platform.call("PATCH", &one, elsewhere).await;
            assert_eq!(refused.violations(), ["config.client_secret: required"]);
        }
        let dump = "SELECT detail FROM portal_audit";
        for row in platform.portal.db().query(dump, params![]).await.unwrap() {
            assert!(!row.get::<String>("detail").unwrap().contains("s3cret"));
        }
    }
}

#[tokio::test]
async fn wrong_settings_are_refused_by_field_and_somebody_can_always_sign_in() {
    let platform = Platform::start().await;
    let portal = portal(&platform).await;
    let settings = format!("/v2/portals/{portal}/authentication-settings");
    for (body, violations) in [
        (
            json!({ "oidc_issuer": 1, "oidc_client_id": 1 }),
            vec!["oidc_issuer: is_string", "oidc_client_id: is_string"],
        ),
        (
            json!({ "oidc_auth_enabled": true }),
            vec!["oidc_issuer: required"],
        ),
        (
            json!({ "oidc_issuer": "https://id.example" }),
            vec!["oidc_client_id: required"],
        ),
        (
            json!({ "oidc_issuer": "javascript:x", "oidc_client_id": "a" }),
            vec!["oidc_issuer: invalid"],
        ),
        (
            json!({ "oidc_scopes": ["a b"] }),
            vec!["oidc_scopes.0: invalid"],
        ),
        (
            json!({ "basic_auth_enabled": false }),
            vec!["basic_auth_enabled: invalid"],
        ),
        (
            json!({ "saml_auth_enabled": true }),
            vec!["saml_auth_enabled: invalid"],
        ),
    ] {
        let refused = platform.call("PATCH", &settings, body.clone()).await;
        assert_eq!(refused.violations(), violations, "{body}");
    }
    let providers = format!("/v2/portals/{portal}/identity-providers");
    let saml = json!({ "type": "saml", "config": { "idp_metadata_url": "https://x.example" } });
    let refused = platform.call("POST", &providers, saml).await;
    assert_eq!(refused.violations(), ["type: invalid"]);
    let body = json!({ "oidc_auth_enabled": true, "basic_auth_enabled": false,
        "oidc_issuer": "https://id.example", "oidc_client_id": "portal" });
    assert_eq!(platform.call("PATCH", &settings, body).await.status, 200);
    let id = platform.get(&providers).await.body[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let one = format!("{providers}/{id}");
    let refused = platform.call("DELETE", &one, Value::Null).await;
    assert_eq!(refused.violations(), ["basic_auth_enabled: invalid"]);
    let refused = platform
        .call("PATCH", &one, json!({ "enabled": false }))
        .await;
    assert_eq!(refused.violations(), ["basic_auth_enabled: invalid"]);
}

#[tokio::test]
async fn groups_are_mapped_to_the_teams_of_the_portal() {
    for platform in Platform::everywhere().await {
        let portal = portal(&platform).await;
        let mappings = format!("/v2/portals/{portal}/identity-provider/team-group-mappings");
        assert_eq!(platform.get(&mappings).await.status, 400, "no provider yet");
        let providers = format!("/v2/portals/{portal}/identity-providers");
        let body = json!({ "type": "oidc", "config": { "issuer_url": "https://id.example", "client_id": "p" } });
        platform.post(&providers, body).await;
        let team = "0d9a1e66-2b5c-4fb1-9a0d-6a1de81c3a01";
        let sql = "INSERT INTO portal_team (id, portal_id, name, description, created_at, updated_at) \
                   VALUES ($1, $2, 'Partners', '', 1, 1)";
        let db = platform.portal.db();
        db.execute(sql, params![team, &portal]).await.unwrap();
        let body = json!({ "data": [{ "team_id": team, "groups": ["Tech Leads", "API", "API"] }] });
        let changed = platform.call("PATCH", &mappings, body).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        assert_eq!(
            changed.body["data"][0]["groups"],
            json!(["API", "Tech Leads"])
        );
        let wrong = json!({ "data": [{ "team_id": portal, "groups": [] }] });
        let refused = platform.call("PATCH", &mappings, wrong).await;
        assert_eq!(refused.violations(), ["data[0].team_id: missing_reference"]);
        let none = json!({ "data": [{ "team_id": team, "groups": [] }] });
        let changed = platform.call("PATCH", &mappings, none).await;
        assert_eq!(changed.body["data"], json!([]), "{}", platform.name());
    }
}

/// A provider that knows one client and one redirect URI.
fn provider(issuer: &'static str) -> Router {
    let key = SigningKey::generate_es256().unwrap().with_kid("a");
    let metadata = json!({
        "issuer": issuer,
        "authorization_endpoint": "https://id.example/authorize",
        "token_endpoint": "https://id.example/token",
        "jwks_uri": "https://id.example/jwks",
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
    });
    let keys = json!({ "keys": [key.public_jwk()] });
    let token = async |body: String| {
        let known = body.contains("client_secret=right");
        let error = if known {
            "invalid_grant"
        } else {
            "invalid_client"
        };
        (StatusCode::BAD_REQUEST, Json(json!({ "error": error })))
    };
    let authorize = async |uri: http::Uri| {
        let query = uri.query().unwrap_or_default();
        let known = query.contains("redirect_uri=http%3A%2F%2Flocalhost%3A8003%2F");
        match known {
            true => Ok(axum::response::Redirect::to(
                "http://localhost:8003/api/v2/developer/authenticate/oidc-callback?error=login_required",
            )),
            false => Err((StatusCode::FORBIDDEN, "redirect_uri mismatch")),
        }
    };
    Router::new()
        .route(
            "/.well-known/openid-configuration",
            get(async move || Json(metadata)),
        )
        .route("/jwks", get(async move || Json(keys)))
        .route("/token", post(token))
        .route("/authorize", get(authorize))
}

#[tokio::test]
async fn an_administrator_enters_a_provider_and_a_test_names_what_is_wrong() {
    for platform in Platform::everywhere().await {
        let portal = portal(&platform).await;
        let page = format!("/portals/{portal}/sign-in");
        let mut browser = browser(&platform, Role::Owner);
        let shown = browser.get(&page).await;
        shown.says("http://localhost:8003/api/v2/developer/authenticate/oidc-callback");
        shown.says(&format!("http://{portal}.localhost:8003/api/v2/"));
        let fields = |issuer, secret| {
            [
                ("basic_auth_enabled", "on"),
                ("oidc_auth_enabled", "on"),
                ("oidc_issuer", issuer),
                ("oidc_client_id", "portal"),
                ("oidc_client_secret", secret),
                ("oidc_scopes", "openid email profile"),
                ("oidc_claim_mappings.groups", "roles"),
            ]
        };
        let refused = browser.post(&page, &fields("id.example", "wrong")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.says("This is not an address such as");
        let saved = browser
            .fill(&page, &fields("https://id.example", "wrong"))
            .await;
        saved.says("Saved.").says("value=\"roles\"");
        assert!(
            !saved.html.contains("value=\"wrong\""),
            "the secret is not shown"
        );
        let test = format!("{page}/test");
        let unreached = browser.post(&test, &[]).await;
        unreached.says("whether this machine reaches it");
        platform
            .portal
            .egress()
            .mount("https://id.example", &provider("https://other.example"));
        let other = browser.post(&test, &[]).await;
        other
            .says("describes the issuer https://other.example")
            .says("Enter the issuer that the metadata names");
        platform
            .portal
            .egress()
            .mount("https://id.example", &provider("https://id.example"));
        let wrong = browser.post(&test, &[]).await;
        wrong.says("does not know this client or its secret");
        wrong.says("Register this redirect URI there");
        browser
            .fill(&page, &fields("https://id.example", "right"))
            .await
            .says("Saved.");
        let right = browser.post(&test, &[]).await;
        assert!(
            !right.html.contains("does not know this client"),
            "{}",
            platform.name()
        );

        let removal = format!("{page}/delete");
        browser.get(&removal).await.says("keep their accounts");
        browser.fill(&removal, &[]).await.says("is removed");
        let mut viewer = super::people::browser(&platform, Role::Viewer);
        assert!(
            !viewer
                .get(&page)
                .await
                .html
                .contains("type=\"submit\" class")
        );
        assert_eq!(viewer.post(&page, &[]).await.status, StatusCode::FORBIDDEN);
    }
}
