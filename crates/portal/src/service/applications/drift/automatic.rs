//! Passes that nobody has to ask for.

use std::collections::HashMap;

use std::collections::HashSet;
use std::time::Duration;

use dcr::Sight;
use futures_util::FutureExt as _;
use serde_json::json;
use storage::outbox::{Job, JobError, NewJob, Trouble};

use super::super::settle::retry;
use super::super::{Applications, SETTLE_QUEUE, overlap};
use super::provider::Provider;
use super::{Outcome, Plan};
use crate::model::{
    Application, DcrProviderId, DriftAction, DriftKind, DriftPolicy, LastPass, OpenDifference,
    PastPasses, ProviderType, RetiringCredential, Standing,
};
use crate::store::audit::{self, Entry};
use crate::store::reconciliations::{self, Reconciled};
use crate::store::{self, dcr_history, lifecycle};
use crate::{Actor, Ctx, Error};

/// The outbox's queue of passes. The key is the provider's id.
pub const RECONCILE_QUEUE: &str = "portal.dcr.reconcile";

/// From one pass to the next, where that is cheap.
const EVERY: Duration = Duration::from_secs(15 * 60);

/// From one pass to the next, at most.
const SELDOM: Duration = Duration::from_secs(24 * 3600);

/// When a provider is taken for one whose passes ended.
const NEGLECTED: Duration = Duration::from_secs(25 * 3600);

/// Differences of a kind that are always few enough to be settled without anybody looking.
const FEW: usize = 10;

/// When something half-way is taken for forgotten: after the last attempt of its job, which goes on
/// for a day.
const FORGOTTEN: Duration = Duration::from_secs(26 * 3600);

/// How a provider is looked after, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciliation {
    /// What is done by itself.
    pub policy: DriftPolicy,
    /// How the last pass went.
    pub last: Option<LastPass>,
    /// What is known of the provider's clients; `None` as long as nobody looked.
    pub standing: Option<Standing>,
    /// What is open.
    pub open: Vec<OpenDifference>,
}

impl Reconciliation {
    /// How many differences of a kind are open.
    #[must_use]
    pub fn count(&self, kind: DriftKind) -> usize {
        self.open.iter().filter(|open| open.kind == kind).count()
    }

    /// Whether portal and provider agree; `None` if nobody could look.
    #[must_use]
    pub fn agrees(&self) -> Option<bool> {
        self.standing.as_ref().map(|_| self.open.is_empty())
    }
}

impl Applications {
    /// How a provider is looked after, and what the last look showed. Nobody is asked.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn reconciliation(&self, id: DcrProviderId) -> Result<Reconciliation, Error> {
        let found = reconciliations::find(&self.db, id).await?;
        let open = reconciliations::open(&self.db, id).await?;
        Ok(match found {
            Some(Reconciled {
                policy,
                last,
                standing,
            }) => Reconciliation {
                policy,
                last,
                standing,
                open,
            },
            None => Reconciliation {
                policy: DriftPolicy::REVIEW,
                last: None,
                standing: None,
                open,
            },
        })
    }

    /// How passes went, the newest first.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn passes(&self, id: DcrProviderId) -> Result<Vec<PastPasses>, Error> {
        Ok(dcr_history::passes(&self.db, id).await?)
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
        let mut troubles = self.unsettled().await?;
        let with_trouble = |application: Application| {
            let trouble = troubles.remove(&application.id.to_string());
            (application, trouble)
        };
        Ok(leaving.into_iter().map(with_trouble).collect())
    }

    /// Why applications are not settled at their providers, by their ids.
    ///
    /// # Errors
    /// `Unavailable`.
    pub(crate) async fn unsettled(&self) -> Result<HashMap<String, Trouble>, Error> {
        Ok(self.outbox.troubles(SETTLE_QUEUE).await?)
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
        let ctx = Ctx {
            actor: Actor::System,
            now: self.clock.now(),
            request_id: "reconciliation".to_owned(),
            caller: web::Caller::default(),
            rights: None,
        };
        // Boxed: the compiler cannot prove so deep a future `Send` from afar.
        match self.pass(&ctx, id).boxed().await {
            Ok(()) => {}
            Err(Error::NotFound(_)) => return Ok(()),
            Err(error) => tracing::warn!(provider = %id, %error, "dcr.reconcile_failed"),
        }
        let now = self.reconciliation(id).await.map_err(retry)?;
        let found = store::dcr_providers::find(&self.db, id).await?;
        let asked = now.policy != DriftPolicy::REVIEW;
        let unasked = found.is_some_and(|found| found.provider_type != ProviderType::Rfc7591);
        if asked || unasked {
            let due = self.clock.now() + pause(now.standing.as_ref());
            let mut tx = self.db.begin().await?;
            tx.enqueue(pass(&job.key, due)).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Looks at what changed at the provider, or at all, and does what is done by itself.
    ///
    /// # Errors
    /// `NotFound`; `Provider` if the provider does not show its clients now, which is kept as the
    /// pass's outcome.
    pub async fn pass(&self, ctx: &Ctx, id: DcrProviderId) -> Result<(), Error> {
        let was = reconciliations::find(&self.db, id).await?;
        let looked = match self.provider(id).await {
            Ok(provider) => match self.look(&provider, was.as_ref()).await {
                Ok(look) => Ok((provider, look)),
                Err(error) => Err(error),
            },
            Err(Error::NotFound(what)) => return Err(Error::NotFound(what)),
            Err(error) => Err(error),
        };
        let (provider, look) = match looked {
            Ok(looked) => looked,
            Err(error) => {
                let mut tx = self.db.begin().await?;
                let now = self.clock.now();
                let pass = LastPass {
                    at: now,
                    found: 0,
                    settled: 0,
                    error: Some(error.to_string()),
                };
                reconciliations::failed(&mut tx, id, now, &error.to_string()).await?;
                dcr_history::add_pass(&mut tx, id, &pass).await?;
                tx.commit().await?;
                return Err(error);
            }
        };
        let policy = was.map_or(DriftPolicy::REVIEW, |was| was.policy);
        let done = self
            .settle_differences(ctx, &provider, &look.plan, policy)
            .await;
        let pass = LastPass {
            at: self.clock.now(),
            found: i64::try_from(look.plan.differences.len()).unwrap_or(i64::MAX),
            settled: i64::try_from(done.settled.len()).unwrap_or(i64::MAX),
            error: done.error,
        };
        self.keep(&provider, &look, &pass, &done.settled).await
    }

    async fn settle_differences(
        &self,
        ctx: &Ctx,
        provider: &Provider,
        plan: &Plan,
        policy: DriftPolicy,
    ) -> Settled {
        let mut done = Settled::default();
        for kind in [DriftKind::Missing, DriftKind::Changed, DriftKind::Orphaned] {
            let action = policy.of(kind);
            if action == DriftAction::Leave {
                continue;
            }
            if let Some(why) = too_many(plan, kind) {
                done.error.get_or_insert(why);
                continue;
            }
            for difference in plan.differences.iter().filter(|d| d.kind == kind) {
                match self.carry_out(ctx, provider, difference, action).await {
                    Outcome::Done => {
                        done.settled.insert(difference.id());
                    }
                    Outcome::Outdated => {}
                    Outcome::Failed(why) => {
                        done.error.get_or_insert(why);
                    }
                }
            }
        }
        done
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
        for id in reconciliations::neglected(&self.db, now - NEGLECTED).await? {
            let mut tx = self.db.begin().await?;
            tx.enqueue(pass(&id.to_string(), now)).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// What was done by itself.
#[derive(Default)]
struct Settled {
    /// Ids of differences.
    settled: HashSet<String>,
    /// Why others are left.
    error: Option<String>,
}

/// A provider that tells what changed is asked again soon. One that does not is asked less often the
/// more requests a look takes: one every half a minute or so, on average.
fn pause(standing: Option<&Standing>) -> Duration {
    let Some(standing) = standing else {
        return EVERY;
    };
    let clients = u64::try_from(standing.clients).unwrap_or_default();
    let requests = match standing.sight.as_str() {
        _ if standing.mark.is_some() => 0,
        sight if sight == Sight::All.as_str() => clients / 50,
        sight if sight == Sight::Known.as_str() => clients,
        _ => 0,
    };
    Duration::from_secs(36 * requests).clamp(EVERY, SELDOM)
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
