//! The tenant's log: written in batches, so that nobody waits for it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use oauth::Entropy;
use tokio::sync::Notify;

use crate::bounds::shares;
use crate::model::log::{Entry, Event};
use crate::store::logs::{self, Stored};
use crate::visit::Visit;
use crate::{Error, Tenant};

/// How long entries are kept.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// How many entries are kept at most.
const MOST: i64 = 1_000_000;
/// How many entries may wait to be written. More than that are not written down.
const MAX_WAITING: usize = 20_000;
/// How many entries one transaction writes.
const BATCH: usize = 1_000;
/// How long entries are gathered before they are written.
const GATHER: Duration = Duration::from_millis(200);

/// Entries that wait to be written.
pub(crate) struct Journal {
    waiting: Mutex<VecDeque<Stored>>,
    arrived: Notify,
    /// One writer at a time, so that who reads the log after a flush finds everything.
    writing: tokio::sync::Mutex<()>,
    written: AtomicU64,
    lost: AtomicU64,
    /// Tells the ids of this node from those of others.
    node: u64,
}

impl Journal {
    pub(crate) fn new(entropy: &Entropy) -> Self {
        Self {
            waiting: Mutex::default(),
            arrived: Notify::new(),
            writing: tokio::sync::Mutex::new(()),
            written: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            node: u64::from_be_bytes(entropy.bytes()) % 1_000_000,
        }
    }

    fn push(&self, entry: Entry) {
        // Digits alone, as the vendor has it; they sort by time.
        let number = self.written.fetch_add(1, Ordering::Relaxed) % 1_000_000;
        let log_id = format!("{:013}{number:06}{:06}", entry.date.as_millis(), self.node);
        let stored = Stored {
            date: entry.date,
            code: entry.event.code().to_owned(),
            client_id: entry.client_id.clone(),
            user_id: entry.user_id.clone(),
            wire: entry.wire(&log_id),
            log_id,
        };
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < MAX_WAITING {
            waiting.push_back(stored);
        } else {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        drop(waiting);
        self.arrived.notify_one();
    }

    fn take(&self) -> Vec<Stored> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let count = waiting.len().min(BATCH);
        waiting.drain(..count).collect()
    }

    fn put_back(&self, entries: Vec<Stored>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        for entry in entries.into_iter().rev() {
            waiting.push_front(entry);
        }
    }
}

impl Tenant {
    /// Writes down what happened. Nobody waits: the entry is kept in memory until the next batch, and
    /// is lost if the process dies before.
    pub(crate) fn log(&self, mut entry: Entry) {
        entry.date = self.clock().now();
        self.journal().push(entry);
    }

    /// An entry with what is known of the visitor.
    pub(crate) fn entry(&self, event: Event, visit: &Visit) -> Entry {
        let mut entry = Entry::new(event)
            .with("ip", visit.ip.as_str())
            .with("user_agent", visit.user_agent.as_str())
            .with("hostname", visit.issuer.host());
        entry.client_id.clone_from(&visit.client_id);
        entry
    }
}

/// Writes everything that waits.
///
/// # Errors
/// [`Error::Unavailable`]; the entries wait on.
pub(crate) async fn flush(tenant: &Tenant) -> Result<(), Error> {
    let journal = tenant.journal();
    let _writing = journal.writing.lock().await;
    loop {
        let entries = journal.take();
        if entries.is_empty() {
            return Ok(());
        }
        if let Err(error) = write(tenant, &entries).await {
            journal.put_back(entries);
            return Err(error.into());
        }
    }
}

async fn write(tenant: &Tenant, entries: &[Stored]) -> Result<(), storage::Error> {
    let mut tx = tenant.db().begin().await?;
    logs::insert(&mut tx, entries).await?;
    logs::count_days(&mut tx, &days(entries), tenant.clock().now()).await?;
    tx.commit().await
}

/// Sign-ins and sign-ups by day (UTC), `YYYYMMDD`.
fn days(entries: &[Stored]) -> BTreeMap<String, (i64, i64)> {
    let mut days = BTreeMap::new();
    for entry in entries {
        let (login, signup) = match entry.code.as_str() {
            "s" | "sepft" => (1, 0),
            "ss" => (0, 1),
            _ => continue,
        };
        let day = entry.date.to_rfc3339()[..10].replace('-', "");
        let (logins, signups) = days.entry(day).or_insert((0, 0));
        *logins += login;
        *signups += signup;
    }
    days
}

/// Writes batches as entries arrive. Never ends by itself.
pub(crate) async fn keep_writing(tenant: &Tenant) {
    loop {
        tenant.journal().arrived.notified().await;
        tokio::time::sleep(GATHER).await;
        if let Err(error) = flush(tenant).await {
            tracing::warn!(error.cause = %error, "log entries wait: the database does not answer");
            tokio::time::sleep(Duration::from_secs(5)).await;
            tenant.journal().arrived.notify_one();
        }
        let lost = tenant.journal().lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            tracing::warn!(
                log.lost = lost,
                "log entries were dropped: they came faster than they are written"
            );
        }
    }
}

/// Forgets what is old, and the oldest of what is too much.
pub(crate) async fn prune(tenant: &Tenant) -> Result<u64, Error> {
    let before = tenant.clock().now() - KEPT;
    let old = logs::prune(tenant.db(), before).await?;
    Ok(old + bound(tenant, MOST).await?)
}

/// Forgets what is more than `most`, of whatever kind there is most of: who floods one endpoint makes
/// many entries of one kind, and shall not wash away the others.
async fn bound(tenant: &Tenant, most: i64) -> Result<u64, Error> {
    let db = tenant.db();
    let excess = logs::total(db).await? - most;
    let mut gone = 0;
    if excess > 0 {
        for (code, count) in shares(logs::held_by_code(db).await?, excess) {
            gone += logs::forget_oldest(db, &code, count).await?;
        }
    }
    Ok(gone)
}

#[cfg(test)]
mod tests {
    use super::{bound, flush};
    use crate::model::log::{Entry, Event};
    use crate::stage::{Stage, stages};
    use crate::store::logs::{Filter, list};

    async fn sayings(stage: &Stage) -> Vec<String> {
        let all = Filter::new(&crate::model::search::Search::All).unwrap();
        let entries = list(stage.tenant.db(), &all, false, (0, 50)).await.unwrap();
        let said = entries
            .iter()
            .map(|entry| entry["description"].as_str().unwrap());
        said.map(str::to_owned).collect()
    }

    #[tokio::test]
    async fn a_flood_of_one_kind_of_entry_washes_away_itself_alone() {
        for stage in stages().await {
            let tenant = &stage.tenant;
            tenant.log(Entry::new(Event::ActionsExecutionFailed).saying("the oldest of all"));
            for number in 0..8 {
                let entry = Entry::new(Event::SuccessLogin);
                tenant.log(entry.saying(format!("flood {number}")));
            }
            flush(tenant).await.unwrap();
            assert_eq!(bound(tenant, 20).await.unwrap(), 0);
            assert_eq!(bound(tenant, 3).await.unwrap(), 6);
            assert_eq!(
                sayings(&stage).await,
                ["the oldest of all", "flood 6", "flood 7"]
            );
        }
    }
}
