//! Where auth strategies are used.

use std::collections::HashMap;

use storage::{Database, Error, Row, params};

use super::Read;
use super::related;
use crate::model::{ApiProductId, AuthStrategyId, PortalId, ProductVersionId, PublishStatus};

/// How often a strategy is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    /// Versions of products in portals.
    pub(crate) publications: i64,
    /// Portals that have it as their default.
    pub(crate) portals: i64,
    /// Applications that were made with it, whatever their state.
    pub(crate) applications: i64,
}

impl Counted {
    /// Whether nothing uses it.
    pub(crate) fn is_none(self) -> bool {
        self == Self::default()
    }
}

/// A product version that asks for a strategy in a portal.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The product.
    pub(crate) product: (ApiProductId, String),
    /// The version.
    pub(crate) version: (ProductVersionId, String),
    /// The portal.
    pub(crate) portal: (PortalId, String),
    /// Whether developers see it there.
    pub(crate) status: PublishStatus,
}

/// Applications of a portal that were made with a strategy.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    /// The portal.
    pub(crate) portal: (PortalId, String),
    /// How many, whatever their state.
    pub(crate) count: i64,
}

/// Everything that uses one strategy.
#[derive(Clone, Debug)]
pub(crate) struct Uses {
    /// Versions in portals.
    pub(crate) places: Vec<Place>,
    /// Portals that have it as their default.
    pub(crate) defaults: Vec<(PortalId, String)>,
    /// Applications, portal by portal.
    pub(crate) applications: Vec<Made>,
}

impl Uses {
    /// Whether nothing uses it.
    pub(crate) fn is_none(&self) -> bool {
        self.places.is_empty() && self.defaults.is_empty() && self.applications.is_empty()
    }

    /// How many applications there are in all.
    pub(crate) fn applications(&self) -> i64 {
        self.applications.iter().map(|made| made.count).sum()
    }
}

/// How often each of these strategies is used; one that is not is left out.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn counted(
    db: &Database,
    ids: impl Iterator<Item = AuthStrategyId> + Clone,
) -> Result<HashMap<AuthStrategyId, Counted>, Error> {
    let mut all: HashMap<AuthStrategyId, Counted> = HashMap::new();
    let of = |table, column| related::counts(db, table, column, ids.clone());
    for (id, count) in of("portal_publication a", "auth_strategy_id").await? {
        all.entry(id).or_default().publications = count;
    }
    for (id, count) in of("portal_portal a", "default_auth_strategy_id").await? {
        all.entry(id).or_default().portals = count;
    }
    for (id, count) in of("portal_application a", "auth_strategy_id").await? {
        all.entry(id).or_default().applications = count;
    }
    Ok(all)
}

/// Everything that uses a strategy.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of(mut read: impl Read, id: AuthStrategyId) -> Result<Uses, Error> {
    let sql = "SELECT a.id AS product_id, a.name AS product_name, v.id AS version_id, \
               v.name AS version_name, o.id AS portal_id, o.name AS portal_name, t.publish_status \
               FROM portal_publication t \
               JOIN portal_product_version v ON v.id = t.product_version_id \
               JOIN portal_api_product a ON a.id = v.api_product_id \
               JOIN portal_portal o ON o.id = t.portal_id \
               WHERE t.auth_strategy_id = $1 ORDER BY o.name, a.name, v.name, t.id";
    let places = read.all(sql, params![id], place).await?;
    let sql = "SELECT id AS portal_id, name AS portal_name FROM portal_portal \
               WHERE default_auth_strategy_id = $1 ORDER BY name, id";
    let defaults = read.all(sql, params![id], portal).await?;
    let sql = "SELECT o.id AS portal_id, o.name AS portal_name, COUNT(*) AS n \
               FROM portal_application t JOIN portal_portal o ON o.id = t.portal_id \
               WHERE t.auth_strategy_id = $1 GROUP BY o.id, o.name ORDER BY o.name, o.id";
    let applications = read.all(sql, params![id], made).await?;
    Ok(Uses {
        places,
        defaults,
        applications,
    })
}

fn portal(row: &Row) -> Result<(PortalId, String), Error> {
    Ok((row.get("portal_id")?, row.get("portal_name")?))
}

fn place(row: &Row) -> Result<Place, Error> {
    Ok(Place {
        product: (row.get("product_id")?, row.get("product_name")?),
        version: (row.get("version_id")?, row.get("version_name")?),
        portal: portal(row)?,
        status: row.get("publish_status")?,
    })
}

fn made(row: &Row) -> Result<Made, Error> {
    Ok(Made {
        portal: portal(row)?,
        count: row.get("n")?,
    })
}
