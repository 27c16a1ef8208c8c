//! Credentials of an application, as developers and administrators read them: its API keys, or the secrets
//! of its client. Neither a key nor a secret is among them.

use serde_json::{Value, json};

use crate::model::{Application, ApplicationKey, CredentialType};
use crate::service::applications::Credential;
use crate::{Error, Portal, store};

/// All of them.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn all(portal: &Portal, application: &Application) -> Result<Vec<Value>, Error> {
    if has_client(portal, application).await? {
        let held = held(portal, application).await?;
        return Ok(held.iter().map(|held| secret(application, held)).collect());
    }
    let keys = store::applications::keys(portal.db(), application.id).await?;
    Ok(keys.iter().map(|one| key(portal, one)).collect())
}

/// The client's secrets, and what is known of their use.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn held(
    portal: &Portal,
    application: &Application,
) -> Result<Vec<Credential>, Error> {
    let heard = portal.publisher().hears_all();
    portal.applications().credentials(application, heard).await
}

/// Whether the portal made a client for the application.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn has_client(portal: &Portal, application: &Application) -> Result<bool, Error> {
    let id = application.auth_strategy_id;
    let strategy = store::strategies::find(portal.db(), id).await?;
    let registered = strategy
        .is_some_and(|strategy| strategy.credential_type() == CredentialType::ClientCredentials);
    Ok(registered && application.client_id.is_some())
}

fn secret(application: &Application, held: &Credential) -> Value {
    json!({
        "type": "client_secret",
        "id": held.id,
        "display_name": null,
        "client_id": held.client_id,
        "created_at": application.created_at.to_rfc3339(),
        "expires_at": held.retires_at.map(oauth::Timestamp::to_rfc3339),
    })
}

/// An API key. The key itself is not in it.
pub(crate) fn key(portal: &Portal, key: &ApplicationKey) -> Value {
    json!({
        "type": "api_key",
        "id": key.id,
        "display_name": key.display_name,
        "status": key.status(portal.clock().now()),
        "expires_at": key.expires_at.map(oauth::Timestamp::to_rfc3339),
        "created_at": key.created_at.to_rfc3339(),
    })
}
