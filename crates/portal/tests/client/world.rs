//! A portal with one API, and people who call it.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use egress::Egress;
use http::{Request, Response, header};
use http_body_util::BodyExt as _;
use oauth::{Clock, Entropy, Timestamp};
use portal::publish::{self, Publisher};
use portal::{Dependencies, Portal, mail};
use serde_json::{Value, json};
use storage::outbox::Outbox;
use storage::params;
use storage::seal::{KeyRing, Sealer};
use storage::testing::{TestDatabase, databases};
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::contract;

pub(crate) const SITE: &str = "11111111-1111-4111-8111-111111111111";
pub(crate) const PRODUCT: &str = "22222222-2222-4222-8222-222222222222";
pub(crate) const VERSION: &str = "33333333-3333-4333-8333-333333333333";
pub(crate) const STRATEGY: &str = "44444444-4444-4444-8444-444444444444";
pub(crate) const DOCUMENT: &str = "55555555-5555-4555-8555-555555555555";
pub(crate) const PASSWORD: &str = "correct horse battery";

pub(crate) struct World {
    pub(crate) test: TestDatabase,
    pub(crate) portal: Portal,
    pub(crate) router: Router,
    pub(crate) egress: Egress,
    pub(crate) sealer: Sealer,
    mails: TempDir,
}

/// An answer, already read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    /// What the body is.
    pub(crate) fn kind(&self) -> Option<&str> {
        let kind = self.headers.get(header::CONTENT_TYPE);
        kind.map(|kind| kind.to_str().unwrap())
    }
}

/// Somebody with a cookie jar.
pub(crate) struct Caller<'w> {
    world: &'w World,
    jar: BTreeMap<String, String>,
    pub(crate) host: String,
    pub(crate) origin: Option<String>,
}

impl World {
    /// How many entries the audit has.
    async fn written(&self) -> i64 {
        let sql = "SELECT COUNT(*) AS n FROM portal_audit";
        let row = self.test.db.query_one(sql, Vec::new()).await.unwrap();
        row.get("n").unwrap()
    }

    pub(crate) async fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for test in databases(&[portal::MIGRATIONS]).await {
            all.push(Self::new(test).await);
        }
        all
    }

    async fn new(test: TestDatabase) -> Self {
        let clock = Clock::manual(Timestamp::from_unix_seconds(1_700_000_000));
        let entropy = Entropy::system();
        let sealer = Sealer::new(KeyRing::for_tests(), entropy.clone());
        let mails = tempfile::tempdir().unwrap();
        let egress = Egress::new(egress::Policy::default(), clock.clone());
        let portal = Portal::open(Dependencies {
            db: test.db.clone(),
            sealer: sealer.clone(),
            egress: egress.clone(),
            publisher: Publisher::new(test.db.clone(), clock.clone(), publish::Settings::default()),
            clock,
            entropy,
            mail: mail::Settings {
                delivery: mail::Delivery::Files(mails.path().to_owned()),
                from: "Portal <portal@example.com>".into(),
            },
            portal_url: "https://portal.example".into(),
            console_url: "https://platform.example".into(),
        })
        .await
        .unwrap();
        for statement in SEED {
            let sql = statement
                .replace("$SITE", SITE)
                .replace("$PRODUCT", PRODUCT)
                .replace("$VERSION", VERSION)
                .replace("$STRATEGY", STRATEGY)
                .replace("$DOCUMENT", DOCUMENT);
            test.db.execute(&sql, params![]).await.unwrap();
        }
        Self {
            router: portal::client_router(portal.clone()),
            test,
            portal,
            egress,
            sealer,
            mails,
        }
    }

    pub(crate) fn caller(&self) -> Caller<'_> {
        Caller {
            world: self,
            jar: BTreeMap::new(),
            host: "portal.example".into(),
            origin: None,
        }
    }

    /// A developer who has signed up by mail and is signed in.
    pub(crate) async fn developer(&self, email: &str) -> Caller<'_> {
        let mut caller = self.caller();
        let body = json!({ "email": email, "full_name": "Jane Doe" });
        caller
            .expect(201, "POST", "/api/v2/developer", &[], Some(body))
            .await;
        let token = self.mailed_token().await;
        let body = json!({ "token": token });
        let path = "/api/v2/developer/verify-email";
        let verified = caller.expect(202, "POST", path, &[], Some(body)).await;
        let body = json!({ "token": verified.body["token"], "password": PASSWORD });
        let path = "/api/v2/developer/reset-password";
        caller.expect(204, "POST", path, &[], Some(body)).await;
        let body = json!({ "username": email, "password": PASSWORD });
        let path = "/api/v2/developer/authenticate";
        caller.expect(204, "POST", path, &[], Some(body)).await;
        caller
    }

    /// Sets how developers sign in; what is left out is as in a new portal.
    pub(crate) async fn settings(&self, settings: Value) {
        let sql = "UPDATE portal_portal SET authentication = $1";
        self.test.db.execute(sql, params![settings]).await.unwrap();
    }

    pub(crate) async fn mailed_token(&self) -> String {
        let settings = mail::Settings {
            delivery: mail::Delivery::Files(self.mails.path().to_owned()),
            from: "Portal <portal@example.com>".into(),
        };
        let postbox = mail::Postbox::new(&settings, Entropy::system()).unwrap();
        let clock = self.portal.clock().clone();
        let outbox = Outbox::new(self.test.db.clone(), clock, Entropy::system());
        let handler = |job| mail::deliver(&self.test.db, &postbox, &self.sealer, job);
        assert_eq!(outbox.run_due(mail::QUEUE, &handler).await, 1);
        let file = std::fs::read_dir(self.mails.path())
            .unwrap()
            .next()
            .unwrap()
            .unwrap();
        let text = std::fs::read_to_string(file.path()).unwrap();
        std::fs::remove_file(file.path()).unwrap();
        let text = text.replace("=\r\n", "").replace("=3D", "=");
        let (_, rest) = text
            .split_once("https://portal.example/login?token=")
            .unwrap();
        rest.chars().take(36).collect()
    }
}

/// Operations that write nothing by their nature, or do not say whether they did.
const UNWRITTEN: &[&str] = &[
    "/api/v2/developer",
    "/api/v2/developer/forgot-password",
    "/api/v2/developer/logout",
    "/api/v2/developer/refresh",
    "/api/v2/stats",
];

impl Caller<'_> {
    /// Calls an operation of the specification, and holds the answer against it.
    pub(crate) async fn call(
        &mut self,
        method: &str,
        template: &str,
        params: &[&str],
        body: Option<Value>,
    ) -> Answer {
        let before = self.world.written().await;
        let answer = self.send(method, &fill(template, params), body).await;
        let template = template.split('?').next().unwrap();
        if method != "GET" && answer.status < 300 && !UNWRITTEN.contains(&template) {
            let after = self.world.written().await;
            assert!(after > before, "{method} {template} is not in the audit");
        }
        if let Err(difference) =
            contract::check(method, template, answer.status, answer.kind(), &answer.body)
        {
            panic!("{}: {difference}", self.world.test.name);
        }
        answer
    }

    pub(crate) async fn expect(
        &mut self,
        status: u16,
        method: &str,
        template: &str,
        params: &[&str],
        body: Option<Value>,
    ) -> Answer {
        let answer = self.call(method, template, params, body).await;
        assert_eq!(
            answer.status, status,
            "{method} {template}: {}",
            answer.body
        );
        answer
    }

    /// Sends a request and keeps its cookies.
    pub(crate) async fn send(&mut self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.host);
        if !self.jar.is_empty() {
            let pairs: Vec<String> = self.jar.iter().map(|(k, v)| format!("{k}={v}")).collect();
            request = request.header(header::COOKIE, pairs.join("; "));
        }
        if let Some(origin) = &self.origin {
            request = request.header(header::ORIGIN, origin);
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let response = self
            .world
            .router
            .clone()
            .oneshot(request.body(body).unwrap())
            .await
            .unwrap();
        self.keep(&response);
        read(response).await
    }

    fn keep(&mut self, response: &Response<Body>) {
        for line in response.headers().get_all(header::SET_COOKIE) {
            let (pair, rest) = line.to_str().unwrap().split_once(';').unwrap();
            assert!(
                rest.contains("HttpOnly") && rest.contains("Secure"),
                "{rest}"
            );
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.into(), value.into());
            }
        }
    }

    pub(crate) fn cookies(&mut self) -> &mut BTreeMap<String, String> {
        &mut self.jar
    }
}

async fn read(response: Response<Body>) -> Answer {
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: serde_json::from_slice(&bytes).unwrap_or_default(),
    }
}

/// Puts the parameters, in order, into the braces of a path.
pub(crate) fn fill(template: &str, params: &[&str]) -> String {
    let mut params = params.iter();
    let parts = template.split('/').map(|part| match part.split_once('}') {
        Some((name, rest)) if name.starts_with('{') => format!("{}{rest}", params.next().unwrap()),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

const SEED: &[&str] = &[
    "INSERT INTO portal_auth_strategy VALUES ('$STRATEGY', 'keys', 'API keys', 'key_auth', \
     '{\"key_names\":[\"apikey\"],\"ttl\":{\"value\":2,\"unit\":\"weeks\"}}', false, NULL, '{}', 1, 1, NULL)",
    "INSERT INTO portal_portal (id, name, display_name, description, is_public, rbac_enabled, \
     auto_approve_applications, auto_approve_developers, custom_domain, custom_client_domain, \
     default_auth_strategy_id, appearance, authentication, labels, created_at, updated_at) \
     VALUES ('$SITE', 'main', 'Weather APIs', NULL, false, false, true, true, \
     NULL, NULL, '$STRATEGY', '{}', '{}', '{}', 1, 1)",
    "INSERT INTO portal_api_product (id, name, description, labels, public_labels, created_at, updated_at) \
     VALUES ('$PRODUCT', 'Weather', 'Forecasts', '{}', '{\"a\":\"b\"}', 1, 1)",
    "INSERT INTO portal_api_product_portal (api_product_id, portal_id, created_at) VALUES ('$PRODUCT', '$SITE', 1)",
    "INSERT INTO portal_product_version VALUES ('$VERSION', '$PRODUCT', 'v1', false, 'published', \
     NULL, NULL, '{}', 1, 1)",
    "INSERT INTO portal_publication VALUES ('66666666-6666-4666-8666-666666666666', '$SITE', '$VERSION', \
     'published', '$STRATEGY', true, true, false, 1, 1)",
    "INSERT INTO portal_document VALUES ('$DOCUMENT', '$PRODUCT', NULL, 'start', 'Start', 'published', \
     '# Hello', '{}', 0, 1, 1)",
    "INSERT INTO portal_document VALUES ('77777777-7777-4777-8777-777777777777', '$PRODUCT', '$DOCUMENT', \
     'draft', 'Draft', 'unpublished', 'x', '{}', 0, 1, 1)",
    "INSERT INTO portal_specification VALUES ('88888888-8888-4888-8888-888888888888', '$VERSION', \
     'api.json', '{\"openapi\":\"3.1.0\"}', \
     '{\"paths\":{\"/f\":{\"get\":{\"operationId\":\"getF\"}}}}', 1, 1, 'oas3')",
];
