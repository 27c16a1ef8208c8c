//! Sending the log somewhere else: streams of the vendor's type `http`.
//!
//! In order and at least once: entries are sent until the other side answers 2xx, and those behind them
//! wait.

use std::time::Duration;

use egress::Request;
use oauth::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use storage::Tx;
use storage::outbox::{Job, JobError, NewJob};

use crate::model::Members;
use crate::model::log_stream::{LogStream, Sink, Status, first_at};
use crate::service::log;
use crate::store::log_streams::{self, Stored};
use crate::store::logs;
use crate::{Error, Tenant};

/// The outbox's queue. The key is the stream's id.
pub(crate) const QUEUE: &str = "identity.log_streams";

/// Entries in one call.
const BATCH: i64 = 100;
/// Calls before another stream gets its turn.
const CALLS: u32 = 20;
/// How soon a stream looks for new entries.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// How old entries are when they are sent: another node may write one later than its id says.
const SETTLED: Duration = Duration::from_secs(5);
/// How long the other side may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// Nobody reads the answer.
const MAX_ANSWER: usize = 64 << 10;
/// After as many failures in a row, some two hours, the stream is suspended.
const ATTEMPTS: u32 = 20;
/// How many streams there may be.
const MOST: usize = 20;

fn seal_context(id: &str) -> String {
    format!("identity.log_stream:{id}")
}

fn seal(tenant: &Tenant, stream: &LogStream) -> Result<String, Error> {
    let text = serde_json::to_string(&stream.sink)
        .map_err(|error| Error::Internal(format!("a log stream's sink: {error}")))?;
    Ok(tenant
        .sealer()
        .seal(&seal_context(&stream.id), &SecretString::from(text)))
}

fn open(tenant: &Tenant, stored: Stored) -> Result<LogStream, Error> {
    let context = seal_context(&stored.id);
    let damaged = |error: String| Error::Internal(format!("a log stream's sink: {error}"));
    let text = tenant.sealer().open(&context, &stored.sealed_sink);
    let text = text.map_err(|error| damaged(error.to_string()))?;
    let sink: Sink = serde_json::from_str(text.expose_secret())
        .map_err(|_| damaged("not what was sealed".to_owned()))?;
    Ok(stored.with(sink))
}

/// Every stream, the oldest first.
pub(crate) async fn list(tenant: &Tenant) -> Result<Vec<LogStream>, Error> {
    let all = log_streams::list(tenant.db()).await?;
    all.into_iter().map(|stored| open(tenant, stored)).collect()
}

pub(crate) async fn find(tenant: &Tenant, id: &str) -> Result<Option<LogStream>, Error> {
    let found = log_streams::find(tenant.db(), id).await?;
    found.map(|stored| open(tenant, stored)).transpose()
}

/// What a new stream is made of.
pub(crate) struct NewStream {
    pub(crate) name: String,
    pub(crate) is_priority: bool,
    pub(crate) filters: Vec<String>,
    pub(crate) sink: Sink,
    /// From when on entries are sent; from now on, if nothing is said.
    pub(crate) start_from: Option<Timestamp>,
}

/// Makes a stream; it begins at once.
///
/// # Errors
/// 409 if there are as many as may be.
pub(crate) async fn create(tenant: &Tenant, new: NewStream) -> Result<LogStream, Error> {
    if log_streams::list(tenant.db()).await?.len() >= MOST {
        return Err(Error::Conflict(
            format!("There may be {MOST} log streams. Remove one first.").into(),
        ));
    }
    let now = tenant.clock().now();
    let digits = u64::from_be_bytes(tenant.entropy().bytes()) % 10_000_000_000_000_000;
    let stream = LogStream {
        id: format!("lst_{digits:016}"),
        name: new.name,
        status: Status::Active,
        is_priority: new.is_priority,
        filters: new.filters,
        sink: new.sink,
        seen: first_at(new.start_from.unwrap_or(now)),
        created_at: now,
    };
    let sealed = seal(tenant, &stream)?;
    let mut tx = tenant.db().begin().await?;
    log_streams::insert(&mut tx, &stream, &sealed).await?;
    schedule(&mut tx, &stream.id, now).await?;
    tx.commit().await?;
    Ok(stream)
}

/// Writes a stream that was changed. One that is active now begins where it was.
pub(crate) async fn change(tenant: &Tenant, stream: &LogStream) -> Result<(), Error> {
    let sealed = seal(tenant, stream)?;
    let mut tx = tenant.db().begin().await?;
    log_streams::update(&mut tx, stream, &sealed).await?;
    if stream.status == Status::Active {
        schedule(&mut tx, &stream.id, tenant.clock().now()).await?;
    }
    Ok(tx.commit().await?)
}

async fn schedule(tx: &mut Tx, id: &str, due: Timestamp) -> Result<(), storage::Error> {
    tx.enqueue(NewJob {
        queue: QUEUE,
        key: id,
        payload: json!({}),
        due,
    })
    .await
}

/// Sees to it that every active stream has its job, when the program starts.
pub(crate) async fn begin(tenant: &Tenant) -> Result<(), Error> {
    let now = tenant.clock().now();
    let all = log_streams::list(tenant.db()).await?;
    let mut tx = tenant.db().begin().await?;
    for stream in all.iter().filter(|stream| stream.status == Status::Active) {
        schedule(&mut tx, &stream.id, now).await?;
    }
    Ok(tx.commit().await?)
}

/// The handler of [`QUEUE`]: sends what there is, and comes again while the stream is active. Failures are
/// counted by the outbox, which waits longer after each; too many of them suspend the stream.
pub(crate) async fn deliver(tenant: &Tenant, job: Job) -> Result<(), JobError> {
    let later = |error: Error| JobError::Retry {
        after: None,
        reason: error.to_string(),
    };
    let found = find(tenant, &job.key).await.map_err(later)?;
    let Some(stream) = found.filter(|stream| stream.status == Status::Active) else {
        return Ok(());
    };
    match send_due(tenant, &stream).await.map_err(later)? {
        Sent::UpTo(due) => {
            let mut tx = tenant.db().begin().await?;
            schedule(&mut tx, &stream.id, due).await?;
            tx.commit().await?;
            Ok(())
        }
        Sent::Failed(reason) if job.attempt < ATTEMPTS => Err(JobError::Retry {
            after: None,
            reason,
        }),
        Sent::Failed(reason) => {
            let mut tx = tenant.db().begin().await?;
            log_streams::suspend(&mut tx, &stream.id).await?;
            tx.commit().await?;
            tracing::warn!(stream.id = %stream.id, reason, "a log stream is suspended");
            Ok(())
        }
    }
}

enum Sent {
    /// Everything, or enough for now: when to come again.
    UpTo(Timestamp),
    Failed(String),
}

async fn send_due(tenant: &Tenant, stream: &LogStream) -> Result<Sent, Error> {
    // This node's entries are all there then.
    log::flush(tenant).await?;
    let now = tenant.clock().now();
    let settled = first_at(now - SETTLED);
    let mut seen = stream.seen.clone();
    for _ in 0..CALLS {
        let due = logs::between(tenant.db(), &seen, &settled, BATCH).await?;
        let last = due.last().and_then(|entry| entry.get("log_id")?.as_str());
        let Some(last) = last.map(str::to_owned) else {
            return Ok(Sent::UpTo(now + LOOK_AGAIN));
        };
        let wanted: Vec<Members> = due
            .into_iter()
            .filter(|entry| stream.takes(entry))
            .collect();
        if !wanted.is_empty()
            && let Err(reason) = send(tenant, &stream.sink, &wanted).await
        {
            return Ok(Sent::Failed(reason));
        }
        let mut tx = tenant.db().begin().await?;
        log_streams::saw(&mut tx, &stream.id, &last).await?;
        tx.commit().await?;
        seen = last;
    }
    Ok(Sent::UpTo(now))
}

async fn send(tenant: &Tenant, sink: &Sink, entries: &[Members]) -> Result<(), String> {
    let mut request = Request::post(&sink.http_endpoint)
        .header("content-type", &sink.http_content_type)
        .bytes(sink.http_content_format.write(entries))
        .timeout(PATIENCE)
        .max_bytes(MAX_ANSWER);
    if let Some(authorization) = &sink.http_authorization {
        request = request.header("authorization", authorization);
    }
    for one in &sink.http_custom_headers {
        request = request.header(&one.header, &one.value);
    }
    match tenant.egress().send(request).await {
        Ok(answer) if answer.status.is_success() => Ok(()),
        Ok(answer) => Err(format!("the other side answers {}", answer.status.as_u16())),
        Err(error) => Err(error.to_string()),
    }
}
