//! Work on many users: importing and exporting them, in the background and across restarts.
//!
//! A job is a row and an entry of the outbox. How far it is stands in the row, written in the transaction
//! that did the work, so that whoever goes on after a crash does nothing twice.

pub(crate) mod export;
pub(crate) mod file;
pub(crate) mod import;

use std::time::Duration;

use oauth::Timestamp;
use storage::Tx;
use storage::outbox::{self, JobError, NewJob};

use crate::model::job::{Job, Kind, Status};
use crate::store::jobs;
use crate::{Error, Tenant};

/// The outbox's queue. The key is the job's id.
pub(crate) const QUEUE: &str = "identity.jobs";
/// How long a job and what came of it are kept.
///
/// Source: the vendor's "Bulk User Imports" and "Bulk User Exports".
const KEPT: Duration = Duration::from_secs(24 * 3600);
/// How many jobs of a kind may be unfinished at a time. Source: the vendor's "Bulk User Imports".
const AT_ONCE: i64 = 2;

/// A new job of a kind.
fn new(tenant: &Tenant, kind: Kind) -> Job {
    let id = format!("job_{}", tenant.entropy().alphanumeric(16));
    Job::new(id, kind, tenant.clock().now())
}

/// Keeps a job and lets it begin.
///
/// # Errors
/// [`Error::Busy`] while as many of its kind are unfinished as may be.
async fn begin(tenant: &Tenant, job: &Job, source: Option<&str>) -> Result<(), Error> {
    let mut tx = tenant.db().begin().await?;
    if jobs::active(&mut tx, job.kind).await? >= AT_ONCE {
        return Err(Error::Busy(
            "There are 2 active jobs of this kind. Wait until one of them is over.",
        ));
    }
    jobs::insert(&mut tx, job, source).await?;
    let queued = NewJob {
        queue: QUEUE,
        key: &job.id,
        payload: serde_json::json!({}),
        // At once.
        due: Timestamp::from_millis(0),
    };
    tx.enqueue(queued).await?;
    tx.commit().await?;
    tracing::info!(job.id = %job.id, job.kind = job.kind.as_str(), "a job waits");
    Ok(())
}

/// Writes down that a mail to confirm an address was asked for: the vendor calls that a job.
pub(crate) async fn sent_verification(tenant: &Tenant) -> Result<Job, Error> {
    let mut job = new(tenant, Kind::VerificationEmail);
    job.status = Status::Completed;
    let mut tx = tenant.db().begin().await?;
    jobs::insert(&mut tx, &job, None).await?;
    tx.commit().await?;
    Ok(job)
}

/// The handler of [`QUEUE`].
pub(crate) async fn run(tenant: &Tenant, queued: outbox::Job) -> Result<(), JobError> {
    let found = jobs::find(tenant.db(), &queued.key).await?;
    let Some(mut job) = found else {
        return Ok(());
    };
    if matches!(job.status, Status::Completed | Status::Failed) {
        return Ok(());
    }
    job.status = Status::Processing;
    let done = match job.kind {
        Kind::UsersImport => import::run(tenant, &mut job).await,
        Kind::UsersExport => export::run(tenant, &mut job).await,
        Kind::VerificationEmail => Ok(()),
    };
    match done {
        Ok(()) => job.status = Status::Completed,
        Err(Stopped::Fault(sentence)) => {
            job.status = Status::Failed;
            job.details = Some(sentence);
        }
        Err(Stopped::Away(error)) => {
            return Err(JobError::Retry {
                after: None,
                reason: error.to_string(),
            });
        }
    }
    let mut tx = tenant.db().begin().await?;
    jobs::update(&mut tx, &job).await?;
    tx.commit().await?;
    tracing::info!(job.id = %job.id, job.status = job.status.as_str(), "a job is over");
    Ok(())
}

/// Why a job stopped.
enum Stopped {
    /// What it was given cannot be worked on; the sentence is for whoever gave it.
    Fault(String),
    /// The database is away: it goes on later where it was.
    Away(Error),
}

impl<E: Into<Error>> From<E> for Stopped {
    fn from(error: E) -> Self {
        Self::Away(error.into())
    }
}

/// Writes how far a job is, in the transaction that did the work.
async fn advance(tx: &mut Tx, job: &mut Job, by: i64) -> Result<(), storage::Error> {
    job.done += by;
    jobs::update(tx, job).await
}

/// Forgets old jobs.
pub(crate) async fn prune(tenant: &Tenant) -> Result<u64, Error> {
    let before = tenant.clock().now() - KEPT;
    Ok(jobs::prune(tenant.db(), before).await?)
}
