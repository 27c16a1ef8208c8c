//! What an adapter must remember of a client, because the provider does not let it be asked for.

use async_trait::async_trait;
use secrecy::SecretString;

use crate::port::Error;

/// What is kept of one client.
#[derive(Clone, Debug)]
pub struct KeptClient {
    /// The client's id at the provider.
    pub client_id: String,
    /// The application that it is for.
    pub application_id: String,
    /// The adapter's own text: a registration access token (RFC 7592 §3), say. It is a secret.
    pub state: SecretString,
}

/// A registration that was about to be sent, where the provider cannot tell afterwards what became of
/// it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Its own id, which a provider may be given as an idempotency key.
    pub id: String,
    /// The application that it is for.
    pub application_id: String,
    /// What an administrator would look for at the provider, as the end of a sentence.
    pub look_for: String,
}

/// Where the adapter of one provider keeps what it must remember of clients. Whoever implements it
/// seals [`KeptClient::state`] at rest.
///
/// What is kept must be durable when the call returns: the provider may have ended the token that was
/// kept before.
#[async_trait]
pub trait ClientStates: Send + Sync {
    /// Keeps this of the client, in place of what was kept.
    async fn keep(&self, client: &KeptClient) -> Result<(), Error>;

    /// What is kept of the client.
    async fn load(&self, client_id: &str) -> Result<Option<KeptClient>, Error>;

    /// What is kept of the application's clients.
    async fn of_application(&self, application_id: &str) -> Result<Vec<KeptClient>, Error>;

    /// Some of the clients that something is kept of, in the order of their ids, from the one after
    /// `after` on; none at the end.
    async fn page(&self, after: &str) -> Result<Vec<KeptClient>, Error>;

    /// Forgets the client.
    async fn forget(&self, client_id: &str) -> Result<(), Error>;

    /// Notes that a client is about to be registered. What stays noted may have made a client that
    /// nobody knows.
    async fn attempt(&self, application_id: &str, look_for: &str) -> Result<Attempt, Error>;

    /// Keeps the client that an attempt made. That ends the attempt, in the same step.
    async fn made(&self, attempt: &Attempt, client: &KeptClient) -> Result<(), Error>;

    /// The attempts for an application that have not ended.
    async fn attempts(&self, application_id: &str) -> Result<Vec<Attempt>, Error>;

    /// Ends an attempt of which no unknown client can be left.
    async fn end(&self, attempt: &Attempt) -> Result<(), Error>;
}

/// Ends an attempt if the failure says that it made nothing, or made what it names.
pub(crate) async fn failed(states: &dyn ClientStates, attempt: &Attempt, error: Error) -> Error {
    if !error.effect_is_unknown()
        && let Err(away) = states.end(attempt).await
    {
        // It is then shown as one that may have left a client, which does no harm.
        tracing::warn!(%away, "dcr.attempt_not_ended");
    }
    error
}
