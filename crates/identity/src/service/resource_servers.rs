//! Registering, changing and removing APIs.

use secrecy::SecretString;
use serde_json::Value;
use storage::seal::Sealer;

use crate::model::Members;
use crate::model::resource_server::{ResourceServer, SigningAlg};
use crate::store::resource_servers::{Key, StoredApi};
use crate::store::{self, topic};
use crate::{Error, Tenant};

fn seal_context(id: &str) -> String {
    format!("identity.signing_secret:{id}")
}

/// Opens an API's signing secret (HS256).
pub(crate) fn reveal(sealer: &Sealer, stored: &StoredApi) -> Result<Option<SecretString>, Error> {
    let id = &stored.api.id;
    let open = |sealed: &String| {
        sealer.open(&seal_context(id), sealed).map_err(|error| {
            Error::Internal(format!(
                "the signing secret of API {id} does not open: {error}"
            ))
        })
    };
    stored.sealed_secret.as_ref().map(open).transpose()
}

/// Registers an API. `members` have passed validation.
pub(crate) async fn create(tenant: &Tenant, mut members: Members) -> Result<StoredApi, Error> {
    let identifier = match members.shift_remove("identifier") {
        Some(Value::String(identifier)) => identifier,
        _ => {
            return Err(Error::invalid_body(
                "Payload validation error: 'Missing required property: identifier'.",
            ));
        }
    };
    if tenant.settings().is_management_audience(&identifier) || is_user_info(tenant, &identifier) {
        return Err(Error::invalid_body(format!(
            "The identifier {identifier} is reserved for the tenant itself"
        )));
    }
    let secret = take_secret(&mut members);
    let api = ResourceServer::register(identifier, members, tenant.entropy(), tenant.clock().now());
    let sealed_secret = seal_secret(tenant, &api, secret, None);
    let stored = StoredApi { api, sealed_secret };
    let mut tx = tenant.db().begin().await?;
    store::resource_servers::insert(&mut tx, &stored.api, stored.sealed_secret.as_deref())
        .await
        .map_err(|error| match error {
            storage::Error::Unique { .. } => {
                Error::Conflict("A resource server with the same identifier already exists".into())
            }
            other => other.into(),
        })?;
    tx.commit().await?;
    tenant.directory().forget_api(&stored.api.identifier);
    Ok(stored)
}

/// Applies a validated PATCH.
pub(crate) async fn change(
    tenant: &Tenant,
    key: Key<'_>,
    mut changes: Members,
) -> Result<StoredApi, Error> {
    let mut tx = tenant.db().begin().await?;
    let found = store::resource_servers::lock(&mut tx, key).await?;
    let mut stored = found.ok_or_else(Error::no_resource_server)?;
    if stored.api.is_system {
        return Err(protected());
    }
    let secret = take_secret(&mut changes);
    stored.api.apply(changes, tenant.clock().now());
    stored.sealed_secret = seal_secret(tenant, &stored.api, secret, stored.sealed_secret);
    store::resource_servers::update(&mut tx, &stored.api, stored.sealed_secret.as_deref()).await?;
    tx.record_change(topic::RESOURCE_SERVER, &stored.api.identifier)
        .await?;
    tx.commit().await?;
    tenant.directory().forget_api(&stored.api.identifier);
    Ok(stored)
}

/// Removes an API and every grant for it. One that is gone already is no error.
pub(crate) async fn delete(tenant: &Tenant, key: Key<'_>) -> Result<(), Error> {
    let mut tx = tenant.db().begin().await?;
    let Some(stored) = store::resource_servers::lock(&mut tx, key).await? else {
        return Ok(());
    };
    if stored.api.is_system {
        return Err(protected());
    }
    store::resource_servers::delete(&mut tx, &stored.api.id).await?;
    tx.record_change(topic::RESOURCE_SERVER, &stored.api.identifier)
        .await?;
    tx.commit().await?;
    tenant.directory().forget_api(&stored.api.identifier);
    Ok(())
}

fn take_secret(members: &mut Members) -> Option<SecretString> {
    match members.shift_remove("signing_secret") {
        Some(Value::String(secret)) => Some(SecretString::from(secret)),
        _ => None,
    }
}

/// HS256 needs a shared secret: the one sent, the one there was, or a new one.
fn seal_secret(
    tenant: &Tenant,
    api: &ResourceServer,
    sent: Option<SecretString>,
    kept: Option<String>,
) -> Option<String> {
    if api.signing_alg() != SigningAlg::Hs256 {
        return None;
    }
    let seal = |secret: &SecretString| tenant.sealer().seal(&seal_context(&api.id), secret);
    sent.map(|secret| seal(&secret))
        .or(kept)
        .or_else(|| Some(seal(&SecretString::from(tenant.entropy().alphanumeric(32)))))
}

fn is_user_info(tenant: &Tenant, identifier: &str) -> bool {
    let path = |origin: &crate::Origin| format!("{origin}/userinfo");
    tenant
        .settings()
        .origins()
        .any(|origin| path(origin) == identifier)
}

fn protected() -> Error {
    Error::Invalid {
        code: "invalid_operation",
        message: "The Management API is part of the tenant and cannot be changed".into(),
    }
}
