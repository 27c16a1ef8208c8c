//! What came of runs: written in batches, so that no token request waits for it.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::model::action::Execution;
use crate::store::{action_executions, actions};
use crate::{Error, Tenant};

/// How long runs are remembered.
///
/// Source: the vendor's "Actions Limitations".
const KEPT: Duration = Duration::from_secs(10 * 24 * 3600);
/// How many runs are remembered at most.
const MOST: i64 = 100_000;
/// How many may wait to be written. More than that are not written down.
const MAX_WAITING: usize = 5_000;
/// How many one transaction writes.
const BATCH: usize = 200;
/// How long runs are gathered before they are written.
const GATHER: Duration = Duration::from_millis(200);

/// Runs that wait to be written.
#[derive(Default)]
pub(crate) struct Records {
    waiting: Mutex<VecDeque<Execution>>,
    arrived: Notify,
    /// One writer at a time, so that who reads after a flush finds everything.
    writing: tokio::sync::Mutex<()>,
}

impl Records {
    pub(super) fn push(&self, execution: Execution) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < MAX_WAITING {
            waiting.push_back(execution);
        }
        drop(waiting);
        self.arrived.notify_one();
    }

    fn take(&self) -> Vec<Execution> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let count = waiting.len().min(BATCH);
        waiting.drain(..count).collect()
    }

    fn put_back(&self, executions: Vec<Execution>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        for execution in executions.into_iter().rev() {
            waiting.push_front(execution);
        }
    }
}

/// Writes everything that waits.
///
/// # Errors
/// [`Error::Unavailable`]; it waits on.
pub(crate) async fn flush(tenant: &Tenant) -> Result<(), Error> {
    let records = &tenant.actions().records;
    let _writing = records.writing.lock().await;
    loop {
        let executions = records.take();
        if executions.is_empty() {
            return Ok(());
        }
        if let Err(error) = write(tenant, &executions).await {
            records.put_back(executions);
            return Err(error.into());
        }
    }
}

async fn write(tenant: &Tenant, executions: &[Execution]) -> Result<(), storage::Error> {
    let mut tx = tenant.db().begin().await?;
    for execution in executions {
        action_executions::put(&mut tx, execution).await?;
    }
    tx.commit().await
}

/// Writes batches as runs end. Never ends by itself.
pub(crate) async fn keep_writing(tenant: &Tenant) {
    loop {
        tenant.actions().records.arrived.notified().await;
        tokio::time::sleep(GATHER).await;
        if let Err(error) = flush(tenant).await {
            tracing::warn!(error.cause = %error, "runs of actions wait: the database does not answer");
            tokio::time::sleep(Duration::from_secs(5)).await;
            tenant.actions().records.arrived.notify_one();
        }
    }
}

/// Forgets what is old, and packages that nothing needs any more.
pub(crate) async fn prune(tenant: &Tenant) -> Result<(), Error> {
    let before = tenant.clock().now() - KEPT;
    action_executions::prune(tenant.db(), before, MOST).await?;
    actions::prune_modules(tenant.db()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{flush, prune};
    use crate::model::action::{Ending, Execution, Trigger};
    use crate::stage::stages;
    use crate::store::action_executions::{self, Wanted};

    #[tokio::test]
    async fn runs_are_written_in_batches_and_forgotten_after_ten_days() {
        for stage in stages().await {
            let tenant = &stage.tenant;
            let run = |id: &str| Execution {
                id: id.to_owned(),
                trigger: Trigger::PostLogin,
                ending: Ending::Partial,
                results: Vec::new(),
                client_id: Some("client".to_owned()),
                user_id: None,
                created_at: tenant.clock().now(),
                updated_at: tenant.clock().now(),
            };
            let written = async |failed: bool| {
                let wanted = Wanted {
                    trigger: None,
                    action_id: None,
                    failed,
                    oldest_first: false,
                };
                let found = action_executions::list(tenant.db(), &wanted, 10, 0).await;
                let (runs, _) = found.unwrap();
                runs.into_iter().map(|run| run.id).collect::<Vec<_>>()
            };
            tenant.actions().records.push(run("old"));
            assert!(written(false).await.is_empty());
            flush(tenant).await.unwrap();
            stage.clock.advance(Duration::from_secs(9 * 24 * 3600));
            let mut new = run("new");
            tenant.actions().records.push(new.clone());
            // A run that went on is written over.
            new.ending = Ending::Final;
            tenant.actions().records.push(new);
            flush(tenant).await.unwrap();
            assert_eq!(written(false).await, ["new", "old"]);
            assert_eq!(written(true).await, ["old"]);
            stage.clock.advance(Duration::from_secs(2 * 24 * 3600));
            prune(tenant).await.unwrap();
            assert_eq!(written(false).await, ["new"]);
            let most = action_executions::prune(
                tenant.db(),
                run("x").created_at - Duration::from_secs(10 * 24 * 3600),
                0,
            );
            assert_eq!(most.await.unwrap(), 1, "more than that many are too many");
        }
    }
}
