//! Sending entries to a log collector.

use std::io::Write as _;
use std::time::Duration;

use egress::{Egress, Request};
use flate2::Compression;
use flate2::write::GzEncoder;
use oauth::Timestamp;
use secrecy::ExposeSecret as _;
use serde_json::json;
use storage::Tx;
use storage::outbox::{Job, JobError, NewJob};

use super::format;
use super::sign::Signer;
use super::webhooks::{self, Webhook};
use crate::error::{Error, Violation};
use crate::model::{AuditDestination, AuditScope, AuditWebhook};
use crate::store::audit::Entry;
use crate::store::audit_log::{self, Recorded};
use crate::store::audit_webhooks;
use crate::{Ctx, Portal};

/// The outbox's queue of webhooks. The key is the webhook's scope.
pub(crate) const DELIVER_QUEUE: &str = "portal.audit.deliver";

/// Entries in one call.
pub(super) const BATCH: u32 = 200;
/// Calls before another job gets its turn.
const CALLS: u32 = 20;
/// How soon a webhook looks for new entries.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// How long a collector may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// How much of an answer is read, in bytes.
const MAX_ANSWER: usize = 64 << 10;
/// How much of an answer is kept, in characters.
const KEPT: usize = 200;
/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// The status that was answered; nothing if no answer came.
    pub(crate) code: Option<u16>,
    /// What was answered, or why no answer came.
    pub(crate) message: String,
}

impl Outcome {
    /// Whether the collector has the entries.
    pub(crate) fn succeeded(&self) -> bool {
        self.code.is_some_and(|code| (200..300).contains(&code))
    }
}

/// Lets the job of a webhook run at that moment.
///
/// # Errors
/// Those of [`Tx::enqueue`].
pub(super) async fn schedule(
    tx: &mut Tx,
    queue: &str,
    scope: AuditScope,
    due: Timestamp,
) -> Result<(), storage::Error> {
    let job = NewJob {
        queue,
        key: &scope.to_string(),
        payload: json!({}),
        due,
    };
    tx.enqueue(job).await
}

/// Sees to it that every webhook has its job, when the program starts.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn begin(portal: &Portal) -> Result<(), Error> {
    let mut tx = portal.db().begin().await?;
    for webhook in audit_webhooks::enabled(&mut tx).await? {
        schedule(&mut tx, DELIVER_QUEUE, webhook.scope, portal.clock().now()).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The handler of [`DELIVER_QUEUE`]: sends what there is, and comes again while the webhook is enabled. A
/// collector that is away is never given up.
///
/// # Errors
/// [`JobError::Retry`] if the database is away.
pub(crate) async fn deliver(portal: &Portal, given: Job) -> Result<(), JobError> {
    let scope = given.key.parse().map_err(|_| JobError::Permanent {
        reason: format!("`{}` is no audit log webhook", given.key),
    })?;
    let again = |error: Error| JobError::Retry {
        after: None,
        reason: error.to_string(),
    };
    let Some(next) = send_due(portal, scope).await.map_err(again)? else {
        return Ok(());
    };
    let mut tx = portal.db().begin().await?;
    schedule(&mut tx, DELIVER_QUEUE, scope, next).await?;
    tx.commit().await?;
    Ok(())
}

/// Sends what is due, and gives when to come again; nothing if the webhook does not send any more.
async fn send_due(portal: &Portal, scope: AuditScope) -> Result<Option<Timestamp>, Error> {
    let Webhook { kept, destination } = webhooks::of(portal, scope).await?;
    let (Some(mut webhook), Some(destination)) = (kept, destination) else {
        return Ok(None);
    };
    let now = portal.clock().now();
    if !webhook.enabled {
        return Ok(None);
    }
    if let Some(at) = webhook.retry_at.filter(|at| *at > now) {
        return Ok(Some(at));
    }
    let signer = Signer::open(portal).await?;
    for _ in 0..CALLS {
        let due = audit_log::due(portal.db(), scope, BATCH).await?;
        if due.is_empty() {
            return Ok(Some(now + LOOK_AGAIN));
        }
        let outcome = send(portal, &destination, &signer, &due).await?;
        webhook = attempted(webhook, &outcome, portal.clock().now());
        let mut tx = portal.db().begin().await?;
        if outcome.succeeded() {
            audit_log::sent(&mut tx, scope, &due).await?;
        }
        audit_webhooks::attempted(&mut tx, &webhook).await?;
        tx.commit().await?;
        if webhook.retry_at.is_some() {
            return Ok(webhook.retry_at);
        }
    }
    Ok(Some(now))
}

/// The webhook after an attempt.
fn attempted(webhook: AuditWebhook, outcome: &Outcome, now: Timestamp) -> AuditWebhook {
    let failures = match outcome.succeeded() {
        true => 0,
        false => webhook.failures.saturating_add(1),
    };
    AuditWebhook {
        failures,
        retry_at: (failures > 0).then(|| now + wait(failures)),
        last_attempt_at: Some(now),
        last_response_code: outcome.code,
        last_response_message: Some(outcome.message.clone()),
        ..webhook
    }
}

/// A second after the first failure, twice as long after each further one.
fn wait(failures: u32) -> Duration {
    let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
    Duration::from_secs(1)
        .saturating_mul(doubled)
        .min(LONGEST_WAIT)
}

/// Posts entries, a line each.
///
/// Compat: the vendor documents `Content-Encoding: application/gzip`, which is no content coding; it is
/// `gzip` here (RFC 9110 §8.4.1.3), which collectors unpack.
///
/// # Errors
/// [`Error::Internal`] if they cannot be signed. A collector that does not take them is an outcome.
pub(super) async fn send(
    portal: &Portal,
    destination: &AuditDestination,
    signer: &Signer,
    entries: &[Recorded],
) -> Result<Outcome, Error> {
    let organization = portal.organization().id;
    let mut text = String::new();
    for entry in entries {
        text.push_str(&format::line(
            destination.log_format,
            signer,
            organization,
            entry,
        )?);
        text.push('\n');
    }
    let mut request = Request::post(&destination.endpoint)
        .header("content-type", "text/plain")
        .header("content-encoding", "gzip")
        .bytes(packed(&text)?)
        .timeout(PATIENCE)
        .max_bytes(MAX_ANSWER)
        .idempotent();
    if let Some(sealed) = &destination.authorization {
        let context = AuditDestination::secret_context(destination.id);
        let header = portal.sealer().open(&context, sealed);
        let header = header.map_err(|error| {
            Error::Internal(format!(
                "the Authorization header of an audit webhook: {error}"
            ))
        })?;
        request = request.header("authorization", header.expose_secret());
    }
    let answer = client(portal, destination).send(request).await;
    Ok(match answer {
        Ok(answer) => Outcome {
            code: Some(answer.status.as_u16()),
            message: message(&answer),
        },
        Err(error) => Outcome {
            code: None,
            message: error.to_string(),
        },
    })
}

fn client(portal: &Portal, destination: &AuditDestination) -> Egress {
    match destination.skip_ssl_verification {
        true => portal.egress().without_verification(),
        false => portal.egress().clone(),
    }
}

fn packed(text: &str) -> Result<Vec<u8>, Error> {
    let failed = |error: std::io::Error| Error::Internal(format!("audit entries: {error}"));
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text.as_bytes()).map_err(failed)?;
    packer.finish().map_err(failed)
}

/// The beginning of the answer's text, or what its status means.
fn message(answer: &egress::Response) -> String {
    let text = String::from_utf8_lossy(&answer.body);
    let text: String = text
        .trim()
        .chars()
        .filter(|c| !c.is_control())
        .take(KEPT)
        .collect();
    let reason = answer.status.canonical_reason().unwrap_or_default();
    if text.is_empty() {
        reason.to_owned()
    } else {
        text
    }
}

/// Sends one entry that says that it is a test, and writes the test down. A success ends the wait after
/// failures.
///
/// # Errors
/// [`Error::Invalid`] if no destination is set.
pub(crate) async fn test(portal: &Portal, ctx: &Ctx, scope: AuditScope) -> Result<Outcome, Error> {
    let Webhook { kept, destination } = webhooks::of(portal, scope).await?;
    let (Some(webhook), Some(destination)) = (kept, destination) else {
        return Err(no_destination());
    };
    let signer = Signer::open(portal).await?;
    let (actor_kind, actor_id) = ctx.actor.audit();
    let entry = Recorded {
        id: portal.entropy().uuid().to_string(),
        occurred_at: ctx.now,
        actor_kind: actor_kind.to_owned(),
        actor_id,
        actor_name: None,
        action: "test".to_owned(),
        entity_type: "audit_log_webhook".to_owned(),
        entity_id: scope.to_string(),
        portal_id: portal_of(scope),
        request_id: ctx.request_id.clone(),
        address: ctx.caller.address.map(|address| address.to_string()),
        user_agent: ctx.caller.user_agent.clone(),
        seq: 0,
        detail: json!({}),
    };
    let outcome = send(portal, &destination, &signer, std::slice::from_ref(&entry)).await?;
    let webhook = attempted(webhook, &outcome, portal.clock().now());
    let told = json!({ "code": outcome.code, "message": outcome.message });
    let mut tx = portal.db().begin().await?;
    audit_webhooks::attempted(&mut tx, &webhook).await?;
    let entry = Entry {
        portal_id: portal_of(scope),
        ..Entry::new("test", "audit_log_webhook", scope)
    };
    portal.audit(&mut tx, ctx, entry.with(told)).await?;
    if webhook.enabled && outcome.succeeded() {
        schedule(&mut tx, DELIVER_QUEUE, scope, portal.clock().now()).await?;
    }
    tx.commit().await?;
    Ok(outcome)
}

pub(super) const fn portal_of(scope: AuditScope) -> Option<crate::model::PortalId> {
    match scope {
        AuditScope::Organization => None,
        AuditScope::Portal(id) => Some(id),
    }
}

pub(super) fn no_destination() -> Error {
    let reason = "set where audit entries are sent first: the webhook has no destination";
    Error::invalid(Violation::body("endpoint", "required", reason))
}

#[cfg(test)]
mod waits {
    use std::time::Duration;

    use super::{LONGEST_WAIT, wait};

    #[test]
    fn waits_double_up_to_five_minutes() {
        let seconds: Vec<u64> = (1..6).map(|failures| wait(failures).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16]);
        assert_eq!(wait(u32::MAX), LONGEST_WAIT);
        assert!(wait(9) < Duration::from_secs(301));
    }
}
