//! A tenant of this house, and somebody who may do everything there.

use std::time::Duration;

use dcr::{Auth0, Auth0Config};
use egress::{Egress, Policy, Request, Response};
use identity::{BridgeSettings, Dependencies, Origin, Settings, Tenant};
use oauth::{ClientSecret, Clock, Entropy};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use storage::Database;
use storage::seal::{KeyRing, Sealer};

pub(crate) const ISSUER: &str = "http://127.0.0.1:8005";
pub(crate) const AUDIENCE: &str = "https://weather.example/api";

/// What the HTTP DCR bridge takes.
pub(crate) const BRIDGE_KEYS: [&str; 2] = ["first_bridge_key", "second_bridge_key"];

/// How long a call of the tests may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// What the vendor's page lets an administrator select.
pub(crate) const PERMISSIONS: [&str; 9] = [
    "read:client_grants",
    "create:client_grants",
    "update:client_grants",
    "delete:client_grants",
    "read:clients",
    "create:clients",
    "update:clients",
    "delete:clients",
    "update:client_keys",
];

/// A tenant, and an administrator who may do everything there.
pub(crate) struct Administrator {
    pub(crate) egress: Egress,
    pub(crate) tenant: Tenant,
    client: (String, SecretString),
}

impl Administrator {
    pub(crate) async fn of(db: &Database, clock: Clock) -> Self {
        Self::with(db, clock, |_| {}).await
    }

    /// The same, where the operator changed something.
    pub(crate) async fn with(
        db: &Database,
        clock: Clock,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let entropy = Entropy::system();
        let mut settings = Settings::new(Origin::parse(ISSUER).expect("an origin"));
        settings.bridge = BridgeSettings {
            api_keys: BRIDGE_KEYS.map(SecretString::from).to_vec(),
            audience: Some(AUDIENCE.to_owned()),
        };
        change(&mut settings);
        let policy = Policy {
            timeout: PATIENCE,
            ..Policy::default()
        };
        let egress = Egress::new(policy, clock.clone());
        let tenant = Tenant::new(Dependencies {
            db: db.clone(),
            egress: egress.clone(),
            mail: egress::mail::Settings::files("/nonexistent"),
            sealer: Sealer::new(KeyRing::for_tests(), entropy.clone()),
            clock: clock.clone(),
            entropy,
            settings,
        });
        let tenant = tenant.await.expect("a tenant");
        egress.mount(ISSUER, &identity::router(tenant.clone()));
        let (id, secret) = tenant
            .bootstrap_management_client("test")
            .await
            .expect("an administrator");
        Self {
            egress,
            tenant,
            client: (id, secret.reveal()),
        }
    }

    async fn token(&self) -> SecretString {
        let (id, secret) = &self.client;
        let audience = format!("{ISSUER}/api/v2/");
        let response = token(&self.egress, id, secret, &audience, None).await;
        let body: Value = response.json().expect("a token");
        body["access_token"].as_str().expect("a token").into()
    }

    async fn send(&self, request: Request) -> Value {
        let sent = self.egress.send(request.bearer(&self.token().await)).await;
        let response = sent.expect("an answer");
        assert!(
            response.status.is_success(),
            "{}: {}",
            response.status,
            String::from_utf8_lossy(&response.body)
        );
        serde_json::from_slice(&response.body).unwrap_or(Value::Null)
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        self.send(Request::post(&format!("{ISSUER}{path}")).json(body))
            .await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Value {
        self.send(Request::patch(&format!("{ISSUER}{path}")).json(body))
            .await
    }

    pub(crate) async fn delete(&self, path: &str) {
        self.send(Request::new(
            http::Method::DELETE,
            &format!("{ISSUER}{path}"),
        ))
        .await;
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.send(Request::get(&format!("{ISSUER}{path}"))).await
    }

    pub(crate) async fn api(&self) {
        let scopes = json!([{ "value": "read:weather" }, { "value": "write:weather" }]);
        let api = json!({ "name": "Weather", "identifier": AUDIENCE, "scopes": scopes });
        self.post("/api/v2/resource-servers", &api).await;
    }

    /// The adapter that uses a client with these permissions.
    pub(crate) async fn adapter(&self, permissions: &[&str]) -> Auth0 {
        let (initial_client_id, initial_client_secret) = self.client_with(permissions).await;
        let config = Auth0Config {
            issuer: format!("{ISSUER}/api/v2/"),
            initial_client_id,
            initial_client_secret,
            initial_client_audience: None,
        };
        Auth0::new(config, self.egress.clone(), Clock::system()).expect("an adapter")
    }

    /// A machine-to-machine client with these permissions: its id and secret.
    pub(crate) async fn client_with(&self, permissions: &[&str]) -> (String, SecretString) {
        let client = json!({ "name": "Portal DCR Admin", "app_type": "non_interactive" });
        let client = self.post("/api/v2/clients", &client).await;
        let text = |name: &str| client[name].as_str().expect("a text").to_owned();
        let grant = json!({
            "client_id": text("client_id"),
            "audience": format!("{ISSUER}/api/v2/"),
            "scope": permissions,
        });
        self.post("/api/v2/client-grants", &grant).await;
        (text("client_id"), text("client_secret").into())
    }

    pub(crate) async fn clients(&self) -> usize {
        let listed = self.get("/api/v2/clients?fields=client_id").await;
        listed.as_array().expect("a list").len()
    }
}

pub(crate) async fn token(
    egress: &Egress,
    id: &str,
    secret: &ClientSecret,
    audience: &str,
    scope: Option<&str>,
) -> Response {
    let mut form = vec![
        ("grant_type", "client_credentials"),
        ("client_id", id),
        ("client_secret", secret.expose_secret()),
        ("audience", audience),
    ];
    form.extend(scope.map(|scope| ("scope", scope)));
    let request = Request::post(&format!("{ISSUER}/oauth/token")).form(&form);
    egress.send(request).await.expect("an answer")
}
