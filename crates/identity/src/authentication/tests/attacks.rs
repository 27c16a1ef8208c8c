//! Attacks on other authorization servers, tried on this one.

use serde_json::json;

use super::world::{CALLBACK, world};

/// CVE-2026-9086, and the same by case, blanks and control characters.
#[tokio::test]
async fn attack_5_a_redirect_uri_that_runs_is_never_followed() {
    let world = world().await;
    let registered = [
        "JavaScript:alert(1)",
        "data:text/html,x",
        "java\tscript:alert(1)",
    ];
    // As if an older version had let them in.
    let client = world.client(json!({ "callbacks": registered })).await;
    for uri in
        registered
            .into_iter()
            .chain([" javascript:alert(1)", "vbscript:x", "\u{1}javascript:1"])
    {
        let page = world
            .browser()
            .authorize(
                &client,
                &[("redirect_uri", uri), ("response_mode", "form_post")],
            )
            .await;
        assert!(page.is_dead_end(), "{uri:?}: {page:?}");
        assert!(!page.leads_away(), "{uri:?}: {}", page.body);
    }
}

/// CVE-2026-3872.
#[tokio::test]
async fn attack_6_climbing_paths_do_not_pass_for_the_registered_one() {
    let world = world().await;
    let client = world.client(json!({})).await;
    for path in [
        "cb/..;/evil",
        "..;/cb",
        "cb/../evil",
        "cb/%2e%2e/evil",
        "cb%2f..%2fevil",
        "./cb",
        "cb/.",
    ] {
        let uri = format!("https://app.example.com/{path}");
        let page = world
            .browser()
            .authorize(&client, &[("redirect_uri", &uri)])
            .await;
        assert!(page.is_dead_end(), "{uri}");
    }
}

/// CVE-2026-7571: a flow that is off comes back through data that the browser holds.
#[tokio::test]
async fn attack_11_a_pending_request_cannot_be_changed_from_outside() {
    let world = world().await;
    let client = world
        .client(json!({ "grant_types": ["authorization_code"] }))
        .await;
    let user = world.user("ada").await;
    let browser = world.browser();
    for response_type in ["token", "id_token token", "code token"] {
        let page = browser
            .authorize(&client, &[("response_type", response_type), ("nonce", "n")])
            .await;
        assert_eq!(page.error(), "unauthorized_client", "{response_type}");
    }
    let page = browser.authorize(&client, &[]).await;
    let (_, state) = page.own_page();
    browser.sign_in(&user).await;
    // What is added to the address of a page changes nothing of what was asked.
    let more = format!(
        "/authorize/resume?state={state}&response_type=token&redirect_uri=https://evil.example/&scope=all"
    );
    let page = browser.get(&more).await;
    assert!(page.location().starts_with(CALLBACK) && page.answer().contains_key("code"));
    assert!(!page.answer().contains_key("access_token"));
    // And it is answered once.
    let page = browser
        .get(&format!("/authorize/resume?state={state}"))
        .await;
    assert!(page.is_dead_end());
}

/// CVE-2026-41479, CVE-2026-44681.
#[tokio::test]
async fn attack_14_an_error_never_travels_to_an_address_that_was_not_checked() {
    let world = world().await;
    let client = world.client(json!({})).await;
    let browser = world.browser();
    for (name, value) in [
        ("response_type", "magic"),
        ("prompt", "none"),
        ("scope", "a\"b"),
        ("request", "x.y.z"),
        ("request_uri", "https://evil.example/object"),
    ] {
        let page = browser
            .authorize(
                &client,
                &[("redirect_uri", "https://evil.example/cb"), (name, value)],
            )
            .await;
        assert!(page.is_dead_end(), "{name}: {page:?}");
    }
}

/// The confused deputy: a consent that one client got does not serve another.
#[tokio::test]
async fn attack_22_a_session_alone_answers_no_third_party() {
    let world = world().await;
    let known = world.permissive_client().await;
    let browser = world.browser();
    browser.sign_in(&world.user("ada").await).await;
    let page = browser.authorize(&known, &[]).await;
    browser.consent_to(&page).await;
    let evil = world
        .client(json!({
            "name": "App", "is_first_party": false, "third_party_security_mode": "permissive",
            "callbacks": ["https://evil.example/cb"]
        }))
        .await;
    let own = ("redirect_uri", "https://evil.example/cb");
    let page = browser.authorize(&evil, &[own]).await;
    // The page says where the answer goes, whatever the client calls itself.
    let (name, destination) = browser.asked_by(&page).await;
    assert_eq!(
        (name.as_str(), destination.as_str()),
        ("App", "evil.example")
    );
    assert_eq!(
        browser
            .authorize(&evil, &[own, ("prompt", "none")])
            .await
            .error(),
        "consent_required"
    );
}

/// CVE-2026-4634: a scope of fifty kilobytes.
#[tokio::test]
async fn attack_10_a_huge_scope_is_refused_at_once() {
    let world = world().await;
    let client = world.client(json!({})).await;
    let scope = "a ".repeat(25_000);
    let form = [
        ("client_id", client.id.as_str()),
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", scope.as_str()),
    ];
    let page = world.browser().post("/authorize", &form).await;
    assert_eq!(page.error(), "invalid_scope");
}
