//! What the browser keeps while somebody is at the provider's page.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use web::Envelope;

use crate::Portal;
use crate::error::Error;
use crate::model::{IdentityProviderId, PortalId};

/// How long somebody may take there.
pub(super) const LASTS: Duration = Duration::from_secs(15 * 60);

/// What the cookie is for, and nothing else.
const PURPOSE: &str = "portal.sign_on";

/// A sign-in on its way.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Attempt {
    pub(super) portal_id: PortalId,
    pub(super) provider_id: IdentityProviderId,
    /// Comes back in the answer.
    pub(super) state: String,
    /// Comes back in the ID token.
    pub(super) nonce: String,
    pub(super) verifier: String,
    pub(super) redirect_uri: String,
    pub(super) return_to: String,
}

impl Attempt {
    /// Seals it for the browser.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub(super) fn seal(&self, portal: &Portal) -> Result<String, Error> {
        let plain = serde_json::to_vec(self).map_err(|error| Error::Internal(error.to_string()))?;
        let expires = portal.clock().now() + LASTS;
        let random = portal.entropy().bytes();
        Ok(envelope(portal).seal(PURPOSE, &plain, expires.as_millis(), random))
    }

    /// Opens what [`Attempt::seal`] made, if it has not expired.
    pub(super) fn open(portal: &Portal, sealed: &str) -> Option<Self> {
        let now = portal.clock().now().as_millis();
        let plain = envelope(portal).open(PURPOSE, sealed, now).ok()?;
        serde_json::from_slice(&plain).ok()
    }
}

fn envelope(portal: &Portal) -> Envelope {
    Envelope::new(&portal.form_key(PURPOSE))
}
