//! Rotating and revoking signing keys.

use http::Method;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::support::{App, MANAGEMENT, apps, verified};

async fn published(app: &App) -> Vec<String> {
    let keys = app.get("/.well-known/jwks.json").await.body;
    let keys = keys["keys"].as_array().unwrap();
    keys.iter()
        .map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_rotation_is_published_before_it_happens_and_old_tokens_hold_until_the_key_is_revoked() {
    for app in apps().await {
        let before = published(&app).await;
        let old = app
            .exchange(&app.administrator, &[("audience", MANAGEMENT)])
            .await;
        let old = old.text("access_token").to_owned();
        let rotated = app.call(Method::POST, "/keys/signing/rotate", None).await;
        assert_eq!(rotated.status, 201, "{}", app.name);
        assert_eq!(rotated.text("kid"), before[1]);
        assert!(
            rotated
                .text("cert")
                .starts_with("-----BEGIN CERTIFICATE-----\r\n")
        );

        let new = app
            .exchange(&app.administrator, &[("audience", MANAGEMENT)])
            .await;
        let (head, _) = verified(&app, new.text("access_token"), Algorithm::RS256).await;
        assert_eq!(head["kid"], before[1].as_str());
        let (head, _) = verified(&app, &old, Algorithm::RS256).await;
        assert_eq!(head["kid"], before[0].as_str());

        let list = app.call(Method::GET, "/keys/signing", None).await.body;
        let previous = list
            .as_array()
            .unwrap()
            .iter()
            .find(|key| key["previous"] == true)
            .unwrap();
        assert_eq!(previous["kid"], before[0].as_str());
        assert_eq!(
            (&previous["current"], &previous["revoked"]),
            (&json!(false), &json!(false))
        );
        assert!(
            previous["pkcs7"]
                .as_str()
                .unwrap()
                .starts_with("-----BEGIN PKCS7-----\r\n")
        );
        assert_eq!(previous["fingerprint"].as_str().unwrap().len(), 59);
        assert_eq!(previous["thumbprint"].as_str().unwrap().len(), 40);

        let revoke = format!("/keys/signing/{}/revoke", before[0]);
        assert_eq!(app.call(Method::PUT, &revoke, None).await.status, 200);
        assert!(!published(&app).await.contains(&before[0]));
        let request = crate::support::management(&old, Method::GET, "/clients", None);
        assert_eq!(app.send(request).await.status, 401, "{}", app.name);
        let current = format!("/keys/signing/{}/revoke", before[1]);
        assert_eq!(app.call(Method::PUT, &current, None).await.status, 400);
        assert_eq!(
            app.call(Method::PUT, "/keys/signing/nope/revoke", None)
                .await
                .status,
            404
        );
    }
}

#[tokio::test]
async fn rotating_twice_in_a_row_always_finds_a_next_key() {
    for app in apps().await {
        let mut kids = Vec::new();
        for _ in 0..3 {
            let rotated = app.call(Method::POST, "/keys/signing/rotate", None).await;
            assert_eq!(rotated.status, 201, "{}: {}", app.name, rotated.body);
            kids.push(rotated.text("kid").to_owned());
        }
        kids.dedup();
        assert_eq!(kids.len(), 3);
        let list = app.call(Method::GET, "/keys/signing", None).await.body;
        let current = |key: &&Value| key["current"] == true;
        assert_eq!(list.as_array().unwrap().iter().filter(current).count(), 1);
    }
}

#[tokio::test]
async fn rotating_needs_both_scopes() {
    let app = crate::support::app().await;
    let answer = app
        .call_as(
            "create:signing_keys",
            Method::POST,
            "/keys/signing/rotate",
            None,
        )
        .await;
    assert_eq!(answer.status, 403);
}
