//! A portal's one identity provider, as the classic page Settings > Application Setup has it: kept as a
//! DCR provider and an auth strategy that is the portal's default.
//!
//! Source: Konnect, "Configure Auth0 for Dynamic Client Registration" (classic): saving overwrites what was
//! configured before.

use serde_json::{Map, Value};

use crate::error::{Error, Violation};
use crate::model::{AuthStrategy, AuthStrategyId, CredentialType, DcrProvider, Site};
use crate::rest::check;
use crate::service::{dcr_providers, strategies};
use crate::store::audit::Entry;
use crate::store::strategy_uses::{self, Uses};
use crate::{Ctx, Portal, store};

/// What a portal has.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    /// How applications become clients.
    pub(crate) provider: DcrProvider,
    /// How callers prove who they are.
    pub(crate) strategy: AuthStrategy,
    /// What uses the strategy.
    pub(crate) uses: Uses,
    /// Other strategies of the provider.
    pub(crate) siblings: Vec<AuthStrategy>,
}

impl Setup {
    /// Whether the type of the provider may change: not while applications have clients there.
    pub(crate) fn may_move(&self) -> bool {
        self.uses.applications.is_empty() && self.siblings.is_empty()
    }
}

/// What a portal is to have, as the bodies of the platform API: whole for a new provider and strategy,
/// else as changes.
#[derive(Debug)]
pub(crate) struct Wanted {
    /// The provider; with `provider_type` a new one.
    pub(crate) provider: Map<String, Value>,
    /// The strategy; with `strategy_type` a new one.
    pub(crate) strategy: Map<String, Value>,
}

/// What a portal has; nothing if its default strategy has no DCR provider.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn present(portal: &Portal, site: &Site) -> Result<Option<Setup>, Error> {
    let Some(id) = site.default_auth_strategy_id else {
        return Ok(None);
    };
    let db = portal.db();
    let strategy = store::strategies::find(db, id).await?;
    let Some(strategy) = strategy.filter(is_dcr) else {
        return Ok(None);
    };
    let Some(provider) = strategy.dcr_provider_id else {
        return Ok(None);
    };
    let Some(provider) = store::dcr_providers::find(db, provider).await? else {
        return Ok(None);
    };
    let mut siblings = store::strategies::of_provider(db, provider.id).await?;
    siblings.retain(|other| other.id != strategy.id);
    Ok(Some(Setup {
        uses: strategy_uses::of(db, strategy.id).await?,
        provider,
        strategy,
        siblings,
    }))
}

fn is_dcr(strategy: &AuthStrategy) -> bool {
    strategy.credential_type() == CredentialType::ClientCredentials
}

/// Puts `wanted` in the place of what the portal has, all of it or nothing. Gives the revision that
/// gateways are to obey.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) async fn save(
    portal: &Portal,
    ctx: &Ctx,
    site: &Site,
    present: Option<&Setup>,
    wanted: Wanted,
) -> Result<i64, Error> {
    let (mut provider, mut strategy) = (None, None);
    let old_provider = present.filter(|_| !wanted.provider.contains_key("provider_type"));
    if old_provider.is_none() && present.is_some_and(|present| !present.may_move()) {
        let reason = "applications have their clients at the present provider";
        return Err(Error::invalid(Violation::body(
            "provider_type",
            "in_use",
            reason,
        )));
    }
    // Everything that is wrong, at once.
    check::gather([
        match old_provider {
            Some(old) => {
                dcr_providers::changed(portal, old.provider.clone(), wanted.provider, ctx.now)
            }
            None => dcr_providers::made(portal, ctx, wanted.provider),
        }
        .map(|made| provider = Some(made)),
        match present {
            Some(old) => strategies::changed(portal, old.strategy.clone(), wanted.strategy),
            None => strategies::made(portal, ctx, wanted.strategy),
        }
        .map(|made| strategy = Some(made)),
    ])?;
    let (Some(provider), Some(mut strategy)) = (provider, strategy) else {
        return Err(Error::Internal("a setup is neither wrong nor made".into()));
    };

    let mut tx = portal.db().begin().await?;
    match old_provider {
        Some(old) => {
            let change = (&old.provider, &provider);
            dcr_providers::rewrite(portal, ctx, &mut tx, change).await?;
        }
        None => dcr_providers::insert(portal, ctx, &mut tx, &provider).await?,
    }
    strategy.dcr_provider_id = Some(provider.id);
    match present {
        Some(_) => {
            let entry = strategies::rewrite(ctx, &mut tx, &mut strategy).await?;
            portal.audit(&mut tx, ctx, entry).await?;
        }
        None => strategies::insert(portal, ctx, &mut tx, &mut strategy).await?,
    }
    if let Some(old) = present.filter(|_| old_provider.is_none()) {
        // Nothing else uses it: it would only be in the way.
        store::dcr_providers::delete(&mut tx, old.provider.id).await?;
        let entry = Entry::new("delete", "dcr_provider", old.provider.id).removing(&old.provider);
        portal.audit(&mut tx, ctx, entry).await?;
    }
    set_default(&mut tx, ctx, site, strategy.id).await?;
    let entry = Entry::new("set_up_applications", "portal", site.id).in_portal(site.id);
    portal.commit(ctx, tx, entry).await
}

async fn set_default(
    tx: &mut storage::Tx,
    ctx: &Ctx,
    site: &Site,
    strategy: AuthStrategyId,
) -> Result<(), Error> {
    if site.default_auth_strategy_id == Some(strategy) {
        return Ok(());
    }
    let found = store::sites::find(&mut *tx, site.id).await?;
    let mut site = found.ok_or_else(|| Error::not_found("portal", site.id))?;
    site.default_auth_strategy_id = Some(strategy);
    site.updated_at = ctx.now;
    Ok(store::sites::update(tx, &site).await?)
}
