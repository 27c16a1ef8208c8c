//! Who has roles: teams and their members, users and their tokens, gateways, and who was there before roles were.

use serde_json::{Value, json};

use super::Platform;
use super::roles::{
    OWNERS, READERS, account, administrator, assign, personal, portal, status, token,
};
use crate::model::Access;
use crate::service::platform_tokens::Owner;

#[tokio::test]
async fn teams_give_their_roles_to_whoever_is_in_them() {
    for platform in Platform::everywhere().await {
        let site = format!("/v3/portals/{}", portal(&platform, "one").await);
        let (account, bearer) = account(&platform, "member").await;
        let body =
            json!({ "name": "ops", "description": "Operators", "labels": { "env": "test" } });
        let team = platform.post("/v3/teams", body.clone()).await;
        assert_eq!(team.body["system_team"], false, "{}", team.body);
        assert_eq!(platform.post("/v3/teams", body).await.status, 409);
        let one = format!("/v3/teams/{}", team.id());
        assign(&platform, &one, "Viewer", "Portals", "*").await;
        let read = async || status(&platform, &bearer, "GET", &site, Value::Null).await;
        assert_eq!(read().await, 403);
        let members = format!("{one}/system-accounts");
        let body = json!({ "id": account });
        assert_eq!(platform.post(&members, body.clone()).await.status, 201);
        assert_eq!(platform.post(&members, body).await.status, 409);
        assert_eq!(read().await, 200);
        assert_eq!(
            platform.get(&members).await.body["data"][0]["id"],
            json!(account)
        );
        let teams = platform
            .get(&format!("/v3/system-accounts/{account}/teams"))
            .await;
        assert_eq!(teams.body["data"][0]["name"], "ops");
        let gone = platform.call("DELETE", &one, Value::Null).await;
        assert_eq!((gone.status, read().await), (204, 403), "{}", gone.body);

        let all = platform
            .get("/v3/teams?filter[name][contains]=Organization")
            .await;
        assert_eq!(all.body["meta"]["page"]["total"], 3, "{}", all.body);
        let owners = format!("/v3/teams/{OWNERS}");
        let refused = platform
            .call("PATCH", &owners, json!({ "name": "mine" }))
            .await;
        assert_eq!(refused.status, 403);
        assert_eq!(
            assign(&platform, &owners, "Viewer", "Portals", "*")
                .await
                .status,
            403
        );
        let body = json!({ "id": account });
        platform
            .post(&format!("{owners}/system-accounts"), body)
            .await;
        let call = status(&platform, &bearer, "DELETE", &site, Value::Null).await;
        assert_eq!(call, 204, "an owner may do everything");
    }
}

#[tokio::test]
async fn users_are_the_consoles_administrators_and_an_owner_stays() {
    for platform in Platform::everywhere().await {
        let owner = administrator(&platform, "owner@example.com")
            .await
            .to_string();
        let path = format!("/v3/users/{owner}");
        let user = platform.get(&path).await;
        assert_eq!(
            user.body["email"],
            "owner@example.com",
            "{}",
            platform.name()
        );
        assert_eq!(user.body["active"], false);
        let body = json!({ "full_name": "Olga Owner" });
        let changed = platform.call("PATCH", &path, body).await;
        assert_eq!(changed.body["full_name"], "Olga Owner");
        let wrong = platform
            .call("PATCH", &path, json!({ "preferred_name": "O" }))
            .await;
        assert_eq!(wrong.violations(), ["preferred_name: invalid"]);
        for query in [
            "filter[email][eq]=owner@example.com",
            "filter[full_name][contains]=olga",
            "filter[active]=false",
        ] {
            let found = platform.get(&format!("/v3/users?{query}")).await;
            assert_eq!(
                found.body["data"][0]["id"],
                json!(owner),
                "{query}: {}",
                found.body
            );
        }
        let teams = platform.get(&format!("{path}/teams")).await;
        assert_eq!(teams.body["data"][0]["name"], "Organization Admin");
        let members = platform.get(&format!("/v3/teams/{OWNERS}/users")).await;
        assert_eq!(members.body["data"][0]["id"], json!(owner));

        let last = platform.call("DELETE", &path, Value::Null).await;
        assert_eq!(last.status, 409, "{}", last.body);
        let readers = format!("/v3/teams/{READERS}/users");
        let body = json!({ "id": owner });
        assert_eq!(
            platform.post(&readers, body.clone()).await.status,
            409,
            "the last owner"
        );
        administrator(&platform, "second@example.com").await;
        assert_eq!(platform.post(&readers, body).await.status, 201);
        let out = platform
            .call("DELETE", &format!("{readers}/{owner}"), Value::Null)
            .await;
        assert_eq!(out.status, 204, "{}", out.body);
        let teams = platform.get(&format!("{path}/teams")).await;
        assert_eq!(teams.body["data"], json!([]), "what roles allow is left");
        assert_eq!(
            platform.call("DELETE", &path, Value::Null).await.status,
            204
        );
        assert_eq!(platform.get(&path).await.status, 404);
    }
}

#[tokio::test]
async fn a_personal_token_may_do_what_its_user_may_and_ends_with_them() {
    for platform in Platform::everywhere().await {
        administrator(&platform, "first@example.com").await;
        let user = administrator(&platform, "user@example.com").await;
        let (_, bearer) = personal(&platform, user, "own").await;
        let me = platform
            .call_as(Some(&bearer), "GET", "/v3/users/me", Value::Null)
            .await;
        assert_eq!(me.body["email"], "user@example.com", "{}", platform.name());
        let tokens = format!("/v3/users/{user}/access-tokens");
        let body = json!({ "name": "second token", "ttl_seconds": 86_400 });
        let stranger = platform.call("POST", &tokens, body.clone()).await;
        assert_eq!(stranger.status, 403, "{}", stranger.body);
        let made = platform.call_as(Some(&bearer), "POST", &tokens, body).await;
        super::contract::check("POST", &tokens, &made);
        assert_eq!(made.headers["cache-control"], "no-store");
        let second = format!("Bearer {}", made.body["konnect_token"].as_str().unwrap());
        assert!(second.starts_with("Bearer kpat_"));
        let list = platform.get(&tokens).await;
        assert_eq!(
            list.body["data"].as_array().unwrap().len(),
            2,
            "{}",
            list.body
        );
        assert!(!list.body.to_string().contains("kpat_"));

        assert_eq!(
            status(&platform, &second, "GET", "/v2/portals", Value::Null).await,
            200
        );
        let body = json!({ "name": "one" });
        assert_eq!(
            status(&platform, &second, "POST", "/v2/portals", body.clone()).await,
            201
        );
        let readers = format!("/v3/teams/{READERS}/users");
        assert_eq!(
            platform.post(&readers, json!({ "id": user })).await.status,
            201
        );
        assert_eq!(
            status(&platform, &second, "GET", "/v2/portals", Value::Null).await,
            200
        );
        let refused = platform
            .call_as(Some(&second), "POST", "/v2/portals", body.clone())
            .await;
        assert_eq!(refused.status, 403);
        assert!(refused.body["detail"].as_str().unwrap().contains("Creator"));
        let holder = format!("/v3/users/{user}");
        assign(&platform, &holder, "Creator", "Portals", "*").await;
        assert_eq!(
            status(
                &platform,
                &second,
                "POST",
                "/v2/portals",
                json!({ "name": "two" })
            )
            .await,
            201
        );

        let one = format!("{tokens}/{}", made.body["id"].as_str().unwrap());
        let revoked = platform
            .call("PATCH", &format!("{one}/revoke"), Value::Null)
            .await;
        assert_eq!(revoked.body["state"], "REVOKED", "{}", revoked.body);
        assert_eq!(
            status(&platform, &second, "GET", "/v2/portals", Value::Null).await,
            401
        );
        let gone = platform.call("DELETE", &holder, Value::Null).await;
        assert_eq!(gone.status, 204, "{}", gone.body);
        assert_eq!(
            status(&platform, &bearer, "GET", "/v3/users/me", Value::Null).await,
            401
        );
    }
}

#[tokio::test]
async fn a_gateways_token_follows_and_does_nothing_else() {
    let platform = Platform::start().await;
    let (_, node) = token(&platform, "node", Owner::Nobody(Access::Gateway)).await;
    let (_, reader) = token(&platform, "reader", Owner::Nobody(Access::Viewer)).await;
    let ack = json!({ "node": "edge-1", "revision": 0 });
    let acks = "/v1/gateway/acks";
    assert_eq!(
        status(&platform, &node, "POST", acks, ack.clone()).await,
        204
    );
    assert_eq!(status(&platform, &reader, "POST", acks, ack).await, 403);
    let stream = "/v1/gateway/stream?node=edge-1";
    assert_eq!(
        status(&platform, &reader, "GET", stream, Value::Null).await,
        403
    );
    for path in ["/v2/portals", "/v1/gateway/nodes", "/v3/users"] {
        assert_eq!(
            status(&platform, &node, "GET", path, Value::Null).await,
            403,
            "{path}"
        );
        assert_eq!(
            status(&platform, &reader, "GET", path, Value::Null).await,
            200,
            "{path}"
        );
    }
    let (account, bearer) = account(&platform, "edge").await;
    let holder = format!("/v3/system-accounts/{account}");
    assign(&platform, &holder, "Connector", "Control Planes", "*").await;
    let ack = json!({ "node": "edge-2", "revision": 0 });
    assert_eq!(status(&platform, &bearer, "POST", acks, ack).await, 204);
}

#[tokio::test]
async fn what_was_there_before_roles_may_do_what_it_could() {
    let migrations = storage::Migrations {
        component: "portal",
        steps: crate::MIGRATIONS.steps.get(..28).unwrap(),
    };
    for mut database in storage::testing::databases(&[migrations]).await {
        let mut tx = database.db.begin().await.unwrap();
        let account = "93f8380e-7798-4566-99e3-2edf2b57d289";
        let sql = "INSERT INTO portal_system_account (id, name, description, created_at, updated_at) \
                   VALUES ($1, 'old', '', 1, 1)";
        tx.execute(sql, storage::params![account]).await.unwrap();
        let sql = "INSERT INTO portal_platform_token (id, kind, name, digest, last_four, created_at, \
                   updated_at, system_account_id) VALUES ($1, 'system_account', 'old', $1, 'abcd', 1, 1, $2)";
        for (id, owner) in [(OWNERS, None), (READERS, Some(account))] {
            tx.execute(sql, storage::params![id, owner]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let opened = storage::Database::open(&database.config, &[crate::MIGRATIONS]).await;
        database.db = opened.unwrap();
        let platform = Platform::on(database).await;
        for token in platform.portal.platform_tokens().await.unwrap() {
            let rights = platform.portal.rights(&token).await.unwrap();
            assert_eq!(rights.access, Some(Access::Owner), "{}", token.name);
        }
    }
}
