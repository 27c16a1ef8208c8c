//! What teams let a developer see, register for, and own together.

use portal::model::{ApplicationId, DeveloperId, TeamId};
use portal::service::applications::Owner;
use portal::{Actor, Error};
use serde_json::{Value, json};
use storage::params;

use crate::world::{Caller, DOCUMENT, PRODUCT, SITE, STRATEGY, VERSION, World};

const APPLICATION: &str = "/api/v2/applications/{applicationId}";
const APPLICATIONS: &str = "/api/v2/applications";
const REGISTRATIONS: &str = "/api/v2/applications/{applicationId}/registrations";
const CREDENTIALS: &str = "/api/v2/applications/{applicationId}/credentials";
const ACTIONS: &str = "/api/v2/products/{productId}/actions";
const TEAM: &str = "99999999-9999-4999-8999-999999999999";

async fn run(world: &World, sql: &str) {
    let sql = sql
        .replace("$SITE", SITE)
        .replace("$PRODUCT", PRODUCT)
        .replace("$TEAM", TEAM);
    world.test.db.execute(&sql, params![]).await.unwrap();
}

/// A team, in a portal where teams' roles decide.
async fn by_role(world: &World) {
    run(world, "UPDATE portal_portal SET rbac_enabled = true").await;
    team(world).await;
}

async fn team(world: &World) {
    let sql = "INSERT INTO portal_team (id, portal_id, name, description, created_at, updated_at, \
               can_own_applications) VALUES ('$TEAM', '$SITE', 'Partners', '', 1, 1, true)";
    run(world, sql).await;
}

async fn give(world: &World, role: &str) {
    let sql = format!(
        "INSERT INTO portal_team_role (id, team_id, role_name, entity_id, entity_type_name, \
         entity_region, created_at) VALUES ('{role}', '$TEAM', '{role}', '$PRODUCT', 'Services', '*', 1)"
    );
    // Ids are UUIDs.
    let id = match role {
        "API Viewer" => "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa",
        _ => "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb",
    };
    run(
        world,
        &sql.replacen(&format!("'{role}'"), &format!("'{id}'"), 1),
    )
    .await;
}

async fn id_of(caller: &mut Caller<'_>) -> DeveloperId {
    let me = caller.expect(200, "GET", "/api/v2/developer/me", &[], None);
    me.await.body["id"].as_str().unwrap().parse().unwrap()
}

async fn join(world: &World, caller: &mut Caller<'_>) {
    let id = id_of(caller).await;
    let sql = format!("INSERT INTO portal_team_developer VALUES ('$TEAM', '{id}', 1)");
    run(world, &sql).await;
}

async fn application(caller: &mut Caller<'_>, name: &str) -> String {
    let body = json!({ "name": name, "reference_id": name, "auth_strategy_id": STRATEGY });
    let made = caller.expect(201, "POST", APPLICATIONS, &[], Some(body));
    made.await.body["id"].as_str().unwrap().to_owned()
}

fn registration() -> Option<Value> {
    Some(json!({ "product_version_id": VERSION }))
}

/// Every operation about the product: its status, and how many the lists give.
async fn sees(caller: &mut Caller<'_>) -> (u16, i64) {
    let version = "/api/v2/products/{productId}/versions/{productVersionId}";
    let mut statuses = Vec::new();
    for (template, params) in [
        ("/api/v2/products/{productId}", vec![PRODUCT]),
        (ACTIONS, vec![PRODUCT]),
        ("/api/v2/products/{productId}/documents", vec![PRODUCT]),
        (
            "/api/v2/products/{productId}/documents/{documentId}",
            vec![PRODUCT, DOCUMENT],
        ),
        ("/api/v2/products/{productId}/versions", vec![PRODUCT]),
        (version, vec![PRODUCT, VERSION]),
        (format!("{version}/spec").as_str(), vec![PRODUCT, VERSION]),
        (
            format!("{version}/spec/operations").as_str(),
            vec![PRODUCT, VERSION],
        ),
        (
            format!("{version}/applications").as_str(),
            vec![PRODUCT, VERSION],
        ),
    ] {
        let path = crate::world::fill(template, &params);
        statuses.push(caller.send("GET", &path, None).await.status);
    }
    statuses.dedup();
    assert_eq!(statuses.len(), 1, "{statuses:?}");
    let list = caller.expect(200, "GET", "/api/v2/products", &[], None);
    let listed = list.await.body["meta"]["page"]["total"].as_i64().unwrap();
    let path = "/api/v2/search/product-catalog?q=weather";
    let found = caller.send("GET", path, None).await.body;
    assert_eq!(found["meta"]["page"]["total"], listed);
    (statuses[0], listed)
}

#[tokio::test]
async fn a_developer_sees_and_registers_for_what_their_teams_roles_allow() {
    for world in World::all().await {
        let mut jane = world.developer("jane@example.com").await;
        let id = application(&mut jane, "cli").await;
        assert_eq!(sees(&mut jane).await, (200, 1));
        by_role(&world).await;
        assert_eq!(sees(&mut jane).await, (404, 0), "{}", world.test.name);
        let refused = jane
            .expect(400, "POST", REGISTRATIONS, &[&id], registration())
            .await
            .body;
        assert_eq!(
            refused["invalid_parameters"][0]["rule"],
            "missing_reference"
        );

        join(&world, &mut jane).await;
        assert_eq!(sees(&mut jane).await, (404, 0));
        give(&world, "API Viewer").await;
        assert_eq!(sees(&mut jane).await, (200, 1));
        let actions = jane.expect(200, "GET", ACTIONS, &[PRODUCT], None).await;
        assert_eq!(actions.body["actions"]["register"], false);
        let refused = jane
            .expect(400, "POST", REGISTRATIONS, &[&id], registration())
            .await
            .body;
        assert!(refused.to_string().contains("API Consumer"), "{refused}");

        give(&world, "API Consumer").await;
        let actions = jane.expect(200, "GET", ACTIONS, &[PRODUCT], None).await;
        assert_eq!(actions.body["actions"]["register"], true);
        jane.expect(201, "POST", REGISTRATIONS, &[&id], registration())
            .await;

        let mut other = world.developer("other@example.com").await;
        assert_eq!(sees(&mut other).await, (404, 0));
    }
}

#[tokio::test]
async fn a_registration_goes_on_when_the_role_is_taken_away() {
    for world in World::all().await {
        let mut jane = world.developer("jane@example.com").await;
        by_role(&world).await;
        join(&world, &mut jane).await;
        give(&world, "API Consumer").await;
        let id = application(&mut jane, "cli").await;
        jane.expect(201, "POST", REGISTRATIONS, &[&id], registration())
            .await;
        run(&world, "DELETE FROM portal_team_role").await;
        assert_eq!(sees(&mut jane).await, (404, 0), "{}", world.test.name);
        let left = jane.expect(200, "GET", REGISTRATIONS, &[&id], None).await;
        assert_eq!(left.body["data"][0]["status"], "approved");
    }
}

async fn share(
    world: &World,
    caller: &mut Caller<'_>,
    id: &str,
    owner: Option<Owner>,
) -> Result<(), Error> {
    let actor = Actor::Developer {
        id: id_of(caller).await,
        portal_id: SITE.parse().unwrap(),
    };
    let ctx = world.portal.ctx(actor, "test");
    let applications = world.portal.applications();
    let id: ApplicationId = id.parse().unwrap();
    let application = applications.get(id, None).await.unwrap();
    let team: TeamId = TEAM.parse().unwrap();
    let owner = owner.unwrap_or(Owner::Team(team));
    let moved = applications.transfer(&ctx, &application, owner).await?;
    assert_eq!(moved.value.owner(), owner);
    Ok(())
}

#[tokio::test]
async fn every_developer_of_a_team_does_with_its_application_what_an_owner_does() {
    for world in World::all().await {
        let mut jane = world.developer("jane@example.com").await;
        let mut jack = world.developer("jack@example.com").await;
        let mut other = world.developer("other@example.com").await;
        team(&world).await;
        let id = application(&mut jane, "cli").await;
        let refused = share(&world, &mut jane, &id, None).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "not in the team");
        join(&world, &mut jane).await;
        join(&world, &mut jack).await;
        jack.expect(404, "GET", APPLICATION, &[&id], None).await;
        share(&world, &mut jane, &id, None).await.unwrap();

        let list = jack.expect(200, "GET", APPLICATIONS, &[], None).await;
        assert_eq!(list.body["data"][0]["id"], json!(id), "{}", world.test.name);
        let named = Some(json!({ "name": "ours" }));
        jack.expect(200, "PATCH", APPLICATION, &[&id], named).await;
        let key = Some(json!({ "display_name": "one" }));
        jack.expect(201, "POST", CREDENTIALS, &[&id], key).await;
        let seen = jane.expect(200, "GET", CREDENTIALS, &[&id], None).await;
        assert_eq!(seen.body["data"][0]["display_name"], "one");
        assert!(seen.body["data"][0].get("credential").is_none());
        jack.expect(201, "POST", REGISTRATIONS, &[&id], registration())
            .await;

        let jacks = Some(Owner::Developer(id_of(&mut jack).await));
        let refused = share(&world, &mut jack, &id, jacks).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        other.expect(404, "GET", APPLICATION, &[&id], None).await;
        jack.expect(204, "DELETE", APPLICATION, &[&id], None).await;
        jane.expect(404, "GET", APPLICATION, &[&id], None).await;
    }
}

#[tokio::test]
async fn a_developer_is_offered_the_strategies_of_what_they_may_register_for_and_the_default() {
    const OFFERED: [&str; 2] = [
        "/api/v2/applications/auth-strategies",
        "/api/v3/application-auth-strategies",
    ];
    for world in World::all().await {
        let mut jane = world.developer("jane@example.com").await;
        by_role(&world).await;
        join(&world, &mut jane).await;
        let offered = async |jane: &mut Caller<'_>| {
            let mut found = Vec::new();
            for path in OFFERED {
                let list = jane.expect(200, "GET", path, &[], None).await.body;
                found.push(list["meta"]["page"]["total"].as_i64().unwrap());
            }
            assert_eq!(found[0], found[1]);
            found[0]
        };
        let new = json!({ "name": "cli", "reference_id": "cli", "auth_strategy_id": STRATEGY });
        assert_eq!(offered(&mut jane).await, 1, "the default");
        run(
            &world,
            "UPDATE portal_portal SET default_auth_strategy_id = NULL",
        )
        .await;
        assert_eq!(offered(&mut jane).await, 0, "{}", world.test.name);
        give(&world, "API Viewer").await;
        assert_eq!(offered(&mut jane).await, 0, "who reads does not register");
        let refused = jane.expect(400, "POST", APPLICATIONS, &[], Some(new.clone()));
        let refused = refused.await.body;
        assert_eq!(
            refused["invalid_parameters"][0]["field"],
            "auth_strategy_id"
        );
        give(&world, "API Consumer").await;
        assert_eq!(offered(&mut jane).await, 1);
        jane.expect(201, "POST", APPLICATIONS, &[], Some(new)).await;
    }
}

#[tokio::test]
async fn an_application_goes_only_to_a_team_that_may_use_what_it_is_registered_for() {
    for world in World::all().await {
        let mut jane = world.developer("jane@example.com").await;
        team(&world).await;
        join(&world, &mut jane).await;
        let id = application(&mut jane, "cli").await;
        jane.expect(201, "POST", REGISTRATIONS, &[&id], registration())
            .await;
        run(&world, "UPDATE portal_portal SET rbac_enabled = true").await;
        let refused = share(&world, &mut jane, &id, None).await;
        let Err(Error::Conflict(said)) = refused else {
            panic!("{}: {refused:?}", world.test.name);
        };
        assert!(said.contains("Weather"), "{said}");
        give(&world, "API Consumer").await;
        share(&world, &mut jane, &id, None).await.unwrap();

        let back = Some(Owner::Developer(id_of(&mut jane).await));
        share(&world, &mut jane, &id, back).await.unwrap();
        run(
            &world,
            "UPDATE portal_team SET can_own_applications = false",
        )
        .await;
        let refused = share(&world, &mut jane, &id, None).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn who_leaves_the_team_loses_its_applications() {
    for world in World::all().await {
        let mut jane = world.developer("jane@example.com").await;
        team(&world).await;
        join(&world, &mut jane).await;
        let id = application(&mut jane, "cli").await;
        share(&world, &mut jane, &id, None).await.unwrap();
        run(&world, "DELETE FROM portal_team_developer").await;
        jane.expect(404, "GET", APPLICATION, &[&id], None).await;
        let list = jane.expect(200, "GET", APPLICATIONS, &[], None).await;
        assert_eq!(list.body["data"], json!([]), "{}", world.test.name);
    }
}

#[tokio::test]
async fn an_application_is_made_for_a_team_and_taken_back_over_the_third_generation() {
    let (all, one) = (
        "/api/v3/applications",
        "/api/v3/applications/{applicationId}",
    );
    for world in World::all().await {
        let mut jane = world.developer("jane@example.com").await;
        let mut jack = world.developer("jack@example.com").await;
        let name = "Partners";
        team(&world).await;
        let body = json!({ "name": "cli", "client_id": "cli", "team_id": TEAM });
        let refused = jane.expect(400, "POST", all, &[], Some(body.clone())).await;
        let refused = &refused.body["invalid_parameters"][0];
        assert_eq!(refused["field"], "team_id", "{refused}");
        join(&world, &mut jane).await;
        join(&world, &mut jack).await;
        let teams = jane
            .expect(200, "GET", "/api/v3/developer/teams", &[], None)
            .await;
        assert_eq!(teams.body["data"][0]["name"], name, "{}", world.test.name);
        let members = "/api/v3/developer/teams/{teamId}/developers";
        let members = jane.expect(200, "GET", members, &[TEAM], None).await;
        assert_eq!(members.body["meta"]["page"]["total"], 2);

        let made = jane.expect(201, "POST", all, &[], Some(body)).await;
        assert_eq!(made.body["team_id"], TEAM);
        let id = made.body["id"].as_str().unwrap().to_owned();
        let seen = jack.expect(200, "GET", one, &[&id], None).await;
        assert_eq!(seen.body["team_id"], TEAM);
        let alone = Some(json!({ "team_id": null }));
        jack.expect(400, "PATCH", one, &[&id], alone.clone()).await;
        let back = jane.expect(200, "PATCH", one, &[&id], alone).await;
        assert_eq!(back.body["team_id"], Value::Null);
        jack.expect(404, "GET", one, &[&id], None).await;
    }
}
