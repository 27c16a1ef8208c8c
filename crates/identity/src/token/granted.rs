//! Step: was the client granted the API?

use std::sync::Arc;

use super::directory::{Granted, KnownApi, KnownClient};
use super::refusal::Refusal;
use super::request::Request;
use crate::model::client_grant::SubjectType;

/// What the client was granted at the API, within what the operator allows clients of its kind.
///
/// # Errors
/// 403 `access_denied` if it was granted nothing there, or the API is not for clients.
pub(super) async fn at(
    request: &Request<'_>,
    client: &KnownClient,
    api: &KnownApi,
) -> Result<Arc<Granted>, Refusal> {
    let refuse = || {
        let audience = &api.identifier;
        Refusal::access_denied(format!(
            "Client is not authorized to access \"{audience}\". You need to create a \
             \"client-grant\" associated to this API. See: \
             https://auth0.com/docs/api/v2#!/Client_Grants/post_client_grants"
        ))
    };
    // Third-party clients never reach the Management API, whatever rows say.
    if !api.allows_clients || (api.is_system && !client.client.is_first_party) {
        return Err(refuse());
    }
    let granted = client
        .granted(request.tenant, api, SubjectType::Client)
        .await?
        .ok_or_else(refuse)?;
    let settings = request.tenant.settings();
    if settings.registration.scopes.is_empty() {
        return Ok(granted);
    }
    let allowed = |scope: &str| settings.allows_scope(&client.client, scope);
    Ok(Arc::new(granted.within(api, allowed)))
}
