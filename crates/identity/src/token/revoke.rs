//! `POST /oauth/revoke` (RFC 7009).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::digest::{Kind, digest};
use super::issue::Parts;
use super::refusal::Refusal;
use super::request::{Incoming, Request, no_store};
use super::{active, client_authentication};
use crate::Tenant;
use crate::model::log::Event;
use crate::service::revocation;
use crate::store::refresh_tokens;

/// Takes a token back.
pub(super) async fn revoke(State(tenant): State<Tenant>, incoming: Incoming) -> Response {
    let request = incoming.at(&tenant, "oauth/revoke");
    match take_back(&request).await {
        Ok(()) => no_store(StatusCode::OK.into_response()),
        Err(refusal) => refusal.into_response(),
    }
}

/// Ends a refresh token with everything that it was rotated into and the opaque tokens that it gave,
/// or a single access token. A token that is unknown, expired or revoked is no error (§2.2).
///
/// `token_type_hint` is not looked at: the kinds are told apart by how they are written.
///
/// # Errors
/// 401 for a client that does not prove itself; 403 `invalid_grant` for another client's token.
async fn take_back(request: &Request<'_>) -> Result<(), Refusal> {
    let client = client_authentication::authenticate(request).await?;
    let (tenant, token) = (request.tenant, request.required("token")?);
    let foreign = || Refusal::invalid_grant("The token was issued to another client");
    if let Some(parts) = Parts::read(token) {
        let found = refresh_tokens::by_selector(tenant.db(), &parts.selector(tenant)).await?;
        if let Some(family) = found {
            if family.authorization.client_id != client.client_id() {
                return Err(foreign());
            }
            revocation::end_revoked(tenant, &family).await?;
            let mut entry = tenant.entry(Event::SuccessRevocation, request.visit);
            entry.user_id = Some(family.authorization.user_id.clone());
            tenant.log(entry.client(client.client_id()));
            return Ok(());
        }
    }
    if let Some(active) = active::access_token(tenant, token).await? {
        if active.client_id != client.client_id() {
            return Err(foreign());
        }
        let digest = digest(tenant, Kind::AccessToken, token);
        revocation::end_access_token(tenant, &digest, active.expires_at).await?;
    }
    Ok(())
}
