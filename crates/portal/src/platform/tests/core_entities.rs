//! `/v2/control-planes/{id}/core-entities`.

use serde_json::{Value, json};

use super::{Answer, Platform};

async fn entities(platform: &Platform) -> String {
    let planes = platform.get("/v2/control-planes").await;
    let plane = planes.body["data"][0]["id"].as_str().unwrap();
    format!("/v2/control-planes/{plane}/core-entities")
}

/// The fields that a refusal names.
fn fields(answer: &Answer) -> Vec<&str> {
    assert_eq!(answer.status, 400, "{}", answer.body);
    let details = answer.body["details"].as_array().unwrap();
    details
        .iter()
        .map(|detail| detail["field"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_proxy_address_of_a_control_plane_is_no_longer_than_the_vendors() {
    let platform = Platform::start().await;
    let plane = |host: usize, protocol: usize| {
        let url =
            json!({ "host": "a".repeat(host), "port": 443, "protocol": "b".repeat(protocol) });
        json!({ "name": format!("edge {host} {protocol}"), "proxy_urls": [url] })
    };
    let planes = "/v2/control-planes";
    assert_eq!(platform.post(planes, plane(120, 32)).await.status, 201);
    let refused = platform.post(planes, plane(121, 33)).await;
    let too_long = ["proxy_urls.0.host", "proxy_urls.0.protocol"];
    let too_long = too_long.map(|field| format!("{field}: max_length"));
    assert_eq!(refused.violations(), too_long);
}

#[tokio::test]
async fn a_service_and_its_route_live_from_post_to_delete() {
    for platform in Platform::everywhere().await {
        let entities = entities(&platform).await;
        let services = format!("{entities}/services");
        let body = json!({ "name": "weather", "url": "https://api.example.com/base" });
        let made = platform.post(&services, body).await;
        let service = made.id();
        assert_eq!(made.body["host"], "api.example.com", "{}", platform.name());
        assert_eq!(made.body["port"], 443);
        assert_eq!(made.body["path"], "/base");
        assert_eq!(made.body["retries"], 5);
        let body = json!({ "name": "weather", "paths": ["/weather"] });
        let routes = format!("{services}/{service}/routes");
        let route = platform.post(&routes, body).await;
        assert_eq!(route.body["service"]["id"], json!(service));

        // By id, by name, in lists of every kind.
        for path in [
            format!("{services}/{service}"),
            format!("{services}/weather"),
        ] {
            assert_eq!(platform.get(&path).await.body, made.body);
        }
        for list in [&services, &routes, &format!("{entities}/routes")] {
            let found = platform.get(list).await;
            assert_eq!(found.body["data"][0]["name"], "weather", "{list}");
            assert_eq!(found.body["next"], Value::Null);
        }

        // Under its service, and under no other.
        let other = json!({ "name": "other", "host": "a.example" });
        platform.post(&services, other).await.id();
        let under = format!("{services}/weather/routes/weather");
        assert_eq!(platform.get(&under).await.body, route.body);
        let astray = format!("{services}/other/routes/weather");
        assert_eq!(platform.get(&astray).await.status, 404);
        let untouched = platform.call("DELETE", &astray, Value::Null).await;
        assert_eq!(untouched.status, 204);
        let body = json!({ "name": "weather", "paths": ["/sun"] });
        let replaced = platform.call("PUT", &under, body).await;
        assert_eq!(replaced.body["id"], route.body["id"], "{}", replaced.body);
        assert_eq!(replaced.body["service"]["id"], json!(service));

        let refused = platform
            .call("DELETE", &format!("{services}/weather"), Value::Null)
            .await;
        assert_eq!(refused.status, 409, "a route leads to it");
        for path in [
            format!("{entities}/routes/weather"),
            format!("{services}/weather"),
        ] {
            for _ in 0..2 {
                let gone = platform.call("DELETE", &path, Value::Null).await;
                assert_eq!(gone.status, 204, "{path}");
            }
            assert_eq!(platform.get(&path).await.status, 404, "{path}");
        }
    }
}

#[tokio::test]
async fn put_creates_by_name_and_replaces() {
    for platform in Platform::everywhere().await {
        let services = format!("{}/services", entities(&platform).await);
        let one = format!("{services}/billing");
        let body = json!({ "host": "a.example", "retries": 1 });
        let made = platform.call("PUT", &one, body).await;
        assert_eq!(made.status, 200, "{}", made.body);
        assert_eq!(made.body["name"], "billing");
        let body = json!({ "name": "billing", "host": "b.example" });
        let replaced = platform.call("PUT", &one, body).await;
        assert_eq!(replaced.body["id"], made.body["id"]);
        assert_eq!(replaced.body["host"], "b.example");
        assert_eq!(
            replaced.body["retries"], 5,
            "what is left out is Kong's default"
        );
        let taken = json!({ "name": "billing", "host": "c.example" });
        let refused = platform.post(&services, taken).await;
        assert_eq!(refused.status, 409, "{}", refused.body);
        let id = "93f8380e-7798-4566-99e3-2edf2b57d289";
        let body = json!({ "host": "d.example" });
        let by_id = platform
            .call("PUT", &format!("{services}/{id}"), body)
            .await;
        assert_eq!(by_id.body["id"], id);
        assert_eq!(by_id.body["name"], Value::Null);
    }
}

#[tokio::test]
async fn everything_that_is_wrong_is_named() {
    let platform = Platform::start().await;
    let entities = entities(&platform).await;
    let service = json!({
        "name": "a b",
        "host": "",
        "port": 0,
        "path": "base",
        "retries": "many",
        "tls_verify": true,
        "hots": "x"
    });
    let refused = platform
        .post(&format!("{entities}/services"), service)
        .await;
    assert_eq!(
        fields(&refused),
        [
            "hots",
            "name",
            "host",
            "port",
            "path",
            "tls_verify",
            "retries"
        ]
    );
    let route = json!({
        "paths": ["weather"],
        "protocols": ["tcp"],
        "methods": ["get"],
        "headers": { "host": ["x"] }
    });
    let refused = platform.post(&format!("{entities}/routes"), route).await;
    assert_eq!(
        fields(&refused),
        ["protocols", "methods", "paths", "headers"]
    );
    let nothing = platform
        .post(&format!("{entities}/routes"), json!({}))
        .await;
    assert_eq!(fields(&nothing), ["paths"]);
    let astray = json!({ "paths": ["/x"], "service": { "id": "nobody" } });
    let refused = platform.post(&format!("{entities}/routes"), astray).await;
    assert_eq!(fields(&refused), ["service.id"]);
    let bearer = platform.bearer();
    let path = format!("{entities}/services");
    let broken = platform.raw(Some(&bearer), "POST", &path, "{".into()).await;
    assert_eq!(broken.status, 400);
    assert_eq!(broken.body["code"], 3);
    let elsewhere = path.replace("/v2/control-planes/", "/v2/control-planes/x");
    assert_eq!(platform.get(&elsewhere).await.status, 404);
}

#[tokio::test]
async fn pages_follow_each_other_and_tags_select() {
    for platform in Platform::everywhere().await {
        let services = format!("{}/services", entities(&platform).await);
        for (name, tags) in [
            ("a", json!(["x"])),
            ("b", json!(["x", "y"])),
            ("c", json!([])),
        ] {
            let body = json!({ "name": name, "host": "a.example", "tags": tags });
            platform.post(&services, body).await.id();
        }
        let mut seen = Vec::new();
        let mut query = "?size=2".to_owned();
        loop {
            let page = platform.get(&format!("{services}{query}")).await;
            let data = page.body["data"].as_array().unwrap().clone();
            seen.extend(
                data.iter()
                    .map(|one| one["name"].as_str().unwrap().to_owned()),
            );
            match page.body["next"].as_str() {
                Some(next) => query = next.to_owned(),
                None => break,
            }
        }
        // All were made at the same moment, so that their ids decide.
        seen.sort();
        assert_eq!(seen, ["a", "b", "c"], "{}", platform.name());
        for (query, count) in [
            ("tags=x", 2),
            ("tags=x,y", 1),
            ("tags=y/z", 1),
            ("filter[name][contains]=B", 1),
            ("filter[name][eq]=c", 1),
            ("page[size]=2&page[number]=1", 2),
            ("page[size]=2&page[number]=2", 1),
        ] {
            let found = platform.get(&format!("{services}?{query}")).await;
            let found = found.body["data"].as_array().unwrap().len();
            assert_eq!(found, count, "{query}");
        }
        for (query, field) in [
            ("size=0", "size"),
            ("offset=x", "offset"),
            ("page[size]=0", "page[size]"),
            ("page[number]=0", "page[number]"),
        ] {
            let refused = platform.get(&format!("{services}?{query}")).await;
            assert_eq!(fields(&refused), [field]);
        }
    }
}

/// What decK lists before it compares, beside services and routes.
const LISTED: [&str; 18] = [
    "acls",
    "basic-auths",
    "ca_certificates",
    "certificates",
    "consumer_groups",
    "consumers",
    "hmac-auths",
    "jwts",
    "key-auths",
    "key-sets",
    "keys",
    "mtls-auths",
    "partials",
    "plugins",
    "snis",
    "targets",
    "upstreams",
    "vaults",
];

#[tokio::test]
async fn kinds_that_do_not_exist_here_have_empty_lists_and_making_one_is_refused_in_a_sentence() {
    let platform = Platform::start().await;
    let planes = platform.get("/konnect-api/api/runtime_groups").await;
    assert_eq!(planes.body["data"][0]["name"], "default");
    assert_eq!(planes.body["page"], planes.body["pageCount"]);
    let me = platform.get("/v2/organizations/me").await;
    assert_eq!(me.status, 200);

    let entities = entities(&platform).await;
    for kind in LISTED {
        let list = format!("{entities}/{kind}");
        let found = platform.get(&format!("{list}?size=1000")).await;
        assert_eq!(found.status, 200, "{kind}");
        assert_eq!(found.body, json!({ "data": [], "next": null }), "{kind}");
        let made = platform.post(&list, json!({ "name": "x" })).await;
        assert_eq!(made.status, 400, "{kind}");
        let said = made.body["message"].as_str().unwrap();
        assert!(
            said.starts_with(&format!("this gateway has no {kind}:")),
            "{said}"
        );
        let one = format!("{list}/x");
        if kind != "targets" {
            assert_eq!(platform.get(&one).await.status, 404, "{kind}");
            assert_eq!(platform.call("PUT", &one, json!({})).await.status, 400);
            let gone = platform.call("DELETE", &one, Value::Null).await;
            assert_eq!(gone.status, 204, "{kind}");
        }
        let outsider = platform.call_as(None, "POST", &list, json!({})).await;
        assert_eq!(outsider.status, 401, "{kind}");
    }
    let nowhere = entities.replace("/core-entities", "x/core-entities");
    let answer = platform.get(&format!("{nowhere}/plugins")).await;
    assert_eq!(answer.status, 404);
    let service = json!({ "name": "a", "host": "a.example" });
    platform
        .post(&format!("{entities}/services"), service)
        .await;
    let below = platform
        .get(&format!("{entities}/services/a/plugins"))
        .await;
    assert_eq!(below.body["data"], json!([]));
    let below = platform
        .get(&format!("{entities}/services/b/plugins"))
        .await;
    assert_eq!(below.status, 404);
}

#[tokio::test]
async fn nodes_are_listed_with_the_revision_that_they_obey_and_forgotten_when_they_are_away() {
    let platform = Platform::start().await;
    let planes = platform.get("/v2/control-planes").await;
    let plane = planes.body["data"][0]["id"].as_str().unwrap().to_owned();
    let plane = format!("/v2/control-planes/{plane}");
    let nodes = format!("{plane}/nodes");
    assert_eq!(platform.get(&nodes).await.body["items"], json!([]));
    platform.portal.publisher().publish().await.unwrap();
    let body = json!({ "node": "edge-1", "revision": 0 });
    platform.post("/v1/gateway/acks", body).await;
    let list = platform.get(&nodes).await;
    assert_eq!(list.body["page"]["total_count"], 1);
    let expected = platform.get(&format!("{plane}/expected-config-hash")).await;
    let one = platform.get(&format!("{nodes}/edge-1")).await;
    assert_eq!(one.body["item"], list.body["items"][0]);
    assert_eq!(one.body["item"]["hostname"], "edge-1");
    assert_eq!(
        one.body["item"]["config_hash"],
        expected.body["expected_hash"]
    );
    let version = platform
        .get(&format!("{plane}/expected-config-version"))
        .await;
    assert_eq!(version.body["expected_config_version"], "0");
    assert_eq!(
        platform.get(&format!("{nodes}/eol")).await.body["items"],
        json!([])
    );
    let gone = platform
        .call("DELETE", &format!("{nodes}/edge-1"), Value::Null)
        .await;
    assert_eq!(gone.status, 204);
    assert_eq!(platform.get(&format!("{nodes}/edge-1")).await.status, 404);
}
