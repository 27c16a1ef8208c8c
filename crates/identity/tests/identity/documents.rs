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
