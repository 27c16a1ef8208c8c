//! The rows of administrators and their sessions.

use oauth::Timestamp;
use storage::{Error, Row, Tx, params};
use web::Role;

use super::listing::{self, Listing};
use super::{Read, invitations};
use crate::model::{Administrator, AdministratorId};

const COLUMNS: &str = "t.id, t.email, t.name, t.role, t.password_is_temporary, t.wants_mail, \
                       t.locale, t.last_sign_in_at, t.created_at, t.updated_at";

fn parse(row: &Row) -> Result<Administrator, Error> {
    let role: String = row.get("role")?;
    Ok(Administrator {
        id: row.get("id")?,
        email: row.get("email")?,
        name: row.get("name")?,
        // A word of a later version: the least of the roles.
        role: Role::parse(&role).unwrap_or(Role::Member),
        password_is_temporary: row.get("password_is_temporary")?,
        wants_mail: row.get("wants_mail")?,
        locale: row.get("locale")?,
        last_sign_in_at: row.get("last_sign_in_at")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// Adds one.
///
/// # Errors
/// [`Error::Unique`] if the address has an account.
pub(crate) async fn insert(tx: &mut Tx, entity: &Administrator, hash: &str) -> Result<(), Error> {
    let sql = "INSERT INTO portal_administrator (id, email, name, role, password_hash, \
               password_is_temporary, wants_mail, locale, last_sign_in_at, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let params = params![
        entity.id,
        &entity.email,
        &entity.name,
        entity.role.as_str(),
        hash,
        entity.password_is_temporary,
        entity.wants_mail,
        &entity.locale,
        entity.last_sign_in_at,
        entity.created_at,
        entity.updated_at
    ];
    tx.execute(sql, params).await.map(drop)
}

/// All of them, by name.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn every(mut read: impl Read) -> Result<Vec<Administrator>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM portal_administrator t ORDER BY t.name, t.email");
    read.all(&sql, params![], parse).await
}

/// One page, and how many there are. The table's alias is `t`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn list(
    read: impl Read,
    listing: &Listing,
) -> Result<(Vec<Administrator>, i64), Error> {
    listing::page(
        read,
        COLUMNS,
        "portal_administrator t",
        "t.id",
        listing,
        parse,
    )
    .await
}

/// The one with this id.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(
    mut read: impl Read,
    id: AdministratorId,
) -> Result<Option<Administrator>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM portal_administrator t WHERE t.id = $1");
    read.one(&sql, params![id], parse).await
}

/// The one with this address.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find_by_email(
    mut read: impl Read,
    email: &str,
) -> Result<Option<Administrator>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM portal_administrator t WHERE t.email = $1");
    read.one(&sql, params![email], parse).await
}

/// The hash of a password.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn password_hash(
    mut read: impl Read,
    id: AdministratorId,
) -> Result<Option<String>, Error> {
    let sql = "SELECT password_hash FROM portal_administrator WHERE id = $1";
    read.one(sql, params![id], |row| row.get("password_hash"))
        .await
}

/// Holds the rows of all owners until the transaction ends, and counts those beside `id`: two owners
/// cannot demote each other at once.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn other_owners(mut tx: &mut Tx, id: AdministratorId) -> Result<i64, Error> {
    let hold = "UPDATE portal_administrator SET role = role WHERE role = $1";
    let owner = Role::Owner.as_str();
    tx.execute(hold, params![owner]).await?;
    let sql = "SELECT COUNT(*) AS n FROM portal_administrator WHERE role = $1 AND id <> $2";
    tx.count(sql, params![owner, id]).await
}

/// Another name and role.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn update(
    tx: &mut Tx,
    id: AdministratorId,
    name: &str,
    role: Role,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "UPDATE portal_administrator SET name = $2, role = $3, updated_at = $4 WHERE id = $1";
    tx.execute(sql, params![id, name, role.as_str(), now])
        .await
        .map(drop)
}

/// Whether they get mails, and in which language.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn set_mail(
    tx: &mut Tx,
    id: AdministratorId,
    wanted: bool,
    locale: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "UPDATE portal_administrator SET wants_mail = $2, locale = $3, updated_at = $4 \
               WHERE id = $1";
    tx.execute(sql, params![id, wanted, locale, now])
        .await
        .map(drop)
}

/// Another password; it ends every session and invitation.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn set_password(
    tx: &mut Tx,
    id: AdministratorId,
    hash: &str,
    temporary: bool,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "UPDATE portal_administrator SET password_hash = $2, password_is_temporary = $3, \
               updated_at = $4 WHERE id = $1";
    tx.execute(sql, params![id, hash, temporary, now]).await?;
    invitations::delete_of(tx, id).await?;
    end_sessions(tx, id).await
}

/// Removes one, and its sessions.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn delete(tx: &mut Tx, id: AdministratorId) -> Result<(), Error> {
    let sql = "DELETE FROM portal_administrator WHERE id = $1";
    tx.execute(sql, params![id]).await.map(drop)
}

/// Opens a session, and notes that somebody signed in.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn open_session(
    tx: &mut Tx,
    id: AdministratorId,
    digest: &str,
    now: Timestamp,
    end: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO portal_administrator_session \
               (digest, administrator_id, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $3, $4)";
    tx.execute(sql, params![digest, id, now, end]).await?;
    let sql = "UPDATE portal_administrator SET last_sign_in_at = $2 WHERE id = $1";
    tx.execute(sql, params![id, now]).await.map(drop)
}

/// The language of somebody's mails, where none is known yet.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn learn_locale(
    tx: &mut Tx,
    id: AdministratorId,
    locale: &str,
) -> Result<(), Error> {
    let sql = "UPDATE portal_administrator SET locale = $2 WHERE id = $1 AND locale IS NULL";
    tx.execute(sql, params![id, locale]).await.map(drop)
}

/// Whose session this is, and when it was last used, if it has not ended at `now` and was used after
/// `idle_since`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn by_session(
    mut read: impl Read,
    digest: &str,
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<Option<(Administrator, Timestamp)>, Error> {
    let sql = format!(
        "SELECT {COLUMNS}, s.seen_at FROM portal_administrator_session s \
         JOIN portal_administrator t ON t.id = s.administrator_id \
         WHERE s.digest = $1 AND s.expires_at > $2 AND s.seen_at > $3"
    );
    read.one(&sql, params![digest, now, idle_since], |row| {
        Ok((parse(row)?, row.get("seen_at")?))
    })
    .await
}

/// Notes that a session is used.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn touch_session(tx: &mut Tx, digest: &str, now: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE portal_administrator_session SET seen_at = $2 WHERE digest = $1";
    tx.execute(sql, params![digest, now]).await.map(drop)
}

/// Ends one session.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn end_session(tx: &mut Tx, digest: &str) -> Result<(), Error> {
    let sql = "DELETE FROM portal_administrator_session WHERE digest = $1";
    tx.execute(sql, params![digest]).await.map(drop)
}

/// Ends every session of an account.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn end_sessions(tx: &mut Tx, id: AdministratorId) -> Result<(), Error> {
    let sql = "DELETE FROM portal_administrator_session WHERE administrator_id = $1";
    tx.execute(sql, params![id]).await.map(drop)
}

/// Forgets sessions that have ended.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn prune_sessions(
    tx: &mut Tx,
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<u64, Error> {
    let sql = "DELETE FROM portal_administrator_session WHERE expires_at <= $1 OR seen_at <= $2";
    tx.execute(sql, params![now, idle_since]).await
}
