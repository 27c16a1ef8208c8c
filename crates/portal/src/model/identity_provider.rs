//! The provider with which a portal's developers sign in.

use oauth::Timestamp;
use serde::{Deserialize, Serialize};

use super::{IdentityProviderId, PortalId};

/// The OpenID provider of a portal. A portal has one at the most.
#[derive(Clone, Debug)]
pub struct IdentityProvider {
    /// Its id.
    pub id: IdentityProviderId,
    /// The portal whose developers it vouches for.
    pub portal_id: PortalId,
    /// Whether developers may sign in with it.
    pub enabled: bool,
    /// Its issuer, as it was entered.
    pub issuer: String,
    /// What the portal is called there.
    pub client_id: String,
    /// The client secret, sealed with the context of [`IdentityProvider::secret_context`]; `None` for a
    /// public client, which PKCE alone protects.
    pub secret: Option<String>,
    /// The scopes that are asked for, `openid` beside them.
    pub scopes: Vec<String>,
    /// Which claims say what.
    pub claim_mappings: ClaimMappings,
    /// When it was entered.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl IdentityProvider {
    /// The scopes without which there is no name and no address.
    #[must_use]
    pub fn usual_scopes() -> Vec<String> {
        ["email", "openid", "profile"].map(str::to_owned).to_vec()
    }

    /// What the secret is sealed to: it opens for this provider alone.
    #[must_use]
    pub fn secret_context(id: IdentityProviderId) -> String {
        format!("portal.identity_provider.{id}")
    }
}

/// Which claims of the provider say what of a developer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClaimMappings {
    /// The full name.
    pub name: String,
    /// The mail address.
    pub email: String,
    /// The groups, a list of texts.
    pub groups: String,
}

impl Default for ClaimMappings {
    fn default() -> Self {
        Self {
            name: "name".into(),
            email: "email".into(),
            groups: "groups".into(),
        }
    }
}
