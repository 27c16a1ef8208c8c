//! Keys that a client publishes at its `jwks_uri`.

use std::sync::Arc;

use oauth::jose::KeySet;

use super::directory::KnownClient;
use crate::model::registration::CreatedBy;
use crate::store::published_keys;
use crate::{Error, Tenant};

/// Clients whose keys were looked at, on this node.
const REMEMBERED: u64 = 10_000;

/// The sets that were compared with what their clients published before, by client.
pub(crate) struct Compared(moka::sync::Cache<String, Arc<KeySet>>);

impl Compared {
    pub(crate) fn new() -> Self {
        Self(moka::sync::Cache::new(REMEMBERED))
    }
}

/// Why there are no keys to verify with.
#[derive(Debug)]
pub(crate) enum NoKeys {
    /// They cannot be read now.
    Away(egress::Error),
    /// Another key stands under this key id than before.
    Swapped(String),
    /// This server's own trouble.
    Failed(Error),
}

/// Checks something that a client signed with the keys at its `jwks_uri`. They are read again where the
/// signature names a key that is not among them: clients rotate (OpenID Connect Core §10.1.1).
///
/// # Errors
/// [`NoKeys`]. Inside, what `check` says in the end.
pub(crate) async fn try_with<T, E>(
    tenant: &Tenant,
    client: &KnownClient,
    uri: &str,
    check: impl Fn(&KeySet) -> Result<T, E>,
    names_unknown_key: impl Fn(&E) -> bool,
) -> Result<Result<T, E>, NoKeys> {
    let sets = tenant.key_sets();
    let known = sets.keys(uri).await.map_err(NoKeys::Away)?;
    compare(tenant, client, &known).await?;
    match check(&known) {
        Err(error) if names_unknown_key(&error) => {
            let fresh = sets.refresh(uri).await.map_err(NoKeys::Away)?;
            compare(tenant, client, &fresh).await?;
            Ok(check(&fresh))
        }
        outcome => Ok(outcome),
    }
}

/// Whoever may write at the address of a metadata document speaks for its client, and a key id stands for
/// one key there: another key under a known id is somebody else's until the client says otherwise, with a
/// new id. Source: the vendor's rules for client ID metadata documents.
async fn compare(tenant: &Tenant, client: &KnownClient, keys: &Arc<KeySet>) -> Result<(), NoKeys> {
    if client.client.created_by != CreatedBy::MetadataDocument {
        return Ok(());
    }
    let (id, compared) = (client.client_id(), &tenant.compared().0);
    if compared
        .get(id)
        .is_some_and(|known| Arc::ptr_eq(&known, keys))
    {
        return Ok(());
    }
    match note(tenant, id, keys).await.map_err(NoKeys::Failed)? {
        Some(kid) => Err(NoKeys::Swapped(kid)),
        None => {
            compared.insert(id.to_owned(), keys.clone());
            Ok(())
        }
    }
}

/// Notes the keys of a client that is known by a document. Gives the key id under which another key stood
/// before, if there is one: none of the keys counts then.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn note(
    tenant: &Tenant,
    client_id: &str,
    keys: &KeySet,
) -> Result<Option<String>, Error> {
    let named = keys.keys().iter();
    let mut named: Vec<(&str, &str)> = named
        .filter_map(|key| Some((key.kid()?, key.thumbprint()?)))
        .collect();
    // In one order on every node, so that two of them do not wait for each other's rows.
    named.sort_unstable();
    let now = tenant.clock().now();
    let swapped = published_keys::note(tenant.db(), client_id, &named, now).await?;
    if let Some(kid) = &swapped {
        tracing::warn!(client.id = %client_id, key.id = %kid, "a client published another key under a known key id");
    }
    Ok(swapped)
}
