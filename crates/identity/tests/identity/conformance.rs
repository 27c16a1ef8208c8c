//! The cases of the OpenID Foundation's dynamic plan, told again: a client that registers itself, at a
//! tenant that is set as docs/CONFORMANCE.md says.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Path;
use axum::response::IntoResponse as _;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Method, Request, StatusCode, header};
use oauth::jose::{Algorithm, Header, SigningKey, jwt};
use serde_json::{Value, json};
use url::Url;
use web::testing::{Browser, Shown};

use crate::login::stage::{EMAIL, HOST, PASSWORD, follow};
use crate::support::{App, app, verified};

const CALLBACK: &str = "https://rp.example/cb";
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The tenant of docs/CONFORMANCE.md, with a user.
async fn provider() -> (App, String) {
    let app = app().await;
    let change = json!({
        "dynamic_client_registration_security_mode": "permissive",
        "flags": {
            "enable_dynamic_client_registration": true,
            "allow_unsigned_request_objects": true,
            "allow_request_uri_by_reference": true,
            "numeric_updated_at": true
        }
    });
    let changed = app
        .call(Method::PATCH, "/tenants/settings", Some(change))
        .await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let listed = app.call(Method::GET, "/connections", None).await.body;
    let first = listed
        .as_array()
        .or(listed["connections"].as_array())
        .unwrap()[0]["id"]
        .clone();
    let path = format!("/connections/{}", first.as_str().unwrap());
    let open = json!({ "is_domain_connection": true });
    assert_eq!(app.call(Method::PATCH, &path, Some(open)).await.status, 200);
    let user = json!({
        "connection": "Username-Password-Authentication", "email": EMAIL, "password": PASSWORD,
        "given_name": "Ada", "email_verified": true
    });
    let made = app.create("/users", user).await;
    let id = made["user_id"].as_str().unwrap().to_owned();
    (app, id)
}

/// Registers with these members beside the callback.
async fn register(app: &App, more: Value) -> Value {
    let answer = try_to_register(app, more).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body
}

async fn try_to_register(app: &App, more: Value) -> crate::support::Answer {
    let mut body = json!({ "client_name": "Relying Party", "redirect_uris": [CALLBACK] });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let request = Request::post("/oidc/register").header(header::CONTENT_TYPE, "application/json");
    app.send(request.body(body.to_string().into()).unwrap())
        .await
}

fn text<'a>(object: &'a Value, member: &str) -> &'a str {
    object[member]
        .as_str()
        .unwrap_or_else(|| panic!("{member} in {object}"))
}

fn link(client: &Value, parameters: &[(&str, &str)]) -> String {
    let usual = [
        ("client_id", text(client, "client_id")),
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid email"),
    ];
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in usual {
        if parameters.iter().all(|(changed, _)| *changed != name) {
            query.append_pair(name, value);
        }
    }
    query.extend_pairs(parameters.iter().filter(|(_, value)| !value.is_empty()));
    format!("/authorize?{}", query.finish())
}

/// The user opens a link, signs in and agrees where they are asked to. Gives where they end.
async fn go(browser: &mut Browser, link: &str) -> Shown {
    let mut at = browser.get(link).await;
    for _ in 0..4 {
        let mut page = at.location().to_owned();
        while page.starts_with("/authorize") {
            at = browser.get(&page).await;
            page = at.location().to_owned();
        }
        if !page.starts_with("/u/") {
            break;
        }
        assert_eq!(browser.get(&page).await.status, 200);
        let fields: &[(&str, &str)] = match page.starts_with("/u/consent") {
            true => &[("action", "accept")],
            false => &[("username", EMAIL), ("password", PASSWORD)],
        };
        at = browser.post(&page, fields).await;
    }
    at
}

/// What the redirect back to the client carries.
fn answer(shown: &Shown) -> BTreeMap<String, String> {
    let url =
        Url::parse(shown.location()).unwrap_or_else(|_| panic!("{} {}", shown.status, shown.html));
    assert_eq!(
        format!("{}{}", url.origin().ascii_serialization(), url.path()),
        CALLBACK
    );
    let text = url.fragment().or(url.query()).unwrap_or_default();
    url::form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect()
}

/// A fresh browser's sign-in, and the tokens for its code.
async fn tokens(app: &App, client: &Value, parameters: &[(&str, &str)]) -> Value {
    let mut browser = Browser::new(&app.router, HOST);
    let end = go(&mut browser, &link(client, parameters)).await;
    let answered = app
        .token(&[
            ("grant_type", "authorization_code"),
            ("client_id", text(client, "client_id")),
            ("client_secret", text(client, "client_secret")),
            ("redirect_uri", CALLBACK),
            ("code", &answer(&end)["code"]),
        ])
        .await;
    assert_eq!(answered.status, 200, "{}", answered.body);
    answered.body
}

fn claims(token: &str) -> Value {
    Value::Object(jwt::peek(token).unwrap().claims)
}

/// What `/userinfo` answers, whatever its type.
async fn userinfo(app: &App, tokens: &Value) -> Shown {
    let value = format!("Bearer {}", text(tokens, "access_token"));
    let request = Request::get("/userinfo").header(header::AUTHORIZATION, value);
    let mut browser = Browser::new(&app.router, HOST);
    browser
        .send(request.body(axum::body::Body::empty()).unwrap())
        .await
}

/// The client's own server: texts by path, that a test may change.
#[derive(Clone, Default)]
struct Party(Arc<Mutex<BTreeMap<String, String>>>);

impl Party {
    fn serve(app: &App) -> Self {
        let party = Self::default();
        let files = party.0.clone();
        let router = Router::new().route(
            "/{name}",
            get(move |Path(name): Path<String>| {
                let file = files.lock().unwrap().get(&name).cloned();
                async move {
                    match file {
                        Some(file) => {
                            ([(header::CONTENT_TYPE, "application/json")], file).into_response()
                        }
                        None => StatusCode::NOT_FOUND.into_response(),
                    }
                }
            }),
        );
        app.egress.mount("https://rp.example", &router);
        party
    }

    fn put(&self, name: &str, file: impl ToString) {
        self.0
            .lock()
            .unwrap()
            .insert(name.to_owned(), file.to_string());
    }
}

fn key_set(keys: &[(&str, &SigningKey)]) -> Value {
    let keys = keys.iter().map(|(kid, key)| {
        let mut jwk = serde_json::to_value(key.public_jwk().unwrap()).unwrap();
        jwk["kid"] = json!(kid);
        jwk
    });
    json!({ "keys": keys.collect::<Vec<_>>() })
}

#[tokio::test]
async fn a_request_object_by_reference_is_read_signed_and_unsigned() {
    let (app, _) = provider().await;
    let (party, key) = (Party::serve(&app), SigningKey::generate_rsa().unwrap());
    let client = register(
        &app,
        json!({
            "jwks": key_set(&[("k1", &key)]),
            "request_uris": ["https://rp.example/unsigned", "https://rp.example/signed#hash"]
        }),
    )
    .await;
    let object = |state: &str| {
        json!({
            "iss": client["client_id"], "aud": "http://127.0.0.1:8005/", "state": state,
            "client_id": client["client_id"], "response_type": "code", "redirect_uri": CALLBACK,
            "scope": "openid"
        })
    };
    let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let unsigned = encoded(&json!({ "alg": "none" }));
    party.put(
        "unsigned",
        format!("{unsigned}.{}.", encoded(&object("plain"))),
    );
    let header = Header::jwt(Algorithm::Rs256, "oauth-authz-req+jwt", "k1");
    party.put(
        "signed",
        jwt::sign(&key, &header, &object("signed")).unwrap(),
    );
    for (uri, state) in [
        ("https://rp.example/unsigned", "plain"),
        ("https://rp.example/signed#hash", "signed"),
    ] {
        let mut browser = Browser::new(&app.router, HOST);
        let end = go(
            &mut browser,
            &link(&client, &[("request_uri", uri), ("state", "outer")]),
        )
        .await;
        assert_eq!(answer(&end)["state"], state);
        assert!(answer(&end).contains_key("code"));
    }
    let metadata = app.get("/.well-known/openid-configuration").await.body;
    assert_eq!(metadata["request_uri_parameter_supported"], true);
    assert_eq!(metadata["require_request_uri_registration"], true);
    let algorithms = metadata["request_object_signing_alg_values_supported"]
        .as_array()
        .unwrap();
    assert!(algorithms.contains(&json!("none")) && algorithms.contains(&json!("RS256")));
}

#[tokio::test]
async fn pairwise_subjects_are_the_same_within_a_sector_and_nowhere_else() {
    let (app, user_id) = provider().await;
    let party = Party::serve(&app);
    party.put("sector", json!([CALLBACK, "https://other.example/cb"]));
    let sector = json!({
        "subject_type": "pairwise", "sector_identifier_uri": "https://rp.example/sector",
        "redirect_uris": [CALLBACK, "https://other.example/cb"]
    });
    let mut subjects = Vec::new();
    for more in [sector.clone(), sector, json!({ "subject_type": "public" })] {
        let client = register(&app, more).await;
        let tokens = tokens(&app, &client, &[]).await;
        let subject = text(&claims(text(&tokens, "id_token")), "sub").to_owned();
        let said: Value = serde_json::from_str(&userinfo(&app, &tokens).await.html).unwrap();
        assert_eq!(said["sub"], subject, "both say the same");
        subjects.push(subject);
    }
    assert_eq!(subjects[0], subjects[1], "one sector");
    assert_ne!(subjects[0], user_id);
    assert_eq!(subjects[2], user_id, "public");
    party.put("short", json!(["https://other.example/cb"]));
    let bad = json!({ "sector_identifier_uri": "https://rp.example/short" });
    let refused = try_to_register(&app, bad).await;
    assert_eq!(refused.refusal(), (400, "invalid_client_metadata"));
}

#[tokio::test]
async fn a_client_rotates_the_keys_at_its_jwks_uri() {
    let (app, _) = provider().await;
    let party = Party::serve(&app);
    let [first, second] = [(); 2].map(|()| SigningKey::generate_rsa().unwrap());
    party.put("keys", key_set(&[("k1", &first)]));
    let client = register(
        &app,
        json!({
            "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://rp.example/keys"
        }),
    )
    .await;
    let id = text(&client, "client_id");
    let exchange = async |kid: &str, key: &SigningKey, jti: &str| {
        let mut browser = Browser::new(&app.router, HOST);
        let end = go(&mut browser, &link(&client, &[])).await;
        let now = app.clock.now().unix_seconds();
        let said = json!({
            "iss": id, "sub": id, "aud": "http://127.0.0.1:8005/", "iat": now, "exp": now + 60, "jti": jti
        });
        let assertion = jwt::sign(key, &Header::jwt(Algorithm::Rs256, "JWT", kid), &said).unwrap();
        let answered = app
            .token(&[
                ("grant_type", "authorization_code"),
                ("client_assertion_type", ASSERTION),
                ("client_assertion", &assertion),
                ("redirect_uri", CALLBACK),
                ("code", &answer(&end)["code"]),
            ])
            .await;
        answered.body["error"]
            .as_str()
            .unwrap_or("tokens")
            .to_owned()
    };
    assert_eq!(exchange("k1", &first, "1").await, "tokens");
    party.put("keys", key_set(&[("k2", &second)]));
    app.advance(60);
    assert_eq!(
        exchange("k2", &second, "2").await,
        "tokens",
        "the new key is fetched"
    );
    assert_eq!(
        exchange("k1", &first, "3").await,
        "invalid_client",
        "the old one is gone"
    );
}

#[tokio::test]
async fn consent_shows_logo_policy_and_terms() {
    let (app, _) = provider().await;
    let client = register(
        &app,
        json!({
            "logo_uri": "https://rp.example/logo.png", "policy_uri": "https://rp.example/policy",
            "tos_uri": "https://rp.example/terms", "policy_uri#ja": "https://rp.example/ja/policy"
        }),
    )
    .await;
    let mut browser = Browser::new(&app.router, HOST);
    let begun = browser.get(&link(&client, &[])).await;
    let login = begun.location().to_owned();
    browser.get(&login).await;
    let fields = [("username", EMAIL), ("password", PASSWORD)];
    let signed_in = browser.post(&login, &fields).await;
    let consent = follow(&mut browser, signed_in).await;
    consent
        .says("src=\"https://rp.example/logo.png\"")
        .says("href=\"https://rp.example/policy\"")
        .says("href=\"https://rp.example/terms\"");
    let begun = browser.get(&link(&client, &[("ui_locales", "ja")])).await;
    let page = begun.location().to_owned();
    browser
        .get(&page)
        .await
        .says("href=\"https://rp.example/ja/policy\"");
}

#[tokio::test]
async fn single_claims_may_be_asked_for_as_essential_and_by_value() {
    let (app, user_id) = provider().await;
    let client = register(&app, json!({})).await;
    let asked = json!({
        "id_token": {
            "auth_time": { "essential": true }, "email": { "essential": true }, "sub": { "value": user_id }
        },
        "userinfo": { "given_name": { "essential": true }, "unknown": { "essential": true } }
    })
    .to_string();
    let parameters = [("scope", "openid"), ("claims", asked.as_str())];
    let tokens = tokens(&app, &client, &parameters).await;
    let id = claims(text(&tokens, "id_token"));
    assert_eq!((&id["sub"], &id["email"]), (&json!(user_id), &json!(EMAIL)));
    assert!(id["auth_time"].is_i64(), "{id}");
    let said: Value = serde_json::from_str(&userinfo(&app, &tokens).await.html).unwrap();
    assert_eq!(said["given_name"], "Ada");

    let mut browser = Browser::new(&app.router, HOST);
    go(&mut browser, &link(&client, &[])).await;
    let another = json!({ "id_token": { "sub": { "value": "auth0|another" } } }).to_string();
    let silent = link(&client, &[("prompt", "none"), ("claims", &another)]);
    let refused = browser.get(&silent).await;
    assert_eq!(answer(&refused)["error"], "login_required");
}

#[tokio::test]
async fn user_information_is_signed_where_the_client_registered_that() {
    let (app, user_id) = provider().await;
    let client = register(&app, json!({ "userinfo_signed_response_alg": "RS256" })).await;
    let tokens = tokens(&app, &client, &[]).await;
    let said = userinfo(&app, &tokens).await;
    assert_eq!(said.headers[header::CONTENT_TYPE], "application/jwt");
    let (_, claims) = verified(&app, &said.html, jsonwebtoken::Algorithm::RS256).await;
    assert_eq!(claims["iss"], "http://127.0.0.1:8005/");
    assert_eq!(
        (&claims["aud"], &claims["sub"]),
        (&client["client_id"], &json!(user_id))
    );
}

#[tokio::test]
async fn an_unsigned_id_token_is_for_the_code_flow_alone() {
    let (app, _) = provider().await;
    let none = json!({ "id_token_signed_response_alg": "none", "response_types": ["code"],
        "grant_types": ["authorization_code"] });
    let client = register(&app, none).await;
    assert_eq!(client["id_token_signed_response_alg"], "none");
    let tokens = tokens(&app, &client, &[("nonce", "n")]).await;
    let token = text(&tokens, "id_token");
    assert!(token.ends_with('.'), "no signature");
    let claims = jwt::unsecured_claims(token).unwrap();
    assert_eq!(claims["nonce"], "n");
    let through_the_browser = json!({
        "id_token_signed_response_alg": "none", "response_types": ["code id_token"],
        "grant_types": ["authorization_code", "implicit"]
    });
    let refused = try_to_register(&app, through_the_browser).await;
    assert_eq!(refused.refusal(), (400, "invalid_client_metadata"));
}

#[tokio::test]
async fn the_providers_keys_rotate_under_clients_that_read_them() {
    let (app, _) = provider().await;
    let client = register(&app, json!({})).await;
    let before = tokens(&app, &client, &[]).await;
    let rotated = app.call(Method::POST, "/keys/signing/rotate", None).await;
    assert_eq!(rotated.status, 201);
    let after = tokens(&app, &client, &[]).await;
    let mut kids = Vec::new();
    for tokens in [before, after] {
        let token = text(&tokens, "id_token");
        let (header, _) = verified(&app, token, jsonwebtoken::Algorithm::RS256).await;
        kids.push(text(&header, "kid").to_owned());
    }
    assert_ne!(kids[0], kids[1]);
    assert_eq!(kids[1], rotated.text("kid"));
}

#[tokio::test]
async fn an_answer_is_posted_to_the_client_alone() {
    let (app, _) = provider().await;
    let client = register(&app, json!({})).await;
    let mut browser = Browser::new(&app.router, HOST);
    let asked = [("response_mode", "form_post"), ("state", "s<\"&")];
    let signed_in = go(&mut browser, &link(&client, &asked)).await;
    let posted = follow(&mut browser, signed_in).await;
    posted
        .says("<form method=\"post\" action=\"https://rp.example/cb\">")
        .says("name=\"code\"")
        .says("name=\"state\" value=\"s&lt;&quot;&amp;\"");
    let policy = posted.headers[header::CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap();
    assert!(
        policy.contains("form-action https://rp.example"),
        "{policy}"
    );
}

#[tokio::test]
async fn a_session_ends_by_the_clients_request_with_and_without_a_hint() {
    let (app, _) = provider().await;
    let after = "https://rp.example/bye";
    let client = register(&app, json!({ "post_logout_redirect_uris": [after] })).await;
    let query = |parameters: &[(&str, &str)]| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(parameters);
        format!("/oidc/logout?{}", query.finish())
    };
    let mut browser = Browser::new(&app.router, HOST);
    let end = go(&mut browser, &link(&client, &[])).await;
    let answered = app
        .token(&[
            ("grant_type", "authorization_code"),
            ("client_id", text(&client, "client_id")),
            ("client_secret", text(&client, "client_secret")),
            ("redirect_uri", CALLBACK),
            ("code", &answer(&end)["code"]),
        ])
        .await;
    let hinted = query(&[
        ("id_token_hint", answered.text("id_token")),
        ("post_logout_redirect_uri", after),
        ("state", "s"),
    ]);
    let out = browser.get(&hinted).await;
    assert_eq!(out.location(), "https://rp.example/bye?state=s");
    let silent = browser.get(&link(&client, &[("prompt", "none")])).await;
    assert_eq!(answer(&silent)["error"], "login_required");

    go(&mut browser, &link(&client, &[])).await;
    let asked = browser.get(&query(&[])).await;
    assert_eq!(asked.status, 200, "the user is asked");
    let silent = browser.get(&link(&client, &[("prompt", "none")])).await;
    assert!(answer(&silent).contains_key("code"), "nothing ended yet");
}

#[tokio::test]
async fn dates_are_numbers_where_the_tenant_says_so() {
    let (app, _) = provider().await;
    let client = register(&app, json!({})).await;
    let tokens = tokens(&app, &client, &[("scope", "openid profile")]).await;
    let said: Value = serde_json::from_str(&userinfo(&app, &tokens).await.html).unwrap();
    assert_eq!(
        said["updated_at"],
        crate::support::NOW,
        "OpenID Connect Core §5.1"
    );
    assert_eq!(
        claims(text(&tokens, "id_token"))["updated_at"],
        crate::support::NOW
    );
}
