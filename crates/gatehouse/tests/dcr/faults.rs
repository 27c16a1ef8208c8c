//! Portal and tenant together: every trouble on the way at every call, and a process that dies at
//! every step.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use portal::model::Application;
use portal::service::applications::ApplicationChanges;

use crate::administrator::{AUDIENCE, token};
use crate::way::Trouble;
use crate::world::{By, World};

/// Polls a future `steps` times and drops it there, as a crash would.
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

/// The developer's request again, after everything: it gives an application whose credentials work.
async fn repeated(world: &World, key: &str) -> Application {
    let created = world.create(key).await;
    let created = created.unwrap_or_else(|error| panic!("{}: again: {error}", world.name));
    let created = created.value;
    let id = created.application.client_id.clone().expect("a client");
    let application = created.application;
    let secret = match created.client_secret {
        Some(secret) => secret,
        // Its first answer may have arrived: the developer makes another secret.
        None => {
            let ctx = world.ctx();
            let rotated = world
                .portal
                .applications()
                .rotate_secret(&ctx, &application);
            rotated.await.expect("a secret").value.client_secret
        }
    };
    let egress = &world.administrator.egress;
    let answer = token(
        egress,
        &id,
        &secret.reveal(),
        AUDIENCE,
        Some("read:weather"),
    )
    .await;
    assert_eq!(answer.status, 200, "{}", world.name);
    application
}

async fn delete(world: &World, application: &Application) {
    let ctx = world.ctx();
    let deleted = world.portal.applications().delete(&ctx, application).await;
    assert!(deleted.is_ok());
}

#[tokio::test]
async fn whatever_happens_on_the_way_while_it_creates_the_request_can_be_repeated() {
    creates(By::Management, 2).await;
}

#[tokio::test]
async fn whatever_happens_on_the_way_over_the_bridge_the_request_can_be_repeated() {
    creates(By::Bridge, 1).await;
}

/// Every trouble at every call, of which there are `calls` at least.
async fn creates(by: By, calls: usize) {
    for mut world in World::everywhere_by(by).await {
        for trouble in Trouble::ALL {
            let mut met = 0;
            for call in 0.. {
                let (key, case) = (
                    format!("{trouble:?}{call}"),
                    format!("{trouble:?} at {call}"),
                );
                world.way.spoil(call, trouble);
                let created = world.create(&key).await.is_ok();
                let escaped = world.way.mend();
                met += usize::from(!escaped);
                world.restart().await;
                world.assert_settled(usize::from(created), &case).await;
                let application = repeated(&world, &key).await;
                world.assert_settled(1, &case).await;
                delete(&world, &application).await;
                world.assert_settled(0, &case).await;
                if escaped {
                    break;
                }
            }
            assert!(met >= calls, "{trouble:?} met {met} calls");
        }
    }
}

#[tokio::test]
async fn whatever_happens_on_the_way_while_it_changes_or_deletes_portal_and_tenant_agree_again() {
    changes(By::Management).await;
}

#[tokio::test]
async fn whatever_happens_over_the_bridge_while_it_changes_or_deletes_both_agree_again() {
    changes(By::Bridge).await;
}

async fn changes(by: By) {
    for mut world in World::everywhere_by(by).await {
        for trouble in Trouble::ALL {
            let case = format!("{trouble:?}");
            let application = repeated(&world, &case).await;
            world.way.spoil(0, trouble);
            let rename = ApplicationChanges {
                name: Some(format!("renamed {trouble:?}")),
                ..ApplicationChanges::default()
            };
            let ctx = world.ctx();
            let updated = world
                .portal
                .applications()
                .update(&ctx, &application, rename.clone());
            let failed = updated.await.is_err();
            world.way.mend();
            world.restart().await;
            if failed {
                // The provider may have heard; the same change again is the way on.
                let ctx = world.ctx();
                let again = world
                    .portal
                    .applications()
                    .update(&ctx, &application, rename);
                assert!(again.await.is_ok(), "{case}");
            }
            world.assert_settled(1, &case).await;

            world.way.spoil(0, trouble);
            delete(&world, &application).await;
            world.way.mend();
            world.restart().await;
            world.assert_settled(0, &case).await;
        }
    }
}

#[tokio::test]
async fn a_process_that_dies_at_any_step_leaves_nothing_half_made_at_the_tenant() {
    dies(By::Management).await;
}

#[tokio::test]
async fn a_process_that_dies_at_any_step_leaves_nothing_half_made_over_the_bridge() {
    dies(By::Bridge).await;
}

async fn dies(by: By) {
    for mut world in World::everywhere_by(by).await {
        for steps in (0..).step_by(3) {
            let (key, case) = (format!("step {steps}"), format!("dying at step {steps}"));
            let ended = {
                let (ctx, new) = (world.ctx(), world.new_application(&key));
                let dies = Dies {
                    future: Box::pin(world.portal.applications().create(&ctx, new)),
                    steps,
                };
                dies.await.is_some()
            };
            world.restart().await;
            let left = world.applications().await;
            world.assert_settled(left, &case).await;
            let application = repeated(&world, &key).await;
            world.assert_settled(1, &case).await;
            {
                let ctx = world.ctx();
                let dies = Dies {
                    future: Box::pin(world.portal.applications().delete(&ctx, &application)),
                    steps,
                };
                dies.await;
            }
            world.restart().await;
            let application = world.portal.applications().get(application.id, None).await;
            if let Ok(application) = application {
                world.assert_settled(1, &case).await;
                delete(&world, &application).await;
            }
            world.assert_settled(0, &case).await;
            if ended {
                break;
            }
        }
    }
}
