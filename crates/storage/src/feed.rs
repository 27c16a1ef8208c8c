//! The revision that gateways follow: one number, and what changed at each step of it.

use std::sync::Arc;

use sqlx::postgres::PgListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::postgres::REVISION_CHANNEL;
use crate::signal::Hub;
use crate::{Database, Error, params};

/// How many changes are kept for those who follow. Who is further behind takes the whole state, which
/// is less than so many changes then.
const KEPT: u32 = 100_000;

/// One recorded change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The number it got.
    pub revision: i64,
    /// What kind of thing changed.
    pub topic: String,
    /// Which one.
    pub key: String,
}

/// The log of changes of a database. Revisions become visible in order and without gaps.
#[derive(Clone, Debug)]
pub struct Feed {
    db: Database,
}

impl Feed {
    pub(crate) const fn new(db: Database) -> Self {
        Self { db }
    }

    /// The newest committed revision; 0 before the first.
    ///
    /// # Errors
    /// Those of [`Database::query`].
    pub async fn revision(&self) -> Result<i64, Error> {
        revision(&self.db).await
    }

    /// The oldest `limit` changes after `revision`.
    ///
    /// # Errors
    /// [`Error::Pruned`] if some of them are gone: take the whole state, then follow from there.
    pub async fn changes_since(&self, revision: i64, limit: u32) -> Result<Vec<Change>, Error> {
        let sql = "SELECT revision, topic, key FROM storage_change \
                   WHERE revision > $1 ORDER BY revision LIMIT $2";
        let rows = self.db.query(sql, params![revision, limit]).await?;
        // Asked after the changes were read: what was pruned in between is noticed.
        let sql = "SELECT pruned FROM storage_revision WHERE id = 1";
        let oldest: i64 = self.db.query_one(sql, params![]).await?.get("pruned")?;
        if revision < oldest {
            return Err(Error::Pruned { oldest });
        }
        rows.iter()
            .map(|row| {
                Ok(Change {
                    revision: row.get("revision")?,
                    topic: row.get("topic")?,
                    key: row.get("key")?,
                })
            })
            .collect()
    }

    /// A receiver that sees the newest revision; intermediate ones may be skipped.
    ///
    /// It wakes when a transaction of this process commits; for other processes' changes by
    /// PostgreSQL's notification, or at the latest after [`Limits::poll`](crate::Limits::poll).
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<i64> {
        self.db.hub().revisions()
    }

    /// Forgets all but the newest `keep` changes. Gives how many were removed. An open database does so
    /// by itself now and then, keeping 100,000.
    ///
    /// # Errors
    /// Those of [`Tx::execute`](crate::Tx::execute).
    pub async fn prune(&self, keep: u32) -> Result<u64, Error> {
        let mut tx = self.db.begin().await?;
        let sql = "UPDATE storage_revision SET pruned = revision - $1 \
                   WHERE id = 1 AND revision - $1 > pruned RETURNING pruned";
        let Some(row) = tx.query_optional(sql, params![keep]).await? else {
            return Ok(0);
        };
        let pruned: i64 = row.get("pruned")?;
        let sql = "DELETE FROM storage_change WHERE revision <= $1";
        let removed = tx.execute(sql, params![pruned]).await?;
        tx.commit().await?;
        Ok(removed)
    }
}

pub(crate) async fn revision(db: &Database) -> Result<i64, Error> {
    let sql = "SELECT revision FROM storage_revision WHERE id = 1";
    db.query_one(sql, params![]).await?.get("revision")
}

/// Keeps the wake-ups honest until the database is closed: hears what other nodes committed, and reads
/// the revision now and then, because a wake-up may be lost and another process may write.
pub(crate) fn follow(db: &Database, stop: CancellationToken) {
    let inner = Arc::downgrade(&db.inner);
    let poll = db.inner.limits.poll;
    #[expect(
        clippy::disallowed_methods,
        reason = "ends with the database, and has no result"
    )]
    tokio::spawn(async move {
        let (mut listener, mut pruned) = (None, 0);
        while let Some(inner) = inner.upgrade() {
            let db = Database { inner };
            if listener.is_none() {
                listener = db.listen().await;
            }
            match revision(&db).await {
                Ok(revision) => {
                    db.hub().reached(revision);
                    if revision - pruned >= i64::from(KEPT / 10) {
                        pruned = revision;
                        forget(&db).await;
                    }
                }
                Err(error) => tracing::debug!(%error, "the feed's revision could not be read"),
            }
            let hub = db.hub().clone();
            // While it waits, the database may be closed.
            drop(db);
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(poll) => {}
                () = hear(&mut listener, &hub) => {}
            }
        }
    });
}

async fn forget(db: &Database) {
    match db.feed().prune(KEPT).await {
        Ok(removed) => tracing::debug!(removed, "old changes removed from the feed"),
        Err(error) => tracing::warn!(%error, "old changes stay in the feed"),
    }
}

/// Passes notifications on. Ends when the connection is lost; pends if there is none.
async fn hear(listener: &mut Option<PgListener>, hub: &Hub) {
    let Some(heard) = listener else {
        return std::future::pending().await;
    };
    while let Ok(Some(notification)) = heard.try_recv().await {
        match notification.payload().parse() {
            Ok(revision) if notification.channel() == REVISION_CHANNEL => hub.reached(revision),
            _ => hub.jobs_waiting(),
        }
    }
    *listener = None;
}
