//! `prompt=none` and `response_mode=web_message`: answers without a page.

use serde_json::json;

use super::world::{world, worlds};

#[tokio::test]
async fn silent_requests_say_what_is_missing() {
    for world in worlds().await {
        let client = world.permissive_client().await;
        let browser = world.browser();
        let none = [("prompt", "none")];
        let page = browser.authorize(&client, &none).await;
        assert_eq!(page.error(), "login_required", "{}", world.database.name);
        browser.sign_in(&world.user("ada").await).await;
        let page = browser.authorize(&client, &none).await;
        assert_eq!(page.error(), "consent_required");
        let page = browser.authorize(&client, &[]).await;
        assert!(
            browser
                .consent_to(&page)
                .await
                .answer()
                .contains_key("code")
        );
        let page = browser.authorize(&client, &none).await;
        assert!(page.answer().contains_key("code"));
        let page = browser
            .authorize(&client, &[("prompt", "none"), ("max_age", "0")])
            .await;
        world.advance(1);
        assert!(page.answer().contains_key("code"));
        let page = browser
            .authorize(&client, &[("prompt", "none"), ("max_age", "0")])
            .await;
        assert_eq!(page.error(), "login_required");
    }
}

#[tokio::test]
async fn a_page_of_the_client_gets_its_answer_by_message() {
    let world = world().await;
    let client = world.page_client().await;
    let browser = world.browser();
    let asked = [("response_mode", "web_message"), ("prompt", "none")];
    let page = browser.authorize(&client, &asked).await;
    assert_eq!(page.status, 200);
    assert!(
        page.body
            .contains("data-origin=\"https://app.example.com\"")
    );
    assert!(page.body.contains("login_required") && page.body.contains("authorization_response"));
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("frame-ancestors https://app.example.com"),
        "{policy}"
    );
    assert!(policy.contains("script-src 'sha256-") && !policy.contains("unsafe"));
    assert_eq!(page.header("x-frame-options"), "");

    browser.sign_in(&world.user("ada").await).await;
    let page = browser
        .authorize(
            &client,
            &[
                ("response_mode", "web_message"),
                ("prompt", "none"),
                ("state", "</script><b>"),
            ],
        )
        .await;
    assert!(page.body.contains("code") && !page.body.contains("<b>"));
}

#[tokio::test]
async fn without_a_web_origin_nobody_is_sent_a_message() {
    let world = world().await;
    for origins in [
        json!([]),
        json!(["https://other.example"]),
        json!(["https://*.example.com"]),
    ] {
        let client = world
            .client(json!({ "app_type": "spa", "web_origins": origins }))
            .await;
        let page = world
            .browser()
            .authorize(
                &client,
                &[("response_mode", "web_message"), ("prompt", "none")],
            )
            .await;
        assert!(
            page.is_dead_end() && !page.body.contains("postMessage"),
            "{page:?}"
        );
    }
}
