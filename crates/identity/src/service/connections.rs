//! Making, changing and removing connections, and who may use them.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use crate::model::Members;
use crate::model::client::Client;
use crate::model::connection::Connection;
use crate::store::connections::{self, Filter, StoredConnection};
use crate::store::page::Window;
use crate::store::{self, topic};
use crate::{Error, Tenant};

fn seal_context(id: &str) -> String {
    format!("identity.connection_options:{id}")
}

/// The options as they are kept: they may hold the secret of a provider elsewhere.
pub(crate) fn seal(tenant: &Tenant, connection: &Connection) -> String {
    let options = Value::Object(connection.options.clone()).to_string();
    tenant
        .sealer()
        .seal(&seal_context(&connection.id), &SecretString::from(options))
}

/// A stored connection with its options.
pub(crate) fn open(tenant: &Tenant, stored: StoredConnection) -> Result<Connection, Error> {
    let id = &stored.connection.id;
    let options = tenant
        .sealer()
        .open(&seal_context(id), &stored.sealed_options)
        .map_err(|error| {
            Error::Internal(format!(
                "the options of connection {id} do not open: {error}"
            ))
        })?;
    let options: Members = serde_json::from_str(options.expose_secret())
        .map_err(|_| Error::Internal(format!("the options of connection {id} are damaged")))?;
    Ok(Connection {
        options,
        ..stored.connection
    })
}

/// A connection by its name.
pub(crate) async fn by_name(tenant: &Tenant, name: &str) -> Result<Option<Connection>, Error> {
    let found = connections::by_name(tenant.db(), name).await?;
    found.map(|stored| open(tenant, stored)).transpose()
}

/// A connection by its id.
pub(crate) async fn find(tenant: &Tenant, id: &str) -> Result<Option<Connection>, Error> {
    let found = connections::find(tenant.db(), id).await?;
    found.map(|stored| open(tenant, stored)).transpose()
}

/// The connections that a client may send its users to: those that are enabled for it, or, for a
/// third-party client, those at domain level.
///
/// Source: the vendor's "Dynamic Client Registration", "Enable Third-Party Applications".
pub(crate) async fn open_to(
    tenant: &Tenant,
    client_id: &str,
    is_first_party: bool,
) -> Result<Vec<Connection>, Error> {
    let mut filter = Filter::default();
    if is_first_party {
        filter.client_id = Some(client_id.to_owned());
    } else {
        filter.is_domain_connection = Some(true);
    }
    let window = Window {
        after: None,
        offset: 0,
        limit: 100,
    };
    let listed = connections::list(tenant.db(), &filter, &window).await?;
    listed
        .into_iter()
        .map(|stored| open(tenant, stored))
        .collect()
}

/// Whether a connection of this name may sign users in for the client.
pub(crate) async fn named_is_open(
    tenant: &Tenant,
    name: &str,
    client: &Client,
) -> Result<bool, Error> {
    match by_name(tenant, name).await? {
        None => Ok(false),
        Some(connection) => {
            is_open_to(
                tenant,
                &connection,
                &client.client_id,
                client.is_first_party,
            )
            .await
        }
    }
}

/// Whether a client may send its users to a connection.
pub(crate) async fn is_open_to(
    tenant: &Tenant,
    connection: &Connection,
    client_id: &str,
    is_first_party: bool,
) -> Result<bool, Error> {
    if !is_first_party {
        return Ok(connection.is_domain_connection);
    }
    Ok(connections::is_enabled(tenant.db(), &connection.id, client_id).await?)
}

/// Makes a connection. `members` have passed validation; `enabled_clients` names its clients, else
/// every first-party client gets it where the tenant says so.
pub(crate) async fn create(tenant: &Tenant, mut members: Members) -> Result<Connection, Error> {
    let clients = members.shift_remove("enabled_clients");
    let now = tenant.clock().now();
    let connection = Connection::new(members, tenant.entropy(), now);
    let mut tx = tenant.db().begin().await?;
    connections::insert(&mut tx, &connection, &seal(tenant, &connection))
        .await
        .map_err(|error| match error {
            storage::Error::Unique { .. } => {
                Error::Conflict("A connection with the same name already exists".into())
            }
            other => other.into(),
        })?;
    match clients {
        Some(Value::Array(clients)) => {
            for client_id in clients.iter().filter_map(Value::as_str) {
                link(&mut tx, tenant, &connection.id, client_id).await?;
            }
        }
        _ if tenant.tenant_settings().flag("enable_client_connections") => {
            connections::enable_for_all(&mut tx, &connection.id, now).await?;
        }
        _ => {}
    }
    tx.record_change(topic::CONNECTION, &connection.id).await?;
    tx.commit().await?;
    tracing::info!(connection.id = %connection.id, "connection made");
    Ok(connection)
}

/// Applies a validated PATCH. `enabled_clients`, where it is given, replaces the list of clients.
pub(crate) async fn change(
    tenant: &Tenant,
    id: &str,
    mut changes: Members,
) -> Result<Connection, Error> {
    let clients = changes.shift_remove("enabled_clients");
    let mut tx = tenant.db().begin().await?;
    let found = connections::lock(&mut tx, id).await?;
    let mut connection = open(tenant, found.ok_or_else(Error::no_connection)?)?;
    connection.apply(changes, tenant.clock().now());
    connections::update(&mut tx, &connection, &seal(tenant, &connection)).await?;
    if let Some(Value::Array(clients)) = clients {
        connections::disable_all(&mut tx, id).await?;
        for client_id in clients.iter().filter_map(Value::as_str) {
            link(&mut tx, tenant, id, client_id).await?;
        }
    }
    tx.record_change(topic::CONNECTION, id).await?;
    tx.commit().await?;
    Ok(connection)
}

/// Enables or disables a connection for clients.
pub(crate) async fn set_clients(
    tenant: &Tenant,
    id: &str,
    clients: &[(String, bool)],
) -> Result<(), Error> {
    let mut tx = tenant.db().begin().await?;
    let found = connections::lock(&mut tx, id).await?;
    found.ok_or_else(Error::no_connection)?;
    for (client_id, enabled) in clients {
        if *enabled {
            link(&mut tx, tenant, id, client_id).await?;
        } else {
            connections::disable(&mut tx, id, client_id).await?;
        }
    }
    tx.record_change(topic::CONNECTION, id).await?;
    tx.commit().await?;
    Ok(())
}

/// A third-party client is not linked: it may use the connections at domain level, and no others.
async fn link(
    tx: &mut storage::Tx,
    tenant: &Tenant,
    id: &str,
    client_id: &str,
) -> Result<(), Error> {
    let client = store::clients::lock(tx, client_id).await?;
    let client = client.ok_or_else(Error::no_client)?.client;
    if client.is_first_party && !client.is_global {
        connections::enable(tx, id, client_id, tenant.clock().now()).await?;
    }
    Ok(())
}

/// Removes a connection with its users. One that is gone already is no error.
pub(crate) async fn delete(tenant: &Tenant, id: &str) -> Result<(), Error> {
    let Some(stored) = connections::find(tenant.db(), id).await? else {
        return Ok(());
    };
    let name = stored.connection.name;
    // In turns, so that a large connection does not hold the database.
    loop {
        let users = store::users::some_of(tenant.db(), &name, 200).await?;
        if users.is_empty() {
            break;
        }
        let mut tx = tenant.db().begin().await?;
        for user_id in &users {
            store::users::delete(&mut tx, user_id).await?;
        }
        tx.commit().await?;
    }
    let mut tx = tenant.db().begin().await?;
    connections::delete(&mut tx, id)
        .await
        .map_err(|error| match error {
            storage::Error::ForeignKey => Error::Unavailable("the connection is in use".to_owned()),
            other => other.into(),
        })?;
    tx.record_change(topic::CONNECTION, id).await?;
    tx.commit().await?;
    tracing::info!(connection.id = %id, "connection removed");
    Ok(())
}
