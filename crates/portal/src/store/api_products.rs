//! API products, and the portals they are published to.

use std::collections::HashMap;

use storage::{Error, Json, Row, Tx, params};

use super::Read;
use super::listing::{self, Listing};
use super::related;
use crate::model::{ApiProduct, ApiProductId, Attributes, PortalId};

const COLUMNS: &str = "t.id, t.name, t.description, t.labels, t.public_labels, t.version, t.slug, t.attributes, t.created_at, t.updated_at";
const FROM: &str = "portal_api_product t";

fn parse(row: &Row) -> Result<ApiProduct, Error> {
    Ok(ApiProduct {
        id: row.get("id")?,
        name: row.get("name")?,
        description: row.get("description")?,
        labels: row.get::<Json<_>>("labels")?.0,
        public_labels: row.get::<Json<_>>("public_labels")?.0,
        version: row.get("version")?,
        slug: row.get("slug")?,
        attributes: grouped(row.get::<Json<Vec<String>>>("attributes")?.0),
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// Attributes as they are stored, so that one text stands for one word: `key=word`.
fn flat(attributes: &Attributes) -> Vec<String> {
    let words = |(key, words): (&String, &Vec<String>)| {
        let word = |word| format!("{key}={word}");
        words.iter().map(word).collect::<Vec<_>>()
    };
    attributes.iter().flat_map(words).collect()
}

fn grouped(flat: Vec<String>) -> Attributes {
    let mut attributes = Attributes::new();
    for (key, word) in flat.iter().filter_map(|flat| flat.split_once('=')) {
        let words = attributes.entry(key.to_owned()).or_default();
        words.push(word.to_owned());
    }
    attributes
}

/// For [`listing::Test::In`]: those that are published in a portal.
pub(crate) const IN_PORTAL: &str = "(SELECT p.portal_id FROM portal_api_product_portal p \
                 WHERE p.api_product_id = t.id AND p.portal_id";

/// One by its id.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(
    mut read: impl Read,
    id: ApiProductId,
) -> Result<Option<ApiProduct>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE t.id = $1");
    read.one(&sql, params![id], parse).await
}

/// Those with these ids.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn among(
    read: impl Read,
    ids: impl IntoIterator<Item = ApiProductId>,
) -> Result<HashMap<ApiProductId, ApiProduct>, Error> {
    related::by_id(read, COLUMNS, FROM, ids, parse).await
}

/// Whether another one has this name and version.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn is_taken(mut read: impl Read, entity: &ApiProduct) -> Result<bool, Error> {
    let sql = "SELECT COUNT(*) AS n FROM portal_api_product t \
               WHERE t.name = $1 AND COALESCE(t.version, '') = $2 AND t.id <> $3";
    let version = entity.version.clone().unwrap_or_default();
    let taken = read.count(sql, params![&entity.name, version, entity.id]);
    Ok(taken.await? > 0)
}

/// One page, and how many there are. The table's alias is `t`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn list(
    read: impl Read,
    listing: &Listing,
) -> Result<(Vec<ApiProduct>, i64), Error> {
    listing::page(read, COLUMNS, FROM, "t.id", listing, parse).await
}

/// Adds one.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, entity: &ApiProduct) -> Result<(), Error> {
    let sql = "INSERT INTO portal_api_product (id, name, description, labels, public_labels, version, slug, attributes, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let params = params![
        entity.id,
        &entity.name,
        &entity.description,
        Json(&entity.labels),
        Json(&entity.public_labels),
        &entity.version,
        &entity.slug,
        Json(flat(&entity.attributes)),
        entity.created_at,
        entity.updated_at
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Writes everything that may change of one (`name`, `description`, `labels`, `public_labels`, `version`, `slug`, `attributes`, `updated_at`).
///
/// # Errors
/// [`Error::NotFound`] if it is gone, and those of [`Tx::execute`].
pub(crate) async fn update(tx: &mut Tx, entity: &ApiProduct) -> Result<(), Error> {
    let sql = "UPDATE portal_api_product SET name = $2, description = $3, labels = $4, public_labels = $5, version = $6, slug = $7, attributes = $8, updated_at = $9 \
               WHERE id = $1";
    let params = params![
        entity.id,
        &entity.name,
        &entity.description,
        Json(&entity.labels),
        Json(&entity.public_labels),
        &entity.version,
        &entity.slug,
        Json(flat(&entity.attributes)),
        entity.updated_at
    ];
    if tx.execute(sql, params).await? == 0 {
        return Err(Error::NotFound);
    }
    Ok(())
}

/// Removes one, and says whether there was one.
///
/// # Errors
/// [`Error::ForeignKey`] while others refer to it, and those of [`Tx::execute`].
pub(crate) async fn delete(tx: &mut Tx, id: ApiProductId) -> Result<bool, Error> {
    Ok(tx
        .execute("DELETE FROM portal_api_product WHERE id = $1", params![id])
        .await?
        > 0)
}

/// The portals a product is published to.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn portals(mut read: impl Read, id: ApiProductId) -> Result<Vec<PortalId>, Error> {
    let sql = "SELECT portal_id FROM portal_api_product_portal WHERE api_product_id = $1 \
               ORDER BY created_at, portal_id";
    let rows = read.rows(sql, params![id]).await?;
    rows.iter().map(|row| row.get("portal_id")).collect()
}

/// Publishes a product to a portal; nothing happens if it already is.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn publish(
    tx: &mut Tx,
    id: ApiProductId,
    portal_id: PortalId,
    now: oauth::Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO portal_api_product_portal (api_product_id, portal_id, created_at) \
               VALUES ($1, $2, $3) ON CONFLICT (api_product_id, portal_id) DO NOTHING";
    tx.execute(sql, params![id, portal_id, now]).await?;
    Ok(())
}

/// Takes a product out of a portal.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn unpublish(
    tx: &mut Tx,
    id: ApiProductId,
    portal_id: PortalId,
) -> Result<(), Error> {
    let sql = "DELETE FROM portal_api_product_portal WHERE api_product_id = $1 AND portal_id = $2";
    tx.execute(sql, params![id, portal_id]).await?;
    Ok(())
}

/// How many are published to each portal; who has none is left out.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn count_by_portal(
    read: impl Read,
    ids: impl IntoIterator<Item = PortalId>,
) -> Result<HashMap<PortalId, i64>, Error> {
    related::totals(read, "portal_api_product_portal", "portal_id", ids).await
}

/// A portal, by its names.
#[derive(Clone, Debug)]
pub(crate) struct NamedPortal {
    /// Its id.
    pub(crate) id: PortalId,
    /// Its name.
    pub(crate) name: String,
    /// Its name for people.
    pub(crate) display_name: String,
}

/// The portals that products are published to, with their names, by product.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn named_portals(
    mut read: impl Read,
    ids: impl IntoIterator<Item = ApiProductId>,
) -> Result<HashMap<ApiProductId, Vec<NamedPortal>>, Error> {
    let (condition, params) = related::one_of("p.api_product_id", ids);
    let sql = format!(
        "SELECT p.api_product_id, p.portal_id, o.name, o.display_name FROM portal_api_product_portal p \
         JOIN portal_portal o ON o.id = p.portal_id WHERE {condition} \
         ORDER BY p.created_at, p.portal_id"
    );
    let mut all: HashMap<_, Vec<_>> = HashMap::new();
    for row in read.rows(&sql, params).await? {
        let named = NamedPortal {
            id: row.get("portal_id")?,
            name: row.get("name")?,
            display_name: row.get("display_name")?,
        };
        all.entry(row.get("api_product_id")?)
            .or_default()
            .push(named);
    }
    Ok(all)
}
