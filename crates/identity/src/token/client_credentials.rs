//! The `client_credentials` grant (RFC 6749 §4.4).

use super::endpoint::Issued;
use super::refusal::Refusal;
use super::request::Request;
use super::{actions, api, claims, client_authentication, dpop, granted, scope, sign};

/// The grant type's name.
pub(super) const GRANT_TYPE: &str = "client_credentials";

/// Issues an access token to a client that acts for itself. Never an ID token or a refresh token.
///
/// # Errors
/// What the steps say, each in its own file, in the order in which they are taken.
pub(super) async fn exchange(request: &Request<'_>) -> Result<Issued, Refusal> {
    let client = client_authentication::authenticate(request).await?;
    client.require_grant_type(GRANT_TYPE)?;
    client_authentication::require_confidential(&client)?;
    let api = api::named(request).await?;
    let granted = granted::at(request, &client, &api).await?;
    let scope = scope::decide(request, &granted, &api)?;
    let key = dpop::key(request).await?;
    dpop::require_where_asked(&client, Some(&api), key.as_deref())?;
    let said = actions::for_client(request, &client, &api, &scope).await?;
    let claims = claims::access_token(request, &client, &api, &scope, key.as_deref());
    let claims = claims.with(said.wish);
    let unsigned = sign::access_token(request.tenant, &api, &claims)?;
    let access_token = request.tenant.signers().sign(unsigned).await?;
    let (registrar, now) = (request.tenant.registrar(), request.tenant.clock().now());
    registrar.used(client.client_id(), now);
    Ok(Issued {
        access_token,
        scope: scope.to_string(),
        expires_in: api.lifetime,
        token_type: dpop::token_type(key.as_deref()),
        client_id: client.client_id().to_owned(),
        execution_id: said.execution_id,
        ..Issued::default()
    })
}
