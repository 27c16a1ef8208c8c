//! A flood of authorization requests: bounded, and no user is kept out.

use serde_json::json;

use super::world::World;
use crate::MIGRATIONS;
use crate::store::transactions;

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
        let held = transactions::count(world.tenant.db()).await.unwrap();
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
    let held = transactions::count(world.tenant.db()).await.unwrap();
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
        transactions::count(world.tenant.db()).await.unwrap(),
        1,
        "a count that is an hour old is taken anew"
    );
    assert!(browser.can_take_up(&began).await);
}
