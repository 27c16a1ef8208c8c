//! Sending the entries of a range of time once more, for those that a collector lost.

use std::time::Duration;

use oauth::Timestamp;
use serde_json::json;
use storage::outbox::{Job, JobError};

use super::deliver::{BATCH, Outcome, no_destination, portal_of, schedule, send};
use super::sign::Signer;
use super::webhooks;
use crate::error::{Error, Violation};
use crate::model::{AuditReplay, AuditScope, ReplayStatus};
use crate::store::audit::Entry;
use crate::store::audit_log;
use crate::store::audit_replays;
use crate::store::listing::{Filter, Listing, Test};
use crate::{Ctx, Portal};

/// The outbox's queue of replays. The key is the webhook's scope.
pub(crate) const REPLAY_QUEUE: &str = "portal.audit.replay";

/// How far back a replay goes.
const REACH: Duration = Duration::from_secs(7 * 24 * 3600);
/// After so many failed attempts, about four minutes, a replay is given up.
const ATTEMPTS: u32 = 8;

/// Asks for a replay, in the place of an earlier one that has ended. Both ends belong to the range.
///
/// # Errors
/// [`Error::Invalid`] if the range is not within the last seven days or there is no destination,
/// [`Error::Conflict`] while one is running.
pub(crate) async fn request(
    portal: &Portal,
    ctx: &Ctx,
    scope: AuditScope,
    (start_at, end_at): (Timestamp, Timestamp),
) -> Result<AuditReplay, Error> {
    check(ctx.now, start_at, end_at)?;
    if webhooks::of(portal, scope).await?.destination.is_none() {
        return Err(no_destination());
    }
    let replay = AuditReplay {
        scope,
        start_at,
        end_at,
        status: ReplayStatus::Accepted,
        sent: 0,
        after: None,
        updated_at: ctx.now,
    };
    let mut tx = portal.db().begin().await?;
    let earlier = audit_replays::find(&mut tx, scope).await?;
    if earlier.is_some_and(|earlier| earlier.status.is_open()) {
        let text = "a replay job is currently running; ask again when it has ended";
        return Err(Error::Conflict(text.into()));
    }
    audit_replays::put(&mut tx, &replay).await?;
    schedule(&mut tx, REPLAY_QUEUE, scope, ctx.now).await?;
    let detail = json!({ "start_at": start_at.to_rfc3339(), "end_at": end_at.to_rfc3339() });
    let entry = Entry {
        portal_id: portal_of(scope),
        ..Entry::new("replay", "audit_log_webhook", scope)
    };
    portal.audit(&mut tx, ctx, entry.with(detail)).await?;
    tx.commit().await?;
    Ok(replay)
}

fn check(now: Timestamp, start_at: Timestamp, end_at: Timestamp) -> Result<(), Error> {
    let mut found = Vec::new();
    for (field, moment) in [("start_at", start_at), ("end_at", end_at)] {
        if moment < now - REACH || moment > now {
            let reason = format!("\"{field}\" must be within the last 7 days");
            found.push(Violation::body(field, "invalid", reason));
        }
    }
    if found.is_empty() && start_at > end_at {
        let reason = "\"end_at\" must not be before \"start_at\"";
        found.push(Violation::body("end_at", "invalid", reason));
    }
    if found.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(found))
    }
}

/// The handler of [`REPLAY_QUEUE`]: goes on where it was, if it was interrupted.
///
/// # Errors
/// [`JobError::Retry`] if the collector or the database is away.
pub(crate) async fn run(portal: &Portal, job: Job) -> Result<(), JobError> {
    let scope = job.key.parse().map_err(|_| JobError::Permanent {
        reason: format!("`{}` is no audit log webhook", job.key),
    })?;
    let reason = match send_all(portal, scope).await {
        Ok(None) => return Ok(()),
        Ok(Some(outcome)) => outcome.message,
        Err(error) => error.to_string(),
    };
    if job.attempt < ATTEMPTS {
        return Err(JobError::Retry {
            after: None,
            reason,
        });
    }
    let mut tx = portal.db().begin().await?;
    if let Some(replay) = audit_replays::find(&mut tx, scope).await? {
        let ended = AuditReplay {
            status: ReplayStatus::Failed,
            updated_at: portal.clock().now(),
            ..replay
        };
        audit_replays::put(&mut tx, &ended).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Sends what the replay has not sent yet. Gives what stopped it.
async fn send_all(portal: &Portal, scope: AuditScope) -> Result<Option<Outcome>, Error> {
    let Some(mut replay) = audit_replays::find(portal.db(), scope).await? else {
        return Ok(None);
    };
    let destination = webhooks::of(portal, scope).await?.destination;
    let (true, Some(destination)) = (replay.status.is_open(), destination) else {
        let status = match replay.status.is_open() {
            true => ReplayStatus::Failed,
            false => return Ok(None),
        };
        keep(portal, AuditReplay { status, ..replay }).await?;
        return Ok(None);
    };
    let signer = Signer::open(portal).await?;
    let wanted = range(&replay);
    loop {
        let found = audit_log::following(portal.db(), &wanted, replay.after.clone()).await?;
        let Some(last) = found.last() else {
            replay.status = ReplayStatus::Completed;
            keep(portal, replay).await?;
            return Ok(None);
        };
        let outcome = send(portal, &destination, &signer, &found).await?;
        if !outcome.succeeded() {
            return Ok(Some(outcome));
        }
        replay.status = ReplayStatus::Running;
        replay.sent += i64::try_from(found.len()).unwrap_or(0);
        replay.after = Some(last.place());
        replay = keep(portal, replay).await?;
    }
}

fn range(replay: &AuditReplay) -> Listing {
    let on_time = |test| Filter {
        column: "t.occurred_at",
        test,
    };
    let listing = Listing {
        filters: vec![
            on_time(Test::AtLeast(replay.start_at.into())),
            on_time(Test::AtMost(replay.end_at.into())),
        ],
        sort: Vec::new(),
        size: BATCH,
        number: 1,
    };
    match portal_of(replay.scope) {
        Some(id) => listing.only("t.portal_id", id),
        None => listing,
    }
}

async fn keep(portal: &Portal, replay: AuditReplay) -> Result<AuditReplay, Error> {
    let replay = AuditReplay {
        updated_at: portal.clock().now(),
        ..replay
    };
    let mut tx = portal.db().begin().await?;
    audit_replays::put(&mut tx, &replay).await?;
    tx.commit().await?;
    Ok(replay)
}
