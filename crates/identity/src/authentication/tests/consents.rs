//! Consent.

use axum::http::Method;
use serde_json::json;

use super::world::{App, CALLBACK, World, world, worlds};
use crate::MIGRATIONS;

const API: &str = "https://weather.example/";

#[tokio::test]
async fn a_third_party_asks_the_first_time_and_for_new_scopes() {
    for world in worlds().await {
        world.api(API, json!({})).await;
        let client = world.permissive_client().await;
        let browser = world.browser();
        browser.sign_in(&world.user("ada").await).await;
        let asking = |scope: &'static str| [("audience", API), ("scope", scope)];
        let page = browser
            .authorize(&client, &asking("openid read:weather"))
            .await;
        let question = browser.question(&page).await;
        assert_eq!(question.api_name.as_deref(), Some("Weather"));
        assert_eq!(browser.asked_by(&page).await.1, "app.example.com");
        let asked: Vec<&str> = question.scopes.iter().map(|scope| &*scope.value).collect();
        assert_eq!(asked, ["openid", "read:weather"]);
        let page = browser.consent_to(&page).await;
        assert!(
            page.answer().contains_key("code"),
            "{}",
            world.database.name
        );
        // Not again, and not for less.
        for scope in ["openid read:weather", "read:weather"] {
            let page = browser.authorize(&client, &asking(scope)).await;
            assert!(page.answer().contains_key("code"));
        }
        let page = browser
            .authorize(&client, &asking("read:weather write:weather"))
            .await;
        let question = browser.question(&page).await;
        let news: Vec<bool> = question
            .scopes
            .iter()
            .map(|scope| scope.allowed_before)
            .collect();
        assert_eq!(news, [true, false]);
        browser.consent_to(&page).await;
        let page = browser
            .authorize(&client, &asking("openid write:weather"))
            .await;
        assert!(page.answer().contains_key("code"));
        let page = browser
            .authorize(&client, &[("prompt", "consent"), ("audience", API)])
            .await;
        assert_eq!(page.own_page().0, "/u/consent");
        assert!(
            browser
                .consent_to(&page)
                .await
                .answer()
                .contains_key("code")
        );
    }
}

#[tokio::test]
async fn the_tenants_own_clients_ask_where_the_api_wants_it_or_the_callback_is_anybodys() {
    let world = world().await;
    world.api(API, json!({})).await;
    let strict = "https://strict.example/";
    let asks = json!({ "skip_consent_for_verifiable_first_party_clients": false });
    world.api(strict, asks).await;
    let local = "http://localhost:3000/cb";
    let client = world
        .client(json!({ "app_type": "regular_web", "callbacks": ["https://app.example.com/cb", local] }))
        .await;
    let browser = world.browser();
    browser.sign_in(&world.user("ada").await).await;
    let answers = async |changes: &[(&str, &str)]| {
        let page = browser.authorize(&client, changes).await;
        page.location().contains("code=")
    };
    assert!(answers(&[]).await);
    assert!(answers(&[("audience", API)]).await);
    assert!(!answers(&[("audience", strict)]).await);
    assert!(answers(&[("redirect_uri", local)]).await);
    assert!(!answers(&[("audience", API), ("redirect_uri", local)]).await);
}

#[tokio::test]
async fn turning_away_is_told_to_the_client_and_ends_the_request() {
    let world = world().await;
    let client = world.permissive_client().await;
    let browser = world.browser();
    browser.sign_in(&world.user("ada").await).await;
    let page = browser.authorize(&client, &[]).await;
    let (_, state) = page.own_page();
    let headers = {
        let cookies = browser.cookies.lock().unwrap();
        let line = format!("did={}; auth0={}", cookies["did"], cookies["auth0"]);
        let mut headers = http::HeaderMap::new();
        headers.insert("cookie", line.parse().unwrap());
        headers
    };
    use crate::authentication::transaction;
    let pending = transaction::load(&world.tenant, &headers, &state)
        .await
        .unwrap();
    let code = oauth::ErrorCode::AccessDenied;
    let denied = transaction::deny(
        &world.tenant,
        &pending,
        code,
        "User did not authorize the request",
    );
    let response = denied.await.unwrap();
    assert_eq!(response.status(), 303);
    let location = response.headers()["location"].to_str().unwrap();
    assert!(location.contains("error=access_denied") && location.contains("state=s"));
    assert!(!browser.can_take_up(&page).await);
}

#[tokio::test]
async fn consent_is_the_users_own() {
    let world = world().await;
    let client = world.permissive_client().await;
    let browser = world.browser();
    browser.sign_in(&world.user("ada").await).await;
    let page = browser.authorize(&client, &[]).await;
    browser.consent_to(&page).await;
    // Somebody else at the same browser, and another client of the same kind, are asked themselves.
    let other = world.permissive_client().await;
    assert_eq!(
        browser.authorize(&other, &[]).await.own_page().0,
        "/u/consent"
    );
    browser.sign_in(&world.user("bob").await).await;
    assert_eq!(
        browser.authorize(&client, &[]).await.own_page().0,
        "/u/consent"
    );
}

#[tokio::test]
async fn an_answer_to_the_users_own_device_is_confirmed_each_time() {
    let world = world().await;
    let client = world
        .client(json!({
            "is_first_party": false, "third_party_security_mode": "permissive",
            "callbacks": ["http://127.0.0.1/cb"]
        }))
        .await;
    let user = world.user("ada").await;
    let browser = world.browser();
    let local = ("redirect_uri", "http://127.0.0.1:49152/cb");
    let page = browser.authorize(&client, &[local]).await;
    let page = browser.sign_in_for(&page, &user).await;
    assert!(
        browser
            .consent_to(&page)
            .await
            .answer()
            .contains_key("code")
    );
    assert_eq!(
        browser.authorize(&client, &[local]).await.own_page().0,
        "/u/consent"
    );
    let page = browser
        .authorize(&client, &[local, ("prompt", "none")])
        .await;
    assert_eq!(page.error(), "interaction_required");
    // Who has just signed in here knows what for.
    let page = browser
        .authorize(&client, &[local, ("prompt", "login")])
        .await;
    assert!(
        browser
            .sign_in_for(&page, &user)
            .await
            .answer()
            .contains_key("code")
    );
}

#[tokio::test]
async fn a_client_that_changes_its_name_or_where_it_leads_asks_again() {
    for database in storage::testing::databases(&[MIGRATIONS]).await {
        let world = World::under(database, |settings| {
            settings.registration.management = true;
        })
        .await;
        world
            .settings(json!({
                "flags": { "enable_dynamic_client_registration": true },
                "dynamic_client_registration_security_mode": "permissive"
            }))
            .await;
        world.api(API, json!({})).await;
        let metadata = |name: &str, uris: &[&str]| json!({ "client_name": name, "redirect_uris": uris, "token_endpoint_auth_method": "none" });
        let made = world
            .metadata(Method::POST, "", None, metadata("a", &[CALLBACK]))
            .await;
        let client = App {
            id: made["client_id"].as_str().unwrap().to_owned(),
            secret: String::new(),
        };
        let browser = world.browser();
        browser.sign_in(&world.user("ada").await).await;
        let asking = [("audience", API), ("scope", "read:weather")];
        let page = browser.authorize(&client, &asking).await;
        browser.consent_to(&page).await;
        let again = browser.authorize(&client, &asking).await;
        assert!(again.answer().contains_key("code"));

        let mut token = made["registration_access_token"].clone();
        let elsewhere = "https://elsewhere.example/cb";
        for (name, uris, asks) in [
            ("a", &[CALLBACK][..], false),
            ("a", &[CALLBACK, elsewhere][..], true),
            ("a", &[CALLBACK][..], false),
            ("b", &[CALLBACK][..], true),
        ] {
            let mut change = metadata(name, uris);
            change["client_id"] = json!(client.id);
            let changed = world
                .metadata(Method::PUT, &client.id, token.as_str(), change)
                .await;
            token = changed["registration_access_token"].clone();
            let page = browser.authorize(&client, &asking).await;
            match asks {
                true => browser.consent_to(&page).await,
                false => page,
            };
        }
    }
}

#[tokio::test]
async fn the_page_for_a_client_that_was_pruned_says_when_and_what_to_do() {
    for world in worlds().await {
        world
            .settings(json!({ "flags": { "enable_dynamic_client_registration": true } }))
            .await;
        let metadata = json!({ "redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none" });
        let made = world.metadata(Method::POST, "", None, metadata).await;
        let client = App {
            id: made["client_id"].as_str().unwrap().to_owned(),
            secret: String::new(),
        };
        let browser = world.browser();
        let page = browser.authorize(&client, &[("scope", "")]).await;
        assert_eq!(page.own_page().0, "/u/login");
        world.advance(8 * 86_400);
        assert_eq!(world.tenant.prune_clients().await.unwrap(), 1);
        let page = browser.authorize(&client, &[("scope", "")]).await;
        assert!(page.is_dead_end());
        for said in ["It was removed on 2026-09-2", "so that it registers again"] {
            assert!(page.body.contains(said), "{said}: {}", page.body);
        }
    }
}
