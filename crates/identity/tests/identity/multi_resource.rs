//! Refresh tokens that are good for several APIs (`refresh_token.policies`).

use http::Method;
use serde_json::{Value, json};

use crate::flows::{API, Person, claims, text};
use crate::support::{App, Credentials, app, apps};

/// An API that does not ask the tenant's own clients' users.
const BILLING: &str = "https://billing.example/";

/// One that does.
const ASKS: &str = "https://asks.example/";

/// One where roles decide.
const ROLES: &str = "https://roles.example/";

fn policies() -> Value {
    json!([
        { "audience": BILLING, "scope": ["write:weather", "email", "read:nothing"] },
        { "audience": ASKS, "scope": ["read:weather"] },
        { "audience": ROLES, "scope": ["read:weather"] },
        { "audience": "http://127.0.0.1:8005/api/v2/", "scope": ["read:current_user"] }
    ])
}

/// The APIs, of which all define the scopes `read:weather` and `write:weather`.
async fn apis(app: &App) {
    let open = |waived: bool, roles: bool| {
        json!({
            "allow_offline_access": true, "enforce_policies": roles,
            "skip_consent_for_verifiable_first_party_clients": waived
        })
    };
    app.api(API, open(true, false)).await;
    app.api(BILLING, open(true, false)).await;
    app.api(ASKS, open(false, false)).await;
    app.api(ROLES, open(true, true)).await;
}

/// A refresh token that a user gave the client at [`API`].
async fn given(app: &App, client: &Credentials, jane: &Person, scope: &str) -> String {
    let mut code = app.code(client, jane, scope);
    code.audience = Some(API.to_owned());
    let tokens = app.tokens(client, &code).await;
    text(&tokens, "refresh_token").to_owned()
}

#[tokio::test]
async fn policies_open_further_apis_and_give_no_more_than_they_say() {
    for app in apps().await {
        apis(&app).await;
        let settings = json!({ "refresh_token": { "policies": policies() } });
        let (client, jane) = (app.web(settings).await, app.person("jane").await);
        let scope = "openid read:weather offline_access";
        let token = &given(&app, &client, &jane, scope).await;

        let there = app.refresh(&client, token, &[("audience", BILLING)]).await;
        assert_eq!(
            there.body["scope"], "openid offline_access write:weather",
            "what was read:weather elsewhere is not here, and who a user is no API decides"
        );
        assert_eq!(claims(there.text("access_token"))["aud"][0], BILLING);
        let asked = [
            ("audience", BILLING),
            ("scope", "write:weather read:weather"),
        ];
        let there = app.refresh(&client, token, &asked).await;
        assert_eq!(there.body["scope"], "write:weather");
        assert_eq!(claims(there.text("access_token"))["aud"], BILLING);
        let asked = [("audience", BILLING), ("scope", "read:weather")];
        let nothing = app.refresh(&client, token, &asked).await;
        assert_eq!(nothing.refusal(), (400, "invalid_scope"));

        let roles = app.refresh(&client, token, &[("audience", ROLES)]).await;
        assert_eq!(roles.body["scope"], "openid offline_access", "{}", app.name);
        for audience in [
            ASKS,
            "http://127.0.0.1:8005/api/v2/",
            "https://unknown.example/",
        ] {
            let refused = app.refresh(&client, token, &[("audience", audience)]).await;
            assert_eq!(refused.refusal(), (400, "invalid_target"), "{audience}");
        }
        let here = app.refresh(&client, token, &[]).await;
        assert_eq!(here.body["scope"], scope, "nothing was lost");
        assert_eq!(claims(here.text("access_token"))["aud"][0], API);
    }
}

#[tokio::test]
async fn a_policy_for_the_api_that_was_authorised_adds_scopes_to_it() {
    let app = app().await;
    apis(&app).await;
    let more = json!([{ "audience": API, "scope": ["write:weather"] }]);
    let settings = json!({ "refresh_token": { "rotation_type": "rotating", "policies": more } });
    let (client, jane) = (app.spa(settings).await, app.person("jane").await);
    let token = given(&app, &client, &jane, "read:weather offline_access").await;
    let wide = app.refresh(&client, &token, &[]).await;
    assert_eq!(
        wide.body["scope"],
        "read:weather offline_access write:weather"
    );

    // What an administrator takes back is gone at the next exchange.
    let none = json!({ "refresh_token": { "rotation_type": "rotating", "policies": null } });
    let path = format!("/clients/{}", client.id);
    app.call(Method::PATCH, &path, Some(none)).await;
    let token = wide.text("refresh_token");
    let narrow = app.refresh(&client, token, &[]).await;
    assert_eq!(narrow.body["scope"], "read:weather offline_access");
}

#[tokio::test]
async fn a_third_party_client_gets_nothing_by_policies() {
    let app = app().await;
    apis(&app).await;
    let (client, jane) = (app.third_party().await, app.person("jane").await);
    for audience in [API, BILLING] {
        let grant = json!({ "client_id": client.id, "audience": audience,
            "scope": ["read:weather", "write:weather"], "subject_type": "user" });
        app.create("/client-grants", grant).await;
    }
    let path = format!("/clients/{}", client.id);
    let change = json!({ "refresh_token": { "policies": policies() } });
    let changed = app.call(Method::PATCH, &path, Some(change)).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let token = given(&app, &client, &jane, "read:weather offline_access").await;
    let refused = app.refresh(&client, &token, &[("audience", BILLING)]).await;
    assert_eq!(refused.refusal(), (400, "invalid_target"));
}

#[tokio::test]
async fn a_policy_names_an_api_and_its_scopes() {
    let app = app().await;
    let client = app.web(json!({})).await;
    let path = format!("/clients/{}", client.id);
    for policy in [
        json!({ "audience": BILLING }),
        json!({ "scope": ["read:weather"] }),
        json!({ "audience": BILLING, "scope": "read:weather" }),
        json!("all"),
    ] {
        let change = json!({ "refresh_token": { "policies": [policy] } });
        let refused = app.call(Method::PATCH, &path, Some(change)).await;
        assert_eq!(refused.status, 400, "{policy}");
    }
}
