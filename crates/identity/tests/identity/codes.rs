//! The `authorization_code` grant. Names carry the section of RFC 9700 that they hold.

use http::{Method, header};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::flows::{API, CALLBACK, VERIFIER, claims, text};
use crate::support::{NOW, ORIGIN, app, apps, verified};

#[tokio::test]
async fn a_code_gives_an_access_token_an_id_token_and_a_refresh_token() {
    for app in apps().await {
        app.api(API, json!({ "allow_offline_access": true })).await;
        let (client, jane) = (app.web(json!({})).await, app.person("jane").await);
        let mut code = app.code(
            &client,
            &jane,
            "openid profile email offline_access read:weather",
        );
        code.audience = Some(API.to_owned());
        code.nonce = Some("n-0S6_WzA2Mj".to_owned());
        code.session_id = Some("session".to_owned());
        let code = code.issue(&app.tenant).await.unwrap();
        let answer = app.redeem(&client, &code, &[]).await;
        assert_eq!(answer.status, 200, "{}: {}", app.name, answer.body);
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(answer.body["token_type"], "Bearer");
        assert_eq!(answer.body["expires_in"], 86_400);
        assert_eq!(text(&answer.body, "refresh_token").len(), 45);
        let (head, token) = verified(&app, answer.text("access_token"), Algorithm::RS256).await;
        assert_eq!(head["typ"], "JWT");
        assert_eq!(
            token,
            json!({
                "iss": "http://127.0.0.1:8005/",
                "sub": jane.id,
                "aud": [API, "http://127.0.0.1:8005/userinfo"],
                "iat": NOW,
                "exp": NOW + 86_400,
                "scope": "openid profile email offline_access read:weather",
                "azp": client.id,
            })
        );
        let (_, id) = verified(&app, answer.text("id_token"), Algorithm::RS256).await;
        for (name, value) in [
            ("iss", json!("http://127.0.0.1:8005/")),
            ("sub", json!(jane.id)),
            ("aud", json!(client.id)),
            ("nonce", json!("n-0S6_WzA2Mj")),
            ("sid", json!("session")),
            ("iat", json!(NOW)),
            ("exp", json!(NOW + 36_000)),
            ("auth_time", json!(NOW)),
            ("email", json!(jane.email)),
            ("email_verified", json!(true)),
            ("given_name", json!("Jane")),
        ] {
            assert_eq!(id[name], value, "{name}");
        }
        let hash =
            oauth::jose::token_hash(oauth::jose::Algorithm::Rs256, answer.text("access_token"));
        assert_eq!(id["at_hash"], hash);
    }
}

#[tokio::test]
async fn without_an_api_the_token_is_opaque_and_good_for_userinfo_alone() {
    for app in apps().await {
        let (client, jane) = (app.web(json!({})).await, app.person("jane").await);
        let tokens = app
            .tokens(&client, &app.code(&client, &jane, "openid email"))
            .await;
        let token = text(&tokens, "access_token");
        assert!(!token.contains('.'));
        assert_eq!(tokens["refresh_token"], Value::Null);
        let answer = app.userinfo(token).await;
        assert_eq!(
            answer.said(),
            (
                200,
                json!({ "sub": jane.id, "email": jane.email, "email_verified": true })
            )
        );
        app.advance(86_400);
        assert_eq!(app.userinfo(token).await.refusal(), (401, "invalid_token"));
    }
}

#[tokio::test]
async fn rfc9700_2_1_1_a_code_without_its_verifier_is_worth_nothing() {
    let app = app().await;
    let (client, jane) = (app.spa(json!({})).await, app.person("jane").await);
    for verifier in ["", "wrong", &VERIFIER.replace('d', "e"), &VERIFIER[1..]] {
        let code = app
            .code(&client, &jane, "openid")
            .issue(&app.tenant)
            .await
            .unwrap();
        let answer = app
            .redeem(&client, &code, &[("code_verifier", verifier)])
            .await;
        assert_eq!(answer.refusal(), (403, "invalid_grant"), "{verifier}");
        // Whoever tried has the code: it is spent.
        let answer = app.redeem(&client, &code, &[]).await;
        assert_eq!(answer.refusal(), (403, "invalid_grant"));
    }
    let code = app
        .code(&client, &jane, "openid")
        .issue(&app.tenant)
        .await
        .unwrap();
    let wrong = VERIFIER.replace('d', "e");
    let answer = app
        .redeem(&client, &code, &[("code_verifier", &wrong)])
        .await;
    assert_eq!(
        answer.text("error_description"),
        "Failed to verify code verifier"
    );
}

#[tokio::test]
async fn rfc9700_4_8_2_a_verifier_without_a_challenge_is_a_downgrade() {
    let app = app().await;
    let (client, jane) = (app.web(json!({})).await, app.person("jane").await);
    let mut code = app.code(&client, &jane, "openid");
    code.challenge = None;
    let text = code.issue(&app.tenant).await.unwrap();
    assert_eq!(
        app.redeem(&client, &text, &[]).await.refusal(),
        (403, "invalid_grant")
    );
    let text = code.issue(&app.tenant).await.unwrap();
    let answer = app.redeem(&client, &text, &[("code_verifier", "")]).await;
    assert_eq!(
        answer.status, 200,
        "PKCE is optional for the tenant's own clients"
    );
    let strict = app.third_party().await;
    code.client_id = strict.id.clone();
    let text = code.issue(&app.tenant).await.unwrap();
    let answer = app.redeem(&strict, &text, &[("code_verifier", "")]).await;
    assert_eq!(
        answer.refusal(),
        (403, "invalid_grant"),
        "and mandatory for strict ones"
    );
}

#[tokio::test]
async fn rfc9700_4_5_a_code_that_comes_again_ends_what_it_gave() {
    for app in apps().await {
        let (client, jane) = (app.web(json!({})).await, app.person("jane").await);
        let code = app.code(&client, &jane, "openid offline_access");
        let code = code.issue(&app.tenant).await.unwrap();
        let first = app.redeem(&client, &code, &[]).await;
        let (access, refresh) = (first.text("access_token"), first.text("refresh_token"));
        assert_eq!(app.userinfo(access).await.status, 200);
        let again = app.redeem(&client, &code, &[]).await;
        assert_eq!(again.refusal(), (403, "invalid_grant"), "{}", app.name);
        assert_eq!(
            again.text("error_description"),
            "Invalid authorization code"
        );
        assert_eq!(app.userinfo(access).await.status, 401);
        let refreshed = app.refresh(&client, refresh, &[]).await;
        assert_eq!(refreshed.refusal(), (403, "invalid_grant"));
    }
}

#[tokio::test]
async fn rfc9700_4_5_a_signed_token_of_a_reused_code_is_inactive_from_then_on() {
    let app = app().await;
    app.api(API, json!({})).await;
    let (client, jane) = (app.web(json!({})).await, app.person("jane").await);
    let mut code = app.code(&client, &jane, "openid read:weather");
    code.audience = Some(API.to_owned());
    let code = code.issue(&app.tenant).await.unwrap();
    let first = app.redeem(&client, &code, &[]).await;
    let access = first.text("access_token");
    assert_eq!(app.introspect(&client, access).await["active"], true);
    assert_eq!(app.userinfo(access).await.status, 200);
    app.redeem(&client, &code, &[]).await;
    assert_eq!(
        app.introspect(&client, access).await,
        json!({ "active": false })
    );
    assert_eq!(app.userinfo(access).await.status, 401);
}

#[tokio::test]
async fn rfc9700_4_5_of_many_exchanges_at_once_one_wins() {
    for app in apps().await {
        let (client, jane) = (app.web(json!({})).await, app.person("jane").await);
        let code = app.code(&client, &jane, "openid offline_access");
        let code = code.issue(&app.tenant).await.unwrap();
        let tries = (0..6).map(|_| app.redeem(&client, &code, &[]));
        let answers = futures_util::future::join_all(tries).await;
        let won: Vec<_> = answers
            .iter()
            .filter(|answer| answer.status == 200)
            .collect();
        assert_eq!(won.len(), 1, "{}", app.name);
        // The others were reuse, so that one is gone too.
        let refresh = won[0].text("refresh_token");
        assert_eq!(app.refresh(&client, refresh, &[]).await.status, 403);
    }
}

#[tokio::test]
async fn rfc9700_4_5_a_code_is_its_clients_alone() {
    // ZITADEL GHSA-xqxv-4jc2-x56x.
    let app = app().await;
    let (client, jane) = (app.web(json!({})).await, app.person("jane").await);
    let other = app.web(json!({})).await;
    let code = app
        .code(&client, &jane, "openid")
        .issue(&app.tenant)
        .await
        .unwrap();
    let answer = app.redeem(&other, &code, &[]).await;
    assert_eq!(answer.refusal(), (403, "invalid_grant"));
    let answer = app.redeem(&client, &code, &[]).await;
    assert_eq!(
        answer.refusal(),
        (403, "invalid_grant"),
        "a stolen code is spent"
    );
}

#[tokio::test]
async fn rfc9700_4_1_the_redirect_uri_is_the_one_of_the_authorization_request() {
    let app = app().await;
    let (client, jane) = (app.web(json!({})).await, app.person("jane").await);
    for sent in [
        "",
        "https://app.example/callback/",
        "https://APP.example/callback",
        "https://evil.example/",
    ] {
        let code = app
            .code(&client, &jane, "openid")
            .issue(&app.tenant)
            .await
            .unwrap();
        let answer = app.redeem(&client, &code, &[("redirect_uri", sent)]).await;
        assert_eq!(answer.refusal(), (403, "invalid_grant"), "{sent}");
    }
    let mut code = app.code(&client, &jane, "openid");
    code.redirect_uri = None;
    for sent in ["", CALLBACK] {
        let text = code.issue(&app.tenant).await.unwrap();
        let answer = app.redeem(&client, &text, &[("redirect_uri", sent)]).await;
        assert_eq!(
            answer.status, 200,
            "it was not sent before, so it need not be now"
        );
    }
}

#[tokio::test]
async fn a_code_expires_and_a_shortened_one_is_none() {
    let app = app().await;
    let (client, jane) = (app.web(json!({})).await, app.person("jane").await);
    let code = app
        .code(&client, &jane, "openid")
        .issue(&app.tenant)
        .await
        .unwrap();
    // CVE-2026-27840 of another: a truncated opaque token was accepted.
    for text in [&code[..44], &code[1..], &format!("{code}A"), "", "\u{0}"] {
        let answer = app.redeem(&client, text, &[]).await;
        assert!(answer.status.is_client_error(), "{text:?}");
    }
    app.advance(61);
    assert_eq!(
        app.redeem(&client, &code, &[]).await.refusal(),
        (403, "invalid_grant")
    );
}

#[tokio::test]
async fn what_changed_since_the_consent_counts() {
    let app = app().await;
    app.api(API, json!({ "allow_offline_access": true })).await;
    let (client, jane) = (app.web(json!({})).await, app.person("jane").await);
    let mut code = app.code(
        &client,
        &jane,
        "openid read:weather write:weather offline_access",
    );
    code.audience = Some(API.to_owned());
    let tokens = app.tokens(&client, &code).await;
    // The API loses a scope: the next token does not have it.
    let path = "/resource-servers/https%3A%2F%2Fweather.example%2F";
    let scopes = json!({ "scopes": [{ "value": "read:weather" }] });
    app.call(Method::PATCH, path, Some(scopes)).await;
    let answer = app
        .refresh(&client, text(&tokens, "refresh_token"), &[])
        .await;
    assert_eq!(answer.body["scope"], "openid read:weather offline_access");
    assert_eq!(
        claims(answer.text("access_token"))["scope"],
        answer.body["scope"]
    );
    // Nobody may act for users there any more.
    let closed = json!({ "subject_type_authorization": {
        "user": { "policy": "deny_all" }, "client": { "policy": "require_client_grant" } } });
    app.call(Method::PATCH, path, Some(closed)).await;
    let answer = app
        .refresh(&client, text(&tokens, "refresh_token"), &[])
        .await;
    assert_eq!(answer.refusal(), (403, "access_denied"));
    // The user is blocked.
    let text = app
        .code(&client, &jane, "openid")
        .issue(&app.tenant)
        .await
        .unwrap();
    let user = format!("/users/{}", jane.id.replace('|', "%7C"));
    let blocked = app
        .call(Method::PATCH, &user, Some(json!({ "blocked": true })))
        .await;
    assert_eq!(blocked.status, 200, "{}", blocked.body);
    assert_eq!(
        app.redeem(&client, &text, &[]).await.refusal(),
        (403, "invalid_grant")
    );
}

#[tokio::test]
async fn a_resource_that_was_not_authorized_is_no_target() {
    let app = app().await;
    app.api(API, json!({})).await;
    app.api("https://other.example/", json!({})).await;
    let (client, jane) = (app.web(json!({})).await, app.person("jane").await);
    let mut code = app.code(&client, &jane, "read:weather");
    code.audience = Some(API.to_owned());
    for (resource, expected) in [
        (API, 200),
        ("https://other.example/", 400),
        ("https://nowhere.example/", 400),
    ] {
        let text = code.issue(&app.tenant).await.unwrap();
        let answer = app.redeem(&client, &text, &[("resource", resource)]).await;
        assert_eq!(answer.status, expected, "{resource}: {}", answer.body);
    }
}

#[tokio::test]
async fn id_tokens_are_signed_as_the_client_registered() {
    let app = app().await;
    let jane = app.person("jane").await;
    let header = |token: &str| {
        let head = token.split('.').next().unwrap().to_owned();
        let token = format!("{head}.{head}.x");
        claims(&token)["alg"].clone()
    };
    for (configured, expected) in [
        (json!({ "alg": "RS256" }), "RS256"),
        (json!({ "alg": "PS256" }), "PS256"),
        (json!({ "alg": "RS512" }), "RS512"),
        (json!({}), "HS256"),
    ] {
        let client = app.web(json!({ "jwt_configuration": configured })).await;
        let tokens = app
            .tokens(&client, &app.code(&client, &jane, "openid"))
            .await;
        let token = text(&tokens, "id_token");
        assert_eq!(header(token), expected);
        if expected == "HS256" {
            let key = jsonwebtoken::DecodingKey::from_secret(client.secret.as_bytes());
            let mut validation = jsonwebtoken::Validation::new(Algorithm::HS256);
            validation.validate_exp = false;
            validation.set_audience(&[&client.id]);
            jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap();
        }
    }
    let public = app.spa(json!({ "jwt_configuration": {} })).await;
    let tokens = app
        .tokens(&public, &app.code(&public, &jane, "openid"))
        .await;
    assert_eq!(
        header(text(&tokens, "id_token")),
        "RS256",
        "nobody shares a secret with it"
    );
}

#[tokio::test]
async fn the_rfc_9068_dialect_names_the_client_and_has_an_id() {
    let app = app().await;
    app.api(API, json!({ "token_dialect": "rfc9068_profile" }))
        .await;
    let (client, jane) = (app.web(json!({})).await, app.person("jane").await);
    let mut code = app.code(&client, &jane, "read:weather");
    code.audience = Some(API.to_owned());
    let tokens = app.tokens(&client, &code).await;
    let (head, claims) = verified(&app, text(&tokens, "access_token"), Algorithm::RS256).await;
    assert_eq!(head["typ"], "at+jwt");
    assert_eq!(
        (&claims["client_id"], &claims["azp"]),
        (&json!(client.id), &Value::Null)
    );
    assert_eq!(claims["aud"], API);
    assert!(claims["jti"].is_string());
}

#[tokio::test]
async fn rfc9700_2_3_a_user_has_no_more_at_an_api_than_their_roles_give() {
    let app = app().await;
    let rbac = json!({ "enforce_policies": true, "token_dialect": "access_token_authz" });
    app.api(API, rbac).await;
    let (client, jane) = (app.web(json!({})).await, app.person("jane").await);
    let permissions = json!({ "permissions": [
        { "resource_server_identifier": API, "permission_name": "read:weather" }] });
    let user = format!("/users/{}/permissions", jane.id.replace('|', "%7C"));
    let given = app.call(Method::POST, &user, Some(permissions)).await;
    assert_eq!(given.status, 201, "{}", given.body);
    let mut code = app.code(&client, &jane, "openid read:weather write:weather");
    code.audience = Some(API.to_owned());
    let tokens = app.tokens(&client, &code).await;
    assert_eq!(tokens["scope"], "openid read:weather");
    let claims = claims(text(&tokens, "access_token"));
    assert_eq!(claims["scope"], "openid read:weather");
    assert_eq!(claims["permissions"], json!(["read:weather"]));
}

#[tokio::test]
async fn rfc9700_2_3_a_user_is_nobody_at_the_management_api() {
    let app = app().await;
    let (client, jane) = (app.web(json!({})).await, app.person("jane").await);
    let mut code = app.code(
        &client,
        &jane,
        "openid read:clients update:current_user_metadata",
    );
    code.audience = Some(format!("{ORIGIN}/api/v2/"));
    let tokens = app.tokens(&client, &code).await;
    assert_eq!(tokens["scope"], "openid update:current_user_metadata");
    let request =
        crate::support::management(text(&tokens, "access_token"), Method::GET, "/clients", None);
    assert_eq!(app.send(request).await.status, 403);
    let third = app.third_party().await;
    code.client_id = third.id.clone();
    let code = code.issue(&app.tenant).await.unwrap();
    assert_eq!(
        app.redeem(&third, &code, &[]).await.refusal(),
        (403, "access_denied")
    );
}

#[tokio::test]
async fn a_strict_third_party_needs_a_grant_and_gets_no_openid() {
    for app in apps().await {
        // Gateways of the vendor have an API define `openid`.
        let scopes =
            ["read:weather", "write:weather", "openid"].map(|value| json!({ "value": value }));
        app.api(API, json!({ "scopes": scopes })).await;
        let (client, jane) = (app.third_party().await, app.person("jane").await);
        let mut code = app.code(&client, &jane, "openid profile read:weather write:weather");
        code.audience = Some(API.to_owned());
        let text_ = code.issue(&app.tenant).await.unwrap();
        let refused = app.redeem(&client, &text_, &[]).await;
        assert_eq!(refused.refusal(), (403, "access_denied"), "{}", app.name);
        let default = json!({ "default_for": "third_party_clients", "audience": API,
            "scope": ["read:weather", "openid"], "subject_type": "user" });
        app.create("/client-grants", default).await;
        let tokens = app.tokens(&client, &code).await;
        assert_eq!(tokens["scope"], "read:weather");
        assert_eq!(tokens["id_token"], Value::Null);
        let own = json!({ "client_id": client.id, "audience": API,
            "scope": ["write:weather"], "subject_type": "user" });
        app.create("/client-grants", own).await;
        let tokens = app.tokens(&client, &code).await;
        assert_eq!(
            tokens["scope"], "write:weather",
            "its own grant counts before the default"
        );
    }
}
