//! Authorization codes: each is good once (RFC 6749 §4.1.2).

use oauth::Timestamp;
use oauth::pkce::Challenge;
use storage::{Database, Row, Tx, params};

use crate::model::authorization::Authorization;
use crate::store::Which;

/// A code to be kept.
#[derive(Clone, Debug)]
pub(crate) struct NewCode {
    pub(crate) authorization: Authorization,
    /// The `redirect_uri` of the authorization request, where it had one: the token request must
    /// repeat it.
    pub(crate) redirect_uri: Option<String>,
    pub(crate) code_challenge: Option<Challenge>,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

/// A code as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct StoredCode {
    pub(crate) client_id: String,
    /// `None` once the code was spent.
    pub(crate) authorization: Option<Authorization>,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) code_challenge: Option<Challenge>,
    pub(crate) expires_at: Timestamp,
    pub(crate) given: Given,
}

/// What a spent code was exchanged for: what ends if it is presented again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) refresh_token_id: Option<String>,
    /// Digest of the access token.
    pub(crate) access_token: Option<String>,
    pub(crate) access_token_expires_at: Option<Timestamp>,
}

/// Keeps a code by its digest.
pub(crate) async fn insert(
    tx: &mut Tx,
    digest: &str,
    code: &NewCode,
) -> Result<(), storage::Error> {
    let sql = "INSERT INTO identity_authorization_code (code, client_id, user_id, session_id, \
               details, redirect_uri, challenge, issued_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let authorization = &code.authorization;
    let params = params![
        digest,
        &authorization.client_id,
        &authorization.user_id,
        &authorization.session_id,
        storage::Json(authorization),
        &code.redirect_uri,
        code.code_challenge.as_ref().map(storage::Json),
        code.issued_at,
        code.expires_at,
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

pub(crate) async fn find(
    db: &Database,
    digest: &str,
) -> Result<Option<StoredCode>, storage::Error> {
    let sql = "SELECT client_id, details, redirect_uri, challenge, expires_at, spent_at, \
               refresh_token_id, access_token, access_token_expires_at \
               FROM identity_authorization_code WHERE code = $1";
    let row = db.query_optional(sql, params![digest]).await?;
    row.as_ref().map(read).transpose()
}

/// Spends a code for what is written down with it. Gives `false` if it was spent before.
///
/// What the code stood for is dropped: only what it gave is of use from now on.
pub(crate) async fn spend(
    tx: &mut Tx,
    digest: &str,
    given: &Given,
    now: Timestamp,
) -> Result<bool, storage::Error> {
    let sql = "UPDATE identity_authorization_code SET spent_at = $2, details = '{}', \
               refresh_token_id = $3, access_token = $4, access_token_expires_at = $5 \
               WHERE code = $1 AND spent_at IS NULL";
    let params = params![
        digest,
        now,
        &given.refresh_token_id,
        &given.access_token,
        given.access_token_expires_at,
    ];
    Ok(tx.execute(sql, params).await? > 0)
}

/// What a code was spent for, as the transaction sees it that could not spend it: what others committed
/// just now may not be readable elsewhere yet.
pub(crate) async fn given(tx: &mut Tx, digest: &str) -> Result<Given, storage::Error> {
    let sql = "SELECT refresh_token_id, access_token, access_token_expires_at \
               FROM identity_authorization_code WHERE code = $1";
    let row = tx.query_optional(sql, params![digest]).await?;
    row.as_ref()
        .map_or_else(|| Ok(Given::default()), read_given)
}

/// Spends a code for nothing: whoever presented it was not the one that it was for.
pub(crate) async fn burn(
    db: &Database,
    digest: &str,
    now: Timestamp,
) -> Result<(), storage::Error> {
    let sql = "UPDATE identity_authorization_code SET spent_at = $2, details = '{}' \
               WHERE code = $1 AND spent_at IS NULL";
    db.execute(sql, params![digest, now]).await?;
    Ok(())
}

/// Spends for nothing the codes that were not exchanged yet. Those that were stay, so that their reuse is
/// noticed.
pub(crate) async fn delete(tx: &mut Tx, which: &Which<'_>) -> Result<(), storage::Error> {
    let (condition, params) = which.condition("refresh_token_id", None);
    let sql =
        format!("DELETE FROM identity_authorization_code WHERE {condition} AND spent_at IS NULL");
    tx.execute(&sql, params).await?;
    Ok(())
}

/// Forgets codes that expired before `moment`. Spent ones are remembered until then, so that their
/// reuse is noticed.
pub(crate) async fn prune(db: &Database, moment: Timestamp) -> Result<u64, storage::Error> {
    let sql = "DELETE FROM identity_authorization_code WHERE expires_at < $1";
    db.execute(sql, params![moment]).await
}

fn read(row: &Row) -> Result<StoredCode, storage::Error> {
    let spent: Option<Timestamp> = row.get("spent_at")?;
    let authorization = match spent {
        Some(_) => None,
        None => {
            let storage::Json(authorization) = row.get("details")?;
            Some(authorization)
        }
    };
    let challenge: Option<storage::Json<Challenge>> = row.get("challenge")?;
    Ok(StoredCode {
        client_id: row.get("client_id")?,
        authorization,
        redirect_uri: row.get("redirect_uri")?,
        code_challenge: challenge.map(|storage::Json(challenge)| challenge),
        expires_at: row.get("expires_at")?,
        given: read_given(row)?,
    })
}

fn read_given(row: &Row) -> Result<Given, storage::Error> {
    Ok(Given {
        refresh_token_id: row.get("refresh_token_id")?,
        access_token: row.get("access_token")?,
        access_token_expires_at: row.get("access_token_expires_at")?,
    })
}
