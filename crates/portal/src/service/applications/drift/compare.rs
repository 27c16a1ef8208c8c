//! Compares the applications of a provider with its clients, a page at a time.

use std::collections::{BTreeMap, HashMap, HashSet};

use dcr::{ClientState, Pages};
use futures_util::TryFutureExt as _;
use futures_util::future::try_join;
use oauth::Timestamp;

use super::super::Applications;
use super::provider::{Provider, Registered};
use super::{Difference, Plan};
use crate::model::{Application, ApplicationId, ApplicationStatus, DriftKind};
use crate::store::lifecycle;
use crate::{Error, store};

/// Most ids that one statement names.
const CHUNK: usize = 500;

/// Most applications that are glimpsed at once.
const GLIMPSED: i64 = 2_000;

/// Missing clients that are looked up one by one. A provider that misses more was emptied, or is
/// another one.
const LOOKED_UP: usize = 200;

/// Applications that were ready before the provider was looked at, with when they had changed last.
pub(super) type Before = BTreeMap<ApplicationId, Timestamp>;

/// A comparison that is going on: it is shown clients, and keeps what does not fit.
pub(super) struct Comparison<'a> {
    applications: &'a Applications,
    provider: &'a Provider,
    /// Those whose clients were not shown yet.
    unseen: Before,
    /// How many clients of this organisation were shown.
    clients: usize,
    differences: Vec<Difference>,
    /// Clients that no application has, by their ids.
    strays: BTreeMap<String, Difference>,
    /// Ids of strays, by the application that they name.
    candidates: HashMap<ApplicationId, Vec<String>>,
}

impl Applications {
    /// Looks at every client that the provider shows.
    pub(super) async fn compare(&self, provider: &Provider) -> Result<Plan, Error> {
        let (applications, before) = self.ready(provider).await?;
        let mut comparison = Comparison::new(self, provider, before);
        let (pages, mut shown) = Pages::new();
        let compared = async {
            while let Some(page) = shown.recv().await {
                comparison.look(&page).await?;
            }
            Ok::<(), Error>(())
        };
        let survey = provider.adapter.survey(pages).map_err(Error::from);
        let (survey, ()) = try_join(survey, compared).await?;
        Ok(Plan {
            at: self.clock.now(),
            applications,
            clients: comparison.clients,
            sight: survey.sight.as_str().to_owned(),
            limits: survey.limits,
            differences: comparison.end(&HashSet::new()).await?,
        })
    }

    /// How many applications the provider has, in whatever state, and those that are ready.
    async fn ready(&self, provider: &Provider) -> Result<(usize, Before), Error> {
        let (mut all, mut ready, mut after) = (0, Before::new(), None);
        loop {
            let some = store::applications::glimpses(&self.db, after, GLIMPSED).await?;
            let Some(last) = some.last() else {
                return Ok((all, ready));
            };
            after = Some(last.id);
            for glimpse in some {
                if !provider.uses(glimpse.auth_strategy_id) {
                    continue;
                }
                all += 1;
                if glimpse.status == ApplicationStatus::Active {
                    ready.insert(glimpse.id, glimpse.updated_at);
                }
            }
        }
    }

    /// Whether nobody has or will have the client, as far as this provider is to say.
    pub(super) async fn is_stray(
        &self,
        provider: &Provider,
        client: &ClientState,
        application: Option<&Application>,
    ) -> Result<bool, Error> {
        if let Some(application) = application
            && (application.status != ApplicationStatus::Active || !provider.has(application))
        {
            // It is being made or removed, or another provider's to look after.
            return Ok(false);
        }
        if let Some(application) = application
            && lifecycle::is_succeeding(&self.db, application.id).await?
        {
            // It may be the one that is on its way.
            return Ok(false);
        }
        let owners = store::applications::of_client(&self.db, &client.client_id).await?;
        let retiring = store::retiring_credentials::of_client(&self.db, &client.client_id).await?;
        Ok(owners.is_empty() && retiring.is_empty())
    }
}

impl<'a> Comparison<'a> {
    pub(super) fn new(
        applications: &'a Applications,
        provider: &'a Provider,
        unseen: Before,
    ) -> Self {
        Self {
            applications,
            provider,
            unseen,
            clients: 0,
            differences: Vec::new(),
            strays: BTreeMap::new(),
            candidates: HashMap::new(),
        }
    }

    /// Compares these clients with the applications that have them.
    pub(super) async fn look(&mut self, clients: &[ClientState]) -> Result<(), Error> {
        for clients in clients.chunks(CHUNK) {
            let ids: Vec<&str> = clients.iter().map(|c| c.client_id.as_str()).collect();
            let owners = store::applications::of_clients(&self.applications.db, &ids).await?;
            let mut owned: HashMap<&str, Vec<&Application>> = HashMap::new();
            for owner in owners.iter().filter(|owner| self.provider.has(owner)) {
                let client_id = owner.client_id.as_deref().unwrap_or_default();
                owned.entry(client_id).or_default().push(owner);
            }
            let registered = self.applications.registered(self.provider, &owners).await?;
            let mut others = Vec::new();
            for client in clients {
                let is_ours = self.provider.is_ours(client);
                self.clients += usize::from(is_ours);
                match owned.get(client.client_id.as_str()) {
                    Some(owners) => {
                        for owner in owners {
                            self.compare(owner, client, &registered);
                        }
                    }
                    None if is_ours => others.push(client),
                    None => {}
                }
            }
            self.take_strays(&others).await?;
        }
        Ok(())
    }

    /// Compares an application with its client, the first time that it is shown.
    fn compare(&mut self, application: &Application, client: &ClientState, known: &Registered) {
        if !is_steady(self.unseen.get(&application.id), application) {
            return;
        }
        self.unseen.remove(&application.id);
        let Some(expected) = self.provider.expected(application, known) else {
            return;
        };
        let fields = client.differences(&expected);
        if !fields.is_empty() {
            self.differences.push(Difference {
                kind: DriftKind::Changed,
                application: Some(application.clone()),
                client: Some(client.clone()),
                expected: Some(expected),
                fields,
            });
        }
    }

    /// Keeps those of these clients that no application has, though they say that they belong to one.
    async fn take_strays(&mut self, clients: &[&ClientState]) -> Result<(), Error> {
        let ids: Vec<ApplicationId> = clients.iter().copied().filter_map(named).collect();
        let by_id = store::applications::among(&self.applications.db, ids).await?;
        for client in clients {
            let application = named(client).and_then(|id| by_id.get(&id));
            let is_stray = self
                .applications
                .is_stray(self.provider, client, application);
            if is_stray.await? {
                let stray = Difference {
                    kind: DriftKind::Orphaned,
                    application: application.cloned(),
                    client: Some(ClientState::clone(client)),
                    expected: None,
                    fields: Vec::new(),
                };
                let client_id = client.client_id.clone();
                if self.strays.insert(client_id.clone(), stray).is_none()
                    && let Some(named) = named(client)
                {
                    self.candidates.entry(named).or_default().push(client_id);
                }
            }
        }
        Ok(())
    }

    /// All that does not fit, when every client was shown. `gone` are ids of clients that are known
    /// not to be there.
    pub(super) async fn end(mut self, gone: &HashSet<String>) -> Result<Vec<Difference>, Error> {
        let mut looked_up = 0;
        let unseen: Vec<(ApplicationId, Timestamp)> = self.unseen.clone().into_iter().collect();
        for some in unseen.chunks(CHUNK) {
            let ids = some.iter().map(|(id, _)| *id);
            let now = store::applications::among(&self.applications.db, ids).await?;
            let registered = self
                .applications
                .registered(self.provider, now.values())
                .await?;
            for (id, then) in some {
                let Some(application) = now.get(id) else {
                    continue;
                };
                let Some(client_id) = &application.client_id else {
                    continue;
                };
                if !is_steady(Some(then), application) {
                    continue;
                }
                if looked_up < LOOKED_UP && !gone.contains(client_id) {
                    // It may be there without the ids that a survey looks for.
                    looked_up += 1;
                    if let Some(client) = self.provider.adapter.inspect(client_id).await? {
                        self.compare(application, &client, &registered);
                        continue;
                    }
                }
                self.miss(application, &registered);
            }
        }
        self.differences
            .sort_by_key(|difference| difference.application.as_ref().map(|of| of.id));
        self.differences.extend(self.strays.into_values());
        Ok(self.differences)
    }

    /// Keeps that an application's client is not there. A stray that names it may take its place.
    fn miss(&mut self, application: &Application, registered: &Registered) {
        let Some(expected) = self.provider.expected(application, registered) else {
            return;
        };
        let candidate = self.candidates.get_mut(&application.id);
        let candidate = candidate.and_then(Vec::pop);
        let candidate = candidate.and_then(|id| self.strays.remove(&id));
        self.differences.push(Difference {
            kind: DriftKind::Missing,
            application: Some(application.clone()),
            client: candidate.and_then(|stray| stray.client),
            expected: Some(expected),
            fields: Vec::new(),
        });
    }
}

/// The application that a client says it belongs to.
pub(super) fn named(client: &ClientState) -> Option<ApplicationId> {
    client.metadata.konnect_application_id.parse().ok()
}

/// What was changed while the provider was read shows in the next pass.
fn is_steady(then: Option<&Timestamp>, now: &Application) -> bool {
    now.status == ApplicationStatus::Active && then == Some(&now.updated_at)
}
