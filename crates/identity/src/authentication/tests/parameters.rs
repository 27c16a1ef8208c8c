//! What a request may hold.

use serde_json::json;

use super::world::{CALLBACK, World, claims, world};

const API: &str = "https://weather.example/";

async fn code_of(page: &super::world::Page) -> String {
    page.answer().remove("code").unwrap_or_default()
}

#[tokio::test]
async fn a_request_that_is_wrong_is_told_to_the_client() {
    let world = world().await;
    let client = world.client(json!({ "app_type": "regular_web" })).await;
    let browser = world.browser();
    for (changes, error) in [
        (&[("response_type", "")][..], "invalid_request"),
        (&[("response_type", "magic")], "unsupported_response_type"),
        (&[("response_mode", "smoke")], "invalid_request"),
        (
            &[("response_mode", "query"), ("response_type", "token")],
            "invalid_request",
        ),
        (&[("code_challenge", "short")], "invalid_request"),
        (&[("code_challenge_method", "S512")], "invalid_request"),
        (&[("code_challenge", "")], "invalid_request"),
        (&[("scope", "a\"b")], "invalid_scope"),
        (&[("audience", "https://nobody.example/")], "access_denied"),
        (&[("resource", "https://nobody.example/")], "invalid_target"),
        (&[("prompt", "none login")], "invalid_request"),
        (&[("prompt", "create")], "invalid_request"),
        (&[("max_age", "-1")], "invalid_request"),
        (&[("max_age", "soon")], "invalid_request"),
        (&[("claims", "[]")], "invalid_request"),
        (&[("claims", "{\"id_token\":1}")], "invalid_request"),
        (&[("id_token_hint", "x.y.z")], "invalid_request"),
        (&[("dpop_jkt", "short")], "invalid_request"),
        (&[("organization", "org_1")], "invalid_request"),
        (
            &[
                ("response_type", "id_token"),
                ("nonce", "n"),
                ("scope", "profile"),
            ],
            "invalid_request",
        ),
    ] {
        let page = browser.authorize(&client, changes).await;
        assert_eq!(page.error(), error, "{changes:?}: {page:?}");
        assert_eq!(page.answer()["state"], "s");
    }
}

#[tokio::test]
async fn unknown_and_empty_parameters_are_ignored_for_the_tenants_own_clients() {
    let world = world().await;
    let client = world.client(json!({ "app_type": "regular_web" })).await;
    let browser = world.browser();
    let page = browser
        .authorize(
            &client,
            &[
                ("auth0Client", "e30"),
                ("foo", "bar"),
                ("ext-theme", "dark"),
            ],
        )
        .await;
    assert_eq!(page.own_page().0, "/u/login");
    let empty = format!(
        "/authorize?client_id={}&response_type=code&redirect_uri={CALLBACK}&prompt=&max_age=",
        client.id
    );
    assert_eq!(browser.get(&empty).await.own_page().0, "/u/login");
}

#[tokio::test]
async fn scopes_that_the_api_does_not_define_are_left_out() {
    let world = world().await;
    world.api(API, json!({})).await;
    let client = world.client(json!({ "app_type": "regular_web" })).await;
    let browser = world.browser();
    browser.sign_in(&world.user("ada").await).await;
    for named in ["audience", "resource"] {
        let page = browser
            .authorize(
                &client,
                &[
                    (named, API),
                    ("response_type", "token"),
                    (
                        "scope",
                        "openid read:weather delete:everything offline_access",
                    ),
                ],
            )
            .await;
        let answer = page.answer();
        assert_eq!(answer["scope"], "openid read:weather");
        let token = claims(&answer["access_token"]);
        assert_eq!(token["scope"], "openid read:weather");
    }
}

#[tokio::test]
async fn an_api_may_ask_for_a_grant_of_the_client() {
    let world = world().await;
    let policy = json!({ "subject_type_authorization": {
        "user": { "policy": "require_client_grant" }, "client": { "policy": "deny_all" }
    } });
    world.api(API, policy).await;
    let client = world.client(json!({ "app_type": "regular_web" })).await;
    let page = world
        .browser()
        .authorize(&client, &[("audience", API)])
        .await;
    assert_eq!(page.error(), "unauthorized_client");
    assert!(page.answer()["error_description"].contains("is not authorized to access"));
}

#[tokio::test]
async fn users_never_hand_the_management_api_to_a_client() {
    let world = world().await;
    let management = "http://127.0.0.1:8005/api/v2/";
    let own = world.client(json!({ "app_type": "regular_web" })).await;
    let other = world.permissive_client().await;
    let browser = world.browser();
    browser.sign_in(&world.user("ada").await).await;
    let page = browser.authorize(&other, &[("audience", management)]).await;
    assert_eq!(page.error(), "unauthorized_client");
    let page = browser
        .authorize(
            &own,
            &[
                ("audience", management),
                ("response_type", "token"),
                ("scope", "delete:users read:clients"),
                ("prompt", "none"),
            ],
        )
        .await;
    let answer = page.answer();
    let scope = answer.get("scope").cloned().unwrap_or_default();
    assert!(
        !scope.contains("delete:users") && !scope.contains("read:clients"),
        "{answer:?}"
    );
}

#[tokio::test]
async fn max_age_and_prompt_ask_for_a_new_sign_in_and_one_is_enough() {
    let world = world().await;
    let client = world.client(json!({ "app_type": "regular_web" })).await;
    let user = world.user("ada").await;
    let browser = world.browser();
    browser.sign_in(&user).await;
    world.advance(100);
    assert!(
        !code_of(&browser.authorize(&client, &[("max_age", "100")]).await)
            .await
            .is_empty()
    );
    for asked in [
        ("max_age", "99"),
        ("max_age", "0"),
        ("prompt", "login"),
        ("prompt", "select_account"),
    ] {
        world.advance(1);
        let page = browser.authorize(&client, &[asked]).await;
        assert_eq!(page.own_page().0, "/u/login", "{asked:?}");
        let page = browser.sign_in_for(&page, &user).await;
        assert!(page.answer().contains_key("code"), "{asked:?}: {page:?}");
        world.advance(100);
    }
}

#[tokio::test]
async fn auth_time_says_when_the_user_signed_in() {
    let world = world().await;
    let client = world.client(json!({ "app_type": "regular_web" })).await;
    let browser = world.browser();
    browser.sign_in(&world.user("ada").await).await;
    let then = world.clock.now().unix_seconds();
    world.advance(50);
    let page = browser
        .authorize(
            &client,
            &[
                ("response_type", "id_token"),
                ("nonce", "n"),
                ("max_age", "1000"),
            ],
        )
        .await;
    assert_eq!(claims(&page.answer()["id_token"])["auth_time"], json!(then));
}

#[tokio::test]
async fn hints_lead_to_the_page_that_is_wanted() {
    let world = world().await;
    let client = world.client(json!({ "app_type": "regular_web" })).await;
    let browser = world.browser();
    let page = browser
        .authorize(
            &client,
            &[
                ("screen_hint", "signup"),
                ("login_hint", "ada@example.com"),
                ("ui_locales", "ja en"),
                ("ext-theme", "dark"),
                ("acr_values", "a b"),
            ],
        )
        .await;
    assert_eq!(page.own_page().0, "/u/signup");
    let request = pending(&world, &browser, &page).await;
    assert_eq!(request.login_hint.as_deref(), Some("ada@example.com"));
    assert_eq!(request.ui_locales, ["ja", "en"]);
    assert_eq!(request.acr_values, ["a", "b"]);
    assert_eq!(request.extensions["ext-theme"], "dark");
}

async fn pending(
    world: &World,
    browser: &super::world::Browser<'_>,
    page: &super::world::Page,
) -> crate::model::authorization_request::AuthorizationRequest {
    assert!(browser.can_take_up(page).await);
    let id = crate::authentication::transaction::id(&world.tenant, &page.own_page().1);
    let found = crate::store::transactions::find(world.tenant.db(), &id).await;
    found.unwrap().unwrap().request
}

#[tokio::test]
async fn an_id_token_hint_asks_for_that_user() {
    let world = world().await;
    let client = world.client(json!({ "app_type": "regular_web" })).await;
    let (ada, bob) = (world.user("ada").await, world.user("bob").await);
    let browser = world.browser();
    browser.sign_in(&ada).await;
    let page = browser
        .authorize(&client, &[("response_type", "id_token"), ("nonce", "n")])
        .await;
    let hint = page.answer().remove("id_token").unwrap();
    // A week later the hint has expired and still says who is meant.
    world.advance(7 * 24 * 3600 - 3600);
    let other = world.browser();
    other.sign_in(&bob).await;
    let silent = [("id_token_hint", hint.as_str()), ("prompt", "none")];
    assert_eq!(
        other.authorize(&client, &silent).await.error(),
        "login_required"
    );
    let page = other.authorize(&client, &[("id_token_hint", &hint)]).await;
    assert_eq!(page.own_page().0, "/u/login");
    // Whoever signs in instead is not passed on under another name.
    let page = other.sign_in_for(&page, &bob).await;
    assert_eq!(page.error(), "login_required");
    let page = other.authorize(&client, &[("id_token_hint", &hint)]).await;
    let page = other.sign_in_for(&page, &ada).await;
    assert!(page.answer().contains_key("code"));

    let stranger = world.client(json!({ "app_type": "regular_web" })).await;
    let page = other
        .authorize(&stranger, &[("id_token_hint", &hint)])
        .await;
    assert_eq!(page.error(), "invalid_request");
}

#[tokio::test]
async fn the_claims_parameter_may_name_the_user() {
    let world = world().await;
    let client = world.client(json!({ "app_type": "regular_web" })).await;
    let (ada, bob) = (world.user("ada").await, world.user("bob").await);
    let browser = world.browser();
    browser.sign_in(&ada).await;
    let naming = |id: &str| json!({ "id_token": { "sub": { "value": id } } }).to_string();
    let claims = naming(&ada.user_id);
    let page = browser
        .authorize(&client, &[("claims", &claims), ("prompt", "none")])
        .await;
    assert!(page.answer().contains_key("code"));
    let claims = naming(&bob.user_id);
    let page = browser
        .authorize(&client, &[("claims", &claims), ("prompt", "none")])
        .await;
    assert_eq!(page.error(), "login_required");
}

#[tokio::test]
async fn a_connection_that_is_asked_for_asks_for_a_sign_in_there() {
    let world = world().await;
    let client = world.client(json!({ "app_type": "regular_web" })).await;
    let browser = world.browser();
    browser.sign_in(&world.user("ada").await).await;
    let own = [("connection", "Username-Password-Authentication")];
    assert!(
        browser
            .authorize(&client, &own)
            .await
            .answer()
            .contains_key("code")
    );
    let partners = [("connection", "Partners"), ("prompt", "none")];
    let page = browser.authorize(&client, &partners).await;
    assert_eq!(page.error(), "invalid_request");
    let made = json!({ "name": "Partners", "strategy": "auth0" });
    crate::service::connections::create(&world.tenant, super::world::members(made))
        .await
        .unwrap();
    let page = browser.authorize(&client, &partners).await;
    assert_eq!(page.error(), "login_required");
}

#[tokio::test]
async fn third_parties_get_nobody_who_signed_in_at_a_connection_of_the_tenants_own() {
    let world = world().await;
    let own = world.client(json!({ "app_type": "regular_web" })).await;
    let other = world.permissive_client().await;
    let browser = world.browser();
    browser.sign_in(&world.user("ada").await).await;
    let none = [("prompt", "none")];
    assert_eq!(
        browser.authorize(&other, &none).await.error(),
        "consent_required"
    );
    world.domain_level(false).await;
    assert_eq!(
        browser.authorize(&other, &none).await.error(),
        "login_required"
    );
    let page = browser.authorize(&own, &none).await;
    assert!(page.answer().contains_key("code"));
    let named = [("connection", "Username-Password-Authentication")];
    assert_eq!(
        browser.authorize(&other, &named).await.error(),
        "invalid_request"
    );
}
