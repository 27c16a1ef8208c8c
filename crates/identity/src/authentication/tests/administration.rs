//! Consents, sessions and refresh tokens over the Management API.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::world::{App, Browser, CALLBACK, VERIFIER, World, worlds};
use crate::authentication::back_channel::Initiator;
use crate::service::revocation;

const API: &str = "https://weather.example/";

/// An administrator's token.
async fn administrator(world: &World) -> String {
    let made = world.tenant.bootstrap_management_client("Administrator");
    let (id, secret) = made.await.unwrap();
    let secret = secret.reveal().expose_secret().to_owned();
    let parameters = [
        ("grant_type", "client_credentials"),
        ("client_id", id.as_str()),
        ("client_secret", secret.as_str()),
        ("audience", "http://127.0.0.1:8005/api/v2/"),
    ];
    let (_, body) = world.token(&parameters).await;
    body["access_token"].as_str().unwrap().to_owned()
}

async fn call(world: &World, token: &str, method: Method, path: &str) -> (StatusCode, Value) {
    let request = Request::builder()
        .method(method)
        .uri(format!("/api/v2{path}"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    sent(world, request.body(Body::empty()).unwrap()).await
}

async fn sent(world: &World, request: Request<Body>) -> (StatusCode, Value) {
    let response = world.router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let body = match body.is_empty() {
        true => Value::Null,
        false => serde_json::from_slice(&body).unwrap(),
    };
    (status, body)
}

/// The user allows the client the API, and the client gets a refresh token.
async fn refresh_token(world: &World, browser: &Browser<'_>, client: &App) -> String {
    let asked = [
        ("audience", API),
        ("scope", "openid read:weather offline_access"),
    ];
    let page = browser.authorize(client, &asked).await;
    let page = match page.location().starts_with("/u/consent") {
        true => browser.consent_to(&page).await,
        false => page,
    };
    let code = page.answer().remove("code").unwrap();
    let (status, body) = world
        .token(&[
            ("grant_type", "authorization_code"),
            ("client_id", &client.id),
            ("client_secret", &client.secret),
            ("code", &code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ])
        .await;
    assert_eq!(status, 200, "{body}");
    body["refresh_token"].as_str().unwrap().to_owned()
}

async fn refreshes(world: &World, client: &App, token: &str) -> bool {
    let parameters = [
        ("grant_type", "refresh_token"),
        ("client_id", client.id.as_str()),
        ("client_secret", client.secret.as_str()),
        ("refresh_token", token),
    ];
    world.token(&parameters).await.0 == 200
}

#[tokio::test]
async fn a_consent_that_is_taken_back_ends_what_it_gave() {
    for world in worlds().await {
        let admin = administrator(&world).await;
        world.api(API, json!({})).await;
        let client = world.permissive_client().await;
        let user = world.user("ada").await;
        let browser = world.browser();
        browser.sign_in(&user).await;
        let token = refresh_token(&world, &browser, &client).await;
        let path = format!("/grants?user_id={}", user.user_id.replace('|', "%7C"));
        let (status, list) = call(&world, &admin, Method::GET, &path).await;
        assert_eq!(status, 200, "{}: {list}", world.database.name);
        let grant = &list[0];
        assert_eq!(grant["clientID"], json!(client.id));
        assert_eq!(grant["audience"], API);
        assert_eq!(
            grant["scope"],
            json!(["openid", "read:weather", "offline_access"])
        );
        assert!(refreshes(&world, &client, &token).await);
        let one = format!("/grants/{}", grant["id"].as_str().unwrap());
        assert_eq!(call(&world, &admin, Method::DELETE, &one).await.0, 204);
        assert!(!refreshes(&world, &client, &token).await);
        let page = browser.authorize(&client, &[("audience", API)]).await;
        assert_eq!(page.own_page().0, "/u/consent");
        browser.consent_to(&page).await;
        assert_eq!(call(&world, &admin, Method::DELETE, &path).await.0, 204);
        assert_eq!(call(&world, &admin, Method::GET, &path).await.1, json!([]));
        let (status, _) = call(&world, &admin, Method::DELETE, "/grants").await;
        assert_eq!(status, 400);
    }
}

#[tokio::test]
async fn an_administrator_sees_sessions_and_ends_them() {
    for world in worlds().await {
        let admin = administrator(&world).await;
        world.api(API, json!({})).await;
        let client = world.client(json!({ "app_type": "regular_web" })).await;
        let user = world.user("ada").await;
        let (one, two) = (world.browser(), world.browser());
        let sid = one.sign_in(&user).await;
        two.sign_in(&user).await;
        let token = refresh_token(&world, &one, &client).await;
        let path = format!("/users/{}/sessions", user.user_id.replace('|', "%7C"));
        let (_, list) = call(&world, &admin, Method::GET, &path).await;
        assert_eq!(list["sessions"].as_array().unwrap().len(), 2, "{list}");
        let single = format!("/sessions/{sid}");
        let (status, session) = call(&world, &admin, Method::GET, &single).await;
        assert_eq!(status, 200);
        assert_eq!(session["user_id"], json!(user.user_id));
        assert_eq!(session["clients"], json!([{ "client_id": client.id }]));
        assert_eq!(session["device"]["initial_user_agent"], "Browser/1");
        assert!(session.get("token").is_none());
        let revoke = format!("/sessions/{sid}/revoke");
        assert_eq!(call(&world, &admin, Method::POST, &revoke).await.0, 202);
        assert_eq!(call(&world, &admin, Method::GET, &single).await.0, 404);
        let none = [("prompt", "none")];
        assert_eq!(
            one.authorize(&client, &none).await.error(),
            "login_required"
        );
        assert!(
            !refreshes(&world, &client, &token).await,
            "{}",
            world.database.name
        );
        assert!(
            two.authorize(&client, &none)
                .await
                .answer()
                .contains_key("code")
        );
        assert_eq!(call(&world, &admin, Method::DELETE, &path).await.0, 202);
        assert_eq!(
            two.authorize(&client, &none).await.error(),
            "login_required"
        );
    }
}

#[tokio::test]
async fn an_administrator_sees_refresh_tokens_and_ends_them() {
    for world in worlds().await {
        let admin = administrator(&world).await;
        world.api(API, json!({})).await;
        let client = world.client(json!({ "app_type": "regular_web" })).await;
        let user = world.user("ada").await;
        let browser = world.browser();
        let sid = browser.sign_in(&user).await;
        let token = refresh_token(&world, &browser, &client).await;
        let other = refresh_token(&world, &browser, &client).await;
        let path = format!("/users/{}/refresh-tokens", user.user_id.replace('|', "%7C"));
        let (_, list) = call(&world, &admin, Method::GET, &path).await;
        let list = list["tokens"].as_array().unwrap().clone();
        assert_eq!(list.len(), 2, "{}", world.database.name);
        assert_eq!(list[0]["client_id"], json!(client.id));
        assert_eq!(list[0]["session_id"], json!(sid));
        assert!(!list[0].to_string().contains(&token));
        let (_, page) = call(&world, &admin, Method::GET, &format!("{path}?take=1")).await;
        assert_eq!(page["tokens"].as_array().unwrap().len(), 1);
        let rest = format!("{path}?take=1&from={}", page["next"].as_str().unwrap());
        let (_, page) = call(&world, &admin, Method::GET, &rest).await;
        assert_eq!(page["tokens"][0]["id"], list[1]["id"]);
        for one in &list {
            let single = format!("/refresh-tokens/{}", one["id"].as_str().unwrap());
            assert_eq!(call(&world, &admin, Method::GET, &single).await.0, 200);
        }
        let single = format!("/refresh-tokens/{}", list[0]["id"].as_str().unwrap());
        assert_eq!(call(&world, &admin, Method::DELETE, &single).await.0, 202);
        assert_eq!(call(&world, &admin, Method::GET, &single).await.0, 404);
        let alive = [
            refreshes(&world, &client, &token).await,
            refreshes(&world, &client, &other).await,
        ];
        assert_eq!(alive.iter().filter(|alive| **alive).count(), 1);
        assert_eq!(call(&world, &admin, Method::DELETE, &path).await.0, 202);
        assert!(
            !refreshes(&world, &client, &token).await && !refreshes(&world, &client, &other).await
        );
    }
}

#[tokio::test]
async fn refresh_tokens_outlive_a_sign_out_and_codes_do_not() {
    for world in worlds().await {
        world.api(API, json!({})).await;
        let client = world.client(json!({ "app_type": "regular_web" })).await;
        let browser = world.browser();
        browser.sign_in(&world.user("ada").await).await;
        let token = refresh_token(&world, &browser, &client).await;
        let code = browser
            .authorize(&client, &[])
            .await
            .answer()
            .remove("code")
            .unwrap();
        browser.get("/v2/logout").await;
        assert!(
            refreshes(&world, &client, &token).await,
            "{}",
            world.database.name
        );
        let (status, body) = world
            .token(&[
                ("grant_type", "authorization_code"),
                ("client_id", &client.id),
                ("client_secret", &client.secret),
                ("code", &code),
                ("redirect_uri", CALLBACK),
                ("code_verifier", VERIFIER),
            ])
            .await;
        assert_eq!(
            (status.as_u16(), &body["error"]),
            (403, &json!("invalid_grant"))
        );
    }
}

#[tokio::test]
async fn a_user_whose_password_changes_is_signed_out_everywhere() {
    for world in worlds().await {
        world.api(API, json!({})).await;
        let client = world.client(json!({ "app_type": "regular_web" })).await;
        let user = world.user("ada").await;
        let (one, two) = (world.browser(), world.browser());
        one.sign_in(&user).await;
        two.sign_in(&user).await;
        let token = refresh_token(&world, &one, &client).await;
        let mut tx = world.tenant.db().begin().await.unwrap();
        let ended = revocation::end_user(&mut tx, &user.user_id, Initiator::PasswordChanged);
        ended.await.unwrap();
        tx.commit().await.unwrap();
        for browser in [&one, &two] {
            let page = browser.authorize(&client, &[("prompt", "none")]).await;
            assert_eq!(page.error(), "login_required", "{}", world.database.name);
        }
        assert!(!refreshes(&world, &client, &token).await);
    }
}

#[tokio::test]
async fn an_administrator_asks_whether_an_address_is_slowed_down_and_lifts_it() {
    for world in worlds().await {
        let token = administrator(&world).await;
        let path = "/anomaly/blocks/ips/203.0.113.9";
        let check = async || call(&world, &token, Method::GET, path).await.0;
        assert_eq!(check().await, 404, "{}", world.database.name);
        let failures = &world.tenant.guard().sign_ins;
        while failures.take(&crate::bounds::block("203.0.113.9")).is_ok() {}
        assert_eq!(check().await, 200);
        let (other, _) = call(&world, &token, Method::GET, &path.replace(".9", ".10")).await;
        assert_eq!(other, 404, "others are not concerned");
        let lifted = call(&world, &token, Method::DELETE, path).await.0;
        assert_eq!(
            (lifted, check().await),
            (StatusCode::NO_CONTENT, StatusCode::NOT_FOUND)
        );
        let (status, body) = call(&world, &token, Method::GET, "/anomaly/blocks/ips/x").await;
        assert_eq!(
            (status, &body["errorCode"]),
            (StatusCode::BAD_REQUEST, &json!("invalid_uri"))
        );
    }
}

#[tokio::test]
async fn access_that_is_revoked_has_ended_when_the_call_returns() {
    for world in worlds().await {
        let admin = administrator(&world).await;
        world.api(API, json!({})).await;
        let client = world.client(json!({ "app_type": "regular_web" })).await;
        let user = world.user("ada").await;
        let revoke = async |body: Value| {
            let path = user.user_id.replace('|', "%7C");
            let request = Request::post(format!("/api/v2/users/{path}/revoke-access"))
                .header(header::AUTHORIZATION, format!("Bearer {admin}"))
                .header(header::CONTENT_TYPE, "application/json");
            let request = request.body(Body::from(body.to_string())).unwrap();
            sent(&world, request).await.0
        };
        let is_in = async |browser: &Browser<'_>| {
            let page = browser.authorize(&client, &[("prompt", "none")]).await;
            page.answer().contains_key("code")
        };
        let (one, two) = (world.browser(), world.browser());
        let sid = one.sign_in(&user).await;
        two.sign_in(&user).await;
        let (first, second) = (
            refresh_token(&world, &one, &client).await,
            refresh_token(&world, &two, &client).await,
        );
        // One session, and its tokens stay.
        let kept = json!({ "session_id": sid, "preserve_refresh_tokens": true });
        assert_eq!(revoke(kept).await, 202);
        assert!(
            !is_in(&one).await && is_in(&two).await,
            "{}",
            world.database.name
        );
        assert!(refreshes(&world, &client, &first).await);
        assert_eq!(revoke(json!({ "session_id": sid })).await, 404);
        // Everything.
        assert_eq!(revoke(json!({})).await, 202);
        assert!(!is_in(&two).await);
        assert!(!refreshes(&world, &client, &first).await);
        assert!(!refreshes(&world, &client, &second).await);
        let stranger = world.browser();
        let others = stranger.sign_in(&world.user("bob").await).await;
        assert_eq!(revoke(json!({ "session_id": others })).await, 404);
        assert!(
            is_in(&stranger).await,
            "a session of somebody else is not theirs to end"
        );
    }
}
