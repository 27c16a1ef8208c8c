//! What a developer does by the third generation of the client API.

use serde_json::json;

use crate::world::{PRODUCT, STRATEGY, World};

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
