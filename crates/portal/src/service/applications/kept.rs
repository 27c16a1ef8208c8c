//! What the adapter of one provider must remember of clients, sealed in the database.

use async_trait::async_trait;
use dcr::{Attempt, ClientStates, ErrorKind, KeptClient};
use oauth::{Clock, Entropy};
use storage::seal::Sealer;
use storage::{Database, Tx};

use crate::model::{DcrProviderId, PossibleOrphan};
use crate::store::dcr_attempts;
use crate::store::dcr_clients::{self, DcrClient};

/// How many clients are read at once where all are looked at.
const PAGE: i64 = 500;

/// The clients of one provider.
pub(super) struct Kept {
    pub(super) db: Database,
    pub(super) sealer: Sealer,
    pub(super) clock: Clock,
    pub(super) entropy: Entropy,
    pub(super) provider_id: DcrProviderId,
}

impl Kept {
    /// What a state is sealed to: it opens for this client of this provider alone.
    fn context(&self, client_id: &str) -> String {
        format!("portal.dcr_client.{}.{client_id}", self.provider_id)
    }

    async fn keep_in(&self, tx: &mut Tx, client: &KeptClient) -> Result<(), storage::Error> {
        let context = self.context(&client.client_id);
        let sealed = DcrClient {
            client_id: client.client_id.clone(),
            application_id: client.application_id.clone(),
            state: self.sealer.seal(&context, &client.state),
        };
        let id = self.entropy.uuid().to_string();
        dcr_clients::keep(tx, &id, self.provider_id, &sealed, self.clock.now()).await
    }

    fn open(&self, client: DcrClient) -> Result<KeptClient, dcr::Error> {
        let context = self.context(&client.client_id);
        let state = self.sealer.open(&context, &client.state).map_err(away)?;
        Ok(KeptClient {
            client_id: client.client_id,
            application_id: client.application_id,
            state,
        })
    }
}

/// The database is the portal's own; its faults are like those of a provider that is away.
fn away(error: impl std::fmt::Display) -> dcr::Error {
    tracing::error!(%error, "dcr.state_failed");
    let message = "what is kept of a client cannot be read or written now; try again later";
    dcr::Error::new(ErrorKind::Unavailable, message)
}

#[async_trait]
impl ClientStates for Kept {
    async fn keep(&self, client: &KeptClient) -> Result<(), dcr::Error> {
        let mut tx = self.db.begin().await.map_err(away)?;
        self.keep_in(&mut tx, client).await.map_err(away)?;
        tx.commit().await.map_err(away)
    }

    async fn load(&self, client_id: &str) -> Result<Option<KeptClient>, dcr::Error> {
        let found = dcr_clients::find(&self.db, self.provider_id, client_id).await;
        let found = found.map_err(away)?;
        found.map(|client| self.open(client)).transpose()
    }

    async fn of_application(&self, application_id: &str) -> Result<Vec<KeptClient>, dcr::Error> {
        let found = dcr_clients::of_application(&self.db, self.provider_id, application_id).await;
        let found = found.map_err(away)?;
        found.into_iter().map(|client| self.open(client)).collect()
    }

    async fn page(&self, after: &str) -> Result<Vec<KeptClient>, dcr::Error> {
        let found = dcr_clients::page(&self.db, self.provider_id, after, PAGE).await;
        let found = found.map_err(away)?;
        found.into_iter().map(|client| self.open(client)).collect()
    }

    async fn forget(&self, client_id: &str) -> Result<(), dcr::Error> {
        let mut tx = self.db.begin().await.map_err(away)?;
        let forgotten = dcr_clients::forget(&mut tx, self.provider_id, client_id).await;
        forgotten.map_err(away)?;
        tx.commit().await.map_err(away)
    }

    async fn attempt(&self, application_id: &str, look_for: &str) -> Result<Attempt, dcr::Error> {
        let noted = PossibleOrphan {
            id: self.entropy.uuid().to_string(),
            application_id: application_id.to_owned(),
            look_for: look_for.to_owned(),
            since: self.clock.now(),
        };
        let mut tx = self.db.begin().await.map_err(away)?;
        let inserted = dcr_attempts::insert(&mut tx, self.provider_id, &noted).await;
        inserted.map_err(away)?;
        tx.commit().await.map_err(away)?;
        Ok(attempt(noted))
    }

    async fn made(&self, attempt: &Attempt, client: &KeptClient) -> Result<(), dcr::Error> {
        let mut tx = self.db.begin().await.map_err(away)?;
        self.keep_in(&mut tx, client).await.map_err(away)?;
        let ended = dcr_attempts::delete(&mut tx, self.provider_id, &attempt.id).await;
        ended.map_err(away)?;
        tx.commit().await.map_err(away)
    }

    async fn attempts(&self, application_id: &str) -> Result<Vec<Attempt>, dcr::Error> {
        let found = dcr_attempts::of_application(&self.db, self.provider_id, application_id).await;
        Ok(found.map_err(away)?.into_iter().map(attempt).collect())
    }

    async fn end(&self, attempt: &Attempt) -> Result<(), dcr::Error> {
        let mut tx = self.db.begin().await.map_err(away)?;
        let ended = dcr_attempts::delete(&mut tx, self.provider_id, &attempt.id).await;
        ended.map_err(away)?;
        tx.commit().await.map_err(away)
    }
}

fn attempt(noted: PossibleOrphan) -> Attempt {
    Attempt {
        id: noted.id,
        application_id: noted.application_id,
        look_for: noted.look_for,
    }
}
