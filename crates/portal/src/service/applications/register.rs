//! Applications register for APIs.

use dcr::RegistrationChange;

use crate::mail::Sealed;
use crate::model::{Application, ApprovalStatus, PortalId, Registration, RegistrationId};
use crate::service::decisions::Decision;
use crate::service::team_mail;
use crate::store::audit::{self, Entry};
use crate::{Actor, Ctx, Error, store};

use super::strategy::Strategy;
use super::{Applications, Effective, NewRegistration, TOPIC, hooks, invalid, owner};

/// Said of what the portal does not publish, or not for this developer.
pub(super) const NOTHING_PUBLISHED: &str =
    "\"product_version_id\" names nothing that is published in this portal";

impl Applications {
    /// Registers an application for a product version: `approved` where the portal or the version
    /// approves by itself, else `pending`. Where developers choose scopes, the identity provider
    /// grants them before this returns, or there is no registration. Where teams' roles decide, a
    /// developer registers only for what the owner of the application has the role `API Consumer` for.
    ///
    /// # Errors
    /// `Invalid`, `Conflict` if there is one already or the strategies differ, `Forbidden`,
    /// `Provider`.
    pub async fn register(
        &self,
        ctx: &Ctx,
        application: &Application,
        new: NewRegistration,
    ) -> Result<Effective<Registration>, Error> {
        let granted_scopes = self.granted_scopes(application, &new).await?;
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let portal_id = application.portal_id;
        let site = store::sites::find(&mut tx, portal_id).await?;
        let site = site.ok_or_else(|| Error::not_found("portal", portal_id))?;
        let version_id = new.product_version_id;
        let offer = store::publications::find_offered(&mut tx, portal_id, version_id).await?;
        let offer = offer
            .ok_or_else(|| invalid("product_version_id", "missing_reference", NOTHING_PUBLISHED))?;
        if matches!(ctx.actor, Actor::Developer { .. }) {
            owner::may_register(&mut tx, &site, application, version_id).await?;
        }
        if !offer.application_registration_enabled {
            return Err(Error::Forbidden(
                "this version does not take registrations of applications".to_owned(),
            ));
        }
        if offer.auth_strategy_id != Some(application.auth_strategy_id) {
            return Err(Error::Conflict(
                "this version has another auth strategy than the application; \
                 create an application with that one"
                    .to_owned(),
            ));
        }
        let registration = Registration {
            id: RegistrationId::new(&self.entropy),
            portal_id: application.portal_id,
            application_id: application.id,
            product_version_id: new.product_version_id,
            status: new.status.unwrap_or(
                match offer.auto_approve_registration || site.auto_approve_applications {
                    true => ApprovalStatus::Approved,
                    false => ApprovalStatus::Pending,
                },
            ),
            granted_scopes,
            created_at: now,
            updated_at: now,
        };
        store::registrations::insert(&mut tx, &registration)
            .await
            .map_err(not_twice)?;
        self.record_registration(&mut tx, ctx, "create", &registration)
            .await?;
        let approved = registration.status == ApprovalStatus::Approved;
        let brings_scopes = approved && registration.granted_scopes.is_some();
        if brings_scopes {
            self.enqueue_scopes(&mut tx, application.id).await?;
        }
        if registration.status == ApprovalStatus::Pending {
            team_mail::begins(&mut tx, portal_id, now).await?;
        }
        let revision = if approved {
            self.enqueue_hook(&mut tx, &registration, RegistrationChange::Added)
                .await?;
            Some(tx.record_change(TOPIC, &application.id.to_string()).await?)
        } else {
            None
        };
        tx.commit().await?;

        if brings_scopes && let Err(error) = self.bring_scopes(application.id).await {
            tracing::warn!(application = %application.id, %error, "dcr.scopes_failed");
            self.undo_registration(ctx, &registration).await?;
            return Err(error);
        }
        Ok(Effective {
            value: registration,
            revision,
        })
    }

    /// An administrator approves, refuses or revokes a registration. Gateways obey from the revision
    /// on; the provider's scopes follow.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn set_registration_status(
        &self,
        ctx: &Ctx,
        portal: PortalId,
        id: RegistrationId,
        status: ApprovalStatus,
    ) -> Result<Effective<Registration>, Error> {
        self.decide_registration(ctx, (portal, id), &Decision::silent(status), Vec::new())
            .await
    }

    /// The same with a reason, and with the mails that tell of it if anything changes.
    ///
    /// # Errors
    /// `NotFound`.
    pub(crate) async fn decide_registration(
        &self,
        ctx: &Ctx,
        (portal, id): (PortalId, RegistrationId),
        decision: &Decision,
        letters: Vec<Sealed>,
    ) -> Result<Effective<Registration>, Error> {
        let status = decision.status;
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let found = store::registrations::find(&mut tx, id).await?;
        let mut registration = found
            .filter(|found| found.portal_id == portal)
            .ok_or_else(|| Error::not_found("registration", id))?;
        if registration.status == status {
            return Ok(Effective {
                value: registration,
                revision: None,
            });
        }
        let change = hooks::change(registration.status, status);
        let before = registration.clone();
        registration.status = status;
        registration.updated_at = now;
        store::registrations::update(&mut tx, &registration).await?;
        if let Some(change) = change {
            self.enqueue_hook(&mut tx, &registration, change).await?;
        }
        let entry = Entry::new(verb(status), "application_registration", id).in_portal(portal);
        let entry = entry.changing(&before, &registration);
        let entry = entry.with(decision.reason.detail());
        audit::record(&mut tx, ctx, self.audit_id(), entry).await?;
        for letter in letters {
            letter.enqueue(&mut tx).await?;
        }
        let revision = self.changed(&mut tx, &registration).await?;
        tx.commit().await?;
        self.try_scopes(&registration).await;
        Ok(Effective {
            value: registration,
            revision: Some(revision),
        })
    }

    /// Ends a registration of the application.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn unregister(
        &self,
        ctx: &Ctx,
        application: &Application,
        id: RegistrationId,
    ) -> Result<Effective<()>, Error> {
        self.unregister_telling(ctx, application, id, Vec::new())
            .await
    }

    /// The same, with the mails that tell of it.
    ///
    /// # Errors
    /// `NotFound`.
    pub(crate) async fn unregister_telling(
        &self,
        ctx: &Ctx,
        application: &Application,
        id: RegistrationId,
        letters: Vec<Sealed>,
    ) -> Result<Effective<()>, Error> {
        let mut tx = self.db.begin().await?;
        let found = store::registrations::find(&mut tx, id).await?;
        let registration = found
            .filter(|found| found.application_id == application.id)
            .ok_or_else(|| Error::not_found("registration", id))?;
        let revision = self
            .delete_registration(&mut tx, ctx, &registration)
            .await?;
        for letter in letters {
            letter.enqueue(&mut tx).await?;
        }
        tx.commit().await?;
        self.try_scopes(&registration).await;
        Ok(Effective {
            value: (),
            revision: Some(revision),
        })
    }

    async fn undo_registration(&self, ctx: &Ctx, registration: &Registration) -> Result<(), Error> {
        let mut tx = self.db.begin().await?;
        self.delete_registration(&mut tx, ctx, registration).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn delete_registration(
        &self,
        tx: &mut storage::Tx,
        ctx: &Ctx,
        registration: &Registration,
    ) -> Result<i64, Error> {
        store::registrations::delete(tx, registration.id).await?;
        if registration.status == ApprovalStatus::Approved {
            self.enqueue_hook(tx, registration, RegistrationChange::Removed)
                .await?;
        }
        self.record_registration(tx, ctx, "delete", registration)
            .await?;
        self.changed(tx, registration).await
    }

    /// Scopes follow, and gateways.
    async fn changed(
        &self,
        tx: &mut storage::Tx,
        registration: &Registration,
    ) -> Result<i64, Error> {
        if registration.granted_scopes.is_some() {
            self.enqueue_scopes(tx, registration.application_id).await?;
        }
        let key = registration.application_id.to_string();
        Ok(tx.record_change(TOPIC, &key).await?)
    }

    /// At once if the provider answers; the job goes on if not.
    async fn try_scopes(&self, registration: &Registration) {
        let id = registration.application_id;
        if registration.granted_scopes.is_some()
            && let Err(error) = self.bring_scopes(id).await
        {
            tracing::warn!(application = %id, %error, "dcr.scopes_failed; it is tried again later");
        }
    }

    /// `None` where developers do not choose scopes.
    async fn granted_scopes(
        &self,
        application: &Application,
        new: &NewRegistration,
    ) -> Result<Option<Vec<String>>, Error> {
        let strategy = Strategy::load(&self.db, application.auth_strategy_id).await?;
        match strategy.dcr().filter(|dcr| dcr.developer_managed_scopes) {
            None if new.scopes.is_empty() => Ok(None),
            None => {
                let reason = "\"scopes\" is not allowed: developers do not choose scopes here";
                Err(invalid("scopes", "unknown_property", reason))
            }
            Some(dcr) => match dcr.not_offered(&new.scopes) {
                None => Ok(Some(new.scopes.clone())),
                Some(scope) => {
                    let offered = dcr.scopes.join(", ");
                    let reason = format!("\"scopes\" must be among [{offered}]: not {scope}");
                    Err(invalid("scopes", "invalid", reason))
                }
            },
        }
    }
}

const fn verb(status: ApprovalStatus) -> &'static str {
    match status {
        ApprovalStatus::Approved => "approve",
        ApprovalStatus::Pending => "suspend",
        ApprovalStatus::Revoked => "revoke",
        ApprovalStatus::Rejected => "reject",
    }
}

fn not_twice(error: storage::Error) -> Error {
    match error {
        storage::Error::Unique { .. } => Error::Conflict(
            "the application is registered for this version, or has asked for it".to_owned(),
        ),
        storage::Error::ForeignKey => {
            Error::Conflict("the application or the version was just removed".to_owned())
        }
        other => other.into(),
    }
}
