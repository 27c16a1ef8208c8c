//! Two requests about one application at the same moment.

use std::time::Duration;

use dcr::ErrorKind;
use dcr::contract::TokenEndpoint as _;
use dcr::testing::Fault;
use portal::Error;

use crate::world::{AUDIENCE, World, worlds};

async fn is_rotating(world: &World) -> bool {
    let sql = "SELECT id FROM portal_application WHERE rotating_since IS NOT NULL";
    let rows = world.db.query(sql, Vec::new()).await.expect("rows");
    !rows.is_empty()
}

#[tokio::test]
async fn of_two_rotations_at_one_moment_one_is_refused_and_the_other_shows_a_secret_that_works() {
    for world in worlds().await {
        let application = world.application(world.dcr).await;
        let ctx = world.ctx();
        world.provider.fail("rotate_secret", Fault::HangsAfter);
        let mut first = Box::pin(world.applications.rotate_secret(&ctx, &application));
        while !is_rotating(&world).await {
            let moment = Duration::from_millis(10);
            let hangs = tokio::time::timeout(moment, &mut first).await;
            assert!(hangs.is_err(), "{}", world.name);
        }
        let second = world.applications.rotate_secret(&ctx, &application).await;
        assert!(matches!(second.err(), Some(Error::Conflict(_))));

        // The process that replaced it dies.
        drop(first);
        world.provider.mend();
        world.clock.advance(Duration::from_secs(60));
        let again = world.applications.rotate_secret(&ctx, &application).await;
        let again = again.unwrap_or_else(|error| panic!("{}: {error}", world.name));
        let (id, secret) = (again.value.client_id, again.value.client_secret.reveal());
        let token = world
            .memory
            .client_credentials(&id, &secret, AUDIENCE, None);
        assert!(token.await.is_ok(), "{}", world.name);
        world
            .provider
            .fail("rotate_secret", Fault::Refused(ErrorKind::Rejected));
        assert!(
            world
                .applications
                .rotate_secret(&ctx, &application)
                .await
                .is_err()
        );
        let after = world.applications.rotate_secret(&ctx, &application).await;
        assert!(after.is_ok(), "{}: a refusal blocks nobody", world.name);
        let deleted = world.applications.delete(&ctx, &application).await;
        assert!(deleted.is_ok());
        let gone = world.applications.rotate_secret(&ctx, &application).await;
        assert!(matches!(gone.err(), Some(Error::NotFound(_))));
    }
}

#[tokio::test]
async fn an_application_that_is_deleted_while_its_secret_is_replaced_leaves_no_client() {
    for world in worlds().await {
        for overlap in [Duration::ZERO, Duration::from_secs(3600)] {
            let application = world.application(world.dcr).await;
            let ctx = world.ctx();
            let rotated = world.applications.rotate(&ctx, &application, overlap);
            let deleted = world.applications.delete(&ctx, &application);
            let (_, deleted) = tokio::join!(rotated, deleted);
            assert!(deleted.is_ok(), "{}: {:?}", world.name, deleted.err());
            world.reconcile().await;
            world.assert_settled("deleted while it was rotated").await;
            assert!(world.memory.clients().is_empty(), "{}", world.name);
        }
    }
}
