//! The port: what a portal asks of an identity provider, whichever it is.

use std::time::Duration;

use async_trait::async_trait;
use oauth::{ClientSecret, ShownOnce};
use serde::{Deserialize, Serialize};
use url::Url;

/// An identity provider at which applications become OAuth clients.
///
/// Every call may be repeated: a caller that lost an answer asks [`DcrProvider::find`] and goes on.
#[async_trait]
pub trait DcrProvider: Send + Sync {
    /// Registers a client with the metadata, grants it the audience and scopes, and returns its
    /// credentials. If a later step of several fails, the client is removed again before the
    /// error returns; one that could not be removed is named in [`Error::left_behind`].
    async fn register(&self, client: &NewClient) -> Result<RegisteredClient, Error>;

    /// The clients that carry this `konnect_application_id`: none, one, or several after faults.
    async fn find(&self, application_id: &str) -> Result<Vec<Client>, Error>;

    /// Changes what is named, and leaves the rest as it is.
    async fn update(&self, client_id: &str, changes: &ClientChanges) -> Result<(), Error>;

    /// Makes the granted scopes for the audience exactly these. An empty list withdraws the
    /// audience: the client gets no more tokens for it.
    ///
    /// An adapter may add what its provider needs for a token at all (Auth0: `openid`).
    async fn set_scopes(
        &self,
        client_id: &str,
        audience: &str,
        scopes: &[String],
    ) -> Result<(), Error>;

    /// Replaces the client's secret; the old one stops working at the provider.
    async fn rotate_secret(&self, client_id: &str) -> Result<ShownOnce<ClientSecret>, Error>;

    /// Removes the client. A client that is already gone is success.
    async fn delete(&self, client_id: &str) -> Result<(), Error>;

    /// Scopes that the audience defines at the provider; `None` where the provider has no such list.
    async fn scopes(&self, audience: &str) -> Result<Option<Vec<Scope>>, Error>;

    /// Tries each permission and setting that the calls above need, one sentence each.
    async fn verify(&self, probe: &Probe) -> Vec<Finding>;
}

/// The four ids that a client carries at the provider, under the names of the vendor's page
/// (<https://docs.konghq.com/konnect/dev-portal/applications/dynamic-client-registration/auth0/>).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// The portal that the application belongs to.
    pub konnect_portal_id: String,
    /// The developer who owns the application.
    pub konnect_developer_id: String,
    /// The organisation.
    pub konnect_org_id: String,
    /// The application.
    pub konnect_application_id: String,
}

/// What a portal knows of an application when it asks for a client.
#[derive(Clone, Debug)]
pub struct NewClient {
    /// The application's name. An adapter makes it unique at the provider where the provider
    /// would otherwise hand out another's client.
    pub name: String,
    /// The application's description, where it has one.
    pub description: Option<String>,
    /// Redirect URIs, already checked.
    pub redirect_uris: Vec<Url>,
    /// The strategy's auth methods: `client_credentials`, `bearer`, `session`, `authorization_code`.
    pub auth_methods: Vec<String>,
    /// The audience that the client is granted, where the strategy names one.
    pub audience: Option<String>,
    /// Scopes granted for it.
    pub scopes: Vec<String>,
    /// Who the client belongs to.
    pub metadata: Metadata,
    /// The auth strategy and the DCR provider that asked, for providers that want to know.
    pub auth_strategy_id: String,
    /// See [`NewClient::auth_strategy_id`].
    pub dcr_provider_id: String,
}

/// A client that now exists, with the secret that is shown once.
pub struct RegisteredClient {
    /// The client's id at the provider: the value of the strategy's credential claim.
    pub client_id: String,
    /// Its secret.
    pub client_secret: ShownOnce<ClientSecret>,
}

/// A client as found at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The client's id at the provider.
    pub client_id: String,
    /// Its name there.
    pub name: String,
    /// Who it belongs to, as far as it says.
    pub metadata: Metadata,
}

/// Changes to a client; `None` leaves a member as it is.
#[derive(Clone, Debug, Default)]
pub struct ClientChanges {
    /// The new name.
    pub name: Option<String>,
    /// The new description; `Some(None)` removes it.
    pub description: Option<Option<String>>,
    /// The new redirect URIs.
    pub redirect_uris: Option<Vec<Url>>,
}

/// A scope that an audience defines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The scope's value.
    pub value: String,
    /// What it allows, for people.
    pub description: Option<String>,
}

/// What [`DcrProvider::verify`] tries beyond the management permissions.
#[derive(Clone, Debug, Default)]
pub struct Probe {
    /// An audience to look up and grant, where a strategy names one.
    pub audience: Option<String>,
    /// Scopes to grant for it.
    pub scopes: Vec<String>,
    /// Whether developers choose among the audience's scopes, so that [`DcrProvider::scopes`]
    /// must work (`use_developer_managed_scopes`).
    pub developer_managed_scopes: bool,
}

/// One thing that was tried, and how it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was tried: `discovery`, `management_token`, `create:clients`, …
    pub check: String,
    /// Whether it held.
    pub ok: bool,
    /// One sentence: what holds, or what is missing and where to change it.
    pub message: String,
}

/// Why a provider did not do what was asked.
///
/// The text is for the administrator: it names what to change and never holds a secret.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What kind of failure it is.
    pub kind: ErrorKind,
    /// One sentence, lower case, that says what was wrong and what to do.
    pub message: String,
    /// A client that [`DcrProvider::register`] made and could not remove again.
    pub left_behind: Option<String>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            left_behind: None,
        }
    }

    /// Whether a [`DcrProvider::register`] that failed so may have made a client all the same,
    /// which [`DcrProvider::find`] then finds.
    #[must_use]
    pub fn effect_is_unknown(&self) -> bool {
        self.kind == ErrorKind::Unavailable
    }
}

/// Kinds of failure, by what a caller can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The initial credentials are wrong or lack a permission; an administrator must act.
    Denied {
        /// The permission that is missing, where the provider says.
        permission: Option<String>,
    },
    /// The provider is set up so that the request cannot work (unknown audience, wrong issuer).
    Misconfigured,
    /// The provider refused the application's own data; the developer can change it.
    Rejected,
    /// The client does not exist at the provider.
    NotFound,
    /// The provider asks to slow down.
    RateLimited {
        /// How long it asks to wait, where it says.
        retry_after: Option<Duration>,
    },
    /// No answer, or an answer that says "later": whether the call had an effect is unknown.
    Unavailable,
    /// The provider does not offer this.
    Unsupported,
}
