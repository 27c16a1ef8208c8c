//! What an administrator enters about an identity provider.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

/// A DCR provider's settings, by kind (`provider_type` and `dcr_config` of Konnect's
/// `dcr-providers`).
#[derive(Clone, Debug)]
pub enum ProviderConfig {
    /// An Auth0 tenant, or a tenant that speaks Auth0's Management API.
    Auth0(Auth0Config),
    /// An Okta org.
    Okta(OktaConfig),
    /// A tenant of Microsoft Entra ID.
    AzureAd(InitialClientConfig),
    /// A Curity Identity Server.
    Curity(InitialClientConfig),
    /// A bridge of the team's own to whatever identity provider it has.
    Http(HttpConfig),
    /// Any server that registers clients as RFC 7591 says.
    Rfc7591(Rfc7591Config),
    /// A kind that can be stored, but that no adapter here speaks.
    Other {
        /// Its `provider_type`: `kongIdentity`.
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

/// The org or one of its authorization servers, and an API token of an administrator.
///
/// Source: <https://docs.konghq.com/konnect/dev-portal/applications/dynamic-client-registration/okta/>.
#[derive(Clone, Debug)]
pub struct OktaConfig {
    /// `https://ORG.okta.com/oauth2/default`, say.
    pub issuer: String,
    /// The API token (`dcr_token`).
    pub dcr_token: SecretString,
}

/// An issuer, and a client there that may register others (Entra ID, Curity).
///
/// Source: <https://docs.konghq.com/konnect/dev-portal/applications/dynamic-client-registration/azure/>,
/// <https://docs.konghq.com/konnect/dev-portal/applications/dynamic-client-registration/curity/>.
#[derive(Clone, Debug)]
pub struct InitialClientConfig {
    /// The issuer as the administrator wrote it.
    pub issuer: String,
    /// The client that may register others.
    pub initial_client_id: String,
    /// Its secret.
    pub initial_client_secret: SecretString,
}

/// An HTTP bridge.
///
/// Source: Konnect's "DCR HTTP integration" 0.0.1.
#[derive(Clone, Debug)]
pub struct HttpConfig {
    /// The issuer, for discovery.
    pub issuer: String,
    /// Where the bridge is.
    pub dcr_base_url: String,
    /// What it knows us by.
    pub api_key: SecretString,
    /// It is not told of changes and registrations.
    pub disable_event_hooks: bool,
    /// It cannot replace secrets.
    pub disable_refresh_secret: bool,
    /// An application may have two clients there while one follows the other.
    pub allow_multiple_credentials: bool,
}

/// A server that registers clients as RFC 7591 says.
#[derive(Clone, Debug)]
pub struct Rfc7591Config {
    /// The issuer as the administrator wrote it.
    pub issuer: String,
    /// Where clients register, if the issuer's metadata does not say.
    pub registration_endpoint: Option<String>,
    /// What lets us register.
    pub access: Access,
}

/// What lets us register clients (RFC 7591 §3).
#[derive(Clone, Debug)]
pub enum Access {
    /// Anybody may.
    Open,
    /// A token that somebody gave us.
    InitialToken(SecretString),
    /// Tokens that a client gets.
    Client {
        /// The client's id.
        id: String,
        /// Its secret.
        secret: SecretString,
        /// The scope to ask for.
        scope: Option<String>,
    },
}

/// How a provider is reached, beside what the operator set for all.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    /// Certificate authorities trusted beside the public ones, as PEM.
    pub ca_certificates: Option<String>,
    /// An HTTP proxy to go through.
    pub proxy: Option<Url>,
    /// How long one request may take.
    pub timeout: Option<Duration>,
}
