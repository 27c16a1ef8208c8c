//! Who developers are at their portal's provider.

use oauth::Timestamp;
use storage::{Error, Tx, params};

/// The developer whom this provider knows by this subject.
///
/// # Errors
/// Those of [`Tx::query`].
pub(crate) async fn find(
    tx: &mut Tx,
    portal_id: &str,
    issuer: &str,
    subject: &str,
) -> Result<Option<String>, Error> {
    let sql = "SELECT developer_id FROM portal_developer_identity \
               WHERE portal_id = $1 AND issuer = $2 AND subject = $3";
    let row = tx
        .query_optional(sql, params![portal_id, issuer, subject])
        .await?;
    row.map(|row| row.get("developer_id")).transpose()
}

/// Whether a provider vouches for a developer, and whether this one does.
///
/// # Errors
/// Those of [`Tx::query`].
pub(crate) async fn vouched(
    tx: &mut Tx,
    developer_id: &str,
    issuer: &str,
) -> Result<(bool, bool), Error> {
    let sql = "SELECT issuer FROM portal_developer_identity WHERE developer_id = $1";
    let rows = tx.query(sql, params![developer_id]).await?;
    let mut this = false;
    for row in &rows {
        this |= row.get::<String>("issuer")? == issuer;
    }
    Ok((!rows.is_empty(), this))
}

/// Notes a sign-in: the first one says who the developer is there.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn note(
    tx: &mut Tx,
    (portal_id, developer_id): (&str, &str),
    (issuer, subject): (&str, &str),
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO portal_developer_identity \
               (portal_id, issuer, subject, developer_id, created_at, last_sign_in_at) \
               VALUES ($1, $2, $3, $4, $5, $5) \
               ON CONFLICT (portal_id, issuer, subject) DO UPDATE SET last_sign_in_at = excluded.last_sign_in_at";
    tx.execute(sql, params![portal_id, issuer, subject, developer_id, now])
        .await
        .map(drop)
}
