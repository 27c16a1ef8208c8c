//! Teams, their roles and groups, and the provider that developers sign in with: the same in both generations.

use serde_json::{Value, json};

use super::{Walk, to};

pub(super) async fn walk(walk: &mut Walk<'_>, generation: &str) {
    let portals = format!("{generation}/portals");
    let body = json!({ "name": format!("teams of {generation}") });
    let portal = format!("{portals}/{}", walk.make(&portals, body).await);
    let provider = format!("{portal}/identity-providers");
    let config = json!({
        "issuer_url": "https://id.example", "client_id": "a", "client_secret": "s3cret",
    });
    let body = json!({ "type": "oidc", "config": config });
    let provider = format!("{provider}/{}", walk.make(&provider, body).await);
    let body = json!({ "config": { "issuer_url": "https://id.example", "client_id": "b", "client_secret": "s3cret2" } });
    let (_, entry) = walk.step("PATCH", &provider, body).await;
    let changes = &entry.detail["changes"];
    assert_eq!(changes["client_id"], to("a", "b"), "{changes}");
    assert_eq!(changes["client_secret"], json!({ "after": "[secret]" }));

    let teams = format!("{portal}/teams");
    let body = json!({ "name": "Partners", "description": "Those outside" });
    let team = walk.make(&teams, body).await;
    let one = format!("{teams}/{team}");
    let told = ("name", to("Partners", "Friends"));
    walk.change("PATCH", &one, json!({ "name": "Friends" }), told)
        .await;
    let groups = format!("{portal}/identity-provider/team-group-mappings");
    let map = |group: &str| json!({ "data": [{ "team_id": team, "groups": [group] }] });
    walk.step("PATCH", &groups, map("a")).await;
    let told = json!({ "before": ["a"], "after": ["b"] });
    walk.change("PATCH", &groups, map("b"), ("groups", told))
        .await;

    if generation == "/v3" {
        let mappings = format!("{provider}/team-group-mappings");
        let body = json!({ "team_id": team, "group": "c" });
        let mapping = walk.make(&mappings, body).await;
        walk.remove(&format!("{mappings}/{mapping}")).await;
    }

    let body = json!({ "name": format!("Weather {generation}") });
    let product = walk.platform.post("/v2/api-products", body).await.id();
    let roles = format!("{one}/assigned-roles");
    let body = json!({
        "role_name": "API Viewer", "entity_id": product, "entity_type_name": "Services",
        "entity_region": "eu",
    });
    let (role, entry) = walk.step("POST", &roles, body).await;
    assert_eq!(entry.detail["entity_id"], json!(product));
    walk.remove(&format!("{roles}/{}", role["id"].as_str().unwrap()))
        .await;

    let body = json!({ "email": "dev@example.com", "full_name": "Dev" });
    let developers = format!("{portal}/developers").replace("/v2/", "/v3/");
    let developer = walk.platform.post(&developers, body).await.id();
    let members = format!("{one}/developers");
    let (_, entry) = walk
        .step("POST", &members, json!({ "id": developer }))
        .await;
    assert_eq!(entry.detail["developer_id"], json!(developer));
    walk.remove(&format!("{members}/{developer}")).await;
    walk.remove(&one).await;
    walk.remove(&provider).await;
    let settings = format!("{portal}/authentication-settings");
    let told = json!({ "before": true, "after": false });
    let body = json!({ "konnect_mapping_enabled": false });
    let member = "authentication.konnect_mapping_enabled";
    walk.change("PATCH", &settings, body, (member, told)).await;
    let gone = format!("{portal}?force=true");
    walk.step("DELETE", &gone, Value::Null).await;
}
