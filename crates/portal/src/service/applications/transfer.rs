//! An application gets another owner.

use storage::Tx;

use super::owner::{self, Owner};
use super::strategy::Strategy;
use super::tell::News;
use super::{Applications, Effective, TOPIC, client, companions, create};
use crate::mail::Subject;
use crate::model::{Application, Developer, DeveloperId};
use crate::store::audit::{self, Entry};
use crate::store::{self, lifecycle};
use crate::{Actor, Ctx, Error};

impl Applications {
    /// Gives an application to a team, or to a developer alone. Its client, its credentials and its
    /// registrations stay; the client's marks at the provider follow where the developer changes and the
    /// provider keeps any.
    ///
    /// # Errors
    /// `Invalid` if the team or developer is not of this portal, or the developer who acts is not in the
    /// team; `Forbidden` if the team may not own applications, if somebody else than its developer takes
    /// the application back, or at the limit of applications; `Conflict` if the new owner may not register
    /// for what it is registered for, or the application changed at this moment; `Provider`.
    ///
    /// Source: Konnect portal-management v3.9.8, `PATCH …/applications/{applicationId}`.
    pub async fn transfer(
        &self,
        ctx: &Ctx,
        application: &Application,
        to: Owner,
    ) -> Result<Effective<Application>, Error> {
        owner::may_hand_over(ctx, application, to)?;
        let (developer_id, team_id) = match to {
            Owner::Team(id) => {
                let of = (application.portal_id, application.team_id);
                owner::joinable(&self.db, ctx, of, id).await?;
                (application.developer_id, Some(id))
            }
            Owner::Developer(id) => {
                owner::is_here(&self.db, application, id).await?;
                (id, None)
            }
        };
        let moved = |application: &Application| Application {
            team_id,
            developer_id,
            ..application.clone()
        };
        if moved(application).owner() == application.owner() {
            return Ok(Effective {
                value: application.clone(),
                revision: None,
            });
        }
        let all = self.with_companions(application).await?;
        let all: Vec<_> = all.into_iter().map(|one| (moved(&one), one)).collect();
        for (moved, before) in &all {
            if moved.developer_id != before.developer_id {
                self.mark_client(moved).await?;
            }
        }
        self.write_owner(ctx, all, true).await
    }

    /// Hands an application that a team owns to another developer of the team, because its own one leaves
    /// the portal. False if the team has no other.
    ///
    /// # Errors
    /// `Unavailable`.
    pub(crate) async fn hand_over(
        &self,
        ctx: &Ctx,
        application: &Application,
    ) -> Result<bool, Error> {
        let Some(team) = application.team_id else {
            return Ok(false);
        };
        let heir =
            store::team_members::first(&self.db, team, Some(application.developer_id)).await?;
        let Some(heir) = heir else {
            return Ok(false);
        };
        let mut moved = application.clone();
        moved.developer_id = heir;
        if let Err(error) = self.mark_client(&moved).await {
            // The application goes on as it is: its client only names who had it before.
            tracing::warn!(application = %application.id, %error, "dcr.mark_failed");
        }
        let handed = self
            .write_owner(ctx, vec![(moved, application.clone())], false)
            .await;
        handed.map(|_| true)
    }

    /// Gives applications that belong together, each as it is to be and as it was, to their new owner.
    async fn write_owner(
        &self,
        ctx: &Ctx,
        all: Vec<(Application, Application)>,
        tells: bool,
    ) -> Result<Effective<Application>, Error> {
        let mut tx = self.db.begin().await?;
        let (mut first, mut revision) = (None, None);
        let ids: Vec<_> = all.iter().map(|(moved, _)| moved.id).collect();
        for (mut moved, before) in all {
            let from: DeveloperId = before.developer_id;
            moved.updated_at = self.clock.now();
            if moved.developer_id != from {
                moved.idempotency_key = None;
                create::admit(&mut tx, &moved).await?;
            }
            owner::may_all_be_used(&mut tx, &moved).await?;
            if !lifecycle::transfer(&mut tx, &moved, from).await? {
                drop(tx);
                return Err(self.changed_meanwhile(before.id).await?);
            }
            let entry = Entry::new("transfer", "application", moved.id).in_portal(moved.portal_id);
            let entry = entry.changing(&before, &moved);
            audit::record(&mut tx, ctx, self.audit_id(), entry).await?;
            revision = Some(tx.record_change(TOPIC, &moved.id.to_string()).await?);
            // They are one application to whoever reads the mail.
            if tells && first.is_none() {
                self.tell_owners(&mut tx, ctx, &before, &moved).await?;
            }
            first.get_or_insert(moved);
        }
        companions::are_made(&mut tx, ids).await?;
        tx.commit().await?;
        let value = first.ok_or_else(|| Error::Internal("nothing was to be handed over".into()))?;
        Ok(Effective { value, revision })
    }

    /// Tells those who may act on an application from now on, and those who may not any more; never whoever
    /// does it.
    async fn tell_owners(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        before: &Application,
        after: &Application,
    ) -> Result<(), Error> {
        let acts = |developer: &Developer| matches!(ctx.actor, Actor::Developer { id, .. } if id == developer.id);
        let mut losing = self.at_work_on(tx, before).await?;
        let mut gaining = self.at_work_on(tx, after).await?;
        let had: Vec<DeveloperId> = losing.iter().map(|developer| developer.id).collect();
        losing.retain(|one| !acts(one) && gaining.iter().all(|other| other.id != one.id));
        let team = match after.team_id {
            Some(id) => store::teams::find(&mut *tx, id).await?,
            None => None,
        };
        // Whoever shares it with a team goes on having it.
        gaining.retain(|one| !acts(one) && (team.is_some() || !had.contains(&one.id)));
        let subject = match team {
            Some(_) => Subject::HandedToTeam,
            None => Subject::HandedOver,
        };
        let news = News {
            named: team.as_ref().map_or("", |team| &team.name),
            ..News::of(subject, after)
        };
        self.write_to(tx, &gaining, &news).await?;
        let news = News::of(Subject::HandedAway, after);
        self.write_to(tx, &losing, &news).await
    }

    /// Brings the owner's id to the client at the provider.
    async fn mark_client(&self, application: &Application) -> Result<(), Error> {
        let strategy = Strategy::load(&self.db, application.auth_strategy_id).await?;
        let (Some(dcr), Some(client_id)) = (strategy.dcr(), &application.client_id) else {
            return Ok(());
        };
        let adapter = self.providers.adapter(dcr.provider_id).await?;
        let registered = self.registered_scopes(application.id).await?;
        let wanted = client::of(self.organization().await?, application, dcr, registered);
        match adapter.restore(client_id, &wanted).await {
            Err(error) if error.kind == dcr::ErrorKind::Unsupported => Ok(()),
            other => Ok(other?),
        }
    }
}
