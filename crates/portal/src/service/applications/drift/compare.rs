//! Compares the applications of a provider with its clients.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use dcr::{ClientState, DcrProvider, Field};
use oauth::Timestamp;

use super::super::strategy::{Dcr, Strategy};
use super::super::{Applications, client};
use super::{Difference, Plan};
use crate::model::{
    Application, ApplicationId, ApplicationStatus, AuthStrategyId, DcrProviderId, DriftKind,
    OrganizationId,
};
use crate::store::lifecycle;
use crate::{Error, store};

/// Most ids that one statement names.
const CHUNK: usize = 500;

/// Missing clients that are looked up one by one. A provider that misses more was emptied, or is
/// another one.
const LOOKED_UP: usize = 200;

/// A provider with what decides how its clients should look.
pub(super) struct Provider {
    pub(super) id: DcrProviderId,
    /// When its settings, or those of a strategy with it, last changed.
    pub(super) changed_at: Timestamp,
    pub(super) adapter: Arc<dyn DcrProvider>,
    pub(super) organization: OrganizationId,
    strategies: HashMap<AuthStrategyId, Dcr>,
    /// Scopes of approved registrations.
    registered: HashMap<ApplicationId, Vec<String>>,
}

impl Provider {
    /// What the client of one of the provider's applications should be.
    pub(super) fn client(&self, application: &Application) -> Option<dcr::NewClient> {
        let dcr = self.strategies.get(&application.auth_strategy_id)?;
        let registered = self.registered.get(&application.id);
        let registered = registered.cloned().unwrap_or_default();
        Some(client::of(self.organization, application, dcr, registered))
    }

    pub(super) fn has(&self, application: &Application) -> bool {
        self.strategies.contains_key(&application.auth_strategy_id)
    }

    /// One of the provider's strategies.
    pub(super) fn strategy(&self, id: AuthStrategyId) -> Option<&Dcr> {
        self.strategies.get(&id)
    }

    /// Whether the client says that it is of an application of this organisation.
    pub(super) fn is_ours(&self, client: &ClientState) -> bool {
        client.metadata.konnect_org_id == self.organization.to_string()
            && !client.metadata.konnect_application_id.is_empty()
    }

    /// How a client of an application is not as it should be.
    pub(super) fn changed(
        &self,
        application: &Application,
        client: ClientState,
    ) -> Option<Difference> {
        let expected = self.adapter.expected(&self.client(application)?);
        let fields: Vec<Field> = client.differences(&expected);
        (!fields.is_empty()).then(|| Difference {
            kind: DriftKind::Changed,
            application: Some(application.clone()),
            client: Some(client),
            expected: Some(expected),
            fields,
        })
    }

    /// That an application's client is not there, though `candidate` may be another of its.
    pub(super) fn missing(
        &self,
        application: &Application,
        candidate: Option<ClientState>,
    ) -> Option<Difference> {
        Some(Difference {
            kind: DriftKind::Missing,
            application: Some(application.clone()),
            client: candidate,
            expected: Some(self.adapter.expected(&self.client(application)?)),
            fields: Vec::new(),
        })
    }
}

/// What was seen of clients.
#[derive(Default)]
pub(super) struct Seen {
    /// Clients that applications have, by their ids.
    pub(super) own: HashMap<String, ClientState>,
    /// Other clients that say that they are of this organisation.
    pub(super) others: Vec<ClientState>,
    /// Ids of clients that are not there.
    pub(super) gone: HashSet<String>,
}

impl Applications {
    pub(super) async fn provider(&self, id: DcrProviderId) -> Result<Provider, Error> {
        let found = store::dcr_providers::find(&self.db, id).await?;
        let found = found.ok_or_else(|| Error::not_found("DCR provider", id))?;
        let mut changed_at = found.updated_at;
        let mut strategies = HashMap::new();
        let mut registered = HashMap::new();
        for strategy in store::strategies::of_provider(&self.db, id).await? {
            changed_at = changed_at.max(strategy.updated_at);
            let strategy = Strategy::of(&self.db, strategy).await?;
            let Some(dcr) = strategy.dcr() else { continue };
            if dcr.developer_managed_scopes {
                let granted = store::registrations::granted_of_strategy(&self.db, strategy.id);
                registered.extend(granted.await?);
            }
            strategies.insert(strategy.id, dcr.clone());
        }
        Ok(Provider {
            id,
            changed_at,
            adapter: self.providers.adapter(id).await?,
            organization: self.organization().await?,
            strategies,
            registered,
        })
    }

    /// Looks at every client that the provider shows.
    pub(super) async fn compare(&self, provider: &Provider) -> Result<Plan, Error> {
        let before = self.of_provider(provider).await?;
        let survey = provider.adapter.survey().await?;
        let mut clients = survey.clients;
        clients.retain(|client| provider.is_ours(client));
        let after = self.of_provider(provider).await?;
        let (applications, count) = (after.len(), clients.len());
        let known: HashSet<&str> = after
            .values()
            .filter_map(|a| a.client_id.as_deref())
            .collect();
        let mut seen = Seen::default();
        for client in clients {
            match known.contains(client.client_id.as_str()) {
                true => {
                    seen.own.insert(client.client_id.clone(), client);
                }
                false => seen.others.push(client),
            }
        }
        let steady: Vec<&Application> = after
            .values()
            .filter(|now| is_steady(before.get(&now.id), now))
            .collect();
        Ok(Plan {
            at: self.clock.now(),
            applications,
            clients: count,
            sight: survey.sight.as_str().to_owned(),
            limits: survey.limits,
            differences: self.judge(provider, &steady, seen).await?,
        })
    }

    /// What of these applications and of what was seen does not fit.
    pub(super) async fn judge(
        &self,
        provider: &Provider,
        steady: &[&Application],
        mut seen: Seen,
    ) -> Result<Vec<Difference>, Error> {
        let mut strays: HashMap<String, Vec<Difference>> = HashMap::new();
        for stray in self.strays(provider, seen.others).await? {
            let client = stray.client.as_ref();
            let of = client.map(|client| client.metadata.konnect_application_id.clone());
            strays
                .entry(of.unwrap_or_default())
                .or_default()
                .push(stray);
        }
        let mut differences = Vec::new();
        let mut looked_up = 0;
        for application in steady {
            let Some(client_id) = &application.client_id else {
                continue;
            };
            let mut client = seen.own.remove(client_id);
            if client.is_none() && looked_up < LOOKED_UP && !seen.gone.contains(client_id) {
                // It may be there without the ids that a survey looks for.
                looked_up += 1;
                client = provider.adapter.inspect(client_id).await?;
            }
            differences.extend(match client {
                Some(client) => provider.changed(application, client),
                None => {
                    let own = strays.get_mut(&application.id.to_string());
                    let candidate = own.and_then(Vec::pop);
                    provider.missing(application, candidate.and_then(|stray| stray.client))
                }
            });
        }
        let mut strays: Vec<Difference> = strays.into_values().flatten().collect();
        strays.sort_by_cached_key(Difference::id);
        differences.append(&mut strays);
        Ok(differences)
    }

    /// Every application of the provider, in whatever state.
    async fn of_provider(
        &self,
        provider: &Provider,
    ) -> Result<BTreeMap<ApplicationId, Application>, Error> {
        let mut all = BTreeMap::new();
        for strategy in provider.strategies.keys() {
            let found = store::applications::of_strategy(&self.db, *strategy).await?;
            all.extend(
                found
                    .into_iter()
                    .map(|application| (application.id, application)),
            );
        }
        Ok(all)
    }

    /// Those clients that no application has, though they say that they belong to one.
    async fn strays(
        &self,
        provider: &Provider,
        clients: Vec<ClientState>,
    ) -> Result<Vec<Difference>, Error> {
        let mut strays = Vec::new();
        for clients in clients.chunks(CHUNK) {
            let ids: Vec<ApplicationId> = clients.iter().filter_map(named).collect();
            let by_id = store::applications::among(&self.db, ids).await?;
            for client in clients {
                let application = named(client).and_then(|id| by_id.get(&id));
                if self.is_stray(provider, client, application).await? {
                    strays.push(Difference {
                        kind: DriftKind::Orphaned,
                        application: application.cloned(),
                        client: Some(client.clone()),
                        expected: None,
                        fields: Vec::new(),
                    });
                }
            }
        }
        Ok(strays)
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

/// The application that a client says it belongs to.
pub(super) fn named(client: &ClientState) -> Option<ApplicationId> {
    client.metadata.konnect_application_id.parse().ok()
}

/// What was changed while the provider was read shows in the next pass.
pub(super) fn is_steady(then: Option<&Application>, now: &Application) -> bool {
    now.status == ApplicationStatus::Active
        && then.is_some_and(|then| then.updated_at == now.updated_at && then.status == now.status)
}
