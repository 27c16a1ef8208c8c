//! A fault at every step: refusals, lost requests, lost answers, a process that dies.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use dcr::ErrorKind;
use dcr::testing::Fault;
use futures_util::FutureExt;
use portal::Error;
use portal::model::ApprovalStatus;
use portal::service::applications::ApplicationChanges;

use crate::world::{World, worlds};

/// Runs a future until it has waited `steps` times, and drops it there, as a crash would: at each
/// await point in turn. `None` if it was dropped.
struct Dies<F> {
    future: Pin<Box<F>>,
    steps: usize,
}

impl<F: Future> Future for Dies<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if self.steps == 0 => Poll::Ready(None),
            Poll::Pending => {
                self.steps -= 1;
                Poll::Pending
            }
        }
    }
}

pub(crate) async fn dies<F: Future>(steps: usize, future: F) -> Option<F::Output> {
    let dies = Dies {
        future: Box::pin(future),
        steps,
    };
    dies.await
}

/// The future's end, unless it panics or hangs.
async fn ends<F: Future>(future: F) -> Option<F::Output> {
    let caught = AssertUnwindSafe(future).catch_unwind();
    match tokio::time::timeout(Duration::from_millis(500), caught).await {
        Ok(Ok(output)) => Some(output),
        Ok(Err(_)) | Err(_) => None,
    }
}

fn every_fault() -> Vec<Fault> {
    let denied = ErrorKind::Denied {
        permission: Some("create:clients".to_owned()),
    };
    let limited = ErrorKind::RateLimited { retry_after: None };
    vec![
        Fault::Refused(denied),
        Fault::Refused(ErrorKind::Rejected),
        Fault::Refused(limited),
        Fault::RequestLost,
        Fault::AnswerLost,
        Fault::HangsAfter,
        Fault::Panics,
    ]
}

#[tokio::test]
async fn a_registration_at_the_provider_that_fails_leaves_nothing_and_can_be_repeated() {
    for world in worlds().await {
        for fault in every_fault() {
            let mut new = world.new_application(world.dcr);
            new.idempotency_key = Some("again".to_owned());
            world.provider.fail("register", fault.clone());
            let created = ends(world.applications.create(&world.ctx(), new.clone())).await;
            assert!(!matches!(created, Some(Ok(_))), "{fault:?}");
            // On a busy machine it may have been stopped before it got there.
            world.provider.mend();
            for (_, status) in world.states().await {
                assert_ne!(status, "active", "nobody sees it after {fault:?}");
            }
            world.reconcile().await;
            world
                .assert_settled(&format!("{fault:?} in register"))
                .await;
            assert!(world.memory.clients().is_empty(), "{fault:?}");

            let again = world.applications.create(&world.ctx(), new).await;
            let again = again.unwrap_or_else(|error| panic!("again after {fault:?}: {error}"));
            let deleted = world
                .applications
                .delete(&world.ctx(), &again.value.application)
                .await;
            assert!(deleted.is_ok());
        }
    }
}

#[tokio::test]
async fn a_refusal_is_undone_at_once_and_told() {
    for world in worlds().await {
        let fault = Fault::Refused(ErrorKind::Rejected);
        world.provider.fail("register", fault);
        let error = world.create(world.dcr).await.err().unwrap();
        assert!(matches!(error, Error::Provider(_)), "{error:?}");
        assert!(world.states().await.is_empty(), "{}", world.name);
    }
}

#[tokio::test]
async fn a_clean_up_that_fails_is_tried_again() {
    for world in worlds().await {
        world.provider.fail("register", Fault::AnswerLost);
        assert!(world.create(world.dcr).await.is_err());
        for _ in 0..3 {
            world.provider.fail("find", Fault::RequestLost);
            world.provider.fail("delete", Fault::AnswerLost);
        }
        world.clock.advance(Duration::from_secs(60));
        world.applications.reconcile_due().await;
        assert_eq!(world.memory.clients().len(), 1, "the provider is away");
        for _ in 0..8 {
            world.clock.advance(Duration::from_secs(3600));
            world.applications.reconcile_due().await;
        }
        world
            .assert_settled("several failures of the clean-up")
            .await;
        assert!(world.memory.clients().is_empty());
    }
}

#[tokio::test]
async fn a_process_that_dies_while_it_creates_leaves_nothing_half_made() {
    for world in worlds().await {
        let mut steps = 0;
        loop {
            let new = world.new_application(world.dcr);
            let ctx = world.ctx();
            let created = dies(steps, world.applications.create(&ctx, new)).await;
            world.reconcile().await;
            world
                .assert_settled(&format!("dying at step {steps} of create"))
                .await;
            if let Some(created) = created {
                assert!(created.is_ok());
                break;
            }
            steps += 1;
        }
        assert!(steps > 3, "{}: it waited {steps} times", world.name);
    }
}

#[tokio::test]
async fn a_process_that_dies_while_it_deletes_is_finished_by_another() {
    for world in worlds().await {
        let mut steps = 0;
        loop {
            let application = world.application(world.dcr).await;
            let ctx = world.ctx();
            let deleted = dies(steps, world.applications.delete(&ctx, &application)).await;
            world.reconcile().await;
            world
                .assert_settled(&format!("dying at step {steps} of delete"))
                .await;
            if let Some(deleted) = deleted {
                assert!(deleted.unwrap().revision.is_some());
                break;
            }
            steps += 1;
        }
        assert!(steps > 2, "{}", world.name);
    }
}

#[tokio::test]
async fn a_process_that_dies_while_it_rotates_never_leaves_the_old_secret_trusted() {
    for world in worlds().await {
        let application = world.application(world.dcr).await;
        let mut steps = 0;
        loop {
            let before = world.applications.get(application.id, None).await.unwrap();
            let ctx = world.ctx();
            let rotations = world.memory.secrets_made();
            let rotated = dies(steps, world.applications.rotate_secret(&ctx, &before)).await;
            world.reconcile().await;
            let after = world.applications.get(application.id, None).await.unwrap();
            if world.memory.secrets_made() > rotations {
                assert!(after.secret_version > before.secret_version, "step {steps}");
            }
            if let Some(rotated) = rotated {
                assert!(rotated.is_ok());
                break;
            }
            steps += 1;
        }
        assert!(steps > 2, "{}", world.name);
    }
}

#[tokio::test]
async fn a_rotation_without_an_answer_is_counted_and_a_refused_one_told() {
    for world in worlds().await {
        let application = world.application(world.dcr).await;
        world.provider.fail("rotate_secret", Fault::AnswerLost);
        let lost = world
            .applications
            .rotate_secret(&world.ctx(), &application)
            .await;
        assert!(matches!(lost, Err(Error::Provider(_))));
        let after = world.applications.get(application.id, None).await.unwrap();
        assert_eq!(
            after.secret_version, 1,
            "{}: the old secret may be dead",
            world.name
        );

        world
            .provider
            .fail("rotate_secret", Fault::Refused(ErrorKind::NotFound));
        let refused = world.applications.rotate_secret(&world.ctx(), &after).await;
        assert!(matches!(refused, Err(Error::Provider(_))));
    }
}

#[tokio::test]
async fn a_deletion_is_hidden_at_once_and_finished_when_the_provider_is_back() {
    for world in worlds().await {
        for fault in every_fault() {
            let application = world.application(world.dcr).await;
            world.provider.fail("delete", fault.clone());
            let deleted = ends(world.applications.delete(&world.ctx(), &application)).await;
            if let Some(deleted) = deleted {
                assert!(
                    deleted.unwrap().revision.is_some(),
                    "{fault:?} is not the developer's"
                );
            }
            assert!(
                world.applications.get(application.id, None).await.is_err(),
                "{fault:?}"
            );
            world.reconcile().await;
            world.assert_settled(&format!("{fault:?} in delete")).await;
            assert!(world.memory.clients().is_empty(), "{fault:?}");
        }
    }
}

#[tokio::test]
async fn a_change_that_the_provider_refuses_changes_nothing() {
    for world in worlds().await {
        let application = world.application(world.dcr).await;
        world.provider.fail("update", Fault::RequestLost);
        let changes = ApplicationChanges {
            name: Some("renamed".to_owned()),
            ..ApplicationChanges::default()
        };
        let changed = world
            .applications
            .update(&world.ctx(), &application, changes)
            .await;
        assert!(matches!(changed, Err(Error::Provider(_))));
        let after = world.applications.get(application.id, None).await.unwrap();
        assert_eq!(after.name, "cli");
        assert_eq!(after.client_id, application.client_id);
    }
}

#[tokio::test]
async fn scopes_catch_up_when_the_provider_is_back() {
    for world in worlds().await {
        let application = world.application(world.managed).await;
        let new = world.registration(world.managed, &["read:weather"]);
        let registered = world
            .applications
            .register(&world.ctx(), &application, new)
            .await
            .unwrap();
        world.provider.fail("set_scopes", Fault::RequestLost);
        let ctx = world.ctx();
        let set = world.applications.set_registration_status(
            &ctx,
            world.portal_id,
            registered.value.id,
            ApprovalStatus::Approved,
        );
        assert!(set.await.is_ok(), "the administrator's decision stands");
        assert_eq!(granted(&world), ["openid"]);
        world.reconcile().await;
        assert_eq!(
            granted(&world),
            ["openid", "read:weather"],
            "{}",
            world.name
        );
    }
}

fn granted(world: &World) -> Vec<String> {
    let client = &world.memory.clients()[0];
    world
        .memory
        .granted(&client.client_id, crate::world::AUDIENCE)
}
