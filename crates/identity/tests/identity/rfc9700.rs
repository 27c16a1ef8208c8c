//! RFC 9700 (Best Current Practice for OAuth 2.0 Security): the sections that concern the endpoints for
//! clients, where no other test is named after them. Sections that are left out speak to clients, to
//! resource servers, or to what stands in front of all of them.

use axum::body::Body;
use http::{Method, Request, header};
use serde_json::json;

use crate::flows::{API, CONNECTION, PASSWORD, claims, text};
use crate::support::{MANAGEMENT, app, management};

#[tokio::test]
async fn rfc9700_2_4_no_third_party_gets_tokens_for_a_password() {
    let app = app().await;
    let jane = app.person("jane").await;
    for mode in ["strict", "permissive"] {
        let body = json!({
            "name": "Stranger", "is_first_party": false, "third_party_security_mode": mode,
            "grant_types": ["password", "http://auth0.com/oauth/grant-type/password-realm"]
        });
        let made = app.call(Method::POST, "/clients", Some(body)).await;
        let Some(id) = made.body["client_id"].as_str() else {
            assert_eq!(made.status, 400, "refused from the start");
            continue;
        };
        let answer = app
            .token(&[
                (
                    "grant_type",
                    "http://auth0.com/oauth/grant-type/password-realm",
                ),
                ("client_id", id),
                (
                    "client_secret",
                    made.body["client_secret"].as_str().unwrap_or_default(),
                ),
                ("realm", CONNECTION),
                ("username", &jane.email),
                ("password", PASSWORD),
            ])
            .await;
        assert_eq!(answer.refusal().1, "unauthorized_client", "{mode}");
    }
}

#[tokio::test]
async fn rfc9700_2_6_the_metadata_name_what_protects_clients() {
    let app = app().await;
    let metadata = app
        .get("/.well-known/oauth-authorization-server")
        .await
        .body;
    assert_eq!(
        metadata["authorization_response_iss_parameter_supported"],
        true
    );
    let methods = metadata["code_challenge_methods_supported"]
        .as_array()
        .unwrap();
    assert!(methods.contains(&json!("S256")));
    for member in [
        "token_endpoint_auth_signing_alg_values_supported",
        "dpop_signing_alg_values_supported",
    ] {
        let algorithms = metadata[member].as_array().unwrap();
        assert!(
            algorithms
                .iter()
                .all(|name| name != "none" && name != "HS256"),
            "{member}"
        );
    }
}

#[tokio::test]
async fn rfc9700_2_6_no_script_of_another_origin_reads_the_authorization_endpoint() {
    let app = app().await;
    for path in ["/authorize?client_id=x", "/u/login?state=x", "/oidc/logout"] {
        for method in [Method::GET, Method::OPTIONS] {
            let request = Request::builder()
                .method(method)
                .uri(path)
                .header(header::ORIGIN, "https://evil.example")
                .header(header::ACCESS_CONTROL_REQUEST_METHOD, "GET")
                .body(Body::empty())
                .unwrap();
            let response = tower::ServiceExt::oneshot(app.router.clone(), request)
                .await
                .unwrap();
            assert!(
                !response
                    .headers()
                    .contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn rfc9700_4_6_an_id_token_vouches_for_the_access_token_beside_it() {
    let app = app().await;
    let (client, jane) = (app.web(json!({})).await, app.person("jane").await);
    let tokens = app
        .tokens(&client, &app.code(&client, &jane, "openid"))
        .await;
    let hash =
        oauth::jose::token_hash(oauth::jose::Algorithm::Rs256, text(&tokens, "access_token"));
    assert_eq!(claims(text(&tokens, "id_token"))["at_hash"], json!(hash));
}

#[tokio::test]
async fn rfc9700_4_9_a_token_that_leaked_from_one_api_is_worth_nothing_at_another() {
    let app = app().await;
    app.api(API, json!({})).await;
    let machine = app.machine("m").await;
    app.grant(&machine, API, &["read:weather"]).await;
    let answer = app.exchange(&machine, &[("audience", API)]).await;
    let token = answer.text("access_token");
    assert_eq!(claims(token)["aud"], API, "one audience");
    let request = management(token, Method::GET, "/clients", None);
    assert_eq!(app.send(request).await.status, 401);
    assert_eq!(app.userinfo(token).await.status, 401);
    let administration = app
        .exchange(&app.administrator, &[("audience", MANAGEMENT)])
        .await;
    assert_eq!(
        app.userinfo(administration.text("access_token"))
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn rfc9700_4_10_2_an_access_token_is_for_the_audience_that_was_granted() {
    let app = app().await;
    app.api(API, json!({})).await;
    app.api("https://other.example/", json!({})).await;
    let machine = app.machine("m").await;
    app.grant(&machine, API, &["read:weather"]).await;
    let other = app
        .exchange(&machine, &[("audience", "https://other.example/")])
        .await;
    assert_eq!(other.refusal(), (403, "access_denied"));
    let both = [("audience", API), ("audience", "https://other.example/")];
    assert_eq!(app.exchange(&machine, &both).await.refusal().0, 400);
}

/// CVE-2024-24814 and CVE-2023-28625 of another: many and broken cookies.
#[tokio::test]
async fn attack_16_cookies_in_any_number_and_shape_are_no_fault() {
    let app = app().await;
    let client = app.web(json!({})).await;
    let path = format!(
        "/authorize?client_id={}&response_type=code&prompt=none&redirect_uri=https%3A%2F%2Fapp.example%2Fcallback",
        client.id
    );
    let chunks: Vec<String> = (0..2_000)
        .map(|n| format!("auth0_{n}={n}; auth0={n}"))
        .collect();
    let chunks = chunks.join("; ");
    let long = format!("auth0={}; did={}", "a".repeat(60_000), "b".repeat(60_000));
    for cookie in [
        chunks.as_str(),
        long.as_str(),
        "=;=;;;",
        "auth0",
        "auth0=\"",
        "did=%00; auth0=%",
        ";",
    ] {
        let request = Request::get(&path)
            .header(header::COOKIE, cookie)
            .body(Body::empty());
        let response = tower::ServiceExt::oneshot(app.router.clone(), request.unwrap())
            .await
            .unwrap();
        assert_eq!(
            response.status(),
            302,
            "{}",
            &cookie[..cookie.len().min(40)]
        );
        let location = response.headers()[header::LOCATION]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(location.contains("error=login_required"), "{location}");
    }
}
