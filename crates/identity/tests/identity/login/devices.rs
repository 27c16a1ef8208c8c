//! Connecting a device.

use axum::body::Body;
use http::{Request, header};
use serde_json::{Value, json};

use super::stage::{EMAIL, PASSWORD, Stage, client};

async fn ask(stage: &Stage) -> Value {
    let form = format!("client_id={}&scope=openid%20profile", stage.client_id);
    let request = Request::post("/oauth/device/code")
        .header(header::HOST, super::stage::HOST)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .unwrap();
    let answer = stage.app.send(request).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

async fn stage() -> Stage {
    Stage::with(json!({
        "is_first_party": true, "app_type": "native", "name": "Television",
        "grant_types": ["urn:ietf:params:oauth:grant-type:device_code"]
    }))
    .await
}

#[tokio::test]
async fn a_user_signs_in_confirms_the_code_and_the_device_gets_its_tokens() {
    let stage = stage().await;
    let asked = ask(&stage).await;
    let code = asked["user_code"].as_str().unwrap();
    let mut browser = stage.browser();
    browser
        .get(&format!("/activate?user_code={code}"))
        .await
        .says(code);
    browser
        .post("/activate", &[("user_code", "BCDF-XXXX")])
        .await
        .says("not valid any more");
    let page = browser
        .post("/activate", &[("user_code", &code.to_lowercase())])
        .await;
    page.says("to connect a device");
    let fields = [
        ("user_code", code),
        ("username", EMAIL),
        ("password", PASSWORD),
    ];
    let page = browser.post("/activate/sign-in", &fields).await;
    page.says("Is this your device?")
        .says("Television")
        .says(code)
        .says(EMAIL);
    let fields = [("user_code", code), ("action", "accept")];
    browser
        .post("/activate/confirm", &fields)
        .await
        .says("Your device is connected");

    let parameters = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("client_id", &stage.client_id),
        ("device_code", asked["device_code"].as_str().unwrap()),
    ];
    let tokens = stage.app.token(&parameters).await;
    assert_eq!(tokens.status, 200, "{}", tokens.body);
    assert!(tokens.body["id_token"].is_string());
}

#[tokio::test]
async fn a_device_that_the_user_does_not_know_is_sent_away() {
    let stage = stage().await;
    let asked = ask(&stage).await;
    let code = asked["user_code"].as_str().unwrap();
    let mut browser = stage.browser();
    browser.get("/activate").await;
    browser.post("/activate", &[("user_code", code)]).await;
    let fields = [
        ("user_code", code),
        ("username", EMAIL),
        ("password", PASSWORD),
    ];
    browser.post("/activate/sign-in", &fields).await;
    let fields = [("user_code", code), ("action", "deny")];
    browser
        .post("/activate/confirm", &fields)
        .await
        .says("was not connected");
    let again = browser.post("/activate", &[("user_code", code)]).await;
    again.says("not valid any more");
}

#[tokio::test]
async fn a_session_of_a_connection_that_is_closed_to_strangers_connects_no_strangers_device() {
    let mut stage = stage().await;
    let mut browser = stage.browser();
    let own = ask(&stage).await;
    browser.get("/activate").await;
    let fields = [
        ("user_code", own["user_code"].as_str().unwrap()),
        ("username", EMAIL),
        ("password", PASSWORD),
    ];
    browser
        .post("/activate/sign-in", &fields)
        .await
        .says("Is this your device?");
    let stranger = json!({
        "is_first_party": false, "third_party_security_mode": "permissive", "app_type": "native",
        "name": "Stranger", "grant_types": ["urn:ietf:params:oauth:grant-type:device_code"]
    });
    stage.client_id = client(&stage.app, stranger).await;
    let asked = ask(&stage).await;
    let code = asked["user_code"].as_str().unwrap();
    let page = browser.post("/activate", &[("user_code", code)]).await;
    assert!(!page.html.contains("Is this your device?"), "{}", page.html);
    let fields = [("user_code", code), ("action", "accept")];
    let forced = browser.post("/activate/confirm", &fields).await;
    assert_eq!(forced.status, 410, "{}", forced.html);
    stage
        .set(
            &format!("/connections/{}", stage.connection_id().await),
            json!({ "is_domain_connection": true }),
        )
        .await;
    browser
        .post("/activate", &[("user_code", code)])
        .await
        .says("Is this your device?");
}
