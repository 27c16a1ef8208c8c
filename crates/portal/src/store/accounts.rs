//! The rows of accounts, their tokens and sessions.

use oauth::Timestamp;
use storage::{Database, Error, Json, Row, Tx, params};

use crate::model::AuthenticationSettings;

use crate::service::accounts::token::{Purpose, digest};
use crate::service::accounts::{Developer, Tokens};

/// What accounts need of a portal.
pub(crate) struct Portal {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) is_public: bool,
    pub(crate) auto_approve_developers: bool,
    /// Whether developers sign in with mail address and password.
    pub(crate) passwords: bool,
    /// Whether their teams follow the provider's groups.
    pub(crate) follows_groups: bool,
}

pub(crate) async fn portal(tx: &mut Tx, id: &str) -> Result<Option<Portal>, Error> {
    let sql = "SELECT id, name, display_name, is_public, auto_approve_developers, authentication \
               FROM portal_portal WHERE id = $1";
    let row = tx.query_optional(sql, params![id]).await?;
    row.map(|row| {
        let display_name: String = row.get("display_name")?;
        let settings: AuthenticationSettings = row.get::<Json<_>>("authentication")?.0;
        Ok(Portal {
            id: row.get("id")?,
            name: if display_name.is_empty() {
                row.get("name")?
            } else {
                display_name
            },
            is_public: row.get("is_public")?,
            auto_approve_developers: row.get("auto_approve_developers")?,
            passwords: settings.basic_auth_enabled,
            follows_groups: settings.idp_mapping_enabled,
        })
    })
    .transpose()
}

/// An account, as sign-up and password mails need it.
pub(crate) struct Known {
    pub(crate) id: String,
    pub(crate) full_name: String,
    pub(crate) email_verified: bool,
    /// A provider made the account and nobody has shown that the address is theirs: it never gets a
    /// password, and is linked to nobody else.
    pub(crate) unproven: bool,
}

pub(crate) async fn by_email(
    tx: &mut Tx,
    portal_id: &str,
    email: &str,
) -> Result<Option<Known>, Error> {
    let sql = "SELECT d.id, d.full_name, d.email_verified, EXISTS (SELECT 1 FROM \
               portal_developer_identity i WHERE i.developer_id = d.id) AS vouched \
               FROM portal_developer d WHERE d.portal_id = $1 AND d.email = $2";
    let row = tx.query_optional(sql, params![portal_id, email]).await?;
    row.map(|row| {
        let email_verified: bool = row.get("email_verified")?;
        Ok(Known {
            id: row.get("id")?,
            full_name: row.get("full_name")?,
            email_verified,
            unproven: !email_verified && row.get::<bool>("vouched")?,
        })
    })
    .transpose()
}

pub(crate) async fn insert(
    tx: &mut Tx,
    portal_id: &str,
    id: &str,
    email: &str,
    full_name: &str,
    status: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO portal_developer \
               (id, portal_id, email, full_name, status, email_verified, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $7)";
    tx.execute(
        sql,
        params![id, portal_id, email, full_name, status, false, now],
    )
    .await
    .map(drop)
}

/// Keeps the language in which a developer is written to.
pub(crate) async fn set_locale(tx: &mut Tx, id: &str, locale: &str) -> Result<(), Error> {
    let sql = "UPDATE portal_developer SET locale = $2 WHERE id = $1";
    tx.execute(sql, params![id, locale]).await.map(drop)
}

/// What sign-in compares with.
pub(crate) struct Credentials {
    pub(crate) developer: Developer,
    pub(crate) status: String,
    pub(crate) email_verified: bool,
    pub(crate) password_hash: Option<String>,
}

const DEVELOPER: &str = "d.id, d.portal_id, d.email, d.full_name, d.created_at, d.updated_at";

fn developer(row: &Row) -> Result<Developer, Error> {
    Ok(Developer {
        id: row.get("id")?,
        portal_id: row.get("portal_id")?,
        email: row.get("email")?,
        full_name: row.get("full_name")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// An account that signs in without a password.
pub(crate) async fn account(tx: &mut Tx, id: &str) -> Result<Option<Credentials>, Error> {
    let sql = format!(
        "SELECT {DEVELOPER}, d.status, d.email_verified, d.password_hash FROM portal_developer d \
         WHERE d.id = $1"
    );
    let row = tx.query_optional(&sql, params![id]).await?;
    row.as_ref().map(credentials_row).transpose()
}

pub(crate) async fn credentials(
    db: &Database,
    portal_id: &str,
    email: &str,
) -> Result<Option<Credentials>, Error> {
    let sql = format!(
        "SELECT {DEVELOPER}, d.status, d.email_verified, d.password_hash FROM portal_developer d \
         WHERE d.portal_id = $1 AND d.email = $2"
    );
    let row = db.query_optional(&sql, params![portal_id, email]).await?;
    row.as_ref().map(credentials_row).transpose()
}

fn credentials_row(row: &Row) -> Result<Credentials, Error> {
    Ok(Credentials {
        developer: developer(row)?,
        status: row.get("status")?,
        email_verified: row.get("email_verified")?,
        password_hash: row.get("password_hash")?,
    })
}

/// Gives an account another name.
pub(crate) async fn set_name(
    tx: &mut Tx,
    id: &str,
    full_name: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "UPDATE portal_developer SET full_name = $2, updated_at = $3 WHERE id = $1";
    tx.execute(sql, params![id, full_name, now]).await.map(drop)
}

pub(crate) async fn set_verified(
    tx: &mut Tx,
    developer_id: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "UPDATE portal_developer SET email_verified = $2, updated_at = $3 WHERE id = $1";
    tx.execute(sql, params![developer_id, true, now])
        .await
        .map(drop)
}

/// A token that sets a password came by mail: whoever has it has the address, too.
pub(crate) async fn set_password(
    tx: &mut Tx,
    developer_id: &str,
    hash: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "UPDATE portal_developer \
               SET password_hash = $2, email_verified = $3, updated_at = $4 WHERE id = $1";
    tx.execute(sql, params![developer_id, hash, true, now])
        .await
        .map(drop)
}

pub(crate) struct NewToken {
    pub(crate) id: String,
    pub(crate) developer_id: String,
    pub(crate) purpose: Purpose,
    pub(crate) digest: String,
    pub(crate) expires_at: Timestamp,
}

pub(crate) async fn insert_token(
    tx: &mut Tx,
    token: &NewToken,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO portal_developer_token \
               (id, developer_id, purpose, digest, expires_at, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let values = params![
        &token.id,
        &token.developer_id,
        token.purpose.as_str(),
        &token.digest,
        token.expires_at,
        now
    ];
    tx.execute(sql, values).await.map(drop)
}

/// A mailed token and the account it belongs to.
pub(crate) struct Token {
    pub(crate) id: String,
    pub(crate) developer_id: String,
    pub(crate) email: String,
    pub(crate) full_name: String,
    pub(crate) expires_at: Timestamp,
    pub(crate) spent: bool,
}

const TOKEN: &str = "SELECT t.id, t.developer_id, t.expires_at, t.used_at, d.email, d.full_name \
                     FROM portal_developer_token t \
                     JOIN portal_developer d ON d.id = t.developer_id \
                     WHERE t.digest = $1 AND t.purpose = $2 AND d.portal_id = $3";

fn token_row(row: &Row) -> Result<Token, Error> {
    let used_at: Option<Timestamp> = row.get("used_at")?;
    Ok(Token {
        id: row.get("id")?,
        developer_id: row.get("developer_id")?,
        email: row.get("email")?,
        full_name: row.get("full_name")?,
        expires_at: row.get("expires_at")?,
        spent: used_at.is_some(),
    })
}

pub(crate) async fn token(
    tx: &mut Tx,
    portal_id: &str,
    purpose: Purpose,
    token: &str,
) -> Result<Option<Token>, Error> {
    let values = params![digest(token), purpose.as_str(), portal_id];
    let row = tx.query_optional(TOKEN, values).await?;
    row.as_ref().map(token_row).transpose()
}

pub(crate) async fn token_of(
    db: &Database,
    portal_id: &str,
    purpose: Purpose,
    token: &str,
) -> Result<Option<Token>, Error> {
    let values = params![digest(token), purpose.as_str(), portal_id];
    let row = db.query_optional(TOKEN, values).await?;
    row.as_ref().map(token_row).transpose()
}

/// Spends a token. False if somebody else was first, or it has expired.
pub(crate) async fn spend(tx: &mut Tx, id: &str, now: Timestamp) -> Result<bool, Error> {
    let sql = "UPDATE portal_developer_token SET used_at = $2 \
               WHERE id = $1 AND used_at IS NULL AND expires_at > $2";
    Ok(tx.execute(sql, params![id, now]).await? == 1)
}

pub(crate) async fn spend_all(
    tx: &mut Tx,
    developer_id: &str,
    purpose: Purpose,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "UPDATE portal_developer_token SET used_at = $3 \
               WHERE developer_id = $1 AND purpose = $2 AND used_at IS NULL";
    tx.execute(sql, params![developer_id, purpose.as_str(), now])
        .await
        .map(drop)
}

/// A session and whose it is.
pub(crate) struct Session {
    pub(crate) developer: Developer,
    pub(crate) approved: bool,
    pub(crate) refresh_digest: String,
    pub(crate) previous_refresh_digest: Option<String>,
    pub(crate) refresh_expires_at: Timestamp,
    pub(crate) refreshed_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

pub(crate) async fn insert_session(
    tx: &mut Tx,
    id: &str,
    developer: &Developer,
    tokens: &Tokens,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO portal_developer_session \
               (id, developer_id, portal_id, access_digest, access_expires_at, refresh_digest, \
                refresh_expires_at, expires_at, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)";
    let values = params![
        id,
        &developer.id,
        &developer.portal_id,
        tokens.access_digest(),
        tokens.access_expires_at,
        tokens.refresh_digest(),
        tokens.refresh_expires_at,
        expires_at,
        now
    ];
    tx.execute(sql, values).await.map(drop)
}

pub(crate) async fn session(
    tx: &mut Tx,
    portal_id: &str,
    id: &str,
) -> Result<Option<Session>, Error> {
    let sql = format!(
        "SELECT {DEVELOPER}, d.status, s.refresh_digest, s.previous_refresh_digest, \
                s.refresh_expires_at, s.updated_at AS refreshed_at, s.expires_at \
         FROM portal_developer_session s JOIN portal_developer d ON d.id = s.developer_id \
         WHERE s.id = $1 AND s.portal_id = $2"
    );
    let row = tx.query_optional(&sql, params![id, portal_id]).await?;
    row.map(|row| {
        Ok(Session {
            developer: developer(&row)?,
            approved: row.get::<String>("status")? == "approved",
            refresh_digest: row.get("refresh_digest")?,
            previous_refresh_digest: row.get("previous_refresh_digest")?,
            refresh_expires_at: row.get("refresh_expires_at")?,
            refreshed_at: row.get("refreshed_at")?,
            expires_at: row.get("expires_at")?,
        })
    })
    .transpose()
}

pub(crate) async fn by_access(
    db: &Database,
    portal_id: &str,
    access_digest: &str,
    now: Timestamp,
) -> Result<Option<Developer>, Error> {
    let sql = format!(
        "SELECT {DEVELOPER} FROM portal_developer_session s \
         JOIN portal_developer d ON d.id = s.developer_id \
         WHERE s.access_digest = $1 AND s.portal_id = $2 AND s.access_expires_at > $3 \
           AND d.status = 'approved'"
    );
    let values = params![access_digest, portal_id, now];
    let row = db.query_optional(&sql, values).await?;
    row.as_ref().map(developer).transpose()
}

pub(crate) async fn rotate_session(
    tx: &mut Tx,
    id: &str,
    previous: &str,
    tokens: &Tokens,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "UPDATE portal_developer_session \
               SET access_digest = $2, access_expires_at = $3, refresh_digest = $4, \
                   refresh_expires_at = $5, previous_refresh_digest = $6, updated_at = $7 \
               WHERE id = $1";
    let values = params![
        id,
        tokens.access_digest(),
        tokens.access_expires_at,
        tokens.refresh_digest(),
        tokens.refresh_expires_at,
        previous,
        now
    ];
    tx.execute(sql, values).await.map(drop)
}

pub(crate) async fn end_session(tx: &mut Tx, id: &str) -> Result<(), Error> {
    let sql = "DELETE FROM portal_developer_session WHERE id = $1";
    tx.execute(sql, params![id]).await.map(drop)
}

pub(crate) async fn end_sessions(tx: &mut Tx, developer_id: &str) -> Result<(), Error> {
    let sql = "DELETE FROM portal_developer_session WHERE developer_id = $1";
    tx.execute(sql, params![developer_id]).await.map(drop)
}

/// `column` is one of our own two: `access_digest`, `refresh_digest`.
pub(crate) async fn end_by_digest(
    db: &Database,
    portal_id: &str,
    column: &'static str,
    digest: &str,
) -> Result<(), Error> {
    let sql =
        format!("DELETE FROM portal_developer_session WHERE {column} = $1 AND portal_id = $2");
    db.execute(&sql, params![digest, portal_id]).await.map(drop)
}

/// Forgets sessions and tokens that nothing can be done with any more.
pub(crate) async fn prune(
    db: &Database,
    now: Timestamp,
    spent_before: Timestamp,
) -> Result<u64, Error> {
    let sql = "DELETE FROM portal_developer_session WHERE refresh_expires_at < $1";
    let sessions = db.execute(sql, params![now]).await?;
    let sql = "DELETE FROM portal_developer_token WHERE expires_at < $1";
    Ok(sessions + db.execute(sql, params![spent_before]).await?)
}
