//! A flood of what anybody may begin: bounded, and no user is kept out.

use serde_json::{Value, json};

use super::world::{CALLBACK, Page, World, world};
use crate::MIGRATIONS;
use crate::store::begun::{self, Begun};

/// Five hundred in the place of a million, against a bound that is two hundred times tighter than the
/// default one.
#[tokio::test]
async fn a_flood_of_requests_ends_its_own_and_users_from_elsewhere_sign_in() {
    for database in storage::testing::databases(&[MIGRATIONS]).await {
        let world = World::under(database, |settings| settings.max_pending = 100).await;
        let client = world.client(json!({})).await;
        let user = world.user("ada").await;
        let early = world.browser_at("203.0.113.7:1");
        let began = early.authorize(&client, &[]).await;
        for _ in 0..500 {
            let flood = world.browser_at("198.51.100.9:1");
            assert_eq!(flood.authorize(&client, &[]).await.status, 302);
        }
        let held = begun::count(world.tenant.db(), Begun::SignIn)
            .await
            .unwrap();
        assert!((90..=106).contains(&held), "{held}");
        let answer = early.sign_in_for(&began, &user).await.answer();
        assert!(answer.contains_key("code"), "{answer:?}");
        let late = world.browser_at("[2001:db8::7]:1");
        let began = late.authorize(&client, &[]).await;
        let answer = late.sign_in_for(&began, &user).await.answer();
        assert!(answer.contains_key("code"), "{answer:?}");
    }
}

#[tokio::test]
async fn a_flood_from_everywhere_is_bounded_too() {
    let database = storage::testing::sqlite(&[MIGRATIONS]).await;
    let world = World::under(database, |settings| settings.max_pending = 100).await;
    let client = world.client(json!({})).await;
    for block in 0..300 {
        let address: &'static str = format!("[2001:db8:{block:x}::1]:1").leak();
        world.browser_at(address).authorize(&client, &[]).await;
    }
    let held = begun::count(world.tenant.db(), Begun::SignIn)
        .await
        .unwrap();
    assert!((90..=106).contains(&held), "{held}");
    let user = world.user("ada").await;
    let browser = world.browser();
    let began = browser.authorize(&client, &[]).await;
    assert!(
        browser
            .sign_in_for(&began, &user)
            .await
            .answer()
            .contains_key("code")
    );
}

#[tokio::test]
async fn what_has_expired_makes_room_before_anybody_is_forgotten() {
    let database = storage::testing::sqlite(&[MIGRATIONS]).await;
    let world = World::under(database, |settings| settings.max_pending = 40).await;
    let client = world.client(json!({})).await;
    let flood = world.browser_at("198.51.100.9:1");
    for _ in 0..40 {
        flood.authorize(&client, &[]).await;
    }
    world.advance(3601);
    let browser = world.browser();
    let began = browser.authorize(&client, &[]).await;
    assert_eq!(
        begun::count(world.tenant.db(), Begun::SignIn)
            .await
            .unwrap(),
        1,
        "a count that is an hour old is taken anew"
    );
    assert!(browser.can_take_up(&began).await);
}

/// Sends one form of a client from an address.
async fn post(world: &World, address: &'static str, path: &str, form: &[(&str, &str)]) -> Page {
    world.browser_at(address).post(path, form).await
}

#[tokio::test]
async fn a_flood_of_pushed_requests_ends_its_own() {
    for database in storage::testing::databases(&[MIGRATIONS]).await {
        let world = World::under(database, |settings| settings.max_pushed_requests = 100).await;
        let on = json!({ "pushed_authorization_requests_supported": true });
        world.settings(on).await;
        let client = world.client(json!({})).await;
        let push = async |address| {
            let form = [
                ("client_id", client.id.as_str()),
                ("client_secret", client.secret.as_str()),
                ("response_type", "code"),
                ("redirect_uri", CALLBACK),
            ];
            let page = post(&world, address, "/oauth/par", &form).await;
            assert_eq!(page.status, 201, "{}", page.body);
            let answer: Value = serde_json::from_str(&page.body).unwrap();
            answer["request_uri"].as_str().unwrap().to_owned()
        };
        let mut real = Vec::new();
        for number in 0..500 {
            push("198.51.100.9:1").await;
            if number % 50 == 25 {
                real.push(push("203.0.113.7:1").await);
            }
        }
        let held = begun::count(world.tenant.db(), Begun::PushedRequest).await;
        assert!((90..=106).contains(&held.unwrap()));
        for reference in real {
            let taken = crate::token::par::take(&world.tenant, &client.id, &reference).await;
            assert!(taken.unwrap().is_some(), "{}", world.database.name);
        }
    }
}

#[tokio::test]
async fn what_is_pushed_is_no_larger_than_a_request_needs_to_be() {
    let world = world().await;
    let on = json!({ "pushed_authorization_requests_supported": true });
    world.settings(on).await;
    let client = world.client(json!({})).await;
    let long = "x".repeat(16 * 1024);
    let form = [
        ("client_id", client.id.as_str()),
        ("client_secret", client.secret.as_str()),
        ("response_type", "code"),
        ("ext-note", &long),
    ];
    let page = post(&world, "198.51.100.9:1", "/oauth/par", &form).await;
    assert_eq!(page.status, 413, "{}", page.body);
}

#[tokio::test]
async fn a_flood_of_device_codes_ends_its_own() {
    for database in storage::testing::databases(&[MIGRATIONS]).await {
        let world = World::under(database, |settings| settings.max_device_codes = 100).await;
        let grant = "urn:ietf:params:oauth:grant-type:device_code";
        let television = json!({
            "app_type": "native", "token_endpoint_auth_method": "none", "grant_types": [grant]
        });
        let client = world.client(television).await;
        let begin = async |address| {
            let form = [("client_id", client.id.as_str()), ("scope", "openid")];
            let page = post(&world, address, "/oauth/device/code", &form).await;
            assert_eq!(page.status, 200, "{}", page.body);
            let answer: Value = serde_json::from_str(&page.body).unwrap();
            answer["user_code"].as_str().unwrap().to_owned()
        };
        let mut real = Vec::new();
        for number in 0..500 {
            begin("198.51.100.9:1").await;
            if number % 50 == 25 {
                real.push(begin("203.0.113.7:1").await);
            }
        }
        let held = begun::count(world.tenant.db(), Begun::DeviceCode).await;
        assert!((90..=106).contains(&held.unwrap()));
        for code in real {
            let waiting = crate::service::device::lookup(&world.tenant, &code).await;
            assert!(waiting.unwrap().is_some(), "{}", world.database.name);
        }
    }
}
