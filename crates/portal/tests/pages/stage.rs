//! A portal with an API, its documents, a gateway that answers, and a provider that can be made to fail.

use std::sync::Arc;

use axum::Router;
use axum::routing::any;
use dcr::testing::{Faulty, Memory};
use egress::{Egress, Policy};
use oauth::{Clock, Entropy, Timestamp};
use portal::mail;
use portal::model::{
    ApiProductId, AuthStrategyId, DcrProvider, DcrProviderId, DocumentId, PortalId,
    ProductVersionId, PublicationId, RouteId, ServiceId, SpecificationId,
};
use portal::pages::{self, Settings};
use portal::publish::Publisher;
use portal::service::applications::Applications;
use portal::{Dependencies, MIGRATIONS, Portal};
use secrecy::ExposeSecret as _;
use serde_json::json;
use storage::outbox::Outbox;
use storage::seal::{KeyRing, Sealer};
use storage::testing::{TestDatabase, databases};
use storage::{Database, Value, params};

use web::testing::Browser;

/// Where the browser finds the portal.
pub(crate) const HOST: &str = "127.0.0.1:8003";
pub(crate) const GATEWAY: &str = "http://gateway.example:8000";
pub(crate) const PASSWORD: &str = "correct horse battery";
const AUDIENCE: &str = "https://api.weather.example/";

pub(crate) struct Stage {
    pub(crate) name: &'static str,
    pub(crate) app: Router,
    pub(crate) provider: Arc<Faulty>,
    pub(crate) product: ApiProductId,
    /// Approves by itself.
    pub(crate) version: ProductVersionId,
    /// Waits for approval; takes keys.
    pub(crate) keyed: ProductVersionId,
    pub(crate) strategy: AuthStrategyId,
    pub(crate) key_strategy: AuthStrategyId,
    pub(crate) portal_id: PortalId,
    pub(crate) db: Database,
    pub(crate) publisher: Publisher,
    sealer: Sealer,
    pub(crate) clock: Clock,
    entropy: Entropy,
    _mails: tempfile::TempDir,
    _database: TestDatabase,
}

/// The same stage on both databases.
pub(crate) async fn stages() -> Vec<Stage> {
    let mut stages = Vec::new();
    for database in databases(&[MIGRATIONS]).await {
        stages.push(Stage::new(database).await);
    }
    stages
}

impl Stage {
    async fn new(database: TestDatabase) -> Self {
        let db = database.db.clone();
        let clock = Clock::manual(Timestamp::from_unix_seconds(1_700_000_000));
        let entropy = Entropy::system();
        let sealer = Sealer::new(KeyRing::for_tests(), entropy.clone());
        let egress = Egress::new(Policy::default(), clock.clone());
        let echo = |request: axum::extract::Request| async move {
            format!("{} {}", request.method(), request.uri())
        };
        egress.mount(GATEWAY, &Router::new().fallback(any(echo)));
        let mails = tempfile::tempdir().unwrap();
        let portal = Portal::open(Dependencies {
            db: db.clone(),
            sealer: sealer.clone(),
            egress,
            clock: clock.clone(),
            entropy: entropy.clone(),
            publisher: Publisher::new(
                db.clone(),
                clock.clone(),
                portal::publish::Settings::default(),
            ),
            mail: mail::Settings {
                delivery: mail::Delivery::Files(mails.path().to_owned()),
                from: "Portal <portal@example.com>".to_owned(),
            },
            portal_url: "http://127.0.0.1:8003".to_owned(),
            console_url: "http://127.0.0.1:8001".to_owned(),
        });
        let portal = portal.await.unwrap();
        let provider = Arc::new(Faulty::new(Arc::new(Memory::new(
            AUDIENCE,
            &["read:weather"],
        ))));
        let connected: Arc<dyn dcr::DcrProvider> = provider.clone();
        let connect = Arc::new(move |_| Ok(Arc::clone(&connected)));
        let applications = Applications::new(
            db.clone(),
            sealer.clone(),
            clock.clone(),
            entropy.clone(),
            connect,
            "http://127.0.0.1:8003",
        );
        let settings = Settings {
            gateway_url: GATEWAY.to_owned(),
        };
        let stage = Self {
            name: database.name,
            publisher: portal.publisher().clone(),
            app: pages::router(portal, applications, settings),
            provider,
            product: ApiProductId::new(&entropy),
            version: ProductVersionId::new(&entropy),
            keyed: ProductVersionId::new(&entropy),
            strategy: AuthStrategyId::new(&entropy),
            key_strategy: AuthStrategyId::new(&entropy),
            portal_id: PortalId::new(&entropy),
            db,
            sealer,
            clock,
            entropy,
            _mails: mails,
            _database: database,
        };
        stage.fill().await;
        stage
    }

    pub(crate) async fn run(&self, sql: &str, params: Vec<Value>) {
        self.db.execute(sql, params).await.expect(sql);
    }

    async fn fill(&self) {
        self.strategies().await;
        let sql = "INSERT INTO portal_portal (id, name, display_name, is_public, rbac_enabled, auto_approve_applications, \
            auto_approve_developers, default_auth_strategy_id, appearance, authentication, labels, created_at, updated_at) \
            VALUES ($1, 'weather', 'Weather APIs', $2, $2, $2, $3, $4, '{}', '{}', '{}', 0, 0)";
        self.run(sql, params![self.portal_id, false, true, self.strategy])
            .await;
        let sql = "INSERT INTO portal_api_product (id, name, description, labels, public_labels, created_at, updated_at) \
            VALUES ($1, 'Forecasts', 'Weather for **every** place', '{}', '{}', 0, 0)";
        self.run(sql, params![self.product]).await;
        let sql = "INSERT INTO portal_api_product_portal (api_product_id, portal_id, created_at) VALUES ($1, $2, 0)";
        self.run(sql, params![self.product, self.portal_id]).await;
        let service = self.gateway_service().await;
        for (version, name, strategy, approve) in [
            (self.keyed, "v1", self.key_strategy, false),
            (self.version, "v2", self.strategy, true),
        ] {
            self.publish(version, name, service, strategy, approve)
                .await;
        }
        self.texts().await;
    }

    async fn strategies(&self) {
        let provider = DcrProviderId::new(&self.entropy);
        let secret = self
            .sealer
            .seal(&DcrProvider::secret_context(provider), &"initial".into());
        let config = json!({ "initial_client_id": "admin", "use_developer_managed_scopes": true });
        let sql = "INSERT INTO portal_dcr_provider (id, name, provider_type, issuer, config, secret, labels, created_at, updated_at) \
            VALUES ($1, 'tenant', 'auth0', 'https://tenant.example', $2, $3, '{}', 0, 0)";
        self.run(sql, params![provider, config, secret]).await;
        let openid = json!({
            "issuer": "https://tenant.example", "credential_claim": ["azp"], "scopes": ["openid", "read:weather"],
            "auth_methods": ["client_credentials", "bearer"],
            "token_post_args_names": ["audience"], "token_post_args_values": [AUDIENCE],
        });
        let sql = "INSERT INTO portal_auth_strategy (id, name, display_name, strategy_type, config, principals_enabled, \
            dcr_provider_id, labels, created_at, updated_at) VALUES ($1, $2, $2, $3, $4, $5, $6, '{}', 0, 0)";
        self.run(
            sql,
            params![
                self.strategy,
                "Weather ID",
                "openid_connect",
                openid,
                false,
                Some(provider)
            ],
        )
        .await;
        let keys = json!({ "key_names": ["apikey"] });
        let none: Option<DcrProviderId> = None;
        self.run(
            sql,
            params![
                self.key_strategy,
                "Weather keys",
                "key_auth",
                keys,
                false,
                none
            ],
        )
        .await;
    }

    async fn gateway_service(&self) -> ServiceId {
        let plane = self
            .db
            .query_one("SELECT id FROM portal_control_plane", params![])
            .await
            .unwrap();
        let plane: String = plane.get("id").unwrap();
        let service = ServiceId::new(&self.entropy);
        let sql = "INSERT INTO portal_service (id, control_plane_id, name, protocol, host, port, retries, connect_timeout, \
            write_timeout, read_timeout, enabled, created_at, updated_at) VALUES ($1, $2, 'up', 'http', 'up', 80, 1, 1, 1, 1, $3, 0, 0)";
        self.run(sql, params![service, plane.clone(), true]).await;
        let sql = "INSERT INTO portal_route (id, control_plane_id, service_id, protocols, paths, https_redirect_status_code, \
            regex_priority, strip_path, path_handling, preserve_host, request_buffering, response_buffering, created_at, updated_at) \
            VALUES ($1, $2, $3, '[\"http\"]', '[\"/weather\"]', 426, 0, $4, 'v0', $5, $4, $4, 0, 0)";
        self.run(
            sql,
            params![RouteId::new(&self.entropy), plane, service, true, false],
        )
        .await;
        service
    }

    async fn publish(
        &self,
        id: ProductVersionId,
        name: &str,
        service: ServiceId,
        strategy: AuthStrategyId,
        approve: bool,
    ) {
        let sql = "INSERT INTO portal_product_version (id, api_product_id, name, deprecated, publish_status, service_id, \
            labels, created_at, updated_at) VALUES ($1, $2, $3, $4, 'published', $5, '{}', $6, 0)";
        let order = i64::from(approve);
        self.run(sql, params![id, self.product, name, false, service, order])
            .await;
        let sql = "INSERT INTO portal_publication (id, portal_id, product_version_id, publish_status, auth_strategy_id, \
            application_registration_enabled, auto_approve_registration, deprecated, created_at, updated_at) \
            VALUES ($1, $2, $3, 'published', $4, $5, $6, $7, $8, 0)";
        let publication = PublicationId::new(&self.entropy);
        self.run(
            sql,
            params![
                publication,
                self.portal_id,
                id,
                strategy,
                true,
                approve,
                false,
                order
            ],
        )
        .await;
    }

    async fn texts(&self) {
        let openapi = json!({
            "openapi": "3.0.3",
            "info": { "title": "Weather", "version": "2" },
            "servers": [{ "url": "http://internal" }],
            "paths": { "/forecast/{city}": { "get": {
                "operationId": "getForecast",
                "summary": "Forecast for a city",
                "parameters": [{ "name": "city", "in": "path", "required": true, "schema": { "type": "string" }, "example": "tokyo" }],
                "responses": { "200": { "description": "ok", "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/Forecast" },
                } } } },
            } } },
            "components": { "schemas": { "Forecast": { "type": "object", "properties": { "high": { "type": "integer" } } } } },
        });
        let sql = "INSERT INTO portal_specification (id, product_version_id, name, content, document, created_at, updated_at) \
            VALUES ($1, $2, 'weather.json', $3, $3, 0, 0)";
        let id = SpecificationId::new(&self.entropy);
        self.run(sql, params![id, self.version, openapi.to_string()])
            .await;
        let sql = "INSERT INTO portal_document (id, api_product_id, slug, title, status, content, metadata, position, created_at, updated_at) \
            VALUES ($1, $2, $3, $4, $5, $6, '{}', 0, 0, 0)";
        for (slug, status) in [("start", "published"), ("draft", "unpublished")] {
            let text = "# Getting started\n\nCall it.\n\n<script>alert(1)</script>";
            let id = DocumentId::new(&self.entropy);
            self.run(
                sql,
                params![id, self.product, slug, "Getting started", status, text],
            )
            .await;
        }
    }

    /// The links of the mails that wait, oldest first; they are taken out.
    pub(crate) async fn mailed_links(&self) -> Vec<String> {
        let outbox = Outbox::new(self.db.clone(), self.clock.clone(), self.entropy.clone());
        let links = std::sync::Mutex::new(Vec::new());
        let take = |job: storage::outbox::Job| {
            let sealed = job.payload["mail"].as_str().unwrap().to_owned();
            let mail = self.sealer.open("portal.mail", &sealed).unwrap();
            let mail: serde_json::Value = serde_json::from_str(mail.expose_secret()).unwrap();
            links
                .lock()
                .unwrap()
                .push(mail["link"].as_str().unwrap().to_owned());
            async { Ok(()) }
        };
        outbox.run_due(mail::QUEUE, &take).await;
        links.into_inner().unwrap()
    }

    /// A developer who signed up by the pages and is signed in.
    pub(crate) async fn developer(&self, email: &str) -> Browser {
        let mut browser = Browser::new(&self.app, HOST);
        browser
            .fill(
                "/register",
                &[("full_name", "Ada Lovelace"), ("email", email)],
            )
            .await
            .says("Check your mail");
        let links = self.mailed_links().await;
        let link = links[0].strip_prefix("http://127.0.0.1:8003").unwrap();
        let page = browser.get(link).await;
        let token = page.between("name=\"token\" value=\"", "\"").to_owned();
        let page = browser.post("/verify-email", &[("token", &token)]).await;
        let token = page.between("name=\"token\" value=\"", "\"").to_owned();
        let fields = [
            ("token", token.as_str()),
            ("password", PASSWORD),
            ("again", PASSWORD),
        ];
        assert_eq!(
            browser.post("/reset-password", &fields).await.location(),
            "/login",
            "{}",
            self.name
        );
        browser
            .fill("/login", &[("email", email), ("password", PASSWORD)])
            .await
            .says("Ada Lovelace");
        browser
    }
}
