//! A portal whose DCR provider is this house's own tenant, and a way between them that can fail.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use egress::mail;
use http::StatusCode;
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

use crate::administrator::{AUDIENCE, Administrator, ISSUER, PERMISSIONS};

/// Where the platform API is, inside the process.
const PLATFORM: &str = "http://127.0.0.1:8001";

/// What happens on the way to the tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The tenant refuses for want of a permission.
    Refused,
    /// The tenant asks to wait for longer than anybody does.
    RateLimited,
    /// The request never arrives.
    RequestLost,
    /// The request has its effect; the answer is lost.
    AnswerLost,
    /// The request has its effect; the answer never comes.
    Slow,
    /// The request has its effect; half of the answer comes.
    HalfWritten,
}

impl Trouble {
    pub(crate) const ALL: [Self; 6] = [
        Self::Refused,
        Self::RateLimited,
        Self::RequestLost,
        Self::AnswerLost,
        Self::Slow,
        Self::HalfWritten,
    ];
}

/// The trouble that waits for one call of the Management API.
#[derive(Clone, Default)]
pub(crate) struct Way(Arc<Mutex<Option<(usize, Trouble)>>>);

impl Way {
    /// Lets the call after `skip` others meet the trouble.
    pub(crate) fn spoil(&self, skip: usize, trouble: Trouble) {
        *self.0.lock().expect("no panic") = Some((skip, trouble));
    }

    /// Whether the trouble is still to come.
    pub(crate) fn mend(&self) -> bool {
        self.0.lock().expect("no panic").take().is_some()
    }

    fn next(&self, path: &str) -> Option<Trouble> {
        if !path.starts_with("/api/v2/") {
            return None;
        }
        let mut waiting = self.0.lock().expect("no panic");
        match *waiting {
            Some((0, trouble)) => {
                *waiting = None;
                Some(trouble)
            }
            Some((skip, trouble)) => {
                *waiting = Some((skip - 1, trouble));
                None
            }
            None => None,
        }
    }
}

async fn meet(State(way): State<Way>, request: Request, next: Next) -> Response {
    let Some(trouble) = way.next(request.uri().path()) else {
        return next.run(request).await;
    };
    let problem = |status: StatusCode, code: &str| {
        let body = json!({
            "statusCode": status.as_u16(), "error": "x", "message": "Insufficient scope",
            "errorCode": code,
        });
        (status, axum::Json(body)).into_response()
    };
    match trouble {
        Trouble::Refused => problem(StatusCode::FORBIDDEN, "insufficient_scope"),
        Trouble::RateLimited => {
            let limited = problem(StatusCode::TOO_MANY_REQUESTS, "too_many_requests");
            ([("retry-after", "60")], limited).into_response()
        }
        Trouble::RequestLost => StatusCode::BAD_GATEWAY.into_response(),
        Trouble::AnswerLost => {
            next.run(request).await;
            StatusCode::BAD_GATEWAY.into_response()
        }
        Trouble::Slow => {
            next.run(request).await;
            std::future::pending().await
        }
        Trouble::HalfWritten => {
            let answer = next.run(request).await;
            let status = answer.status();
            let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await;
            let body: Bytes = body.expect("a body");
            (status, body.slice(..body.len() / 2)).into_response()
        }
    }
}

/// The portal and the tenant.
pub(crate) struct World {
    pub(crate) name: &'static str,
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
    /// On each database.
    pub(crate) async fn everywhere() -> Vec<Self> {
        let mut worlds = Vec::new();
        let migrations = [identity::MIGRATIONS, portal::MIGRATIONS];
        for database in storage::testing::databases(&migrations).await {
            worlds.push(Self::on(database).await);
        }
        worlds
    }

    async fn on(database: TestDatabase) -> Self {
        let clock = Clock::manual(Timestamp::from_unix_seconds(1_790_000_000));
        let administrator = Administrator::of(&database.db, clock.clone()).await;
        administrator.api().await;
        let way = Way::default();
        let router = identity::router(administrator.tenant.clone());
        let router = router.layer(from_fn_with_state(way.clone(), meet));
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
        let (id, secret) = self.administrator.client_with(&PERMISSIONS).await;
        let provider = json!({
            "name": "tenant", "provider_type": "auth0", "issuer": ISSUER,
            "dcr_config": {
                "initial_client_id": id, "initial_client_secret": secret.expose_secret(),
            },
        });
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
        listed.retain(|client| client["client_metadata"]["konnect_application_id"].is_string());
        listed
    }

    /// Nothing is half made, portal and tenant agree, and this many applications are left.
    pub(crate) async fn assert_settled(&self, left: usize, after: &str) {
        let plan = self.portal.applications().plan(self.provider_id).await;
        let plan = plan.expect("a plan");
        assert!(
            plan.differences.is_empty(),
            "{}: {after}: {:?}",
            self.name,
            plan.differences
        );
        let counts = (plan.applications, plan.clients);
        assert_eq!(counts, (left, left), "{}: after {after}", self.name);
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
        db,
    });
    portal.await.expect("a portal")
}
