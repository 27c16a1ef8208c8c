//! The classic login endpoints, called by scripts.

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use web::testing::{Browser, Shown};

use super::stage::{CALLBACK, DATABASE, EMAIL, PASSWORD, Stage, follow};

const PAGE: &str = "https://app.example.com";

/// A script on a page of `origin` sends JSON.
async fn send(browser: &mut Browser, path: &str, origin: Option<&str>, body: Value) -> Shown {
    let mut request = Request::post(path)
        .header("content-type", "application/json")
        .header("accept", "*/*");
    if let Some(origin) = origin {
        request = request.header("origin", origin);
    }
    browser
        .send(request.body(Body::from(body.to_string())).unwrap())
        .await
}

fn json_of(shown: &Shown) -> Value {
    serde_json::from_str(&shown.html).unwrap_or_else(|_| panic!("no JSON: {}", shown.html))
}

async fn stage() -> Stage {
    Stage::with(json!({
        "web_origins": [PAGE], "cross_origin_authentication": true, "is_first_party": true
    }))
    .await
}

#[tokio::test]
async fn an_account_is_made_and_answered_as_recorded() {
    let stage = stage().await;
    let mut browser = stage.browser();
    let body = json!({
        "client_id": stage.client_id, "connection": DATABASE, "email": "Eve@Example.com",
        "password": PASSWORD, "given_name": "Eve", "user_metadata": { "plan": "free" }
    });
    let made = send(
        &mut browser,
        "/dbconnections/signup",
        Some(PAGE),
        body.clone(),
    )
    .await;
    assert_eq!(made.status, 200, "{}", made.html);
    assert_eq!(made.headers["access-control-allow-origin"], PAGE);
    let shown = json_of(&made);
    assert_eq!(shown["_id"].as_str().unwrap().len(), 24);
    assert_eq!(shown["email"], "eve@example.com");
    assert_eq!(shown["email_verified"], false);
    assert_eq!(shown["given_name"], "Eve");
    assert_eq!(shown["user_metadata"], json!({ "plan": "free" }));

    let again = send(&mut browser, "/dbconnections/signup", None, body.clone()).await;
    assert_eq!(again.status, 400);
    assert_eq!(
        json_of(&again),
        json!({ "name": "BadRequestError", "code": "invalid_signup",
                "description": "Invalid sign up", "statusCode": 400 })
    );
    stage
        .set(
            "/tenants/settings",
            json!({ "flags": { "enable_public_signup_user_exists_error": true } }),
        )
        .await;
    let again = send(&mut browser, "/dbconnections/signup", None, body).await;
    assert_eq!(json_of(&again)["code"], "user_exists");
}

#[tokio::test]
async fn a_weak_password_is_answered_as_lock_reads_it() {
    let stage = stage().await;
    let body = json!({
        "client_id": stage.client_id, "connection": DATABASE, "email": "eve@example.com", "password": "a"
    });
    let refused = send(&mut stage.browser(), "/dbconnections/signup", None, body).await;
    let said = json_of(&refused);
    assert_eq!(
        (refused.status.as_u16(), &said["code"]),
        (400, &json!("invalid_password"))
    );
    assert_eq!(said["name"], "PasswordStrengthError");
    assert_eq!(said["description"]["rules"][0]["format"], json!([8]));
}

#[tokio::test]
async fn a_password_link_is_promised_to_anybody_and_sent_to_owners() {
    let stage = stage().await;
    let mut browser = stage.browser();
    for email in ["nobody@example.com", EMAIL] {
        let body = json!({ "client_id": stage.client_id, "connection": DATABASE, "email": email });
        let sent = send(
            &mut browser,
            "/dbconnections/change_password",
            Some(PAGE),
            body,
        )
        .await;
        assert_eq!(sent.status, 200, "{}", sent.html);
        assert_eq!(
            sent.html,
            "We've just sent you an email to reset your password."
        );
        assert_eq!(sent.headers["content-type"], "text/html; charset=utf-8");
    }
    assert_eq!(stage.mail().await.0, "reset");
}

#[tokio::test]
async fn only_the_clients_pages_may_use_it_and_preflights_are_answered() {
    let stage = stage().await;
    let mut browser = stage.browser();
    let body = json!({ "client_id": stage.client_id, "connection": DATABASE, "email": EMAIL });
    let evil = Some("https://evil.example");
    let refused = send(&mut browser, "/dbconnections/change_password", evil, body).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(!refused.headers.contains_key("access-control-allow-origin"));
    assert!(stage.mails().await.is_empty());
    let asked = Request::options("/co/authenticate").header("origin", PAGE);
    let answer = browser.send(asked.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(answer.headers["access-control-allow-credentials"], "true");
}

#[tokio::test]
async fn a_page_of_the_client_signs_in_with_a_ticket_of_its_own_browser() {
    let stage = stage().await;
    let (mut browser, mut other) = (stage.browser(), stage.browser());
    let body = json!({
        "client_id": stage.client_id, "username": EMAIL, "password": PASSWORD, "realm": DATABASE,
        "credential_type": "http://auth0.com/oauth/grant-type/password-realm"
    });
    let answer = send(&mut browser, "/co/authenticate", Some(PAGE), body.clone()).await;
    assert_eq!(answer.status, 200, "{}", answer.html);
    let ticket = json_of(&answer)["login_ticket"]
        .as_str()
        .unwrap()
        .to_owned();
    let go = stage.authorize(&format!("&login_ticket={ticket}&realm={DATABASE}"));

    // Sent to somebody else, it signs nobody in, and is spent by nobody.
    let elsewhere = other.get(&go).await;
    assert!(
        !elsewhere.location().starts_with(CALLBACK),
        "{}",
        elsewhere.location()
    );
    let end = browser.get(&go).await;
    let end = follow(&mut browser, end).await;
    assert!(
        end.location().contains("code="),
        "{} {}",
        end.location(),
        end.html
    );

    for (origin, change, status, error) in [
        (
            Some(PAGE),
            json!({ "password": "wrong" }),
            403,
            "access_denied",
        ),
        (
            Some(PAGE),
            json!({ "credential_type": "sms" }),
            400,
            "unsupported_credential_type",
        ),
        (
            Some(PAGE),
            json!({ "realm": "elsewhere" }),
            400,
            "invalid_request",
        ),
        (
            Some(PAGE),
            json!({ "client_id": "nobody" }),
            401,
            "unauthorized_client",
        ),
        (None, json!({}), 403, ""),
    ] {
        let mut body = body.clone();
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let refused = send(&mut browser, "/co/authenticate", origin, body).await;
        assert_eq!(refused.status, status, "{}", refused.html);
        if !error.is_empty() {
            assert_eq!(json_of(&refused)["error"], error);
        }
    }
    // The unknown client has no entry: there is nobody whom it would be about.
    let logged = async |code| stage.app.logged(code).await;
    assert_eq!(
        (logged("scoa").await.len(), logged("fcoa").await.len()),
        (1, 4)
    );
    assert_eq!(logged("scoa").await[0]["client_id"], stage.client_id);
}

#[tokio::test]
async fn cross_origin_sign_in_is_off_unless_the_client_says_so() {
    let stage = Stage::with(json!({ "web_origins": [PAGE], "is_first_party": true })).await;
    let body = json!({
        "client_id": stage.client_id, "username": EMAIL, "password": PASSWORD, "realm": DATABASE,
        "credential_type": "http://auth0.com/oauth/grant-type/password-realm"
    });
    let refused = send(&mut stage.browser(), "/co/authenticate", Some(PAGE), body).await;
    assert_eq!(refused.status, 401);
    assert_eq!(
        json_of(&refused)["error_description"],
        "Cross origin login not allowed."
    );
}

#[tokio::test]
async fn challenges_are_never_asked_for() {
    let stage = stage().await;
    for path in [
        "/usernamepassword/challenge",
        "/dbconnections/signup/challenge",
        "/dbconnections/change_password/challenge",
    ] {
        let answer = send(
            &mut stage.browser(),
            path,
            Some(PAGE),
            json!({ "state": "x" }),
        )
        .await;
        assert_eq!(json_of(&answer), json!({ "required": false }), "{path}");
    }
}

#[tokio::test]
async fn scripts_tell_lock_which_connections_there_are() {
    let stage = stage().await;
    let mut browser = stage.browser();
    let script = browser
        .get(&format!("/client/{}.js?t=1", stage.client_id))
        .await;
    assert_eq!(
        script.headers["content-type"],
        "text/javascript; charset=utf-8"
    );
    let told = script.html.strip_prefix("Auth0.setClient(").unwrap();
    let told: Value = serde_json::from_str(told.strip_suffix(");").unwrap()).unwrap();
    assert_eq!(told["id"], stage.client_id);
    assert_eq!(told["strategies"][0]["connections"][0]["name"], DATABASE);
    assert!(!script.html.contains("secret") && !script.html.contains("callback"));

    let domain = |html: &str| html.contains(DATABASE);
    assert!(
        !domain(&browser.get("/info-v1.js").await.html),
        "no domain connection yet"
    );
    let id = stage.connection_id().await;
    stage
        .set(
            &format!("/connections/{id}"),
            json!({ "is_domain_connection": true }),
        )
        .await;
    for path in ["/info-v1.js", "/tenants/v1/anything.js"] {
        assert!(domain(&browser.get(path).await.html), "{path}");
    }
    assert_eq!(browser.get("/client/nobody.js").await.status, 404);
}

#[tokio::test]
async fn only_the_tenants_own_pages_learn_who_signed_in_last() {
    let stage = stage().await;
    let mut browser = stage.browser();
    let data = |shown: Shown| json_of(&shown);
    assert_eq!(
        data(browser.get("/user/ssodata").await),
        json!({ "sso": false })
    );
    let (location, _) = stage.begin(&mut browser, "").await;
    stage.sign_in(&mut browser, &location).await;
    let told = data(browser.get("/user/ssodata").await);
    assert_eq!(told["lastUsedUsername"], EMAIL);
    assert_eq!(
        told["lastUsedConnection"],
        json!({ "name": DATABASE, "strategy": "auth0" })
    );
    // A page of another site that calls it, or loads it as if it were a script.
    for (header, value) in [("origin", PAGE), ("sec-fetch-site", "cross-site")] {
        let elsewhere = Request::get("/user/ssodata").header(header, value);
        let told = browser.send(elsewhere.body(Body::empty()).unwrap()).await;
        assert_eq!(data(told), json!({ "sso": false }), "{header}");
    }
}
