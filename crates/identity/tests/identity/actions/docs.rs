//! Every example of docs/ACTIONS.md runs.

use http::Method;
use serde_json::json;

use crate::support::app;

const PAGE: &str = include_str!("../../../../../docs/ACTIONS.md");

const TRIGGERS: [(&str, &str); 5] = [
    ("onExecutePostLogin", "post-login"),
    ("onExecuteCredentialsExchange", "credentials-exchange"),
    ("onExecutePreUserRegistration", "pre-user-registration"),
    ("onExecutePostUserRegistration", "post-user-registration"),
    ("onExecuteClientRegistration", "client-registration"),
];

#[tokio::test]
async fn the_examples_of_the_page_for_authors_run() {
    let app = app().await;
    let examples: Vec<&str> = PAGE
        .split("```js\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect();
    assert!(examples.len() >= 6);
    for (number, code) in examples.into_iter().enumerate() {
        let named = TRIGGERS.iter().find(|(handler, _)| code.contains(handler));
        let (_, trigger) = named.unwrap_or_else(|| panic!("no handler in {code}"));
        let name = format!("example {number}");
        let made = app.new_action(trigger, &name, code, json!({})).await;
        assert_eq!(made["status"], "built", "{made}");
        let path = format!("/actions/actions/{}/test", made["id"].as_str().unwrap());
        let tried = app
            .call(Method::POST, &path, Some(json!({ "payload": {} })))
            .await;
        assert_eq!(
            tried.body["payload"]["status"], "succeeded",
            "{code}\n{}",
            tried.body
        );
    }
}

#[tokio::test]
async fn a_new_action_begins_with_code_that_runs() {
    let app = app().await;
    for (_, trigger) in TRIGGERS {
        let body = json!({ "name": trigger, "supported_triggers": [{ "id": trigger }] });
        let made = app.create("/actions/actions", body).await;
        let made = app.built(made["id"].as_str().unwrap()).await;
        assert_eq!(made["status"], "built", "{made}");
        let path = format!("/actions/actions/{}/test", made["id"].as_str().unwrap());
        let tried = app
            .call(Method::POST, &path, Some(json!({ "payload": {} })))
            .await;
        assert_eq!(
            tried.body["payload"]["status"], "succeeded",
            "{}",
            tried.body
        );
    }
}
