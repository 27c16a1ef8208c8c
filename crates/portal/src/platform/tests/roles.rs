//! What roles allow: of system accounts, and with which effect.

use std::time::Duration;

use secrecy::ExposeSecret;
use serde_json::{Value, json};
use web::Role;

use super::{Answer, Platform};
use crate::Actor;
use crate::model::{AdministratorId, PlatformTokenKind};
use crate::service::administrators::NewAdministrator;
use crate::service::platform_tokens::{NewToken, Owner};

/// The teams that are always there.
pub(super) const OWNERS: &str = "4f6f1a52-5c0e-4d8b-9d0c-0c1f2a6f7a01";

pub(super) const READERS: &str = "4f6f1a52-5c0e-4d8b-9d0c-0c1f2a6f7a03";

/// A system account without roles: its id, and the header that one of its tokens makes.
pub(super) async fn account(platform: &Platform, name: &str) -> (String, String) {
    let body = json!({ "name": name, "description": "" });
    let id = platform.post("/v3/system-accounts", body).await.id();
    let end = platform.clock.now() + Duration::from_secs(3600);
    let body = json!({ "name": "main", "expires_at": end.to_rfc3339() });
    let tokens = format!("/v3/system-accounts/{id}/access-tokens");
    let made = platform.post(&tokens, body).await;
    (
        id,
        format!("Bearer {}", made.body["token"].as_str().unwrap()),
    )
}

/// An administrator with the role of an owner.
pub(super) async fn administrator(platform: &Platform, email: &str) -> AdministratorId {
    let new = NewAdministrator {
        email: email.to_owned(),
        name: String::new(),
        role: Role::Owner,
    };
    let ctx = platform.portal.ctx(Actor::System, "test");
    let made = platform.portal.administrators().create(&ctx, new, None);
    made.await.unwrap().0.id
}

pub(super) async fn token(platform: &Platform, name: &str, owner: Owner) -> (String, String) {
    let ctx = platform.portal.ctx(Actor::System, "test");
    let new = NewToken {
        kind: PlatformTokenKind::Personal,
        name: name.to_owned(),
        expires_at: None,
    };
    let (token, text) = platform
        .portal
        .make_platform_token(&ctx, new, owner)
        .await
        .unwrap();
    (
        token.id.to_string(),
        format!("Bearer {}", text.reveal().expose_secret()),
    )
}

/// A personal token: its id, and the header that it makes.
pub(super) async fn personal(
    platform: &Platform,
    user: AdministratorId,
    name: &str,
) -> (String, String) {
    token(platform, name, Owner::Administrator(user)).await
}

pub(super) async fn assign(
    platform: &Platform,
    holder: &str,
    name: &str,
    entity: &str,
    id: &str,
) -> Answer {
    let body = json!({
        "role_name": name, "entity_type_name": entity, "entity_id": id, "entity_region": "*",
    });
    platform
        .post(&format!("{holder}/assigned-roles"), body)
        .await
}

pub(super) async fn portal(platform: &Platform, name: &str) -> String {
    platform
        .post("/v2/portals", json!({ "name": name }))
        .await
        .id()
}

pub(super) async fn status(
    platform: &Platform,
    bearer: &str,
    method: &str,
    path: &str,
    body: Value,
) -> u16 {
    platform
        .call_as(Some(bearer), method, path, body)
        .await
        .status
}

#[tokio::test]
async fn a_new_system_account_may_nothing_until_it_has_a_role_and_then_no_more_than_it_says() {
    for platform in Platform::everywhere().await {
        let (one, other) = (
            portal(&platform, "one").await,
            portal(&platform, "other").await,
        );
        let (account, bearer) = account(&platform, "editor").await;
        let holder = format!("/v3/system-accounts/{account}");
        let site = format!("/v3/portals/{one}");
        let page = json!({ "slug": "/guides", "title": "Guides", "content": "# Guides" });
        let pages = format!("{site}/pages");
        let refused = platform
            .call_as(Some(&bearer), "POST", &pages, page.clone())
            .await;
        assert_eq!(refused.status, 403, "{}", refused.body);
        let detail = refused.body["detail"].as_str().unwrap();
        for said in ["Content Editor", "\"Portals\"", &one, &holder] {
            assert!(detail.contains(said), "{detail}");
        }
        assert_eq!(refused.body["title"], "Forbidden");

        let role = assign(&platform, &holder, "Content Editor", "Portals", &one).await;
        assert_eq!(role.status, 201, "{}: {}", platform.name(), role.body);
        let again = assign(&platform, &holder, "Content Editor", "Portals", &one).await;
        assert_eq!(again.status, 409);
        assert_eq!(
            status(&platform, &bearer, "POST", &pages, page.clone()).await,
            201
        );
        assert_eq!(
            status(&platform, &bearer, "GET", &site, Value::Null).await,
            200
        );
        for (method, path) in [
            ("PATCH", site.clone()),
            ("DELETE", site.clone()),
            ("PUT", format!("{site}/assets/logo")),
            ("GET", format!("/v3/portals/{other}")),
            ("GET", format!("{holder}/assigned-roles")),
            ("POST", "/v3/portals".to_owned()),
            ("GET", "/v3/apis".to_owned()),
        ] {
            let status = status(&platform, &bearer, method, &path, json!({})).await;
            assert_eq!(status, 403, "{method} {path}");
        }

        let roles = format!("{holder}/assigned-roles");
        let filter = format!("{roles}?filter[role_name][eq]=Content Editor").replace(' ', "%20");
        assert_eq!(platform.get(&filter).await.body["data"], json!([role.body]));
        let first = format!("{roles}/{}", role.body["id"].as_str().unwrap());
        assert_eq!(platform.get(&first).await.body, role.body);
        assert_eq!(
            platform.call("DELETE", &first, Value::Null).await.status,
            204
        );
        assert_eq!(
            status(&platform, &bearer, "GET", &site, Value::Null).await,
            403
        );
    }
}

#[tokio::test]
async fn lists_of_entities_show_those_that_one_may_read() {
    let platform = Platform::start().await;
    let (_, bearer) = account(&platform, "lists").await;
    let id = platform
        .get("/v3/system-accounts?filter[name][eq]=lists")
        .await;
    let holder = format!(
        "/v3/system-accounts/{}",
        id.body["data"][0]["id"].as_str().unwrap()
    );
    let provider = platform.provider().await;
    let other = json!({ "name": "other", "display_name": "o", "provider_type": "auth0",
        "issuer": "https://o.example", "dcr_config": { "initial_client_id": "x",
        "initial_client_secret": "y", "initial_client_audience": "" } });
    platform.post("/v2/dcr-providers", other).await.id();
    let strategy = platform.strategy(&provider).await;
    let key = json!({ "name": "keys", "display_name": "Keys", "strategy_type": "key_auth",
        "configs": { "key-auth": { "key_names": ["apikey"] } } });
    platform
        .post("/v2/application-auth-strategies", key)
        .await
        .id();
    let site = portal(&platform, "one").await;
    portal(&platform, "two").await;
    let product = platform
        .post("/v2/api-products", json!({ "name": "one" }))
        .await
        .id();
    platform
        .post("/v2/api-products", json!({ "name": "two" }))
        .await
        .id();
    let plane = platform
        .post("/v2/control-planes", json!({ "name": "one" }))
        .await
        .id();
    for (kind, id, paths) in [
        ("Portals", &site, vec!["/v2/portals", "/v3/portals"]),
        ("APIs", &product, vec!["/v2/api-products", "/v3/apis"]),
        (
            "Application Auth Strategies",
            &strategy,
            vec!["/v2/application-auth-strategies"],
        ),
        ("DCR Providers", &provider, vec!["/v2/dcr-providers"]),
        (
            "Control Planes",
            &plane,
            vec!["/v2/control-planes", "/konnect-api/api/runtime_groups"],
        ),
    ] {
        let call = async |path: &str| {
            platform
                .call_as(Some(&bearer), "GET", path, Value::Null)
                .await
        };
        for path in &paths {
            assert_eq!(call(path).await.status, 403, "{path}");
        }
        let role = assign(&platform, &holder, "Viewer", kind, id).await;
        assert_eq!(role.status, 201, "{}", role.body);
        for path in &paths {
            assert!(
                platform.get(path).await.body["data"]
                    .as_array()
                    .unwrap()
                    .len()
                    > 1
            );
            let seen = call(path).await.body["data"].clone();
            let ids: Vec<&str> = seen
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|one| one["id"].as_str())
                .collect();
            assert_eq!(ids, [id.as_str()], "{path}");
        }
    }
}

#[tokio::test]
async fn who_may_create_has_the_say_over_what_they_created_and_over_nothing_else() {
    for platform in Platform::everywhere().await {
        let other = portal(&platform, "other").await;
        let (account, bearer) = account(&platform, "maker").await;
        let holder = format!("/v3/system-accounts/{account}");
        let one = assign(&platform, &holder, "Creator", "Portals", &other).await;
        assert_eq!(one.violations(), ["entity_id: missing_reference"]);
        assert_eq!(
            assign(&platform, &holder, "Creator", "Portals", "*")
                .await
                .status,
            201
        );
        let body = json!({ "name": "mine" });
        let made = platform
            .call_as(Some(&bearer), "POST", "/v3/portals", body)
            .await;
        assert_eq!(made.status, 201, "{}", made.body);
        let mine = format!("/v3/portals/{}", made.body["id"].as_str().unwrap());
        let roles = platform
            .get(&format!("{holder}/assigned-roles?sort=created_at"))
            .await;
        let held: Vec<&Value> = roles.body["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &one["role_name"])
            .collect();
        assert!(
            held.contains(&&json!("Admin")) && held.len() == 2,
            "{held:?}"
        );
        let body = json!({ "description": "Mine" });
        assert_eq!(status(&platform, &bearer, "PATCH", &mine, body).await, 200);
        let other = format!("/v3/portals/{other}");
        assert_eq!(
            status(&platform, &bearer, "GET", &other, Value::Null).await,
            403
        );
        assert_eq!(
            status(&platform, &bearer, "DELETE", &mine, Value::Null).await,
            204
        );
    }
}

#[tokio::test]
async fn both_sides_of_a_publication_have_a_say() {
    let platform = Platform::start().await;
    let site = portal(&platform, "one").await;
    let api = platform
        .post("/v3/apis", json!({ "name": "one" }))
        .await
        .id();
    let (account, bearer) = account(&platform, "publisher").await;
    let holder = format!("/v3/system-accounts/{account}");
    let version = json!({ "name": "v1" });
    let versions = format!("/v2/api-products/{api}/product-versions");
    let version = platform.post(&versions, version).await.id();
    let third = format!("/v3/apis/{api}/publications/{site}");
    let second = format!("/v2/portals/{site}/product-versions");
    let body = json!({ "product_version_id": version, "publish_status": "published",
        "application_registration_enabled": false, "auto_approve_registration": false,
        "deprecated": false, "auth_strategy_ids": [] });
    assign(&platform, &holder, "Product Publisher", "Portals", &site).await;
    assert_eq!(
        status(&platform, &bearer, "PUT", &third, json!({})).await,
        403
    );
    assert_eq!(
        status(&platform, &bearer, "POST", &second, body.clone()).await,
        403
    );
    assign(&platform, &holder, "Publisher", "APIs", &api).await;
    assert_eq!(status(&platform, &bearer, "POST", &second, body).await, 201);
    assert_eq!(
        status(&platform, &bearer, "PUT", &third, json!({})).await,
        200
    );
}

#[tokio::test]
async fn what_a_body_names_takes_a_role_of_its_own() {
    let platform = Platform::start().await;
    let (account, bearer) = account(&platform, "body").await;
    let holder = format!("/v3/system-accounts/{account}");
    let provider = platform.provider().await;
    let mut body = super::strategies::seed();
    body["dcr_provider_id"] = json!(provider);
    assign(
        &platform,
        &holder,
        "Creator",
        "Application Auth Strategies",
        "*",
    )
    .await;
    let path = "/v2/application-auth-strategies";
    let refused = platform
        .call_as(Some(&bearer), "POST", path, body.clone())
        .await;
    assert_eq!(refused.status, 403, "{}", refused.body);
    assert!(
        refused.body["detail"]
            .as_str()
            .unwrap()
            .contains("DCR Providers")
    );
    assign(&platform, &holder, "Viewer", "DCR Providers", &provider).await;
    assert_eq!(status(&platform, &bearer, "POST", path, body).await, 201);

    let plane = platform.get("/v2/control-planes").await.body["data"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let services = format!("/v2/control-planes/{plane}/core-entities/services");
    let service = platform
        .post(&services, json!({ "name": "s", "host": "s.example" }))
        .await
        .id();
    let api = platform
        .post("/v3/apis", json!({ "name": "one" }))
        .await
        .id();
    assign(&platform, &holder, "Editor", "APIs", &api).await;
    let path = format!("/v3/apis/{api}/implementations");
    let body = json!({ "service": { "id": service, "control_plane_id": plane } });
    assert_eq!(
        status(&platform, &bearer, "POST", &path, body.clone()).await,
        403
    );
    assign(
        &platform,
        &holder,
        "Gateway Service Admin",
        "Control Planes",
        &plane,
    )
    .await;
    assert_eq!(status(&platform, &bearer, "POST", &path, body).await, 201);
}

#[tokio::test]
async fn roles_are_those_that_have_an_effect_and_others_are_refused_by_name() {
    let platform = Platform::start().await;
    let roles = platform.get("/v3/roles").await;
    assert_eq!(roles.status, 200);
    assert_eq!(
        roles.body["control_planes"]["roles"]["route_admin"]["name"],
        "Route Admin"
    );
    assert_eq!(roles.body["portals"]["name"], "Portals");
    let (account, _) = account(&platform, "a").await;
    let holder = format!("/v3/system-accounts/{account}");
    for (name, entity, id, violation) in [
        ("SNI Admin", "Control Planes", "*", "role_name: enum"),
        ("Editor", "Portals", "*", "role_name: enum"),
        ("Viewer", "Networks", "*", "entity_type_name: enum"),
        ("Viewer", "Portals", "some", "entity_id: is_uuid"),
        ("Viewer", "Portals", OWNERS, "entity_id: missing_reference"),
    ] {
        let refused = assign(&platform, &holder, name, entity, id).await;
        assert_eq!(refused.violations(), [violation], "{name} {entity}");
    }
}
