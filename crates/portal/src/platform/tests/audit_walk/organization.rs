//! Users, teams, roles and personal tokens.

use serde_json::{Value, json};

use super::super::roles::{READERS, administrator, personal};
use super::{Walk, to};

pub(super) async fn walk_organization(walk: &mut Walk<'_>) {
    let account = json!({ "name": "roles", "description": "" });
    let account = walk.make("/v3/system-accounts", account).await;
    let owner = administrator(walk.platform, "owner@example.com").await;
    let user = administrator(walk.platform, "walker@example.com").await;
    let invited = json!({ "email": "invited@example.com" });
    walk.step("POST", "/v3/invites", invited).await;
    walk_team(walk, &account, &user.to_string()).await;
    let role = json!({
        "role_name": "Creator", "entity_type_name": "Portals", "entity_id": "*", "entity_region": "*",
    });
    for holder in [
        format!("/v3/system-accounts/{account}"),
        format!("/v3/users/{user}"),
    ] {
        walk_role(walk, &holder, &role).await;
    }
    let (mine, bearer) = personal(walk.platform, user, "own").await;
    walk.bearer = Some(bearer);
    let tokens = format!("/v3/users/{user}/access-tokens");
    let body = json!({ "name": "a1", "ttl_seconds": 86400 });
    let token = format!("{tokens}/{}", walk.make(&tokens, body).await);
    let told = ("name", to("a1", "b1"));
    walk.change("PATCH", &token, json!({ "name": "b1" }), told)
        .await;
    walk.step("PATCH", &format!("{token}/revoke"), Value::Null)
        .await;
    walk.remove(&token).await;
    let (_, bearer) = personal(walk.platform, owner, "owners").await;
    walk.bearer = Some(bearer);
    let weather = json!({ "name": "test mails" });
    let portal = walk.platform.post("/v3/portals", weather).await.id();
    let test = format!("/v3/portals/{portal}/email-templates/reset-password/send-test-email");
    let content = json!({ "subject": "Hello", "title": "Hello", "body": "Hello" });
    walk.step("POST", &test, json!({ "content": content }))
        .await;
    walk.bearer = None;
    walk.remove(&format!("{tokens}/{mine}")).await;
    let user = format!("/v3/users/{user}");
    walk.step("PATCH", &user, json!({ "full_name": "Walker" }))
        .await;
    walk.remove(&user).await;
}

async fn walk_team(walk: &mut Walk<'_>, account: &str, user: &str) {
    let team = format!(
        "/v3/teams/{}",
        walk.make("/v3/teams", json!({ "name": "ops" })).await
    );
    let told = ("description", json!({ "after": "Operators" }));
    let body = json!({ "description": "Operators" });
    walk.change("PATCH", &team, body, told).await;
    let role = json!({
        "role_name": "Admin", "entity_type_name": "Audit Logs", "entity_id": "*", "entity_region": "us",
    });
    walk_role(walk, &team, &role).await;
    for (members, id) in [("system-accounts", account), ("users", user)] {
        let members = format!("{team}/{members}");
        let (_, entry) = walk.step("POST", &members, json!({ "id": id })).await;
        assert_eq!(entry.detail["member_id"], id, "{}", entry.detail);
        walk.remove(&format!("{members}/{id}")).await;
    }
    let readers = format!("/v3/teams/{READERS}/users");
    let (_, entry) = walk.step("POST", &readers, json!({ "id": user })).await;
    assert_eq!(entry.detail["role"], "viewer", "{}", entry.detail);
    walk.remove(&team).await;
}

async fn walk_role(walk: &mut Walk<'_>, holder: &str, role: &Value) {
    let roles = format!("{holder}/assigned-roles");
    let (answer, entry) = walk.step("POST", &roles, role.clone()).await;
    assert_eq!(entry.detail["role_name"], role["role_name"]);
    let id = answer["id"].as_str().unwrap_or_default();
    walk.remove(&format!("{roles}/{id}")).await;
}
