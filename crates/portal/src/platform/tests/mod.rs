//! The platform API over HTTP. Every answer is held against the vendor's specification.

mod absent;
mod access;
mod apis;
mod audit_log;
mod audit_search;
mod audit_walk;
mod auth_pages;
mod console_organization;
mod console_roles;
mod contract;
mod core_entities;
mod dcr;
mod identity;
mod images;
mod invitations;
mod mails;
mod people;
mod portals;
mod portals_v3;
mod providers;
mod refusals;
mod removals;
mod role_holders;
mod roles;
mod rotation;
mod schema;
mod site_pages;
mod strategies;
mod system_accounts;
mod teams;
mod traffic;
mod version_mail;
mod withheld;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, header};
use egress::{Egress, Policy};
use http_body_util::BodyExt;
use oauth::{Clock, Entropy, Timestamp};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use storage::seal::{KeyRing, Sealer};
use storage::testing::{self, TestDatabase};
use tower::ServiceExt;

use crate::model::PlatformTokenKind;
use crate::publish::{self, Publisher};
use crate::service::platform_tokens::NewToken;
use crate::{Actor, Dependencies, Portal, mail};

/// A control plane with an administrator.
pub(super) struct Platform {
    pub(super) portal: Portal,
    pub(super) clock: Clock,
    router: Router,
    token: String,
    database: TestDatabase,
    mail: tempfile::TempDir,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
}

impl Answer {
    /// `field: rule` of every violation, in order.
    pub(super) fn violations(&self) -> Vec<String> {
        let list = self.body["invalid_parameters"].as_array();
        let line = |v: &Value| {
            format!(
                "{}: {}",
                v["field"].as_str().unwrap(),
                v["rule"].as_str().unwrap()
            )
        };
        list.into_iter().flatten().map(line).collect()
    }

    /// The id of what was made.
    pub(super) fn id(&self) -> String {
        assert_eq!(self.status, 201, "{}", self.body);
        self.body["id"].as_str().unwrap().to_owned()
    }
}

impl Platform {
    /// On SQLite: for rules that have nothing to do with SQL.
    pub(super) async fn start() -> Self {
        Self::on(testing::sqlite(&[crate::MIGRATIONS]).await).await
    }

    /// One on each database.
    pub(super) async fn everywhere() -> Vec<Self> {
        let mut all = Vec::new();
        for database in testing::databases(&[crate::MIGRATIONS]).await {
            all.push(Self::on(database).await);
        }
        all
    }

    async fn on(database: TestDatabase) -> Self {
        Self::with_keys(database, KeyRing::for_tests(), Entropy::seeded(11)).await
    }

    async fn with_keys(database: TestDatabase, keys: KeyRing, entropy: Entropy) -> Self {
        let clock = Clock::manual(Timestamp::from_unix_seconds(1_709_249_880));
        let mail = tempfile::tempdir().unwrap();
        let db = database.db.clone();
        let settings = publish::Settings {
            settle: Duration::from_millis(50),
            ..publish::Settings::default()
        };
        let portal = Portal::open(Dependencies {
            sealer: Sealer::new(keys, entropy.clone()),
            egress: Egress::new(Policy::default(), clock.clone()),
            publisher: Publisher::new(db.clone(), clock.clone(), settings),
            clock: clock.clone(),
            entropy,
            mail: mail::Settings {
                delivery: mail::Delivery::Files(mail.path().to_owned()),
                from: "Portal <portal@example.com>".into(),
            },
            portal_url: "http://localhost:8003".into(),
            console_url: "http://localhost:8001".into(),
            db,
        })
        .await
        .unwrap();
        let ctx = portal.ctx(Actor::System, "test");
        let new = NewToken {
            kind: PlatformTokenKind::Personal,
            name: "test".into(),
            expires_at: None,
        };
        let (_, token) = portal.create_platform_token(&ctx, new).await.unwrap();
        Self {
            router: super::platform_router(portal.clone()),
            token: token.reveal().expose_secret().to_owned(),
            portal,
            clock,
            database,
            mail,
        }
    }

    /// Stops it, and starts another one on its database under these key-encryption keys.
    pub(super) async fn restart(self, keys: KeyRing) -> Self {
        Self::with_keys(self.database, keys, Entropy::system()).await
    }

    pub(super) fn name(&self) -> &'static str {
        self.database.name
    }

    /// Calls as the administrator and holds the answer against the specification.
    pub(super) async fn call(&self, method: &str, path: &str, body: Value) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let answer = self.call_as(Some(&bearer), method, path, body).await;
        contract::check(method, path, &answer);
        answer
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, Value::Null).await
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, body).await
    }

    /// Calls with this `Authorization` header.
    pub(super) async fn call_as(
        &self,
        authorization: Option<&str>,
        method: &str,
        path: &str,
        body: Value,
    ) -> Answer {
        let text = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.raw(authorization, method, path, text).await
    }

    /// Calls with this body, whatever it is.
    pub(super) async fn raw(
        &self,
        authorization: Option<&str>,
        method: &str,
        path: &str,
        body: String,
    ) -> Answer {
        self.of_kind("application/json", authorization, method, path, body)
            .await
    }

    /// Calls with this body of this kind.
    pub(super) async fn of_kind(
        &self,
        kind: &str,
        authorization: Option<&str>,
        method: &str,
        path: &str,
        body: impl Into<String>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, kind)
            .header(header::USER_AGENT, "walker/1")
            .extension(ConnectInfo(SocketAddr::from(([192, 0, 2, 9], 4000))));
        if let Some(value) = authorization {
            request = request.header(header::AUTHORIZATION, value);
        }
        let request = request.body(Body::from(body.into())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        }
    }

    pub(super) fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    /// The provider of the vendor's page.
    pub(super) async fn provider(&self) -> String {
        self.post("/v2/dcr-providers", providers::seed()).await.id()
    }

    /// The strategy of the vendor's page, with this provider.
    pub(super) async fn strategy(&self, provider: &str) -> String {
        let mut body = strategies::seed();
        body["dcr_provider_id"] = json!(provider);
        self.post("/v2/application-auth-strategies", body)
            .await
            .id()
    }
}
