//! A client's public keys.

use oauth::Timestamp;
use oauth::jose::{Jwk, VerifyingKey};

use crate::model::credential::Credential;
use crate::store::{self, topic};
use crate::{Error, Tenant};

/// A key as it was sent. It has passed validation.
pub(crate) struct NewCredential {
    pub(crate) name: Option<String>,
    pub(crate) credential_type: String,
    pub(crate) pem: String,
    pub(crate) alg: Option<String>,
    pub(crate) kid: Option<String>,
    pub(crate) expires_at: Option<Timestamp>,
}

/// The most keys that a client may have.
const MAX: usize = 10;

/// Reads the key and gives it an id. Nothing is stored.
pub(crate) fn prepare(
    tenant: &Tenant,
    client_id: &str,
    new: NewCredential,
) -> Result<Credential, Error> {
    let refuse = |sentence: String| {
        Error::invalid_body(format!(
            "Payload validation error: '{sentence}' on property pem."
        ))
    };
    let jwk = Jwk::from_pem(&new.pem).map_err(|error| refuse(format!("The key {error}")))?;
    if jwk.kty != "RSA" {
        return Err(refuse("The key must be an RSA key".to_owned()));
    }
    // What cannot verify must not be stored: short keys end here.
    VerifyingKey::from_jwk(&jwk).map_err(|error| refuse(format!("The key {error}")))?;
    let thumbprint = jwk
        .thumbprint()
        .map_err(|error| refuse(format!("The key {error}")))?;
    let public_key = serde_json::to_string(&Jwk { x5c: None, ..jwk })
        .map_err(|error| Error::Internal(error.to_string()))?;
    let now = tenant.clock().now();
    Ok(Credential {
        id: format!("cred_{}", tenant.entropy().alphanumeric(22)),
        client_id: client_id.to_owned(),
        name: new.name,
        credential_type: new.credential_type,
        kid: new.kid.unwrap_or(thumbprint),
        alg: new.alg.unwrap_or_else(|| "RS256".to_owned()),
        public_key,
        expires_at: new.expires_at,
        created_at: now,
        updated_at: now,
    })
}

/// Two keys of one client must differ in their key id.
pub(crate) fn duplicate(error: storage::Error) -> Error {
    match error {
        storage::Error::Unique { .. } => {
            Error::Conflict("A credential with the same kid already exists".into())
        }
        other => other.into(),
    }
}

pub(crate) async fn add(
    tenant: &Tenant,
    client_id: &str,
    new: NewCredential,
) -> Result<Credential, Error> {
    let credential = prepare(tenant, client_id, new)?;
    let own = store::credentials::list(tenant.db(), client_id).await?;
    let mut tx = tenant.db().begin().await?;
    let client = store::clients::lock(&mut tx, client_id).await?;
    client.ok_or_else(Error::no_client)?;
    if own.len() >= MAX {
        return Err(Error::Forbidden {
            code: "too_many_entities",
            message: format!("A client may have at most {MAX} credentials").into(),
        });
    }
    store::credentials::insert(&mut tx, &credential)
        .await
        .map_err(duplicate)?;
    tx.commit().await?;
    Ok(credential)
}

pub(crate) async fn set_expiry(
    tenant: &Tenant,
    (client_id, id): (&str, &str),
    expires_at: Option<Timestamp>,
) -> Result<Credential, Error> {
    let mut tx = tenant.db().begin().await?;
    let now = tenant.clock().now();
    let changed = store::credentials::set_expiry(&mut tx, (client_id, id), expires_at, now).await?;
    let credential = changed.ok_or_else(missing)?;
    tx.record_change(topic::CLIENT, client_id).await?;
    tx.commit().await?;
    tenant.directory().forget_client(client_id);
    Ok(credential)
}

/// Removes a key. One that the client authenticates with must be replaced first.
pub(crate) async fn remove(tenant: &Tenant, client_id: &str, id: &str) -> Result<(), Error> {
    let mut tx = tenant.db().begin().await?;
    let client = store::clients::lock(&mut tx, client_id).await?;
    let client = client.ok_or_else(Error::no_client)?.client;
    if client.credential_ids().any(|used| used == id) {
        return Err(Error::Conflict(
            "The credential is used by client_authentication_methods: take it out there first"
                .into(),
        ));
    }
    if !store::credentials::delete(&mut tx, client_id, id).await? {
        return Err(missing());
    }
    tx.record_change(topic::CLIENT, client_id).await?;
    tx.commit().await?;
    tenant.directory().forget_client(client_id);
    Ok(())
}

pub(crate) fn missing() -> Error {
    Error::NotFound {
        code: Some("inexistent_credential"),
        message: "The credential does not exist".into(),
    }
}
