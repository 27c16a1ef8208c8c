//! Response types and the ways that answers take.

use axum::http::StatusCode;
use serde_json::json;

use super::world::{App, CALLBACK, ISSUER, VERIFIER, World, claims, world, worlds};

async fn redeem(world: &World, client: &App, code: &str) -> (StatusCode, serde_json::Value) {
    world
        .token(&[
            ("grant_type", "authorization_code"),
            ("client_id", &client.id),
            ("client_secret", &client.secret),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ])
        .await
}

#[tokio::test]
async fn a_user_signs_in_and_the_client_exchanges_the_code() {
    for world in worlds().await {
        let client = world.client(json!({ "app_type": "regular_web" })).await;
        let user = world.user("ada").await;
        let browser = world.browser();
        let page = browser.authorize(&client, &[("nonce", "n")]).await;
        assert_eq!(page.own_page().0, "/u/login");
        let page = browser.sign_in_for(&page, &user).await;
        let answer = page.answer();
        assert!(page.location().starts_with("https://app.example.com/cb?"));
        assert_eq!(answer["state"], "s");
        assert_eq!(answer["iss"], ISSUER);
        let (status, tokens) = redeem(&world, &client, &answer["code"]).await;
        assert_eq!(status, 200, "{}: {tokens}", world.database.name);
        let id_token = claims(tokens["id_token"].as_str().unwrap());
        assert_eq!(id_token["sub"], json!(user.user_id));
        assert_eq!(id_token["nonce"], "n");
        assert!(id_token["sid"].is_string());
    }
}

#[tokio::test]
async fn the_link_of_the_vendors_page_answers_with_both_tokens() {
    let world = world().await;
    let client = world.permissive_client().await;
    let user = world.user("ada").await;
    let browser = world.browser();
    let link = [
        ("response_type", "id_token token"),
        ("nonce", "CRYPTOGRAPHIC_NONCE"),
        ("state", "OPAQUE_VALUE"),
        ("code_challenge", ""),
        ("code_challenge_method", ""),
    ];
    let page = browser.authorize(&client, &link).await;
    let page = browser.sign_in_for(&page, &user).await;
    let page = browser.consent_to(&page).await;
    assert!(page.location().starts_with("https://app.example.com/cb#"));
    let answer = page.answer();
    assert_eq!(answer["token_type"], "Bearer");
    assert_eq!(answer["expires_in"], "7200");
    assert_eq!(answer["state"], "OPAQUE_VALUE");
    let id_token = claims(&answer["id_token"]);
    assert_eq!(id_token["nonce"], "CRYPTOGRAPHIC_NONCE");
    assert!(id_token["at_hash"].is_string());

    let without = browser
        .authorize(
            &client,
            &[("response_type", "id_token token"), ("nonce", "")],
        )
        .await;
    let answer = without.answer();
    assert_eq!(answer["error"], "invalid_request");
    assert!(answer["error_description"].contains("nonce"), "{answer:?}");
}

#[tokio::test]
async fn hybrid_answers_bind_the_code_and_the_token_to_the_id_token() {
    let world = world().await;
    let client = world.client(json!({ "app_type": "regular_web" })).await;
    let browser = world.browser();
    browser.sign_in(&world.user("ada").await).await;
    for (response_type, names) in [
        ("code id_token", &["code", "id_token"][..]),
        ("code token", &["code", "access_token"]),
        ("code id_token token", &["code", "id_token", "access_token"]),
        ("id_token", &["id_token"]),
        ("token", &["access_token"]),
    ] {
        let page = browser
            .authorize(&client, &[("response_type", response_type), ("nonce", "n")])
            .await;
        let answer = page.answer();
        for name in ["code", "id_token", "access_token"] {
            let expected = names.contains(&name);
            assert_eq!(
                answer.contains_key(name),
                expected,
                "{response_type}: {name}"
            );
        }
        if let Some(token) = answer.get("id_token") {
            let claims = claims(token);
            assert_eq!(claims.get("c_hash").is_some(), answer.contains_key("code"));
            let has_token = answer.contains_key("access_token");
            assert_eq!(claims.get("at_hash").is_some(), has_token);
        }
    }
}

#[tokio::test]
async fn an_answer_may_be_posted_by_a_form() {
    let world = world().await;
    let client = world.client(json!({ "app_type": "regular_web" })).await;
    let browser = world.browser();
    browser.sign_in(&world.user("ada").await).await;
    let page = browser
        .authorize(
            &client,
            &[("response_mode", "form_post"), ("state", "\"><b>")],
        )
        .await;
    assert_eq!(page.status, 200);
    assert!(
        page.body
            .contains("method=\"post\" action=\"https://app.example.com/cb\"")
    );
    assert!(page.body.contains("name=\"code\""));
    assert!(page.body.contains("&quot;&gt;&lt;b&gt;") && !page.body.contains("\"><b>"));
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("form-action https://app.example.com"),
        "{policy}"
    );
    assert!(policy.contains("script-src 'sha256-") && !policy.contains("unsafe"));
    assert_eq!(page.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_request_may_come_as_a_form_and_is_answered_by_a_303() {
    let world = world().await;
    let client = world.client(json!({ "app_type": "regular_web" })).await;
    let browser = world.browser();
    let form = [
        ("client_id", client.id.as_str()),
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid"),
    ];
    let page = browser.post("/authorize", &form).await;
    assert_eq!(
        (page.status.as_u16(), page.own_page().0.as_str()),
        (303, "/u/login")
    );
}

#[tokio::test]
async fn an_answer_carries_no_issuer_where_the_tenant_switched_it_off() {
    let world = world().await;
    let off = json!({ "authorization_response_iss_parameter_supported": false });
    world.settings(off).await;
    let client = world.client(json!({ "app_type": "regular_web" })).await;
    let browser = world.browser();
    browser.sign_in(&world.user("ada").await).await;
    let page = browser.authorize(&client, &[]).await;
    assert!(!page.answer().contains_key("iss"));
}

#[tokio::test]
async fn a_redirect_uri_keeps_its_own_query() {
    let world = world().await;
    let own = "https://app.example.com/cb?tenant=1";
    let client = world
        .client(json!({ "app_type": "regular_web", "callbacks": [own] }))
        .await;
    let browser = world.browser();
    browser.sign_in(&world.user("ada").await).await;
    let page = browser.authorize(&client, &[("redirect_uri", own)]).await;
    assert!(
        page.location()
            .starts_with("https://app.example.com/cb?tenant=1&code=")
    );
    for other in [
        "https://app.example.com/cb",
        "https://app.example.com/cb?tenant=1&x=2",
    ] {
        let page = browser.authorize(&client, &[("redirect_uri", other)]).await;
        assert!(page.is_dead_end(), "{other}");
    }
}
