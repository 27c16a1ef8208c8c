//! Every write of the platform API is in the audit: who, from where, in which request, and what changed.

mod organization;
mod teams;
mod third;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::routes;
use super::Platform;
use super::contract::shape;
use super::portals::{applicant, published};
use super::{providers, strategies};
use crate::store::audit_log::{Recorded, following};
use crate::store::listing::Listing;

/// Operations that write nothing by their nature, or cannot without an identity provider: the tests of
/// applications walk those, and look into the audit there. The list may only shrink.
const ELSEWHERE: [&str; 15] = [
    "POST /v2/portals/{}/verify-domain",
    "POST /v2/dcr-providers/{}/verify",
    "POST /v2/dcr-providers/{}/checks",
    "POST /v2/dcr-providers/{}/switch",
    "POST /v2/dcr-providers/{}/reconciliation",
    "PATCH /v2/dcr-providers/{}/reconciliation",
    "POST /v2/dcr-providers/{}/rotations",
    "POST /v2/dcr-providers/{}/rotations/{}/retirements",
    "POST /v2/dcr-providers/{}/reconciliation/passes",
    "DELETE /v2/dcr-providers/{}/possible-orphans/{}",
    "DELETE /v2/control-planes/{}/nodes/{}",
    "POST /v3/apis/validate-specification",
    "PATCH /v3/portals/{}/custom-domain",
    "POST /v3/portals/email-domains",
    "DELETE /v3/portals/email-domains/{}",
];

/// Whether a call was one of this operation: what differs in paths is ids and names.
fn fits(operation: &str, call: &str) -> bool {
    let (wanted, called) = (operation.split('/'), call.split('/'));
    wanted.clone().count() == called.clone().count()
        && wanted
            .zip(called)
            .all(|(wanted, called)| wanted == "{}" || wanted == called)
}

struct Walk<'a> {
    platform: &'a Platform,
    walked: BTreeSet<String>,
    seen: usize,
    /// Whose token is sent, where it is not the platform's own.
    bearer: Option<String>,
}

impl Walk<'_> {
    async fn entries(&self) -> Vec<Recorded> {
        let listing = Listing::all("t.occurred_at");
        following(self.platform.portal.db(), &listing, None)
            .await
            .unwrap()
    }

    /// Calls, and gives the answer with what was written down of the call.
    async fn step(&mut self, method: &str, path: &str, body: Value) -> (Value, Recorded) {
        self.seen = self.entries().await.len();
        let answer = match &self.bearer {
            Some(bearer) => {
                self.platform
                    .call_as(Some(bearer), method, path, body)
                    .await
            }
            None => self.platform.call(method, path, body).await,
        };
        let text = format!("{method} {path}: {}", answer.body);
        assert!(answer.status < 300, "{text}");
        let entries = self.entries().await;
        let written = entries.get(self.seen..).unwrap();
        let Some(entry) = written.last() else {
            panic!("{text}: nothing was written down")
        };
        assert_eq!(entry.actor_kind, "platform_token", "{text}");
        assert!(
            entry.actor_id.is_some() && entry.actor_name.is_some(),
            "{text}"
        );
        let request = answer.headers["x-request-id"].to_str().unwrap();
        assert_eq!(entry.request_id, request, "{text}");
        assert_eq!(entry.address.as_deref(), Some("192.0.2.9"), "{text}");
        assert_eq!(entry.user_agent.as_deref(), Some("walker/1"), "{text}");
        let detail = entry.detail.to_string();
        assert!(!detail.contains("s3cret"), "{text}: {detail}");
        let path = path.split('?').next().unwrap_or(path);
        self.walked.insert(format!("{method} {path}"));
        (answer.body, entry.clone())
    }

    async fn make(&mut self, path: &str, body: Value) -> String {
        let (answer, entry) = self.step("POST", path, body).await;
        assert!(
            entry.detail["changes"].is_object(),
            "{path}: {}",
            entry.detail
        );
        answer["id"].as_str().unwrap_or_default().to_owned()
    }

    /// Changes, and expects this member with what it was and is.
    async fn change(&mut self, method: &str, path: &str, body: Value, told: (&str, Value)) {
        let (_, entry) = self.step(method, path, body).await;
        let (member, change) = told;
        assert_eq!(
            entry.detail["changes"][member], change,
            "{path}: {}",
            entry.detail
        );
    }

    async fn remove(&mut self, path: &str) {
        self.step("DELETE", path, Value::Null).await;
    }
}

fn to(before: &str, after: &str) -> Value {
    json!({ "before": before, "after": after })
}

impl<'a> Walk<'a> {
    fn of(platform: &'a Platform) -> Self {
        Self {
            platform,
            walked: BTreeSet::new(),
            seen: 0,
            bearer: None,
        }
    }

    /// Panics if an operation of this generation writes and was not walked.
    fn end(&self, generation: &str) {
        let writes = routes()
            .into_iter()
            .filter(|(method, path, _)| method.as_str() != "GET" && path.starts_with(generation))
            .map(|(method, path, _)| format!("{method} {}", shape(path)))
            .filter(|operation| !ELSEWHERE.contains(&operation.as_str()));
        let missed: Vec<String> = writes
            .filter(|operation| !self.walked.iter().any(|call| fits(operation, call)))
            .collect();
        assert!(missed.is_empty(), "walk these too: {missed:#?}");
    }
}

#[tokio::test]
async fn every_write_of_v2_is_written_down_with_who_from_where_and_what_changed() {
    let platform = Platform::start().await;
    let mut walk = Walk::of(&platform);
    walk_gateway(&mut walk).await;
    walk_auth(&mut walk).await;
    walk_products(&mut walk).await;
    walk_portals(&mut walk).await;
    walk_audit_log(&mut walk).await;
    teams::walk(&mut walk, "/v2").await;
    walk.end("/v2/");
}

#[tokio::test]
async fn every_write_of_v3_is_written_down_with_who_from_where_and_what_changed() {
    let platform = Platform::start().await;
    let mut walk = Walk::of(&platform);
    teams::walk(&mut walk, "/v3").await;
    third::walk(&mut walk).await;
    walk.end("/v3/");
}

async fn walk_gateway(walk: &mut Walk<'_>) {
    let planes = "/v2/control-planes";
    let plane = walk.make(planes, json!({ "name": "eu" })).await;
    let plane = format!("{planes}/{plane}");
    let changed = json!({ "name": "us" });
    walk.change("PATCH", &plane, changed, ("name", to("eu", "us")))
        .await;
    let services = format!("{plane}/core-entities/services");
    let service = json!({ "name": "a", "host": "a.example" });
    let service = walk.make(&services, service).await;
    let one = format!("{services}/{service}");
    let changed = json!({ "name": "a", "host": "b.example" });
    let told = ("host", to("a.example", "b.example"));
    walk.change("PUT", &one, changed, told).await;
    let below = format!("{one}/routes");
    let route = walk
        .make(&below, json!({ "name": "r", "paths": ["/a"] }))
        .await;
    let told = ("name", to("r", "s"));
    let changed = json!({ "name": "s", "paths": ["/a"] });
    walk.change("PUT", &format!("{below}/{route}"), changed, told)
        .await;
    walk.remove(&format!("{below}/{route}")).await;
    let routes = format!("{plane}/core-entities/routes");
    let route = json!({ "name": "r", "paths": ["/b"], "service": { "id": service } });
    let route = walk.make(&routes, route).await;
    let changed = json!({ "name": "s", "paths": ["/b"], "service": { "id": service } });
    walk.change(
        "PUT",
        &format!("{routes}/{route}"),
        changed,
        ("name", to("r", "s")),
    )
    .await;
    walk.remove(&format!("{routes}/{route}")).await;
    walk.remove(&one).await;
    walk.remove(&plane).await;
}

async fn walk_auth(walk: &mut Walk<'_>) {
    let providers = "/v2/dcr-providers";
    let mut body = providers::seed();
    body["dcr_config"]["initial_client_secret"] = json!("s3cret");
    let provider = walk.make(providers, body).await;
    let one = format!("{providers}/{provider}");
    let changed = json!({
        "display_name": "New", "dcr_config": { "initial_client_secret": "s3cret2" },
    });
    let (_, entry) = walk.step("PATCH", &one, changed).await;
    let changes = &entry.detail["changes"];
    assert_eq!(changes["display_name"]["after"], "New");
    assert_eq!(changes["secret"], json!({ "after": "[secret]" }));
    let all = "/v2/application-auth-strategies";
    let mut body = strategies::seed();
    body["dcr_provider_id"] = json!(provider);
    let strategy = walk.make(all, body.clone()).await;
    let path = format!("{all}/{strategy}");
    let (_, entry) = walk
        .step("PATCH", &path, json!({ "display_name": "New" }))
        .await;
    assert_eq!(entry.detail["changes"]["display_name"]["after"], "New");
    walk.step("PUT", &path, body).await;
    walk.remove(&path).await;
    walk.remove(&one).await;
}

async fn walk_products(walk: &mut Walk<'_>) {
    let all = "/v2/api-products";
    let product = walk.make(all, json!({ "name": "Weather" })).await;
    let one = format!("{all}/{product}");
    let changed = json!({ "name": "Climate" });
    walk.change("PATCH", &one, changed, ("name", to("Weather", "Climate")))
        .await;
    let documents = format!("{one}/documents");
    let document = json!({ "slug": "start", "title": "Start", "content": "IyBIZWxsbw==", "status": "published" });
    let document = walk.make(&documents, document).await;
    let path = format!("{documents}/{document}");
    let changed = json!({ "title": "Begin" });
    walk.change("PATCH", &path, changed, ("title", to("Start", "Begin")))
        .await;
    walk.remove(&path).await;
    let versions = format!("{one}/product-versions");
    let version = walk.make(&versions, json!({ "name": "v1" })).await;
    let path = format!("{versions}/{version}");
    let changed = json!({ "name": "v2" });
    walk.change("PATCH", &path, changed, ("name", to("v1", "v2")))
        .await;
    let specifications = format!("{path}/specifications");
    let text = r#"{"openapi":"3.0.0","info":{"title":"t","version":"1"},"paths":{}}"#;
    let content = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, text);
    let body = json!({ "name": "a.json", "content": content });
    let specification = walk.make(&specifications, body).await;
    let one_specification = format!("{specifications}/{specification}");
    let changed = json!({ "name": "b.json" });
    let told = ("name", to("a.json", "b.json"));
    walk.change("PATCH", &one_specification, changed, told)
        .await;
    walk.remove(&one_specification).await;
    walk.remove(&path).await;
    walk.remove(&one).await;
}

async fn walk_portals(walk: &mut Walk<'_>) {
    let platform = walk.platform;
    let (portal, version, strategy) = published(platform).await;
    let applicant = applicant(platform, &portal, &version, &strategy).await;
    let all = "/v2/portals";
    let own = walk.make(all, json!({ "name": "own" })).await;
    let path = format!("{all}/{own}");
    let changed = json!({ "name": "mine" });
    walk.change("PATCH", &path, changed, ("name", to("own", "mine")))
        .await;
    let theme = json!({ "theme_name": "custom", "use_custom_fonts": true });
    walk.step("PATCH", &format!("{path}/appearance"), theme)
        .await;
    let settings = format!("{path}/authentication-settings");
    let changed = json!({ "konnect_mapping_enabled": false });
    let told = json!({ "before": true, "after": false });
    let member = "authentication.konnect_mapping_enabled";
    walk.change("PATCH", &settings, changed, (member, told))
        .await;

    let product = platform.get("/v2/api-products").await.body["data"][0]["id"].clone();
    let product = product.as_str().unwrap();
    let publish = json!({ "api_products": { product: { "publish_status": "published" } } });
    walk.step("POST", &format!("{path}/publish"), publish).await;
    let versions = format!("{path}/product-versions");
    let body = json!({
        "product_version_id": version, "publish_status": "published", "auth_strategy_ids": [strategy],
        "application_registration_enabled": true, "auto_approve_registration": false,
        "deprecated": false,
    });
    walk.make(&versions, body.clone()).await;
    let one = format!("{versions}/{version}");
    let told = json!({ "before": false, "after": true });
    walk.change(
        "PATCH",
        &one,
        json!({ "deprecated": true }),
        ("deprecated", told),
    )
    .await;
    let mut body = body;
    body.as_object_mut().unwrap().remove("product_version_id");
    walk.step("PUT", &one, body).await;
    walk.remove(&one).await;

    let told = ("status", to("pending", "approved"));
    let approved = json!({ "status": "approved" });
    walk.change(
        "PATCH",
        &applicant.developer,
        approved.clone(),
        told.clone(),
    )
    .await;
    walk.change("PATCH", &applicant.registration, approved, told)
        .await;
    walk.remove(&applicant.registration).await;
    walk.remove(&applicant.application).await;
    walk.remove(&applicant.developer).await;
    walk.remove(&path).await;
}

async fn walk_audit_log(walk: &mut Walk<'_>) {
    let all = "/v2/audit-log-destinations";
    let body = json!({
        "name": "SIEM", "endpoint": "https://siem.example/a", "authorization": "Bearer s3cret",
        "log_format": "json",
    });
    let destination = walk.make(all, body).await;
    let one = format!("{all}/{destination}");
    let (_, entry) = walk
        .step(
            "PATCH",
            &one,
            json!({ "authorization": "s3cret2", "name": "B" }),
        )
        .await;
    assert_eq!(
        entry.detail["changes"]["authorization"]["after"],
        "[secret]"
    );
    walk_portal_webhook(walk, "/v2", &destination).await;
    walk.remove(&one).await;
    let body = json!({ "endpoint": "https://siem.example/a", "authorization": "Bearer s3cret" });
    let (_, entry) = walk.step("PATCH", "/v2/audit-log-webhook", body).await;
    assert_eq!(
        entry.detail["changes"]["authorization"]["after"],
        "[secret]"
    );
    let now = walk.platform.clock.now().to_rfc3339();
    let range = json!({ "start_at": now, "end_at": now });
    walk.step("PUT", "/v2/audit-log-replay-job", range).await;
}

async fn walk_portal_webhook(walk: &mut Walk<'_>, generation: &str, destination: &str) {
    let portal = walk.platform.get("/v2/portals").await.body["data"][0]["id"].clone();
    let portal = format!("{generation}/portals/{}", portal.as_str().unwrap());
    let webhook = format!("{portal}/audit-log-webhook");
    let body = json!({ "audit_log_destination_id": destination });
    walk.step("PATCH", &webhook, body).await;
    let now = walk.platform.clock.now().to_rfc3339();
    let range = json!({ "start_at": now, "end_at": now });
    let replay = format!("{portal}/audit-log-replay-job");
    walk.step("PUT", &replay, range).await;
    walk.remove(&webhook).await;
}
