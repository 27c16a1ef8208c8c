//! Registering, changing and removing clients.

use oauth::ClientSecret;
use serde_json::{Value, json};
use storage::seal::Sealer;

use crate::model::Members;
use crate::model::client::{Client, MAX_METADATA};
use crate::model::credential::Credential;
use crate::model::registration::Creator;
use crate::model::third_party::Rules;
use crate::service::credentials::{self, NewCredential};
use crate::store::clients::StoredClient;
use crate::store::{self, topic};
use crate::{Error, Tenant};

/// A client that was just made.
pub(crate) struct Created {
    pub(crate) client: Client,
    pub(crate) secret: ClientSecret,
    pub(crate) credentials: Vec<Credential>,
}

/// A secret, in clear for the one who asked and sealed for the database.
pub(crate) struct NewSecret {
    pub(crate) clear: ClientSecret,
    pub(crate) sealed: String,
}

/// 64 characters of the URL-safe alphabet, as the vendor's secrets have: 384 bits.
pub(crate) fn new_secret(tenant: &Tenant, client_id: &str) -> NewSecret {
    seal(
        tenant,
        client_id,
        ClientSecret::from(tenant.entropy().url_safe(64)),
    )
}

/// Seals a secret that is known already.
pub(crate) fn seal(tenant: &Tenant, client_id: &str, clear: ClientSecret) -> NewSecret {
    let sealed = tenant.sealer().seal(&seal_context(client_id), &clear);
    NewSecret { clear, sealed }
}

/// A sealed secret is bound to its client: moved to another row, it does not open.
fn seal_context(client_id: &str) -> String {
    format!("identity.client_secret:{client_id}")
}

/// Opens a client's secret.
pub(crate) fn reveal(
    sealer: &Sealer,
    stored: &StoredClient,
) -> Result<Option<ClientSecret>, Error> {
    let client_id = &stored.client.client_id;
    let sealed = stored.sealed_secret.as_ref();
    sealed
        .map(|sealed| open(sealer, client_id, sealed))
        .transpose()
}

/// Opens the secret of the client that it was sealed for.
pub(crate) fn open(sealer: &Sealer, client_id: &str, sealed: &str) -> Result<ClientSecret, Error> {
    let opened = sealer.open(&seal_context(client_id), sealed);
    opened.map_err(|error| {
        Error::Internal(format!(
            "the secret of client {client_id} does not open: {error}"
        ))
    })
}

/// Registers a client. `members` and `keys` have passed validation.
pub(crate) async fn create(
    tenant: &Tenant,
    mut members: Members,
    keys: Vec<NewCredential>,
    creator: Creator,
) -> Result<Created, Error> {
    let now = tenant.clock().now();
    if !keys.is_empty() {
        // Known from the start, because keys choose other defaults than a secret.
        members.insert("client_authentication_methods".to_owned(), json!({}));
    }
    let mut client = Client::register(members, tenant.entropy(), now);
    client.creator = Some(creator);
    let mut made = Vec::new();
    for key in keys {
        made.push(credentials::prepare(tenant, &client.client_id, key)?);
    }
    if !made.is_empty() {
        let ids: Vec<Value> = made.iter().map(|key| json!({ "id": key.id })).collect();
        let methods = json!({ "private_key_jwt": { "credentials": ids } });
        client
            .settings
            .insert("client_authentication_methods".to_owned(), methods);
    }
    check(&client)?;
    let secret = new_secret(tenant, &client.client_id);
    let mut tx = tenant.db().begin().await?;
    store::clients::insert(&mut tx, &client, Some(&secret.sealed)).await?;
    for key in &made {
        store::credentials::insert(&mut tx, key)
            .await
            .map_err(credentials::duplicate)?;
    }
    if client.is_first_party && tenant.tenant_settings().flag("enable_client_connections") {
        store::connections::enable_all(&mut tx, &client.client_id, now).await?;
    }
    tx.commit().await?;
    tracing::info!(client.id = %client.client_id, "client registered");
    Ok(Created {
        client,
        secret: secret.clear,
        credentials: made,
    })
}

/// Applies a validated PATCH. One that says what the client is already is not written: Actions that name
/// their client send the same change with every token, and writers take turns.
pub(crate) async fn change(
    tenant: &Tenant,
    client_id: &str,
    mut changes: Members,
) -> Result<StoredClient, Error> {
    let found = store::clients::find(tenant.db(), client_id).await?;
    let known = found.ok_or_else(Error::no_client)?;
    if says_nothing_new(&known.client, &changes) {
        return Ok(known);
    }
    let own = store::credentials::list(tenant.db(), client_id).await?;
    let mut tx = tenant.db().begin().await?;
    let found = store::clients::lock(&mut tx, client_id).await?;
    let mut stored = found.ok_or_else(Error::no_client)?;
    if let Some(mode) = changes.shift_remove("third_party_security_mode")
        && stored.client.settings.get("third_party_security_mode") != Some(&mode)
    {
        return Err(Error::invalid_body(
            "third_party_security_mode cannot be changed",
        ));
    }
    if let Some(Value::String(secret)) = changes.shift_remove("client_secret") {
        let secret = ClientSecret::from(secret);
        stored.sealed_secret = Some(seal(tenant, client_id, secret).sealed);
    }
    stored.client.apply(changes, tenant.clock().now());
    check(&stored.client)?;
    // The ids that a PATCH names must be this client's own.
    for id in stored.client.credential_ids() {
        if !own.iter().any(|credential| credential.id == id) {
            return Err(Error::invalid_body(format!(
                "Payload validation error: 'The credential {id} does not belong to this client' \
                 on property client_authentication_methods.private_key_jwt.credentials."
            )));
        }
    }
    store::clients::update(&mut tx, &stored.client, stored.sealed_secret.as_deref()).await?;
    store::registrations::adopt(&mut tx, client_id).await?;
    tx.record_change(topic::CLIENT, client_id).await?;
    tx.commit().await?;
    tenant.directory().forget_client(client_id);
    Ok(stored)
}

/// Whether the changes leave the client as it is. A secret is never shown to be the old one, and who changes
/// a client that registered itself takes it into his care.
fn says_nothing_new(client: &Client, changes: &Members) -> bool {
    if changes.contains_key("client_secret") || client.registration.is_some() {
        return false;
    }
    let mut changed = client.clone();
    changed.apply(changes.clone(), client.updated_at);
    changed == *client
}

/// Replaces the secret. The old one is refused from now on: no overlap, so that a leaked secret ends
/// with the call.
pub(crate) async fn rotate_secret(
    tenant: &Tenant,
    client_id: &str,
) -> Result<(Client, ClientSecret), Error> {
    let mut tx = tenant.db().begin().await?;
    let found = store::clients::lock(&mut tx, client_id).await?;
    let mut client = found.ok_or_else(Error::no_client)?.client;
    if client.authentication_method() == Some("private_key_jwt") {
        return Err(Error::Invalid {
            code: "invalid_operation",
            message: "The client authenticates with keys and has no secret to rotate: \
                      replace its credentials instead"
                .into(),
        });
    }
    client.updated_at = tenant.clock().now();
    let secret = new_secret(tenant, client_id);
    store::clients::update(&mut tx, &client, Some(&secret.sealed)).await?;
    store::registrations::adopt(&mut tx, client_id).await?;
    tx.record_change(topic::CLIENT, client_id).await?;
    tx.commit().await?;
    tenant.directory().forget_client(client_id);
    tracing::info!(client.id = %client_id, "client secret rotated");
    Ok((client, secret.clear))
}

/// Removes a client with everything that hangs on it. One that is gone already is no error.
pub(crate) async fn delete(tenant: &Tenant, client_id: &str) -> Result<(), Error> {
    let mut attempts = 3;
    loop {
        match try_delete(tenant, client_id).await {
            // Somebody granted the client something after its grants were removed.
            Err(Refused::Granted) if attempts > 1 => attempts -= 1,
            Err(Refused::Granted) => {
                return Err(Error::Unavailable("the client is in use".to_owned()));
            }
            Err(Refused::Other(error)) => return Err(error),
            Ok(()) => return Ok(()),
        }
    }
}

enum Refused {
    Granted,
    Other(Error),
}

impl From<storage::Error> for Refused {
    fn from(error: storage::Error) -> Self {
        match error {
            storage::Error::ForeignKey => Self::Granted,
            other => Self::Other(other.into()),
        }
    }
}

async fn try_delete(tenant: &Tenant, client_id: &str) -> Result<(), Refused> {
    let mut tx = tenant.db().begin().await?;
    if let Some(stored) = store::clients::lock(&mut tx, client_id).await? {
        if stored.client.is_global {
            return Err(Refused::Other(Error::Invalid {
                code: "invalid_operation",
                message: "The \"All Applications\" client cannot be deleted".into(),
            }));
        }
        store::clients::delete(&mut tx, client_id).await?;
        tx.record_change(topic::CLIENT, client_id).await?;
        tx.commit().await?;
        tracing::info!(client.id = %client_id, "client removed");
    }
    tenant.directory().forget_client(client_id);
    Ok(())
}

/// Rules across members, on the client as it would be.
fn check(client: &Client) -> Result<(), Error> {
    let refuse = |sentence: &str| {
        Err(Error::invalid_body(format!(
            "Payload validation error: '{sentence}'."
        )))
    };
    if client.metadata.len() > MAX_METADATA {
        let count = client.metadata.len();
        return Err(Error::invalid_body(format!(
            "Payload validation error: 'Too many properties defined ({count}), maximum \
             {MAX_METADATA}' on property client_metadata."
        )));
    }
    let has_keys = client.credential_ids().next().is_some();
    if has_keys && client.settings.contains_key("token_endpoint_auth_method") {
        return refuse(
            "client_authentication_methods and token_endpoint_auth_method exclude each other",
        );
    }
    let alg = client
        .settings
        .get("jwt_configuration")
        .and_then(|jwt| jwt.get("alg"));
    if has_keys && alg.is_some_and(|alg| alg == "HS256") {
        return refuse(
            "jwt_configuration.alg must be RS256 for a client that authenticates with keys",
        );
    }
    if client.settings.get("third_party_security_mode") == Some(&json!("strict")) {
        if client.is_first_party {
            return refuse("a strict third-party client cannot become a first-party one");
        }
        if alg.is_some_and(|alg| alg != "RS256") {
            return refuse("jwt_configuration.alg must be RS256 for a strict third-party client");
        }
        let rules = Rules::of(client);
        let refused = |grant: &&str| !rules.allows_grant_type(grant);
        if let Some(grant) = client.grant_types().find(refused) {
            return refuse(&format!(
                "grant type {grant} is not allowed for a strict third-party client"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::{change, create};
    use crate::model::Members;
    use crate::model::registration::Creator;
    use crate::stage::stages;
    use crate::store;

    fn members(value: Value) -> Members {
        value.as_object().cloned().unwrap_or_default()
    }

    #[tokio::test]
    async fn a_change_that_says_what_is_so_already_is_not_written() {
        for stage in stages().await {
            let tenant = &stage.tenant;
            let client = members(json!({ "name": "a", "client_metadata": { "plan": "gold" } }));
            let creator = Creator::Client("management".to_owned());
            let created = create(tenant, client, Vec::new(), creator).await.unwrap();
            let id = created.client.client_id;
            let before = created.client.updated_at;
            stage.clock.advance(Duration::from_secs(1));
            let now = tenant.clock().now();
            for (changes, at) in [
                (json!({}), before),
                (
                    json!({ "name": "a", "client_metadata": { "plan": "gold" } }),
                    before,
                ),
                (json!({ "client_metadata": { "none": null } }), before),
                (json!({ "name": "b" }), now),
                (json!({ "name": "b" }), now),
            ] {
                let changed = change(tenant, &id, members(changes.clone())).await.unwrap();
                let kept = store::clients::find(tenant.db(), &id)
                    .await
                    .unwrap()
                    .unwrap();
                assert_eq!(changed.client, kept.client, "{changes}");
                assert_eq!(kept.client.updated_at, at, "{changes}");
            }
            // A secret is written even if it is the same: nothing tells whether it is.
            stage.clock.advance(Duration::from_secs(1));
            let secret = json!({ "client_secret": "s".repeat(40) });
            for _ in 0..2 {
                stage.clock.advance(Duration::from_secs(1));
                let changed = change(tenant, &id, members(secret.clone())).await.unwrap();
                assert_eq!(changed.client.updated_at, tenant.clock().now());
            }
        }
    }
}
