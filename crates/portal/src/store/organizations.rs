//! The organisation.

use storage::{Error, Row, Tx, params};

use super::Read;
use crate::model::Organization;

/// The organisation, once the first start has made it.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(mut read: impl Read) -> Result<Option<Organization>, Error> {
    let sql = "SELECT id, name, created_at, updated_at FROM portal_organization";
    read.one(sql, params![], parse).await
}

fn parse(row: &Row) -> Result<Organization, Error> {
    Ok(Organization {
        id: row.get("id")?,
        name: row.get("name")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// Adds it.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn insert(tx: &mut Tx, organization: &Organization) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO portal_organization (id, name, created_at, updated_at) VALUES ($1, $2, $3, $4)",
        params![
            organization.id,
            &organization.name,
            organization.created_at,
            organization.updated_at
        ],
    )
    .await?;
    Ok(())
}
