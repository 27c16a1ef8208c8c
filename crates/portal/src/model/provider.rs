//! DCR providers.

use oauth::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{DcrProviderId, Labels, ProviderType};

/// An identity provider at which applications become clients.
#[derive(Clone, Debug)]
pub struct DcrProvider {
    /// Its id.
    pub id: DcrProviderId,
    /// Name; several providers may share one, as in Konnect.
    pub name: String,
    /// Name for people.
    pub display_name: Option<String>,
    /// Its kind; it never changes.
    pub provider_type: ProviderType,
    /// The issuer as it was entered.
    pub issuer: String,
    /// Its settings, without the secret.
    pub config: DcrConfig,
    /// How it is reached, where other than the operator set for all.
    pub connection: Option<Connection>,
    /// The one secret of its kind, sealed with the context of [`DcrProvider::secret_context`].
    pub secret: Option<String>,
    /// Whether an active strategy uses it.
    pub active: bool,
    /// Labels.
    pub labels: Labels,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl DcrProvider {
    /// What the secret is sealed to: it opens for this provider alone.
    #[must_use]
    pub fn secret_context(id: DcrProviderId) -> String {
        format!("portal.dcr_provider.{id}")
    }

    /// The member of `dcr_config` that holds the secret, if there is one. It is written and never shown.
    #[must_use]
    pub fn secret_member(&self) -> Option<&'static str> {
        self.secret.as_ref()?;
        match self.provider_type {
            ProviderType::Auth0 | ProviderType::AzureAd | ProviderType::Curity => {
                Some(CLIENT_SECRET)
            }
            ProviderType::Rfc7591 if self.config.initial_client_id.is_some() => Some(CLIENT_SECRET),
            ProviderType::Rfc7591 => Some(ACCESS_TOKEN),
            ProviderType::Okta => Some(DCR_TOKEN),
            ProviderType::Http => Some(API_KEY),
            ProviderType::KongIdentity => None,
        }
    }
}

const CLIENT_SECRET: &str = "initial_client_secret";
const ACCESS_TOKEN: &str = "initial_access_token";
const DCR_TOKEN: &str = "dcr_token";
const API_KEY: &str = "api_key";

/// The members of `dcr_config` that hold a secret; which one it is depends on the kind of provider.
pub const PROVIDER_SECRETS: [&str; 4] = [CLIENT_SECRET, ACCESS_TOKEN, DCR_TOKEN, API_KEY];

/// What may be shown of `dcr_config`; which fields are set depends on the kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DcrConfig {
    /// Auth0, Entra ID, Curity, RFC 7591: the client that may register clients.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_client_id: Option<String>,
    /// Auth0: the Management API's identifier, for custom domains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_client_audience: Option<String>,
    /// Auth0, RFC 7591: developers choose among the strategy's scopes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_developer_managed_scopes: Option<bool>,
    /// HTTP bridge: where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dcr_base_url: Option<String>,
    /// HTTP bridge: it is not told of changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_event_hooks: Option<bool>,
    /// HTTP bridge: it cannot rotate secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_refresh_secret: Option<bool>,
    /// HTTP bridge: a client may have several secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_multiple_credentials: Option<bool>,
    /// RFC 7591: where clients register, if the issuer does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration_endpoint: Option<String>,
    /// RFC 7591: the scope by which the initial client may register others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_client_scope: Option<String>,
}

/// How a provider is reached. A member of our own: Konnect has none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Connection {
    /// Certificate authorities trusted beside the public ones, as PEM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_certificates: Option<String>,
    /// An HTTP proxy to go through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<Url>,
    /// How many seconds one request may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<u64>,
}

/// A registration whose end nobody saw: it may have left a client at a provider that cannot tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PossibleOrphan {
    /// The attempt's own id.
    pub id: String,
    /// The application that it was for, which is gone or has another client.
    pub application_id: String,
    /// What to look for at the provider.
    pub look_for: String,
    /// When it was begun.
    pub since: Timestamp,
}
