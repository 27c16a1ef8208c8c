//! Applications with further ways to sign in.

use std::time::Duration;

use dcr::testing::Fault;
use portal::Error;
use portal::model::{Application, TeamId};
use portal::service::applications::{NewApplication, Owner};
use storage::params;

use crate::world::{World, worlds};

/// A client beside the keys that an application has.
fn beside(world: &World, main: &Application) -> NewApplication {
    NewApplication {
        companion_of: Some(main.id),
        ..world.new_application(world.dcr)
    }
}

async fn is_being_made(world: &World) -> bool {
    let states = world.states().await;
    states.iter().any(|(_, status)| status == "provisioning")
}

#[tokio::test]
async fn they_go_together() {
    for world in worlds().await {
        let main = world.application(world.keys).await;
        let ctx = world.ctx();
        let beside = beside(&world, &main);
        let _ = world.applications.create(&ctx, beside).await.unwrap();
        assert_eq!(world.memory.clients().len(), 1, "{}", world.name);
        let _ = world.applications.delete(&ctx, &main).await.unwrap();
        assert!(world.states().await.is_empty(), "{}", world.name);
        assert!(world.memory.clients().is_empty(), "{}", world.name);
    }
}

#[tokio::test]
async fn one_that_is_still_being_made_goes_too_even_if_its_maker_dies() {
    for world in worlds().await {
        let main = world.application(world.keys).await;
        let ctx = world.ctx();
        world.provider.fail("register", Fault::HangsAfter);
        let beside = beside(&world, &main);
        let mut making = Box::pin(world.applications.create(&ctx, beside));
        while !is_being_made(&world).await {
            let moment = Duration::from_millis(10);
            assert!(tokio::time::timeout(moment, &mut making).await.is_err());
        }
        let team = new_team(&world).await;
        let handed = world.applications.transfer(&ctx, &main, Owner::Team(team));
        let refused = handed.await.err();
        assert!(
            matches!(&refused, Some(Error::Conflict(said)) if said.contains("being made")),
            "{}: it would keep its old owner: {refused:?}",
            world.name
        );
        let _ = world.applications.delete(&ctx, &main).await.unwrap();
        drop(making);
        world.provider.mend();
        world.reconcile().await;
        assert!(world.states().await.is_empty(), "{}", world.name);
        assert!(world.memory.clients().is_empty(), "{}", world.name);
    }
}

#[tokio::test]
async fn one_that_is_made_at_the_moment_of_the_deletion_stays_nowhere() {
    for world in worlds().await {
        for _ in 0..10 {
            let main = world.application(world.keys).await;
            let ctx = world.ctx();
            let made = world.applications.create(&ctx, beside(&world, &main));
            let deleted = world.applications.delete(&ctx, &main);
            let (_, deleted) = tokio::join!(made, deleted);
            let _ = deleted.unwrap_or_else(|error| panic!("{}: {error}", world.name));
            world.reconcile().await;
            assert!(world.states().await.is_empty(), "{}", world.name);
            assert!(world.memory.clients().is_empty(), "{}", world.name);
        }
    }
}

/// A team that the developer is in.
async fn new_team(world: &World) -> TeamId {
    let id: TeamId = "7f1c2a52-0f0e-4d55-9f6e-3a3a3a3a3a3a"
        .parse()
        .expect("an id");
    let sql = "INSERT INTO portal_team (id, portal_id, name, description, can_own_applications, created_at, updated_at) \
               VALUES ($1, $2, 'Staff', '', $3, 0, 0)";
    let params = params![id, world.portal_id, true];
    world.db.execute(sql, params).await.expect("written");
    let sql =
        "INSERT INTO portal_team_developer (team_id, developer_id, created_at) VALUES ($1, $2, 0)";
    let params = params![id, world.developer_id];
    world.db.execute(sql, params).await.expect("written");
    id
}
