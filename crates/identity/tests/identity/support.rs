//! A tenant to talk to over HTTP.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use axum::body::Body;
use axum::{Extension, Router};
use egress::{Egress, Policy};
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use identity::{Dependencies, MIGRATIONS, Origin, RegistrationPolicy, Settings, Tenant};
use oauth::{Clock, Entropy, Timestamp};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use storage::seal::{KeyRing, Sealer};
use storage::testing::TestDatabase;
use tower::ServiceExt as _;
use web::testing::Browser;
use web::{Administrator, Catalog, Role, Site};

/// Where the tests' tenant is.
pub(crate) const ORIGIN: &str = "http://127.0.0.1:8005";
/// Its Management API.
pub(crate) const MANAGEMENT: &str = "http://127.0.0.1:8005/api/v2/";
/// When it is.
pub(crate) const NOW: i64 = 1_790_000_000;

/// Who is signed in to the console in tests.
pub(crate) const ADMINISTRATOR: &str = "ada@example.com";

static NO_TEXTS: LazyLock<Catalog> = LazyLock::new(|| Catalog::new(&[]));

/// A browser at the tenant's pages of the console; somebody with a role is signed in, or nobody.
pub(crate) fn console(app: &App, role: Option<Role>) -> Browser {
    let site = Site::new(web::Settings {
        name: "console",
        key: [1; 32],
        secure: false,
        random: web::random(&Entropy::system()),
        catalog: &NO_TEXTS,
    });
    let mut router = identity::console::router(&app.tenant);
    if let Some(role) = role {
        router = router.layer(Extension(Administrator {
            id: "a".into(),
            email: ADMINISTRATOR.into(),
            name: "Ada".into(),
            role,
        }));
    }
    Browser::new(&site.wrap(router), "127.0.0.1:8001")
}

/// A tenant with a client that may do everything.
pub(crate) struct App {
    pub(crate) name: &'static str,
    pub(crate) tenant: Tenant,
    pub(crate) clock: Clock,
    /// Mount here what clients name.
    pub(crate) egress: Egress,
    pub(crate) router: Router,
    pub(crate) database: TestDatabase,
    pub(crate) administrator: Credentials,
}

/// A client's id and secret.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    /// Status and body, for one assertion.
    pub(crate) fn said(&self) -> (u16, Value) {
        (self.status.as_u16(), self.body.clone())
    }

    pub(crate) fn text(&self, member: &str) -> &str {
        self.body[member]
            .as_str()
            .unwrap_or_else(|| panic!("no text `{member}` in {}", self.body))
    }

    /// The status and the machine-readable part of an OAuth error.
    pub(crate) fn refusal(&self) -> (u16, &str) {
        (self.status.as_u16(), self.text("error"))
    }
}

/// A tenant on each kind of database.
pub(crate) async fn apps() -> Vec<App> {
    let mut apps = Vec::new();
    for database in storage::testing::databases(&[MIGRATIONS]).await {
        apps.push(App::on(database).await);
    }
    apps
}

/// A tenant on the embedded database, for what has nothing to do with SQL.
pub(crate) async fn app() -> App {
    App::on(storage::testing::sqlite(&[MIGRATIONS]).await).await
}

/// What clients name is nowhere, unless a test puts it there.
pub(crate) fn egress(clock: &Clock) -> Egress {
    Egress::new(Policy::default(), clock.clone())
}

/// A tenant on the embedded database, with an operator's policy for clients that register themselves.
pub(crate) async fn app_with(policy: RegistrationPolicy) -> App {
    App::under(storage::testing::sqlite(&[MIGRATIONS]).await, policy).await
}

/// The tenant of a database; several of them are several nodes.
pub(crate) async fn node(db: storage::Database, clock: &Clock) -> Tenant {
    node_under(db, clock, egress(clock), settings()).await
}

/// Where the tests' tenant is reached.
pub(crate) fn settings() -> Settings {
    Settings {
        hosts: vec![
            Origin::parse("http://localhost:8005").unwrap(),
            Origin::parse("https://login.example.com").unwrap(),
        ],
        ..Settings::new(Origin::parse(ORIGIN).unwrap())
    }
}

async fn node_under(
    db: storage::Database,
    clock: &Clock,
    egress: Egress,
    settings: Settings,
) -> Tenant {
    let tenant = Tenant::new(Dependencies {
        db,
        sealer: Sealer::new(KeyRing::for_tests(), Entropy::system()),
        clock: clock.clone(),
        entropy: Entropy::system(),
        egress,
        mail: egress::mail::Settings::files("/nonexistent"),
        settings,
    });
    tenant.await.unwrap()
}

impl App {
    async fn on(database: TestDatabase) -> Self {
        Self::under(database, RegistrationPolicy::default()).await
    }

    /// With an operator's policy for clients that register themselves.
    pub(crate) async fn under(database: TestDatabase, policy: RegistrationPolicy) -> Self {
        let settings = Settings {
            registration: policy,
            ..settings()
        };
        Self::set(database, settings).await
    }

    /// With these settings.
    pub(crate) async fn set(database: TestDatabase, settings: Settings) -> Self {
        let clock = Clock::manual(Timestamp::from_unix_seconds(NOW));
        let egress = egress(&clock);
        let tenant = node_under(database.db.clone(), &clock, egress.clone(), settings).await;
        let (id, secret) = tenant
            .bootstrap_management_client("Administrator")
            .await
            .unwrap();
        let secret = secret.reveal().expose_secret().to_owned();
        Self {
            name: database.name,
            router: identity::router(tenant.clone()),
            administrator: Credentials { id, secret },
            tenant,
            clock,
            egress,
            database,
        }
    }

    /// The same tenant, started anew with other settings.
    pub(crate) async fn restarted(self, settings: Settings) -> Self {
        let db = self.database.db.clone();
        let tenant = node_under(db, &self.clock, self.egress.clone(), settings).await;
        Self {
            router: identity::router(tenant.clone()),
            tenant,
            ..self
        }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        send(&self.router, request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    /// A token request as a form.
    pub(crate) async fn token(&self, parameters: &[(&str, &str)]) -> Answer {
        self.send(form(parameters)).await
    }

    /// A client-credentials request with the secret in the body.
    pub(crate) async fn exchange(&self, client: &Credentials, more: &[(&str, &str)]) -> Answer {
        let mut parameters = vec![
            ("grant_type", "client_credentials"),
            ("client_id", &client.id),
            ("client_secret", &client.secret),
        ];
        parameters.extend_from_slice(more);
        self.token(&parameters).await
    }

    /// A Management API token with these scopes only; all of them if none is named.
    pub(crate) async fn management_token(&self, scope: &str) -> String {
        let answer = self
            .exchange(
                &self.administrator,
                &[("audience", MANAGEMENT), ("scope", scope)],
            )
            .await;
        answer.text("access_token").to_owned()
    }

    /// Calls the Management API with every scope.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.call_as("", method, path, body).await
    }

    /// Calls the Management API with these scopes.
    pub(crate) async fn call_as(
        &self,
        scope: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let token = self.management_token(scope).await;
        self.send(management(&token, method, path, body)).await
    }

    pub(crate) async fn create(&self, path: &str, body: Value) -> Value {
        let answer = self.call(Method::POST, path, Some(body)).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.body
    }

    /// A machine-to-machine client.
    pub(crate) async fn machine(&self, name: &str) -> Credentials {
        let made = self
            .create(
                "/clients",
                json!({ "name": name, "app_type": "non_interactive" }),
            )
            .await;
        Credentials {
            id: made["client_id"].as_str().unwrap().to_owned(),
            secret: made["client_secret"].as_str().unwrap().to_owned(),
        }
    }

    /// An API with two scopes.
    pub(crate) async fn api(&self, identifier: &str, more: Value) -> Value {
        let mut body = json!({
            "identifier": identifier,
            "name": "Weather",
            "scopes": [{ "value": "read:weather" }, { "value": "write:weather", "description": "Rain" }]
        });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.create("/resource-servers", body).await
    }

    pub(crate) async fn grant(
        &self,
        client: &Credentials,
        audience: &str,
        scope: &[&str],
    ) -> String {
        let body = json!({ "client_id": client.id, "audience": audience, "scope": scope });
        let made = self.create("/client-grants", body).await;
        made["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

pub(crate) async fn send(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let body = match bytes.is_empty() {
        true => Value::Null,
        false => serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| panic!("not JSON: {}", String::from_utf8_lossy(&bytes))),
    };
    Answer {
        status: parts.status,
        headers: parts.headers,
        body,
    }
}

pub(crate) fn form(parameters: &[(&str, &str)]) -> Request<Body> {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in parameters.iter().filter(|(_, value)| !value.is_empty()) {
        form.append_pair(name, value);
    }
    Request::post("/oauth/token")
        .header(header::HOST, "127.0.0.1:8005")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form.finish()))
        .unwrap()
}

pub(crate) fn management(
    token: &str,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> Request<Body> {
    let request = Request::builder()
        .method(method)
        .uri(format!("/api/v2{path}"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    match body {
        None => request.body(Body::empty()).unwrap(),
        Some(body) => request
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .unwrap(),
    }
}

/// Verifies a token with an independent library against the published keys, and gives header and
/// claims.
pub(crate) async fn verified(
    app: &App,
    token: &str,
    algorithm: jsonwebtoken::Algorithm,
) -> (Value, Value) {
    let header = jsonwebtoken::decode_header(token).unwrap();
    let keys = app.get("/.well-known/jwks.json").await.body;
    let by_kid: BTreeMap<&str, &Value> = keys["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| (key["kid"].as_str().unwrap(), key))
        .collect();
    let key = by_kid[header.kid.as_deref().unwrap()];
    let part = |name: &str| key[name].as_str().unwrap();
    let key = jsonwebtoken::DecodingKey::from_rsa_components(part("n"), part("e")).unwrap();
    let mut validation = jsonwebtoken::Validation::new(algorithm);
    // The tests' clock is their own.
    validation.validate_exp = false;
    validation.validate_aud = false;
    // Signed user information has no end of its own.
    validation.required_spec_claims.clear();
    let decoded = jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap();
    (serde_json::to_value(&header).unwrap(), decoded.claims)
}

/// The members of an object that are named.
pub(crate) fn pick(value: &Value, names: &[&str]) -> Value {
    names
        .iter()
        .map(|name| ((*name).to_owned(), value[*name].clone()))
        .collect()
}
