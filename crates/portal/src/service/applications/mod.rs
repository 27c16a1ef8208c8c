//! Applications: their life here and, with DCR, as clients at an identity provider.
//!
//! A provider cannot take part in a transaction, so each step leaves a state from which the next
//! can be taken by anybody: `provisioning` → `active` → `deleting` → gone. Whatever could be left
//! over has a job in the outbox, written in the same transaction, that brings it to an end
//! ([`Applications::reconcile`]). An application whose secret may not have reached its developer is
//! never finished but undone: the secret cannot be shown again.

mod adopt;
mod client;
mod companions;
mod create;
mod delete;
mod drift;
mod fleet;
mod hooks;
mod kept;
mod key_end;
mod keys;
mod orphans;
mod overlap;
mod owner;
mod providers;
mod register;
mod repeat;
mod request;
mod rotate;
mod scopes;
mod settle;
mod strategy;
mod tell;
mod transfer;
mod update;

use std::sync::Arc;

use oauth::{Clock, Entropy};
use storage::outbox::Outbox;
use storage::seal::Sealer;
use storage::{Database, Tx};

pub use create::CreatedApplication;
pub use delete::Removal;
pub(crate) use delete::STILL_LEAVING;
pub use drift::{Difference, Outcome, Plan, RECONCILE_QUEUE, Reconciliation};
pub use fleet::{FLEET_QUEUE, FleetApplication, FleetReport, Retirement, ToRetire};
pub use key_end::KEY_QUEUE;
pub(crate) use keys::lifetime;
pub use keys::{CreatedKey, MOST_KEYS, NewKey};
pub use overlap::{
    Credential, LONGEST_OVERLAP, REMIND_QUEUE, RETIRE_QUEUE, SILENCE, SUCCESSION_QUEUE,
};
pub use owner::Owner;
pub use providers::{Connect, Verification};
pub use request::{ApplicationChanges, NewApplication, NewRegistration};
pub use rotate::RotatedSecret;

use crate::model::{Application, AuditId, Registration};
use crate::publish::topic::APPLICATION as TOPIC;
use crate::store::audit::{self, Entry};
use crate::{Ctx, Error, Violation};
use providers::Providers;

/// The outbox's queue of applications to settle. The key is the application's id.
pub const SETTLE_QUEUE: &str = "portal.application.settle";

/// The outbox's queue of rotations whose end nobody saw. The key is the application's id.
pub const ROTATION_QUEUE: &str = "portal.application.rotation";

/// The outbox's queue of applications whose scopes are to be brought to the provider.
pub const SCOPES_QUEUE: &str = "portal.application.scopes";

/// The outbox's queue of registrations that a provider is to hear of. The key is the registration's
/// id.
pub const HOOKS_QUEUE: &str = "portal.registration.hook";

/// The outbox's queue of verifications whose end nobody saw. The key is the provider's id.
pub const CANARY_QUEUE: &str = "portal.dcr.canary";

/// The applications of every portal of this instance. Copies share the adapters.
#[derive(Clone)]
pub struct Applications {
    db: Database,
    clock: Clock,
    entropy: Entropy,
    sealer: Sealer,
    outbox: Outbox,
    providers: Arc<Providers>,
    portal_url: Arc<str>,
}

impl Applications {
    /// The applications in this database. `connect` makes an adapter from a provider's settings; mails
    /// lead developers to `portal_url`, unless their portal has a domain of its own.
    #[must_use]
    pub fn new(
        db: Database,
        sealer: Sealer,
        clock: Clock,
        entropy: Entropy,
        connect: Connect,
        portal_url: &str,
    ) -> Self {
        Self {
            outbox: Outbox::new(db.clone(), clock.clone(), entropy.clone()),
            providers: Arc::new(Providers::new(
                db.clone(),
                sealer.clone(),
                clock.clone(),
                entropy.clone(),
                connect,
            )),
            portal_url: portal_url.into(),
            sealer,
            db,
            clock,
            entropy,
        }
    }

    fn audit_id(&self) -> AuditId {
        AuditId::new(&self.entropy)
    }

    async fn record(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        action: &'static str,
        application: &Application,
    ) -> Result<(), Error> {
        let entry = Entry::new(action, "application", application.id);
        let entry = entry.in_portal(application.portal_id);
        let entry = match action {
            "create" => entry.making(application),
            "delete" => entry.removing(application),
            _ => entry,
        };
        Ok(audit::record(tx, ctx, AuditId::new(&self.entropy), entry).await?)
    }

    async fn record_registration(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        action: &'static str,
        registration: &Registration,
    ) -> Result<(), Error> {
        let entry = Entry::new(action, "application_registration", registration.id);
        let entry = entry.in_portal(registration.portal_id);
        let entry = match action {
            "create" => entry.making(registration),
            "delete" => entry.removing(registration),
            _ => entry,
        };
        Ok(audit::record(tx, ctx, AuditId::new(&self.entropy), entry).await?)
    }
}

/// A result, and the feed's revision from which every gateway acts on it. A surface waits for that
/// revision (`Publisher::settle`) before it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "gateways must have come to the revision before the answer is given"]
pub struct Effective<T> {
    /// The result.
    pub value: T,
    /// The revision; `None` if nothing changed for gateways.
    pub revision: Option<i64>,
}

/// One member of the body that is not as asked.
fn invalid(field: &'static str, rule: &'static str, reason: impl Into<String>) -> Error {
    Error::invalid(Violation::body(field, rule, reason))
}

/// What a developer may read of a provider's failure. What an administrator must mend is told to
/// administrators alone.
#[must_use]
pub fn text_for_developers(error: &dcr::Error) -> String {
    match &error.kind {
        dcr::ErrorKind::Rejected | dcr::ErrorKind::Unsupported => error.message.clone(),
        dcr::ErrorKind::RateLimited { .. } | dcr::ErrorKind::Unavailable => {
            "the identity provider does not answer; try again in a few minutes".to_owned()
        }
        _ => "the identity provider refused; ask the owner of this portal to look at its DCR provider"
            .to_owned(),
    }
}
