//! What a strategy and its provider say about an application.

use storage::Database;

use crate::model::{AuthStrategy, AuthStrategyId, DcrProviderId, Site, StrategyConfig};
use crate::store::audience::Audience;
use crate::{Actor, Ctx, Error, store};

/// An auth strategy, as far as applications depend on it.
#[derive(Clone, Debug)]
pub(super) struct Strategy {
    pub(super) id: AuthStrategyId,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// API keys.
    KeyAuth,
    /// The developer brings a client of the identity provider.
    SelfManaged,
    /// The application gets a client by DCR.
    Dcr(Dcr),
}

#[derive(Clone, Debug)]
pub(super) struct Dcr {
    pub(super) provider_id: DcrProviderId,
    /// The strategy's scopes: granted all, or for developers to choose from.
    pub(super) scopes: Vec<String>,
    pub(super) auth_methods: Vec<String>,
    pub(super) audience: Option<String>,
    /// The claim by which gateways tell whose a token is.
    pub(super) credential_claim: Vec<String>,
    pub(super) developer_managed_scopes: bool,
}

impl Strategy {
    /// Any strategy.
    pub(super) async fn load(db: &Database, id: AuthStrategyId) -> Result<Self, Error> {
        let found = store::strategies::find(db, id).await?;
        let found = found.ok_or_else(|| Error::not_found("auth strategy", id))?;
        Self::of(db, found).await
    }

    /// A strategy with which `ctx`'s actor can create applications in a portal: a developer as far as their teams
    /// may use it.
    pub(super) async fn offered(
        db: &Database,
        ctx: &Ctx,
        site: &Site,
        id: AuthStrategyId,
    ) -> Result<Option<Self>, Error> {
        let offered = match ctx.actor {
            Actor::Developer { id, .. } => Audience::of(site, Some(id)).strategies(db).await?,
            _ => store::strategies::of_portal(db, site.id).await?,
        };
        match offered.into_iter().find(|strategy| strategy.id == id) {
            Some(found) => Ok(Some(Self::of(db, found).await?)),
            None => Ok(None),
        }
    }

    pub(super) async fn of(db: &Database, strategy: AuthStrategy) -> Result<Self, Error> {
        let id = strategy.id;
        let kind = match (strategy.config, strategy.dcr_provider_id) {
            (StrategyConfig::KeyAuth(_), _) => Kind::KeyAuth,
            (StrategyConfig::OpenidConnect(_), None) => Kind::SelfManaged,
            (StrategyConfig::OpenidConnect(config), Some(provider_id)) => {
                let provider = store::dcr_providers::find(db, provider_id).await?;
                let provider =
                    provider.ok_or_else(|| Error::not_found("DCR provider", provider_id))?;
                let managed = provider.config.use_developer_managed_scopes;
                Kind::Dcr(Dcr {
                    provider_id,
                    audience: config.audience().map(ToOwned::to_owned),
                    scopes: config.scopes,
                    credential_claim: config.credential_claim,
                    auth_methods: config.auth_methods,
                    developer_managed_scopes: managed.unwrap_or(false),
                })
            }
        };
        Ok(Self { id, kind })
    }

    pub(super) const fn dcr(&self) -> Option<&Dcr> {
        match &self.kind {
            Kind::Dcr(dcr) => Some(dcr),
            Kind::KeyAuth | Kind::SelfManaged => None,
        }
    }
}

impl Dcr {
    /// The first scope that a developer may not choose.
    pub(super) fn not_offered<'a>(&self, scopes: &'a [String]) -> Option<&'a String> {
        scopes.iter().find(|scope| !self.scopes.contains(scope))
    }
}
