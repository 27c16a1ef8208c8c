//! The port: what a portal asks of an identity provider, whichever it is.

use std::time::Duration;

use async_trait::async_trait;
use oauth::{ClientSecret, ShownOnce};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::state::ClientState;
use crate::survey::{self, Changes, Mark, Pages, Survey};

/// An identity provider at which applications become OAuth clients.
///
/// Every call may be repeated: a caller that lost an answer asks [`DcrProvider::find`] and goes on.
#[async_trait]
pub trait DcrProvider: Send + Sync {
    /// What can be asked of this provider at all.
    fn abilities(&self) -> Abilities {
        Abilities::ALL
    }

    /// Registers a client with the metadata, grants it the audience and scopes, and returns its
    /// credentials. If a later step of several fails, the client is removed again before the
    /// error returns; one that could not be removed is named in [`Error::left_behind`].
    async fn register(&self, client: &NewClient) -> Result<RegisteredClient, Error>;

    /// The clients that carry this `konnect_application_id`: none, one, or several after faults.
    async fn find(&self, application_id: &str) -> Result<Vec<Client>, Error>;

    /// Removes every client of an application that nobody waits for any more: those included whose
    /// registration got no answer, where the provider can be asked for them. Where it cannot, what
    /// [`ClientStates`](crate::ClientStates) was told of the attempt stays.
    async fn remove_all(&self, application_id: &str) -> Result<(), Error> {
        for client in self.find(application_id).await? {
            self.delete(&client.client_id).await?;
        }
        Ok(())
    }

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

    /// Ids of the secrets that the client has ([`Overlap::Secrets`]).
    async fn secrets(&self, _client_id: &str) -> Result<Vec<String>, Error> {
        Err(one_secret())
    }

    /// Gives the client one more secret; those that it has stay good ([`Overlap::Secrets`]).
    async fn add_secret(&self, _client_id: &str) -> Result<AddedSecret, Error> {
        Err(one_secret())
    }

    /// Ends one of the client's secrets. One that is already gone, or whose client is, is success
    /// ([`Overlap::Secrets`]).
    async fn remove_secret(&self, _client_id: &str, _secret_id: &str) -> Result<(), Error> {
        Err(one_secret())
    }

    /// Removes the client. A client that is already gone is success.
    async fn delete(&self, client_id: &str) -> Result<(), Error>;

    /// Scopes that the audience defines at the provider; `None` where the provider has no such list.
    async fn scopes(&self, audience: &str) -> Result<Option<Vec<Scope>>, Error>;

    /// Tells the provider that the application's registrations changed, where it wants to know
    /// ([`Abilities::hears_registrations`]).
    async fn notify(&self, _client_id: &str, _event: &RegistrationEvent) -> Result<(), Error> {
        Ok(())
    }

    /// Shows the clients at the provider that carry a `konnect_application_id`, as far as it shows
    /// them, page by page. A client may be shown twice.
    async fn survey(&self, pages: Pages) -> Result<Survey, Error>;

    /// One client as it is there now, or as far as the provider shows it; `None` if it is gone.
    async fn inspect(&self, client_id: &str) -> Result<Option<ClientState>, Error>;

    /// What [`DcrProvider::inspect`] gives of a client just after [`DcrProvider::register`].
    fn expected(&self, client: &NewClient) -> ClientState;

    /// Makes an existing client what [`DcrProvider::register`] would make it, grants included. Its
    /// id and its secret stay.
    async fn restore(&self, client_id: &str, client: &NewClient) -> Result<(), Error>;

    /// Where the provider's log of changes ends now. What changes later is in
    /// [`DcrProvider::changes`] of this mark.
    ///
    /// [`ErrorKind::Unsupported`] where there is no such log, [`ErrorKind::Denied`] where we may not
    /// read it.
    async fn mark(&self) -> Result<Mark, Error> {
        Err(survey::tells_no_changes())
    }

    /// Clients that changed since the mark; `None` if the provider cannot say: the mark is lost, or
    /// something changed that names no client, or so much that it is cheaper to look at everything.
    async fn changes(&self, _since: &Mark) -> Result<Option<Changes>, Error> {
        Err(survey::tells_no_changes())
    }

    /// Tries each permission and setting that the calls above need, one sentence each.
    async fn verify(&self, probe: &Probe) -> Vec<Finding>;
}

/// What can be asked of a provider. A call that it cannot answer is [`ErrorKind::Unsupported`], with
/// a sentence that says what to do instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// A client is granted an audience of its own, which can be withdrawn.
    pub audiences: bool,
    /// A client's scopes are its own: granted, narrowed and withdrawn one by one.
    pub scopes: bool,
    /// Names, descriptions and redirect URIs follow the application's.
    pub updates: bool,
    /// Secrets can be replaced.
    pub rotates: bool,
    /// Clients can be removed.
    pub deletes: bool,
    /// The provider itself knows whose a client is, so that [`DcrProvider::find`] finds a client
    /// whose registration got no answer.
    pub finds_lost: bool,
    /// It wants to hear of registrations ([`DcrProvider::notify`]).
    pub hears_registrations: bool,
    /// How an application's old and new secret are good at the same time.
    pub overlap: Overlap,
}

/// How an application's old and new secret are good at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlap {
    /// A client has one secret: the application has a second client for a while.
    Clients,
    /// A client has several secrets, which the provider tells apart by ids ([`DcrProvider::secrets`]).
    /// Its id stays, and with it whatever was granted to it at the provider by hand.
    Secrets,
    /// An application is to have one credential.
    Refused,
}

impl Abilities {
    /// Everything but to hear of registrations.
    pub const ALL: Self = Self {
        audiences: true,
        scopes: true,
        updates: true,
        rotates: true,
        deletes: true,
        finds_lost: true,
        hears_registrations: false,
        overlap: Overlap::Clients,
    };
}

/// An application may call an API from now on, or no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationEvent {
    /// Whether the registration came or went.
    pub change: RegistrationChange,
    /// The product version that it is for.
    pub product_version_id: String,
    /// The audience of the auth strategy, where it names one.
    pub audience: Option<String>,
}

/// Whether a registration came or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistrationChange {
    /// It was approved.
    Added,
    /// It was ended.
    Removed,
}

fn one_secret() -> Error {
    Error::new(
        ErrorKind::Unsupported,
        "a client of this identity provider has one secret",
    )
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
    /// What tells it from a client that the application has already: a few random characters, which
    /// adapters that make names unique put into the name. `None` for the first.
    pub distinction: Option<String>,
}

/// A client that now exists, with the secret that is shown once.
pub struct RegisteredClient {
    /// The client's id at the provider: the value of the strategy's credential claim.
    pub client_id: String,
    /// Its secret.
    pub client_secret: ShownOnce<ClientSecret>,
}

/// A secret that a client now has beside others.
pub struct AddedSecret {
    /// What the provider calls it.
    pub secret_id: String,
    /// The secret itself.
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
    /// The claim by which gateways tell whose a token is, as a path (`credential_claim`); empty
    /// where no strategy names one.
    pub credential_claim: Vec<String>,
}

impl Probe {
    /// Whether any strategy says what tokens are for. Without one a refused token is nobody's fault.
    pub(crate) fn is_of_a_strategy(&self) -> bool {
        self.audience.is_some() || !self.scopes.is_empty() || !self.credential_claim.is_empty()
    }
}

/// One thing that was tried, and how it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What kind of failure it is.
    pub kind: ErrorKind,
    /// One sentence, lower case, that says what was wrong and what to do.
    pub message: String,
    /// A client that [`DcrProvider::register`] made and could not remove again.
    pub left_behind: Option<String>,
    /// The request certainly never reached the provider.
    pub unsent: bool,
}

impl Error {
    /// An error that leaves nothing behind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            left_behind: None,
            unsent: false,
        }
    }

    /// The same where nothing can have had an effect.
    pub(crate) fn unsent(self, unsent: bool) -> Self {
        Self { unsent, ..self }
    }

    pub(crate) fn absent(client_id: &str) -> Self {
        Self::new(
            ErrorKind::NotFound,
            format!("the identity provider has no client {client_id} any more"),
        )
    }

    /// This error of a registration, with how the removal of what was made so far went.
    pub(crate) fn after_clean_up(self, client_id: &str, removed: Result<(), Self>) -> Self {
        let Err(clean_up) = removed else { return self };
        Self {
            message: format!(
                "{}; and the client {client_id} that was made for it could not be removed: {}",
                self.message, clean_up.message
            ),
            left_behind: Some(client_id.to_owned()),
            ..self
        }
    }

    /// Whether the provider may do the same later without anybody's help.
    #[must_use]
    pub fn comes_later(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::RateLimited { .. } | ErrorKind::Unavailable
        )
    }

    /// Whether a [`DcrProvider::register`] that failed so may have made a client all the same,
    /// which [`DcrProvider::find`] then finds.
    #[must_use]
    pub fn effect_is_unknown(&self) -> bool {
        self.kind == ErrorKind::Unavailable && !self.unsent
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
