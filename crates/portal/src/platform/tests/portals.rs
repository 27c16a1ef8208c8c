//! `/v2/portals` and what is under it.

use serde_json::{Value, json};

use super::Platform;
use crate::model::{
    Application, ApplicationId, ApplicationStatus, ApprovalStatus, DeveloperId, Labels,
    Registration, RegistrationId,
};
use crate::store;

/// A portal with a product version that takes registrations: ids of portal, version, strategy.
pub(super) async fn published(platform: &Platform) -> (String, String, String) {
    let portal = platform
        .post("/v2/portals", json!({ "name": "weather" }))
        .await
        .id();
    let product = platform
        .post("/v2/api-products", json!({ "name": "Weather" }))
        .await
        .id();
    let versions = format!("/v2/api-products/{product}/product-versions");
    let version = platform.post(&versions, json!({ "name": "v1" })).await.id();
    let keys = json!({
        "name": "keys",
        "display_name": "Keys",
        "strategy_type": "key_auth",
        "configs": { "key-auth": {} }
    });
    let strategy = platform
        .post("/v2/application-auth-strategies", keys)
        .await
        .id();
    let body = json!({ "api_products": { product: { "publish_status": "published" } } });
    let answer = platform
        .post(&format!("/v2/portals/{portal}/publish"), body)
        .await;
    assert_eq!(answer.status, 204, "{}", answer.body);
    let body = json!({
        "product_version_id": version,
        "publish_status": "published",
        "auth_strategy_ids": [strategy],
        "application_registration_enabled": true,
        "auto_approve_registration": false,
        "deprecated": false,
    });
    let answer = platform
        .post(&format!("/v2/portals/{portal}/product-versions"), body)
        .await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    (portal, version, strategy)
}

/// A developer with an application that waits for approval.
pub(super) async fn applicant(
    platform: &Platform,
    portal: &str,
    version: &str,
    strategy: &str,
) -> Applicant {
    let (entropy, now) = (platform.portal.entropy(), platform.clock.now());
    let portal_id = portal.parse().unwrap();
    let developer_id = DeveloperId::new(entropy);
    let application = Application {
        id: ApplicationId::new(entropy),
        portal_id,
        developer_id,
        team_id: None,
        auth_strategy_id: strategy.parse().unwrap(),
        status: ApplicationStatus::Active,
        name: "cli".into(),
        description: None,
        redirect_uri: None,
        reference_id: "ref".into(),
        client_id: None,
        scopes: Vec::new(),
        secret_version: 0,
        idempotency_key: None,
        labels: Labels::new(),
        created_at: now,
        updated_at: now,
    };
    let registration = Registration {
        id: RegistrationId::new(entropy),
        portal_id,
        application_id: application.id,
        product_version_id: version.parse().unwrap(),
        status: ApprovalStatus::Pending,
        granted_scopes: None,
        created_at: now,
        updated_at: now,
    };
    let mut tx = platform.portal.db().begin().await.unwrap();
    let (id, email) = (developer_id.to_string(), "dev@example.com");
    store::accounts::insert(&mut tx, portal, &id, email, "Dev", "pending", now)
        .await
        .unwrap();
    store::applications::insert(&mut tx, &application)
        .await
        .unwrap();
    store::registrations::insert(&mut tx, &registration)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    Applicant {
        developer: format!("/v2/portals/{portal}/developers/{developer_id}"),
        application: format!("/v2/portals/{portal}/applications/{}", application.id),
        registration: format!(
            "/v2/portals/{portal}/applications/{}/registrations/{}",
            application.id, registration.id
        ),
    }
}

pub(super) struct Applicant {
    pub(super) developer: String,
    pub(super) application: String,
    pub(super) registration: String,
}

#[tokio::test]
async fn a_portal_is_made_changed_listed_and_deleted() {
    for platform in Platform::everywhere().await {
        let body = json!({ "name": "weather", "auto_approve_developers": true });
        let made = platform.post("/v2/portals", body.clone()).await;
        assert_eq!(made.status, 201, "{}: {}", platform.name(), made.body);
        assert_eq!(made.body["display_name"], "weather");
        assert_eq!(made.body["auto_approve_developers"], true);
        let id = made.id();
        assert_eq!(made.body["default_domain"], format!("{id}.localhost"));
        assert_eq!(platform.post("/v2/portals", body).await.status, 409);

        let one = format!("/v2/portals/{id}");
        let body = json!({ "description": "Rain", "custom_domain": "Dev.Example.com" });
        let changed = platform.call("PATCH", &one, body).await;
        assert_eq!(changed.body["custom_domain"], "dev.example.com");
        for (field, domain, status) in [
            ("custom_client_domain", "Localhost:3000", 200),
            ("custom_client_domain", "localhost:0", 400),
            ("custom_client_domain", "http://localhost", 400),
            ("custom_domain", "localhost:3000", 400),
        ] {
            let answer = platform.call("PATCH", &one, json!({ field: domain })).await;
            assert_eq!(answer.status, status, "{field}: {domain}");
        }
        let body = json!({ "custom_domain": null });
        let changed = platform.call("PATCH", &one, body).await;
        assert_eq!(changed.body["custom_domain"], Value::Null);
        assert_eq!(changed.body["description"], "Rain");
        let list = platform
            .get("/v2/portals?filter[name][contains]=WEA&sort=name")
            .await;
        assert_eq!(list.body["data"][0], changed.body);

        assert_eq!(platform.call("DELETE", &one, Value::Null).await.status, 204);
        assert_eq!(platform.get(&one).await.status, 404);
    }
}

#[tokio::test]
async fn a_version_is_published_changed_and_taken_out() {
    for platform in Platform::everywhere().await {
        let (portal, version, strategy) = published(&platform).await;
        let one = format!("/v2/portals/{portal}/product-versions/{version}");
        let read = platform.get(&one).await;
        assert_eq!(read.body["auth_strategies"][0]["id"], json!(strategy));
        assert_eq!(
            read.body["auth_strategies"][0]["credential_type"],
            "key_auth"
        );
        let used = format!("/v2/application-auth-strategies/{strategy}");
        assert_eq!(platform.get(&used).await.body["active"], true);
        assert_eq!(
            platform.call("DELETE", &used, Value::Null).await.status,
            409
        );

        let body = json!({ "auth_strategy_ids": [] });
        let refused = platform.call("PATCH", &one, body).await;
        assert_eq!(refused.violations(), ["auth_strategy_ids: required"]);
        let body = json!({ "publish_status": "unpublished" });
        let changed = platform.call("PATCH", &one, body).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        assert_eq!(platform.get(&used).await.body["active"], false);
        let list = platform
            .get(&format!("/v2/portals/{portal}/product-versions"))
            .await;
        assert_eq!(list.body["data"][0], changed.body);
        let products = platform
            .get(&format!("/v2/portals/{portal}/products"))
            .await;
        assert_eq!(products.body["meta"]["page"]["total"], 1);

        assert_eq!(platform.call("DELETE", &one, Value::Null).await.status, 204);
        assert_eq!(platform.get(&one).await.status, 404);
        let body = json!({
            "publish_status": "published",
            "auth_strategy_ids": [strategy],
            "application_registration_enabled": true,
            "auto_approve_registration": true,
            "deprecated": true,
        });
        let put = platform.call("PUT", &one, body).await;
        assert_eq!(put.status, 200, "{}", put.body);
        assert_eq!(put.body["deprecated"], true);
    }
}

#[tokio::test]
async fn an_administrator_approves_and_revokes() {
    for platform in Platform::everywhere().await {
        let (portal, version, strategy) = published(&platform).await;
        let applicant = applicant(&platform, &portal, &version, &strategy).await;
        for path in [&applicant.developer, &applicant.registration] {
            for status in ["approved", "revoked"] {
                let body = json!({ "status": status });
                let changed = platform.call("PATCH", path, body).await;
                assert_eq!(changed.status, 200, "{}", changed.body);
                assert_eq!(changed.body["status"], status);
                assert_eq!(platform.get(path).await.body, changed.body);
            }
            let body = json!({ "status": "perhaps" });
            let refused = platform.call("PATCH", path, body).await;
            assert_eq!(refused.violations(), ["status: enum"]);
        }
        let read = platform.get(&applicant.application).await;
        assert_eq!(read.body["registration_count"], 1);
        let scopes = format!("{}/granted-scopes", applicant.registration);
        assert_eq!(platform.get(&scopes).await.body, json!({ "data": [] }));
        for (list, total) in [
            ("developers?filter[status]=revoked&sort=name", 1),
            ("applications?filter[developer_email][contains]=DEV@", 1),
            ("application-registrations?filter[application_name]=cli", 1),
            ("application-registrations?filter[status]=approved", 0),
        ] {
            let answer = platform.get(&format!("/v2/portals/{portal}/{list}")).await;
            let page = &answer.body["meta"]["page"];
            assert_eq!(page["total"], total, "{list}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn what_is_in_use_is_deleted_only_when_that_is_said() {
    for platform in Platform::everywhere().await {
        let (portal, version, strategy) = published(&platform).await;
        let applicant = applicant(&platform, &portal, &version, &strategy).await;
        let one = format!("/v2/portals/{portal}");
        let refused = platform.call("DELETE", &one, Value::Null).await;
        assert_eq!(refused.status, 400, "{}", platform.name());
        assert_eq!(refused.violations(), ["force: required"]);
        let deleted = platform
            .call("DELETE", &applicant.registration, Value::Null)
            .await;
        assert_eq!(deleted.status, 204, "{}", deleted.body);
        let deleted = platform
            .call("DELETE", &applicant.developer, Value::Null)
            .await;
        assert_eq!(deleted.status, 204, "{}", deleted.body);
        assert_eq!(platform.get(&applicant.application).await.status, 404);
        let deleted = platform
            .call("DELETE", &format!("{one}?force=true"), Value::Null)
            .await;
        assert_eq!(deleted.status, 204, "{}", deleted.body);
    }
}

#[tokio::test]
async fn appearance_is_merged_and_pictures_are_served() {
    let platform = Platform::start().await;
    let portal = platform
        .post("/v2/portals", json!({ "name": "weather" }))
        .await
        .id();
    let one = format!("/v2/portals/{portal}/appearance");
    assert_eq!(platform.get(&one).await.body["theme_name"], "mint_rocket");
    let body = json!({
        "theme_name": "dark_mode",
        "images": { "logo": { "data": "data:image/png;base64,iVBORw0KGgo=" } },
        "text": { "catalog": { "welcome_message": "Hello", "primary_header": "APIs" } },
    });
    let changed = platform.call("PATCH", &one, body).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    assert_eq!(platform.get(&one).await.body, changed.body);
    let logo = platform.get(&format!("{one}/logo")).await;
    assert_eq!(logo.headers["content-type"], "image/png");
    let svg = json!({ "images": { "logo": { "data": "data:image/svg+xml;base64,PHN2Zz4=" } } });
    let refused = platform.call("PATCH", &one, svg).await;
    assert_eq!(refused.violations(), ["images.logo.data: is_base64"]);

    let settings = format!("/v2/portals/{portal}/authentication-settings");
    assert_eq!(
        platform.get(&settings).await.body["basic_auth_enabled"],
        true
    );
    let refused = platform
        .call("PATCH", &settings, json!({ "saml_auth_enabled": true }))
        .await;
    assert_eq!(refused.violations(), ["saml_auth_enabled: invalid"]);
}

#[tokio::test]
async fn the_looks_to_begin_with_are_told() {
    let platform = Platform::start().await;
    let defaults = platform.get("/v2/portals/appearance-defaults").await;
    assert_eq!(defaults.status, 200);
    let dark = &defaults.body["themes"]["dark_mode"]["colors"];
    assert_eq!(dark["button"]["primary_text"]["value"], "#ffffff");
}

#[tokio::test]
async fn a_domain_is_verified_by_who_answers_there() {
    let platform = Platform::start().await;
    let body = json!({ "name": "weather" });
    let portal = platform.post("/v2/portals", body).await.id();
    let one = format!("/v2/portals/{portal}");
    let verify = format!("{one}/verify-domain");
    let refused = platform.post(&verify, Value::Null).await;
    assert_eq!(refused.violations(), ["custom_domain: required"]);

    let body = json!({ "custom_domain": "developer.example" });
    platform.call("PATCH", &one, body).await;
    let elsewhere = platform.post(&verify, Value::Null).await;
    let nothing = json!({ "is_cname_verified": false, "is_ssl_issued": false });
    assert_eq!(elsewhere.body, nothing);

    let pages = crate::client::router(platform.portal.clone());
    let egress = platform.portal.egress();
    egress.mount("https://developer.example", &pages);
    let here = platform.post(&verify, Value::Null).await;
    let both = json!({ "is_cname_verified": true, "is_ssl_issued": true });
    assert_eq!(here.body, both);
}
