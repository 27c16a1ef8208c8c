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
}
