//! Settings that are one document each, and lists of what the tenant has none of.

use http::Method;
use serde_json::json;

use crate::support::{app, apps};

#[tokio::test]
async fn documents_have_defaults_and_keep_what_was_changed() {
    for app in apps().await {
        let path = "/attack-protection/brute-force-protection";
        let before = app.call(Method::GET, path, None).await.body;
        assert_eq!(before["max_attempts"], 10);
        let changed = app
            .call(Method::PATCH, path, Some(json!({ "max_attempts": 3 })))
            .await;
        assert_eq!(changed.status, 200);
        let after = app.call(Method::GET, path, None).await.body;
        assert_eq!(
            (&after["max_attempts"], &after["enabled"]),
            (&json!(3), &json!(true))
        );
        let bad = json!({ "max_attempts": 1000 });
        assert_eq!(app.call(Method::PATCH, path, Some(bad)).await.status, 400);
        let branding = json!({ "logo_url": "https://acme.example/logo.png", "colors": { "primary": "#123456" } });
        app.call(Method::PATCH, "/branding", Some(branding.clone()))
            .await;
        assert_eq!(
            app.call(Method::GET, "/branding", None).await.body,
            branding
        );
        let texts = "/prompts/login/custom-text/en";
        assert_eq!(app.call(Method::GET, texts, None).await.body, json!({}));
        let words = json!({ "login": { "title": "Welcome" } });
        assert_eq!(
            app.call(Method::PUT, texts, Some(words.clone()))
                .await
                .status,
            200
        );
        assert_eq!(app.call(Method::GET, texts, None).await.body, words);
    }
}

#[tokio::test]
async fn the_credentials_of_a_mail_provider_are_shown_to_nobody() {
    for app in apps().await {
        let path = "/emails/provider";
        assert_eq!(app.call(Method::GET, path, None).await.status, 404);
        let provider = json!({
            "name": "smtp", "default_from_address": "a@example.com",
            "credentials": { "smtp_host": "mail.example", "smtp_pass": "hunter2hunter2" }
        });
        let made = app.create(path, provider).await;
        assert!(!made.to_string().contains("hunter2"), "{made}");
        let changed = app
            .call(Method::PATCH, path, Some(json!({ "enabled": false })))
            .await
            .body;
        assert_eq!(changed["enabled"], false);
        let read = app.call(Method::GET, path, None).await.body;
        assert!(!read.to_string().contains("hunter2"), "{read}");
        let sql = "SELECT content, secret FROM identity_document";
        let rows = app.database.db.query(sql, vec![]).await.unwrap();
        let kept: String = rows[0].get("secret").unwrap();
        assert!(!kept.contains("hunter2"));
        assert_eq!(app.call(Method::DELETE, path, None).await.status, 204);
        assert_eq!(app.call(Method::GET, path, None).await.status, 404);
    }
}

#[tokio::test]
async fn mail_templates_and_a_theme_are_kept() {
    let app = app().await;
    let path = "/email-templates/verify_email";
    assert_eq!(
        app.call(Method::GET, path, None).await.body["errorCode"],
        "inexistent_email_template"
    );
    let template =
        json!({ "template": "verify_email", "subject": "Hi", "body": "<p>", "enabled": true });
    assert_eq!(
        app.create("/email-templates", template.clone()).await,
        template
    );
    assert_eq!(app.call(Method::GET, path, None).await.body, template);
    let nonsense = app
        .call(Method::GET, "/email-templates/nonsense", None)
        .await;
    assert_eq!(nonsense.status, 400);
    assert_eq!(
        app.call(Method::GET, "/branding/themes/default", None)
            .await
            .status,
        404
    );
    let theme = json!({
        "borders": {}, "colors": { "primary_button": "#000" }, "fonts": {}, "page_background": {}, "widget": {}
    });
    let made = app.create("/branding/themes", theme).await;
    let read = app
        .call(Method::GET, "/branding/themes/default", None)
        .await
        .body;
    assert_eq!(read, made);
}

#[tokio::test]
async fn what_the_tenant_does_not_have_is_an_empty_list_and_no_second_factor_can_be_switched_on() {
    let app = app().await;
    assert_eq!(app.call(Method::GET, "/rules", None).await.body, json!([]));
    assert_eq!(
        app.call(
            Method::GET,
            "/organizations?take=50&include_totals=true",
            None
        )
        .await
        .body,
        json!({ "organizations": [] })
    );
    assert_eq!(
        app.call(Method::GET, "/rules?include_totals=true", None)
            .await
            .body,
        json!({ "rules": [], "start": 0, "limit": 50, "total": 0 })
    );
    let factor = "/guardian/factors/otp";
    let off = app
        .call(Method::PUT, factor, Some(json!({ "enabled": false })))
        .await;
    assert_eq!(off.status, 200);
    let on = app
        .call(Method::PUT, factor, Some(json!({ "enabled": true })))
        .await;
    assert_eq!(on.status, 400);
}

/// What tools that export a tenant read first: they stop at a 404.
#[tokio::test]
async fn settings_of_second_factors_are_kept_without_their_secrets() {
    for app in apps().await {
        let twilio = "/guardian/factors/sms/providers/twilio";
        assert_eq!(app.call(Method::GET, twilio, None).await.body, json!({}));
        let sent = json!({ "from": "+15550100", "messaging_service_sid": null, "auth_token": "hush", "sid": "AC1" });
        let kept = json!({ "from": "+15550100", "sid": "AC1" });
        let put = app.call(Method::PUT, twilio, Some(sent)).await;
        assert_eq!((put.status.as_u16(), put.body), (200, kept.clone()));
        let by_its_newer_name = "/guardian/factors/phone/providers/twilio";
        let read = app.call(Method::GET, by_its_newer_name, None).await;
        assert_eq!(read.body, kept);
        let sns = "/guardian/factors/push-notification/providers/sns";
        let both = json!({ "aws_region": "eu-west-1", "aws_access_key_id": "A", "aws_secret_access_key": "hush" });
        app.call(Method::PUT, sns, Some(both)).await;
        let changed = app
            .call(
                Method::PATCH,
                sns,
                Some(json!({ "aws_region": "us-east-1" })),
            )
            .await;
        assert_eq!(
            changed.body,
            json!({ "aws_region": "us-east-1", "aws_access_key_id": "A" })
        );
        let texts = app
            .call(Method::GET, "/guardian/factors/sms/templates", None)
            .await
            .body;
        assert!(texts["verification_message"].is_string(), "{texts}");
        let captcha = json!({ "active_provider_id": "hcaptcha", "hcaptcha": { "site_key": "k", "secret": "hush" } });
        let path = "/attack-protection/captcha";
        let shown = app.call(Method::PATCH, path, Some(captcha)).await.body;
        assert_eq!(
            shown,
            json!({ "active_provider_id": "hcaptcha", "hcaptcha": { "site_key": "k" } })
        );
        let sql = "SELECT content FROM identity_document";
        for row in app.database.db.query(sql, vec![]).await.unwrap() {
            assert!(!row.get::<String>("content").unwrap().contains("hush"));
        }
        let bad = json!({ "provider": "pigeon" });
        let chosen = "/guardian/factors/phone/selected-provider";
        assert_eq!(app.call(Method::PUT, chosen, Some(bad)).await.status, 400);
        let good = json!({ "provider": "twilio" });
        assert_eq!(app.call(Method::PUT, chosen, Some(good)).await.status, 200);
    }
}

/// Typed clients stop at an array where they want an object, and the other way round.
#[tokio::test]
async fn an_empty_list_has_the_shape_that_the_caller_pages_for() {
    let app = app().await;
    for (path, collection) in [
        ("/network-acls", "network_acls"),
        ("/flows", "flows"),
        ("/forms", "forms"),
        ("/keys/encryption", "keys"),
        ("/prompts/rendering", "configs"),
    ] {
        assert_eq!(app.call(Method::GET, path, None).await.body, json!([]));
        let totals = format!("{path}?include_totals=true&per_page=50");
        let expected = json!({ collection: [], "start": 0, "limit": 50, "total": 0 });
        assert_eq!(app.call(Method::GET, &totals, None).await.body, expected);
    }
    let bindings = "/actions/triggers/post-change-password/bindings";
    let none = app.call(Method::GET, bindings, None).await.body;
    assert_eq!((&none["total"], &none["bindings"]), (&json!(0), &json!([])));
    let bound = json!({ "bindings": [] });
    let refused = app.call(Method::PATCH, bindings, Some(bound)).await;
    assert_eq!(refused.status, 404);
    let domains = "/custom-domains";
    assert_eq!(app.call(Method::GET, domains, None).await.body, json!([]));
    assert_eq!(
        app.call(Method::GET, "/custom-domains?take=50", None)
            .await
            .body,
        json!({ "custom_domains": [] })
    );
}
