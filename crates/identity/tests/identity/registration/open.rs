//! `POST /oidc/register`, open as the vendor's page has it.

use axum::body::Body;
use http::{Method, Request, header};
use serde_json::{Value, json};

use super::{named, public};
use crate::support::{Credentials, app, apps, pick};

const API: &str = "https://weather.example/";

#[tokio::test]
async fn it_is_off_until_an_administrator_switches_it_on_and_says_how() {
    let app = app().await;
    let answer = app.register(named("early")).await;
    assert_eq!(answer.refusal(), (403, "access_denied"));
    assert!(
        answer
            .text("error_description")
            .contains("enable_dynamic_client_registration")
    );
    let document = app.get("/.well-known/openid-configuration").await.body;
    assert_eq!(document["registration_endpoint"], Value::Null);
    app.open_registration("permissive").await;
    assert_eq!(app.register(named("late")).await.status, 201);
    let document = app.get("/.well-known/openid-configuration").await.body;
    assert_eq!(
        document["registration_endpoint"],
        "http://127.0.0.1:8005/oidc/register"
    );
}

#[tokio::test]
async fn a_permissive_client_is_stored_as_the_vendor_shows_it() {
    for app in apps().await {
        app.open_registration("permissive").await;
        let made = app.registered(json!({
            "client_name": "My Dynamic Client",
            "redirect_uris": ["https://client.example.com/callback", "https://client.example.com/callback2"]
        })).await;
        let names: Vec<_> = made.as_object().unwrap().keys().take(5).collect();
        assert_eq!(
            names,
            [
                "client_name",
                "client_id",
                "client_secret",
                "redirect_uris",
                "client_secret_expires_at"
            ]
        );
        assert_eq!(made["client_secret_expires_at"], 0);
        assert_eq!(made["token_endpoint_auth_method"], "client_secret_post");
        let id = made["client_id"].as_str().unwrap();
        assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_alphanumeric()));
        assert_eq!(made["client_secret"].as_str().unwrap().len(), 64);
        let path = format!("/clients/{id}");
        let stored = app.call(Method::GET, &path, None).await.body;
        assert_eq!(
            pick(
                &stored,
                &[
                    "name",
                    "is_first_party",
                    "oidc_conformant",
                    "callbacks",
                    "external_metadata_type",
                    "external_metadata_created_by",
                    "third_party_security_mode",
                    "redirection_policy",
                    "app_type",
                    "jwt_configuration",
                ]
            ),
            json!({
                "name": "My Dynamic Client", "is_first_party": false, "oidc_conformant": true,
                "callbacks": ["https://client.example.com/callback", "https://client.example.com/callback2"],
                "external_metadata_type": "dcr", "external_metadata_created_by": "client",
                "third_party_security_mode": "permissive", "redirection_policy": null, "app_type": null,
                "jwt_configuration": { "secret_encoded": false, "lifetime_in_seconds": 36000, "alg": "RS256" }
            }),
            "{}",
            app.name
        );
        let asked = app
            .call(
                Method::GET,
                &format!("{path}?fields=created_by,created_at,last_used_at"),
                None,
            )
            .await
            .body;
        assert_eq!(asked["created_by"], "dcr");
        assert!(asked["created_at"].as_str().unwrap().starts_with("2026-"));
        assert_eq!(asked["last_used_at"], Value::Null);
    }
}

#[tokio::test]
async fn a_strict_client_has_the_strict_profile() {
    let app = app().await;
    app.open_registration("strict").await;
    let mut sent = named("strict");
    sent["grant_types"] = json!([
        "authorization_code",
        "refresh_token",
        "implicit",
        "client_credentials"
    ]);
    sent["subject_type"] = json!("pairwise");
    let made = app.registered(sent).await;
    let id = made["client_id"].as_str().unwrap();
    assert!(id.starts_with("tpc_") && id.len() == 26);
    assert_eq!(
        made["grant_types"],
        json!(["authorization_code", "refresh_token"])
    );
    assert_eq!(made["response_types"], json!(["code"]));
    assert_eq!(made["subject_type"], Value::Null);
    let stored = app
        .call(Method::GET, &format!("/clients/{id}"), None)
        .await
        .body;
    assert_eq!(
        pick(
            &stored,
            &[
                "third_party_security_mode",
                "redirection_policy",
                "jwt_configuration"
            ]
        ),
        json!({
            "third_party_security_mode": "strict", "redirection_policy": "open_redirect_protection",
            "jwt_configuration": { "secret_encoded": false, "lifetime_in_seconds": 3600, "alg": "RS256" }
        })
    );
}

#[tokio::test]
async fn a_public_client_gets_no_secret_and_rotating_refresh_tokens() {
    let app = app().await;
    for mode in ["strict", "permissive"] {
        app.open_registration(mode).await;
        let made = app.registered(public(mode)).await;
        assert_eq!(made["client_secret"], Value::Null);
        assert_eq!(made["token_endpoint_auth_method"], "none");
        let path = format!("/clients/{}", made["client_id"].as_str().unwrap());
        let stored = app.call(Method::GET, &path, None).await.body;
        assert_eq!(stored["client_secret"], Value::Null);
        assert_eq!(
            stored["refresh_token"]["rotation_type"], "rotating",
            "{mode}"
        );
        assert_eq!(
            stored["refresh_token"]["infinite_idle_token_lifetime"],
            false
        );
    }
}

#[tokio::test]
async fn a_registered_client_asks_for_tokens_until_it_is_deleted() {
    for app in apps().await {
        app.open_registration("permissive").await;
        app.api(API, json!({})).await;
        let made = app.registered(named("machine")).await;
        let client = Credentials {
            id: made["client_id"].as_str().unwrap().to_owned(),
            secret: made["client_secret"].as_str().unwrap().to_owned(),
        };
        let audience = [("audience", API)];
        assert_eq!(
            app.exchange(&client, &audience).await.refusal(),
            (403, "access_denied")
        );
        app.grant(&client, API, &["read:weather"]).await;
        assert_eq!(
            app.exchange(&client, &audience).await.status,
            200,
            "{}",
            app.name
        );
        app.tenant.prune_clients().await.unwrap();
        let path = format!("/clients/{}?fields=last_used_at", client.id);
        let used = app.call(Method::GET, &path, None).await.body;
        assert!(used["last_used_at"].as_str().unwrap().starts_with("2026-"));
        let management = [("audience", crate::support::MANAGEMENT)];
        assert_eq!(
            app.exchange(&client, &management).await.refusal(),
            (403, "access_denied")
        );
        app.call(Method::DELETE, &format!("/clients/{}", client.id), None)
            .await;
        assert_eq!(
            app.exchange(&client, &audience).await.refusal(),
            (401, "invalid_client")
        );
    }
}

#[tokio::test]
async fn pages_of_any_origin_may_register_without_cookies() {
    let app = app().await;
    app.open_registration("strict").await;
    let preflight = Request::options("/oidc/register")
        .header(header::ORIGIN, "https://inspector.example")
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
        .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "content-type")
        .body(Body::empty())
        .unwrap();
    let answer = app.send(preflight).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    assert!(
        answer.headers[header::ACCESS_CONTROL_ALLOW_METHODS]
            .to_str()
            .unwrap()
            .contains("POST")
    );
    assert!(
        !answer
            .headers
            .contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS)
    );
    let mut request = super::registration(super::HOME, named("page").to_string());
    request
        .headers_mut()
        .insert(header::ORIGIN, "https://inspector.example".parse().unwrap());
    let answer = app.send(request).await;
    assert_eq!(
        (
            answer.status.as_u16(),
            &answer.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN]
        ),
        (201, &"*".parse().unwrap())
    );
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
}

#[tokio::test]
async fn errors_have_the_shape_of_rfc_7591() {
    let app = app().await;
    app.open_registration("strict").await;
    for (body, error) in [
        ("", "invalid_client_metadata"),
        ("{", "invalid_client_metadata"),
        ("[]", "invalid_client_metadata"),
        ("{}", "invalid_redirect_uri"),
        (
            r#"{"redirect_uris":"https://a.example/"}"#,
            "invalid_redirect_uri",
        ),
        (r#"{"redirect_uris":[1]}"#, "invalid_redirect_uri"),
        (r#"{"redirect_uris":[]}"#, "invalid_redirect_uri"),
        (
            r#"{"redirect_uris":["https://a.example/"],"client_name":5}"#,
            "invalid_client_metadata",
        ),
        (
            r#"{"redirect_uris":["https://a.example/"],"client_name":"a\u0000b"}"#,
            "invalid_client_metadata",
        ),
        (
            r#"{"redirect_uris":["https://a.example/"],"jwks":{}}"#,
            "invalid_client_metadata",
        ),
        (
            r#"{"redirect_uris":["https://a.example/"],"application_type":"x"}"#,
            "invalid_client_metadata",
        ),
    ] {
        let answer = app.send(super::registration(super::HOME, body)).await;
        assert_eq!(answer.refusal(), (400, error), "{body}");
        assert!(!answer.text("error_description").is_empty());
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    }
    let get = app.get("/oidc/register").await;
    assert_eq!(
        (get.status.as_u16(), &get.headers[header::ALLOW]),
        (405, &"POST".parse().unwrap())
    );
    assert_eq!(app.strangers().await, 0);
}

#[tokio::test]
async fn metadata_that_are_not_known_are_ignored() {
    let app = app().await;
    app.open_registration("strict").await;
    let mut sent = named("mcp");
    sent["scope"] = json!("read:weather");
    sent["resource"] = json!("https://api.example/");
    sent["client_uri"] = json!("https://app.example/");
    sent["contacts"] = json!(["ops@app.example"]);
    sent["grant_types"] = json!(["authorization_code", "refresh_token"]);
    sent["nonsense"] = json!({ "deep": [[[[1]]]] });
    let made = app.registered(sent).await;
    assert_eq!(
        (&made["nonsense"], &made["resource"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(made["scope"], "read:weather");
    assert_eq!(made["client_uri"], "https://app.example/");
}

#[tokio::test]
async fn what_a_client_says_in_further_languages_is_kept_and_answered() {
    let app = app().await;
    app.open_registration("permissive").await;
    let mut metadata = named("many");
    for (member, value) in [
        ("client_name#ja", "天気アプリ"),
        ("client_name#ja-Kana-JP", "テンキ"),
        ("policy_uri#ja", "https://app.example/ja/policy"),
        ("tos_uri#de", "https://app.example/de/agb"),
        ("client_name#no tag", "left out"),
        ("scope#ja", "left out"),
    ] {
        metadata[member] = json!(value);
    }
    let made = app.registered(metadata).await;
    assert_eq!(made["client_name#ja"], "天気アプリ");
    assert_eq!(made["client_name#ja-Kana-JP"], "テンキ");
    assert_eq!(made["policy_uri#ja"], "https://app.example/ja/policy");
    assert_eq!(made["tos_uri#de"], "https://app.example/de/agb");
    assert!(made.get("client_name#no tag").is_none() && made.get("scope#ja").is_none());
    for (member, value) in [
        ("client_name#ja", "<b>天気</b>"),
        ("client_name#ar", "\u{202e}txet"),
        ("policy_uri#ja", "javascript:alert(1)"),
    ] {
        let mut metadata = named("bad");
        metadata[member] = json!(value);
        let refused = app.register(metadata).await;
        assert_eq!(
            refused.refusal(),
            (400, "invalid_client_metadata"),
            "{member}"
        );
        assert!(refused.text("error_description").contains(member));
    }
}

#[tokio::test]
async fn a_registration_is_written_down_with_who_came() {
    let app = app().await;
    app.open_registration("strict").await;
    let made = app.registered(named("noted")).await;
    let entries = app.logged("sapi").await;
    let entry = entries
        .iter()
        .find(|entry| entry["description"] == "Dynamic client registration")
        .unwrap();
    assert_eq!(entry["client_id"], made["client_id"]);
    assert_eq!(entry["client_name"], "noted");
    assert_eq!(entry["ip"], "203.0.113.7");
}
