//! Passes that nobody has to ask for.

use std::time::Duration;

use futures_util::FutureExt as _;
use serde_json::json;
use storage::outbox::{Job, JobError, NewJob, Trouble};

use super::super::settle::retry;
use super::super::{Applications, SETTLE_QUEUE, overlap};
use super::{Outcome, Plan};
use crate::model::{
    Application, DcrProviderId, DriftAction, DriftKind, DriftPolicy, LastPass, RetiringCredential,
};
use crate::store::audit::{self, Entry};
use crate::store::{self, lifecycle, reconciliations};
use crate::{Actor, Ctx, Error};

/// The outbox's queue of passes. The key is the provider's id.
pub const RECONCILE_QUEUE: &str = "portal.dcr.reconcile";

/// From one automatic pass to the next.
const EVERY: Duration = Duration::from_secs(15 * 60);

/// Differences of a kind that are always few enough to be settled without anybody looking.
const FEW: usize = 10;

/// When something half-way is taken for forgotten: after the last attempt of its job, which goes on
/// for a day.
const FORGOTTEN: Duration = Duration::from_secs(26 * 3600);

/// How a provider is looked after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciliation {
    /// What is done by itself.
    pub policy: DriftPolicy,
    /// How the last automatic pass went.
    pub last: Option<LastPass>,
}

impl Applications {
    /// How a provider is looked after.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn reconciliation(&self, id: DcrProviderId) -> Result<Reconciliation, Error> {
        let found = reconciliations::find(&self.db, id).await?;
        let (policy, last) = found.unwrap_or((DriftPolicy::REVIEW, None));
        Ok(Reconciliation { policy, last })
    }

    /// Sets what is done by itself. If that is anything, a pass begins at once.
    ///
    /// # Errors
    /// `Conflict` if the provider was just removed.
    pub async fn set_drift_policy(
        &self,
        ctx: &Ctx,
        id: DcrProviderId,
        policy: DriftPolicy,
    ) -> Result<(), Error> {
        let mut tx = self.db.begin().await?;
        reconciliations::set_policy(&mut tx, id, policy).await?;
        let detail = serde_json::to_value(policy).unwrap_or_default();
        let entry = Entry::new("set_drift_policy", "dcr_provider", id).with(detail);
        audit::record(&mut tx, ctx, self.audit_id(), entry).await?;
        if policy != DriftPolicy::REVIEW {
            tx.enqueue(pass(&id.to_string(), self.clock.now())).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Applications that are deleted here, while the provider still has their clients, and why.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn leaving(
        &self,
        id: DcrProviderId,
    ) -> Result<Vec<(Application, Option<Trouble>)>, Error> {
        let leaving = store::applications::leaving(&self.db, id).await?;
        let mut troubles = self.outbox.troubles(SETTLE_QUEUE).await?;
        let with_trouble = |application: Application| {
            let trouble = troubles.remove(&application.id.to_string());
            (application, trouble)
        };
        Ok(leaving.into_iter().map(with_trouble).collect())
    }

    /// Credentials whose time is over, while the provider still has them, and why.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn retired(
        &self,
        id: DcrProviderId,
    ) -> Result<Vec<(RetiringCredential, Option<Trouble>)>, Error> {
        let now = self.clock.now();
        let retired = store::retiring_credentials::over(&self.db, id, now).await?;
        let troubles = self.outbox.troubles(overlap::RETIRE_QUEUE).await?;
        let with_trouble = |going: RetiringCredential| {
            let trouble = troubles.get(&going.application_id.to_string());
            (going, trouble.cloned())
        };
        Ok(retired.into_iter().map(with_trouble).collect())
    }

    /// One pass, and a job for the next. A provider that is away is no reason to give up.
    pub(in super::super) async fn reconcile_job(&self, job: Job) -> Result<(), JobError> {
        let id: DcrProviderId = job.key.parse().map_err(|_| JobError::Permanent {
            reason: format!("`{}` is not a DCR provider's id", job.key),
        })?;
        let Reconciliation { policy, .. } = self.reconciliation(id).await.map_err(retry)?;
        if policy == DriftPolicy::REVIEW {
            return Ok(());
        }
        // Boxed: the compiler cannot prove so deep a future `Send` from afar.
        let pass_of_now = match self.pass(id, policy).boxed().await {
            Ok(pass) => pass,
            Err(Error::NotFound(_)) => return Ok(()),
            Err(error) => {
                tracing::warn!(provider = %id, %error, "dcr.reconcile_failed");
                LastPass {
                    at: self.clock.now(),
                    found: 0,
                    settled: 0,
                    error: Some(error.to_string()),
                }
            }
        };
        let mut tx = self.db.begin().await?;
        reconciliations::passed(&mut tx, id, &pass_of_now).await?;
        tx.enqueue(pass(&job.key, self.clock.now() + EVERY)).await?;
        Ok(tx.commit().await?)
    }

    async fn pass(&self, id: DcrProviderId, policy: DriftPolicy) -> Result<LastPass, Error> {
        let ctx = Ctx {
            actor: Actor::System,
            now: self.clock.now(),
            request_id: "reconciliation".to_owned(),
        };
        let provider = self.provider(id).await?;
        let plan = self.compare(&provider).await?;
        let mut settled = 0;
        let mut errors = Vec::new();
        for kind in [DriftKind::Missing, DriftKind::Changed, DriftKind::Orphaned] {
            let action = policy.of(kind);
            if action == DriftAction::Leave {
                continue;
            }
            if let Some(why) = too_many(&plan, kind) {
                errors.push(why);
                continue;
            }
            for difference in &plan.differences {
                if difference.kind != kind {
                    continue;
                }
                match self.carry_out(&ctx, &provider, difference, action).await {
                    Outcome::Done => settled += 1,
                    Outcome::Outdated => {}
                    Outcome::Failed(why) => errors.push(why),
                }
            }
        }
        Ok(LastPass {
            at: ctx.now,
            found: i64::try_from(plan.differences.len()).unwrap_or(i64::MAX),
            settled,
            error: errors.into_iter().next(),
        })
    }

    /// Takes up again what is half-way and whose jobs gave up: a provider can be away for days.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn take_up_stragglers(&self) -> Result<(), Error> {
        let now = self.clock.now();
        for id in lifecycle::stragglers(&self.db, now - FORGOTTEN).await? {
            let mut tx = self.db.begin().await?;
            tx.enqueue(NewJob {
                queue: SETTLE_QUEUE,
                key: &id.to_string(),
                payload: json!({}),
                due: now,
            })
            .await?;
            tx.commit().await?;
        }
        for id in store::retiring_credentials::overdue(&self.db, now - FORGOTTEN).await? {
            let mut tx = self.db.begin().await?;
            overlap::retire_later(&mut tx, id, now).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// Half of everything does not vanish by hand: the provider is another one, or a backup was restored.
fn too_many(plan: &Plan, kind: DriftKind) -> Option<String> {
    let found = plan.differences.iter().filter(|d| d.kind == kind).count();
    let all = match kind {
        DriftKind::Missing | DriftKind::Changed => plan.applications,
        DriftKind::Orphaned => plan.clients,
    };
    (found > FEW && found * 2 > all).then(|| {
        format!(
            "{found} clients are {kind}, more than half: nothing was done; look at the plan and decide"
        )
    })
}

fn pass(key: &str, due: oauth::Timestamp) -> NewJob<'_> {
    NewJob {
        queue: RECONCILE_QUEUE,
        key,
        payload: json!({}),
        due,
    }
}
