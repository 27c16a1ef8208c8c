//! Somebody changes clients at the tenant by hand; the platform API shows it and mends it.

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::administrator::{AUDIENCE, PERMISSIONS};
use crate::world::World;

fn kinds(plan: &Value) -> Vec<&str> {
    let differences = plan["differences"].as_array().expect("a list");
    let mut kinds: Vec<&str> = differences
        .iter()
        .map(|difference| difference["kind"].as_str().expect("a word"))
        .collect();
    kinds.sort_unstable();
    kinds
}

#[tokio::test]
async fn credentials_of_the_provider_are_switched_only_if_they_hold() {
    for world in World::everywhere().await {
        let path = format!("/v2/dcr-providers/{}/switch", world.provider_id);
        let switch = async |id: &str, secret: &str| {
            let body = json!({ "dcr_config": {
                "initial_client_id": id, "initial_client_secret": secret,
            } });
            world.platform("POST", &path, &body).await["status"].clone()
        };
        let (id, secret) = world.administrator.client_with(&PERMISSIONS).await;
        let secret = secret.expose_secret();
        assert_eq!(switch(&id, "not-the-secret").await, "failed");
        assert!(world.create("before").await.is_ok(), "the old ones work on");
        assert_eq!(switch(&id, secret).await, "success", "{}", world.name);
        let (poor, poor_secret) = world.administrator.client_with(&PERMISSIONS[..4]).await;
        assert_eq!(switch(&poor, poor_secret.expose_secret()).await, "failed");
        assert!(world.create("after").await.is_ok(), "{}", world.name);
        world.assert_settled(2, "a switch").await;
    }
}

#[tokio::test]
async fn what_was_changed_at_the_tenant_is_planned_and_mended_over_the_platform_api() {
    for world in World::everywhere().await {
        let mut clients = Vec::new();
        for key in ["a", "b", "c", "d"] {
            let created = world.create(key).await.expect("an application").value;
            clients.push(created.application.client_id.expect("a client"));
        }
        let path = format!("/v2/dcr-providers/{}/reconciliation", world.provider_id);
        let plan = world.platform("GET", &path, &Value::Null).await;
        assert_eq!(kinds(&plan), [""; 0], "{}: {plan}", world.name);
        assert_eq!(plan["automatic"]["missing"], "leave");

        let admin = &world.administrator;
        let one = |id: &str| format!("/api/v2/clients/{id}");
        admin.delete(&one(&clients[0])).await;
        let widened =
            json!({ "name": "by hand", "grant_types": ["client_credentials", "password"] });
        admin.patch(&one(&clients[1]), &widened).await;
        let grants = format!(
            "/api/v2/client-grants?client_id={}&audience={AUDIENCE}",
            clients[2]
        );
        let grants = admin.get(&grants).await;
        let grant = grants[0]["id"].as_str().expect("a grant");
        admin
            .delete(&format!("/api/v2/client-grants/{grant}"))
            .await;
        let mut copied = admin.get(&one(&clients[3])).await["client_metadata"].clone();
        copied["konnect_application_id"] = json!("0193f838-7798-7566-99e3-2edf2b57d289");
        let stranger = json!({ "name": "left behind", "client_metadata": copied });
        admin.post("/api/v2/clients", &stranger).await;
        admin
            .post("/api/v2/clients", &json!({ "name": "nobody's business" }))
            .await;

        let plan = world.platform("GET", &path, &Value::Null).await;
        let expected = ["changed", "changed", "missing", "orphaned"];
        assert_eq!(kinds(&plan), expected, "{}: {plan}", world.name);
        let actions = plan["differences"].as_array().expect("a list").iter();
        let actions: Vec<Value> = actions
            .map(|difference| {
                let orphaned = difference["kind"] == "orphaned";
                let action = if orphaned { "delete" } else { "recreate" };
                json!({ "difference": difference["id"], "action": action })
            })
            .collect();
        let body = json!({ "actions": actions });
        let done = world.platform("POST", &path, &body).await;
        for outcome in done["outcomes"].as_array().expect("a list") {
            assert_eq!(outcome["outcome"], "done", "{}: {done}", world.name);
        }
        world.assert_settled(4, "the plan").await;
        let again = world.platform("POST", &path, &body).await;
        for outcome in again["outcomes"].as_array().expect("a list") {
            assert_eq!(outcome["outcome"], "outdated", "{}: {again}", world.name);
        }
        world.assert_settled(4, "the plan again").await;
    }
}

#[tokio::test]
async fn a_look_begins_with_what_the_tenants_log_tells_where_it_may_be_read() {
    for world in World::everywhere().await {
        let mut clients = Vec::new();
        for key in ["a", "b", "c"] {
            let created = world.create(key).await.expect("an application").value;
            clients.push(created.application.client_id.expect("a client"));
        }
        let provider = format!("/v2/dcr-providers/{}", world.provider_id);
        let path = format!("{provider}/reconciliation");
        let summary = async || {
            let path = format!("{path}/summary");
            world.platform("GET", &path, &Value::Null).await
        };
        let pass = async || {
            world.later();
            let path = format!("{path}/passes");
            world.platform("POST", &path, &Value::Null).await
        };
        assert_eq!(summary().await["agrees"], Value::Null, "{}", world.name);
        let first = pass().await;
        assert_eq!(
            (&first["agrees"], &first["clients"]),
            (&json!(true), &json!(3))
        );
        assert_eq!(first["incremental"], false, "{}: {first}", world.name);
        let why = first["not_incremental_because"]
            .as_str()
            .expect("a sentence");
        assert!(why.contains("read:logs"), "{why}");

        let admin = &world.administrator;
        let provider = world.platform("GET", &provider, &Value::Null).await;
        let initial = &provider["dcr_config"]["initial_client_id"];
        let initial = initial.as_str().expect("a client");
        let grants = format!("/api/v2/client-grants?client_id={initial}");
        let grants = admin.get(&grants).await;
        let grant = grants[0]["id"].as_str().expect("a grant");
        let mut scope = PERMISSIONS.to_vec();
        scope.push("read:logs");
        let grant = format!("/api/v2/client-grants/{grant}");
        admin.patch(&grant, &json!({ "scope": scope })).await;
        let again = pass().await;
        assert_eq!(again["incremental"], true, "{}: {again}", world.name);

        let looked_at_all = again["looked_at_all"].clone();
        let one = |id: &str| format!("/api/v2/clients/{id}");
        admin
            .patch(&one(&clients[0]), &json!({ "name": "by hand" }))
            .await;
        admin.delete(&one(&clients[1])).await;
        let grants = format!("/api/v2/client-grants?client_id={}", clients[2]);
        let grants = admin.get(&grants).await;
        let grant = grants[0]["id"].as_str().expect("a grant");
        let grant = format!("/api/v2/client-grants/{grant}");
        admin.delete(&grant).await;
        let found = pass().await;
        let open = json!({ "missing": 1, "changed": 2, "orphaned": 0 });
        assert_eq!(found["open"], open, "{}: {found}", world.name);
        assert_eq!(found["agrees"], false);
        assert_eq!(
            found["looked_at_all"], looked_at_all,
            "it looked at those alone"
        );
        assert_eq!(summary().await["open"], open, "and it is kept");

        let automatic = json!({ "missing": "recreate", "changed": "recreate" });
        world
            .platform("PATCH", &path, &json!({ "automatic": automatic }))
            .await;
        let mended = pass().await;
        assert_eq!(mended["agrees"], true, "{}: {mended}", world.name);
        world.assert_settled(3, "a pass").await;
    }
}
