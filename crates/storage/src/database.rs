//! The one way to a database.

use std::sync::Arc;
use std::time::Instant;

use sqlx::postgres::PgListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::postgres::Postgres;
use crate::signal::Hub;
use crate::sqlite::Sqlite;
use crate::totals::Totals;
use crate::{Config, Error, Feed, Limits, Migrations, Row, Tx, Value, feed, value};

/// Which database is behind a [`Database`]: for messages and `doctor`, never for SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// The embedded one.
    Sqlite,
    /// A server.
    Postgres,
}

/// An open database. Copies share it; the last one closes it.
#[derive(Clone, Debug)]
pub struct Database {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) backend: Backend,
    pub(crate) limits: Limits,
    hub: Arc<Hub>,
    totals: Totals,
    follow: DropGuard,
}

#[derive(Debug)]
pub(crate) enum Backend {
    Sqlite(Sqlite),
    Postgres(Box<Postgres>),
}

impl Database {
    /// Opens the database, brings the schema of this crate and of `migrations` up to date, and starts
    /// following the feed. Several processes may do so at once.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::NewerSchema`], [`Error::Corrupt`]; each says what to do.
    pub async fn open(config: &Config, migrations: &[Migrations]) -> Result<Self, Error> {
        Self::open_with(config, migrations, Limits::default()).await
    }

    /// [`Database::open`] with other bounds.
    ///
    /// # Errors
    /// Those of [`Database::open`].
    pub async fn open_with(
        config: &Config,
        migrations: &[Migrations],
        limits: Limits,
    ) -> Result<Self, Error> {
        let hub = Arc::new(Hub::new());
        let stop = CancellationToken::new();
        let backend = match config {
            Config::Sqlite { path } => {
                Backend::Sqlite(Sqlite::open(path, migrations, limits, hub.clone()).await?)
            }
            Config::Postgres {
                url,
                max_connections,
            } => {
                let opened = Postgres::open(url, *max_connections, migrations, limits).await?;
                Backend::Postgres(Box::new(opened))
            }
        };
        let db = Self {
            inner: Arc::new(Inner {
                backend,
                limits,
                hub,
                totals: Totals::default(),
                follow: stop.clone().drop_guard(),
            }),
        };
        db.hub().reached(feed::revision(&db).await?);
        feed::follow(&db, stop);
        Ok(db)
    }

    /// Reads committed state: one `SELECT` (or `WITH … SELECT`). What was committed before is seen.
    ///
    /// # Errors
    /// [`Error::Busy`] and [`Error::Unavailable`] may pass; anything else is a mistake.
    pub async fn query(&self, sql: &str, params: Vec<Value>) -> Result<Vec<Row>, Error> {
        value::check(&params)?;
        reads_only(sql)?;
        match &self.inner.backend {
            Backend::Sqlite(sqlite) => sqlite.read(sql, params).await,
            Backend::Postgres(postgres) => postgres.read(sql, params).await,
        }
    }

    /// The first row.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is none, and those of [`Database::query`].
    pub async fn query_one(&self, sql: &str, params: Vec<Value>) -> Result<Row, Error> {
        self.query_optional(sql, params)
            .await?
            .ok_or(Error::NotFound)
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// Those of [`Database::query`].
    pub async fn query_optional(
        &self,
        sql: &str,
        params: Vec<Value>,
    ) -> Result<Option<Row>, Error> {
        Ok(self.query(sql, params).await?.into_iter().next())
    }

    /// The number in the column `n` of the only row: how many entries a list has. From ten thousand on, it
    /// may be as old as a hundred times what it takes to count, a minute at most.
    ///
    /// # Errors
    /// Those of [`Database::query_one`].
    pub async fn total(&self, sql: &str, params: Vec<Value>) -> Result<i64, Error> {
        let totals = &self.inner.totals;
        let began = Instant::now();
        if let Some(known) = totals.get(sql, &params, began) {
            return Ok(known);
        }
        let n = self.query_one(sql, params.clone()).await?.get("n")?;
        totals.keep(sql, &params, n, (began, Instant::now()));
        Ok(n)
    }

    /// Opens a write transaction. SQLite runs one at a time: wait for nothing else while it is open,
    /// and never for a second one.
    ///
    /// # Errors
    /// [`Error::Busy`], [`Error::Unavailable`].
    pub async fn begin(&self) -> Result<Tx, Error> {
        Tx::begin(self).await
    }

    /// Runs one statement in a transaction of its own and gives the number of rows it touched. It is
    /// durable when this returns.
    ///
    /// # Errors
    /// [`Error::Unique`], [`Error::ForeignKey`], [`Error::Busy`], [`Error::Unavailable`].
    pub async fn execute(&self, sql: &str, params: Vec<Value>) -> Result<u64, Error> {
        value::check(&params)?;
        match &self.inner.backend {
            Backend::Sqlite(sqlite) => sqlite.apply(sql, params).await,
            Backend::Postgres(postgres) => postgres.apply(sql, params).await,
        }
    }

    /// The log of changes.
    #[must_use]
    pub fn feed(&self) -> Feed {
        Feed::new(self.clone())
    }

    /// Which database it is.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match self.inner.backend {
            Backend::Sqlite(_) => Dialect::Sqlite,
            Backend::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Finishes what is running and closes it for every copy. Later calls are [`Error::Unavailable`].
    pub async fn close(&self) {
        self.inner.follow.token().cancel();
        match &self.inner.backend {
            Backend::Sqlite(sqlite) => sqlite.close().await,
            Backend::Postgres(postgres) => postgres.close().await,
        }
    }

    /// A connection that hears of other nodes' commits; none on SQLite, or while the server is away.
    pub(crate) async fn listen(&self) -> Option<PgListener> {
        match &self.inner.backend {
            Backend::Sqlite(_) => None,
            Backend::Postgres(postgres) => match postgres.listen().await {
                Ok(listener) => Some(listener),
                Err(error) => {
                    tracing::warn!(%error, "no notifications from the database; polling");
                    None
                }
            },
        }
    }

    pub(crate) fn hub(&self) -> &Arc<Hub> {
        &self.inner.hub
    }
}

/// PostgreSQL would run a writing statement here, SQLite would not: neither may.
fn reads_only(sql: &str) -> Result<(), Error> {
    let word = sql.split_ascii_whitespace().next().unwrap_or_default();
    let reads = ["select", "with", "values", "explain"];
    if reads.iter().any(|read| word.eq_ignore_ascii_case(read)) {
        return Ok(());
    }
    Err(Error::Other(
        "`query` on a database only reads: use `execute`, or a transaction".into(),
    ))
}
