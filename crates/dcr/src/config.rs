//! What an administrator enters about an identity provider.

use secrecy::SecretString;

/// A DCR provider's settings, by kind (`provider_type` and `dcr_config` of Konnect's
/// `dcr-providers`).
#[derive(Clone, Debug)]
pub enum ProviderConfig {
    /// An Auth0 tenant, or a tenant that speaks Auth0's Management API.
    Auth0(Auth0Config),
    /// A kind that can be stored, but that no adapter here speaks yet.
    Other {
        /// Its `provider_type`: `azureAd`, `curity`, `okta`, `http`, `kongIdentity`.
        provider_type: String,
    },
}

/// The tenant, and the machine-to-machine client that may use its Management API.
///
/// Source: <https://docs.konghq.com/konnect/dev-portal/applications/dynamic-client-registration/auth0/>.
#[derive(Clone, Debug)]
pub struct Auth0Config {
    /// The issuer as the administrator wrote it: with or without a trailing slash, `/api/v2/` or
    /// `/.well-known/openid-configuration`.
    pub issuer: String,
    /// The client id of the machine-to-machine client.
    pub initial_client_id: String,
    /// Its secret.
    pub initial_client_secret: SecretString,
    /// The Management API's identifier, needed where the issuer is a custom domain. Otherwise it
    /// follows from the issuer.
    pub initial_client_audience: Option<String>,
}
