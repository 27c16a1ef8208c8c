//! Step: where may users be sent?

use oauth::client_metadata::ClientMetadata;
use oauth::redirect_uri::{self, RedirectUriError};
use url::Url;

use super::Terms;
use crate::registration::refusal::Refusal;

/// Refuses redirect URIs that run scripts, deceive, or lie outside what the operator allows.
///
/// # Errors
/// `invalid_redirect_uri` with the entry and what is wrong with it.
///
/// Source: RFC 9700 §2.1 and §4.1; RFC 8252 §7.
pub(super) fn check(metadata: &ClientMetadata, terms: &Terms<'_>) -> Result<(), Refusal> {
    let uris = metadata.redirect_uris.as_deref().unwrap_or_default();
    for (position, uri) in uris.iter().enumerate() {
        if let Err(reason) = check_one(uri, metadata, terms) {
            return Err(Refusal::redirect_uri(format!(
                "redirect_uris[{position}] {reason}"
            )));
        }
    }
    Ok(())
}

fn check_one(uri: &str, metadata: &ClientMetadata, terms: &Terms<'_>) -> Result<(), String> {
    let url = match redirect_uri::check(uri, metadata.application_kind()) {
        Ok(()) => Url::parse(uri),
        // The scheme is looked at last: everything else about the URI was found in order.
        Err(RedirectUriError::Scheme) => match Url::parse(uri) {
            Ok(url) if terms.policy.allows_scheme(url.scheme()) => Ok(url),
            _ => return Err(RedirectUriError::Scheme.to_string()),
        },
        Err(error) => return Err(error.to_string()),
    };
    let url = url.map_err(|_| RedirectUriError::NotAbsolute.to_string())?;
    if terms.policy.allows_redirect_to(&url) {
        return Ok(());
    }
    Err(format!(
        "must go to one of the hosts that are allowed here: {}",
        terms.policy.redirect_hosts.join(", ")
    ))
}
