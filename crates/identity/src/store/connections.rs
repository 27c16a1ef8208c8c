//! Connections, and the clients that they are enabled for.

use oauth::Timestamp;
use storage::{Database, Row, Tx, params};

use crate::model::Members;
use crate::model::connection::Connection;
use crate::store::page::{Conditions, Window};

/// A connection whose options are still sealed: they may hold a provider's secrets.
#[derive(Clone, Debug)]
pub(crate) struct StoredConnection {
    /// Without options.
    pub(crate) connection: Connection,
    pub(crate) sealed_options: String,
}

/// Which connections to list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) strategies: Option<Vec<String>>,
    pub(crate) name: Option<String>,
    /// Enabled for this client.
    pub(crate) client_id: Option<String>,
    pub(crate) is_domain_connection: Option<bool>,
}

const COLUMNS: &str =
    "id, name, strategy, is_domain_connection, options, settings, created_at, updated_at";

pub(crate) async fn insert(
    tx: &mut Tx,
    connection: &Connection,
    sealed_options: &str,
) -> Result<(), storage::Error> {
    let sql = "INSERT INTO identity_connection (id, name, strategy, is_domain_connection, options, \
               settings, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let params = params![
        &connection.id,
        &connection.name,
        &connection.strategy,
        connection.is_domain_connection,
        sealed_options,
        storage::Json(&connection.settings),
        connection.created_at,
        connection.updated_at,
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

pub(crate) async fn update(
    tx: &mut Tx,
    connection: &Connection,
    sealed_options: &str,
) -> Result<(), storage::Error> {
    let sql = "UPDATE identity_connection SET is_domain_connection = $2, options = $3, \
               settings = $4, updated_at = $5 WHERE id = $1";
    let params = params![
        &connection.id,
        connection.is_domain_connection,
        sealed_options,
        storage::Json(&connection.settings),
        connection.updated_at,
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Removes a connection without users.
pub(crate) async fn delete(tx: &mut Tx, id: &str) -> Result<(), storage::Error> {
    let sql = "DELETE FROM identity_connection_client WHERE connection_id = $1";
    tx.execute(sql, params![id]).await?;
    let sql = "DELETE FROM identity_connection WHERE id = $1";
    tx.execute(sql, params![id]).await?;
    Ok(())
}

pub(crate) async fn find(
    db: &Database,
    id: &str,
) -> Result<Option<StoredConnection>, storage::Error> {
    let sql = format!("SELECT {COLUMNS} FROM identity_connection WHERE id = $1");
    let row = db.query_optional(&sql, params![id]).await?;
    row.as_ref().map(read).transpose()
}

pub(crate) async fn by_name(
    db: &Database,
    name: &str,
) -> Result<Option<StoredConnection>, storage::Error> {
    let sql = format!("SELECT {COLUMNS} FROM identity_connection WHERE name = $1");
    let row = db.query_optional(&sql, params![name]).await?;
    row.as_ref().map(read).transpose()
}

/// The connection, locked until the transaction ends.
pub(crate) async fn lock(
    tx: &mut Tx,
    id: &str,
) -> Result<Option<StoredConnection>, storage::Error> {
    let sql = format!(
        "UPDATE identity_connection SET updated_at = updated_at WHERE id = $1 RETURNING {COLUMNS}"
    );
    let row = tx.query_optional(&sql, params![id]).await?;
    row.as_ref().map(read).transpose()
}

/// Whether there is any connection at all.
pub(crate) async fn exist(tx: &mut Tx) -> Result<bool, storage::Error> {
    let sql = "SELECT id FROM identity_connection LIMIT 1";
    Ok(tx.query_optional(sql, params![]).await?.is_some())
}

pub(crate) async fn list(
    db: &Database,
    filter: &Filter,
    window: &Window,
) -> Result<Vec<StoredConnection>, storage::Error> {
    let (clause, params) = conditions(filter).page("identity_connection", "id", window);
    let sql = format!("SELECT {COLUMNS} FROM identity_connection{clause}");
    let rows = db.query(&sql, params).await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn count(db: &Database, filter: &Filter) -> Result<i64, storage::Error> {
    let (clause, params) = conditions(filter).count();
    let sql = format!("SELECT COUNT(*) AS total FROM identity_connection{clause}");
    db.query_one(&sql, params).await?.get("total")
}

fn conditions(filter: &Filter) -> Conditions {
    let mut conditions = Conditions::default();
    if let Some(strategies) = &filter.strategies {
        conditions.any_of("strategy", strategies.iter().map(String::as_str));
    }
    if let Some(name) = &filter.name {
        conditions.add("name = ?", name);
    }
    if let Some(domain) = filter.is_domain_connection {
        conditions.add("is_domain_connection = ?", domain);
    }
    if let Some(client_id) = &filter.client_id {
        conditions.add(
            "id IN (SELECT connection_id FROM identity_connection_client WHERE client_id = ?)",
            client_id,
        );
    }
    conditions
}

/// Enables a connection for a client; one that is enabled already stays so.
pub(crate) async fn enable(
    tx: &mut Tx,
    id: &str,
    client_id: &str,
    now: Timestamp,
) -> Result<(), storage::Error> {
    let sql = "INSERT INTO identity_connection_client (connection_id, client_id, created_at) \
               VALUES ($1, $2, $3) ON CONFLICT (connection_id, client_id) DO NOTHING";
    tx.execute(sql, params![id, client_id, now]).await?;
    Ok(())
}

pub(crate) async fn disable(tx: &mut Tx, id: &str, client_id: &str) -> Result<(), storage::Error> {
    let sql = "DELETE FROM identity_connection_client WHERE connection_id = $1 AND client_id = $2";
    tx.execute(sql, params![id, client_id]).await?;
    Ok(())
}

pub(crate) async fn disable_all(tx: &mut Tx, id: &str) -> Result<(), storage::Error> {
    let sql = "DELETE FROM identity_connection_client WHERE connection_id = $1";
    tx.execute(sql, params![id]).await?;
    Ok(())
}

/// Enables every connection for a client.
pub(crate) async fn enable_all(
    tx: &mut Tx,
    client_id: &str,
    now: Timestamp,
) -> Result<(), storage::Error> {
    // Text and number know their type in a SELECT only by a cast on PostgreSQL.
    let sql = "INSERT INTO identity_connection_client (connection_id, client_id, created_at) \
               SELECT id, CAST($1 AS TEXT), CAST($2 AS BIGINT) FROM identity_connection \
               WHERE 1 = 1 ON CONFLICT (connection_id, client_id) DO NOTHING";
    tx.execute(sql, params![client_id, now]).await?;
    Ok(())
}

/// Enables a connection for every first-party client there is.
pub(crate) async fn enable_for_all(
    tx: &mut Tx,
    id: &str,
    now: Timestamp,
) -> Result<(), storage::Error> {
    let sql = "INSERT INTO identity_connection_client (connection_id, client_id, created_at) \
               SELECT CAST($1 AS TEXT), client_id, CAST($2 AS BIGINT) FROM identity_client \
               WHERE is_first_party AND NOT is_global \
               ON CONFLICT (connection_id, client_id) DO NOTHING";
    tx.execute(sql, params![id, now]).await?;
    Ok(())
}

pub(crate) async fn is_enabled(
    db: &Database,
    id: &str,
    client_id: &str,
) -> Result<bool, storage::Error> {
    let sql = "SELECT client_id FROM identity_connection_client \
               WHERE connection_id = $1 AND client_id = $2";
    let row = db.query_optional(sql, params![id, client_id]).await?;
    Ok(row.is_some())
}

/// The ids of clients that a connection is enabled for, in alphabetical order, after `after`.
pub(crate) async fn clients(
    db: &Database,
    id: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<String>, storage::Error> {
    let sql = "SELECT client_id FROM identity_connection_client \
               WHERE connection_id = $1 AND client_id > $2 ORDER BY client_id LIMIT $3";
    let rows = db.query(sql, params![id, after, limit]).await?;
    rows.iter().map(|row| row.get("client_id")).collect()
}

fn read(row: &Row) -> Result<StoredConnection, storage::Error> {
    let storage::Json(settings) = row.get("settings")?;
    Ok(StoredConnection {
        connection: Connection {
            id: row.get("id")?,
            name: row.get("name")?,
            strategy: row.get("strategy")?,
            is_domain_connection: row.get("is_domain_connection")?,
            options: Members::new(),
            settings,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        },
        sealed_options: row.get("options")?,
    })
}
