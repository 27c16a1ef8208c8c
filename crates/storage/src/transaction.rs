//! A write transaction.

use std::time::Instant;

use crate::database::Backend;
use crate::signal::Signals;
use crate::sqlite::Lease;
use crate::{Database, Error, Row, Value, params, postgres, value};

/// An open write transaction. Dropping it rolls it back.
///
/// After a statement failed, every further one fails too and nothing can be committed, as PostgreSQL
/// has it: drop it and begin again.
#[derive(Debug)]
#[must_use = "a transaction that is not committed is rolled back"]
pub struct Tx {
    db: Database,
    link: Link,
    signals: Signals,
    /// The first error: what came after it is not to be believed.
    failed: Option<Error>,
    deadline: Instant,
}

#[derive(Debug)]
enum Link {
    Sqlite(Lease),
    Postgres(Box<postgres::Open>),
}

struct Outcome {
    rows: Vec<Row>,
    affected: u64,
}

impl Tx {
    pub(crate) async fn begin(db: &Database) -> Result<Self, Error> {
        let link = match &db.inner.backend {
            Backend::Sqlite(sqlite) => Link::Sqlite(sqlite.begin().await?),
            Backend::Postgres(postgres) => Link::Postgres(Box::new(postgres.begin().await?)),
        };
        Ok(Self {
            db: db.clone(),
            link,
            signals: Signals::default(),
            failed: None,
            deadline: Instant::now() + db.inner.limits.transaction,
        })
    }

    /// Runs a statement and gives its rows (`SELECT`, or anything with `RETURNING`). It sees what this
    /// transaction has written.
    ///
    /// # Errors
    /// Those of [`Tx::execute`].
    pub async fn query(&mut self, sql: &str, params: Vec<Value>) -> Result<Vec<Row>, Error> {
        Ok(self.run(sql, params, true).await?.rows)
    }

    /// The first row.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is none (the transaction goes on), and those of [`Tx::execute`].
    pub async fn query_one(&mut self, sql: &str, params: Vec<Value>) -> Result<Row, Error> {
        self.query_optional(sql, params)
            .await?
            .ok_or(Error::NotFound)
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// Those of [`Tx::execute`].
    pub async fn query_optional(
        &mut self,
        sql: &str,
        params: Vec<Value>,
    ) -> Result<Option<Row>, Error> {
        Ok(self.query(sql, params).await?.into_iter().next())
    }

    /// Runs a statement and gives the number of rows it touched.
    ///
    /// # Errors
    /// [`Error::Unique`], [`Error::ForeignKey`], [`Error::Busy`], [`Error::HeldTooLong`],
    /// [`Error::Unavailable`]. Whichever it is, nothing of this transaction will be kept.
    pub async fn execute(&mut self, sql: &str, params: Vec<Value>) -> Result<u64, Error> {
        Ok(self.run(sql, params, false).await?.affected)
    }

    /// Records that `key` of `topic` changed and gives the feed's new revision. Followers wake when
    /// the transaction commits. Call it last: on PostgreSQL it lets no other change pass until then.
    ///
    /// # Errors
    /// Those of [`Tx::execute`].
    pub async fn record_change(&mut self, topic: &str, key: &str) -> Result<i64, Error> {
        self.check()?;
        let params = params![topic, key];
        value::check(&params)?;
        let recorded = match &mut self.link {
            Link::Sqlite(lease) => lease.record_change(params).await,
            Link::Postgres(open) => open.record_change(params).await,
        };
        let rows = self.noting(recorded)?;
        let revision = rows.first().ok_or(Error::NotFound)?.get("revision")?;
        self.signals.revision = Some(revision);
        Ok(revision)
    }

    /// Commits. When it returns, everything is durable, and every later read sees it.
    ///
    /// # Errors
    /// The first error of the transaction if there was one; [`Error::Unavailable`] and
    /// [`Error::Busy`] if the database could not keep it.
    pub async fn commit(mut self) -> Result<(), Error> {
        self.check()?;
        match self.link {
            Link::Sqlite(lease) => lease.commit(self.signals).await,
            Link::Postgres(open) => {
                open.commit(self.signals).await?;
                self.db.hub().committed(self.signals);
                Ok(())
            }
        }
    }

    pub(crate) const fn database(&self) -> &Database {
        &self.db
    }

    pub(crate) const fn wake_workers(&mut self) {
        self.signals.jobs = true;
    }

    async fn run(&mut self, sql: &str, params: Vec<Value>, rows: bool) -> Result<Outcome, Error> {
        self.check()?;
        value::check(&params)?;
        let outcome = match &mut self.link {
            Link::Sqlite(lease) => lease.run(sql, params).await.map(|outcome| Outcome {
                rows: outcome.rows,
                affected: outcome.affected,
            }),
            Link::Postgres(open) if rows => {
                let rows = open.query(sql, params).await;
                rows.map(|rows| Outcome { rows, affected: 0 })
            }
            Link::Postgres(open) => {
                let affected = open.execute(sql, params).await;
                affected.map(|affected| Outcome {
                    rows: Vec::new(),
                    affected,
                })
            }
        };
        self.noting(outcome)
    }

    fn noting<T>(&mut self, outcome: Result<T, Error>) -> Result<T, Error> {
        if let Err(error) = &outcome {
            self.failed = Some(error.clone());
        }
        outcome
    }

    fn check(&mut self) -> Result<(), Error> {
        if self.failed.is_none() && Instant::now() >= self.deadline {
            self.failed = Some(Error::HeldTooLong {
                seconds: self.db.inner.limits.transaction.as_secs(),
            });
        }
        match &self.failed {
            Some(error) => Err(error.clone()),
            None => Ok(()),
        }
    }
}
