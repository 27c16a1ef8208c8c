//! Developers are told by mail that a version ends, if they are to be and if something ends for them.

use serde_json::{Value, json};

use super::Platform;
use super::mails::delivered;
use super::portals::{applicant, published};
use crate::model::{ApplicationId, ApprovalStatus, Registration, RegistrationId};
use crate::store;

/// The mails about the end of a version.
async fn withdrawn(platform: &Platform) -> Vec<String> {
    let mut all = delivered(platform).await;
    all.retain(|mail| mail.contains("has ended"));
    all
}

#[tokio::test]
async fn who_loses_access_is_told_once_and_nobody_else() {
    for platform in Platform::everywhere().await {
        let (portal, version, strategy) = published(&platform).await;
        let applicant = applicant(&platform, &portal, &version, &strategy).await;
        let all = format!("/v2/portals/{portal}/product-versions");
        let one = format!("{all}/{version}");
        let told = format!("{one}?notify_developers=true");
        let body = json!({
            "publish_status": "published", "auth_strategy_ids": [strategy],
            "application_registration_enabled": true, "auto_approve_registration": false,
            "deprecated": false,
        });
        let back = async || {
            let put = platform.call("PUT", &one, body.clone()).await;
            assert_eq!(put.status, 200, "{}", put.body);
        };

        // A registration that waits never had access.
        assert_eq!(
            platform.call("DELETE", &told, Value::Null).await.status,
            204
        );
        assert!(withdrawn(&platform).await.is_empty());
        back().await;
        for path in [&applicant.developer, &applicant.registration] {
            let approved = platform.call("PATCH", path, json!({ "status": "approved" }));
            assert_eq!(approved.await.status, 200);
        }
        // Hidden, it lets in whoever has access.
        let hidden = json!({ "publish_status": "unpublished", "notify_developers": true });
        assert_eq!(platform.call("PATCH", &one, hidden).await.status, 200);
        // Nobody asked for mails.
        assert_eq!(platform.call("DELETE", &one, Value::Null).await.status, 204);
        assert!(withdrawn(&platform).await.is_empty());

        back().await;
        assert_eq!(
            platform.call("DELETE", &told, Value::Null).await.status,
            204
        );
        let mails = withdrawn(&platform).await;
        assert_eq!(mails.len(), 1, "{}", platform.name());
        assert!(mails[0].contains("Weather v1") && mails[0].contains("dev@example.com"));
    }
}

#[tokio::test]
async fn another_portals_publication_lets_an_application_in_as_before() {
    for platform in Platform::everywhere().await {
        let (portal, version, strategy) = published(&platform).await;
        let applicant = applicant(&platform, &portal, &version, &strategy).await;
        for path in [&applicant.developer, &applicant.registration] {
            platform
                .call("PATCH", path, json!({ "status": "approved" }))
                .await;
        }
        let other = platform
            .post("/v2/portals", json!({ "name": "other" }))
            .await;
        let there = format!("/v2/portals/{}/product-versions/{version}", other.id());
        let body = json!({
            "publish_status": "published", "auth_strategy_ids": [strategy],
            "application_registration_enabled": true, "auto_approve_registration": false,
            "deprecated": false,
        });
        assert_eq!(platform.call("PUT", &there, body).await.status, 200);
        let here = format!("/v2/portals/{portal}/product-versions/{version}");
        for (path, expected) in [(here, 0), (there, 1)] {
            let path = format!("{path}?notify_developers=true");
            assert_eq!(
                platform.call("DELETE", &path, Value::Null).await.status,
                204
            );
            let mails = withdrawn(&platform).await;
            assert_eq!(mails.len(), expected, "{}: {path}", platform.name());
        }
    }
}

#[tokio::test]
async fn one_mail_names_every_version_that_a_developer_loses() {
    for platform in Platform::everywhere().await {
        let (portal, version, strategy) = published(&platform).await;
        let applicant = applicant(&platform, &portal, &version, &strategy).await;
        for path in [&applicant.developer, &applicant.registration] {
            platform
                .call("PATCH", path, json!({ "status": "approved" }))
                .await;
        }
        let products = platform.get("/v2/api-products").await.body;
        let product = products["data"][0]["id"].as_str().unwrap();
        platform.clock.advance(std::time::Duration::from_secs(1));
        let versions = format!("/v2/api-products/{product}/product-versions");
        let second = platform.post(&versions, json!({ "name": "v2" })).await.id();
        let body = json!({
            "publish_status": "published", "auth_strategy_ids": [strategy],
            "application_registration_enabled": true, "auto_approve_registration": false,
            "deprecated": false,
        });
        let path = format!("/v2/portals/{portal}/product-versions/{second}");
        assert_eq!(platform.call("PUT", &path, body).await.status, 200);
        also_for(&platform, &portal, &applicant.application, &second).await;

        let path = format!("/v3/apis/{product}?notify_developers=true");
        assert_eq!(
            platform.call("DELETE", &path, Value::Null).await.status,
            204
        );
        let mails = withdrawn(&platform).await;
        assert_eq!(mails.len(), 1, "{}", platform.name());
        assert!(mails[0].contains("Weather v1, v2"), "{}", mails[0]);
    }
}

/// Registers an application for a further version.
async fn also_for(platform: &Platform, portal: &str, application: &str, version: &str) {
    let application: ApplicationId = application.rsplit('/').next().unwrap().parse().unwrap();
    let now = platform.clock.now();
    let registration = Registration {
        id: RegistrationId::new(platform.portal.entropy()),
        portal_id: portal.parse().unwrap(),
        application_id: application,
        product_version_id: version.parse().unwrap(),
        status: ApprovalStatus::Approved,
        granted_scopes: None,
        created_at: now,
        updated_at: now,
    };
    let mut tx = platform.portal.db().begin().await.unwrap();
    store::registrations::insert(&mut tx, &registration)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}
