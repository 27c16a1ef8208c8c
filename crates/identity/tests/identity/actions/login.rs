//! `post-login`: at the authorization endpoint, and for the grants without a browser.

use http::Method;
use serde_json::{Value, json};

use crate::flows::{API, CONNECTION, PASSWORD, claims};
use crate::login::stage::{CALLBACK, EMAIL, Stage, follow};
use crate::support::{App, app};

const REALM: &str = "http://auth0.com/oauth/grant-type/password-realm";

/// A parameter of an address.
fn parameter(address: &str, name: &str) -> String {
    let address = address.replace('#', "?");
    let url = url::Url::parse(&address).unwrap();
    let found = url.query_pairs().find(|(own, _)| own == name);
    let found = found.unwrap_or_else(|| panic!("no {name} in {address}"));
    found.1.into_owned()
}

async fn user(app: &App) -> Value {
    let path = format!("/users-by-email?email={EMAIL}");
    app.call(Method::GET, &path, None).await.body[0].clone()
}

#[tokio::test]
async fn claims_of_an_action_are_in_the_tokens_of_every_response_type() {
    let stage = Stage::with(json!({
        "is_first_party": true, "jwt_configuration": { "alg": "RS256" },
        "grant_types": ["authorization_code", "implicit"]
    }))
    .await;
    stage
        .app
        .run_at(
            "post-login",
            "exports.onExecutePostLogin = async (event, api) => {
                api.idToken.setCustomClaim('https://acme.example/protocol', event.transaction.protocol);
                api.idToken.setCustomClaim('email_hash', event.user.email.length);
                api.user.setUserMetadata('logins', event.stats.logins_count);
                api.user.setAppMetadata('client', event.client.name);
                console.log(event.authentication.methods[0].name, event.connection.strategy,
                    event.session.id.length > 10, JSON.stringify(event.authorization.roles));
            };",
        )
        .await;
    let mut browser = stage.browser();
    let (location, _) = stage.begin(&mut browser, "&nonce=n").await;
    let end = stage.sign_in(&mut browser, &location).await;
    let code = parameter(end.location(), "code");
    let secret = format!("/clients/{}", stage.client_id);
    let secret = stage
        .app
        .call(Method::GET, &secret, None)
        .await
        .text("client_secret")
        .to_owned();
    let answer = stage
        .app
        .token(&[
            ("grant_type", "authorization_code"),
            ("client_id", &stage.client_id),
            ("client_secret", &secret),
            ("redirect_uri", CALLBACK),
            ("code", &code),
        ])
        .await;
    let id_token = claims(answer.text("id_token"));
    assert_eq!(
        id_token["https://acme.example/protocol"], "oidc-basic-profile",
        "{id_token}"
    );
    assert_eq!(id_token["email_hash"], EMAIL.len());
    let user = user(&stage.app).await;
    assert_eq!(user["user_metadata"]["logins"], 1);
    assert_eq!(user["app_metadata"]["client"], "Weather App");

    // Silently, and through the browser.
    for (response_type, protocol) in [
        ("id_token", "oidc-implicit-profile"),
        ("code%20id_token", "oidc-hybrid-profile"),
    ] {
        let address = stage.authorize("&nonce=n&prompt=none");
        let address = address.replace(
            "response_type=code",
            &format!("response_type={response_type}"),
        );
        let end = browser.get(&address).await;
        let id_token = claims(&parameter(end.location(), "id_token"));
        assert_eq!(id_token["https://acme.example/protocol"], protocol);
    }
}

#[tokio::test]
async fn an_action_may_deny_a_sign_in_and_what_it_noted_of_the_user_stays() {
    let stage = Stage::start().await;
    stage
        .app
        .run_at(
            "post-login",
            "exports.onExecutePostLogin = async (event, api) => {
                api.user.setAppMetadata('denied', true);
                api.access.deny('Not on a Thursday.');
            };",
        )
        .await;
    let mut browser = stage.browser();
    let (location, _) = stage.begin(&mut browser, "").await;
    let end = stage.sign_in(&mut browser, &location).await;
    assert_eq!(parameter(end.location(), "error"), "access_denied");
    assert_eq!(
        parameter(end.location(), "error_description"),
        "Not on a Thursday."
    );
    assert_eq!(user(&stage.app).await["app_metadata"]["denied"], true);
    let execution = stage.app.execution_of(&stage.app.last_log("f").await).await;
    assert_eq!(execution["status"], "final");

    // One that fails changes nothing.
    stage
        .app
        .run_at(
            "post-login",
            "exports.onExecutePostLogin = async (event, api) => {
                api.user.setAppMetadata('failed', true);
                api.multifactor.enable('any');
            };",
        )
        .await;
    let end = browser.get(&stage.authorize("")).await;
    assert_eq!(parameter(end.location(), "error"), "server_error");
    assert_eq!(user(&stage.app).await["app_metadata"].get("failed"), None);
    let entry = stage.app.last_log("actions_execution_failed").await;
    assert!(
        entry["description"]
            .as_str()
            .unwrap()
            .contains("api.multifactor.enable"),
        "{entry}"
    );
}

#[tokio::test]
async fn a_user_is_sent_elsewhere_and_comes_back_into_the_same_action() {
    let stage = Stage::start().await;
    let first = "exports.onExecutePostLogin = async (event, api) => {
        api.transaction.setMetadata('asked', 'yes');
        api.redirect.sendUserTo('https://survey.example/form?x=1', { query: { user: event.user.user_id } });
    };
    exports.onContinuePostLogin = async (event, api) => {
        console.log(event.request.query.colour, event.transaction.metadata.asked);
        api.user.setUserMetadata('colour', event.request.query.colour);
        api.authentication.recordMethod('https://survey.example/form');
    };";
    let second = "exports.onExecutePostLogin = async (event, api) => {
        console.log(event.user.user_metadata.colour, event.transaction.metadata.asked,
            event.authentication.methods.map((method) => method.name).join());
    };";
    for (name, code) in [("survey", first), ("after", second)] {
        let made = stage
            .app
            .new_action("post-login", name, code, json!({}))
            .await;
        stage.app.deploy(made["id"].as_str().unwrap()).await;
    }
    stage.app.bind("post-login", &["survey", "after"]).await;
    let mut browser = stage.browser();
    let (location, _) = stage.begin(&mut browser, "").await;
    let away = stage.sign_in(&mut browser, &location).await;
    let address = away.location().to_owned();
    assert!(
        address.starts_with("https://survey.example/form?x=1&user=auth0%7C"),
        "{address}"
    );
    let state = parameter(&address, "state");

    // Nobody gets around the page, and nobody else gets back in.
    let around = browser
        .get(&format!("/authorize/resume?state={state}"))
        .await;
    assert!(
        around.location().starts_with("https://survey.example/"),
        "{}",
        around.location()
    );
    let other = stage
        .browser()
        .get(&format!("/continue?state={state}"))
        .await;
    assert_eq!(other.status, 410);

    let back = browser
        .get(&format!("/continue?state={state}&colour=green"))
        .await;
    let end = follow(&mut browser, back).await;
    assert!(end.location().starts_with(CALLBACK), "{}", end.html);
    parameter(end.location(), "code");
    assert_eq!(user(&stage.app).await["user_metadata"]["colour"], "green");
    let again = browser
        .get(&format!("/continue?state={state}&colour=red"))
        .await;
    assert_eq!(again.status, 410, "a request is answered once");

    // Without a page there is no redirect.
    let silent = browser.get(&stage.authorize("&prompt=none")).await;
    assert_eq!(
        parameter(silent.location(), "error"),
        "interaction_required"
    );
}

#[tokio::test]
async fn actions_run_before_consent_and_once() {
    let stage =
        Stage::with(json!({ "is_first_party": false, "third_party_security_mode": "permissive" }))
            .await;
    let connection = stage.connection_id().await;
    let path = format!("/connections/{connection}");
    stage
        .set(&path, json!({ "is_domain_connection": true }))
        .await;
    stage
        .app
        .run_at(
            "post-login",
            "exports.onExecutePostLogin = async (event, api) => {
                const seen = event.user.app_metadata.seen || 0;
                api.user.setAppMetadata('seen', seen + 1);
                api.idToken.setCustomClaim('seen', seen + 1);
            };",
        )
        .await;
    let mut browser = stage.browser();
    let (location, _) = stage.begin(&mut browser, "").await;
    let consent = stage.sign_in(&mut browser, &location).await;
    consent.says("Weather App");
    assert_eq!(user(&stage.app).await["app_metadata"]["seen"], 1);
}

#[tokio::test]
async fn the_grants_without_a_browser_run_them_too() {
    let app = app().await;
    app.api(API, json!({ "allow_offline_access": true })).await;
    let client = app
        .web(json!({ "grant_types": ["password", REALM, "refresh_token"] }))
        .await;
    let jane = app.person("jane").await;
    app.run_at(
        "post-login",
        "exports.onExecutePostLogin = async (event, api) => {
            api.accessToken.setCustomClaim('protocol', event.transaction.protocol);
            api.accessToken.setCustomClaim('family', event.refresh_token?.id?.slice(0, 3) ?? null);
            api.accessToken.setCustomClaim('body', Object.keys(event.request.body).sort());
            api.accessToken.addScope('extra:scope');
            api.accessToken.removeScope('write:weather');
            if (event.request.body.deny) api.access.deny('no');
        };",
    )
    .await;
    let parameters = [
        ("grant_type", REALM),
        ("client_id", client.id.as_str()),
        ("client_secret", client.secret.as_str()),
        ("realm", CONNECTION),
        ("username", jane.email.as_str()),
        ("password", PASSWORD),
        ("audience", API),
        ("scope", "openid offline_access read:weather write:weather"),
    ];
    let answer = app.token(&parameters).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let token = claims(answer.text("access_token"));
    assert_eq!(token["protocol"], "oauth2-password");
    assert_eq!(
        token["body"],
        json!([
            "audience",
            "client_id",
            "grant_type",
            "realm",
            "scope",
            "username"
        ])
    );
    assert_eq!(
        answer.body["scope"],
        "openid offline_access read:weather extra:scope"
    );
    assert_eq!(token["scope"], answer.body["scope"]);
    let refreshed = app
        .refresh(&client, answer.text("refresh_token"), &[])
        .await;
    let token = claims(refreshed.text("access_token"));
    assert_eq!(
        (&token["protocol"], &token["family"]),
        (&json!("oauth2-refresh-token"), &json!("rt_"))
    );
    let refused = app
        .refresh(&client, answer.text("refresh_token"), &[("deny", "1")])
        .await;
    assert_eq!(refused.refusal(), (403, "access_denied"));
    let entry = app.last_log("fertft").await;
    assert_eq!(app.execution_of(&entry).await["user_id"], jane.id);
}

#[tokio::test]
async fn a_signed_answer_comes_back_by_a_form() {
    let stage = Stage::start().await;
    let secret = "a secret that both sides know, long enough";
    let code = "exports.onExecutePostLogin = async (event, api) => {
        const token = api.redirect.encodeToken({ secret: event.secrets.SHARED, payload: { asks: 'colour' } });
        api.redirect.sendUserTo('https://survey.example/', { query: { session_token: token } });
    };
    exports.onContinuePostLogin = async (event, api) => {
        const said = api.redirect.validateToken({ secret: event.secrets.SHARED, tokenParameterName: 'answer' });
        api.user.setUserMetadata('colour', said.colour);
    };";
    let secrets = json!({ "secrets": [{ "name": "SHARED", "value": secret }] });
    let made = stage
        .app
        .new_action("post-login", "survey", code, secrets)
        .await;
    stage.app.deploy(made["id"].as_str().unwrap()).await;
    stage.app.bind("post-login", &["survey"]).await;
    let mut browser = stage.browser();
    let (location, _) = stage.begin(&mut browser, "").await;
    let away = stage
        .sign_in(&mut browser, &location)
        .await
        .location()
        .to_owned();
    let key = jsonwebtoken::DecodingKey::from_secret(secret.as_bytes());
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::HS256);
    validation.validate_exp = false;
    let asked =
        jsonwebtoken::decode::<Value>(&parameter(&away, "session_token"), &key, &validation);
    let asked = asked.unwrap().claims;
    let user = user(&stage.app).await;
    assert_eq!(
        (&asked["asks"], &asked["sub"]),
        (&json!("colour"), &user["user_id"])
    );

    let state = parameter(&away, "state");
    let answer = |state: &str| {
        let claims = json!({
            "colour": "green", "state": state, "sub": user["user_id"], "exp": asked["exp"],
        });
        let key = jsonwebtoken::EncodingKey::from_secret(secret.as_bytes());
        jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap()
    };
    let path = format!("/continue?state={state}");
    let wrong = answer("of another sign-in");
    let refused = browser.post(&path, &[("answer", &wrong)]).await;
    assert_eq!(parameter(refused.location(), "error"), "server_error");
    let back = browser.post(&path, &[("answer", &answer(&state))]).await;
    assert_eq!(back.status, 303, "{}", back.html);
    let end = follow(&mut browser, back).await;
    parameter(end.location(), "code");
    let path = format!("/users-by-email?email={EMAIL}");
    let user = stage.app.call(Method::GET, &path, None).await.body;
    assert_eq!(user[0]["user_metadata"]["colour"], "green");
}

#[tokio::test]
async fn a_device_gets_the_claims_that_its_users_sign_in_gave() {
    const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
    let stage = Stage::with(json!({
        "is_first_party": true, "app_type": "native", "grant_types": [GRANT],
        "jwt_configuration": { "alg": "RS256" }
    }))
    .await;
    stage
        .app
        .run_at(
            "post-login",
            "exports.onExecutePostLogin = async (event, api) => {
                if (event.user.app_metadata.barred) return api.access.deny('No devices.');
                api.idToken.setCustomClaim('by', event.transaction.protocol);
                api.user.setAppMetadata('barred', true);
            };",
        )
        .await;
    let mut browser = stage.browser();
    for expected in ["Your device is connected", "No devices."] {
        let form = format!("client_id={}&scope=openid", stage.client_id);
        let request = http::Request::post("/oauth/device/code")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(axum::body::Body::from(form))
            .unwrap();
        let asked = stage.app.send(request).await;
        let code = asked.text("user_code");
        browser.get("/activate").await;
        let page = browser.post("/activate", &[("user_code", code)]).await;
        if page.html.contains("name=\"password\"") {
            let fields = [
                ("user_code", code),
                ("username", EMAIL),
                ("password", crate::login::stage::PASSWORD),
            ];
            browser.post("/activate/sign-in", &fields).await;
        }
        let fields = [("user_code", code), ("action", "accept")];
        browser
            .post("/activate/confirm", &fields)
            .await
            .says(expected);
        let ask = [
            ("grant_type", GRANT),
            ("client_id", &stage.client_id),
            ("device_code", asked.text("device_code")),
        ];
        let answer = stage.app.token(&ask).await;
        match answer.status.as_u16() {
            200 => assert_eq!(claims(answer.text("id_token"))["by"], "oauth2-device-code"),
            _ => assert_eq!(answer.refusal(), (403, "access_denied")),
        }
    }
}
