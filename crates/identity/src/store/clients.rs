//! Clients.

pub(crate) mod search;

use storage::{Database, Row, Tx, escape_like, params};

use crate::model::client::Client;
use crate::model::registration::{CreatedBy, Creator, Registration};
use crate::store::page::{Conditions, Window};
use crate::store::{Which, access_tokens, authorization_codes, refresh_tokens, which};

/// A client with its sealed secret, where it has one.
#[derive(Clone, Debug)]
pub(crate) struct StoredClient {
    pub(crate) client: Client,
    pub(crate) sealed_secret: Option<String>,
}

/// Which clients to list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) is_global: Option<bool>,
    pub(crate) is_first_party: Option<bool>,
    pub(crate) app_types: Option<Vec<String>>,
    pub(crate) external_client_id: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) name: Option<String>,
    /// Members of `client_metadata` that must have these values.
    pub(crate) metadata: Vec<(String, String)>,
}

const COLUMNS: &str = "client_id, name, app_type, is_first_party, is_global, external_client_id, \
                       secret, metadata, settings, created_by, creator, registration, last_used_at, \
                       created_at, updated_at";

pub(crate) async fn insert(
    tx: &mut Tx,
    client: &Client,
    sealed_secret: Option<&str>,
) -> Result<(), storage::Error> {
    let sql = "INSERT INTO identity_client (client_id, name, app_type, is_first_party, is_global, \
               external_client_id, secret, metadata, settings, created_at, updated_at, creator) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let params = params![
        &client.client_id,
        &client.name,
        &client.app_type,
        client.is_first_party,
        client.is_global,
        &client.external_client_id,
        sealed_secret,
        storage::Json(&client.metadata),
        storage::Json(&client.settings),
        client.created_at,
        client.updated_at,
        client.creator.as_ref().map(Creator::to_text),
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Writes what a PATCH may have changed.
pub(crate) async fn update(
    tx: &mut Tx,
    client: &Client,
    sealed_secret: Option<&str>,
) -> Result<(), storage::Error> {
    let sql = "UPDATE identity_client SET name = $2, app_type = $3, is_first_party = $4, \
               secret = $5, metadata = $6, settings = $7, updated_at = $8 WHERE client_id = $1";
    let params = params![
        &client.client_id,
        &client.name,
        &client.app_type,
        client.is_first_party,
        sealed_secret,
        storage::Json(&client.metadata),
        storage::Json(&client.settings),
        client.updated_at,
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Removes a client with all that is its own. Gives whether it was there.
pub(crate) async fn delete(tx: &mut Tx, client_id: &str) -> Result<bool, storage::Error> {
    Ok(delete_all(tx, &[client_id]).await? > 0)
}

/// Removes clients with their grants, credentials, connections and used assertions. Gives how many.
pub(crate) async fn delete_all(tx: &mut Tx, client_ids: &[&str]) -> Result<u64, storage::Error> {
    if client_ids.is_empty() {
        return Ok(0);
    }
    let (condition, params) = which::one_of(client_ids);
    for table in [
        "identity_client_grant",
        "identity_client_credential",
        "identity_assertion",
        "identity_grant",
        "identity_connection_client",
    ] {
        let sql = format!("DELETE FROM {table} WHERE {condition}");
        tx.execute(&sql, params.clone()).await?;
    }
    // Should a client with such an id come back, it starts anew.
    let which = Which::Clients(client_ids);
    refresh_tokens::delete(tx, &which).await?;
    access_tokens::delete(tx, &which).await?;
    authorization_codes::delete(tx, &which).await?;
    let sql = format!("DELETE FROM identity_client WHERE {condition}");
    tx.execute(&sql, params).await
}

pub(crate) async fn find(
    db: &Database,
    client_id: &str,
) -> Result<Option<StoredClient>, storage::Error> {
    let sql = format!("SELECT {COLUMNS} FROM identity_client WHERE client_id = $1");
    let row = db.query_optional(&sql, params![client_id]).await?;
    row.as_ref().map(read).transpose()
}

/// The "All Applications" client, which holds what is common to all.
pub(crate) async fn global(db: &Database) -> Result<Option<Client>, storage::Error> {
    let sql = format!("SELECT {COLUMNS} FROM identity_client WHERE is_global");
    let row = db.query_optional(&sql, params![]).await?;
    let stored = row.as_ref().map(read).transpose()?;
    Ok(stored.map(|stored| stored.client))
}

/// The client, locked until the transaction ends, so that two changes do not overwrite each other.
pub(crate) async fn lock(
    tx: &mut Tx,
    client_id: &str,
) -> Result<Option<StoredClient>, storage::Error> {
    // An UPDATE takes the row's lock on both databases.
    let sql = format!(
        "UPDATE identity_client SET updated_at = updated_at WHERE client_id = $1 RETURNING {COLUMNS}"
    );
    let row = tx.query_optional(&sql, params![client_id]).await?;
    row.as_ref().map(read).transpose()
}

pub(crate) async fn list(
    db: &Database,
    filter: &Filter,
    window: &Window,
) -> Result<Vec<StoredClient>, storage::Error> {
    let (clause, params) = conditions(filter).page("identity_client", "client_id", window);
    let sql = format!("SELECT {COLUMNS} FROM identity_client{clause}");
    let rows = db.query(&sql, params).await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn count(db: &Database, filter: &Filter) -> Result<i64, storage::Error> {
    let (clause, params) = conditions(filter).count();
    let sql = format!("SELECT COUNT(*) AS total FROM identity_client{clause}");
    db.query_one(&sql, params).await?.get("total")
}

fn conditions(filter: &Filter) -> Conditions {
    let mut conditions = Conditions::default();
    if let Some(is_global) = filter.is_global {
        conditions.is("is_global", is_global);
    }
    if let Some(is_first_party) = filter.is_first_party {
        conditions.add("is_first_party = ?", is_first_party);
    }
    if let Some(app_types) = &filter.app_types {
        conditions.any_of("app_type", app_types.iter().map(String::as_str));
    }
    if let Some(external) = &filter.external_client_id {
        conditions.add("external_client_id = ?", external);
    }
    if let Some(client_id) = &filter.client_id {
        conditions.add("client_id = ?", client_id);
    }
    if let Some(name) = &filter.name {
        conditions.add("name = ?", name);
    }
    if !filter.metadata.is_empty() {
        // Most of those that registered themselves have none: an index holds the others.
        conditions.is("(metadata = '{}')", false);
    }
    for (name, value) in &filter.metadata {
        // The column holds compact JSON of text by key, so a member reads exactly like this in it.
        let member = format!(
            "{}:{}",
            serde_json::Value::from(name.as_str()),
            serde_json::Value::from(value.as_str())
        );
        let pattern = format!("%{}%", escape_like(&member));
        conditions.add("metadata LIKE ? ESCAPE '\\'", pattern);
    }
    conditions
}

fn read(row: &Row) -> Result<StoredClient, storage::Error> {
    let storage::Json(metadata) = row.get("metadata")?;
    let storage::Json(settings) = row.get("settings")?;
    let registration: Option<storage::Json<Box<Registration>>> = row.get("registration")?;
    Ok(StoredClient {
        client: Client {
            client_id: row.get("client_id")?,
            name: row.get("name")?,
            is_global: row.get("is_global")?,
            is_first_party: row.get("is_first_party")?,
            app_type: row.get("app_type")?,
            external_client_id: row.get("external_client_id")?,
            metadata,
            settings,
            created_by: CreatedBy::parse(&row.get::<String>("created_by")?),
            creator: row
                .get::<Option<String>>("creator")?
                .as_deref()
                .and_then(Creator::parse),
            registration: registration.map(|storage::Json(registration)| registration),
            last_used_at: row.get("last_used_at")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        },
        sealed_secret: row.get("secret")?,
    })
}

#[cfg(test)]
mod tests {
    use oauth::Timestamp;
    use storage::params;

    use super::{Filter, conditions};
    use crate::store::page::{After, Window};

    /// Among a million clients, a page that reads them all takes a second.
    #[tokio::test]
    async fn a_page_is_found_by_an_index_wherever_it_begins() {
        let database = storage::testing::sqlite(&[crate::MIGRATIONS]).await;
        let first = Window {
            after: None,
            offset: 0,
            limit: 50,
        };
        let later = Window {
            after: Some(After {
                created_at: Timestamp::from_millis(5),
                id: "a".to_owned(),
            }),
            ..first.clone()
        };
        let first_party = Filter {
            is_first_party: Some(true),
            ..Filter::default()
        };
        let marked = Filter {
            metadata: vec![("team".to_owned(), "a".to_owned())],
            ..Filter::default()
        };
        let external = Filter {
            external_client_id: Some("https://app.example/client".to_owned()),
            ..Filter::default()
        };
        for (filter, window, index) in [
            (
                Filter::default(),
                &later,
                "identity_client_order ((created_at,client_id)>(?,?))",
            ),
            (
                first_party,
                &first,
                "identity_client_party (is_first_party=?)",
            ),
            (marked, &first, "identity_client_metadata"),
            (external, &first, "identity_client_external"),
        ] {
            let (clause, params) = conditions(&filter).page("identity_client", "client_id", window);
            let sql = format!("EXPLAIN QUERY PLAN SELECT * FROM identity_client{clause}");
            let plan = database.db.query_one(&sql, params).await.unwrap();
            let plan: String = plan.get("detail").unwrap();
            assert!(plan.contains(index), "{clause}: {plan}");
        }
        let sql = "EXPLAIN QUERY PLAN SELECT * FROM identity_client WHERE is_global";
        let plan = database.db.query_one(sql, params![]).await.unwrap();
        let plan: String = plan.get("detail").unwrap();
        assert!(plan.contains("identity_client_global"), "{plan}");
    }
}
