//! Actions: keeping them, building them, putting them to work.
//!
//! What runs where is read from the database when it changes, never for a request: [`Actions`] holds
//! the programs of every trigger, ready to run.

mod bindings;
mod bound;
mod build;
mod cache;
mod deploy;
mod edit;
pub(crate) mod flow;
mod packages;
mod records;
mod runner;
mod secrets;
mod try_out;

use std::sync::Arc;

use arc_swap::ArcSwap;
use egress::Egress;
use oauth::Clock;
use tokio::sync::{Mutex, Semaphore};

pub(crate) use bindings::{NewBinding, Reference, replace as bind};
pub(crate) use bound::{Bound, Ready};
pub(crate) use build::{resume as resume_builds, settled};
pub(crate) use deploy::{deploy, roll_back};
pub(crate) use edit::{Change, NewSecret, change, create, delete};
pub(crate) use records::{Records, flush, keep_writing, prune};
pub(crate) use runner::{Command, Line};
pub(crate) use try_out::{Trial, try_out};

use crate::model::action::Trigger;
use crate::settings::ActionsSettings;
use crate::{Error, Tenant};
use cache::Cache;
use packages::Packages;
use runner::Runner;

/// How many runs that nobody waits for may be under way or wait for their turn.
const BACKGROUND: usize = 256;

/// What the tenant's Actions need while it runs.
pub(crate) struct Actions {
    runner: Runner,
    bound: ArcSwap<Bound>,
    /// One at a time reads what is bound, so that an older reading never replaces a newer one.
    reloading: Mutex<()>,
    records: Records,
    packages: Packages,
    cache: Cache,
    background: Arc<Semaphore>,
}

impl Actions {
    pub(crate) fn new(settings: &ActionsSettings, egress: Egress, clock: &Clock) -> Self {
        Self {
            runner: Runner::new(settings.clone(), egress),
            bound: ArcSwap::default(),
            reloading: Mutex::default(),
            records: Records::default(),
            packages: Packages::default(),
            cache: Cache::new(clock.clone()),
            background: Arc::new(Semaphore::new(BACKGROUND)),
        }
    }

    /// What runs at a trigger; nothing is asked for it.
    pub(crate) fn at(&self, trigger: Trigger) -> Arc<[Arc<Ready>]> {
        self.bound.load().at(trigger)
    }

    /// How Actions reach the outside.
    pub(crate) const fn egress(&self) -> &Egress {
        self.runner.egress()
    }
}

/// Reads anew what runs at the triggers. It is in effect when this returns.
///
/// # Errors
/// [`Error::Unavailable`]; what ran before runs on.
pub(crate) async fn reload(tenant: &Tenant) -> Result<(), Error> {
    let actions = tenant.actions();
    let _turn = actions.reloading.lock().await;
    let before = actions.bound.load_full();
    let bound = bound::load(tenant, &before).await?;
    actions.bound.store(Arc::new(bound));
    Ok(())
}

fn missing() -> Error {
    Error::NotFound {
        code: None,
        message: "The action does not exist.".into(),
    }
}
