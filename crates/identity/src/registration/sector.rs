//! Step: do the redirect URIs belong to the sector that the client names?

use std::time::Duration;

use egress::Request;
use oauth::client_metadata::ClientMetadata;

use super::refusal::Refusal;
use crate::Tenant;

/// How large the list may be.
const MAX: usize = 64 * 1024;
/// How long the client's server may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Reads the list at `sector_identifier_uri` and looks for every redirect URI in it.
///
/// # Errors
/// `invalid_client_metadata` if the list cannot be read, or lacks one.
///
/// Source: OpenID Connect Dynamic Client Registration 1.0 §5; redirects are not followed (CVE-2026-4366).
pub(super) async fn check(tenant: &Tenant, metadata: &ClientMetadata) -> Result<(), Refusal> {
    let Some(uri) = metadata.extra.get("sector_identifier_uri") else {
        return Ok(());
    };
    let uri = uri.as_str().unwrap_or_default();
    let request = Request::get(uri)
        .header("accept", "application/json")
        .timeout(PATIENCE)
        .max_bytes(MAX);
    let unreadable = || {
        Refusal::metadata(
            "sector_identifier_uri must answer 200 with a JSON list of redirect URIs, without a redirect",
        )
    };
    let response = tenant.egress().send(request).await.map_err(|error| {
        // The reason would tell a stranger what there is on this network.
        tracing::debug!(error.cause = %error, "a sector identifier cannot be read");
        unreadable()
    })?;
    if response.status != http::StatusCode::OK {
        return Err(unreadable());
    }
    let listed: Vec<String> = response.json().map_err(|_| unreadable())?;
    let mut own = metadata.redirect_uris.iter().flatten();
    match own.find(|uri| !listed.contains(uri)) {
        None => Ok(()),
        Some(missing) => Err(Refusal::metadata(format!(
            "sector_identifier_uri: its list lacks the redirect URI {missing}"
        ))),
    }
}
