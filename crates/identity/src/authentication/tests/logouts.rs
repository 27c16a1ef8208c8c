//! Signing out, and telling clients of it.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use serde_json::json;
use storage::outbox::Outbox;

use super::world::{App, Browser, World, claims, world, worlds};
use crate::authentication::back_channel;

const OUT: &str = "https://app.example.com/out";

async fn client(world: &World) -> App {
    world
        .client(json!({ "app_type": "regular_web", "allowed_logout_urls": [OUT, "https://*.b.example/out"] }))
        .await
}

async fn hint(browser: &Browser<'_>, client: &App) -> String {
    let page = browser
        .authorize(client, &[("response_type", "id_token"), ("nonce", "n")])
        .await;
    page.answer().remove("id_token").unwrap()
}

async fn signed_in(browser: &Browser<'_>, client: &App) -> bool {
    let page = browser.authorize(client, &[("prompt", "none")]).await;
    page.answer().contains_key("code")
}

#[tokio::test]
async fn the_vendors_logout_ends_the_session_and_leads_to_allowed_addresses_alone() {
    for world in worlds().await {
        let client = client(&world).await;
        let user = world.user("ada").await;
        world
            .settings(json!({ "allowed_logout_urls": ["https://tenant.example/"] }))
            .await;
        for (query, expected) in [
            (
                format!("client_id={}&returnTo={OUT}?a=1", client.id),
                Some("https://app.example.com/out?a=1"),
            ),
            (format!("client_id={}", client.id), Some(OUT)),
            (
                "returnTo=https://tenant.example/".to_owned(),
                Some("https://tenant.example/"),
            ),
            (
                "returnTo=https://tenant.example".to_owned(),
                Some("https://tenant.example"),
            ),
            (
                format!("client_id={}&returnTo=https://tenant.example/", client.id),
                None,
            ),
            (format!("returnTo={OUT}"), None),
            (
                format!("client_id={}&returnTo=https://evil.example/", client.id),
                None,
            ),
        ] {
            let browser = world.browser();
            browser.sign_in(&user).await;
            let page = browser.get(&format!("/v2/logout?{query}")).await;
            match expected {
                Some(location) => assert_eq!(page.location(), location),
                None => assert!(page.is_dead_end(), "{query}: {page:?}"),
            }
            assert!(!browser.cookies.lock().unwrap().contains_key("auth0"));
            assert!(
                !signed_in(&browser, &client).await,
                "{}",
                world.database.name
            );
        }
        let page = world.browser().get("/v2/logout").await;
        assert_eq!(page.status, 200);
    }
}

#[tokio::test]
async fn an_id_token_of_this_session_ends_it_and_state_comes_back() {
    let world = world().await;
    let client = client(&world).await;
    let browser = world.browser();
    browser.sign_in(&world.user("ada").await).await;
    let hint = hint(&browser, &client).await;
    let page = browser
        .get(&format!(
            "/oidc/logout?id_token_hint={hint}&post_logout_redirect_uri={OUT}&state=x%20y"
        ))
        .await;
    assert_eq!(page.location(), "https://app.example.com/out?state=x+y");
    assert!(!signed_in(&browser, &client).await);
    // Once more, with nobody signed in: the user is where they wanted to be.
    let page = browser
        .get(&format!(
            "/oidc/logout?id_token_hint={hint}&post_logout_redirect_uri={OUT}"
        ))
        .await;
    assert_eq!(page.location(), OUT);
}

#[tokio::test]
async fn without_a_hint_the_user_is_asked() {
    let world = world().await;
    let client = client(&world).await;
    let browser = world.browser();
    browser.sign_in(&world.user("ada").await).await;
    let asked = [
        ("client_id", client.id.as_str()),
        ("post_logout_redirect_uri", OUT),
        ("state", "x"),
    ];
    let page = browser.post("/oidc/logout", &asked).await;
    assert_eq!(page.status, 200);
    assert!(signed_in(&browser, &client).await);
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("frame-ancestors 'none'")
            && policy.contains("form-action 'self' https://app.example.com"),
        "{policy}"
    );
    let token = page.body.split("name=\"confirm\" value=\"").nth(1).unwrap();
    let token = token.split('"').next().unwrap();
    for wrong in ["", "x"] {
        let mut form = asked.to_vec();
        form.push(("confirm", wrong));
        assert_eq!(browser.post("/oidc/logout", &form).await.status, 200);
        assert!(signed_in(&browser, &client).await);
    }
    let mut form = asked.to_vec();
    form.push(("confirm", token));
    let page = browser.post("/oidc/logout", &form).await;
    assert_eq!(
        (page.status.as_u16(), page.location()),
        (303, "https://app.example.com/out?state=x")
    );
    assert!(!signed_in(&browser, &client).await);
}

#[tokio::test]
async fn a_logout_request_that_does_not_hold_together_ends_nothing() {
    let world = world().await;
    let own = client(&world).await;
    let other = client(&world).await;
    let (ada, bob) = (world.user("ada").await, world.user("bob").await);
    let browser = world.browser();
    browser.sign_in(&ada).await;
    let hint_of_ada = hint(&browser, &own).await;
    for query in [
        format!("id_token_hint={hint_of_ada}&client_id={}", other.id),
        format!("id_token_hint={hint_of_ada}&logout_hint=another"),
        format!("id_token_hint={hint_of_ada}&post_logout_redirect_uri=https://evil.example/"),
        "id_token_hint=x.y.z".to_owned(),
        "client_id=nobody".to_owned(),
        format!("post_logout_redirect_uri={OUT}"),
        format!("client_id={0}&client_id={0}", own.id),
    ] {
        let page = browser.get(&format!("/oidc/logout?{query}")).await;
        assert!(page.is_dead_end(), "{query}: {page:?}");
        assert!(signed_in(&browser, &own).await, "{query}");
    }
    // An ID token of another user asks first.
    let another = world.browser();
    another.sign_in(&bob).await;
    let page = another
        .get(&format!("/oidc/logout?id_token_hint={hint_of_ada}"))
        .await;
    assert_eq!(page.status, 200);
    assert!(signed_in(&another, &own).await);
}

/// What a client's back-channel endpoint was sent.
type Received = Arc<Mutex<Vec<String>>>;

fn listen(world: &World, origin: &str, status: u16) -> Received {
    let received = Received::default();
    let kept = received.clone();
    let hear = move |body: Bytes| {
        let pairs = url::form_urlencoded::parse(&body).into_owned();
        let token = pairs.into_iter().find(|(name, _)| name == "logout_token");
        kept.lock().unwrap().push(token.unwrap().1);
        std::future::ready(http::StatusCode::from_u16(status).unwrap())
    };
    world
        .egress
        .mount(origin, &Router::new().route("/backchannel", post(hear)));
    received
}

async fn run_jobs(world: &World) -> usize {
    let outbox = Outbox::new(
        world.tenant.db().clone(),
        world.clock.clone(),
        oauth::Entropy::system(),
    );
    let deliver = |job| back_channel::deliver(&world.tenant, job);
    outbox.run_due(back_channel::QUEUE, &deliver).await
}

#[tokio::test]
async fn clients_that_took_part_hear_of_the_end_of_a_session() {
    for world in worlds().await {
        let received = listen(&world, "https://app.example.com", 200);
        let told = world
            .client(json!({ "app_type": "regular_web", "oidc_logout": {
                "backchannel_logout_urls": ["https://app.example.com/backchannel"]
            } }))
            .await;
        let bystander = world
            .client(json!({ "app_type": "regular_web", "oidc_logout": {
                "backchannel_logout_urls": ["https://app.example.com/backchannel"]
            } }))
            .await;
        let user = world.user("ada").await;
        let browser = world.browser();
        let sid = browser.sign_in(&user).await;
        assert!(signed_in(&browser, &told).await);
        browser.get("/v2/logout").await;
        assert_eq!(run_jobs(&world).await, 1, "{}", world.database.name);
        let tokens = received.lock().unwrap().clone();
        let token = claims(&tokens[0]);
        assert_eq!(token["sid"], json!(sid));
        assert_eq!(token["sub"], json!(user.user_id));
        assert_eq!(token["aud"], json!(told.id));
        assert!(token["events"]["http://schemas.openid.net/event/backchannel-logout"].is_object());
        assert!(token.get("nonce").is_none() && token["jti"].is_string());
        let header = oauth::jose::jwt::peek(&tokens[0]).unwrap().header;
        assert_eq!(header.typ.as_deref(), Some("logout+jwt"));
        assert_ne!(told.id, bystander.id);
    }
}

#[tokio::test]
async fn attack_3_a_client_that_is_away_hears_of_it_later_and_one_on_this_network_never() {
    let world = world().await;
    let received = listen(&world, "https://app.example.com", 503);
    let client = world
        .client(json!({ "app_type": "regular_web", "oidc_logout": {
            "backchannel_logout_urls": ["https://app.example.com/backchannel"]
        } }))
        .await;
    let inside = world
        .client(json!({ "app_type": "regular_web", "oidc_logout": {
            "backchannel_logout_urls": ["http://169.254.169.254/latest/"]
        } }))
        .await;
    let browser = world.browser();
    browser.sign_in(&world.user("ada").await).await;
    assert!(signed_in(&browser, &client).await && signed_in(&browser, &inside).await);
    browser.get("/v2/logout").await;
    assert_eq!(run_jobs(&world).await, 2);
    world.advance(3600);
    assert_eq!(run_jobs(&world).await, 2);
    assert_eq!(received.lock().unwrap().len(), 2);
}
