//! A portal whose DCR provider is this house's own tenant, and a way between them that can fail.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use egress::mail;
use oauth::{Clock, Entropy, Timestamp};
use portal::model::{DcrProviderId, DeveloperId, PlatformTokenKind, PortalId, ProductVersionId};
use portal::publish::{self, Publisher};
use portal::service::applications::{CreatedApplication, Effective, NewApplication};
use portal::service::platform_tokens::NewToken;
use portal::{Actor, Ctx, Dependencies, Portal};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use storage::params;
use storage::seal::{KeyRing, Sealer};
use storage::testing::TestDatabase;

use crate::administrator::{AUDIENCE, Administrator, BRIDGE_KEYS, ISSUER, PERMISSIONS};
use crate::way::Way;

/// Where the platform API is, inside the process.
const PLATFORM: &str = "http://127.0.0.1:8001";

/// How the portal makes clients at the tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// Over the Management API.
    Management,
    /// Over Konnect's HTTP DCR bridge.
    Bridge,
}

/// The portal and the tenant.
pub(crate) struct World {
    pub(crate) name: &'static str,
    by: By,
    pub(crate) administrator: Administrator,
    pub(crate) way: Way,
    pub(crate) portal: Portal,
    pub(crate) provider_id: DcrProviderId,
    pub(crate) portal_id: PortalId,
    pub(crate) strategy_id: String,
    /// A version that is offered, once there is one.
    pub(crate) version_id: Mutex<Option<ProductVersionId>>,
    developer_id: DeveloperId,
    pub(crate) clock: Clock,
    token: String,
    database: TestDatabase,
    mail: tempfile::TempDir,
}

impl World {
    /// On each database, over the Management API.
    pub(crate) async fn everywhere() -> Vec<Self> {
        Self::everywhere_by(By::Management).await
    }

    /// On each database.
    pub(crate) async fn everywhere_by(by: By) -> Vec<Self> {
        let mut worlds = Vec::new();
        let migrations = [identity::MIGRATIONS, portal::MIGRATIONS];
        for database in storage::testing::databases(&migrations).await {
            worlds.push(Self::on(database, by).await);
        }
        worlds
    }

    async fn on(database: TestDatabase, by: By) -> Self {
        let clock = Clock::manual(Timestamp::from_unix_seconds(1_790_000_000));
        let administrator = Administrator::of(&database.db, clock.clone()).await;
        administrator.api().await;
        let way = Way::new(match by {
            By::Management => "/api/v2/",
            By::Bridge => "/dcr",
        });
        let router = way.leads_to(identity::router(administrator.tenant.clone()));
        administrator.egress.mount(ISSUER, &router);
        let mail = tempfile::tempdir().expect("a directory");
        let portal = open(&database, &administrator, &clock, &mail).await;
        let new = NewToken {
            kind: PlatformTokenKind::Personal,
            name: "test".into(),
            expires_at: None,
        };
        let ctx = portal.ctx(Actor::System, "test");
        let made = portal.create_platform_token(&ctx, new).await;
        let token = made.expect("a token").1.reveal().expose_secret().to_owned();
        let mut world = Self {
            name: database.name,
            by,
            administrator,
            way,
            provider_id: DcrProviderId::new(portal.entropy()),
            portal_id: PortalId::new(portal.entropy()),
            strategy_id: String::new(),
            version_id: Mutex::default(),
            developer_id: DeveloperId::new(portal.entropy()),
            portal,
            clock,
            token,
            database,
            mail,
        };
        world.furnish().await;
        world
    }

    async fn furnish(&mut self) {
        let platform = portal::platform_router(self.portal.clone());
        self.administrator.egress.mount(PLATFORM, &platform);
        let provider = self.provider().await;
        let provider = self.platform("POST", "/v2/dcr-providers", &provider).await;
        let id = |value: &Value| value["id"].as_str().expect("an id").to_owned();
        self.provider_id = id(&provider).parse().expect("an id");
        let strategy = json!({
            "name": "tenant", "display_name": "Tenant", "strategy_type": "openid_connect",
            "dcr_provider_id": id(&provider),
            "configs": { "openid-connect": {
                "issuer": ISSUER, "credential_claim": ["azp"], "scopes": ["openid", "read:weather"],
                "auth_methods": ["client_credentials", "bearer"],
                "token_post_args_names": ["audience"], "token_post_args_values": [AUDIENCE],
            } },
        });
        let strategy = self
            .platform("POST", "/v2/application-auth-strategies", &strategy)
            .await;
        self.strategy_id = id(&strategy);
        let site = json!({
            "name": "weather", "default_application_auth_strategy_id": id(&strategy),
        });
        let site = self.platform("POST", "/v2/portals", &site).await;
        self.portal_id = id(&site).parse().expect("an id");
        let sql = "INSERT INTO portal_developer (id, portal_id, email, full_name, status, \
                   email_verified, created_at, updated_at) \
                   VALUES ($1, $2, 'dev@example.com', 'Dev', 'approved', $3, 0, 0)";
        let params = params![self.developer_id, self.portal_id, true];
        self.database.db.execute(sql, params).await.expect(sql);
    }

    async fn provider(&self) -> Value {
        let (kind, config) = match self.by {
            By::Management => {
                let (id, secret) = self.administrator.client_with(&PERMISSIONS).await;
                let secret = secret.expose_secret();
                let config = json!({ "initial_client_id": id, "initial_client_secret": secret });
                ("auth0", config)
            }
            By::Bridge => {
                let base = format!("{ISSUER}/dcr");
                (
                    "http",
                    json!({ "dcr_base_url": base, "api_key": BRIDGE_KEYS[0] }),
                )
            }
        };
        json!({ "name": "tenant", "provider_type": kind, "issuer": ISSUER, "dcr_config": config })
    }

    /// One operation of the platform API.
    pub(crate) async fn platform(&self, method: &str, path: &str, body: &Value) -> Value {
        let method = method.parse().expect("a method");
        let request = egress::Request::new(method, &format!("{PLATFORM}{path}"));
        let request = request.bearer(&self.token.as_str().into()).json(body);
        let answer = self.administrator.egress.send(request).await;
        let answer = answer.expect("an answer");
        let text = String::from_utf8_lossy(&answer.body);
        assert!(
            answer.status.is_success(),
            "{path}: {}: {text}",
            answer.status
        );
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// The process dies, and another starts on the same database. The time passes in which
    /// everything is looked after.
    pub(crate) async fn restart(&mut self) {
        let portal = open(&self.database, &self.administrator, &self.clock, &self.mail).await;
        self.portal = portal;
        let platform = portal::platform_router(self.portal.clone());
        self.administrator.egress.mount(PLATFORM, &platform);
        for _ in 0..4 {
            self.clock.advance(Duration::from_secs(300));
            self.portal.applications().reconcile_due().await;
        }
    }

    /// A quarter of an hour goes by.
    pub(crate) fn later(&self) {
        self.clock.advance(Duration::from_secs(900));
    }

    pub(crate) fn ctx(&self) -> Ctx {
        let actor = Actor::Developer {
            id: self.developer_id,
            portal_id: self.portal_id,
        };
        self.portal.ctx(actor, "request")
    }

    pub(crate) fn new_application(&self, key: &str) -> NewApplication {
        NewApplication {
            portal_id: self.portal_id,
            developer_id: self.developer_id,
            auth_strategy_id: None,
            name: "cli".to_owned(),
            description: None,
            redirect_uri: None,
            reference_id: None,
            scopes: Vec::new(),
            idempotency_key: Some(key.to_owned()),
            labels: BTreeMap::new(),
            companion_of: None,
        }
    }

    pub(crate) async fn create(
        &self,
        key: &str,
    ) -> Result<Effective<CreatedApplication>, portal::Error> {
        let new = self.new_application(key);
        self.portal.applications().create(&self.ctx(), new).await
    }

    /// The clients at the tenant that the portal made.
    pub(crate) async fn clients(&self) -> Vec<Value> {
        let listed = self.administrator.get("/api/v2/clients?per_page=100").await;
        let mut listed = listed.as_array().expect("a list").clone();
        let mark = match self.by {
            By::Management => "konnect_application_id",
            By::Bridge => "gatehouse_bridge",
        };
        listed.retain(|client| client["client_metadata"][mark].is_string());
        listed
    }

    /// How many applications there are, half-made ones too.
    pub(crate) async fn applications(&self) -> usize {
        let sql = "SELECT COUNT(*) AS applications FROM portal_application";
        let row = self.database.db.query_one(sql, params![]).await;
        let count: i64 = row.expect("a row").get("applications").expect("a count");
        usize::try_from(count).expect("not so many")
    }

    /// Nothing is half made, portal and tenant agree, and this many applications are left.
    pub(crate) async fn assert_settled(&self, left: usize, after: &str) {
        if self.by == By::Management {
            let plan = self.portal.applications().plan(self.provider_id).await;
            let plan = plan.expect("a plan");
            assert!(
                plan.differences.is_empty(),
                "{}: {after}: {:?}",
                self.name,
                plan.differences
            );
            assert_eq!(plan.clients, left, "{}: after {after}", self.name);
        }
        assert_eq!(self.applications().await, left, "{}: {after}", self.name);
        self.clock.advance(Duration::from_secs(300));
        let orphans = self.portal.applications();
        let orphans = orphans.possible_orphans(self.provider_id).await;
        let orphans = orphans.expect("a list");
        assert!(orphans.is_empty(), "{}: {after}: {orphans:?}", self.name);
        assert_eq!(
            self.clients().await.len(),
            left,
            "{}: after {after}",
            self.name
        );
    }
}

async fn open(
    database: &TestDatabase,
    administrator: &Administrator,
    clock: &Clock,
    directory: &tempfile::TempDir,
) -> Portal {
    let (db, entropy) = (database.db.clone(), Entropy::system());
    // Without gateways nothing is waited for.
    let settings = publish::Settings {
        settle: Duration::from_secs(30),
        ..publish::Settings::default()
    };
    let portal = Portal::open(Dependencies {
        sealer: Sealer::new(KeyRing::for_tests(), entropy.clone()),
        egress: administrator.egress.clone(),
        publisher: Publisher::new(db.clone(), clock.clone(), settings),
        clock: clock.clone(),
        entropy,
        mail: mail::Settings::files(directory.path()),
        portal_url: "http://localhost:8003".into(),
        console_url: "http://localhost:8001".into(),
        db,
    });
    portal.await.expect("a portal")
}
