//! Pushed authorization requests (RFC 9126).

use http::Method;
use identity::testing::take_pushed;
use serde_json::json;

use crate::flows::{CALLBACK, Prover, VERIFIER, challenge, form_to, proven};
use crate::support::{Answer, App, Credentials, app, apps};

async fn switch_on(app: &App) {
    let on = json!({ "pushed_authorization_requests_supported": true });
    app.call(Method::PATCH, "/tenants/settings", Some(on)).await;
}

async fn push(app: &App, client: &Credentials, more: &[(&str, &str)]) -> Answer {
    let mut parameters = vec![
        ("client_id", client.id.as_str()),
        ("client_secret", &client.secret),
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid"),
    ];
    parameters.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    parameters.extend_from_slice(more);
    app.post("/oauth/par", &parameters).await
}

#[tokio::test]
async fn a_pushed_request_is_taken_once_by_its_client() {
    for app in apps().await {
        let client = app.web(json!({})).await;
        assert_eq!(
            push(&app, &client, &[]).await.refusal(),
            (400, "invalid_request"),
            "off at first"
        );
        switch_on(&app).await;
        let answer = push(&app, &client, &[("state", "xyz")]).await;
        assert_eq!(answer.status, 201, "{}: {}", app.name, answer.body);
        assert_eq!(answer.body["expires_in"], 30);
        let reference = answer.text("request_uri");
        assert!(reference.starts_with("urn:ietf:params:oauth:request_uri:"));
        let take = async |client: &str| {
            let taken = take_pushed(&app.tenant, client, reference).await;
            taken.unwrap()
        };
        assert_eq!(take("somebody-else").await, None);
        let mut parameters = take(&client.id).await.unwrap();
        parameters.sort();
        let expected = [
            ("client_id", client.id.as_str()),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid"),
            ("state", "xyz"),
        ];
        let expected: Vec<_> = expected
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        assert_eq!(parameters, expected, "and no secret among them");
        assert_eq!(take(&client.id).await, None, "once");
    }
}

#[tokio::test]
async fn a_pushed_request_expires() {
    for app in apps().await {
        let client = app.web(json!({})).await;
        switch_on(&app).await;
        let answer = push(&app, &client, &[]).await;
        app.advance(30);
        let taken = take_pushed(&app.tenant, &client.id, answer.text("request_uri")).await;
        assert_eq!(taken.unwrap(), None, "{}", app.name);
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_before_a_browser_is_involved() {
    let app = app().await;
    let client = app.web(json!({})).await;
    switch_on(&app).await;
    for more in [
        [("redirect_uri", "https://evil.example/")],
        [("request_uri", "urn:ietf:params:oauth:request_uri:abc")],
        [("response_type", "")],
        [("code_challenge", "short")],
    ] {
        assert_eq!(
            push(&app, &client, &more).await.refusal(),
            (400, "invalid_request"),
            "{more:?}"
        );
    }
    let wrong = Credentials {
        secret: "wrong".into(),
        ..client.clone()
    };
    assert_eq!(
        push(&app, &wrong, &[]).await.refusal(),
        (401, "access_denied")
    );
    let strict = app.third_party().await;
    assert_eq!(
        push(&app, &strict, &[]).await.refusal(),
        (403, "unauthorized_client")
    );
    let challenge = challenge().unwrap().value;
    let fine = [
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    assert_eq!(push(&app, &client, &fine).await.status, 201);
    let plain = [
        ("code_challenge", VERIFIER),
        ("code_challenge_method", "S512"),
    ];
    assert_eq!(push(&app, &client, &plain).await.status, 400);
}

#[tokio::test]
async fn a_proof_that_is_pushed_binds_the_code() {
    let app = app().await;
    let client = app.web(json!({})).await;
    switch_on(&app).await;
    let prover = Prover::new();
    let parameters = [
        ("client_id", client.id.as_str()),
        ("client_secret", &client.secret),
        ("response_type", "code"),
    ];
    let proof = prover.proof(&app, "POST", "/oauth/par", json!({}));
    let answer = app
        .send(proven(form_to("/oauth/par", &parameters), &proof))
        .await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert!(answer.headers.contains_key("dpop-nonce"));
    let reference = answer.text("request_uri");
    let taken = take_pushed(&app.tenant, &client.id, reference)
        .await
        .unwrap()
        .unwrap();
    let key = taken.iter().find(|(name, _)| name == "dpop_jkt").unwrap();
    assert_eq!(key.1, prover.thumbprint());
}
