//! RFC 9700 (Best Current Practice for OAuth 2.0 Security), by section.

use serde_json::json;

use super::world::{CALLBACK, ISSUER, world};

#[tokio::test]
async fn rfc9700_2_1_redirect_uris_match_exactly_but_for_the_port_on_loopback() {
    let world = world().await;
    let client = world
        .client(
            json!({ "callbacks": [CALLBACK, "http://127.0.0.1/cb", "http://localhost:3000/cb"] }),
        )
        .await;
    let browser = world.browser();
    for uri in [
        CALLBACK,
        "http://127.0.0.1:50123/cb",
        "http://localhost:3000/cb",
    ] {
        let page = browser.authorize(&client, &[("redirect_uri", uri)]).await;
        assert_eq!(page.own_page().0, "/u/login", "{uri}");
    }
    for uri in [
        "https://app.example.com/cb/",
        "https://app.example.com/cb?x=1",
        "https://app.example.com/CB",
        "https://app.example.com:443/cb",
        "https://APP.example.com/cb",
        "https://app.example.com/cb#x",
        "https://app.example.com/x/../cb",
        "http://app.example.com/cb",
        "http://localhost:3001/cb",
        "http://127.0.0.1:50123/other",
    ] {
        let page = browser.authorize(&client, &[("redirect_uri", uri)]).await;
        assert!(page.is_dead_end(), "{uri}: {page:?}");
    }
}

#[tokio::test]
async fn rfc9700_2_1_1_public_clients_use_pkce_and_all_may() {
    let world = world().await;
    let public = world.page_client().await;
    let browser = world.browser();
    let without = [("code_challenge", ""), ("code_challenge_method", "")];
    let page = browser.authorize(&public, &without).await;
    assert_eq!(page.error(), "invalid_request");
    assert!(page.answer()["error_description"].contains("code_challenge"));
    let strict = world.strict_client().await;
    let page = browser
        .authorize(
            &strict,
            &[("scope", ""), ("code_challenge_method", "plain")],
        )
        .await;
    assert!(page.is_dead_end());
}

#[tokio::test]
async fn rfc9700_2_1_2_no_token_comes_through_the_browser_unless_the_client_was_given_that() {
    let world = world().await;
    let usual = world
        .client(json!({ "grant_types": ["authorization_code"] }))
        .await;
    let given = world.client(json!({ "grant_types": ["implicit"] })).await;
    let strict = world.strict_client().await;
    let browser = world.browser();
    for wanted in ["token", "id_token token", "code token"] {
        let asked = [("response_type", wanted), ("nonce", "n")];
        let page = browser.authorize(&usual, &asked).await;
        assert_eq!(page.error(), "unauthorized_client", "{wanted}");
        let page = browser.authorize(&strict, &asked).await;
        assert!(page.is_dead_end(), "{wanted}");
    }
    let asked = [("response_type", "id_token token"), ("nonce", "n")];
    let page = browser.authorize(&given, &asked).await;
    assert_eq!(page.own_page().0, "/u/login");
}

#[tokio::test]
async fn rfc9700_4_1_no_answer_goes_to_an_address_that_was_not_settled() {
    let world = world().await;
    let client = world.client(json!({})).await;
    let browser = world.browser();
    // Every other mistake beside a wrong address stays on this side.
    for more in [
        ("prompt", "none"),
        ("response_type", "magic"),
        ("scope", "a\"b"),
    ] {
        let page = browser
            .authorize(&client, &[("redirect_uri", "https://evil.example/"), more])
            .await;
        assert!(page.is_dead_end() && !page.leads_away(), "{more:?}");
    }
    let page = browser
        .get("/authorize?client_id=nobody&redirect_uri=https://evil.example/")
        .await;
    assert!(page.is_dead_end());
    let twice = format!(
        "/authorize?client_id={}&response_type=code&redirect_uri={CALLBACK}&redirect_uri=https://evil.example/",
        client.id
    );
    assert!(browser.get(&twice).await.is_dead_end());
}

#[tokio::test]
async fn rfc9700_4_2_no_page_of_ours_is_named_to_the_next_one() {
    let world = world().await;
    let client = world.client(json!({})).await;
    let browser = world.browser();
    let refused = browser
        .authorize(&client, &[("redirect_uri", "https://evil.example/")])
        .await;
    let login = browser.authorize(&client, &[]).await;
    browser.sign_in(&world.user("ada").await).await;
    let answer = browser.authorize(&client, &[]).await;
    let posted = browser
        .authorize(&client, &[("response_mode", "form_post")])
        .await;
    for page in [refused, login, answer, posted] {
        assert_eq!(page.header("referrer-policy"), "no-referrer");
    }
}

#[tokio::test]
async fn rfc9700_4_3_tokens_stay_out_of_queries_and_caches() {
    let world = world().await;
    let client = world.client(json!({})).await;
    let browser = world.browser();
    browser.sign_in(&world.user("ada").await).await;
    let tokens = [("response_type", "token"), ("response_mode", "query")];
    let page = browser.authorize(&client, &tokens).await;
    assert_eq!(page.error(), "invalid_request");
    assert!(page.location().contains('#'));
    let page = browser
        .authorize(&client, &[("response_type", "token")])
        .await;
    assert!(
        !page
            .location()
            .split('#')
            .next()
            .unwrap()
            .contains("access_token")
    );
    for page in [page, browser.authorize(&client, &[]).await] {
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("pragma"), "no-cache");
    }
}

#[tokio::test]
async fn rfc9700_4_4_answers_say_whose_they_are_errors_too() {
    let world = world().await;
    let client = world.client(json!({})).await;
    let browser = world.secure_browser();
    let page = browser.authorize(&client, &[("prompt", "none")]).await;
    assert_eq!(page.answer()["iss"], "https://login.example.com/");
    let browser = world.browser();
    browser.sign_in(&world.user("ada").await).await;
    assert_eq!(
        browser.authorize(&client, &[]).await.answer()["iss"],
        ISSUER
    );
}

#[tokio::test]
async fn rfc9700_4_7_a_request_of_another_browser_signs_nobody_in() {
    let world = world().await;
    let client = world.client(json!({})).await;
    let user = world.user("ada").await;
    let attacker = world.browser();
    let page = attacker.authorize(&client, &[]).await;
    let victim = world.browser();
    assert!(!victim.can_take_up(&page).await);
    victim.authorize(&client, &[]).await;
    assert!(!victim.can_take_up(&page).await);
    victim.sign_in(&user).await;
    let (_, state) = page.own_page();
    let page = victim
        .get(&format!("/authorize/resume?state={state}"))
        .await;
    assert!(page.is_dead_end());
}

#[tokio::test]
async fn rfc9700_4_7_the_clients_own_state_comes_back_as_it_was() {
    let world = world().await;
    let client = world.client(json!({})).await;
    let browser = world.browser();
    let state = "a b&c=d#e%20\u{3042}\"<";
    let page = browser
        .authorize(&client, &[("state", state), ("prompt", "none")])
        .await;
    assert_eq!(page.answer()["state"], state);
}

#[tokio::test]
async fn rfc9700_4_11_strangers_errors_are_shown_and_not_redirected() {
    let world = world().await;
    let strict = world.strict_client().await;
    let browser = world.browser();
    for changes in [
        &[("scope", ""), ("prompt", "none")][..],
        &[("scope", ""), ("response_type", "token")],
        &[("scope", ""), ("response_mode", "fragment")],
        &[("scope", ""), ("claims", "{}")],
        &[("scope", ""), ("code_challenge", "")],
    ] {
        let page = browser.authorize(&strict, changes).await;
        assert!(page.is_dead_end(), "{changes:?}: {page:?}");
    }
    let trusted = world
        .client(json!({ "is_first_party": false, "redirection_policy": "allow_always" }))
        .await;
    let page = browser
        .authorize(&trusted, &[("scope", ""), ("prompt", "none")])
        .await;
    assert_eq!(page.error(), "login_required");
}

#[tokio::test]
async fn rfc9700_4_12_posted_forms_are_answered_by_303() {
    let world = world().await;
    let client = world.client(json!({})).await;
    let browser = world.browser();
    let page = browser
        .post(
            "/authorize",
            &[
                ("client_id", &client.id),
                ("response_type", "code"),
                ("redirect_uri", CALLBACK),
                ("prompt", "none"),
            ],
        )
        .await;
    assert_eq!(page.status, 303);
    assert_eq!(page.error(), "login_required");
}

#[tokio::test]
async fn rfc9700_4_16_nothing_of_ours_is_framed_but_what_a_client_asked_for() {
    let world = world().await;
    let client = world.client(json!({})).await;
    let browser = world.browser();
    let refused = browser
        .authorize(&client, &[("redirect_uri", "https://evil.example/")])
        .await;
    let posted = {
        browser.sign_in(&world.user("ada").await).await;
        browser
            .authorize(&client, &[("response_mode", "form_post")])
            .await
    };
    for page in [refused, posted] {
        let policy = page.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    }
}

#[tokio::test]
async fn rfc9700_4_17_messages_name_their_receiver() {
    let world = world().await;
    let client = world.page_client().await;
    let browser = world.browser();
    browser.sign_in(&world.user("ada").await).await;
    let asked = [("response_mode", "web_message"), ("prompt", "none")];
    let page = browser.authorize(&client, &asked).await;
    assert!(
        page.body
            .contains("data-origin=\"https://app.example.com\"")
    );
    assert!(!page.body.contains("'*'") && page.body.contains("answer.origin"));
}
