//! Clients that a registration without an answer may have left at a provider that cannot be asked.

use std::time::Duration;

use crate::model::{DcrProviderId, PossibleOrphan};
use crate::store::audit::{self, Entry};
use crate::store::dcr_attempts;
use crate::{Ctx, Error};

use super::Applications;

/// When a registration whose end was not noted has certainly ended.
const OVER: Duration = Duration::from_secs(120);

impl Applications {
    /// Registrations that may have left a client at the provider, oldest first.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn possible_orphans(&self, id: DcrProviderId) -> Result<Vec<PossibleOrphan>, Error> {
        let before = self.clock.now() - OVER;
        Ok(dcr_attempts::of_provider(&self.db, id, before).await?)
    }

    /// An administrator looked: there is no such client, or none any more.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn dismiss_orphan(
        &self,
        ctx: &Ctx,
        provider_id: DcrProviderId,
        id: &str,
    ) -> Result<(), Error> {
        let mut tx = self.db.begin().await?;
        if !dcr_attempts::delete(&mut tx, provider_id, id).await? {
            return Err(Error::not_found("possible orphan", id));
        }
        let entry = Entry::new("dismiss_possible_orphan", "dcr_provider", provider_id);
        audit::record(&mut tx, ctx, self.audit_id(), entry).await?;
        tx.commit().await?;
        Ok(())
    }
}
