//! Looks at a provider: at all clients, or at what changed since the last look.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use dcr::{ClientState, ErrorKind, Mark};
use futures_util::future::try_join_all;

use super::super::Applications;
use super::compare::{Before, Comparison};
use super::provider::Provider;
use super::{Difference, Plan};
use crate::model::{
    Application, ApplicationId, ApplicationStatus, DcrProviderId, LastPass, OpenDifference,
    Standing,
};
use crate::store::dcr_history;
use crate::store::reconciliations::{self, Reconciled};
use crate::{Error, store};

/// All clients are looked at this often, whatever the provider tells of changes.
const FULL_EVERY: Duration = Duration::from_secs(24 * 3600);

/// How many clients are looked at one by one, at the least. Where more changed, and more than one in
/// [`PART`] of all, it is cheaper to look at all.
const FEW: usize = 50;
const PART: usize = 100;

/// How many clients are looked at at once.
const AT_ONCE: usize = 8;

/// Most differences that are kept open. A provider with more was emptied, or is another one.
const MOST_OPEN: usize = 10_000;

/// Clients and applications to look at.
#[derive(Debug, Default)]
pub(super) struct About {
    clients: BTreeSet<String>,
    applications: BTreeSet<ApplicationId>,
}

impl About {
    /// What these differences are about.
    pub(super) fn open(open: &[OpenDifference]) -> Self {
        Self {
            clients: open.iter().filter_map(|o| o.client_id.clone()).collect(),
            applications: open.iter().filter_map(|o| o.application_id).collect(),
        }
    }
}

/// What a look showed.
pub(super) struct Look {
    pub(super) plan: Plan,
    pub(super) standing: Standing,
}

impl Applications {
    /// Compares the provider's clients with the applications, now. Reads, and changes nothing there;
    /// what is open is kept.
    ///
    /// # Errors
    /// `NotFound`; `Provider` if the provider does not show its clients now.
    pub async fn plan(&self, provider_id: DcrProviderId) -> Result<Plan, Error> {
        let provider = self.provider(provider_id).await?;
        let look = self.look_at_all(&provider).await?;
        let pass = LastPass {
            at: look.plan.at,
            found: i64::try_from(look.plan.differences.len()).unwrap_or(i64::MAX),
            settled: 0,
            error: None,
        };
        self.keep(&provider, &look, &pass, &HashSet::new()).await?;
        Ok(look.plan)
    }

    /// The differences that the last look left open, as they are now: at most so many of them, those
    /// first that were found first. Only their clients are asked for; what became of them is kept.
    ///
    /// # Errors
    /// Those of [`Applications::plan`].
    pub async fn open_differences(
        &self,
        provider_id: DcrProviderId,
        most: usize,
    ) -> Result<Vec<Difference>, Error> {
        let provider = self.provider(provider_id).await?;
        let mut open = reconciliations::open(&self.db, provider_id).await?;
        let others = open.split_off(most.min(open.len()));
        let found = self.examine(&provider, About::open(&open)).await?;
        let now = self.clock.now();
        let mut still: Vec<OpenDifference> = found.iter().map(|one| one.open(now)).collect();
        let was: HashSet<&str> = open.iter().map(|open| open.id.as_str()).collect();
        if still.len() == was.len() && still.iter().all(|open| was.contains(open.id.as_str())) {
            return Ok(found);
        }
        still.extend(others);
        let mut tx = self.db.begin().await?;
        reconciliations::set_open(&mut tx, provider_id, &still).await?;
        tx.commit().await?;
        Ok(found)
    }

    /// At what changed, where the provider tells it and not too much time has gone by; else at all.
    pub(super) async fn look(
        &self,
        provider: &Provider,
        was: Option<&Reconciled>,
    ) -> Result<Look, Error> {
        let standing = was.and_then(|was| was.standing.as_ref());
        if let Some(standing) = standing
            && let Some(look) = self.look_at_changes(provider, standing).await?
        {
            return Ok(look);
        }
        self.look_at_all(provider).await
    }

    async fn look_at_all(&self, provider: &Provider) -> Result<Look, Error> {
        // The mark first: what changes while we look is looked at again.
        let (mark, untold) = match provider.adapter.mark().await {
            Ok(Mark(mark)) => (Some(mark), None),
            Err(error) => {
                tracing::debug!(provider = %provider.id, %error, "dcr.changes_untold");
                (None, Some(error.message))
            }
        };
        let now = self.clock.now();
        let plan = self.compare(provider).await?;
        let standing = Standing {
            full_at: now,
            looked_at: now,
            applications: i64::try_from(plan.applications).unwrap_or(i64::MAX),
            clients: i64::try_from(plan.clients).unwrap_or(i64::MAX),
            sight: plan.sight.clone(),
            limits: plan.limits.clone(),
            // What does not fit into what is kept open shows only to a look at all.
            mark: mark.filter(|_| plan.differences.len() <= MOST_OPEN),
            untold,
        };
        Ok(Look { plan, standing })
    }

    /// `None` if all clients must be looked at.
    async fn look_at_changes(
        &self,
        provider: &Provider,
        was: &Standing,
    ) -> Result<Option<Look>, Error> {
        let now = self.clock.now();
        let outdated = now - FULL_EVERY > was.full_at || provider.changed_at >= was.full_at;
        let Some(mark) = was.mark.clone().filter(|_| !outdated) else {
            return Ok(None);
        };
        let told = match provider.adapter.changes(&Mark(mark)).await {
            Ok(Some(told)) => told,
            Ok(None) => return Ok(None),
            Err(error) => match error.kind {
                ErrorKind::Unsupported | ErrorKind::Denied { .. } => return Ok(None),
                _ => return Err(error.into()),
            },
        };
        let open = reconciliations::open(&self.db, provider.id).await?;
        let mut about = About::open(&open);
        about.clients.extend(told.clients);
        let changed = store::applications::changed_since(&self.db, provider.id, was.looked_at);
        let changed = changed.await?;
        about
            .applications
            .extend(changed.iter().map(|application| application.id));
        let all = usize::try_from(was.clients.max(was.applications)).unwrap_or(usize::MAX);
        if about.clients.len() + about.applications.len() > FEW.max(all / PART) {
            return Ok(None);
        }
        let plan = Plan {
            at: now,
            applications: usize::try_from(was.applications).unwrap_or_default(),
            clients: usize::try_from(was.clients).unwrap_or_default(),
            sight: was.sight.clone(),
            limits: was.limits.clone(),
            differences: self.examine(provider, about).await?,
        };
        let standing = Standing {
            looked_at: now,
            mark: Some(told.next.0),
            ..was.clone()
        };
        Ok(Some(Look { plan, standing }))
    }

    /// Looks at these clients and applications, and at nothing else.
    pub(super) async fn examine(
        &self,
        provider: &Provider,
        about: About,
    ) -> Result<Vec<Difference>, Error> {
        let About {
            mut clients,
            mut applications,
        } = about;
        for client in &clients {
            let owners = store::applications::of_client(&self.db, client).await?;
            applications.extend(owners.iter().map(|owner| owner.id));
        }
        let before = self.among(provider, &applications).await?;
        clients.extend(before.values().filter_map(|a| a.client_id.clone()));
        let mut looks: Vec<(String, Option<ClientState>)> = Vec::with_capacity(clients.len());
        let clients: Vec<String> = clients.into_iter().collect();
        for some in clients.chunks(AT_ONCE) {
            let inspected = some.iter().map(|id| provider.adapter.inspect(id));
            let inspected = try_join_all(inspected).await?;
            looks.extend(some.iter().cloned().zip(inspected));
        }
        let ready = before.into_values();
        let ready = ready.filter(|application| application.status == ApplicationStatus::Active);
        let ready: Before = ready.map(|ready| (ready.id, ready.updated_at)).collect();
        let mut comparison = Comparison::new(self, provider, ready);
        let (mut there, mut gone) = (Vec::new(), HashSet::new());
        for (id, client) in looks {
            match client {
                None => {
                    gone.insert(id);
                }
                Some(client) => there.push(client),
            }
        }
        comparison.look(&there).await?;
        comparison.end(&gone).await
    }

    async fn among(
        &self,
        provider: &Provider,
        ids: &BTreeSet<ApplicationId>,
    ) -> Result<BTreeMap<ApplicationId, Application>, Error> {
        let found = store::applications::among(&self.db, ids.iter().copied()).await?;
        let own = found.into_iter().filter(|(_, found)| provider.has(found));
        Ok(own.collect())
    }

    /// Keeps what a look showed, and what of it is still open.
    pub(super) async fn keep(
        &self,
        provider: &Provider,
        look: &Look,
        pass: &LastPass,
        settled: &HashSet<String>,
    ) -> Result<(), Error> {
        let open = look.plan.differences.iter();
        let open = open.map(|difference| difference.open(look.plan.at));
        let open: Vec<OpenDifference> = open
            .filter(|open| !settled.contains(&open.id))
            .take(MOST_OPEN)
            .collect();
        let mut tx = self.db.begin().await?;
        reconciliations::passed(&mut tx, provider.id, pass, &look.standing).await?;
        reconciliations::set_open(&mut tx, provider.id, &open).await?;
        dcr_history::add_pass(&mut tx, provider.id, pass).await?;
        Ok(tx.commit().await?)
    }
}
