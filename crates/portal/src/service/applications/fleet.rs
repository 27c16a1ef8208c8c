//! Every application of a provider gets a new credential, while the old ones work on.
//!
//! An administrator begins it; nobody but its developer is shown an application's secret. So each
//! application gets its second client, whose secret is dropped, or, where a client has several secrets,
//! the present ones are marked; its developer is told by mail and gets a secret by rotating
//! ([`Applications::rotate`]).

mod members;

use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use serde_json::json;
use storage::Tx;
use storage::outbox::{Job, JobError, NewJob};

use super::settle::retry;
use super::{Applications, LONGEST_OVERLAP, delete, overlap};
use crate::model::{
    ApplicationId, DcrProviderId, FleetFailure, FleetProgress, FleetRotation, FleetRotationId,
};
use crate::store::audit::{self, Entry};
use crate::store::{self, fleet_rotations};
use crate::{Actor, Ctx, Error};

pub use members::{FleetApplication, Retirement, ToRetire};

/// The outbox's queue of rotations. The key is the rotation's id.
pub const FLEET_QUEUE: &str = "portal.dcr.rotation";

/// How many applications one run of the job is about, and how many of them at a time.
const CHUNK: i64 = 40;
const AT_A_TIME: usize = 4;

/// How often an application is tried whose turn fails for a reason that may pass. The growing pauses in
/// between are together longer than an interrupted rotation takes to be undone.
const ATTEMPTS: i64 = 8;

/// Rotations and failures that are listed.
const LISTED: i64 = 100;

/// A rotation with how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FleetReport {
    /// The rotation.
    pub rotation: FleetRotation,
    /// How far it is.
    pub progress: FleetProgress,
    /// What went wrong, for at most a hundred applications.
    pub failures: Vec<FleetFailure>,
}

impl Applications {
    /// Begins to rotate every application of a provider that is not being rotated. The old credentials
    /// work on for `overlap`, at most [`LONGEST_OVERLAP`].
    ///
    /// # Errors
    /// `Conflict` if one runs, or the provider was just removed.
    pub async fn rotate_fleet(
        &self,
        ctx: &Ctx,
        provider_id: DcrProviderId,
        overlap: Duration,
    ) -> Result<FleetReport, Error> {
        let overlap = overlap.min(LONGEST_OVERLAP).as_secs();
        let rotation = FleetRotation {
            id: FleetRotationId::new(&self.entropy),
            provider_id,
            overlap: i64::try_from(overlap).unwrap_or(i64::MAX),
            created_at: self.clock.now(),
            finished_at: None,
        };
        let mut tx = self.db.begin().await?;
        fleet_rotations::insert(&mut tx, &rotation)
            .await
            .map_err(not_twice)?;
        let detail = json!({ "rotation": rotation.id, "overlap": rotation.overlap });
        let entry = Entry::new("rotate_fleet", "dcr_provider", provider_id).with(detail);
        audit::record(&mut tx, ctx, self.audit_id(), entry).await?;
        go_on(&mut tx, rotation.id, rotation.created_at).await?;
        tx.commit().await?;
        self.fleet_report(rotation, false).await
    }

    /// A provider's rotation. `heard` as for [`Applications::credentials`].
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn fleet_rotation(
        &self,
        provider_id: DcrProviderId,
        id: FleetRotationId,
        heard: bool,
    ) -> Result<FleetReport, Error> {
        let found = self.rotation(provider_id, id).await?;
        self.fleet_report(found, heard).await
    }

    async fn rotation(
        &self,
        provider_id: DcrProviderId,
        id: FleetRotationId,
    ) -> Result<FleetRotation, Error> {
        let found = fleet_rotations::find(&self.db, id).await?;
        let found = found.filter(|rotation| rotation.provider_id == provider_id);
        found.ok_or_else(|| Error::not_found("rotation", id))
    }

    /// A provider's rotations, the newest first.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn fleet_rotations(
        &self,
        id: DcrProviderId,
        heard: bool,
    ) -> Result<Vec<FleetReport>, Error> {
        let mut reports = Vec::new();
        for rotation in fleet_rotations::latest(&self.db, id, LISTED).await? {
            reports.push(self.fleet_report(rotation, heard).await?);
        }
        Ok(reports)
    }

    async fn fleet_report(
        &self,
        rotation: FleetRotation,
        heard: bool,
    ) -> Result<FleetReport, Error> {
        let quiet = overlap::quiet(self.clock.now());
        let mut progress = fleet_rotations::progress(&self.db, rotation.id, quiet).await?;
        if !heard {
            progress.safe_to_retire = 0;
        }
        Ok(FleetReport {
            progress,
            failures: fleet_rotations::failures(&self.db, rotation.id, LISTED).await?,
            rotation,
        })
    }

    /// Some applications, and a job for the next ones.
    pub(super) async fn fleet_job(&self, job: Job) -> Result<(), JobError> {
        let id: FleetRotationId = job.key.parse().map_err(|_| JobError::Permanent {
            reason: format!("`{}` is not a rotation's id", job.key),
        })?;
        let Some(rotation) = fleet_rotations::find(&self.db, id).await? else {
            return Ok(());
        };
        let waiting = fleet_rotations::waiting(&self.db, id, CHUNK).await?;
        let mut outcomes = Vec::with_capacity(waiting.len());
        for some in waiting.chunks(AT_A_TIME) {
            let mut steps = Vec::with_capacity(AT_A_TIME);
            for application in some {
                // Boxed: the compiler cannot prove so deep a future `Send` from afar.
                steps.push(self.step(&rotation, *application).boxed());
            }
            outcomes.append(&mut join_all(steps).await);
        }
        let mut tx = self.db.begin().await?;
        if waiting.is_empty() {
            fleet_rotations::finish(&mut tx, id, self.clock.now()).await?;
            return Ok(tx.commit().await?);
        }
        // A provider that is away or asks to wait gets the pause that other jobs give it.
        if let Some(Err(error)) = outcomes.into_iter().find(Result::is_err) {
            return Err(retry(error));
        }
        go_on(&mut tx, id, self.clock.now()).await.map_err(retry)?;
        Ok(tx.commit().await?)
    }

    /// One application's turn. An error if others would meet it too.
    async fn step(&self, rotation: &FleetRotation, id: ApplicationId) -> Result<(), Error> {
        let found = store::applications::find(&self.db, id).await?;
        let Some(application) = found.and_then(delete::visible) else {
            return self
                .missed(rotation.id, id, "it was deleted meanwhile", 1)
                .await;
        };
        let ctx = Ctx {
            actor: Actor::System,
            now: self.clock.now(),
            request_id: rotation.id.to_string(),
            caller: web::Caller::default(),
            rights: None,
        };
        let overlap = Duration::from_secs(u64::try_from(rotation.overlap).unwrap_or(0));
        let begun = self.begin_rotation(&ctx, &application, overlap).await;
        match begun {
            Ok(()) => {
                let mut tx = self.db.begin().await?;
                fleet_rotations::begun(&mut tx, rotation.id, id).await?;
                self.tell_that_a_secret_waits(&mut tx, &application).await?;
                tx.commit().await?;
                Ok(())
            }
            Err(error) if may_pass(&error) => {
                let told = error.to_string();
                self.missed(rotation.id, id, &told, ATTEMPTS).await?;
                Err(error)
            }
            Err(error) => self.missed(rotation.id, id, &error.to_string(), 1).await,
        }
    }

    async fn missed(
        &self,
        rotation: FleetRotationId,
        application: ApplicationId,
        error: &str,
        most: i64,
    ) -> Result<(), Error> {
        tracing::warn!(%rotation, %application, error, "dcr.rotation_step_failed");
        let mut tx = self.db.begin().await?;
        fleet_rotations::missed(&mut tx, rotation, application, error, most).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Whether the next attempt may go better.
const fn may_pass(error: &Error) -> bool {
    match error {
        // Another rotation of the application is being undone.
        Error::Conflict(_) => true,
        Error::Provider(error) => matches!(
            error.kind,
            dcr::ErrorKind::Unavailable | dcr::ErrorKind::RateLimited { .. }
        ),
        _ => false,
    }
}

fn not_twice(error: storage::Error) -> Error {
    match error {
        storage::Error::Unique { .. } => Error::Conflict(
            "the applications of this provider are being rotated; wait until that is finished"
                .to_owned(),
        ),
        storage::Error::ForeignKey => {
            Error::Conflict("the DCR provider was just removed".to_owned())
        }
        other => other.into(),
    }
}

async fn go_on(tx: &mut Tx, id: FleetRotationId, due: oauth::Timestamp) -> Result<(), Error> {
    let job = NewJob {
        queue: FLEET_QUEUE,
        key: &id.to_string(),
        payload: json!({}),
        due,
    };
    Ok(tx.enqueue(job).await?)
}
