//! What clients find out by themselves.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Method, Request};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::support::app;

#[tokio::test]
async fn both_documents_say_the_same_and_name_the_host_that_was_asked() {
    let app = app().await;
    for (host, issuer) in [
        ("127.0.0.1:8005", "http://127.0.0.1:8005/"),
        ("localhost:8005", "http://localhost:8005/"),
        ("login.example.com", "https://login.example.com/"),
        ("somebody.else", "http://127.0.0.1:8005/"),
    ] {
        let mut documents = Vec::new();
        for name in ["openid-configuration", "oauth-authorization-server"] {
            let request = Request::get(format!("/.well-known/{name}"))
                .header("host", host)
                .body(Body::empty())
                .unwrap();
            documents.push(app.send(request).await.body);
        }
        assert_eq!(documents[0], documents[1]);
        assert_eq!(documents[0]["issuer"], issuer);
        assert_eq!(
            documents[0]["token_endpoint"],
            format!("{issuer}oauth/token")
        );
        assert_eq!(
            documents[0]["jwks_uri"],
            format!("{issuer}.well-known/jwks.json")
        );
        for grant_type in ["client_credentials", "authorization_code", "refresh_token"] {
            let served = documents[0]["grant_types_supported"].as_array().unwrap();
            assert!(served.contains(&json!(grant_type)), "{grant_type}");
        }
        // Nothing is advertised that would answer 404.
        for (name, address) in documents[0].as_object().unwrap() {
            if name.ends_with("_endpoint") {
                let path = address.as_str().unwrap().strip_prefix(issuer).unwrap();
                let request = Request::post(format!("/{path}")).body(Body::empty());
                let response = app.router.clone().oneshot(request.unwrap()).await.unwrap();
                assert_ne!(response.status(), 404, "{name}");
            }
        }
    }
}

#[tokio::test]
async fn the_key_set_holds_the_current_and_the_next_key_with_certificates() {
    let app = app().await;
    let keys = app.get("/.well-known/jwks.json").await.body;
    let keys = keys["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2);
    for key in keys {
        assert_eq!(
            (&key["kty"], &key["use"], &key["alg"]),
            (&json!("RSA"), &json!("sig"), &json!("RS256"))
        );
        assert!(key["x5c"][0].as_str().unwrap().starts_with("MII"));
        assert_eq!(key["x5t"].as_str().unwrap().len(), 27);
        for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert_eq!(key[private], Value::Null);
        }
    }
    assert_ne!(keys[0]["kid"], keys[1]["kid"]);

    let flags = json!({ "flags": { "remove_alg_from_jwks": true } });
    app.call(Method::PATCH, "/tenants/settings", Some(flags))
        .await;
    let keys = app.get("/.well-known/jwks.json").await.body;
    assert_eq!(keys["keys"][0]["alg"], Value::Null);
}

#[tokio::test]
async fn the_current_keys_certificate_is_a_file_for_those_who_are_given_keys_by_hand() {
    let app = app().await;
    let keys = app.get("/.well-known/jwks.json").await.body;
    let der = keys["keys"][0]["x5c"][0].as_str().unwrap();
    let fetched = async |path: &str| {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = app.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        let body = axum::body::to_bytes(response.into_body(), 10_000).await;
        body.unwrap().to_vec()
    };
    let pem = String::from_utf8(fetched("/pem").await).unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"));
    assert!(pem.replace("\r\n", "").contains(der));
    assert_eq!(STANDARD.encode(fetched("/cer").await), der);
    assert!(fetched("/pb7").await.starts_with(b"-----BEGIN PKCS7-----"));
}

#[tokio::test]
async fn pages_of_any_origin_may_read_the_public_documents_and_use_no_cookies_elsewhere() {
    let app = app().await;
    let from_page = |path: &str| {
        Request::get(path)
            .header("origin", "https://tool.example")
            .body(Body::empty())
            .unwrap()
    };
    let public = app
        .send(from_page("/.well-known/openid-configuration"))
        .await;
    assert_eq!(public.headers["access-control-allow-origin"], "*");
    // A page that holds a token may call the Management API; one without learns nothing there.
    let guarded = app.send(from_page("/api/v2/clients")).await;
    assert_eq!(guarded.status, 401);
    assert!(
        !guarded
            .headers
            .contains_key("access-control-allow-credentials")
    );
}
