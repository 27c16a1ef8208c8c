//! Portals: what `/v2/portals` calls a portal is a [`Site`] here, because the crate's [`crate::Portal`]
//! is the whole service.

use oauth::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{AuthStrategyId, Labels, PortalId, Visibility};

/// A developer portal.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its id.
    pub id: PortalId,
    /// Name, unique.
    pub name: String,
    /// Name for people.
    pub display_name: String,
    /// What it is.
    pub description: Option<String>,
    /// Public: everybody reads, nobody signs in.
    pub is_public: bool,
    /// Whether teams' roles decide what developers see.
    pub rbac_enabled: bool,
    /// Registrations are approved at once.
    pub auto_approve_applications: bool,
    /// Developers are approved at once.
    pub auto_approve_developers: bool,
    /// Its own host.
    pub custom_domain: Option<String>,
    /// The host of a client that calls its API.
    pub custom_client_domain: Option<String>,
    /// The strategy of applications that name none, and of versions published without one.
    pub default_auth_strategy_id: Option<AuthStrategyId>,
    /// Who sees an API that is published here, if nothing else is said.
    pub default_api_visibility: Visibility,
    /// Who sees a page that is written here, if nothing else is said.
    pub default_page_visibility: Visibility,
    /// What it looks like.
    pub appearance: Appearance,
    /// What it looks like, as v3 has it beside the pictures of the appearance.
    pub customization: Customization,
    /// From where it may be reached; everywhere if empty.
    pub ip_allow_list: Vec<AllowedNetworks>,
    /// How developers sign in.
    pub authentication: AuthenticationSettings,
    /// Labels.
    pub labels: Labels,
    /// How often its pages were written.
    pub pages_revision: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Site {
    /// Its name for people.
    #[must_use]
    pub fn called(&self) -> &str {
        match self.display_name.trim() {
            "" => &self.name,
            name => name,
        }
    }
}

/// Addresses from which a portal may be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllowedNetworks {
    /// Its id.
    pub id: Uuid,
    /// Addresses and networks, as they were written.
    pub allowed_ips: Vec<String>,
    /// Whose they are, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// What an administrator changed of a portal's look: the body of `PATCH …/appearance`, merged over
/// the defaults when read.
pub type Appearance = Map<String, Value>;

/// What an administrator changed by `…/customization`, merged over the defaults when read.
pub type Customization = Map<String, Value>;

/// How developers sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuthenticationSettings {
    /// With mail address and password.
    pub basic_auth_enabled: bool,
    /// By an OpenID provider.
    pub oidc_auth_enabled: bool,
    /// By SAML.
    pub saml_auth_enabled: bool,
    /// Teams follow the provider's groups.
    pub oidc_team_mapping_enabled: bool,
    /// Teams follow the provider's groups.
    pub idp_mapping_enabled: bool,
    /// Teams are assigned here.
    pub konnect_mapping_enabled: bool,
}

impl Default for AuthenticationSettings {
    fn default() -> Self {
        Self {
            basic_auth_enabled: true,
            oidc_auth_enabled: false,
            saml_auth_enabled: false,
            oidc_team_mapping_enabled: false,
            idp_mapping_enabled: false,
            konnect_mapping_enabled: true,
        }
    }
}
