//! `GET /v2/logout`, the vendor's own.

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::{address, end_here, redirect, signed_out};
use crate::authentication::authorize::Parameters;
use crate::authentication::trouble;
use crate::visit::Visit;
use crate::{Error, Tenant};

/// Signs the user out, and sends the browser to `returnTo` if the client (`client_id`), or else the
/// tenant, allows it; without `returnTo` to the client's first address.
///
/// The session ends even if the browser cannot be sent on.
///
/// Source: the vendor's "Log Users Out of Applications".
pub(super) async fn by_link(
    State(tenant): State<Tenant>,
    visit: Visit,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Parameters::form(query.unwrap_or_default().as_bytes());
    let outcome = match end_here(&tenant, &visit, &headers).await {
        Ok(()) => destination(&tenant, &query).await,
        Err(error) => Err(error),
    };
    let response = match outcome {
        Ok(Some(location)) => redirect(&location),
        Ok(None) => trouble::signed_out(),
        Err(error) => trouble::failed(error),
    };
    signed_out(&visit.issuer, response)
}

async fn destination(tenant: &Tenant, query: &Parameters) -> Result<Option<String>, Error> {
    let client = match query.get("client_id").filter(|id| id.len() <= 255) {
        Some(client_id) => tenant.directory().client(tenant, client_id).await?,
        None => None,
    };
    let settings = tenant.tenant_settings();
    let allowed = match &client {
        Some(client) => address::of_client(&client.client),
        None => address::of_tenant(&settings),
    };
    match query.get("returnTo") {
        Some(asked) if address::is_allowed(&allowed, asked) => Ok(Some(asked.to_owned())),
        Some(_) => Err(Error::invalid_body(
            "The returnTo address is not among the allowed logout URLs of the client or the tenant",
        )),
        None => Ok(client
            .is_some()
            .then(|| allowed.first())
            .flatten()
            .filter(|first| !first.contains('*'))
            .map(|first| (*first).to_owned())),
    }
}
