//! The providers with which developers sign in.

use storage::{Error, Json, Row, Tx, params};

use super::Read;
use crate::model::{IdentityProvider, PortalId};

const COLUMNS: &str = "t.id, t.portal_id, t.enabled, t.issuer, t.client_id, t.secret, t.scopes, \
                       t.claim_mappings, t.created_at, t.updated_at";

fn parse(row: &Row) -> Result<IdentityProvider, Error> {
    Ok(IdentityProvider {
        id: row.get("id")?,
        portal_id: row.get("portal_id")?,
        enabled: row.get("enabled")?,
        issuer: row.get("issuer")?,
        client_id: row.get("client_id")?,
        secret: row.get("secret")?,
        scopes: row.get::<Json<_>>("scopes")?.0,
        claim_mappings: row.get::<Json<_>>("claim_mappings")?.0,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// The one of a portal, if it has one.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn of_portal(
    mut read: impl Read,
    portal_id: PortalId,
) -> Result<Option<IdentityProvider>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM portal_identity_provider t WHERE t.portal_id = $1");
    read.one(&sql, params![portal_id], parse).await
}

/// Writes one: a new one, or everything that may change of it.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn put(tx: &mut Tx, provider: &IdentityProvider) -> Result<(), Error> {
    let sql = "INSERT INTO portal_identity_provider (id, portal_id, enabled, issuer, client_id, secret, \
               scopes, claim_mappings, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
               ON CONFLICT (id) DO UPDATE SET enabled = excluded.enabled, issuer = excluded.issuer, \
               client_id = excluded.client_id, secret = excluded.secret, scopes = excluded.scopes, \
               claim_mappings = excluded.claim_mappings, updated_at = excluded.updated_at";
    let params = params![
        provider.id,
        provider.portal_id,
        provider.enabled,
        &provider.issuer,
        &provider.client_id,
        &provider.secret,
        Json(&provider.scopes),
        Json(&provider.claim_mappings),
        provider.created_at,
        provider.updated_at
    ];
    tx.execute(sql, params).await.map(drop)
}

/// Removes the one of a portal. Who developers are there stays known, for the day that it comes back.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn delete(tx: &mut Tx, portal_id: PortalId) -> Result<(), Error> {
    let sql = "DELETE FROM portal_identity_provider WHERE portal_id = $1";
    tx.execute(sql, params![portal_id]).await.map(drop)
}
