//! Step: which API is the token for?

use std::sync::Arc;

use super::directory::KnownApi;
use super::endpoint::Request;
use super::refusal::Refusal;

/// The API that the request names, or the tenant's default one.
///
/// `resource` (RFC 8707) means the same as `audience` in the tenant's compatibility profile, and
/// `audience` wins. The Management API answers to its identifier under any of the tenant's hosts.
///
/// # Errors
/// 403 `access_denied` for an audience that is no API of this tenant; 400 `invalid_request` where
/// none is named.
pub(super) async fn named(request: &Request<'_>) -> Result<Arc<KnownApi>, Refusal> {
    let tenant = request.tenant;
    let settings = tenant.tenant_settings();
    let resource = match settings.text("resource_parameter_profile") {
        Some("compatibility") => request.parameters.get("resource"),
        _ => None,
    };
    let named = request.parameters.get("audience").or(resource);
    let audience = named.or(settings.default_audience()).ok_or_else(|| {
        Refusal::invalid_request(
            "Missing required parameter: audience. Name the API that the token is for, \
             or set a default audience for the tenant",
        )
    })?;
    let management;
    let identifier = if tenant.settings().is_management_audience(audience) {
        management = tenant.settings().management_audience();
        &management
    } else {
        audience
    };
    let known = match identifier.chars().count() <= 600 {
        true => tenant.directory().api(tenant, identifier).await?,
        false => None,
    };
    known.ok_or_else(|| {
        let shown: String = audience.chars().take(200).collect();
        Refusal::access_denied(format!("Service not enabled within domain: {shown}"))
    })
}
