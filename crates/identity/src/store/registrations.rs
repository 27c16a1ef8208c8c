//! Clients that registered themselves: how they come, are found again, and go.

use std::collections::HashSet;

use oauth::Timestamp;
use storage::{Database, Tx, Value, params};

use crate::model::client::Client;
use crate::model::registration::Registration;
use crate::store::clients::{self, StoredClient};
use crate::store::which;

/// What is kept of a registration beside the client. All but `prune_at` are keyed digests.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    /// Of the address block that it came from.
    pub(crate) origin: String,
    /// Of the metadata.
    pub(crate) fingerprint: String,
    /// Of the registration access token, where the client may manage itself.
    pub(crate) token: Option<String>,
    /// When the client goes if it is not used until then.
    pub(crate) prune_at: Timestamp,
}

/// A client's registration as RFC 7592 needs it.
#[derive(Debug)]
pub(crate) struct Managed {
    pub(crate) stored: StoredClient,
    pub(crate) token: Option<String>,
}

const INSERT: &str = "INSERT INTO identity_client (client_id, name, app_type, is_first_party, \
    is_global, external_client_id, secret, metadata, settings, created_at, updated_at, created_by, \
    registration, registration_token, origin, fingerprint, prune_at) \
    VALUES ($1, $2, $3, $4, FALSE, $5, $6, $7, $8, $9, $9, $10, $11, $12, $13, $14, $15)";

fn row(client: &Client, sealed_secret: Option<&str>, standing: &Standing) -> Vec<Value> {
    params![
        &client.client_id,
        &client.name,
        &client.app_type,
        client.is_first_party,
        &client.external_client_id,
        sealed_secret,
        storage::Json(&client.metadata),
        storage::Json(&client.settings),
        client.created_at,
        client.created_by.as_str(),
        storage::Json(&client.registration),
        standing.token.as_deref(),
        &standing.origin,
        &standing.fingerprint,
        standing.prune_at,
    ]
}

/// Adds a client: one durable statement on its own, so that many registrations share one write.
pub(crate) async fn insert(
    db: &Database,
    client: &Client,
    sealed_secret: Option<&str>,
    standing: &Standing,
) -> Result<(), storage::Error> {
    db.execute(INSERT, row(client, sealed_secret, standing))
        .await?;
    Ok(())
}

/// [`insert`] together with something else.
pub(crate) async fn insert_in(
    tx: &mut Tx,
    client: &Client,
    sealed_secret: Option<&str>,
    standing: &Standing,
) -> Result<(), storage::Error> {
    tx.execute(INSERT, row(client, sealed_secret, standing))
        .await?;
    Ok(())
}

/// A client without a secret that registered with this very metadata, was never used, and stays for
/// longer than `until`.
pub(crate) async fn unused_public(
    db: &Database,
    fingerprint: &str,
    until: Timestamp,
) -> Result<Option<StoredClient>, storage::Error> {
    let sql = "SELECT client_id FROM identity_client WHERE fingerprint = $1 \
               AND prune_at IS NOT NULL AND last_used_at IS NULL AND prune_at > $2 \
               AND secret IS NULL AND registration_token IS NULL LIMIT 1";
    let row = db.query_optional(sql, params![fingerprint, until]).await?;
    match row {
        None => Ok(None),
        Some(row) => clients::find(db, &row.get::<String>("client_id")?).await,
    }
}

/// A client with the digest of its registration access token.
pub(crate) async fn managed(
    db: &Database,
    client_id: &str,
) -> Result<Option<Managed>, storage::Error> {
    let sql = "SELECT registration_token FROM identity_client WHERE client_id = $1";
    let Some(row) = db.query_optional(sql, params![client_id]).await? else {
        return Ok(None);
    };
    let token = row.get("registration_token")?;
    let found = clients::find(db, client_id).await?;
    Ok(found.map(|stored| Managed { stored, token }))
}

/// Replaces what the client said, and the token that it says it with, unless another change came first.
pub(crate) async fn change(
    tx: &mut Tx,
    client_id: &str,
    registration: Option<&Registration>,
    fingerprint: &str,
    (old_token, new_token): (&str, &str),
) -> Result<bool, storage::Error> {
    let sql = "UPDATE identity_client SET registration = $2, fingerprint = $3, \
               registration_token = $5 WHERE client_id = $1 AND registration_token = $4";
    let registration = registration.map(storage::Json);
    let params = params![client_id, registration, fingerprint, old_token, new_token];
    Ok(tx.execute(sql, params).await? > 0)
}

/// Replaces what a metadata document said.
pub(crate) async fn change_document(
    tx: &mut Tx,
    client_id: &str,
    registration: &Registration,
    fingerprint: &str,
) -> Result<(), storage::Error> {
    let sql = "UPDATE identity_client SET registration = $2, fingerprint = $3 WHERE client_id = $1";
    let params = params![client_id, storage::Json(registration), fingerprint];
    tx.execute(sql, params).await?;
    Ok(())
}

/// An administrator has taken the client into his care: it stays, and what it is allowed is no longer
/// the client's own to change.
pub(crate) async fn adopt(tx: &mut Tx, client_id: &str) -> Result<(), storage::Error> {
    let sql = "UPDATE identity_client SET prune_at = NULL, registration_token = NULL \
               WHERE client_id = $1 AND (prune_at IS NOT NULL OR registration_token IS NOT NULL)";
    tx.execute(sql, params![client_id]).await?;
    Ok(())
}

/// Writes when a client was used last, unless a use after `known` is written already; one that would go
/// stays until `prune_at`.
pub(crate) async fn used(
    tx: &mut Tx,
    client_id: &str,
    (known, at): (Timestamp, Timestamp),
    prune_at: Timestamp,
) -> Result<(), storage::Error> {
    let sql = "UPDATE identity_client SET last_used_at = $2, \
               prune_at = CASE WHEN prune_at IS NULL THEN NULL ELSE $3 END \
               WHERE client_id = $1 AND (last_used_at IS NULL OR last_used_at < $4)";
    tx.execute(sql, params![client_id, at, prune_at, known])
        .await?;
    Ok(())
}

/// Whether an administrator has taken the client into his care.
pub(crate) async fn is_adopted(db: &Database, client_id: &str) -> Result<bool, storage::Error> {
    let sql = "SELECT client_id FROM identity_client WHERE client_id = $1 AND prune_at IS NULL";
    Ok(db.query_optional(sql, params![client_id]).await?.is_some())
}

/// How many clients there are that may be pruned: all of them, and those never used.
pub(crate) async fn count(db: &Database) -> Result<(i64, i64), storage::Error> {
    let sql = "SELECT COUNT(*) AS total FROM identity_client WHERE prune_at IS NOT NULL";
    let total = db.query_one(sql, params![]).await?.get("total")?;
    let sql = "SELECT COUNT(*) AS total FROM identity_client \
               WHERE prune_at IS NOT NULL AND last_used_at IS NULL";
    let unused = db.query_one(sql, params![]).await?.get("total")?;
    Ok((total, unused))
}

/// How many clients that were never used came from each address block: fewest first, and of those with
/// equally many, the one that waits longest last.
pub(crate) async fn unused_by_origin(db: &Database) -> Result<Vec<(String, i64)>, storage::Error> {
    let sql = "SELECT origin, COUNT(*) AS held FROM identity_client \
               WHERE prune_at IS NOT NULL AND last_used_at IS NULL \
               GROUP BY origin ORDER BY held, MIN(created_at) DESC";
    let rows = db.query(sql, params![]).await?;
    rows.iter()
        .map(|row| Ok((row.get("origin")?, row.get("held")?)))
        .collect()
}

/// A client that is about to go.
#[derive(Debug)]
pub(crate) struct Leaving {
    pub(crate) client_id: String,
    pub(crate) fingerprint: Option<String>,
    pub(crate) sealed_secret: Option<String>,
    pub(crate) used: bool,
}

/// The oldest clients of an address block that were never used.
pub(crate) async fn oldest_unused(
    db: &Database,
    origin: &str,
    limit: i64,
) -> Result<Vec<Leaving>, storage::Error> {
    let sql = "SELECT client_id, fingerprint, secret, last_used_at FROM identity_client \
               WHERE origin = $1 AND prune_at IS NOT NULL AND last_used_at IS NULL \
               ORDER BY created_at LIMIT $2";
    leaving(db, sql, params![origin, limit]).await
}

/// Clients whose time is over.
pub(crate) async fn overdue(
    db: &Database,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Leaving>, storage::Error> {
    let sql = "SELECT client_id, fingerprint, secret, last_used_at FROM identity_client \
               WHERE prune_at IS NOT NULL AND prune_at <= $1 ORDER BY prune_at LIMIT $2";
    leaving(db, sql, params![now, limit]).await
}

async fn leaving(
    db: &Database,
    sql: &str,
    params: Vec<Value>,
) -> Result<Vec<Leaving>, storage::Error> {
    let rows = db.query(sql, params).await?;
    rows.iter()
        .map(|row| {
            Ok(Leaving {
                client_id: row.get("client_id")?,
                fingerprint: row.get("fingerprint")?,
                sealed_secret: row.get("secret")?,
                used: row.get::<Option<Timestamp>>("last_used_at")?.is_some(),
            })
        })
        .collect()
}

/// Which of these clients may still be pruned, locked until the transaction ends: they may have been
/// used, or taken into care, since they were read.
pub(crate) async fn still_leaving(
    tx: &mut Tx,
    clients: &[Leaving],
) -> Result<HashSet<String>, storage::Error> {
    let mut left = HashSet::new();
    for used in [false, true] {
        let alike = clients.iter().filter(|client| client.used == used);
        let ids: Vec<&str> = alike.map(|client| client.client_id.as_str()).collect();
        if ids.is_empty() {
            continue;
        }
        let (condition, mut params) = which::one_of(&ids);
        params.push(used.into());
        let sql = format!(
            "UPDATE identity_client SET updated_at = updated_at WHERE {condition} \
             AND prune_at IS NOT NULL AND (last_used_at IS NOT NULL) = ${} RETURNING client_id",
            params.len()
        );
        for row in tx.query(&sql, params).await? {
            left.insert(row.get("client_id")?);
        }
    }
    Ok(left)
}
