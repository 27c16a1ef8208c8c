//! A portal with everything that applications need, and a provider that can be made to fail.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use dcr::testing::{Faulty, Memory};
use oauth::{Clock, Entropy, Timestamp};
use portal::model::{
    Application, ApplicationId, AuthStrategyId, DcrProvider, DcrProviderId, DeveloperId, PortalId,
    ProductVersionId,
};
use portal::service::applications::{
    Applications, Connect, CreatedApplication, Effective, NewApplication, NewRegistration,
};
use portal::{Actor, Ctx, Error, MIGRATIONS};
use serde_json::{Value, json};
use storage::seal::{KeyRing, Sealer};
use storage::testing::{TestDatabase, databases};
use storage::{Database, params};

pub(crate) const AUDIENCE: &str = "https://api.weather.example/";

pub(crate) struct World {
    pub(crate) name: &'static str,
    pub(crate) db: Database,
    pub(crate) clock: Clock,
    pub(crate) memory: Memory,
    pub(crate) provider: Arc<Faulty>,
    pub(crate) applications: Applications,
    pub(crate) portal_id: PortalId,
    pub(crate) developer_id: DeveloperId,
    pub(crate) provider_id: DcrProviderId,
    /// DCR, all scopes granted; the portal's default. Its version approves by itself.
    pub(crate) dcr: Offer,
    /// DCR, developers choose scopes. Its version waits for approval.
    pub(crate) managed: Offer,
    /// The developer brings a client.
    pub(crate) self_managed: Offer,
    /// API keys.
    pub(crate) keys: Offer,
    parts: Parts,
    _database: TestDatabase,
}

/// What a process is made of.
struct Parts {
    sealer: Sealer,
    entropy: Entropy,
    connect: Connect,
}

impl Parts {
    fn applications(&self, db: &Database, clock: &Clock) -> Applications {
        Applications::new(
            db.clone(),
            self.sealer.clone(),
            clock.clone(),
            self.entropy.clone(),
            Arc::clone(&self.connect),
            "http://portal.example",
        )
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Offer {
    pub(crate) strategy_id: AuthStrategyId,
    pub(crate) version_id: ProductVersionId,
}

/// The same world on both databases.
pub(crate) async fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for database in databases(&[MIGRATIONS]).await {
        worlds.push(World::new(database).await);
    }
    worlds
}

impl World {
    async fn new(database: TestDatabase) -> Self {
        let clock = Clock::manual(Timestamp::from_unix_seconds(1_700_000_000));
        let memory = Memory::new(AUDIENCE, &["read:weather", "write:weather"]);
        let provider = Arc::new(Faulty::new(Arc::new(memory.clone())));
        let connected: Arc<dyn dcr::DcrProvider> = provider.clone();
        let connect: Connect = Arc::new(move |_| Ok(Arc::clone(&connected)));
        let row = ProviderRow {
            kind: "auth0",
            issuer: "https://tenant.example",
            config: json!({ "initial_client_id": "admin" }),
            secret: Some("initial"),
        };
        let faults = (memory, provider);
        Self::connected(database, clock, &row, connect, faults).await
    }

    /// A world whose DCR provider is this one, reached by `connect`.
    pub(crate) async fn connected(
        database: TestDatabase,
        clock: Clock,
        row: &ProviderRow,
        connect: Connect,
        (memory, provider): (Memory, Arc<Faulty>),
    ) -> Self {
        let db = database.db.clone();
        let entropy = Entropy::system();
        let sealer = Sealer::new(KeyRing::for_tests(), entropy.clone());
        let build = Build {
            db: &db,
            entropy: &entropy,
            portal_id: PortalId::new(&entropy),
        };
        build.organization().await;
        let provider_id = build.provider(&sealer, row, false).await;
        let chooses = ["auth0", "rfc7591"].contains(&row.kind);
        let choosing_id = build.provider(&sealer, row, chooses).await;
        let openid = json!({
            "issuer": "https://tenant.example", "credential_claim": ["azp"],
            "scopes": ["openid", "read:weather", "write:weather"],
            "auth_methods": ["client_credentials", "bearer"],
            "token_post_args_names": ["audience"], "token_post_args_values": [AUDIENCE],
        });
        let keys = build
            .strategy("key_auth", &json!({ "key_names": ["apikey"] }), None)
            .await;
        let dcr = build
            .strategy("openid_connect", &openid, Some(provider_id))
            .await;
        let managed = build
            .strategy("openid_connect", &openid, Some(choosing_id))
            .await;
        let self_managed = build.strategy("openid_connect", &openid, None).await;
        build.portal(dcr).await;
        let parts = Parts {
            sealer,
            entropy: entropy.clone(),
            connect,
        };
        Self {
            name: database.name,
            dcr: build.offer(dcr, true).await,
            managed: build.offer(managed, false).await,
            self_managed: build.offer(self_managed, true).await,
            keys: build.offer(keys, true).await,
            developer_id: build.developer().await,
            applications: parts.applications(&db, &clock),
            parts,
            portal_id: build.portal_id,
            provider_id,
            memory,
            provider,
            clock,
            db,
            _database: database,
        }
    }

    /// What seals secrets and mails.
    pub(crate) const fn sealer(&self) -> &Sealer {
        &self.parts.sealer
    }

    pub(crate) fn ctx(&self) -> Ctx {
        Ctx {
            actor: Actor::Developer {
                id: self.developer_id,
                portal_id: self.portal_id,
            },
            now: self.clock.now(),
            request_id: "request".to_owned(),
            caller: web::Caller::default(),
            rights: None,
        }
    }

    pub(crate) fn new_application(&self, offer: Offer) -> NewApplication {
        NewApplication {
            portal_id: self.portal_id,
            developer_id: self.developer_id,
            auth_strategy_id: Some(offer.strategy_id),
            name: "cli".to_owned(),
            description: None,
            redirect_uri: None,
            reference_id: None,
            scopes: Vec::new(),
            idempotency_key: None,
            labels: BTreeMap::new(),
            companion_of: None,
        }
    }

    pub(crate) async fn create(
        &self,
        offer: Offer,
    ) -> Result<Effective<CreatedApplication>, Error> {
        self.applications
            .create(&self.ctx(), self.new_application(offer))
            .await
    }

    /// An application that exists.
    pub(crate) async fn application(&self, offer: Offer) -> Application {
        let created = self.create(offer).await;
        let created = created.unwrap_or_else(|error| panic!("{}: create: {error}", self.name));
        created.value.application
    }

    pub(crate) fn registration(&self, offer: Offer, scopes: &[&str]) -> NewRegistration {
        NewRegistration {
            product_version_id: offer.version_id,
            scopes: scopes.iter().map(ToString::to_string).collect(),
            status: None,
        }
    }

    /// The process dies, and another starts on the same database.
    pub(crate) fn restart(&mut self) {
        self.applications = self.parts.applications(&self.db, &self.clock);
    }

    /// The clients that applications have.
    pub(crate) async fn client_ids(&self) -> Vec<String> {
        let sql = "SELECT client_id FROM portal_application WHERE client_id IS NOT NULL";
        let rows = self.db.query(sql, params![]).await.expect("rows");
        let ids = rows.iter().map(|row| row.get("client_id"));
        ids.collect::<Result<_, _>>().expect("ids")
    }

    /// Lets the time pass after which everything is looked after.
    pub(crate) async fn reconcile(&self) {
        for _ in 0..4 {
            self.clock.advance(Duration::from_secs(300));
            self.applications.reconcile_due().await;
        }
    }

    /// Ids of applications and their state.
    pub(crate) async fn states(&self) -> Vec<(ApplicationId, String)> {
        let sql = "SELECT id, status FROM portal_application ORDER BY created_at, id";
        let rows = self.db.query(sql, params![]).await.expect("rows");
        rows.iter()
            .map(|row| {
                (
                    row.get("id").expect("an id"),
                    row.get("status").expect("a status"),
                )
            })
            .collect()
    }

    /// No application is half made, and each client has its application.
    pub(crate) async fn assert_settled(&self, after: &str) {
        for (id, status) in self.states().await {
            assert_eq!(status, "active", "{}: {id} after {after}", self.name);
        }
        let sql = "SELECT client_id FROM portal_application a \
                   JOIN portal_auth_strategy s ON s.id = a.auth_strategy_id \
                   WHERE s.dcr_provider_id IS NOT NULL ORDER BY client_id";
        let rows = self.db.query(sql, params![]).await.expect("rows");
        let known: Vec<String> = rows
            .iter()
            .map(|row| row.get("client_id").expect("one"))
            .collect();
        let mut clients: Vec<String> = self
            .memory
            .clients()
            .into_iter()
            .map(|client| client.client_id)
            .collect();
        clients.sort();
        assert_eq!(clients, known, "{}: clients after {after}", self.name);
    }

    /// The organisation's id, as clients carry it.
    pub(crate) async fn organization_id(&self) -> String {
        let sql = "SELECT id FROM portal_organization";
        let row = self.db.query_one(sql, params![]).await.expect("one");
        row.get("id").expect("an id")
    }

    pub(crate) async fn revision(&self) -> i64 {
        self.db.feed().revision().await.expect("a revision")
    }
}

/// A DCR provider as the platform API stores it.
pub(crate) struct ProviderRow {
    pub(crate) kind: &'static str,
    pub(crate) issuer: &'static str,
    pub(crate) config: Value,
    pub(crate) secret: Option<&'static str>,
}

struct Build<'a> {
    db: &'a Database,
    entropy: &'a Entropy,
    portal_id: PortalId,
}

impl Build<'_> {
    async fn insert(&self, sql: &str, params: Vec<storage::Value>) {
        self.db.execute(sql, params).await.expect(sql);
    }

    async fn organization(&self) {
        let sql = "INSERT INTO portal_organization (id, name, created_at, updated_at) \
                   VALUES ($1, 'Gatehouse', 0, 0)";
        self.insert(sql, params![self.entropy.uuid()]).await;
    }

    async fn provider(&self, sealer: &Sealer, row: &ProviderRow, choosing: bool) -> DcrProviderId {
        let id = DcrProviderId::new(self.entropy);
        let context = DcrProvider::secret_context(id);
        let secret = row
            .secret
            .map(|secret| sealer.seal(&context, &secret.into()));
        let mut config = row.config.clone();
        if choosing {
            config["use_developer_managed_scopes"] = json!(true);
        }
        let sql = "INSERT INTO portal_dcr_provider (id, name, provider_type, issuer, config, secret, \
                   labels, created_at, updated_at) \
                   VALUES ($1, 'provider', $2, $3, $4, $5, '{}', 0, 0)";
        let params = params![id, row.kind, row.issuer, config, secret];
        self.insert(sql, params).await;
        id
    }

    async fn strategy(
        &self,
        kind: &str,
        config: &Value,
        provider: Option<DcrProviderId>,
    ) -> AuthStrategyId {
        let id = AuthStrategyId::new(self.entropy);
        let sql = "INSERT INTO portal_auth_strategy (id, name, display_name, strategy_type, config, \
                   principals_enabled, dcr_provider_id, labels, created_at, updated_at) \
                   VALUES ($1, 's', 's', $2, $3, $4, $5, '{}', 0, 0)";
        self.insert(sql, params![id, kind, config, false, provider])
            .await;
        id
    }

    async fn portal(&self, default: AuthStrategyId) {
        let sql = "INSERT INTO portal_portal (id, name, display_name, is_public, rbac_enabled, \
                   auto_approve_applications, auto_approve_developers, default_auth_strategy_id, \
                   appearance, authentication, labels, created_at, updated_at) \
                   VALUES ($1, 'weather', 'Weather', $2, $2, $2, $3, $4, '{}', '{}', '{}', 0, 0)";
        self.insert(sql, params![self.portal_id, false, true, default])
            .await;
    }

    /// A published version with this strategy.
    async fn offer(&self, strategy_id: AuthStrategyId, auto_approve: bool) -> Offer {
        let product_id = self.entropy.uuid();
        let version_id = ProductVersionId::new(self.entropy);
        let sql = "INSERT INTO portal_api_product (id, name, labels, public_labels, created_at, \
                   updated_at) VALUES ($1, 'Weather', '{}', '{}', 0, 0)";
        self.insert(sql, params![product_id]).await;
        let sql = "INSERT INTO portal_api_product_portal (api_product_id, portal_id, created_at) \
                   VALUES ($1, $2, 0)";
        self.insert(sql, params![product_id, self.portal_id]).await;
        let sql = "INSERT INTO portal_product_version (id, api_product_id, name, deprecated, \
                   publish_status, labels, created_at, updated_at) \
                   VALUES ($1, $2, 'v1', $3, 'published', '{}', 0, 0)";
        self.insert(sql, params![version_id, product_id, false])
            .await;
        let sql = "INSERT INTO portal_publication (id, portal_id, product_version_id, \
                   publish_status, auth_strategy_id, application_registration_enabled, \
                   auto_approve_registration, deprecated, created_at, updated_at) \
                   VALUES ($1, $2, $3, 'published', $4, $5, $6, $7, 0, 0)";
        let params = params![
            self.entropy.uuid(),
            self.portal_id,
            version_id,
            strategy_id,
            true,
            auto_approve,
            false,
        ];
        self.insert(sql, params).await;
        Offer {
            strategy_id,
            version_id,
        }
    }

    async fn developer(&self) -> DeveloperId {
        let id = DeveloperId::new(self.entropy);
        let sql = "INSERT INTO portal_developer (id, portal_id, email, full_name, status, \
                   email_verified, created_at, updated_at) \
                   VALUES ($1, $2, 'dev@example.com', 'Dev', 'approved', $3, 0, 0)";
        self.insert(sql, params![id, self.portal_id, true]).await;
        id
    }
}
