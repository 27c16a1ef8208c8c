//! Clients that register themselves.

mod attacks;
mod documents;
mod flood;
mod initial_access;
mod management;
mod open;
mod policy;
mod samples;
mod statements;

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{Method, Request, header};
use serde_json::{Value, json};

use crate::support::{Answer, App};

/// Where a request comes from, if a test does not care.
const HOME: &str = "203.0.113.7:40000";

impl App {
    /// Switches registration on, with a profile.
    async fn open_registration(&self, mode: &str) {
        let change = json!({
            "flags": { "enable_dynamic_client_registration": true },
            "dynamic_client_registration_security_mode": mode
        });
        let changed = self
            .call(Method::PATCH, "/tenants/settings", Some(change))
            .await;
        assert_eq!(changed.status, 200, "{}", changed.body);
    }

    /// Registers from an address.
    async fn register_from(&self, address: &str, body: &Value) -> Answer {
        self.send(registration(address, body.to_string())).await
    }

    async fn register(&self, body: Value) -> Answer {
        self.register_from(HOME, &body).await
    }

    /// Registers, and it must succeed.
    async fn registered(&self, body: Value) -> Value {
        let answer = self.register(body).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.body
    }

    /// How many clients registered themselves.
    async fn strangers(&self) -> i64 {
        let path = "/clients?is_first_party=false&include_totals=true&per_page=1";
        let list = self.call(Method::GET, path, None).await.body;
        list["total"].as_i64().unwrap()
    }

    /// Calls `/oidc/register/{client_id}` with a registration access token.
    async fn manage(
        &self,
        method: Method,
        client: &Value,
        token: &str,
        body: Option<Value>,
    ) -> Answer {
        let uri = client["registration_client_uri"].as_str().unwrap();
        let request = Request::builder()
            .method(method)
            .uri(uri.strip_prefix("http://127.0.0.1:8005").unwrap())
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.send(request.body(body).unwrap()).await
    }
}

fn registration(address: &str, body: impl Into<Body>) -> Request<Body> {
    let mut request = Request::post("/oidc/register")
        .header(header::HOST, "127.0.0.1:8005")
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.into())
        .unwrap();
    let address: SocketAddr = address.parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(address));
    request
}

/// A client with a redirect URI of its own.
fn named(name: &str) -> Value {
    json!({ "client_name": name, "redirect_uris": [format!("https://app.example/{name}")] })
}

/// A client without a secret.
fn public(name: &str) -> Value {
    let mut metadata = named(name);
    metadata["token_endpoint_auth_method"] = json!("none");
    metadata
}
