//! Actions, by the Management API and in the flows that they change.

mod client_credentials;
mod console;
mod docs;
mod lifecycle;
mod login;
mod people;
mod registration;

use std::time::{Duration, Instant};

use http::Method;
use serde_json::{Value, json};

use crate::support::App;

impl App {
    /// Makes an Action, and waits until it is built or has failed.
    pub(super) async fn new_action(
        &self,
        trigger: &str,
        name: &str,
        code: &str,
        more: Value,
    ) -> Value {
        let mut body = json!({
            "name": name, "code": code, "supported_triggers": [{ "id": trigger }]
        });
        for (member, value) in more.as_object().unwrap() {
            body[member] = value.clone();
        }
        let made = self.create("/actions/actions", body).await;
        assert_eq!(made["status"], "pending");
        self.built(made["id"].as_str().unwrap()).await
    }

    /// Waits until an Action is built or has failed.
    pub(super) async fn built(&self, id: &str) -> Value {
        let token = self.management_token("").await;
        let path = format!("/actions/actions/{id}");
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let request = crate::support::management(&token, Method::GET, &path, None);
            let action = self.send(request).await.body;
            if matches!(action["status"].as_str(), Some("built" | "failed")) {
                return action;
            }
            assert!(Instant::now() < deadline, "never built: {action}");
            tokio::task::yield_now().await;
        }
    }

    pub(super) async fn deploy(&self, id: &str) -> Value {
        let path = format!("/actions/actions/{id}/deploy");
        let answer = self.call(Method::POST, &path, None).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }

    /// Binds Actions by name, in order.
    pub(super) async fn bind(&self, trigger: &str, names: &[&str]) {
        let bindings: Vec<Value> = names
            .iter()
            .map(|name| json!({ "ref": { "type": "action_name", "value": name }, "display_name": name }))
            .collect();
        let path = format!("/actions/triggers/{trigger}/bindings");
        let body = json!({ "bindings": bindings });
        let answer = self.call(Method::PATCH, &path, Some(body)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    /// An Action that runs at a trigger, alone.
    pub(super) async fn run_at(&self, trigger: &str, code: &str) -> String {
        let name = format!("{trigger} {}", code.len());
        let made = self.new_action(trigger, &name, code, json!({})).await;
        assert_eq!(made["status"], "built", "{made}");
        let id = made["id"].as_str().unwrap().to_owned();
        self.deploy(&id).await;
        self.bind(trigger, &[&name]).await;
        id
    }

    /// The newest log entry of a type; more terms may follow it.
    pub(super) async fn last_log(&self, code: &str) -> Value {
        let query: String = url::form_urlencoded::byte_serialize(code.as_bytes()).collect();
        let path = format!("/logs?q=type:{query}&per_page=1");
        let found = self.call(Method::GET, &path, None).await.body;
        found[0].clone()
    }

    /// The run that a log entry leads to.
    pub(super) async fn execution_of(&self, entry: &Value) -> Value {
        let id = entry["details"]["actions"]["executions"][0].as_str();
        let id = id.unwrap_or_else(|| panic!("no execution in {entry}"));
        let path = format!("/actions/executions/{id}");
        self.call(Method::GET, &path, None).await.body
    }
}
