//! `/v3/portals` and what is under it, over the same rows as `/v2/portals`.

use serde_json::{Value, json};

use super::portals::published;
use super::{Answer, Platform};

/// A portal with an API that takes keys, and a developer: ids of portal, product, strategy, developer.
async fn world(platform: &Platform) -> [String; 4] {
    let (portal, version, strategy) = published(platform).await;
    let products = format!("/v2/portals/{portal}/products");
    let product = platform.get(&products).await.body["data"][0]["id"].clone();
    let body = json!({ "email": "Dev@Example.com", "full_name": "Dev", "status": "approved" });
    let developer = platform
        .post(&format!("/v3/portals/{portal}/developers"), body)
        .await
        .id();
    assert!(!version.is_empty());
    let product = product.as_str().unwrap().to_owned();
    [portal, product, strategy, developer]
}

async fn application(platform: &Platform, portal: &str, body: Value) -> Answer {
    let all = format!("/v3/portals/{portal}/applications");
    platform.post(&all, body).await
}

#[tokio::test]
async fn a_portal_is_one_under_both_generations() {
    for platform in Platform::everywhere().await {
        let body =
            json!({ "name": "weather", "labels": { "a": "b", "c": null }, "description": null });
        let made = platform.post("/v3/portals", body.clone()).await;
        assert_eq!(made.status, 201, "{}: {}", platform.name(), made.body);
        assert_eq!(made.body["authentication_enabled"], true);
        assert_eq!(made.body["default_api_visibility"], "private");
        assert_eq!(made.body["labels"], json!({ "a": "b" }));
        let id = made.id();
        assert_eq!(made.body["canonical_domain"], format!("{id}.localhost"));
        assert_eq!(platform.post("/v3/portals", body).await.status, 409);

        let (one, earlier) = (format!("/v3/portals/{id}"), format!("/v2/portals/{id}"));
        let body = json!({
            "authentication_enabled": false,
            "default_page_visibility": "public",
            "labels": { "a": null, "d": "e" },
        });
        let changed = platform.call("PATCH", &one, body).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        assert_eq!(changed.body["labels"], json!({ "d": "e" }));
        assert_eq!(changed.body["default_page_visibility"], "public");
        assert_eq!(platform.get(&earlier).await.body["is_public"], true);
        let body = json!({ "is_public": false, "custom_domain": "dev.example.com" });
        platform.call("PATCH", &earlier, body).await;
        let read = platform.get(&one).await;
        assert_eq!(read.body["authentication_enabled"], true);
        assert_eq!(read.body["canonical_domain"], "dev.example.com");
        assert_eq!(read.body["default_page_visibility"], "public");
        for (query, total) in [
            ("filter[authentication_enabled]=true&sort=name", 1),
            ("filter[authentication_enabled]=false", 0),
            ("filter[canonical_domain][contains]=dev.example", 1),
            ("filter[default_page_visibility]=private", 0),
        ] {
            let list = platform.get(&format!("/v3/portals?{query}")).await;
            let page = &list.body["meta"]["page"];
            assert_eq!(page["total"], total, "{query}: {}", list.body);
        }

        let body = json!({ "sipr_enabled": true });
        let refused = platform.call("PATCH", &one, body).await;
        assert_eq!(refused.violations(), ["sipr_enabled: invalid"]);
        let body = json!({ "default_application_auth_strategy_id": id });
        let refused = platform.call("PATCH", &one, body).await;
        let field = "default_application_auth_strategy_id: missing_reference";
        assert_eq!(refused.violations(), [field]);
        assert_eq!(platform.call("DELETE", &one, Value::Null).await.status, 204);
        assert_eq!(platform.get(&earlier).await.status, 404);
    }
}

#[tokio::test]
async fn an_administrator_makes_a_developer_and_may_invite_them() {
    for platform in Platform::everywhere().await {
        let portal = platform
            .post("/v3/portals", json!({ "name": "weather" }))
            .await
            .id();
        let all = format!("/v3/portals/{portal}/developers");
        let mails = async || {
            let sql = "SELECT COUNT(*) AS n FROM storage_job WHERE queue = 'portal.mail'";
            let row = platform.portal.db().query_one(sql, Vec::new()).await;
            row.unwrap().get::<i64>("n").unwrap()
        };
        let body = json!({ "email": "Dev@Example.com", "full_name": "Dev" });
        let made = platform.post(&all, body.clone()).await;
        assert_eq!(made.status, 201, "{}", made.body);
        assert_eq!(made.body["email"], "dev@example.com");
        assert_eq!(made.body["status"], "pending");
        assert_eq!(mails().await, 0);
        assert_eq!(platform.post(&all, body).await.status, 409);
        let body = json!({
            "email": "eve@example.com",
            "full_name": "Eve",
            "status": "approved",
            "send_invitation_email": true,
        });
        let invited = platform.post(&all, body).await;
        assert_eq!(invited.body["status"], "approved");
        assert_eq!(mails().await, 1);

        let refused = platform.post(&all, json!({ "email": "nobody" })).await;
        assert_eq!(refused.violations(), ["full_name: required"]);
        let body = json!({ "email": "nobody", "full_name": "N" });
        let refused = platform.post(&all, body).await;
        assert_eq!(refused.violations(), ["email: invalid"]);
        let one = format!("{all}/{}", invited.id());
        let body = json!({ "status": "revoked" });
        let changed = platform.call("PATCH", &one, body).await;
        assert_eq!(changed.body["status"], "revoked");
        assert_eq!(platform.get(&one).await.body, changed.body);
        let list = platform.get(&format!("{all}?filter[status]=revoked")).await;
        assert_eq!(list.body["data"], json!([changed.body]));
        assert_eq!(platform.call("DELETE", &one, Value::Null).await.status, 204);
        assert_eq!(platform.get(&one).await.status, 404);
    }
}

#[tokio::test]
async fn an_application_is_made_registered_handed_over_and_deleted() {
    for platform in Platform::everywhere().await {
        let [portal, product, strategy, developer] = world(&platform).await;
        let body = json!({
            "name": "cli",
            "labels": { "env": "production" },
            "auth_strategy_id": strategy,
            "owner": { "type": "developer", "id": developer },
        });
        let made = application(&platform, &portal, body).await;
        assert_eq!(made.status, 201, "{}: {}", platform.name(), made.body);
        assert_eq!(made.body["labels"], json!({ "env": "production" }));
        assert_eq!(made.body["auth_strategy"]["credential_type"], "key_auth");
        let id = made.id();
        let one = format!("/v3/portals/{portal}/applications/{id}");
        let anywhere = format!("/v3/applications/{id}");
        assert_eq!(platform.get(&anywhere).await.body, made.body);
        let earlier = platform.get(&format!("/v2/applications/{id}")).await;
        assert_eq!(earlier.body["developer"]["id"], json!(developer));
        let owners = platform.get(&format!("{one}/developers")).await;
        assert_eq!(owners.body["data"][0]["email"], "dev@example.com");
        let credentials = platform.get(&format!("{one}/credentials")).await;
        assert_eq!(credentials.body["data"], json!([]));

        let all = format!("{one}/registrations");
        let registered = platform.post(&all, json!({ "api_id": product })).await;
        assert_eq!(registered.status, 201, "{}", registered.body);
        assert_eq!(registered.body["status"], "pending");
        assert_eq!(registered.body["api"]["id"], json!(product));
        let again = platform.post(&all, json!({ "api_id": product })).await;
        assert_eq!(again.status, 409);
        let refused = platform.post(&all, json!({ "api_id": portal })).await;
        assert_eq!(refused.violations(), ["api_id: missing_reference"]);
        let registration = format!("{all}/{}", registered.id());
        let body = json!({ "status": "approved" });
        let approved = platform.call("PATCH", &registration, body).await;
        assert_eq!(approved.body["status"], "approved", "{}", approved.body);
        assert_eq!(platform.get(&registration).await.body, approved.body);
        let list = format!("/v3/portals/{portal}/application-registrations");
        let list = platform
            .get(&format!("{list}?filter[status]=approved"))
            .await;
        assert_eq!(list.body["data"], json!([approved.body]));
        assert_eq!(platform.get(&one).await.body["registration_count"], 1);
        let gone = platform.call("DELETE", &registration, Value::Null).await;
        assert_eq!(gone.status, 204);
        let body = json!({ "api_id": product, "status": "approved" });
        let at_once = platform.post(&all, body).await;
        assert_eq!(at_once.body["status"], "approved");

        let body = json!({ "email": "eve@example.com", "full_name": "Eve" });
        let eve = platform
            .post(&format!("/v3/portals/{portal}/developers"), body)
            .await
            .id();
        let body = json!({ "owner": { "type": "developer", "id": eve } });
        let moved = platform.call("PATCH", &one, body).await;
        assert_eq!(moved.body["owner"]["id"], json!(eve), "{}", moved.body);
        let of_eve = format!("/v3/portals/{portal}/applications?filter[developer_id][eq]={eve}");
        assert_eq!(platform.get(&of_eve).await.body["data"][0], moved.body);
        let body = json!({ "owner": { "type": "developer", "id": portal } });
        let refused = platform.call("PATCH", &one, body).await;
        assert_eq!(refused.violations(), ["owner.id: missing_reference"]);
        assert_eq!(platform.call("DELETE", &one, Value::Null).await.status, 204);
        assert_eq!(platform.get(&anywhere).await.status, 404);
    }
}

#[tokio::test]
async fn a_client_that_the_developer_has_is_named_as_this_generation_names_it() {
    for platform in Platform::everywhere().await {
        let [portal, _, _, developer] = world(&platform).await;
        let strategy = json!({
            "name": "own",
            "display_name": "Own client",
            "strategy_type": "openid_connect",
            "configs": { "openid-connect": {
                "issuer": "https://tenant.example/",
                "credential_claim": ["azp"],
                "scopes": ["openid"],
                "auth_methods": ["bearer"],
            } },
        });
        let strategies = "/v2/application-auth-strategies";
        let strategy = platform.post(strategies, strategy).await.id();
        let body = json!({ "default_application_auth_strategy_id": strategy });
        let one = format!("/v3/portals/{portal}");
        assert_eq!(platform.call("PATCH", &one, body).await.status, 200);
        let owner = json!({ "type": "developer", "id": developer });
        let body = json!({ "name": "cli", "owner": owner });
        let refused = application(&platform, &portal, body.clone()).await;
        assert_eq!(refused.violations(), ["client_id: required"]);
        let mut body = body;
        body["client_id"] = json!("mine");
        let made = application(&platform, &portal, body.clone()).await;
        assert_eq!(made.body["client_id"], "mine", "{}", made.body);
        assert_eq!(
            application(&platform, &portal, body.clone()).await.status,
            409
        );
        body["dcr_client_id"] = json!("theirs");
        let refused = application(&platform, &portal, body.clone()).await;
        assert_eq!(refused.violations(), ["dcr_client_id: unknown_property"]);
        body["owner"]["type"] = json!("team");
        let refused = application(&platform, &portal, body).await;
        assert_eq!(refused.status, 400, "{}", refused.body);
    }
}

#[tokio::test]
async fn pictures_domain_and_looks_are_those_of_the_portal() {
    for platform in Platform::everywhere().await {
        let portal = platform
            .post("/v3/portals", json!({ "name": "weather" }))
            .await
            .id();
        let logo = format!("/v3/portals/{portal}/assets/logo");
        let picture = json!({ "data": "data:image/png;base64,iVBORw0KGgo=" });
        let put = platform.call("PUT", &logo, picture.clone()).await;
        assert_eq!((put.status, &put.body), (200, &picture));
        assert_eq!(platform.get(&logo).await.body, picture);
        let earlier = format!("/v2/portals/{portal}/appearance");
        let images = platform.get(&earlier).await.body["images"].clone();
        assert_eq!(images["logo"]["data"], picture["data"]);
        let raw = platform.get(&format!("{logo}/raw")).await;
        assert_eq!(raw.headers["content-type"], "image/png");
        let svg = json!({ "data": "data:image/svg+xml;base64,PHN2Zz4=" });
        let refused = platform.call("PUT", &logo, svg).await;
        assert_eq!(refused.violations(), ["data: is_base64"]);

        let domain = format!("/v3/portals/{portal}/custom-domain");
        assert_eq!(platform.get(&domain).await.status, 404);
        let body = json!({
            "hostname": "Dev.example.com",
            "enabled": true,
            "ssl": { "domain_verification_method": "http" },
        });
        let made = platform.post(&domain, body.clone()).await;
        assert_eq!(made.status, 201, "{}", made.body);
        assert_eq!(platform.get(&domain).await.body, made.body);
        assert_eq!(platform.post(&domain, body).await.status, 409);
        let one = platform.get(&format!("/v3/portals/{portal}")).await;
        assert_eq!(one.body["canonical_domain"], "dev.example.com");
        let body = json!({ "enabled": false });
        let refused = platform.call("PATCH", &domain, body).await;
        assert_eq!(refused.violations(), ["enabled: invalid"]);
        let gone = platform.call("DELETE", &domain, Value::Null).await;
        assert_eq!(gone.status, 204);

        let looks = format!("/v3/portals/{portal}/customization");
        let body = json!({ "theme": { "mode": "dark", "colors": { "primary": "#1155CB" } } });
        let put = platform.call("PUT", &looks, body).await;
        assert_eq!(put.body["theme"]["mode"], "dark", "{}", put.body);
        let body = json!({ "theme": { "name": "own" }, "robots": "User-agent: *" });
        let changed = platform.call("PATCH", &looks, body).await;
        assert_eq!(changed.body["theme"]["colors"]["primary"], "#1155CB");
        assert_eq!(platform.get(&looks).await.body, changed.body);
        let body = json!({ "theme": { "colors": { "primary": "red" } } });
        let refused = platform.call("PATCH", &looks, body).await;
        assert_eq!(
            refused.violations(),
            ["theme.colors.primary: matches_regex"]
        );
    }
}

#[tokio::test]
async fn addresses_that_are_let_in_are_kept_as_they_were_written() {
    for platform in Platform::everywhere().await {
        let portal = platform
            .post("/v3/portals", json!({ "name": "weather" }))
            .await
            .id();
        let all = format!("/v3/portals/{portal}/ip-allow-list");
        assert_eq!(platform.get(&all).await.body["data"], json!([]));
        let body = json!({ "allowed_ips": ["192.0.2.7", "2001:db8::/32"] });
        let made = platform.post(&all, body.clone()).await;
        assert_eq!(made.body["allowed_ips"], body["allowed_ips"]);
        let one = format!("{all}/{}", made.id());
        assert_eq!(platform.get(&one).await.body, made.body);
        platform
            .post(&all, json!({ "allowed_ips": ["10.0.0.0/8"] }))
            .await;
        let first = platform.get(&format!("{all}?page[size]=1")).await;
        assert_eq!(first.body["data"], json!([made.body]));
        let next = first.body["meta"]["next"].as_str().unwrap().to_owned();
        let second = platform.get(&next).await;
        assert_eq!(second.body["data"][0]["allowed_ips"], json!(["10.0.0.0/8"]));
        let changed = platform
            .call("PUT", &one, json!({ "allowed_ips": ["192.0.2.0/24"] }))
            .await;
        assert_eq!(changed.body["allowed_ips"], json!(["192.0.2.0/24"]));
        for (body, violation) in [
            (json!({}), "allowed_ips: required"),
            (json!({ "allowed_ips": [] }), "allowed_ips: min_items"),
            (
                json!({ "allowed_ips": ["example.com"] }),
                "allowed_ips.0: invalid",
            ),
            (
                json!({ "allowed_ips": ["::1", "::1"] }),
                "allowed_ips: invalid",
            ),
        ] {
            let refused = platform.post(&all, body.clone()).await;
            assert_eq!(refused.violations(), [violation], "{body}");
        }
        assert_eq!(platform.call("DELETE", &one, Value::Null).await.status, 204);
        assert_eq!(platform.get(&one).await.status, 404);
    }
}

#[tokio::test]
async fn a_group_and_a_team_are_one_mapping_of_the_portals_provider() {
    for platform in Platform::everywhere().await {
        let portal = platform
            .post("/v3/portals", json!({ "name": "weather" }))
            .await
            .id();
        let providers = format!("/v3/portals/{portal}/identity-providers");
        let config = json!({ "issuer_url": "https://id.example", "client_id": "p" });
        let body = json!({ "type": "oidc", "config": config });
        let provider = platform.post(&providers, body).await.id();
        let teams = format!("/v3/portals/{portal}/teams");
        let body = json!({ "name": "Partners", "description": "Those outside" });
        let team = platform.post(&teams, body).await.id();
        let all = format!("{providers}/{provider}/team-group-mappings");
        let body = json!({ "team_id": team, "group": "API Engineers" });
        let made = platform.post(&all, body.clone()).await;
        assert_eq!(made.body["group"], "API Engineers", "{}", made.body);
        assert_eq!(platform.post(&all, body).await.status, 409);
        let one = format!("{all}/{}", made.id());
        assert_eq!(platform.get(&one).await.body, made.body);
        let list = platform
            .get(&format!("{all}?filter[group][eq]=Nobody"))
            .await;
        assert_eq!(list.body["data"], json!([]));
        let list = platform.get(&format!("{all}?filter[team_id]={team}")).await;
        assert_eq!(list.body["data"], json!([made.body]));
        let earlier = format!("/v2/portals/{portal}/identity-provider/team-group-mappings");
        let earlier = platform.get(&earlier).await;
        assert_eq!(earlier.body["data"][0]["groups"], json!(["API Engineers"]));
        let body = json!({ "team_id": portal, "group": "x" });
        let refused = platform.post(&all, body).await;
        assert_eq!(refused.violations(), ["team_id: missing_reference"]);
        assert_eq!(platform.call("DELETE", &one, Value::Null).await.status, 204);
        assert_eq!(platform.get(&one).await.status, 404);
        let other = format!("{providers}/{portal}/team-group-mappings");
        assert_eq!(platform.get(&other).await.status, 404);
    }
}
