//! Does what was decided about a difference.

use std::collections::HashSet;

use dcr::{ClientState, Field, RegisteredClient};

use super::super::strategy::Dcr;
use super::super::{Applications, TOPIC};
use super::compare::named;
use super::look::About;
use super::provider::Provider;
use super::{Difference, Outcome};
use crate::model::{
    Application, ApplicationId, ApplicationStatus, AuditId, AuthStrategyId, DcrProviderId,
    DeveloperId, DriftAction, DriftKind, Labels, PortalId,
};
use crate::store::audit::{self, Entry};
use crate::store::{self, lifecycle, reconciliations};
use crate::{Ctx, Error};

impl Applications {
    /// Carries out decisions about a plan: differences by their ids. One that a new look at the
    /// provider does not show any more is [`Outcome::Outdated`].
    ///
    /// # Errors
    /// Those of [`Applications::plan`]. What fails with one difference is its outcome.
    pub async fn decide(
        &self,
        ctx: &Ctx,
        provider_id: DcrProviderId,
        decisions: &[(String, DriftAction)],
    ) -> Result<Vec<Outcome>, Error> {
        let provider = self.provider(provider_id).await?;
        let open = reconciliations::open(&self.db, provider_id).await?;
        let wanted: HashSet<&str> = decisions.iter().map(|(id, _)| id.as_str()).collect();
        let open: Vec<_> = open
            .into_iter()
            .filter(|open| wanted.contains(open.id.as_str()))
            .collect();
        // What was found before is looked at again, and nothing else.
        let found = match open.len() == wanted.len() {
            true => self.examine(&provider, About::open(&open)).await?,
            false => self.compare(&provider).await?.differences,
        };
        let mut outcomes = Vec::with_capacity(decisions.len());
        for (id, action) in decisions {
            let found = found.iter().find(|found| found.id() == *id);
            let outcome = match found {
                Some(difference) => self.carry_out(ctx, &provider, difference, *action).await,
                None => Outcome::Outdated,
            };
            if outcome == Outcome::Outdated
                || outcome == Outcome::Done && *action != DriftAction::Leave
            {
                self.close(provider_id, id).await?;
            }
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }

    async fn close(&self, provider_id: DcrProviderId, difference: &str) -> Result<(), Error> {
        let mut tx = self.db.begin().await?;
        reconciliations::close(&mut tx, provider_id, difference).await?;
        Ok(tx.commit().await?)
    }

    pub(super) async fn carry_out(
        &self,
        ctx: &Ctx,
        provider: &Provider,
        difference: &Difference,
        action: DriftAction,
    ) -> Outcome {
        if !difference.actions().contains(&action) {
            let kind = difference.kind;
            return Outcome::Failed(format!("{action} does not help with this {kind} client"));
        }
        if action == DriftAction::Leave {
            return Outcome::Done;
        }
        let done = match (difference.kind, &difference.application, &difference.client) {
            (DriftKind::Orphaned, _, Some(client)) => {
                self.end_stray(ctx, provider, client, action).await
            }
            (DriftKind::Changed, Some(application), Some(_)) => {
                let changed = Changed {
                    application,
                    difference,
                };
                self.end_change(ctx, provider, changed, action).await
            }
            (DriftKind::Missing, Some(application), candidate) => {
                let missing = Missing {
                    application,
                    candidate: candidate.as_ref(),
                };
                self.end_absence(ctx, provider, missing, action).await
            }
            _ => Ok(Outcome::Outdated),
        };
        done.unwrap_or_else(|error| {
            tracing::warn!(difference = %difference.id(), %error, "dcr.drift_remains");
            Outcome::Failed(error.to_string())
        })
    }

    /// The application as it is now, if it is still the one that was compared.
    async fn unchanged(&self, application: &Application) -> Result<bool, Error> {
        let now = store::applications::find(&self.db, application.id).await?;
        Ok(now.is_some_and(|now| {
            now.status == ApplicationStatus::Active && now.updated_at == application.updated_at
        }))
    }

    async fn end_absence(
        &self,
        ctx: &Ctx,
        provider: &Provider,
        Missing {
            application,
            candidate,
        }: Missing<'_>,
        action: DriftAction,
    ) -> Result<Outcome, Error> {
        let Some(gone) = application.client_id.as_deref() else {
            return Ok(Outcome::Outdated);
        };
        if !self.unchanged(application).await? || provider.adapter.inspect(gone).await?.is_some() {
            return Ok(Outcome::Outdated);
        }
        let Some(client) = self.wanted(provider, application).await? else {
            return Ok(Outcome::Outdated);
        };
        if action == DriftAction::Delete {
            if let Some(candidate) = candidate {
                provider.adapter.delete(&candidate.client_id).await?;
            }
            return self.end_application(ctx, application).await;
        }
        // A client that is there already is better than a second one. Its secret and that of a new
        // one are nobody's: the developer makes another.
        let (client_id, verb) = match candidate {
            Some(candidate) => {
                let restored = provider.adapter.restore(&candidate.client_id, &client);
                restored.await?;
                (candidate.client_id.clone(), "adopt_client")
            }
            None => {
                let RegisteredClient { client_id, .. } = provider.adapter.register(&client).await?;
                (client_id, "recreate_client")
            }
        };
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let id = application.id;
        if !lifecycle::repoint(&mut tx, id, Some(gone), &client_id, now).await? {
            drop(tx);
            provider.adapter.delete(&client_id).await?;
            return Ok(Outcome::Outdated);
        }
        self.record(&mut tx, ctx, verb, application).await?;
        tx.record_change(TOPIC, &id.to_string()).await?;
        tx.commit().await?;
        // What was kept of the one that is gone ends with it.
        if let Err(error) = provider.adapter.delete(gone).await {
            tracing::warn!(client = gone, %error, "dcr.absent_client_not_forgotten");
        }
        Ok(Outcome::Done)
    }

    async fn end_change(
        &self,
        ctx: &Ctx,
        provider: &Provider,
        Changed {
            application,
            difference,
        }: Changed<'_>,
        action: DriftAction,
    ) -> Result<Outcome, Error> {
        let Some(client_id) = application.client_id.as_deref() else {
            return Ok(Outcome::Outdated);
        };
        let now = provider.adapter.inspect(client_id).await?;
        if now != difference.client || !self.unchanged(application).await? {
            return Ok(Outcome::Outdated);
        }
        match (action, &difference.client) {
            (DriftAction::Delete, _) => self.end_application(ctx, application).await,
            (DriftAction::Adopt, Some(client)) => {
                self.take_over(ctx, application, client, &difference.fields)
                    .await
            }
            _ => {
                let Some(client) = self.wanted(provider, application).await? else {
                    return Ok(Outcome::Outdated);
                };
                provider.adapter.restore(client_id, &client).await?;
                let mut tx = self.db.begin().await?;
                self.record(&mut tx, ctx, "restore_client", application)
                    .await?;
                tx.commit().await?;
                Ok(Outcome::Done)
            }
        }
    }

    async fn take_over(
        &self,
        ctx: &Ctx,
        application: &Application,
        client: &ClientState,
        fields: &[Field],
    ) -> Result<Outcome, Error> {
        let mut changed = application.clone();
        if fields.contains(&Field::Name) {
            changed.name.clone_from(&client.name);
        }
        if fields.contains(&Field::RedirectUris) {
            changed.redirect_uri = client.redirect_uris.first().cloned();
        }
        changed.updated_at = self.clock.now();
        let mut tx = self.db.begin().await?;
        if !lifecycle::update(&mut tx, &changed, application.client_id.as_deref()).await? {
            return Ok(Outcome::Outdated);
        }
        self.record(&mut tx, ctx, "adopt_changes", &changed).await?;
        tx.record_change(TOPIC, &changed.id.to_string()).await?;
        tx.commit().await?;
        Ok(Outcome::Done)
    }

    async fn end_application(
        &self,
        ctx: &Ctx,
        application: &Application,
    ) -> Result<Outcome, Error> {
        match self.delete(ctx, application).await {
            Ok(_) => Ok(Outcome::Done),
            Err(Error::NotFound(_)) => Ok(Outcome::Outdated),
            Err(error) => Err(error),
        }
    }

    async fn end_stray(
        &self,
        ctx: &Ctx,
        provider: &Provider,
        client: &ClientState,
        action: DriftAction,
    ) -> Result<Outcome, Error> {
        let now = provider.adapter.inspect(&client.client_id).await?;
        let application = match named(client) {
            Some(id) => store::applications::find(&self.db, id).await?,
            None => None,
        };
        if now.as_ref() != Some(client)
            || !self
                .is_stray(provider, client, application.as_ref())
                .await?
        {
            return Ok(Outcome::Outdated);
        }
        if action == DriftAction::Adopt {
            if application.is_some() {
                // Another client of the same application was taken in meanwhile.
                return Ok(Outcome::Outdated);
            }
            return self.take_in(ctx, provider, client).await;
        }
        provider.adapter.delete(&client.client_id).await?;
        let entry = Entry::new("delete_orphan", "dcr_client", &client.client_id);
        let mut tx = self.db.begin().await?;
        audit::record(&mut tx, ctx, AuditId::new(&self.entropy), entry).await?;
        tx.commit().await?;
        Ok(Outcome::Done)
    }

    /// Makes the application again that a client says it belongs to: it was lost here, as after the
    /// restore of a backup.
    async fn take_in(
        &self,
        ctx: &Ctx,
        provider: &Provider,
        client: &ClientState,
    ) -> Result<Outcome, Error> {
        let metadata = &client.metadata;
        let ids: (Option<ApplicationId>, Option<PortalId>, Option<DeveloperId>) = (
            named(client),
            metadata.konnect_portal_id.parse().ok(),
            metadata.konnect_developer_id.parse().ok(),
        );
        let (Some(id), Some(portal_id), Some(developer_id)) = ids else {
            return Ok(nobodys());
        };
        let developer = store::developers::find(&self.db, developer_id).await?;
        if developer.is_none_or(|developer| developer.portal_id != portal_id) {
            return Ok(nobodys());
        }
        let Some((auth_strategy_id, dcr)) = self.only_strategy(provider, portal_id).await? else {
            return Ok(Outcome::Failed(
                "the portal offers several auth strategies with this provider, or none: \
                 it cannot be told which one the client was made for"
                    .to_owned(),
            ));
        };
        let granted = dcr
            .audience
            .as_ref()
            .and_then(|audience| client.scopes.get(audience));
        let chosen = granted.into_iter().flatten();
        let chosen =
            chosen.filter(|scope| dcr.developer_managed_scopes && dcr.scopes.contains(scope));
        let now = self.clock.now();
        let name: String = client.name.chars().take(super::NAME).collect();
        let application = Application {
            id,
            portal_id,
            developer_id,
            team_id: None,
            auth_strategy_id,
            status: ApplicationStatus::Active,
            name: if name.is_empty() {
                id.to_string()
            } else {
                name
            },
            description: None,
            redirect_uri: client.redirect_uris.first().cloned(),
            reference_id: client.client_id.clone(),
            client_id: Some(client.client_id.clone()),
            scopes: chosen.cloned().collect(),
            secret_version: 0,
            idempotency_key: None,
            labels: Labels::new(),
            created_at: now,
            updated_at: now,
        };
        let mut tx = self.db.begin().await?;
        store::applications::insert(&mut tx, &application).await?;
        self.record(&mut tx, ctx, "adopt_client", &application)
            .await?;
        tx.record_change(TOPIC, &id.to_string()).await?;
        tx.commit().await?;
        if let Some(whole) = self.wanted(provider, &application).await? {
            provider.adapter.restore(&client.client_id, &whole).await?;
        }
        Ok(Outcome::Done)
    }

    async fn only_strategy(
        &self,
        provider: &Provider,
        portal_id: PortalId,
    ) -> Result<Option<(AuthStrategyId, Dcr)>, Error> {
        let offered = store::strategies::of_portal(&self.db, portal_id).await?;
        let mut of_provider = offered.iter().filter_map(|offered| {
            let dcr = provider.strategy(offered.id)?;
            Some((offered.id, dcr.clone()))
        });
        let only = of_provider.next();
        Ok(only.filter(|_| of_provider.next().is_none()))
    }
}

#[derive(Clone, Copy)]
struct Missing<'a> {
    application: &'a Application,
    candidate: Option<&'a ClientState>,
}

#[derive(Clone, Copy)]
struct Changed<'a> {
    application: &'a Application,
    difference: &'a Difference,
}

fn nobodys() -> Outcome {
    Outcome::Failed(
        "the developer whose application this was is gone: delete the client, or leave it"
            .to_owned(),
    )
}
