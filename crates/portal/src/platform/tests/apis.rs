//! `/v3/apis` and what is under it.

use serde_json::{Value, json};

use super::portals::applicant;
use super::{Answer, Platform};
use crate::publish::compile;

pub(super) const SPEC: &str =
    "openapi: 3.1.0\ninfo:\n  title: Weather\n  version: 1.0.0\npaths:\n  /rain:\n    get: {}\n";

async fn api(platform: &Platform, body: Value) -> Answer {
    let made = platform.post("/v3/apis", body).await;
    assert_eq!(made.status, 201, "{}: {}", platform.name(), made.body);
    made
}

async fn portal(platform: &Platform, name: &str) -> String {
    platform
        .post("/v2/portals", json!({ "name": name }))
        .await
        .id()
}

pub(super) async fn strategy(platform: &Platform, name: &str) -> String {
    let keys = json!({
        "name": name,
        "display_name": "Keys",
        "strategy_type": "key_auth",
        "configs": { "key-auth": {} }
    });
    let strategies = "/v2/application-auth-strategies";
    platform.post(strategies, keys).await.id()
}

/// A gateway service: the ids of its control plane and its own.
pub(super) async fn service(platform: &Platform, name: &str) -> (String, String) {
    let planes = platform.get("/v2/control-planes").await;
    let plane = planes.body["data"][0]["id"].as_str().unwrap().to_owned();
    let services = format!("/v2/control-planes/{plane}/core-entities/services");
    let body = json!({ "name": name, "url": "https://api.example.com" });
    let service = platform.post(&services, body).await.id();
    (plane, service)
}

/// The ids of the APIs that guard something at the gateway, each with how many applications it lets in.
async fn guarded(platform: &Platform) -> Vec<(String, usize)> {
    let config = compile(platform.portal.db()).await.unwrap();
    let lets_in = |api: &str| {
        let all = config.applications.iter();
        all.filter(|one| one.registrations.iter().any(|r| r.api_id == api))
            .count()
    };
    let apis = config.apis.iter();
    apis.map(|api| (api.id.clone(), lets_in(&api.id))).collect()
}

#[tokio::test]
async fn operations_are_those_of_the_current_version_and_attributes_are_counted() {
    for platform in Platform::everywhere().await {
        let body = json!({ "name": "counted", "attributes": { "domains": ["web", "mobile"] },
            "spec_content": SPEC });
        let api = platform.post("/v3/apis", body).await.id();
        let body =
            json!({ "name": "other", "attributes": { "domains": ["web"], "env": ["test"] } });
        let other = platform.post("/v3/apis", body).await.id();
        let all = platform.get("/v3/api-attributes").await.body;
        let domains = &all["data"][0];
        let counts =
            json!([{ "value": "mobile", "api_count": 1 }, { "value": "web", "api_count": 2 }]);
        assert_eq!(
            (&domains["key"], &domains["values"]),
            (&json!("domains"), &counts)
        );
        let some = platform
            .get("/v3/api-attributes?filter[key][neq]=domains")
            .await;
        assert_eq!(some.body["data"][0]["key"], "env", "{}", some.body);
        assert_eq!(some.body["meta"]["page"]["total"], 1);

        let path = format!("/v3/apis/{api}/operations");
        let all = platform.get(&path).await.body["data"].clone();
        let first = &all[0];
        assert!(first["path"].as_str().unwrap().starts_with('/'), "{all}");
        let one = format!("{path}/{}", first["id"].as_str().unwrap());
        assert_eq!(&platform.get(&one).await.body, first, "{}", platform.name());
        let none = platform.get(&format!("{path}?filter[method]=TRACE")).await;
        assert_eq!(none.body["data"], json!([]));
        assert_eq!(platform.get(&format!("{path}/{api}")).await.status, 404);
        let none = platform.get(&format!("/v3/apis/{other}/operations")).await;
        assert_eq!(none.body["data"], json!([]));
    }
}

#[tokio::test]
async fn an_api_is_made_changed_listed_and_deleted() {
    for platform in Platform::everywhere().await {
        let body = json!({
            "name": "Weather API",
            "version": "v1",
            "labels": { "env": "test" },
            "attributes": { "domains": ["web", "mobile"], "env": ["production"], "none": null },
        });
        let made = api(&platform, body.clone()).await;
        assert_eq!(made.body["slug"], "weather-api-v1");
        assert_eq!(made.body["attributes"]["domains"], json!(["web", "mobile"]));
        assert_eq!(made.body["current_version_summary"], Value::Null);
        let one = format!("/v3/apis/{}", made.id());
        assert_eq!(platform.get(&one).await.body, made.body);
        assert_eq!(platform.post("/v3/apis", body).await.status, 409);

        let other = json!({ "name": "Tides", "slug": "weather-api-v1" });
        assert_eq!(
            platform.post("/v3/apis", other).await.status,
            409,
            "the slug"
        );
        let wrong =
            json!({ "name": "", "slug": "a b", "attributes": { "A": ["x"] }, "portals": [] });
        let refused = platform.post("/v3/apis", wrong).await;
        let wanted = [
            "name: min_length",
            "slug: matches_regex",
            "portals: unknown_property",
        ];
        assert_eq!(refused.violations(), wanted);
        let wrong = json!({ "name": "x", "attributes": { "A": ["x"] } });
        let refused = platform.post("/v3/apis", wrong).await;
        assert_eq!(refused.violations(), ["attributes.A: matches_regex"]);

        let change =
            json!({ "version": "v2", "labels": { "env": null }, "attributes": { "env": null } });
        let changed = platform.call("PATCH", &one, change).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        assert_eq!(changed.body["labels"], json!({}));
        assert_eq!(
            changed.body["attributes"],
            json!({ "domains": ["web", "mobile"] })
        );
        assert_eq!(changed.body["slug"], "weather-api-v1", "addresses stay");

        // A product of the other generation is an API too.
        let product = json!({ "name": "Tides", "labels": { "env": "prod" } });
        platform.post("/v2/api-products", product).await.id();
        for (filter, total) in [
            ("sort=name desc", 2),
            ("filter[name][contains]=TIDE", 1),
            ("filter[version]=v2", 1),
            ("filter[labels.env]", 1),
            ("filter[labels.env]=prod", 1),
            ("filter[labels.env][neq]=prod", 1),
            ("filter[labels.env][oeq]=test,dev", 0),
            ("filter[attributes.domains]=mobile", 1),
            ("filter[attributes.domains]=mob", 0),
            ("filter[attributes.domains]", 1),
            ("filter[implementation_mode]=gateway_entity_binding", 0),
        ] {
            let filter = filter.replace(' ', "%20");
            let list = platform.get(&format!("/v3/apis?{filter}")).await;
            let found = &list.body["meta"]["page"]["total"];
            assert_eq!(found, total, "{} {filter}: {}", platform.name(), list.body);
        }
        let refused = platform.get("/v3/apis?sort=slug").await;
        assert_eq!(refused.violations(), ["sort: enum"]);

        assert_eq!(platform.call("DELETE", &one, Value::Null).await.status, 204);
        assert_eq!(platform.get(&one).await.status, 404);
    }
}

#[tokio::test]
async fn versions_have_specifications_and_the_api_has_a_current_one() {
    for platform in Platform::everywhere().await {
        let made = api(
            &platform,
            json!({ "name": "Weather", "spec_content": SPEC }),
        )
        .await;
        assert_eq!(made.body["version"], "1.0.0");
        assert_eq!(made.body["slug"], "weather-1-0-0");
        let first = made.body["current_version_summary"]["id"].clone();
        assert_eq!(made.body["api_spec_ids"], json!([first]));
        let one = format!("/v3/apis/{}", made.id());
        let versions = format!("{one}/versions");

        let swagger = json!({ "swagger": "2.0", "info": { "title": "Weather" }, "paths": {} });
        let body = json!({ "spec": { "content": swagger.to_string() } });
        let refused = platform.post(&versions, body.clone()).await;
        assert_eq!(refused.violations(), ["version: missing_reference"]);
        let body = json!({ "version": "2.0.0", "spec": { "content": swagger.to_string() } });
        let second = platform.post(&versions, body.clone()).await;
        assert_eq!(second.body["spec"]["type"], "oas2", "{}", second.body);
        assert_eq!(platform.post(&versions, body).await.status, 409);
        let wrong = json!({ "spec": { "content": "openapi: 3.0.0" } });
        let refused = platform.post(&versions, wrong).await;
        assert_eq!(refused.violations(), ["spec.content: invalid"; 2]);

        let read = platform.get(&one).await;
        assert_eq!(read.body["current_version_summary"]["id"], first);
        let change = json!({ "version": "2.0.0" });
        let changed = platform.call("PATCH", &one, change).await;
        let current = &changed.body["current_version_summary"]["id"];
        assert_eq!(*current, second.body["id"]);

        let at = format!("{versions}/{}", second.id());
        let change = json!({ "version": "2.1.0", "spec": { "content": SPEC } });
        let changed = platform.call("PATCH", &at, change).await;
        assert_eq!(changed.body["spec"]["content"], SPEC, "{}", changed.body);
        assert_eq!(changed.body["spec"]["type"], "oas3");
        assert_eq!(platform.get(&at).await.body, changed.body);
        let list = platform
            .get(&format!("{versions}?filter[version]=2.1.0&sort=created_at"))
            .await;
        assert_eq!(list.body["data"][0]["id"], second.body["id"]);
        assert_eq!(
            platform.get(&versions).await.body["meta"]["page"]["total"],
            2
        );

        // The same as a product has them.
        let product = format!("/v2/api-products/{}/product-versions", made.id());
        let listed = platform.get(&format!("{product}?sort=name")).await;
        assert_eq!(listed.body["data"][1]["name"], "2.1.0", "{}", listed.body);

        assert_eq!(platform.call("DELETE", &at, Value::Null).await.status, 204);
        assert_eq!(platform.get(&at).await.status, 404);
    }
}

#[tokio::test]
async fn the_one_specification_is_checked_made_changed_and_removed() {
    for platform in Platform::everywhere().await {
        let check = "/v3/apis/validate-specification";
        let good = platform.post(check, json!({ "content": SPEC })).await;
        assert_eq!(good.status, 201, "{}", good.body);
        let bad = platform
            .post(check, json!({ "content": "openapi: [" }))
            .await;
        assert_eq!(bad.violations(), ["content: invalid"]);

        let made = api(&platform, json!({ "name": "Weather" })).await;
        let specifications = format!("/v3/apis/{}/specifications", made.id());
        let body = json!({ "content": SPEC, "type": "oas3" });
        let first = platform.post(&specifications, body.clone()).await;
        let one = format!("{specifications}/{}", first.id());
        assert_eq!(platform.get(&one).await.body["content"], SPEC);
        assert_eq!(platform.post(&specifications, body).await.status, 409);
        let change = json!({ "content": SPEC.replace("rain", "snow") });
        let changed = platform.call("PATCH", &one, change).await;
        assert!(changed.body["content"].as_str().unwrap().contains("snow"));
        let list = platform.get(&specifications).await;
        assert_eq!(list.body["data"][0]["type"], "oas3");
        assert_eq!(platform.call("DELETE", &one, Value::Null).await.status, 204);
        assert_eq!(platform.get(&one).await.status, 404);
        let read = platform.get(&format!("/v3/apis/{}", made.id())).await;
        assert_eq!(read.body["current_version_summary"], Value::Null);
    }
}

#[tokio::test]
async fn an_api_is_published_with_all_its_versions_and_withdrawn() {
    for platform in Platform::everywhere().await {
        let site = portal(&platform, "weather").await;
        let strategy = strategy(&platform, "keys").await;
        let made = api(&platform, json!({ "name": "Weather", "version": "v1" })).await;
        let (id, one) = (made.id(), format!("/v3/apis/{}", made.id()));
        let at = format!("{one}/publications/{site}");
        assert_eq!(platform.get(&at).await.status, 404);

        // Nobody asked for a strategy, and the portal has none.
        let published = platform.call("PUT", &at, json!({})).await;
        assert_eq!(
            published.status,
            200,
            "{}: {}",
            platform.name(),
            published.body
        );
        assert_eq!(published.body["auth_strategy_ids"], Value::Null);
        assert_eq!(published.body["visibility"], "private");
        let body = json!({
            "auth_strategy_ids": [strategy],
            "auto_approve_registrations": true,
            "visibility": "public",
        });
        let published = platform.call("PUT", &at, body).await;
        assert_eq!(published.body["auth_strategy_ids"], json!([strategy]));
        assert_eq!(platform.get(&at).await.body, published.body);
        let unknown = json!({ "auth_strategy_ids": [id] });
        let refused = platform.call("PUT", &at, unknown).await;
        assert_eq!(
            refused.violations(),
            ["auth_strategy_ids.0: missing_reference"]
        );

        // A version that comes later is where the others are.
        for version in ["v1", "v2"] {
            let body = json!({ "version": version, "spec": { "content": SPEC } });
            platform.post(&format!("{one}/versions"), body).await.id();
        }
        let versions = format!("/v2/portals/{site}/product-versions");
        let listed = platform.get(&versions).await;
        let listed = listed.body["data"].as_array().unwrap().clone();
        assert_eq!(listed.len(), 2, "{listed:?}");
        for version in &listed {
            assert_eq!(version["publish_status"], "published");
            assert_eq!(version["auto_approve_registration"], true);
            assert_eq!(version["auth_strategies"][0]["id"], json!(strategy));
        }
        let portals = &platform.get(&one).await.body["portals"];
        assert_eq!(portals[0]["id"], json!(site));

        let other = portal(&platform, "other").await;
        let elsewhere = format!("{one}/publications/{other}");
        platform
            .call("PUT", &elsewhere, json!({ "auth_strategy_ids": null }))
            .await;
        for (list, total) in [
            ("/v3/api-publications?sort=portal_name".to_owned(), 2),
            (format!("/v3/api-publications?filter[portal_id]={site}"), 1),
            (
                format!("/v3/api-publications?filter[auth_strategy_id]={strategy}"),
                1,
            ),
            (
                "/v3/api-publications?filter[entity_type]=api_package".to_owned(),
                0,
            ),
            (
                format!("/v3/portals/{site}/api-publications?sort=api_name"),
                1,
            ),
        ] {
            let found = platform.get(&list).await;
            assert_eq!(
                found.body["meta"]["page"]["total"], total,
                "{list}: {}",
                found.body
            );
        }

        assert_eq!(platform.call("DELETE", &at, Value::Null).await.status, 204);
        assert_eq!(platform.get(&at).await.status, 404);
        assert_eq!(
            platform.get(&versions).await.body["meta"]["page"]["total"],
            0
        );
    }
}

#[tokio::test]
async fn a_service_that_implements_an_api_lets_in_who_is_registered_and_nobody_else() {
    for platform in Platform::everywhere().await {
        let site = portal(&platform, "weather").await;
        let strategy = strategy(&platform, "keys").await;
        let made = api(&platform, json!({ "name": "Weather" })).await;
        let one = format!("/v3/apis/{}", made.id());
        let (plane, service) = service(&platform, "weather").await;
        let implementations = format!("{one}/implementations");
        let link = json!({ "service": { "id": service, "control_plane_id": plane } });
        let wrong = json!({ "service": { "id": made.id(), "control_plane_id": plane } });
        let refused = platform.post(&implementations, wrong).await;
        assert_eq!(refused.violations(), ["service.id: missing_reference"]);
        let whole = json!({ "control_plane": { "control_plane_id": plane } });
        let refused = platform.post(&implementations, whole).await;
        assert_eq!(refused.violations(), ["control_plane: invalid"]);
        let linked = platform.post(&implementations, link.clone()).await;
        let at = format!("{implementations}/{}", linked.id());
        assert_eq!(platform.get(&at).await.body, linked.body);
        assert_eq!(
            platform.post(&implementations, link.clone()).await.status,
            409
        );
        let tides = api(&platform, json!({ "name": "Tides" })).await;
        let elsewhere = format!("/v3/apis/{}/implementations", tides.id());
        assert_eq!(platform.post(&elsewhere, link).await.status, 409);
        let mode = platform
            .get("/v3/apis?filter[implementation_mode]=gateway_entity_binding")
            .await;
        assert_eq!(mode.body["data"][0]["id"], made.body["id"]);
        let all = format!("/v3/api-implementations?filter[service_id]={service}");
        assert_eq!(
            platform.get(&all).await.body["data"][0]["api_id"],
            made.body["id"]
        );

        let guards = guarded(&platform).await;
        assert!(guards.is_empty(), "nothing asks for a strategy yet");
        let publication = format!("{one}/publications/{site}");
        let body = json!({ "auth_strategy_ids": [strategy] });
        platform.call("PUT", &publication, body).await;
        let guards = guarded(&platform).await;
        let [(version, 0)] = guards.as_slice() else {
            panic!("{}: nobody is registered", platform.name());
        };
        let applicant = applicant(&platform, &site, version, &strategy).await;
        let registered = platform
            .get(&format!("{one}/registrations?filter[status]=pending"))
            .await;
        let registration = &registered.body["data"][0];
        assert_eq!(
            registration["portal"]["id"],
            json!(site),
            "{}",
            registered.body
        );
        let decided = format!(
            "{}/registrations/{}",
            applicant.application,
            registration["id"].as_str().unwrap()
        );
        platform
            .call("PATCH", &decided, json!({ "status": "approved" }))
            .await;
        assert_eq!(guarded(&platform).await, [(version.clone(), 1)]);

        // Versions come and go; who may call does not change.
        let versions = format!("{one}/versions");
        let spec = |version: &str| json!({ "version": version, "spec": { "content": SPEC } });
        let first = platform.post(&versions, spec("1.0.0")).await;
        assert_eq!(
            first.body["id"],
            json!(version),
            "it had no specification yet"
        );
        let second = platform.post(&versions, spec("2.0.0")).await.id();
        let first = format!("{versions}/{version}");
        assert_eq!(
            platform.call("DELETE", &first, Value::Null).await.status,
            204
        );
        assert_eq!(guarded(&platform).await, [(second.clone(), 1)]);
        let last = format!("{versions}/{second}");
        assert_eq!(
            platform.call("DELETE", &last, Value::Null).await.status,
            204
        );
        assert_eq!(guarded(&platform).await, [(second, 1)]);
        assert_eq!(
            platform.get(&versions).await.body["meta"]["page"]["total"],
            0
        );

        assert_eq!(platform.call("DELETE", &at, Value::Null).await.status, 204);
        assert_eq!(platform.get(&at).await.status, 404);
        assert!(guarded(&platform).await.is_empty());
    }
}

#[tokio::test]
async fn documents_make_a_tree_and_are_moved_in_it() {
    for platform in Platform::everywhere().await {
        let made = api(&platform, json!({ "name": "Weather" })).await;
        let documents = format!("/v3/apis/{}/documents", made.id());
        let text = "---\ntitle: Start\nstatus: published\n---\n# Hello\n";
        let start = platform.post(&documents, json!({ "content": text })).await;
        assert_eq!(start.body["title"], "Start", "{}", start.body);
        assert_eq!(start.body["slug"], "start");
        assert_eq!(start.body["status"], "published");
        assert_eq!(start.body["content"], text);
        let body = json!({ "content": "# Two words\n", "parent_document_id": start.id() });
        let below = platform.post(&documents, body.clone()).await;
        assert_eq!(below.body["slug"], "two-words");
        assert_eq!(below.body["status"], "unpublished");
        assert_eq!(
            platform.post(&documents, body).await.status,
            409,
            "the slug"
        );
        let last = platform
            .post(&documents, json!({ "content": "abcd", "title": "Last" }))
            .await;
        assert_eq!(last.body["content"], "abcd", "not taken for base64");

        let tree = platform.get(&documents).await;
        let tops = |tree: &Answer| -> Vec<String> {
            let data = tree.body["data"].as_array().unwrap();
            data.iter()
                .map(|one| one["title"].as_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(tops(&tree), ["Start", "Last"]);
        assert_eq!(tree.body["data"][0]["children"][0]["id"], below.body["id"]);
        let published = platform
            .get(&format!("{documents}?filter[status]=unpublished"))
            .await;
        assert_eq!(tops(&published), ["Two words", "Last"]);

        let one = format!("{documents}/{}", below.id());
        let moved = platform
            .post(&format!("{one}/move"), json!({ "index": 0 }))
            .await;
        assert_eq!(moved.status, 204, "{}", moved.body);
        assert_eq!(
            tops(&platform.get(&documents).await),
            ["Two words", "Start", "Last"]
        );
        platform
            .post(&format!("{one}/move"), json!({ "index": -1 }))
            .await;
        assert_eq!(
            tops(&platform.get(&documents).await),
            ["Start", "Last", "Two words"]
        );
        platform
            .post(&format!("{one}/move"), json!({ "index": 1 }))
            .await;
        assert_eq!(
            tops(&platform.get(&documents).await),
            ["Start", "Two words", "Last"]
        );
        let body = json!({ "parent_document_id": below.id() });
        let refused = platform.post(&format!("{one}/move"), body).await;
        assert_eq!(
            refused.violations(),
            ["parent_document_id: missing_reference"]
        );

        let change = json!({ "title": "Three words", "content": "x" });
        let changed = platform.call("PATCH", &one, change).await;
        assert_eq!(changed.body["content"], "x", "{}", changed.body);
        assert_eq!(platform.call("DELETE", &one, Value::Null).await.status, 204);
        assert_eq!(platform.get(&one).await.status, 404);
    }
}
