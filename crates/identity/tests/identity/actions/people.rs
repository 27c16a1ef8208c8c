//! `pre-user-registration` and `post-user-registration`.

use axum::body::Body;
use http::{Method, Request, header};
use serde_json::{Value, json};

use crate::flows::PASSWORD;
use crate::support::{Answer, App, app};

async fn sign_up(app: &App, client_id: &str, email: &str) -> Answer {
    let body = json!({
        "client_id": client_id, "connection": "Username-Password-Authentication",
        "email": email, "password": PASSWORD,
    });
    let request = Request::post("/dbconnections/signup")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    app.send(request).await
}

async fn by_email(app: &App, email: &str) -> Value {
    let path = format!("/users-by-email?email={email}");
    app.call(Method::GET, &path, None).await.body
}

#[tokio::test]
async fn an_action_may_stop_a_sign_up_or_add_to_the_user() {
    let app = app().await;
    let client = app.machine("web").await;
    app.run_at(
        "pre-user-registration",
        "exports.onExecutePreUserRegistration = async (event, api) => {
            if (event.user.email.endsWith('@evil.example')) {
                api.access.deny('evil_domain', 'Ask for an invitation.');
                return;
            }
            api.user.setUserMetadata('from', event.connection.name);
            api.user.setAppMetadata('client', event.client.name);
            console.log(event.user.user_id, event.request.body.password);
        };",
    )
    .await;
    let refused = sign_up(&app, &client.id, "a@evil.example").await;
    assert_eq!(
        refused.said(),
        (
            400,
            json!({
                "name": "InternalExtensibilityError", "code": "extensibility_error",
                "description": "evil_domain", "message": "evil_domain", "statusCode": 400,
                "friendly_message": "Ask for an invitation.", "fromSandbox": true
            })
        )
    );
    assert_eq!(by_email(&app, "a@evil.example").await, json!([]));
    let made = sign_up(&app, &client.id, "a@good.example").await;
    assert_eq!(made.status, 200, "{}", made.body);
    let user = by_email(&app, "a@good.example").await;
    assert_eq!(
        user[0]["user_metadata"],
        json!({ "from": "Username-Password-Authentication" })
    );
    assert_eq!(user[0]["app_metadata"], json!({ "client": "web" }));
}

#[tokio::test]
async fn what_follows_a_sign_up_holds_nobody_up() {
    let app = app().await;
    let client = app.machine("web").await;
    app.run_at(
        "post-user-registration",
        "exports.onExecutePostUserRegistration = async (event, api) => {
            console.log(event.user.user_id);
            throw new Error('nobody sees this');
        };",
    )
    .await;
    let made = sign_up(&app, &client.id, "a@good.example").await;
    assert_eq!(made.status, 200, "{}", made.body);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    let execution = loop {
        let entry = app.last_log("actions_execution_failed").await;
        if !entry.is_null() {
            break app.execution_of(&entry).await;
        }
        assert!(std::time::Instant::now() < deadline);
        tokio::task::yield_now().await;
    };
    let user = by_email(&app, "a@good.example").await;
    assert_eq!(execution["results"][0]["console"], user[0]["user_id"]);
    assert_eq!(execution["trigger_id"], "post-user-registration");
}
