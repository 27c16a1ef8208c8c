//! The `refresh_token` grant. Names carry the section of RFC 9700 that they hold.

use http::Method;
use serde_json::{Value, json};

use crate::flows::{API, Person, claims, text};
use crate::support::{App, Credentials, app, apps};

fn rotating(leeway: u64) -> Value {
    json!({ "refresh_token": {
        "rotation_type": "rotating", "expiration_type": "expiring", "leeway": leeway,
        "token_lifetime": 100_000, "idle_token_lifetime": 1000,
        "infinite_token_lifetime": false, "infinite_idle_token_lifetime": false
    } })
}

async fn first(app: &App, client: &Credentials, jane: &Person) -> Value {
    app.tokens(
        client,
        &app.code(client, jane, "openid email offline_access"),
    )
    .await
}

#[tokio::test]
async fn rfc9700_4_14_2_a_rotated_token_that_comes_again_ends_its_family() {
    for app in apps().await {
        let (client, jane) = (app.spa(rotating(0)).await, app.person("jane").await);
        let tokens = first(&app, &client, &jane).await;
        let one = text(&tokens, "refresh_token");
        let second = app.refresh(&client, one, &[]).await;
        assert_eq!(second.status, 200, "{}: {}", app.name, second.body);
        let two = second.text("refresh_token");
        assert_ne!(one, two);
        assert_eq!(one[..22], two[..22], "a family shows itself to its client");
        let third = app.refresh(&client, two, &[]).await;
        let three = third.text("refresh_token");
        // The thief is late, by two generations even.
        let stolen = app.refresh(&client, one, &[]).await;
        assert_eq!(stolen.refusal(), (403, "invalid_grant"));
        assert_eq!(
            stolen.text("error_description"),
            "Unknown or invalid refresh token."
        );
        let robbed = app.refresh(&client, three, &[]).await;
        assert_eq!(robbed.refusal(), (403, "invalid_grant"), "{}", app.name);
        assert_eq!(app.userinfo(third.text("access_token")).await.status, 401);
    }
}

#[tokio::test]
async fn rfc9700_4_14_2_reuse_ends_what_the_user_gave_the_client_and_nothing_else() {
    let app = app().await;
    let (client, jane) = (app.spa(rotating(0)).await, app.person("jane").await);
    let other = app.spa(rotating(0)).await;
    let john = app.person("john").await;
    let tokens = first(&app, &client, &jane).await;
    let sibling = first(&app, &client, &jane).await;
    let elsewhere = first(&app, &other, &jane).await;
    let johns = first(&app, &client, &john).await;
    let one = text(&tokens, "refresh_token");
    app.refresh(&client, one, &[]).await;
    app.refresh(&client, one, &[]).await;
    let ends = app
        .refresh(&client, text(&sibling, "refresh_token"), &[])
        .await;
    assert_eq!(ends.status, 403, "the grant ends with the family");
    assert_eq!(
        app.refresh(&other, text(&elsewhere, "refresh_token"), &[])
            .await
            .status,
        200
    );
    assert_eq!(
        app.refresh(&client, text(&johns, "refresh_token"), &[])
            .await
            .status,
        200
    );
    let logs = app.logged("ferrt").await;
    assert_eq!(logs[0]["user_id"], jane.id);
}

#[tokio::test]
async fn within_the_leeway_the_token_before_is_good_again() {
    for app in apps().await {
        let (client, jane) = (app.spa(rotating(10)).await, app.person("jane").await);
        let tokens = first(&app, &client, &jane).await;
        let one = text(&tokens, "refresh_token");
        let two = app.refresh(&client, one, &[]).await;
        app.advance(9);
        let twin = app.refresh(&client, one, &[]).await;
        assert_eq!(twin.status, 200, "{}", app.name);
        assert_ne!(two.text("refresh_token"), twin.text("refresh_token"));
        assert_eq!(
            app.refresh(&client, two.text("refresh_token"), &[])
                .await
                .status,
            200
        );
        app.advance(2);
        assert_eq!(app.refresh(&client, one, &[]).await.status, 403);
        assert_eq!(
            app.refresh(&client, twin.text("refresh_token"), &[])
                .await
                .status,
            403
        );
    }
}

#[tokio::test]
async fn rfc9700_4_14_2_of_many_exchanges_at_once_one_wins_and_the_rest_is_theft() {
    for app in apps().await {
        let (client, jane) = (app.spa(rotating(0)).await, app.person("jane").await);
        let tokens = first(&app, &client, &jane).await;
        let one = text(&tokens, "refresh_token");
        let tries = (0..5).map(|_| app.refresh(&client, one, &[]));
        let answers = futures_util::future::join_all(tries).await;
        let won = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(won, 1, "{}", app.name);
    }
}

#[tokio::test]
async fn a_token_that_does_not_rotate_stays() {
    for app in apps().await {
        let (client, jane) = (app.web(json!({})).await, app.person("jane").await);
        let tokens = first(&app, &client, &jane).await;
        let token = text(&tokens, "refresh_token");
        for _ in 0..3 {
            let answer = app.refresh(&client, token, &[]).await;
            assert_eq!(answer.status, 200, "{}: {}", app.name, answer.body);
            assert_eq!(answer.body["refresh_token"], Value::Null);
            assert_eq!(claims(answer.text("id_token"))["nonce"], Value::Null);
            app.advance(10_000_000);
        }
    }
}

#[tokio::test]
async fn rfc9700_4_14_2_tokens_end_when_they_are_idle_and_in_any_case() {
    for app in apps().await {
        let (client, jane) = (app.spa(rotating(0)).await, app.person("jane").await);
        let idle = first(&app, &client, &jane).await;
        app.advance(1000);
        let answer = app
            .refresh(&client, text(&idle, "refresh_token"), &[])
            .await;
        assert_eq!(answer.refusal(), (403, "invalid_grant"), "{}", app.name);
        let tokens = first(&app, &client, &jane).await;
        let mut token = text(&tokens, "refresh_token").to_owned();
        for _ in 0..100 {
            app.advance(999);
            let answer = app.refresh(&client, &token, &[]).await;
            assert_eq!(answer.status, 200, "{}", app.name);
            token = answer.text("refresh_token").to_owned();
        }
        app.advance(100);
        assert_eq!(app.refresh(&client, &token, &[]).await.status, 403);
        assert!(identity::testing::prune(&app.tenant).await.unwrap() > 0);
    }
}

#[tokio::test]
async fn rfc9700_2_2_2_a_refresh_token_is_its_clients_alone() {
    let app = app().await;
    let (client, jane) = (app.spa(rotating(0)).await, app.person("jane").await);
    let other = app.spa(rotating(0)).await;
    let tokens = first(&app, &client, &jane).await;
    let token = text(&tokens, "refresh_token");
    assert_eq!(
        app.refresh(&other, token, &[]).await.refusal(),
        (403, "invalid_grant")
    );
    // CVE-2026-27840: shortened, lengthened and swapped texts are no tokens, and are no theft either.
    for text in [
        &token[..44],
        &token[1..],
        &format!("{token}A"),
        &token.to_lowercase(),
    ] {
        let answer = app.refresh(&client, text, &[]).await;
        assert_eq!(answer.refusal(), (403, "invalid_grant"), "{text}");
    }
    assert_eq!(app.refresh(&client, token, &[]).await.status, 200);
}

#[tokio::test]
async fn rfc9700_2_2_2_a_public_strict_client_rotates_whatever_it_was_told() {
    let app = app().await;
    app.api(API, json!({ "allow_offline_access": true })).await;
    let (client, jane) = (app.third_party().await, app.person("jane").await);
    let grant = json!({ "client_id": client.id, "audience": API, "scope": ["read:weather"],
        "subject_type": "user" });
    app.create("/client-grants", grant).await;
    let path = format!("/clients/{}", client.id);
    let lax = json!({ "refresh_token": { "rotation_type": "non-rotating",
        "expiration_type": "non-expiring" } });
    app.call(Method::PATCH, &path, Some(lax)).await;
    let mut code = app.code(&client, &jane, "read:weather offline_access");
    code.audience = Some(API.to_owned());
    let tokens = app.tokens(&client, &code).await;
    let answer = app
        .refresh(&client, text(&tokens, "refresh_token"), &[])
        .await;
    assert_ne!(answer.text("refresh_token"), text(&tokens, "refresh_token"));
}

#[tokio::test]
async fn rfc9700_2_3_a_client_may_ask_for_less_and_never_for_more() {
    let app = app().await;
    app.api(API, json!({ "allow_offline_access": true })).await;
    let (client, jane) = (app.web(json!({})).await, app.person("jane").await);
    let mut code = app.code(&client, &jane, "openid read:weather offline_access");
    code.audience = Some(API.to_owned());
    let tokens = app.tokens(&client, &code).await;
    let token = text(&tokens, "refresh_token");
    let less = app
        .refresh(&client, token, &[("scope", "read:weather")])
        .await;
    assert_eq!(less.body["scope"], "read:weather");
    let more = app
        .refresh(&client, token, &[("scope", "read:weather write:weather")])
        .await;
    assert_eq!(more.body["scope"], "read:weather");
    assert_eq!(more.body["id_token"], Value::Null);
    let none = app
        .refresh(&client, token, &[("scope", "write:weather")])
        .await;
    assert_eq!(none.refusal(), (400, "invalid_scope"));
    let all = app.refresh(&client, token, &[]).await;
    assert_eq!(
        all.body["scope"], "openid read:weather offline_access",
        "nothing was lost"
    );
    let other = app
        .refresh(&client, token, &[("resource", "https://other.example/")])
        .await;
    assert_eq!(other.refusal(), (400, "invalid_target"));
}

#[tokio::test]
async fn offline_access_needs_the_api_the_client_and_the_word() {
    let app = app().await;
    app.api(API, json!({})).await;
    let jane = app.person("jane").await;
    let client = app.web(json!({})).await;
    let mut code = app.code(&client, &jane, "read:weather offline_access");
    code.audience = Some(API.to_owned());
    let tokens = app.tokens(&client, &code).await;
    assert_eq!(
        tokens["refresh_token"],
        Value::Null,
        "the API does not allow it"
    );
    assert_eq!(tokens["scope"], "read:weather");
    let unable = app
        .web(json!({ "grant_types": ["authorization_code"] }))
        .await;
    let tokens = first(&app, &unable, &jane).await;
    assert_eq!(
        tokens["refresh_token"],
        Value::Null,
        "the client may not use it"
    );
    let refused = app.refresh(&unable, "anything", &[]).await;
    assert_eq!(refused.refusal(), (403, "unauthorized_client"));
}

#[tokio::test]
async fn a_new_password_a_removed_client_and_a_removed_user_end_refresh_tokens() {
    for app in apps().await {
        let client = app.web(json!({})).await;
        let jane = app.person("jane").await;
        let tokens = first(&app, &client, &jane).await;
        let user = format!("/users/{}", jane.id.replace('|', "%7C"));
        let password = json!({ "password": "another-Horse-8-battery" });
        let changed = app.call(Method::PATCH, &user, Some(password)).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        let answer = app
            .refresh(&client, text(&tokens, "refresh_token"), &[])
            .await;
        assert_eq!(answer.status, 403, "{}", app.name);
        let tokens = first(&app, &client, &jane).await;
        app.call(Method::DELETE, &user, None).await;
        assert_eq!(
            app.refresh(&client, text(&tokens, "refresh_token"), &[])
                .await
                .status,
            403
        );
        assert_eq!(
            app.userinfo(text(&tokens, "access_token")).await.status,
            401
        );
        let john = app.person("john").await;
        let tokens = first(&app, &client, &john).await;
        app.call(Method::DELETE, &format!("/clients/{}", client.id), None)
            .await;
        let answer = app
            .refresh(&client, text(&tokens, "refresh_token"), &[])
            .await;
        assert_eq!(answer.refusal(), (401, "invalid_client"));
        assert_eq!(
            app.userinfo(text(&tokens, "access_token")).await.status,
            401
        );
    }
}
