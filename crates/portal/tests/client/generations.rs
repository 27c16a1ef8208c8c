//! What an administrator does with the third generation of the platform API, a developer finds with the
//! second of the portal's, and the gateway obeys.

use axum::body::Body;
use http::{Request, header};
use http_body_util::BodyExt as _;
use portal::Actor;
use portal::model::PlatformTokenKind;
use portal::publish::compile;
use portal::service::platform_tokens::NewToken;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::world::{SITE, STRATEGY, World};

const SPEC: &str =
    "openapi: 3.1.0\ninfo: {title: Tides, version: 1.0.0}\npaths: {/tides: {get: {}}}\n";

/// The platform API, and who may call it.
struct Platform {
    router: axum::Router,
    token: String,
}

impl Platform {
    async fn of(world: &World) -> Self {
        let ctx = world.portal.ctx(Actor::System, "test");
        let new = NewToken {
            kind: PlatformTokenKind::Personal,
            name: "test".into(),
            expires_at: None,
        };
        let (_, token) = world.portal.create_platform_token(&ctx, new).await.unwrap();
        Self {
            router: portal::platform_router(world.portal.clone()),
            token: token.reveal().expose_secret().to_owned(),
        }
    }

    async fn expect(&self, status: u16, method: &str, path: &str, body: Value) -> Value {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let got = answer.status().as_u16();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        assert_eq!(got, status, "{method} {path}: {body}");
        body
    }
}

fn id(body: &Value) -> String {
    body["id"].as_str().unwrap().to_owned()
}

/// The applications that the gateway lets in to an API.
async fn let_in(world: &World) -> Vec<String> {
    let config = compile(&world.test.db).await.unwrap();
    let guards = |api: &str| config.apis.iter().any(|one| one.id == api);
    let all = config.applications.iter().filter(|application| {
        let mut registrations = application.registrations.iter();
        registrations.any(|registration| guards(&registration.api_id))
    });
    all.map(|application| application.id.clone()).collect()
}

#[tokio::test]
async fn an_api_is_published_read_registered_for_called_and_withdrawn() {
    for world in World::all().await {
        let platform = Platform::of(&world).await;
        let planes = platform
            .expect(200, "GET", "/v2/control-planes", json!({}))
            .await;
        let plane = id(&planes["data"][0]);
        let services = format!("/v2/control-planes/{plane}/core-entities/services");
        let body = json!({ "name": "tides", "url": "https://tides.example" });
        let service = id(&platform.expect(201, "POST", &services, body).await);
        let body = json!({ "name": "Tides", "description": "Seas", "spec_content": SPEC });
        let api = id(&platform.expect(201, "POST", "/v3/apis", body).await);
        let one = format!("/v3/apis/{api}");
        let body = json!({ "service": { "id": service, "control_plane_id": plane } });
        let implementations = format!("{one}/implementations");
        let linked = id(&platform.expect(201, "POST", &implementations, body).await);
        let body = json!({ "content": "# Read me", "status": "published" });
        platform
            .expect(201, "POST", &format!("{one}/documents"), body)
            .await;

        let mut jane = world.developer("jane@example.com").await;
        let products = "/api/v2/products?filter[name][eq]=Tides";
        let before = jane.expect(200, "GET", products, &[], None).await;
        assert_eq!(before.body["data"], json!([]));
        let publication = format!("{one}/publications/{SITE}");
        let published = platform.expect(200, "PUT", &publication, json!({})).await;
        assert_eq!(
            published["auth_strategy_ids"],
            json!([STRATEGY]),
            "the portal's own"
        );

        let found = jane.expect(200, "GET", products, &[], None).await;
        assert_eq!(found.body["data"][0]["id"], json!(api));
        assert_eq!(found.body["data"][0]["document_count"], 1);
        let version = found.body["data"][0]["latest_version"]["id"].clone();
        let version = version.as_str().unwrap();
        let template = "/api/v2/products/{productId}/versions/{productVersionId}/spec";
        let spec = jane
            .expect(200, "GET", template, &[&api, version], None)
            .await;
        assert!(spec.body["content"].as_str().unwrap().contains("/tides"));

        let new = json!({ "name": "boat", "auth_strategy_id": STRATEGY });
        let applications = "/api/v2/applications";
        let application = jane.expect(201, "POST", applications, &[], Some(new)).await;
        let application = id(&application.body);
        assert!(let_in(&world).await.is_empty());
        let template = "/api/v2/applications/{applicationId}/registrations";
        let body = json!({ "product_version_id": version });
        jane.expect(201, "POST", template, &[&application], Some(body))
            .await;
        assert_eq!(let_in(&world).await, [application.as_str()]);
        let registrations = format!("{one}/registrations");
        let seen = platform.expect(200, "GET", &registrations, json!({})).await;
        assert_eq!(seen["data"][0]["application"]["id"], json!(application));

        platform
            .expect(204, "DELETE", &publication, json!({}))
            .await;
        let after = jane.expect(200, "GET", products, &[], None).await;
        assert_eq!(after.body["data"], json!([]));
        assert!(let_in(&world).await.is_empty());
        let implementation = format!("{implementations}/{linked}");
        platform
            .expect(204, "DELETE", &implementation, json!({}))
            .await;
        platform.expect(204, "DELETE", &one, json!({})).await;
        platform.expect(404, "GET", &one, json!({})).await;
    }
}
