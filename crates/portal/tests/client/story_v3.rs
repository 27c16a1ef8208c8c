//! What a developer does by the third generation of the client API.

use serde_json::json;
use storage::params;

use crate::world::{DOCUMENT, PRODUCT, STRATEGY, VERSION, World};

const APPLICATIONS: &str = "/api/v3/applications";
const APPLICATION: &str = "/api/v3/applications/{applicationId}";
const CREDENTIALS: &str = "/api/v3/applications/{applicationId}/credentials";
const CREDENTIAL: &str = "/api/v3/applications/{applicationId}/credentials/{credentialId}";
const REGISTRATIONS: &str = "/api/v3/applications/{applicationId}/registrations";
const REGISTRATION: &str = "/api/v3/applications/{applicationId}/registrations/{registrationId}";

#[tokio::test]
async fn an_application_from_creation_to_deletion() {
    for world in World::all().await {
        let mut jane = world.developer("jane@example.com").await;
        let me = jane
            .expect(200, "GET", "/api/v3/developer/me", &[], None)
            .await;
        assert_eq!(me.body["email"], "jane@example.com");
        let portal = jane.expect(200, "GET", "/api/v3/portal", &[], None).await;
        assert_eq!(portal.body["authentication_enabled"], true);
        jane.expect(200, "GET", "/api/v3/customization", &[], None)
            .await;
        jane.expect(200, "GET", "/api/v3/integrations", &[], None)
            .await;
        let path = "/api/v3/application-auth-strategies";
        let strategies = jane.expect(200, "GET", path, &[], None).await;
        assert_eq!(strategies.body["data"][0]["credential_type"], "key_auth");

        let new = json!({ "name": "cli", "auth_strategy_id": STRATEGY });
        let made = jane.expect(201, "POST", APPLICATIONS, &[], Some(new)).await;
        assert!(made.body.get("client_secret").is_none());
        let id = made.body["id"].as_str().unwrap().to_owned();
        let earlier = json!({ "name": "cli", "reference_id": "mine" });
        jane.expect(400, "POST", APPLICATIONS, &[], Some(earlier))
            .await;
        let list = jane.expect(200, "GET", APPLICATIONS, &[], None).await;
        assert_eq!(list.body["data"], json!([made.body]));

        let key = jane
            .expect(201, "POST", CREDENTIALS, &[&id], Some(json!({})))
            .await;
        let key = key.body["id"].as_str().unwrap().to_owned();
        jane.expect(200, "GET", CREDENTIALS, &[&id], None).await;
        let renamed = json!({ "display_name": "two" });
        jane.expect(200, "PUT", CREDENTIAL, &[&id, &key], Some(renamed))
            .await;

        let new = json!({ "api_id": PRODUCT });
        let registered = jane
            .expect(201, "POST", REGISTRATIONS, &[&id], Some(new.clone()))
            .await;
        assert_eq!(registered.body["api_name"], "Weather");
        assert_eq!(registered.body["status"], "approved");
        jane.expect(409, "POST", REGISTRATIONS, &[&id], Some(new))
            .await;
        let unknown = json!({ "api_id": STRATEGY });
        jane.expect(400, "POST", REGISTRATIONS, &[&id], Some(unknown))
            .await;
        let filtered = format!("{REGISTRATIONS}?filter[api_name][contains]=EATH");
        let found = jane.expect(200, "GET", &filtered, &[&id], None).await;
        assert_eq!(found.body["data"], json!([registered.body]));
        let registration = registered.body["id"].as_str().unwrap().to_owned();
        let one = [id.as_str(), registration.as_str()];
        jane.expect(200, "GET", REGISTRATION, &one, None).await;
        let scopes = format!("{APPLICATION}/granted-scopes");
        jane.expect(422, "GET", &scopes, &[&id], None).await;

        let change = json!({ "name": "cli 2", "description": "Calls" });
        let changed = jane
            .expect(200, "PATCH", APPLICATION, &[&id], Some(change))
            .await;
        assert_eq!(changed.body["description"], "Calls");
        jane.expect(204, "DELETE", REGISTRATION, &one, None).await;
        jane.expect(204, "DELETE", CREDENTIAL, &[&id, &key], None)
            .await;
        jane.expect(204, "DELETE", APPLICATION, &[&id], None).await;
        jane.expect(404, "GET", APPLICATION, &[&id], None).await;
    }
}

#[tokio::test]
async fn one_developer_does_not_see_anothers_application() {
    for world in World::all().await {
        let mut jane = world.developer("jane@example.com").await;
        let mut eve = world.developer("eve@example.com").await;
        let new = json!({ "name": "cli", "auth_strategy_id": STRATEGY });
        let made = jane.expect(201, "POST", APPLICATIONS, &[], Some(new)).await;
        let id = made.body["id"].as_str().unwrap().to_owned();
        eve.expect(404, "GET", APPLICATION, &[&id], None).await;
        eve.expect(404, "DELETE", APPLICATION, &[&id], None).await;
        let list = eve.expect(200, "GET", APPLICATIONS, &[], None).await;
        assert_eq!(list.body["data"], json!([]));
        let path = format!("{APPLICATION}/regenerate-secret");
        eve.expect(404, "POST", &path, &[&id], None).await;
    }
}

const API: &str = "/api/v3/apis/{apiIdOrSlug}";

#[tokio::test]
async fn an_api_is_read_by_id_and_by_slug() {
    for world in World::all().await {
        let db = &world.test.db;
        let sql = "UPDATE portal_api_product SET slug = 'weather', \
                   attributes = '[\"env=production\",\"env=test\"]'";
        db.execute(sql, params![]).await.unwrap();
        let mut jane = world.developer("jane@example.com").await;
        let list = jane.expect(200, "GET", "/api/v3/apis?sort=name", &[], None);
        let list = list.await;
        let api = &list.body["data"][0];
        assert_eq!(api["slug"], "weather");
        assert_eq!(api["auth_strategies"][0]["id"], STRATEGY);
        assert_eq!(api["current_version_summary"]["id"], VERSION);
        let filtered = "/api/v3/apis?filter[attributes.env]=none";
        let none = jane.expect(200, "GET", filtered, &[], None).await;
        assert_eq!(none.body["meta"]["page"]["total"], 0);
        for name in ["weather", PRODUCT] {
            let one = jane.expect(200, "GET", API, &[name], None).await;
            assert_eq!(&one.body, api, "{}", world.test.name);
        }
        let documents = format!("{API}/documents");
        let tree = jane
            .expect(200, "GET", &documents, &["weather"], None)
            .await;
        assert_eq!(tree.body["data"][0]["slug"], "start");
        let document = format!("{documents}/{{documentIdOrSlug}}");
        for name in ["start", DOCUMENT] {
            let path = ["weather", name];
            let read = jane.expect(200, "GET", &document, &path, None).await;
            assert_eq!(read.body["content"], "# Hello");
        }
        jane.expect(404, "GET", &document, &["weather", "draft"], None)
            .await;
        for (part, name) in [("versions", "{versionId}"), ("specifications", "{specId}")] {
            let all = format!("{API}/{part}");
            let all = jane.expect(200, "GET", &all, &["weather"], None).await;
            assert_eq!(all.body["data"][0]["id"], VERSION);
            let one = format!("{API}/{part}/{name}");
            jane.expect(200, "GET", &one, &["weather", VERSION], None)
                .await;
            let raw = format!("{one}/raw");
            jane.expect(200, "GET", &raw, &["weather", VERSION], None)
                .await;
            jane.expect(404, "GET", &raw, &["weather", PRODUCT], None)
                .await;
        }
        let actions = format!("{API}/actions");
        jane.expect(200, "GET", &actions, &["weather"], None).await;
        let path = "/api/v3/api-attributes?selected[env]=test";
        let attributes = jane.expect(200, "GET", path, &[], None).await;
        let values = &attributes.body["data"][0]["values"];
        assert_eq!(values[0]["value"], "production");
        assert_eq!(values[0]["selected_api_count"], 1);

        let new = json!({ "name": "cli", "auth_strategy_id": STRATEGY });
        let made = jane.expect(201, "POST", APPLICATIONS, &[], Some(new)).await;
        let id = made.body["id"].as_str().unwrap().to_owned();
        let candidates = format!("{API}/applications?unregistered=true");
        let open = jane.expect(200, "GET", &candidates, &["weather"], None);
        assert_eq!(open.await.body["data"][0]["id"], json!(id));
        let new = json!({ "api_id": PRODUCT });
        let registered = jane
            .expect(201, "POST", REGISTRATIONS, &[&id], Some(new))
            .await;
        assert_eq!(registered.body["api_slug"], "weather");
        let open = jane.expect(200, "GET", &candidates, &["weather"], None);
        assert_eq!(open.await.body["meta"]["page"]["total"], 0);
    }
}

#[tokio::test]
async fn who_is_not_signed_in_reads_what_is_published_for_everybody() {
    for world in World::all().await {
        let mut visitor = world.caller();
        let list = visitor.expect(200, "GET", "/api/v3/apis", &[], None).await;
        assert_eq!(list.body["data"], json!([]));
        visitor.expect(401, "GET", API, &[PRODUCT], None).await;
        let db = &world.test.db;
        let sql = "UPDATE portal_api_product_portal SET visibility = 'public'";
        db.execute(sql, params![]).await.unwrap();
        let list = visitor.expect(200, "GET", "/api/v3/apis", &[], None).await;
        assert_eq!(list.body["data"][0]["visibility"], "public");
        let documents = format!("{API}/documents");
        visitor
            .expect(200, "GET", &documents, &[PRODUCT], None)
            .await;
        let actions = format!("{API}/actions");
        visitor.expect(401, "GET", &actions, &[PRODUCT], None).await;
    }
}
