//! Step: which API is the token for?

use std::sync::Arc;

use super::directory::KnownApi;
use super::refusal::Refusal;
use super::request::Request;
use crate::{Error, Tenant};

/// Why no API was found.
#[derive(Debug)]
pub(crate) enum NoApi {
    /// There is none of this identifier, cut for showing.
    Unknown(String),
    Failed(Error),
}

impl From<Error> for NoApi {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// The API that a request names, or the tenant's default one; `None` where neither is.
///
/// `resource` (RFC 8707) means the same as `audience` in the tenant's compatibility profile, and
/// `audience` wins. The Management API answers to its identifier under any of the tenant's hosts.
///
/// # Errors
/// [`NoApi::Unknown`] for an audience that is no API of this tenant.
pub(crate) async fn find(
    tenant: &Tenant,
    audience: Option<&str>,
    resource: Option<&str>,
) -> Result<Option<Arc<KnownApi>>, NoApi> {
    let settings = tenant.tenant_settings();
    let resource = match settings.text("resource_parameter_profile") {
        Some("compatibility") => resource,
        _ => None,
    };
    let named = audience.or(resource).or(settings.default_audience());
    let Some(audience) = named else {
        return Ok(None);
    };
    let management;
    let identifier = if tenant.settings().is_management_audience(audience) {
        management = tenant.settings().management_audience();
        &management
    } else {
        audience
    };
    let known = match identifier.chars().count() <= 600 && !identifier.contains('\0') {
        true => tenant.directory().api(tenant, identifier).await?,
        false => None,
    };
    match known {
        Some(known) => Ok(Some(known)),
        None => Err(NoApi::Unknown(audience.chars().take(200).collect())),
    }
}

/// The API of a token request that may do without one.
///
/// # Errors
/// 403 `access_denied` for an audience that is no API of this tenant.
pub(super) async fn of_request(request: &Request<'_>) -> Result<Option<Arc<KnownApi>>, Refusal> {
    let parameters = request.parameters;
    let (audience, resource) = (parameters.get("audience"), parameters.get("resource"));
    find(request.tenant, audience, resource)
        .await
        .map_err(|error| match error {
            NoApi::Unknown(shown) => {
                Refusal::access_denied(format!("Service not enabled within domain: {shown}"))
            }
            NoApi::Failed(error) => error.into(),
        })
}

/// The API of a token request that needs one.
///
/// # Errors
/// As [`of_request`]; 400 `invalid_request` where none is named.
pub(super) async fn named(request: &Request<'_>) -> Result<Arc<KnownApi>, Refusal> {
    of_request(request).await?.ok_or_else(|| {
        Refusal::invalid_request(
            "Missing required parameter: audience. Name the API that the token is for, \
             or set a default audience for the tenant",
        )
    })
}
