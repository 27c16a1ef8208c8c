//! `client-registration`: one Action for every way in which a client comes.

use axum::body::Body;
use http::{Method, Request};
use identity::RegistrationPolicy;
use serde_json::{Value, json};

use crate::support::{Answer, App, MANAGEMENT, app, app_with, form, settings};

const POLICY: &str = "exports.onExecuteClientRegistration = async (event, api) => {
    if (event.client.name.includes('bank')) {
        api.access.deny('invalid_client_metadata', 'that name is taken by somebody else');
        return;
    }
    api.client.setMetadata('origin', event.registration.origin);
    api.client.set('name', event.client.name + ' (checked)');
    if (event.registration.registered_by) {
        api.client.setMetadata('by', event.registration.registered_by.client_id);
    }
};";

async fn register(app: &App, body: Value) -> Answer {
    let request = Request::post("/oidc/register")
        .body(Body::from(body.to_string()))
        .unwrap();
    app.send(request).await
}

async fn open(app: &App) {
    let body = json!({ "flags": { "enable_dynamic_client_registration": true } });
    app.call(Method::PATCH, "/tenants/settings", Some(body))
        .await;
}

#[tokio::test]
async fn one_action_governs_clients_of_both_ways() {
    let app = app().await;
    open(&app).await;
    app.run_at("client-registration", POLICY).await;
    let redirects = json!(["https://app.example.com/cb"]);
    let refused = register(
        &app,
        json!({ "client_name": "my bank", "redirect_uris": redirects }),
    )
    .await;
    assert_eq!(
        refused.said(),
        (
            400,
            json!({
                "error": "invalid_client_metadata",
                "error_description": "that name is taken by somebody else"
            })
        )
    );
    let refused = app
        .call(Method::POST, "/clients", Some(json!({ "name": "my bank" })))
        .await;
    assert_eq!(refused.status, 403, "{}", refused.body);

    let made = register(
        &app,
        json!({ "client_name": "weather", "redirect_uris": redirects }),
    )
    .await;
    assert_eq!(
        (made.status.as_u16(), made.text("client_name")),
        (201, "weather (checked)")
    );
    let path = format!("/clients/{}", made.text("client_id"));
    let stored = app.call(Method::GET, &path, None).await.body;
    assert_eq!(stored["client_metadata"], json!({ "origin": "dynamic" }));

    let made = app
        .create(
            "/clients",
            json!({ "name": "portal", "client_metadata": { "konnect_portal_id": "p" } }),
        )
        .await;
    assert_eq!(made["name"], "portal (checked)");
    assert_eq!(
        made["client_metadata"],
        json!({ "konnect_portal_id": "p", "origin": "management", "by": app.administrator.id })
    );
}

#[tokio::test]
async fn what_an_action_changes_passes_the_same_rules() {
    let app = app().await;
    open(&app).await;
    app.run_at(
        "client-registration",
        "exports.onExecuteClientRegistration = async (event, api) => {
            api.client.set('redirect_uris', ['http://not-tls.example.com/cb']);
        };",
    )
    .await;
    let redirects = json!(["https://app.example.com/cb"]);
    let refused = register(
        &app,
        json!({ "client_name": "a", "redirect_uris": redirects }),
    )
    .await;
    assert_eq!(refused.refusal(), (400, "invalid_redirect_uri"));
    app.run_at(
        "client-registration",
        "exports.onExecuteClientRegistration = async (event, api) => { api.client.set('name', 'a<b'); };",
    )
    .await;
    let refused = app
        .call(Method::POST, "/clients", Some(json!({ "name": "a" })))
        .await;
    assert_eq!(refused.status, 400, "{}", refused.body);
    app.run_at(
        "client-registration",
        "exports.onExecuteClientRegistration = async (event, api) => { throw new Error('no'); };",
    )
    .await;
    let refused = register(
        &app,
        json!({ "client_name": "a", "redirect_uris": redirects }),
    )
    .await;
    assert_eq!(refused.refusal(), (500, "server_error"));
}

/// A name that was refused at first is not to be had by a change (RFC 7592 §2.2).
#[tokio::test]
async fn a_client_that_changes_what_it_said_passes_the_same_action() {
    let app = app_with(RegistrationPolicy {
        management: true,
        ..RegistrationPolicy::default()
    })
    .await;
    open(&app).await;
    app.run_at(
        "client-registration",
        "exports.onExecuteClientRegistration = async (event, api) => {
            if (event.client.name.includes('bank')) {
                api.access.deny('invalid_client_metadata', 'that name is taken by somebody else');
            }
            if (event.registration.is_update) {
                api.client.setMetadata('changed', event.client.client_id);
            } else {
                api.client.setMetadata('first', 'yes');
            }
        };",
    )
    .await;
    let redirects = json!(["https://app.example.com/cb"]);
    let made = register(
        &app,
        json!({ "client_name": "weather", "redirect_uris": redirects }),
    )
    .await;
    let id = made.text("client_id").to_owned();
    let put = async |name: &str, token: &str| {
        let body = json!({ "client_id": id, "client_name": name, "redirect_uris": redirects });
        let request = Request::put(format!("/oidc/register/{id}"))
            .header("authorization", format!("Bearer {token}"))
            .body(Body::from(body.to_string()))
            .unwrap();
        app.send(request).await
    };
    let token = made.text("registration_access_token");
    let refused = put("my bank", token).await;
    assert_eq!(refused.refusal(), (400, "invalid_client_metadata"));
    let changed = put("climate", token).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let path = format!("/clients/{id}");
    let stored = app.call(Method::GET, &path, None).await.body;
    assert_eq!(
        (&stored["name"], &stored["client_metadata"]),
        (&json!("climate"), &json!({ "first": "yes", "changed": id }))
    );
}

/// A developer portal's application that is edited there arrives by PATCH.
#[tokio::test]
async fn a_change_by_the_management_api_passes_the_same_action() {
    let app = app().await;
    let made = app.create("/clients", json!({ "name": "weather" })).await;
    let path = format!("/clients/{}", made["client_id"].as_str().unwrap());
    app.run_at(
        "client-registration",
        "exports.onExecuteClientRegistration = async (event, api) => {
            const { client, registration } = event;
            if (client.callbacks?.some((url) => !url.startsWith('https://app.example.com/'))) {
                api.access.deny('invalid_redirect_uri', 'callbacks lie at app.example.com');
            }
            api.client.setMetadata('seen', [registration.origin, registration.is_update, client.client_id].join());
            if (client.name === 'climate') api.client.set('description', 'checked');
        };",
    )
    .await;
    let patch = async |body: Value| app.call(Method::PATCH, &path, Some(body)).await;
    let refused = patch(json!({ "callbacks": ["https://evil.example/"] })).await;
    assert_eq!(refused.status, 403, "{}", refused.body);
    let changed = patch(json!({ "name": "climate" })).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let seen = format!("management,true,{}", made["client_id"].as_str().unwrap());
    assert_eq!(
        (
            &changed.body["description"],
            &changed.body["client_metadata"]["seen"]
        ),
        (&json!("checked"), &json!(seen))
    );
    // A new secret is nothing that a client says of itself.
    let path = format!("{path}/rotate-secret");
    let rotated = app.call(Method::POST, &path, None).await;
    assert_eq!(rotated.status, 200, "{}", rotated.body);
}

/// A client id metadata document comes without a request: nobody posts it.
#[tokio::test]
async fn a_metadata_document_passes_the_same_action() {
    let app = app().await;
    let id = "https://client.example/oauth/client.json";
    let document = json!({
        "client_id": id, "client_name": "Example", "token_endpoint_auth_method": "none",
        "redirect_uris": ["https://client.example/callback"],
    });
    let answer =
        axum::Router::new().fallback(axum::routing::get(async move || axum::Json(document)));
    app.egress.mount("https://client.example", &answer);
    let change = json!({ "client_id_metadata_document_supported": true });
    app.call(Method::PATCH, "/tenants/settings", Some(change))
        .await;
    app.run_at(
        "client-registration",
        "exports.onExecuteClientRegistration = async (event, api) => {
            console.log(event.request, event.registration.document_url);
            api.client.setMetadata('origin', event.registration.origin);
        };",
    )
    .await;
    let ask = [
        ("grant_type", "authorization_code"),
        ("client_id", id),
        ("code", "x"),
    ];
    assert_eq!(app.token(&ask).await.text("error"), "invalid_grant");
    let path: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    let stored = app
        .call(Method::GET, &format!("/clients/{path}"), None)
        .await;
    assert_eq!(
        stored.body["client_metadata"],
        json!({ "origin": "metadata_document" }),
        "{}",
        stored.body
    );
}

#[tokio::test]
async fn packages_that_are_gone_stop_the_action_that_needs_them_and_no_other() {
    let app = app().await;
    open(&app).await;
    app.run_at("client-registration", POLICY).await;
    let code = "exports.onExecuteCredentialsExchange = async () => {};";
    let needing = app.run_at("credentials-exchange", code).await;
    let sql = "UPDATE identity_action_version SET modules_id = 'gone' WHERE action_id = $1";
    let touched = app.database.db.execute(sql, vec![needing.into()]).await;
    assert_eq!(touched.unwrap(), 1);

    let app = app.restarted(settings()).await;
    let administrator = [
        ("grant_type", "client_credentials"),
        ("client_id", &app.administrator.id),
        ("client_secret", &app.administrator.secret),
        ("audience", MANAGEMENT),
    ];
    let refused = app.send(form(&administrator)).await;
    assert_eq!(refused.refusal(), (500, "server_error"), "{}", refused.body);
    let bank = json!({ "client_name": "my bank", "redirect_uris": ["https://app.example.com/cb"] });
    assert_eq!(
        register(&app, bank).await.refusal(),
        (400, "invalid_client_metadata")
    );
}
