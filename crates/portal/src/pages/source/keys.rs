//! API keys of an application.

use std::time::Duration;

use oauth::ShownOnce;
use secrecy::SecretString;

use super::{ReaderFacts, Source};
use crate::model::{ApplicationId, ApplicationKey, ApplicationKeyId};
use crate::pages::refusal::missing;
use crate::pages::view::keys::Key;
use crate::service::applications::NewKey;
use crate::{Error, store};

impl Source {
    pub(super) async fn keys(&self, id: ApplicationId) -> Result<Vec<Key>, Error> {
        let now = self.portal.clock().now();
        let uses = store::credential_uses::of_application(self.db(), id).await?;
        let keys = store::applications::keys(self.db(), id).await?;
        let shown = |key: ApplicationKey| Key {
            last_used_at: uses.get(&key.id.to_string()).map(|at| at.as_millis()),
            id: key.id.to_string(),
            prefix: key.prefix.clone(),
            status: key.status(now).to_owned(),
            name: key.display_name,
            expires_at: key.expires_at.map(|at| at.as_millis()),
            created_at: key.created_at.as_millis(),
        };
        Ok(keys.into_iter().map(shown).collect())
    }

    pub(crate) async fn create_key(
        &self,
        reader: &ReaderFacts,
        id: &str,
        new: NewKey<'_>,
    ) -> Result<ShownOnce<SecretString>, Error> {
        let application = self.own(reader, id).await?;
        let made = self
            .applications
            .create_key(&self.ctx(reader)?, &application, new)
            .await?;
        let (made, _) = self.settled(made).await;
        Ok(made.secret)
    }

    /// The key that takes the place of another, which works on for `overlap`.
    pub(crate) async fn rotate_key(
        &self,
        reader: &ReaderFacts,
        id: &str,
        key: &str,
        overlap: Duration,
    ) -> Result<ShownOnce<SecretString>, Error> {
        let application = self.own(reader, id).await?;
        let key: ApplicationKeyId = key.parse().map_err(|_| missing())?;
        let ctx = self.ctx(reader)?;
        let rotated = self
            .applications
            .rotate_key(&ctx, &application, key, overlap);
        let (made, _) = self.settled(rotated.await?).await;
        Ok(made.secret)
    }

    /// Deletes a key, and names the gateways that have not confirmed it.
    pub(crate) async fn delete_key(
        &self,
        reader: &ReaderFacts,
        id: &str,
        key: &str,
    ) -> Result<Vec<String>, Error> {
        let application = self.own(reader, id).await?;
        let key: ApplicationKeyId = key.parse().map_err(|_| missing())?;
        let deleted = self
            .applications
            .delete_key(&self.ctx(reader)?, &application, key)
            .await?;
        Ok(self.settled(deleted).await.1)
    }
}
