//! API keys of an application.

use oauth::ShownOnce;
use secrecy::SecretString;

use super::{ReaderFacts, Source};
use crate::model::{ApplicationId, ApplicationKey, ApplicationKeyId};
use crate::pages::refusal::missing;
use crate::pages::view::keys::Key;
use crate::{Error, store};

impl Source {
    pub(super) async fn keys(&self, id: ApplicationId) -> Result<Vec<Key>, Error> {
        let now = self.portal.clock().now();
        let keys = store::applications::keys(self.db(), id).await?;
        let shown = |key: ApplicationKey| Key {
            id: key.id.to_string(),
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
        name: &str,
    ) -> Result<ShownOnce<SecretString>, Error> {
        let application = self.own(reader, id).await?;
        let made = self
            .applications
            .create_key(&self.ctx(reader)?, &application, name)
            .await?;
        let (made, _) = self.settled(made).await;
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
