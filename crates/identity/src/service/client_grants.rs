//! Granting clients the use of APIs.

use serde_json::{Value, json};

use crate::model::client_grant::{ClientGrant, Holder, SubjectType};
use crate::model::{Members, merge, strings};
use crate::store::resource_servers::Key;
use crate::store::{self, topic};
use crate::{Error, Tenant};

/// A grant as it was asked for. It has passed validation.
pub(crate) struct NewGrant {
    pub(crate) holder: Holder,
    pub(crate) audience: String,
    pub(crate) scope: Vec<String>,
    pub(crate) subject_type: SubjectType,
    pub(crate) settings: Members,
}

/// Grants a client, or every third-party client, the use of an API.
///
/// # Errors
/// `NotFound` for an unknown client or API, `Conflict` where there is such a grant already, `Invalid`
/// for a scope that the API does not define or the Management API and a third-party client.
pub(crate) async fn create(tenant: &Tenant, new: NewGrant) -> Result<ClientGrant, Error> {
    let identifier = if tenant.settings().is_management_audience(&new.audience) {
        tenant.settings().management_audience()
    } else {
        new.audience
    };
    let found = store::resource_servers::find(tenant.db(), Key::Identifier(&identifier)).await?;
    let api = found.ok_or_else(Error::no_resource_server)?.api;
    if let Holder::Client(client_id) = &new.holder {
        let client = store::clients::find(tenant.db(), client_id).await?;
        let client = client.ok_or_else(Error::no_client)?.client;
        if client.is_global {
            return Err(refuse(
                "The \"All Applications\" client cannot be granted an API",
            ));
        }
        if api.is_system && !client.is_first_party {
            return Err(refuse(
                "The Management API cannot be granted to a third-party client",
            ));
        }
    } else if api.is_system {
        return Err(refuse(
            "The Management API cannot be granted to third-party clients",
        ));
    }
    check_scope(&api.scopes(), &new.scope)?;
    let grant = ClientGrant {
        id: format!("cgr_{}", tenant.entropy().alphanumeric(16)),
        holder: new.holder,
        audience: api.identifier,
        scope: new.scope,
        subject_type: new.subject_type,
        settings: new.settings,
        created_at: tenant.clock().now(),
    };
    let mut tx = tenant.db().begin().await?;
    store::client_grants::insert(&mut tx, &grant, &api.id)
        .await
        .map_err(|error| match error {
            storage::Error::Unique { .. } => Error::Conflict(
                "A client grant with the same client_id, audience and subject_type already exists"
                    .into(),
            ),
            // Whoever deleted the client or the API was faster.
            storage::Error::ForeignKey => Error::no_client(),
            other => other.into(),
        })?;
    if let Holder::Client(client_id) = &grant.holder {
        store::registrations::adopt(&mut tx, client_id).await?;
    }
    // Nobody remembers that a client has no grant of its own, except where a default stood in.
    tx.commit().await?;
    forget(tenant, &grant.holder);
    Ok(grant)
}

/// Applies a validated PATCH.
pub(crate) async fn change(
    tenant: &Tenant,
    id: &str,
    mut changes: Members,
) -> Result<ClientGrant, Error> {
    // A grant's API never changes, so it may be looked at before the transaction.
    let found = store::client_grants::find(tenant.db(), id).await?;
    let audience = found.ok_or_else(Error::no_client_grant)?.audience;
    let api = store::resource_servers::find(tenant.db(), Key::Identifier(&audience)).await?;
    let defined = api.ok_or_else(Error::no_resource_server)?.api.scopes();
    let mut tx = tenant.db().begin().await?;
    let found = store::client_grants::lock(&mut tx, id).await?;
    let mut grant = found.ok_or_else(Error::no_client_grant)?;
    if let Some(scope @ Value::Array(_)) = changes.shift_remove("scope") {
        grant.scope = strings(Some(&scope)).map(str::to_owned).collect();
        check_scope(&defined, &grant.scope)?;
    }
    merge(&mut grant.settings, changes);
    store::client_grants::update(&mut tx, &grant).await?;
    record(&mut tx, &grant.holder).await?;
    tx.commit().await?;
    forget(tenant, &grant.holder);
    Ok(grant)
}

/// Takes a grant back. One that is gone already is no error.
pub(crate) async fn delete(tenant: &Tenant, id: &str) -> Result<Option<Holder>, Error> {
    let mut tx = tenant.db().begin().await?;
    let Some(holder) = store::client_grants::delete(&mut tx, id).await? else {
        return Ok(None);
    };
    record(&mut tx, &holder).await?;
    tx.commit().await?;
    forget(tenant, &holder);
    Ok(Some(holder))
}

async fn record(tx: &mut storage::Tx, holder: &Holder) -> Result<(), Error> {
    tx.record_change(topic::CLIENT, holder.client_id().unwrap_or("*"))
        .await?;
    Ok(())
}

fn forget(tenant: &Tenant, holder: &Holder) {
    match holder {
        Holder::Client(client_id) => tenant.directory().forget_client(client_id),
        Holder::ThirdPartyClients => tenant.directory().forget_everything(),
    }
}

/// `openid` may always be granted: portals put it there for gateways that ask for it on every token
/// request, whether or not the API knows it.
fn check_scope(defined: &[String], scope: &[String]) -> Result<(), Error> {
    let unknown: Vec<&str> = scope
        .iter()
        .filter(|scope| *scope != "openid" && !defined.contains(scope))
        .map(String::as_str)
        .collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(Error::invalid_body(format!(
        "The following scopes are not defined by the API: {}. Add them to the API first",
        json!(unknown)
    )))
}

fn refuse(sentence: &'static str) -> Error {
    Error::invalid_body(sentence)
}
