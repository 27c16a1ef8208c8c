//! What users allowed clients.

use oauth::Scopes;
use storage::{Database, Row, Tx, params};

use crate::model::grant::Grant;
use crate::store::page::{Conditions, Window};

/// Which grants to list or remove.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) user_id: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) audience: Option<String>,
}

const COLUMNS: &str = "id, user_id, client_id, audience, scope, created_at, updated_at";

/// The grant of a user to a client at an API.
pub(crate) async fn of(
    db: &Database,
    user_id: &str,
    client_id: &str,
    audience: &str,
) -> Result<Option<Grant>, storage::Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM identity_grant \
         WHERE user_id = $1 AND client_id = $2 AND audience = $3"
    );
    let row = db
        .query_optional(&sql, params![user_id, client_id, audience])
        .await?;
    row.as_ref().map(read).transpose()
}

/// Writes a grant, adding its scopes to those of one that is there.
pub(crate) async fn add(tx: &mut Tx, grant: &Grant) -> Result<(), storage::Error> {
    let lock = "UPDATE identity_grant SET updated_at = updated_at \
                WHERE user_id = $1 AND client_id = $2 AND audience = $3 RETURNING scope";
    let (user_id, client_id) = (&grant.user_id, &grant.client_id);
    let own = params![user_id, client_id, &grant.audience];
    let mut scope = match tx.query_optional(lock, own).await? {
        Some(row) => scopes(&row)?,
        None => Scopes::new(),
    };
    for word in grant.scope.iter() {
        // A set that is full stays as it is: the user is asked again.
        let _ = scope.insert(word);
    }
    let sql = "INSERT INTO identity_grant (id, user_id, client_id, audience, scope, created_at, \
               updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
               ON CONFLICT (user_id, client_id, audience) \
               DO UPDATE SET scope = excluded.scope, updated_at = excluded.updated_at";
    let params = params![
        &grant.id,
        user_id,
        client_id,
        &grant.audience,
        storage::Json(scope.as_slice()),
        grant.created_at,
        grant.updated_at,
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

pub(crate) async fn list(
    db: &Database,
    filter: &Filter,
    window: &Window,
) -> Result<Vec<Grant>, storage::Error> {
    let (clause, params) = conditions(filter).page("identity_grant", "id", window);
    let sql = format!("SELECT {COLUMNS} FROM identity_grant{clause}");
    let rows = db.query(&sql, params).await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn count(db: &Database, filter: &Filter) -> Result<i64, storage::Error> {
    let (clause, params) = conditions(filter).count();
    let sql = format!("SELECT COUNT(*) AS total FROM identity_grant{clause}");
    db.query_one(&sql, params).await?.get("total")
}

/// Removes one grant and gives it, `None` if it was gone already.
pub(crate) async fn delete(tx: &mut Tx, id: &str) -> Result<Option<Grant>, storage::Error> {
    let sql = format!("DELETE FROM identity_grant WHERE id = $1 RETURNING {COLUMNS}");
    let row = tx.query_optional(&sql, params![id]).await?;
    row.as_ref().map(read).transpose()
}

/// Removes what a user allowed a client at one API.
pub(crate) async fn delete_of(
    tx: &mut Tx,
    user_id: &str,
    client_id: &str,
    audience: &str,
) -> Result<(), storage::Error> {
    let sql = "DELETE FROM identity_grant \
               WHERE user_id = $1 AND client_id = $2 AND audience = $3";
    tx.execute(sql, params![user_id, client_id, audience])
        .await?;
    Ok(())
}

/// Removes what anybody allowed a client.
pub(crate) async fn delete_of_client(tx: &mut Tx, client_id: &str) -> Result<(), storage::Error> {
    let sql = "DELETE FROM identity_grant WHERE client_id = $1";
    tx.execute(sql, params![client_id]).await?;
    Ok(())
}

/// Removes everything that a user allowed; gives the clients.
pub(crate) async fn delete_of_user(
    tx: &mut Tx,
    user_id: &str,
) -> Result<Vec<Grant>, storage::Error> {
    let sql = format!("DELETE FROM identity_grant WHERE user_id = $1 RETURNING {COLUMNS}");
    let rows = tx.query(&sql, params![user_id]).await?;
    rows.iter().map(read).collect()
}

fn conditions(filter: &Filter) -> Conditions {
    let mut conditions = Conditions::default();
    let wanted = [
        ("user_id = ?", &filter.user_id),
        ("client_id = ?", &filter.client_id),
        ("audience = ?", &filter.audience),
    ];
    for (clause, value) in wanted {
        if let Some(value) = value {
            conditions.add(clause, value);
        }
    }
    conditions
}

fn scopes(row: &Row) -> Result<Scopes, storage::Error> {
    let storage::Json(words): storage::Json<Vec<String>> = row.get("scope")?;
    Scopes::try_from(words.as_slice())
        .map_err(|_| storage::Error::Corrupt("column `scope` of a grant holds no scopes".into()))
}

fn read(row: &Row) -> Result<Grant, storage::Error> {
    Ok(Grant {
        id: row.get("id")?,
        user_id: row.get("user_id")?,
        client_id: row.get("client_id")?,
        audience: row.get("audience")?,
        scope: scopes(row)?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}
