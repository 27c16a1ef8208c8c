//! Sessions: how long they last, and whose they are.

use axum::http::header;
use serde_json::json;

use super::world::{Page, world, worlds};
use crate::store::begun::{self, Begun};

fn cookies(page: &Page) -> Vec<String> {
    page.headers
        .get_all(header::SET_COOKIE)
        .iter()
        .map(|cookie| cookie.to_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_and_when_it_is_old() {
    for world in worlds().await {
        let client = world.client(json!({ "app_type": "regular_web" })).await;
        let browser = world.browser();
        browser.sign_in(&world.user("ada").await).await;
        let alive = async || {
            let page = browser.authorize(&client, &[("prompt", "none")]).await;
            page.answer().contains_key("code")
        };
        let hour = 3600;
        // 72 hours of idleness, 168 in all.
        for _ in 0..3 {
            world.advance(50 * hour);
            assert!(alive().await, "{}", world.database.name);
        }
        world.advance(19 * hour);
        assert!(!alive().await);
        browser.sign_in(&world.user("bob").await).await;
        world.advance(73 * hour);
        assert!(!alive().await);
    }
}

#[tokio::test]
async fn a_session_planted_before_the_sign_in_is_not_the_one_after_it() {
    let world = world().await;
    let client = world.client(json!({ "app_type": "regular_web" })).await;
    let (ada, mallory) = (world.user("ada").await, world.user("mallory").await);
    let attacker = world.browser();
    let planted_id = attacker.sign_in(&mallory).await;
    let planted = attacker.cookies.lock().unwrap()["auth0"].clone();
    let victim = world.browser();
    victim
        .cookies
        .lock()
        .unwrap()
        .insert("auth0".to_owned(), planted.clone());
    let id = victim.sign_in(&ada).await;
    assert_ne!(victim.cookies.lock().unwrap()["auth0"], planted);
    assert_ne!(id, planted_id);
    let page = attacker.authorize(&client, &[("prompt", "none")]).await;
    assert_eq!(page.error(), "login_required");
    // Any other secret leads nowhere either.
    victim
        .cookies
        .lock()
        .unwrap()
        .insert("auth0".to_owned(), "x".repeat(43));
    let page = victim.authorize(&client, &[("prompt", "none")]).await;
    assert_eq!(page.error(), "login_required");
}

#[tokio::test]
async fn a_user_who_signs_in_again_keeps_the_session_under_a_new_secret() {
    let world = world().await;
    let ada = world.user("ada").await;
    let browser = world.browser();
    let first = browser.sign_in(&ada).await;
    let secret = browser.cookies.lock().unwrap()["auth0"].clone();
    let second = browser.sign_in(&ada).await;
    assert_eq!(first, second);
    assert_ne!(browser.cookies.lock().unwrap()["auth0"], secret);
}

#[tokio::test]
async fn a_blocked_user_is_not_signed_in() {
    let world = world().await;
    let client = world.client(json!({ "app_type": "regular_web" })).await;
    let ada = world.user("ada").await;
    let browser = world.browser();
    browser.sign_in(&ada).await;
    let sql = "UPDATE identity_user SET blocked = TRUE WHERE user_id = $1";
    let params = storage::params![&ada.user_id];
    world.tenant.db().execute(sql, params).await.unwrap();
    let page = browser.authorize(&client, &[("prompt", "none")]).await;
    assert_eq!(page.error(), "login_required");
}

#[tokio::test]
async fn cookies_are_out_of_reach_of_scripts_and_travel_over_tls_alone() {
    let world = world().await;
    let client = world.client(json!({ "app_type": "regular_web" })).await;
    let page = world.secure_browser().authorize(&client, &[]).await;
    let set = cookies(&page);
    assert_eq!(set.len(), 1);
    for part in ["did=", "HttpOnly", "Secure", "SameSite=None"] {
        assert!(set[0].contains(part), "{set:?}");
    }
    let page = world.browser().authorize(&client, &[]).await;
    let set = cookies(&page);
    assert!(
        set[0].contains("SameSite=Lax") && !set[0].contains("Secure"),
        "{set:?}"
    );

    let browser = world.secure_browser();
    browser.sign_in(&world.user("ada").await).await;
    let kept = browser.cookies.lock().unwrap().clone();
    assert_eq!(kept["auth0"], kept["auth0_compat"]);
}

#[tokio::test]
async fn the_database_holds_nothing_that_a_browser_could_present() {
    for world in worlds().await {
        let client = world.client(json!({ "app_type": "regular_web" })).await;
        let browser = world.browser();
        let page = browser.authorize(&client, &[]).await;
        let (_, state) = page.own_page();
        browser.sign_in(&world.user("ada").await).await;
        let db = world.tenant.db();
        let sql = "SELECT token AS held FROM identity_session \
                   UNION ALL SELECT id FROM identity_transaction \
                   UNION ALL SELECT browser FROM identity_transaction";
        let rows = db.query(sql, storage::params![]).await.unwrap();
        let held: Vec<String> = rows.iter().map(|row| row.get("held").unwrap()).collect();
        assert_eq!(held.len(), 3);
        let cookies = browser.cookies.lock().unwrap().clone();
        for secret in [&state, &cookies["auth0"], &cookies["did"]] {
            assert!(!held.contains(secret));
        }
    }
}

#[tokio::test]
async fn a_pending_request_is_forgotten_after_an_hour() {
    for world in worlds().await {
        let client = world.client(json!({ "app_type": "regular_web" })).await;
        let browser = world.browser();
        let page = browser.authorize(&client, &[]).await;
        world.advance(3599);
        assert!(browser.can_take_up(&page).await);
        world.advance(1);
        assert!(!browser.can_take_up(&page).await);
        let pruned = begun::prune(world.tenant.db(), Begun::SignIn, world.clock.now()).await;
        assert_eq!(pruned, Ok(1), "{}", world.database.name);
    }
}
