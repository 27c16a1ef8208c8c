//! Step: which API is the access token for, and with which scopes?

use std::sync::Arc;

use oauth::{ErrorCode, Scopes};

use super::parameters::Parameters;
use super::refusal::Refusal;
use crate::Tenant;
use crate::model::authorization_request::ResponseType;
use crate::settings::Issuer;
use crate::token::api::{self, NoApi};
use crate::token::user_scope::{self, NoScope, OFFLINE_ACCESS};
use crate::token::{KnownApi, KnownClient};

/// The API that the request names, or the tenant's default one. `None` is a token for `/userinfo`.
///
/// # Errors
/// `access_denied` "Service not found: …" for an unknown audience, `invalid_target` for an unknown
/// resource or for several (RFC 8707 §2).
pub(super) async fn decide(
    tenant: &Tenant,
    issuer: &Issuer,
    parameters: &Parameters,
) -> Result<Option<Arc<KnownApi>>, Refusal> {
    let userinfo = issuer.endpoint("userinfo");
    let audience = parameters
        .get("audience")
        .filter(|named| *named != userinfo);
    if audience.is_none() && parameters.get("audience").is_some() {
        return Ok(None);
    }
    let mut resources = parameters.all("resource");
    let resource = resources.next();
    if resources.any(|other| Some(other) != resource) {
        return Err(Refusal::new(
            ErrorCode::InvalidTarget,
            "name one resource: a token is for one API",
        ));
    }
    api::find(tenant, audience, resource)
        .await
        .map_err(|error| match error {
            NoApi::Unknown(shown) if audience.is_none() && resource.is_some() => Refusal::new(
                ErrorCode::InvalidTarget,
                format!("Service not found: {shown}"),
            ),
            NoApi::Unknown(shown) => Refusal::access_denied(format!("Service not found: {shown}")),
            NoApi::Failed(error) => error.into(),
        })
}

/// The scopes that the client gets if the user agrees: what is neither the API's nor a claim is left
/// out, as is `offline_access` where no code is asked for (OpenID Connect Core §11).
///
/// # Errors
/// `invalid_scope` for text that is no scope (RFC 6749 §3.3), `unauthorized_client` if the client may
/// not act for users at the API.
pub(super) async fn scope(
    tenant: &Tenant,
    client: &KnownClient,
    api: Option<&KnownApi>,
    parameters: &Parameters,
    response_type: ResponseType,
) -> Result<Scopes, Refusal> {
    let text = parameters.get("scope").unwrap_or_default();
    let mut asked: Scopes = text.parse().map_err(|error: oauth::scope::ScopeError| {
        Refusal::new(ErrorCode::InvalidScope, error.to_string())
    })?;
    if !response_type.code {
        let offline = Scopes::try_from([OFFLINE_ACCESS].as_slice()).unwrap_or_default();
        asked = asked.difference(&offline);
    }
    user_scope::decide(tenant, client, api, &asked)
        .await
        .map_err(|error| match error {
            NoScope::NotAuthorized => Refusal::unauthorized_client(format!(
                "Client \"{}\" is not authorized to access resource server \"{}\".",
                client.client_id(),
                api.map(|api| api.identifier.as_str()).unwrap_or_default()
            )),
            NoScope::Failed(error) => error.into(),
        })
}
