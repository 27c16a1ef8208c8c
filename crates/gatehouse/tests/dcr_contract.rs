//! The Auth0 adapter against this house's own tenant, over its public APIs: the same contract that
//! the adapter keeps with its stand-in, and the nine permissions one by one.

use std::sync::Arc;

use async_trait::async_trait;
use dcr::contract::{self, Subject, TokenEndpoint};
use dcr::{Auth0, Auth0Config, DcrProvider, ErrorKind, Probe};
use egress::{Egress, Policy, Request, Response};
use identity::{Dependencies, Origin, Settings, Tenant};
use oauth::{ClientSecret, Clock, Entropy};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use storage::seal::{KeyRing, Sealer};
use storage::testing::{TestDatabase, databases};

const ISSUER: &str = "http://127.0.0.1:8005";
const AUDIENCE: &str = "https://weather.example/api";

/// What the vendor's page lets an administrator select.
const PERMISSIONS: [&str; 9] = [
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
struct Administrator {
    egress: Egress,
    token: SecretString,
    _database: TestDatabase,
}

impl Administrator {
    async fn of(database: TestDatabase) -> Self {
        let (clock, entropy) = (Clock::system(), Entropy::system());
        let settings = Settings::new(Origin::parse(ISSUER).expect("an origin"));
        let tenant = Tenant::new(Dependencies {
            db: database.db.clone(),
            sealer: Sealer::new(KeyRing::for_tests(), entropy.clone()),
            clock: clock.clone(),
            entropy,
            egress: Egress::new(Policy::default(), clock.clone()),
            mail: egress::mail::Settings::files("/nonexistent"),
            settings,
        });
        let tenant = tenant.await.expect("a tenant");
        let egress = Egress::new(Policy::default(), clock);
        egress.mount(ISSUER, &identity::router(tenant.clone()));
        let (id, secret) = tenant
            .bootstrap_management_client("test")
            .await
            .expect("an administrator");
        let audience = format!("{ISSUER}/api/v2/");
        let response = token(&egress, &id, &secret.reveal(), &audience, None).await;
        let body: Value = response.json().expect("a token");
        let token = body["access_token"].as_str().expect("a token").into();
        Self {
            egress,
            token,
            _database: database,
        }
    }

    async fn send(&self, request: Request) -> Value {
        let sent = self.egress.send(request.bearer(&self.token)).await;
        let response = sent.expect("an answer");
        assert!(
            response.status.is_success(),
            "{}: {}",
            response.status,
            String::from_utf8_lossy(&response.body)
        );
        serde_json::from_slice(&response.body).unwrap_or(Value::Null)
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        self.send(Request::post(&format!("{ISSUER}{path}")).json(body))
            .await
    }

    async fn get(&self, path: &str) -> Value {
        self.send(Request::get(&format!("{ISSUER}{path}"))).await
    }

    async fn api(&self) {
        let scopes = json!([{ "value": "read:weather" }, { "value": "write:weather" }]);
        let api = json!({ "name": "Weather", "identifier": AUDIENCE, "scopes": scopes });
        self.post("/api/v2/resource-servers", &api).await;
    }

    /// A machine-to-machine client with these permissions, and the adapter that uses it.
    async fn adapter(&self, permissions: &[&str]) -> Auth0 {
        let client = json!({ "name": "Portal DCR Admin", "app_type": "non_interactive" });
        let client = self.post("/api/v2/clients", &client).await;
        let id = client["client_id"].as_str().expect("an id");
        let grant = json!({
            "client_id": id, "audience": format!("{ISSUER}/api/v2/"), "scope": permissions,
        });
        self.post("/api/v2/client-grants", &grant).await;
        let config = Auth0Config {
            issuer: format!("{ISSUER}/api/v2/"),
            initial_client_id: id.to_owned(),
            initial_client_secret: client["client_secret"].as_str().expect("a secret").into(),
            initial_client_audience: None,
        };
        Auth0::new(config, self.egress.clone(), Clock::system()).expect("an adapter")
    }

    async fn clients(&self) -> usize {
        let listed = self.get("/api/v2/clients?fields=client_id").await;
        listed.as_array().expect("a list").len()
    }
}

async fn token(
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

struct Tokens(Egress);

#[async_trait]
impl TokenEndpoint for Tokens {
    async fn client_credentials(
        &self,
        client_id: &str,
        secret: &ClientSecret,
        audience: &str,
        scope: Option<&str>,
    ) -> Result<Vec<String>, u16> {
        let response = token(&self.0, client_id, secret, audience, scope).await;
        if !response.status.is_success() {
            return Err(response.status.as_u16());
        }
        let body: Value = response.json().expect("a token");
        let scopes = body["scope"].as_str().unwrap_or_default();
        Ok(scopes.split(' ').map(str::to_owned).collect())
    }
}

#[tokio::test]
async fn the_adapter_keeps_the_contract_with_our_own_tenant() {
    for database in databases(&[identity::MIGRATIONS]).await {
        let administrator = Administrator::of(database).await;
        administrator.api().await;
        let mut permissions = PERMISSIONS.to_vec();
        permissions.push("read:resource_servers");
        let adapter = administrator.adapter(&permissions).await;
        let before = administrator.clients().await;
        contract::holds(&Subject {
            provider: Arc::new(adapter),
            tokens: Arc::new(Tokens(administrator.egress.clone())),
            audience: AUDIENCE.to_owned(),
            scopes: ["read:weather".to_owned(), "write:weather".to_owned()],
        })
        .await;
        assert_eq!(administrator.clients().await, before, "no client is left");
    }
}

#[tokio::test]
async fn the_nine_permissions_of_the_vendors_page_are_enough_and_each_is_missed() {
    let probe = Probe {
        audience: Some(AUDIENCE.to_owned()),
        scopes: vec!["openid".to_owned(), "read:weather".to_owned()],
        developer_managed_scopes: false,
    };
    let database = storage::testing::sqlite(&[identity::MIGRATIONS]).await;
    let administrator = Administrator::of(database).await;
    administrator.api().await;
    let adapter = administrator.adapter(&PERMISSIONS).await;
    for finding in adapter.verify(&probe).await {
        assert!(finding.ok, "{}: {}", finding.check, finding.message);
    }
    for missing in PERMISSIONS {
        let rest: Vec<&str> = PERMISSIONS.into_iter().filter(|p| *p != missing).collect();
        let adapter = administrator.adapter(&rest).await;
        let before = administrator.clients().await;
        let findings = adapter.verify(&probe).await;
        let finding = findings.iter().find(|finding| finding.check == missing);
        let finding = finding.expect(missing);
        assert!(
            !finding.ok && finding.message.contains(missing),
            "{finding:?}"
        );
        let others = findings.iter().filter(|f| !f.ok && f.check != missing);
        let unexpected: Vec<_> = others.filter(|f| f.check != "audience").collect();
        assert!(unexpected.is_empty(), "without {missing}: {unexpected:?}");
        assert_eq!(administrator.clients().await, before, "without {missing}");
    }
}

#[tokio::test]
async fn an_audience_that_the_tenant_does_not_know_is_named() {
    let database = storage::testing::sqlite(&[identity::MIGRATIONS]).await;
    let administrator = Administrator::of(database).await;
    let adapter = administrator.adapter(&PERMISSIONS).await;
    let probe = Probe {
        audience: Some(AUDIENCE.to_owned()),
        ..Probe::default()
    };
    let findings = adapter.verify(&probe).await;
    let audience = findings.iter().find(|finding| finding.check == "audience");
    assert!(audience.is_some_and(|finding| !finding.ok && finding.message.contains(AUDIENCE)));
    let unknown = adapter.scopes(AUDIENCE).await.err();
    assert!(matches!(
        unknown.map(|error| error.kind),
        Some(ErrorKind::Denied { .. })
    ));
}
