//! Client grants.

use storage::{Database, Row, Tx, params};

use crate::model::client_grant::{ClientGrant, Holder, SubjectType};
use crate::store::page::{Conditions, Window};

/// Which grants to list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// The API's identifier.
    pub(crate) audience: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) subject_type: Option<String>,
    /// Only the defaults, of which there is one kind.
    pub(crate) default_for: bool,
    pub(crate) allow_any_organization: Option<bool>,
}

// A grant knows its API by id: the Management API's identifier follows the tenant's canonical origin.
const FROM: &str = "SELECT identity_client_grant.id AS id, identity_client_grant.client_id AS client_id, \
    identity_resource_server.identifier AS audience, identity_client_grant.subject_type AS subject_type, \
    identity_client_grant.scope AS scope, identity_client_grant.settings AS settings, \
    identity_client_grant.created_at AS created_at \
    FROM identity_client_grant \
    JOIN identity_resource_server ON identity_resource_server.id = identity_client_grant.resource_server_id";

pub(crate) async fn insert(
    tx: &mut Tx,
    grant: &ClientGrant,
    resource_server_id: &str,
) -> Result<(), storage::Error> {
    let sql = "INSERT INTO identity_client_grant (id, holder, client_id, resource_server_id, \
               subject_type, scope, settings, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let params = params![
        &grant.id,
        grant.holder.key(),
        grant.holder.client_id(),
        resource_server_id,
        grant.subject_type.as_str(),
        storage::Json(&grant.scope),
        storage::Json(&grant.settings),
        grant.created_at,
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

pub(crate) async fn update(tx: &mut Tx, grant: &ClientGrant) -> Result<(), storage::Error> {
    let sql = "UPDATE identity_client_grant SET scope = $2, settings = $3 WHERE id = $1";
    let (scope, settings) = (storage::Json(&grant.scope), storage::Json(&grant.settings));
    tx.execute(sql, params![&grant.id, scope, settings]).await?;
    Ok(())
}

/// Removes a grant and gives whose it was.
pub(crate) async fn delete(tx: &mut Tx, id: &str) -> Result<Option<Holder>, storage::Error> {
    let sql = "DELETE FROM identity_client_grant WHERE id = $1 RETURNING client_id";
    let row = tx.query_optional(sql, params![id]).await?;
    row.map(|row| Ok(holder(row.get("client_id")?))).transpose()
}

pub(crate) async fn find(db: &Database, id: &str) -> Result<Option<ClientGrant>, storage::Error> {
    let sql = format!("{FROM} WHERE identity_client_grant.id = $1");
    let row = db.query_optional(&sql, params![id]).await?;
    row.as_ref().map(read).transpose()
}

/// The grant, locked until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, id: &str) -> Result<Option<ClientGrant>, storage::Error> {
    let sql = "UPDATE identity_client_grant SET created_at = created_at WHERE id = $1";
    if tx.execute(sql, params![id]).await? == 0 {
        return Ok(None);
    }
    let sql = format!("{FROM} WHERE identity_client_grant.id = $1");
    let row = tx.query_optional(&sql, params![id]).await?;
    row.as_ref().map(read).transpose()
}

/// The grant under which a holder acts at an API.
pub(crate) async fn of_holder(
    db: &Database,
    holder: &Holder,
    resource_server_id: &str,
    subject_type: SubjectType,
) -> Result<Option<ClientGrant>, storage::Error> {
    let sql = format!(
        "{FROM} WHERE identity_client_grant.holder = $1 \
         AND identity_client_grant.resource_server_id = $2 \
         AND identity_client_grant.subject_type = $3"
    );
    let params = params![holder.key(), resource_server_id, subject_type.as_str()];
    let row = db.query_optional(&sql, params).await?;
    row.as_ref().map(read).transpose()
}

pub(crate) async fn list(
    db: &Database,
    filter: &Filter,
    window: &Window,
) -> Result<Vec<ClientGrant>, storage::Error> {
    let (clause, params) = conditions(filter).page("identity_client_grant", "id", window);
    let rows = db.query(&format!("{FROM}{clause}"), params).await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn count(db: &Database, filter: &Filter) -> Result<i64, storage::Error> {
    let (clause, params) = conditions(filter).count();
    let sql = format!("SELECT COUNT(*) AS total FROM ({FROM}{clause}) AS found");
    db.query_one(&sql, params).await?.get("total")
}

fn conditions(filter: &Filter) -> Conditions {
    let mut conditions = Conditions::default();
    if let Some(audience) = &filter.audience {
        conditions.add("identity_resource_server.identifier = ?", audience);
    }
    if let Some(client_id) = &filter.client_id {
        conditions.add("identity_client_grant.holder = ?", client_id);
    }
    if let Some(subject_type) = &filter.subject_type {
        conditions.add("identity_client_grant.subject_type = ?", subject_type);
    }
    if filter.default_for {
        let holder = Holder::ThirdPartyClients.key();
        conditions.add("identity_client_grant.holder = ?", holder);
    }
    if let Some(allowed) = filter.allow_any_organization {
        let clause = match allowed {
            true => "identity_client_grant.settings LIKE ?",
            false => "identity_client_grant.settings NOT LIKE ?",
        };
        conditions.add(clause, "%\"allow_any_organization\":true%");
    }
    conditions
}

fn holder(client_id: Option<String>) -> Holder {
    client_id.map_or(Holder::ThirdPartyClients, Holder::Client)
}

fn read(row: &Row) -> Result<ClientGrant, storage::Error> {
    let storage::Json(scope) = row.get("scope")?;
    let storage::Json(settings) = row.get("settings")?;
    let subject_type: String = row.get("subject_type")?;
    Ok(ClientGrant {
        id: row.get("id")?,
        holder: holder(row.get("client_id")?),
        audience: row.get("audience")?,
        scope,
        subject_type: SubjectType::parse(&subject_type),
        settings,
        created_at: row.get("created_at")?,
    })
}
