//! An application's name, description, redirect URI or reference id changes.

use dcr::ClientChanges;

use crate::model::{Application, ApplicationId, DeveloperId};

use crate::store::audit::{self, Entry};
use crate::store::{self, lifecycle};
use crate::{Ctx, Error};

use super::strategy::{Kind, Strategy};
use super::{ApplicationChanges, Applications, Effective, TOPIC, delete, invalid};

impl Applications {
    /// An application as everybody may see it, or as one of its owners may: its developer, or where a team
    /// owns it, a developer of the team.
    ///
    /// # Errors
    /// `NotFound` also if it is somebody else's, or not `active`.
    pub async fn get(
        &self,
        id: ApplicationId,
        owner: Option<DeveloperId>,
    ) -> Result<Application, Error> {
        let found = store::applications::find(&self.db, id).await?;
        let found = found.and_then(delete::visible);
        let found = found.ok_or_else(|| Error::not_found("application", id))?;
        let owns = match (owner, found.team_id) {
            (None, _) => true,
            (Some(owner), None) => owner == found.developer_id,
            (Some(owner), Some(team)) => store::team_members::holds(&self.db, team, owner).await?,
        };
        match owns {
            true => Ok(found),
            false => Err(Error::not_found("application", id)),
        }
    }

    /// Changes an application: first at the identity provider, then here. If the provider refuses
    /// or does not answer, nothing changes here.
    ///
    /// # Errors
    /// `Invalid`, `Conflict`, `Provider`.
    pub async fn update(
        &self,
        ctx: &Ctx,
        application: &Application,
        changes: ApplicationChanges,
    ) -> Result<Effective<Application>, Error> {
        let strategy = Strategy::load(&self.db, application.auth_strategy_id).await?;
        let mut changed = application.clone();
        changed.name = changes.name.unwrap_or(changed.name);
        changed.description = changes.description.unwrap_or(changed.description);
        if let Some(redirect_uri) = &changes.redirect_uri {
            changed.redirect_uri = redirect_uri.as_ref().map(ToString::to_string);
        }
        if let Some(reference_id) = changes.reference_id
            && reference_id != application.reference_id
        {
            match strategy.kind {
                // Konnect's own portal sends the unchanged one along; a changed one cannot be meant.
                Kind::Dcr(_) => {
                    let reason = "\"reference_id\" cannot change: it is the client id";
                    return Err(invalid("reference_id", "invalid", reason));
                }
                Kind::SelfManaged => changed.client_id = Some(reference_id.clone()),
                Kind::KeyAuth => {}
            }
            changed.reference_id = reference_id;
        }
        changed.updated_at = self.clock.now();
        self.update_client(&strategy, application, &changed, changes.redirect_uri)
            .await?;

        let mut tx = self.db.begin().await?;
        if matches!(strategy.kind, Kind::SelfManaged)
            && let Some(client_id) = &changed.client_id
            && lifecycle::client_id_is_taken(&mut tx, strategy.id, client_id, changed.id).await?
        {
            return Err(Error::Conflict(
                "another application has this reference id".to_owned(),
            ));
        }
        if !lifecycle::update(&mut tx, &changed, application.client_id.as_deref()).await? {
            drop(tx);
            return Err(self.changed_meanwhile(application.id).await?);
        }
        let entry = Entry::new("update", "application", changed.id).in_portal(changed.portal_id);
        let entry = entry.changing(application, &changed);
        audit::record(&mut tx, ctx, self.audit_id(), entry).await?;
        let revision = tx.record_change(TOPIC, &changed.id.to_string()).await?;
        tx.commit().await?;
        Ok(Effective {
            value: changed,
            revision: Some(revision),
        })
    }

    /// Why an application was not as it was just before.
    pub(super) async fn changed_meanwhile(&self, id: ApplicationId) -> Result<Error, Error> {
        let found = store::applications::find(&self.db, id).await?;
        Ok(match found.and_then(delete::visible) {
            Some(_) => Error::Conflict(
                "the application got another client at this moment; look at it and try again"
                    .to_owned(),
            ),
            None => Error::not_found("application", id),
        })
    }

    async fn update_client(
        &self,
        strategy: &Strategy,
        before: &Application,
        after: &Application,
        redirect_uri: Option<Option<url::Url>>,
    ) -> Result<(), Error> {
        let (Some(dcr), Some(client_id)) = (strategy.dcr(), &before.client_id) else {
            return Ok(());
        };
        let changes = ClientChanges {
            name: (before.name != after.name).then(|| after.name.clone()),
            description: (before.description != after.description)
                .then(|| after.description.clone()),
            redirect_uris: redirect_uri
                .filter(|_| before.redirect_uri != after.redirect_uri)
                .map(|uri| uri.into_iter().collect()),
        };
        let nothing = changes.name.is_none()
            && changes.description.is_none()
            && changes.redirect_uris.is_none();
        if nothing {
            return Ok(());
        }
        let adapter = self.providers.adapter(dcr.provider_id).await?;
        adapter.update(client_id, &changes).await.map_err(|error| {
            tracing::warn!(application = %before.id, %error, "dcr.update_failed");
            Error::from(error)
        })
    }
}
