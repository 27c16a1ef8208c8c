//! When clients were used, written in batches: the token endpoint does not wait for it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use oauth::Timestamp;

use crate::store::registrations;
use crate::{Error, Tenant};

/// How many clients are noted between two writes. Those beyond are noted at their next use.
const MAX_NOTED: usize = 50_000;
/// How many are written in one transaction.
const BATCH: usize = 200;
/// A busy client's use is written once in this time.
const MINUTE: Duration = Duration::from_secs(60);

/// Clients that were used since the last write.
pub(super) struct Uses(Mutex<HashMap<String, Timestamp>>);

impl Uses {
    pub(super) fn new() -> Self {
        Self(Mutex::default())
    }

    pub(super) fn note(&self, client_id: &str, now: Timestamp) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = noted.get_mut(client_id) {
            *at = now;
        } else if noted.len() < MAX_NOTED {
            noted.insert(client_id.to_owned(), now);
        }
    }

    fn take(&self) -> Vec<(String, Timestamp)> {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *noted).into_iter().collect()
    }
}

/// Writes what was noted. A use that cannot be written now is noted again.
pub(crate) async fn write(tenant: &Tenant) -> Result<(), Error> {
    let uses = &tenant.registrar().uses;
    let mut taken = uses.take();
    // In one order on every node, so that two of them do not wait for each other's rows.
    taken.sort_unstable();
    for batch in taken.chunks(BATCH) {
        if let Err(error) = write_batch(tenant, batch).await {
            batch.iter().for_each(|(id, at)| uses.note(id, *at));
            return Err(error);
        }
    }
    Ok(())
}

async fn write_batch(tenant: &Tenant, batch: &[(String, Timestamp)]) -> Result<(), Error> {
    let lifetime = tenant.settings().registration.lifetime;
    let mut tx = tenant.db().begin().await?;
    for (client_id, at) in batch {
        registrations::used(&mut tx, client_id, (*at - MINUTE, *at), *at + lifetime).await?;
    }
    tx.commit().await?;
    Ok(())
}
