//! Sessions of users, and which clients took part in them.

use oauth::Timestamp;
use storage::{Database, Row, Tx, params};

use crate::model::session::Session;
use crate::store::page::{Conditions, Window};

/// A client that got an answer within a session, and the issuer that it knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Participant {
    pub(crate) client_id: String,
    pub(crate) issuer: String,
}

const COLUMNS: &str = "id, user_id, connection, auth_time, acr, amr, device, created_at, last_seen, \
                       idle_expires_at, expires_at";

/// Adds a session; `token` is the digest of what the browser holds.
pub(crate) async fn insert(
    tx: &mut Tx,
    session: &Session,
    token: &str,
) -> Result<(), storage::Error> {
    let sql = "INSERT INTO identity_session (id, token, user_id, connection, auth_time, acr, amr, \
               device, created_at, last_seen, idle_expires_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let params = params![
        &session.id,
        token,
        &session.user_id,
        &session.connection,
        session.auth_time,
        &session.acr,
        storage::Json(&session.amr),
        storage::Json(&session.device),
        session.created_at,
        session.last_seen,
        session.idle_expires_at,
        session.expires_at,
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Writes a session whose user signed in once more, under a new token.
pub(crate) async fn renew(
    tx: &mut Tx,
    session: &Session,
    token: &str,
) -> Result<bool, storage::Error> {
    let sql = "UPDATE identity_session SET token = $2, connection = $3, auth_time = $4, acr = $5, \
               amr = $6, device = $7, last_seen = $8, idle_expires_at = $9, expires_at = $10 \
               WHERE id = $1";
    let params = params![
        &session.id,
        token,
        &session.connection,
        session.auth_time,
        &session.acr,
        storage::Json(&session.amr),
        storage::Json(&session.device),
        session.last_seen,
        session.idle_expires_at,
        session.expires_at,
    ];
    Ok(tx.execute(sql, params).await? > 0)
}

/// Notes that the session was used.
pub(crate) async fn touch(db: &Database, session: &Session) -> Result<(), storage::Error> {
    let sql = "UPDATE identity_session SET last_seen = $2, idle_expires_at = $3, device = $4 \
               WHERE id = $1 AND last_seen < $2";
    let device = storage::Json(&session.device);
    let params = params![
        &session.id,
        session.last_seen,
        session.idle_expires_at,
        device
    ];
    db.execute(sql, params).await?;
    Ok(())
}

/// The session that a browser's token leads to, expired or not.
pub(crate) async fn by_token(
    db: &Database,
    token: &str,
) -> Result<Option<Session>, storage::Error> {
    let sql = format!("SELECT {COLUMNS} FROM identity_session WHERE token = $1");
    let row = db.query_optional(&sql, params![token]).await?;
    row.as_ref().map(read).transpose()
}

pub(crate) async fn find(db: &Database, id: &str) -> Result<Option<Session>, storage::Error> {
    let sql = format!("SELECT {COLUMNS} FROM identity_session WHERE id = $1");
    let row = db.query_optional(&sql, params![id]).await?;
    row.as_ref().map(read).transpose()
}

/// The live sessions of a user.
pub(crate) async fn of_user(
    db: &Database,
    user_id: &str,
    now: Timestamp,
    window: &Window,
) -> Result<Vec<Session>, storage::Error> {
    let (clause, params) = alive(user_id, now).page("identity_session", "id", window);
    let sql = format!("SELECT {COLUMNS} FROM identity_session{clause}");
    let rows = db.query(&sql, params).await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn count_of_user(
    db: &Database,
    user_id: &str,
    now: Timestamp,
) -> Result<i64, storage::Error> {
    let (clause, params) = alive(user_id, now).count();
    let sql = format!("SELECT COUNT(*) AS total FROM identity_session{clause}");
    db.query_one(&sql, params).await?.get("total")
}

fn alive(user_id: &str, now: Timestamp) -> Conditions {
    let mut conditions = Conditions::default();
    conditions.add("user_id = ?", user_id);
    conditions.add("expires_at > ?", now);
    conditions.add("idle_expires_at > ?", now);
    conditions
}

/// Notes that a client got an answer within the session.
pub(crate) async fn add_participant(
    tx: &mut Tx,
    session_id: &str,
    participant: &Participant,
) -> Result<(), storage::Error> {
    let sql = "INSERT INTO identity_session_client (session_id, client_id, issuer) \
               VALUES ($1, $2, $3) ON CONFLICT (session_id, client_id) \
               DO UPDATE SET issuer = excluded.issuer";
    let params = params![session_id, &participant.client_id, &participant.issuer];
    tx.execute(sql, params).await?;
    Ok(())
}

/// The clients that took part in a session.
pub(crate) async fn participants(
    db: &Database,
    session_id: &str,
) -> Result<Vec<Participant>, storage::Error> {
    let sql = "SELECT client_id, issuer FROM identity_session_client WHERE session_id = $1 \
               ORDER BY client_id";
    let rows = db.query(sql, params![session_id]).await?;
    rows.iter().map(participant).collect()
}

/// Removes a session; gives it with the clients that took part, `None` if it was gone already.
pub(crate) async fn delete(
    tx: &mut Tx,
    id: &str,
) -> Result<Option<(Session, Vec<Participant>)>, storage::Error> {
    let sql = "DELETE FROM identity_session_client WHERE session_id = $1 \
               RETURNING client_id, issuer";
    let rows = tx.query(sql, params![id]).await?;
    let participants = rows.iter().map(participant).collect::<Result<_, _>>()?;
    let sql = format!("DELETE FROM identity_session WHERE id = $1 RETURNING {COLUMNS}");
    let row = tx.query_optional(&sql, params![id]).await?;
    let session = row.as_ref().map(read).transpose()?;
    Ok(session.map(|session| (session, participants)))
}

/// The ids of a user's sessions, whether they are alive or not.
pub(crate) async fn ids_of_user(tx: &mut Tx, user_id: &str) -> Result<Vec<String>, storage::Error> {
    let sql = "SELECT id FROM identity_session WHERE user_id = $1 ORDER BY id";
    let rows = tx.query(sql, params![user_id]).await?;
    rows.iter().map(|row| row.get("id")).collect()
}

/// Forgets sessions that are over, a few thousand at a time. Gives how many there were.
pub(crate) async fn prune(db: &Database, now: Timestamp) -> Result<u64, storage::Error> {
    let sql = "DELETE FROM identity_session WHERE id IN (SELECT id FROM identity_session \
               WHERE expires_at <= $1 OR idle_expires_at <= $1 ORDER BY id LIMIT 2000)";
    db.execute(sql, params![now]).await
}

fn participant(row: &Row) -> Result<Participant, storage::Error> {
    Ok(Participant {
        client_id: row.get("client_id")?,
        issuer: row.get("issuer")?,
    })
}

fn read(row: &Row) -> Result<Session, storage::Error> {
    let storage::Json(amr) = row.get("amr")?;
    let storage::Json(device) = row.get("device")?;
    Ok(Session {
        id: row.get("id")?,
        user_id: row.get("user_id")?,
        connection: row.get("connection")?,
        auth_time: row.get("auth_time")?,
        acr: row.get("acr")?,
        amr,
        device,
        created_at: row.get("created_at")?,
        last_seen: row.get("last_seen")?,
        idle_expires_at: row.get("idle_expires_at")?,
        expires_at: row.get("expires_at")?,
    })
}
