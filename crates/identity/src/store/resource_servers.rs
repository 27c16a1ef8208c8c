//! Resource servers.

use storage::{Database, Row, Tx, params};

use crate::model::resource_server::ResourceServer;
use crate::store::page::{Conditions, Window};

/// An API with its sealed signing secret, where it has one.
#[derive(Clone, Debug)]
pub(crate) struct StoredApi {
    pub(crate) api: ResourceServer,
    pub(crate) sealed_secret: Option<String>,
}

/// How an API is named in a path: by id or by identifier.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Key<'a> {
    Id(&'a str),
    Identifier(&'a str),
}

const COLUMNS: &str = "id, identifier, is_system, signing_secret, settings, created_at, updated_at";

impl<'a> Key<'a> {
    /// 24 hexadecimal digits are an id, anything else an identifier.
    pub(crate) fn parse(text: &'a str) -> Self {
        if text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Self::Id(text)
        } else {
            Self::Identifier(text)
        }
    }

    fn column(self) -> (&'static str, &'a str) {
        match self {
            Self::Id(id) => ("id", id),
            Self::Identifier(identifier) => ("identifier", identifier),
        }
    }
}

pub(crate) async fn insert(
    tx: &mut Tx,
    api: &ResourceServer,
    sealed_secret: Option<&str>,
) -> Result<(), storage::Error> {
    let sql = "INSERT INTO identity_resource_server (id, identifier, is_system, signing_secret, \
               settings, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let params = params![
        &api.id,
        &api.identifier,
        api.is_system,
        sealed_secret,
        storage::Json(&api.settings),
        api.created_at,
        api.updated_at,
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

pub(crate) async fn update(
    tx: &mut Tx,
    api: &ResourceServer,
    sealed_secret: Option<&str>,
) -> Result<(), storage::Error> {
    let sql = "UPDATE identity_resource_server SET identifier = $2, signing_secret = $3, \
               settings = $4, updated_at = $5 WHERE id = $1";
    let settings = storage::Json(&api.settings);
    let params = params![
        &api.id,
        &api.identifier,
        sealed_secret,
        settings,
        api.updated_at
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Removes an API with the grants for it and its permissions.
pub(crate) async fn delete(tx: &mut Tx, id: &str) -> Result<(), storage::Error> {
    for sql in [
        "DELETE FROM identity_client_grant WHERE resource_server_id = $1",
        "DELETE FROM identity_role_permission WHERE resource_server_id = $1",
        "DELETE FROM identity_user_permission WHERE resource_server_id = $1",
    ] {
        tx.execute(sql, params![id]).await?;
    }
    let sql = "DELETE FROM identity_resource_server WHERE id = $1";
    tx.execute(sql, params![id]).await?;
    Ok(())
}

pub(crate) async fn find(db: &Database, key: Key<'_>) -> Result<Option<StoredApi>, storage::Error> {
    let (column, value) = key.column();
    let sql = format!("SELECT {COLUMNS} FROM identity_resource_server WHERE {column} = $1");
    let row = db.query_optional(&sql, params![value]).await?;
    row.as_ref().map(read).transpose()
}

/// The API, locked until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, key: Key<'_>) -> Result<Option<StoredApi>, storage::Error> {
    let (column, value) = key.column();
    let sql = format!(
        "UPDATE identity_resource_server SET updated_at = updated_at WHERE {column} = $1 \
         RETURNING {COLUMNS}"
    );
    let row = tx.query_optional(&sql, params![value]).await?;
    row.as_ref().map(read).transpose()
}

/// The Management API.
pub(crate) async fn system(tx: &mut Tx) -> Result<Option<StoredApi>, storage::Error> {
    let sql = format!("SELECT {COLUMNS} FROM identity_resource_server WHERE is_system");
    let row = tx.query_optional(&sql, params![]).await?;
    row.as_ref().map(read).transpose()
}

pub(crate) async fn list(
    db: &Database,
    identifiers: Option<&[String]>,
    window: &Window,
) -> Result<Vec<StoredApi>, storage::Error> {
    let (clause, params) = conditions(identifiers).page("identity_resource_server", "id", window);
    let sql = format!("SELECT {COLUMNS} FROM identity_resource_server{clause}");
    let rows = db.query(&sql, params).await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn count(
    db: &Database,
    identifiers: Option<&[String]>,
) -> Result<i64, storage::Error> {
    let (clause, params) = conditions(identifiers).count();
    let sql = format!("SELECT COUNT(*) AS total FROM identity_resource_server{clause}");
    db.query_one(&sql, params).await?.get("total")
}

fn conditions(identifiers: Option<&[String]>) -> Conditions {
    let mut conditions = Conditions::default();
    if let Some(identifiers) = identifiers {
        conditions.any_of("identifier", identifiers.iter().map(String::as_str));
    }
    conditions
}

fn read(row: &Row) -> Result<StoredApi, storage::Error> {
    let storage::Json(settings) = row.get("settings")?;
    Ok(StoredApi {
        api: ResourceServer {
            id: row.get("id")?,
            identifier: row.get("identifier")?,
            is_system: row.get("is_system")?,
            settings,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        },
        sealed_secret: row.get("signing_secret")?,
    })
}
