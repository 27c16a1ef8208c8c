//! DPoP (RFC 9449): RFC 9700 §2.2.1, §2.2.2 want tokens that a thief cannot use.

use axum::body::Body;
use http::{Request, header};
use serde_json::{Value, json};

use crate::flows::{API, CALLBACK, Prover, VERIFIER, claims, form_to, proven, text};
use crate::support::{Answer, App, Credentials, app, apps};

async fn redeem(app: &App, client: &Credentials, code: &str, proof: &str) -> Answer {
    let parameters = [
        ("grant_type", "authorization_code"),
        ("client_id", client.id.as_str()),
        ("client_secret", &client.secret),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
        ("code", code),
    ];
    app.send(proven(form_to("/oauth/token", &parameters), proof))
        .await
}

async fn refresh(app: &App, client: &Credentials, token: &str, proof: &str) -> Answer {
    let parameters = [
        ("grant_type", "refresh_token"),
        ("client_id", client.id.as_str()),
        ("client_secret", &client.secret),
        ("refresh_token", token),
    ];
    app.send(proven(form_to("/oauth/token", &parameters), proof))
        .await
}

fn proof(app: &App, prover: &Prover) -> String {
    prover.proof(app, "POST", "/oauth/token", json!({}))
}

async fn userinfo(app: &App, scheme: &str, token: &str, proof: Option<&str>) -> Answer {
    let request = Request::get("/userinfo")
        .header(header::AUTHORIZATION, format!("{scheme} {token}"))
        .body(Body::empty())
        .unwrap();
    let request = match proof {
        Some(proof) => proven(request, proof),
        None => request,
    };
    app.send(request).await
}

#[tokio::test]
async fn rfc9700_2_2_1_4_10_1_a_bound_token_is_worth_nothing_without_its_key() {
    for app in apps().await {
        let (client, jane) = (app.spa(json!({})).await, app.person("jane").await);
        let prover = Prover::new();
        let code = app
            .code(&client, &jane, "openid")
            .issue(&app.tenant)
            .await
            .unwrap();
        let answer = redeem(&app, &client, &code, &proof(&app, &prover)).await;
        assert_eq!(answer.status, 200, "{}: {}", app.name, answer.body);
        assert_eq!(answer.body["token_type"], "DPoP");
        let token = answer.text("access_token");
        let hash = oauth::dpop::access_token_hash(token);
        let at = |prover: &Prover, hash: &str| {
            prover.proof(&app, "GET", "/userinfo", json!({ "ath": hash }))
        };
        let good = at(&prover, &hash);
        assert_eq!(userinfo(&app, "DPoP", token, Some(&good)).await.status, 200);
        let again = userinfo(&app, "DPoP", token, Some(&good)).await;
        assert_eq!(
            again.refusal(),
            (401, "invalid_dpop_proof"),
            "a proof is good once"
        );
        assert_eq!(
            userinfo(&app, "Bearer", token, None).await.refusal(),
            (401, "invalid_token")
        );
        assert_eq!(userinfo(&app, "DPoP", token, None).await.status, 401);
        let thief = at(&Prover::new(), &hash);
        assert_eq!(
            userinfo(&app, "DPoP", token, Some(&thief)).await.status,
            401
        );
        let other = at(&prover, &oauth::dpop::access_token_hash("other"));
        let answer = userinfo(&app, "DPoP", token, Some(&other)).await;
        assert_eq!(answer.refusal(), (401, "invalid_dpop_proof"));
        let challenge = answer.headers[header::WWW_AUTHENTICATE].to_str().unwrap();
        assert!(challenge.starts_with("DPoP "), "{challenge}");
    }
}

#[tokio::test]
async fn rfc9700_2_2_2_a_public_clients_refresh_token_is_bound_to_its_key() {
    for app in apps().await {
        let (client, jane) = (app.spa(json!({})).await, app.person("jane").await);
        let prover = Prover::new();
        let code = app.code(&client, &jane, "openid offline_access");
        let code = code.issue(&app.tenant).await.unwrap();
        let answer = redeem(&app, &client, &code, &proof(&app, &prover)).await;
        let token = answer.text("refresh_token");
        assert_eq!(
            app.refresh(&client, token, &[]).await.refusal(),
            (403, "invalid_grant")
        );
        let thief = refresh(&app, &client, token, &proof(&app, &Prover::new())).await;
        assert_eq!(thief.refusal(), (403, "invalid_grant"), "{}", app.name);
        let own = refresh(&app, &client, token, &proof(&app, &prover)).await;
        assert_eq!(
            (own.status.as_u16(), &own.body["token_type"]),
            (200, &json!("DPoP"))
        );
    }
}

#[tokio::test]
async fn a_confidential_client_may_change_its_key() {
    let app = app().await;
    app.api(API, json!({ "allow_offline_access": true })).await;
    let (client, jane) = (app.web(json!({})).await, app.person("jane").await);
    let (old, new) = (Prover::new(), Prover::new());
    let mut code = app.code(&client, &jane, "read:weather offline_access");
    code.audience = Some(API.to_owned());
    let code = code.issue(&app.tenant).await.unwrap();
    let answer = redeem(&app, &client, &code, &proof(&app, &old)).await;
    let bound = claims(answer.text("access_token"));
    assert_eq!(bound["cnf"], json!({ "jkt": old.thumbprint() }));
    let answer = refresh(
        &app,
        &client,
        answer.text("refresh_token"),
        &proof(&app, &new),
    )
    .await;
    let bound = claims(answer.text("access_token"));
    assert_eq!(bound["cnf"], json!({ "jkt": new.thumbprint() }));
    let said = app.introspect(&client, answer.text("access_token")).await;
    assert_eq!(
        (&said["token_type"], &said["cnf"]["jkt"]),
        (&json!("DPoP"), &json!(new.thumbprint()))
    );
}

#[tokio::test]
async fn a_code_may_be_bound_to_a_key_from_the_start() {
    let app = app().await;
    let (client, jane) = (app.spa(json!({})).await, app.person("jane").await);
    let prover = Prover::new();
    let mut code = app.code(&client, &jane, "openid");
    code.dpop_jkt = Some(prover.thumbprint().to_owned());
    let text = code.issue(&app.tenant).await.unwrap();
    assert_eq!(
        app.redeem(&client, &text, &[]).await.refusal(),
        (403, "invalid_grant")
    );
    let text = code.issue(&app.tenant).await.unwrap();
    let thief = redeem(&app, &client, &text, &proof(&app, &Prover::new())).await;
    assert_eq!(thief.refusal(), (403, "invalid_grant"));
    let text = code.issue(&app.tenant).await.unwrap();
    assert_eq!(
        redeem(&app, &client, &text, &proof(&app, &prover))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn doubtful_proofs_are_refused() {
    let app = app().await;
    let (client, jane) = (app.spa(json!({})).await, app.person("jane").await);
    let code = app
        .code(&client, &jane, "openid")
        .issue(&app.tenant)
        .await
        .unwrap();
    let prover = Prover::new();
    let now = app.clock.now().unix_seconds();
    let cases = [
        "nonsense".to_owned(),
        prover.proof(&app, "GET", "/oauth/token", json!({})),
        prover.proof(&app, "POST", "/oauth/revoke", json!({})),
        prover.proof(
            &app,
            "POST",
            "/oauth/token",
            json!({ "htu": "https://evil.example/oauth/token" }),
        ),
        prover.proof(&app, "POST", "/oauth/token", json!({ "iat": now - 200 })),
        prover.proof(&app, "POST", "/oauth/token", json!({ "iat": now + 60 })),
        prover.proof(&app, "POST", "/oauth/token", json!({ "jti": null })),
    ];
    for case in cases {
        let answer = redeem(&app, &client, &code, &case).await;
        assert_eq!(answer.refusal(), (400, "invalid_dpop_proof"), "{case}");
    }
    let mut twice = form_to(
        "/oauth/token",
        &[
            ("grant_type", "authorization_code"),
            ("client_id", &client.id),
            ("code", &code),
        ],
    );
    for _ in 0..2 {
        let value = proof(&app, &prover).parse().unwrap();
        twice.headers_mut().append("dpop", value);
    }
    assert_eq!(app.send(twice).await.refusal(), (400, "invalid_dpop_proof"));
    let answer = redeem(&app, &client, &code, &proof(&app, &prover)).await;
    assert_eq!(answer.status, 200, "a bad proof costs nobody the code");
}

#[tokio::test]
async fn a_nonce_is_offered_and_an_old_or_foreign_one_is_replaced() {
    let app = app().await;
    let (client, jane) = (app.spa(json!({})).await, app.person("jane").await);
    let prover = Prover::new();
    let with = |nonce: &str| prover.proof(&app, "POST", "/oauth/token", json!({ "nonce": nonce }));
    let code = app
        .code(&client, &jane, "openid")
        .issue(&app.tenant)
        .await
        .unwrap();
    let answer = redeem(&app, &client, &code, &with("made up")).await;
    assert_eq!(answer.refusal(), (400, "use_dpop_nonce"));
    let nonce = answer.headers["dpop-nonce"].to_str().unwrap().to_owned();
    assert_eq!(
        redeem(&app, &client, &code, &with(&nonce)).await.status,
        200
    );
    app.advance(600);
    let code = app
        .code(&client, &jane, "openid")
        .issue(&app.tenant)
        .await
        .unwrap();
    let answer = redeem(&app, &client, &code, &with(&nonce)).await;
    assert_eq!(answer.refusal(), (400, "use_dpop_nonce"));
}

#[tokio::test]
async fn a_client_or_an_api_may_insist_on_it() {
    let app = app().await;
    let policy = json!({ "proof_of_possession": {
        "mechanism": "dpop", "required": true, "required_for": "public_clients" } });
    app.api(API, policy).await;
    let jane = app.person("jane").await;
    let public = app.spa(json!({})).await;
    let confidential = app.web(json!({})).await;
    for (client, expected) in [(&public, 400), (&confidential, 200)] {
        let mut code = app.code(client, &jane, "read:weather");
        code.audience = Some(API.to_owned());
        let text = code.issue(&app.tenant).await.unwrap();
        let answer = app.redeem(client, &text, &[]).await;
        assert_eq!(answer.status, expected, "{}", answer.body);
    }
    let strict = app
        .web(json!({ "require_proof_of_possession": true }))
        .await;
    let code = app
        .code(&strict, &jane, "openid")
        .issue(&app.tenant)
        .await
        .unwrap();
    assert_eq!(
        app.redeem(&strict, &code, &[]).await.refusal(),
        (400, "invalid_dpop_proof")
    );
    let answer = redeem(&app, &strict, &code, &proof(&app, &Prover::new())).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn client_credentials_are_bound_too() {
    let app = app().await;
    app.api(API, json!({})).await;
    let machine = app.machine("m").await;
    app.grant(&machine, API, &["read:weather"]).await;
    let prover = Prover::new();
    let parameters = [
        ("grant_type", "client_credentials"),
        ("client_id", machine.id.as_str()),
        ("client_secret", &machine.secret),
        ("audience", API),
    ];
    let request = proven(form_to("/oauth/token", &parameters), &proof(&app, &prover));
    let answer = app.send(request).await;
    assert_eq!(answer.body["token_type"], "DPoP");
    let token = claims(text(&answer.body, "access_token"));
    assert_eq!(token["cnf"]["jkt"], prover.thumbprint());
    let plain = app.exchange(&machine, &[("audience", API)]).await;
    assert_eq!(claims(plain.text("access_token"))["cnf"], Value::Null);
}
