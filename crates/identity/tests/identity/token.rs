//! `POST /oauth/token`.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Method, Request, header};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::support::{App, Credentials, MANAGEMENT, NOW, app, apps, form, verified};

const API: &str = "https://weather.example/";

async fn granted(app: &App) -> Credentials {
    app.api(API, json!({})).await;
    let client = app.machine("cli").await;
    app.grant(&client, API, &["read:weather", "write:weather"])
        .await;
    client
}

#[tokio::test]
async fn a_client_gets_a_token_that_an_independent_library_verifies() {
    for app in apps().await {
        let client = granted(&app).await;
        let answer = app.exchange(&client, &[("audience", API)]).await;
        assert_eq!(answer.status, 200, "{}: {}", app.name, answer.body);
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(answer.body["token_type"], "Bearer");
        assert_eq!(answer.body["expires_in"], 86_400);
        assert_eq!(answer.body["scope"], "read:weather write:weather");
        let (head, claims) = verified(&app, answer.text("access_token"), Algorithm::RS256).await;
        assert_eq!(
            (&head["alg"], &head["typ"]),
            (&json!("RS256"), &json!("JWT"))
        );
        assert_eq!(
            claims,
            json!({
                "iss": "http://127.0.0.1:8005/",
                "sub": format!("{}@clients", client.id),
                "aud": API,
                "iat": NOW,
                "exp": NOW + 86_400,
                "scope": "read:weather write:weather",
                "gty": "client-credentials",
                "azp": client.id,
            })
        );
    }
}

#[tokio::test]
async fn a_form_json_and_a_basic_header_are_all_understood() {
    let app = app().await;
    let client = granted(&app).await;
    let body = json!({
        "grant_type": "client_credentials", "client_id": client.id,
        "client_secret": client.secret, "audience": API, "organization": null, "scope": null
    });
    let request = Request::post("/oauth/token")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    assert_eq!(app.send(request).await.status, 200);

    let parameters = [("grant_type", "client_credentials"), ("audience", API)];
    let basic = |pair: String| format!("Basic {}", STANDARD.encode(pair));
    let mut request = form(&parameters);
    let value = basic(format!("{}:{}", client.id, client.secret));
    request
        .headers_mut()
        .insert(header::AUTHORIZATION, value.parse().unwrap());
    assert_eq!(app.send(request).await.status, 200);

    let mut request = form(&parameters);
    let value = basic(format!("{}:wrong", client.id));
    request
        .headers_mut()
        .insert(header::AUTHORIZATION, value.parse().unwrap());
    let answer = app.send(request).await;
    assert_eq!(answer.refusal(), (401, "access_denied"));
    assert!(
        answer.headers[header::WWW_AUTHENTICATE]
            .to_str()
            .unwrap()
            .starts_with("Basic ")
    );
}

#[tokio::test]
async fn refusals_have_the_vendors_status_code_and_text() {
    let app = app().await;
    let client = granted(&app).await;
    app.api("https://other.example/", json!({})).await;
    let wrong = Credentials {
        secret: "wrong".into(),
        ..client.clone()
    };
    let nobody = Credentials {
        id: "nobody".into(),
        ..client.clone()
    };
    let cases = [
        (
            &wrong,
            vec![("audience", API)],
            401,
            "access_denied",
            "Unauthorized",
        ),
        (
            &nobody,
            vec![("audience", API)],
            401,
            "invalid_client",
            "Unknown client: it does not exist, or no longer does",
        ),
        (
            &client,
            vec![("audience", "https://nope/")],
            403,
            "access_denied",
            "Service not enabled within domain: https://nope/",
        ),
        (
            &client,
            vec![("audience", API), ("scope", "read:weather a b")],
            403,
            "access_denied",
            "Client has not been granted scopes: a b",
        ),
        (
            &client,
            vec![("audience", API), ("scope", "a\"b")],
            400,
            "invalid_request",
            "scope holds a character that is not allowed: use printable ASCII without quotes and backslashes",
        ),
    ];
    for (client, more, status, code, text) in cases {
        let answer = app.exchange(client, &more).await;
        assert_eq!(
            answer.said(),
            (status, json!({ "error": code, "error_description": text }))
        );
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    }
    let answer = app
        .exchange(&client, &[("audience", "https://other.example/")])
        .await;
    assert_eq!(answer.refusal(), (403, "access_denied"));
    assert!(answer.text("error_description").contains("client-grant"));
    let answer = app.exchange(&client, &[]).await;
    assert_eq!(answer.refusal(), (400, "invalid_request"));

    let answer = app.token(&[("client_id", &client.id)]).await;
    assert_eq!(
        answer.text("error_description"),
        "Missing required parameter: grant_type"
    );
    let answer = app.token(&[("grant_type", "telepathy")]).await;
    assert_eq!(answer.refusal(), (400, "unsupported_grant_type"));
    let answer = app.token(&[("grant_type", "client_credentials")]).await;
    assert_eq!(answer.refusal(), (401, "invalid_client"));
    let password = [
        ("grant_type", "password"),
        ("client_id", &client.id),
        ("client_secret", &client.secret),
    ];
    let answer = app.token(&password).await;
    assert_eq!(
        answer.said(),
        (
            403,
            json!({
                "error": "unauthorized_client",
                "error_description": "Grant type 'password' not allowed for the client."
            })
        )
    );
}

#[tokio::test]
async fn hostile_requests_are_refused_and_never_a_server_error() {
    let app = app().await;
    let client = granted(&app).await;
    let long = "x ".repeat(25_000);
    let answer = app
        .exchange(&client, &[("audience", API), ("scope", &long)])
        .await;
    assert_eq!(answer.refusal(), (400, "invalid_request"));
    for (content_type, body) in [
        ("application/json", "{"),
        ("application/json", "[]"),
        ("application/json", "\"text\""),
        ("text/plain", "grant_type=client_credentials"),
        (
            "application/x-www-form-urlencoded",
            "grant_type=client_credentials&grant_type=password",
        ),
        (
            "application/x-www-form-urlencoded",
            "grant_type=client_credentials&client_id=%00&client_secret=x",
        ),
        (
            "application/x-www-form-urlencoded",
            "grant_type=client_credentials&client_assertion=a.b&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
    ] {
        let request = Request::post("/oauth/token")
            .header(header::CONTENT_TYPE, content_type)
            .body(Body::from(body))
            .unwrap();
        let answer = app.send(request).await;
        assert!(answer.status.is_client_error(), "{body}: {}", answer.body);
        assert!(answer.body["error"].is_string());
    }
    let answer = app.get("/oauth/token?grant_type=client_credentials").await;
    assert_eq!(answer.refusal(), (405, "invalid_request"));
    assert_eq!(answer.headers[header::ALLOW], "POST");
    let request = Request::post("/oauth/token")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("a=".to_owned() + &"b".repeat(100_000)))
        .unwrap();
    assert_eq!(app.send(request).await.refusal(), (400, "invalid_request"));
}

#[tokio::test]
async fn openid_passes_whether_or_not_it_was_granted() {
    let app = app().await;
    let client = granted(&app).await;
    let answer = app
        .exchange(&client, &[("audience", API), ("scope", "openid")])
        .await;
    assert_eq!(
        (answer.status.as_u16(), answer.text("scope")),
        (200, "openid")
    );
    let answer = app
        .exchange(
            &client,
            &[("audience", API), ("scope", "openid read:weather")],
        )
        .await;
    assert_eq!(answer.text("scope"), "openid read:weather");
    assert_eq!(answer.body["id_token"], Value::Null);
}

#[tokio::test]
async fn each_dialect_and_algorithm_is_written_as_its_readers_expect() {
    let app = app().await;
    let client = app.machine("cli").await;
    for (alg, algorithm) in [
        ("RS256", Algorithm::RS256),
        ("PS256", Algorithm::PS256),
        ("RS512", Algorithm::RS512),
    ] {
        let audience = format!("https://{alg}.example/");
        app.api(
            &audience,
            json!({
                "signing_alg": alg, "token_dialect": "rfc9068_profile", "token_lifetime": 60
            }),
        )
        .await;
        app.grant(&client, &audience, &[]).await;
        let answer = app.exchange(&client, &[("audience", &audience)]).await;
        assert_eq!(answer.body["expires_in"], 60);
        assert_eq!(answer.body["scope"], Value::Null);
        let (head, claims) = verified(&app, answer.text("access_token"), algorithm).await;
        assert_eq!(
            (&head["alg"], &head["typ"]),
            (&json!(alg), &json!("at+jwt"))
        );
        assert_eq!(claims["client_id"], client.id.as_str());
        assert!(claims["jti"].is_string());
        for absent in ["azp", "gty", "scope"] {
            assert_eq!(claims[absent], Value::Null, "{absent}");
        }
    }
    let api = app
        .api("https://hs.example/", json!({ "signing_alg": "HS256" }))
        .await;
    let secret = api["signing_secret"].as_str().unwrap();
    app.grant(&client, "https://hs.example/", &[]).await;
    let answer = app
        .exchange(&client, &[("audience", "https://hs.example/")])
        .await;
    let mut validation = jsonwebtoken::Validation::new(Algorithm::HS256);
    validation.validate_exp = false;
    validation.validate_aud = false;
    let key = jsonwebtoken::DecodingKey::from_secret(secret.as_bytes());
    let token = jsonwebtoken::decode::<Value>(answer.text("access_token"), &key, &validation);
    assert_eq!(token.unwrap().claims["aud"], "https://hs.example/");
}

#[tokio::test]
async fn the_tenants_default_audience_stands_in_and_resource_means_the_same() {
    let app = app().await;
    let client = granted(&app).await;
    assert_eq!(
        app.exchange(&client, &[("resource", API)]).await.status,
        200
    );
    let unknown = json!({ "default_audience": "https://nope/" });
    let answer = app
        .call(Method::PATCH, "/tenants/settings", Some(unknown))
        .await;
    assert_eq!(answer.status, 400);
    let known = json!({ "default_audience": API, "resource_parameter_profile": "audience" });
    app.call(Method::PATCH, "/tenants/settings", Some(known))
        .await;
    let answer = app.exchange(&client, &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let ignored = app
        .exchange(&client, &[("resource", "https://nope/")])
        .await;
    assert_eq!(ignored.status, 200);
}

#[tokio::test]
async fn the_issuer_follows_the_host_and_its_management_token_works() {
    let app = app().await;
    let mut request = form(&[
        ("grant_type", "client_credentials"),
        ("client_id", &app.administrator.id),
        ("client_secret", &app.administrator.secret),
        // A portal derives the audience from the issuer it was given.
        ("audience", "https://login.example.com/api/v2/"),
    ]);
    request
        .headers_mut()
        .insert(header::HOST, "login.example.com".parse().unwrap());
    let answer = app.send(request).await;
    let token = answer.text("access_token");
    let (_, claims) = verified(&app, token, Algorithm::RS256).await;
    assert_eq!(claims["iss"], "https://login.example.com/");
    assert_eq!(claims["aud"], MANAGEMENT);
    let request = crate::support::management(token, Method::GET, "/clients", None);
    assert_eq!(app.send(request).await.status, 200);
}

#[tokio::test]
async fn a_public_client_gets_no_token_of_its_own() {
    let app = app().await;
    app.api(API, json!({})).await;
    let made = app.create("/clients", json!({
        "name": "spa", "token_endpoint_auth_method": "none", "grant_types": ["client_credentials"]
    })).await;
    let id = made["client_id"].as_str().unwrap();
    let answer = app
        .token(&[
            ("grant_type", "client_credentials"),
            ("client_id", id),
            ("audience", API),
        ])
        .await;
    assert_eq!(answer.refusal(), (403, "unauthorized_client"));
}

#[tokio::test]
async fn third_party_clients_use_the_default_grant_and_never_the_management_api() {
    for app in apps().await {
        app.api(API, json!({})).await;
        let made = app
            .create(
                "/clients",
                json!({
                    "name": "partner", "is_first_party": false, "app_type": "non_interactive",
                    "grant_types": ["client_credentials"]
                }),
            )
            .await;
        let partner = Credentials {
            id: made["client_id"].as_str().unwrap().to_owned(),
            secret: made["client_secret"].as_str().unwrap().to_owned(),
        };
        assert!(partner.id.starts_with("tpc_"));
        assert_eq!(
            app.exchange(&partner, &[("audience", API)]).await.status,
            403
        );
        let default = app
            .create(
                "/client-grants",
                json!({
                    "default_for": "third_party_clients", "audience": API, "scope": ["read:weather"]
                }),
            )
            .await;
        let answer = app.exchange(&partner, &[("audience", API)]).await;
        assert_eq!(answer.body["scope"], "read:weather", "{}", app.name);
        let own = json!({ "client_id": partner.id, "audience": MANAGEMENT, "scope": [] });
        let answer = app.call(Method::POST, "/client-grants", Some(own)).await;
        assert_eq!(answer.status, 400);
        let path = format!("/client-grants/{}", default["id"].as_str().unwrap());
        app.call(Method::DELETE, &path, None).await;
        assert_eq!(
            app.exchange(&partner, &[("audience", API)]).await.status,
            403
        );
    }
}
