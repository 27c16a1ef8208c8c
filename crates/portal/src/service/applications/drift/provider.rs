//! A provider, and what its clients should be.

use std::collections::HashMap;
use std::sync::Arc;

use dcr::{ClientState, DcrProvider};
use oauth::Timestamp;

use super::super::strategy::{Dcr, Strategy};
use super::super::{Applications, client};
use crate::model::{Application, ApplicationId, AuthStrategyId, DcrProviderId, OrganizationId};
use crate::{Error, store};

/// A provider with what decides how its clients should look.
pub(super) struct Provider {
    pub(super) id: DcrProviderId,
    /// When its settings, or those of a strategy with it, last changed.
    pub(super) changed_at: Timestamp,
    pub(super) adapter: Arc<dyn DcrProvider>,
    organization: OrganizationId,
    strategies: HashMap<AuthStrategyId, Dcr>,
}

/// Scopes of approved registrations.
pub(super) type Registered = HashMap<ApplicationId, Vec<String>>;

impl Provider {
    /// What the client of one of the provider's applications should be.
    pub(super) fn client(
        &self,
        application: &Application,
        registered: &Registered,
    ) -> Option<dcr::NewClient> {
        let dcr = self.strategies.get(&application.auth_strategy_id)?;
        let registered = registered.get(&application.id).cloned();
        let registered = registered.unwrap_or_default();
        Some(client::of(self.organization, application, dcr, registered))
    }

    /// The same, as the provider would show it.
    pub(super) fn expected(
        &self,
        application: &Application,
        registered: &Registered,
    ) -> Option<ClientState> {
        let client = self.client(application, registered)?;
        Some(self.adapter.expected(&client))
    }

    pub(super) fn has(&self, application: &Application) -> bool {
        self.uses(application.auth_strategy_id)
    }

    /// Whether the strategy is one of the provider's.
    pub(super) fn uses(&self, strategy: AuthStrategyId) -> bool {
        self.strategies.contains_key(&strategy)
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
}

impl Applications {
    pub(super) async fn provider(&self, id: DcrProviderId) -> Result<Provider, Error> {
        let found = store::dcr_providers::find(&self.db, id).await?;
        let found = found.ok_or_else(|| Error::not_found("DCR provider", id))?;
        let mut changed_at = found.updated_at;
        let mut strategies = HashMap::new();
        for strategy in store::strategies::of_provider(&self.db, id).await? {
            changed_at = changed_at.max(strategy.updated_at);
            let strategy = Strategy::of(&self.db, strategy).await?;
            let Some(dcr) = strategy.dcr() else { continue };
            strategies.insert(strategy.id, dcr.clone());
        }
        Ok(Provider {
            id,
            changed_at,
            adapter: self.providers.adapter(id).await?,
            organization: self.organization().await?,
            strategies,
        })
    }

    /// The scopes of these applications' approved registrations, where developers choose them.
    pub(super) async fn registered(
        &self,
        provider: &Provider,
        applications: impl IntoIterator<Item = &Application>,
    ) -> Result<Registered, Error> {
        let chosen = |application: &&Application| {
            let dcr = provider.strategy(application.auth_strategy_id);
            dcr.is_some_and(|dcr| dcr.developer_managed_scopes)
        };
        let ids = applications.into_iter().filter(chosen);
        let ids = ids.map(|application| application.id);
        Ok(store::registrations::granted_among(&self.db, ids).await?)
    }

    /// What the client of one application should be; `None` if it is not the provider's.
    pub(super) async fn wanted(
        &self,
        provider: &Provider,
        application: &Application,
    ) -> Result<Option<dcr::NewClient>, Error> {
        let registered = self.registered(provider, [application]).await?;
        Ok(provider.client(application, &registered))
    }
}
