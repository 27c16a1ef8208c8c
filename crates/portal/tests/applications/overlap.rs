//! Secrets are replaced while the old ones work on.

use std::time::Duration;

use dcr::contract::TokenEndpoint as _;
use dcr::testing::Fault;
use gateway::config::Use;
use oauth::{ClientSecret, ShownOnce};
use portal::Error;
use portal::model::Application;
use portal::publish::{Publisher, Settings};
use portal::service::applications::{RotatedSecret, SILENCE};

use crate::faults::dies;
use crate::world::{AUDIENCE, World, worlds};

const HOUR: Duration = Duration::from_secs(3600);

async fn works(world: &World, client_id: &str, secret: &ClientSecret) -> bool {
    let token = world
        .memory
        .client_credentials(client_id, secret, AUDIENCE, None);
    token.await.is_ok()
}

async fn made(world: &World) -> (Application, ClientSecret) {
    let created = world.create(world.dcr).await;
    let created = created.expect("an application is made").value;
    let secret = created.client_secret.map(ShownOnce::reveal);
    let secret = secret.expect("its secret is shown");
    (created.application, secret)
}

async fn rotated(world: &World, application: &Application) -> RotatedSecret {
    let ctx = world.ctx();
    let rotated = world
        .applications
        .rotate_with_overlap(&ctx, application, HOUR);
    rotated.await.expect("its secret is rotated").value
}

#[tokio::test]
async fn both_secrets_work_until_the_old_one_retires_by_itself() {
    for world in worlds().await {
        let (application, old_secret) = made(&world).await;
        let old = application.client_id.clone().unwrap();
        let new = rotated(&world, &application).await;
        let new_secret = new.client_secret.reveal();
        assert_eq!(new.previous.unwrap().client_id, old);
        let now = world.applications.get(application.id, None).await.unwrap();
        assert_eq!(now.client_id.as_ref(), Some(&new.client_id));
        assert!(
            works(&world, &old, &old_secret).await
                && works(&world, &new.client_id, &new_secret).await
        );

        world.clock.advance(HOUR / 2);
        world.applications.reconcile_due().await;
        assert!(
            works(&world, &old, &old_secret).await,
            "{}: not yet",
            world.name
        );
        let plan = world.applications.plan(world.provider_id).await.unwrap();
        assert!(plan.differences.is_empty(), "{:?}", plan.differences);
        let ctx = world.ctx();
        let twice = world
            .applications
            .rotate_with_overlap(&ctx, &now, HOUR)
            .await;
        assert!(matches!(twice, Err(Error::Conflict(_))), "one at a time");

        let before = world.revision().await;
        world.clock.advance(HOUR);
        world.applications.reconcile_due().await;
        assert!(!works(&world, &old, &old_secret).await, "{}", world.name);
        assert!(works(&world, &new.client_id, &new_secret).await);
        assert!(world.revision().await > before, "gateways hear of it");
        world.assert_settled("an overlap").await;
    }
}

#[tokio::test]
async fn an_old_client_can_be_ended_before_its_time_though_the_provider_is_away() {
    for world in worlds().await {
        let (application, _) = made(&world).await;
        let old = application.client_id.clone().unwrap();
        rotated(&world, &application).await;
        world.provider.fail("delete", Fault::RequestLost);
        let ctx = world.ctx();
        let ended = world.applications.retire(&ctx, &application, &old).await;
        assert!(ended.unwrap().revision.is_some());
        let again = world.applications.retire(&ctx, &application, &old).await;
        assert!(matches!(again, Err(Error::NotFound(_))));
        world.reconcile().await;
        world.assert_settled("an early end").await;
    }
}

#[tokio::test]
async fn deleting_an_application_removes_both_clients() {
    for world in worlds().await {
        let (application, _) = made(&world).await;
        rotated(&world, &application).await;
        let now = world.applications.get(application.id, None).await.unwrap();
        let deleted = world.applications.delete(&world.ctx(), &now).await;
        assert!(deleted.is_ok());
        assert!(world.memory.clients().is_empty(), "{}", world.name);
    }
}

#[tokio::test]
async fn a_credential_is_safe_to_retire_when_nobody_uses_it_and_every_gateway_was_heard() {
    for world in worlds().await {
        let (application, _) = made(&world).await;
        let old = application.client_id.clone().unwrap();
        let publisher = Publisher::new(world.db.clone(), world.clock.clone(), Settings::default());
        let uses = async || {
            let used = Use {
                application_id: application.id.to_string(),
                credential: old.clone(),
                used_at: world.clock.now(),
            };
            publisher.note_uses(&[used]).await.expect("a use");
        };
        uses().await;
        world.clock.advance(Duration::from_secs(90));
        let new = rotated(&world, &application).await;
        let now = world.applications.get(application.id, None).await.unwrap();
        let safe = async |heard: bool| {
            let held = world.applications.credentials(&now, heard).await.unwrap();
            assert_eq!(held[0].client_id, new.client_id, "{}", world.name);
            assert_eq!((&held[1].id, held.len()), (&old, 2), "{}", world.name);
            assert!(held[1].last_used_at.is_some(), "{}", world.name);
            held[1].safe_to_retire.unwrap()
        };
        assert!(!safe(true).await, "a gateway may not have told yet");
        world.clock.advance(Duration::from_secs(600));
        assert!(!safe(false).await, "a gateway is away");
        assert!(safe(true).await, "{}", world.name);
        uses().await;
        assert!(!safe(true).await, "somebody still uses it");
        world.clock.advance(SILENCE);
        assert!(safe(true).await, "not for a whole day");
    }
}

#[tokio::test]
async fn a_repeated_request_to_create_does_not_spoil_the_secret_that_followed() {
    for world in worlds().await {
        let mut new = world.new_application(world.dcr);
        new.idempotency_key = Some("once".to_owned());
        let ctx = world.ctx();
        let created = world.applications.create(&ctx, new.clone()).await.unwrap();
        let next = rotated(&world, &created.value.application).await;
        let repeated = world.applications.create(&ctx, new).await.unwrap().value;
        assert!(repeated.client_secret.is_none(), "{}", world.name);
        let secret = next.client_secret.reveal();
        assert!(works(&world, &next.client_id, &secret).await);
    }
}

#[tokio::test]
async fn a_process_that_dies_while_it_rotates_with_an_overlap_leaves_no_stray_client() {
    for world in worlds().await {
        let mut steps = 0;
        loop {
            let application = world.application(world.dcr).await;
            let ctx = world.ctx();
            let rotating = world
                .applications
                .rotate_with_overlap(&ctx, &application, HOUR);
            let ended = dies(steps, rotating).await;
            for _ in 0..20 {
                world.reconcile().await;
            }
            world
                .assert_settled(&format!("dying at step {steps} of an overlap"))
                .await;
            let now = world.applications.get(application.id, None).await.unwrap();
            let deleted = world.applications.delete(&world.ctx(), &now).await;
            assert!(deleted.is_ok());
            if ended.is_some() {
                break;
            }
            steps += 1;
        }
        assert!(steps > 3, "{}", world.name);
    }
}
