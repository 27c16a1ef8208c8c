//! A tenant's own login page, and the two requests with which a script on it signs a user in.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Method, Request};
use serde_json::{Value, json};
use web::testing::{Browser, Shown};

use super::stage::{CALLBACK, DATABASE, EMAIL, PASSWORD, Stage, follow};

const HTML: &str = "<!doctype html><title>Ours</title><script>var c = '@@config@@';</script>";

async fn stage(more: Value) -> Stage {
    let stage = Stage::with(more).await;
    let listed = stage
        .app
        .call(Method::GET, "/clients?is_global=true", None)
        .await;
    let global = listed.body[0]["client_id"].as_str().unwrap();
    let page = json!({ "custom_login_page": HTML, "custom_login_page_on": true });
    stage.set(&format!("/clients/{global}"), page).await;
    stage
}

fn config(page: &Shown) -> Value {
    let encoded = page.between("var c = '", "'");
    serde_json::from_slice(&STANDARD.decode(encoded).unwrap()).unwrap()
}

async fn login(browser: &mut Browser, config: &Value, password: &str) -> Shown {
    let mut body = config["internalOptions"].clone();
    body["client_id"] = config["clientID"].clone();
    body["connection"] = json!(DATABASE);
    body["username"] = json!(EMAIL);
    body["password"] = json!(password);
    let request = Request::post("/usernamepassword/login")
        .header("content-type", "application/json")
        .header("origin", "http://127.0.0.1:8005")
        .body(Body::from(body.to_string()))
        .unwrap();
    browser.send(request).await
}

#[tokio::test]
async fn the_page_gets_what_the_seeds_script_decodes() {
    let stage = stage(json!({ "is_first_party": true, "name": "天気アプリ" })).await;
    let mut browser = stage.browser();
    let (location, page) = stage.begin(&mut browser, "&prompt=login&nonce=n").await;
    page.says("<title>Ours</title>");
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("frame-ancestors 'none'") && !policy.contains("script-src"),
        "{policy}"
    );
    assert_eq!(page.headers["referrer-policy"], "no-referrer");

    let config = config(&page);
    assert_eq!(config["clientID"], stage.client_id);
    assert_eq!(config["auth0Domain"], "127.0.0.1:8005");
    assert_eq!(config["callbackURL"], CALLBACK);
    assert_eq!(config["callbackOnLocationHash"], false);
    assert_eq!(config["isThirdPartyClient"], false);
    assert_eq!(config["prompt"], "login");
    assert_eq!(config["assetsUrl"], "");
    let internal = &config["internalOptions"];
    assert_eq!(internal["state"], location.split_once("state=").unwrap().1);
    assert_eq!(internal["nonce"], "n");
    assert!(internal["_csrf"].is_string() && internal["_intstate"].is_string());
    // Nothing can end the script's string.
    let encoded = page.between("var c = '", "'");
    assert!(
        encoded
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b))
    );
}

#[tokio::test]
async fn a_script_on_the_page_signs_a_user_in() {
    let stage = stage(json!({ "is_first_party": true })).await;
    let mut browser = stage.browser();
    let (_, page) = stage.begin(&mut browser, "").await;
    let config = config(&page);
    let refused = login(&mut browser, &config, "wrong").await;
    assert_eq!(refused.status, 401);
    let said: Value = serde_json::from_str(&refused.html).unwrap();
    assert_eq!(said["code"], "invalid_user_password");

    let form = login(&mut browser, &config, PASSWORD).await;
    assert_eq!(form.status, 200, "{}", form.html);
    assert!(
        form.html.starts_with("<form method=\"post\""),
        "{}",
        form.html
    );
    let field = |name: &str| {
        let value = form.between(&format!("name=\"{name}\" value=\""), "\"");
        value.replace("&quot;", "\"")
    };
    let fields = [
        ("wa", field("wa")),
        ("wresult", field("wresult")),
        ("wctx", field("wctx")),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();

    let mut other = stage.browser();
    stage.begin(&mut other, "").await;
    other.get("/u/email-verification").await;
    let stolen = other.post("/login/callback", &fields).await;
    assert!(stolen.status.is_client_error(), "{}", stolen.status);

    let end = browser.post("/login/callback", &fields).await;
    assert_eq!(end.status, 303, "{}", end.html);
    let end = follow(&mut browser, end).await;
    assert!(end.location().starts_with(CALLBACK) && end.location().contains("code="));
    let again = browser.post("/login/callback", &fields).await;
    assert_eq!(again.status, 410);
}

#[tokio::test]
async fn a_password_without_the_pages_own_token_is_not_even_tried() {
    let stage = stage(json!({ "is_first_party": true })).await;
    let mut browser = stage.browser();
    let (_, page) = stage.begin(&mut browser, "").await;
    let mut config = config(&page);
    config["internalOptions"]["_csrf"] = json!("AAAA");
    let refused = login(&mut browser, &config, PASSWORD).await;
    assert_eq!(refused.status, 400);
    assert!(refused.html.contains("expired"), "{}", refused.html);
}

#[tokio::test]
async fn clients_may_opt_out_and_strict_third_parties_never_see_it() {
    let off = stage(json!({ "is_first_party": true, "custom_login_page_on": false })).await;
    let mut browser = off.browser();
    let (_, page) = off.begin(&mut browser, "").await;
    page.says("Weather App");
    assert!(!page.html.contains("<title>Ours"));

    let third = json!({ "is_first_party": false, "third_party_security_mode": "permissive" });
    let permissive = stage(third).await;
    let mut browser = permissive.browser();
    let (_, page) = permissive.begin(&mut browser, "").await;
    assert_eq!(config(&page)["isThirdPartyClient"], true);
}
