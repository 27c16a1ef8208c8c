//! PostgreSQL through a pool of connections.

mod connect;
mod fault;
mod schema;
mod statement;

use std::time::Duration;

use secrecy::SecretString;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgListener, PgPool, PgPoolOptions, PgTransaction};

use crate::signal::Signals;
use crate::{Error, Limits, Migrations, Row, Value, params};
use connect::Server;

/// Notified with a revision when a change was committed.
pub(crate) const REVISION_CHANNEL: &str = "gatehouse_revision";
/// Notified when a job was enqueued.
pub(crate) const JOB_CHANNEL: &str = "gatehouse_job";

/// An open server.
#[derive(Debug)]
pub(crate) struct Postgres {
    server: Server,
    pool: PgPool,
    limits: Limits,
}

/// An open transaction.
#[derive(Debug)]
pub(crate) struct Open {
    server: Server,
    transaction: PgTransaction<'static>,
}

impl Postgres {
    pub(crate) async fn open(
        url: &SecretString,
        max_connections: u32,
        migrations: &[Migrations],
        limits: Limits,
    ) -> Result<Self, Error> {
        let server = Server::parse(url)?;
        // A first connection of its own: a pool would try an unreachable server again and again.
        let connection = server.connect(limits.wait).await?;
        schema::migrate(&server, connection, migrations).await?;
        let pool = server.pool(max_connections.max(1), limits);
        Ok(Self {
            server,
            pool,
            limits,
        })
    }

    pub(crate) async fn read(&self, sql: &str, params: Vec<Value>) -> Result<Vec<Row>, Error> {
        let mut tries = self.pool.options().get_max_connections();
        loop {
            let mut connection = self.connection().await?;
            match statement::query(&mut *connection, &self.server, sql, params.clone()).await {
                // The server was restarted: each connection from before it fails once.
                Err(Error::Unavailable(_)) if tries > 0 => tries -= 1,
                outcome => return outcome,
            }
        }
    }

    pub(crate) async fn apply(&self, sql: &str, params: Vec<Value>) -> Result<u64, Error> {
        let mut connection = self.connection().await?;
        statement::execute(&mut *connection, &self.server, sql, params).await
    }

    pub(crate) async fn begin(&self) -> Result<Open, Error> {
        let mut tries = self.pool.options().get_max_connections();
        loop {
            let connection = self.connection().await?;
            let error = match PgTransaction::begin(connection, None).await {
                Ok(transaction) => {
                    let server = self.server.clone();
                    return Ok(Open {
                        server,
                        transaction,
                    });
                }
                Err(error) => fault::of(&self.server, &error),
            };
            // As for reading: nothing has happened yet.
            if !matches!(error, Error::Unavailable(_)) || tries == 0 {
                return Err(error);
            }
            tries -= 1;
        }
    }

    async fn connection(&self) -> Result<PoolConnection<sqlx::Postgres>, Error> {
        self.pool.acquire().await.map_err(|error| match error {
            // Not all connections are in use, so it is the server that gives none.
            sqlx::Error::PoolTimedOut
                if self.pool.size() < self.pool.options().get_max_connections() =>
            {
                Error::Unavailable(format!(
                    "PostgreSQL at {} gave no connection within {} s: check that it runs",
                    self.server.address(),
                    self.limits.wait.as_secs()
                ))
            }
            error => fault::of(&self.server, &error),
        })
    }

    /// A connection that hears both channels and connects again by itself.
    pub(crate) async fn listen(&self) -> Result<PgListener, Error> {
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(10))
            .connect_lazy_with(self.server.options());
        let fault = |error| fault::of(&self.server, &error);
        let mut listener = PgListener::connect_with(&pool).await.map_err(fault)?;
        listener
            .listen_all([REVISION_CHANNEL, JOB_CHANNEL])
            .await
            .map_err(fault)?;
        Ok(listener)
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}

impl Open {
    pub(crate) async fn query(&mut self, sql: &str, params: Vec<Value>) -> Result<Vec<Row>, Error> {
        statement::query(&mut *self.transaction, &self.server, sql, params).await
    }

    pub(crate) async fn execute(&mut self, sql: &str, params: Vec<Value>) -> Result<u64, Error> {
        statement::execute(&mut *self.transaction, &self.server, sql, params).await
    }

    /// One statement, so one trip.
    pub(crate) async fn record_change(&mut self, change: Vec<Value>) -> Result<Vec<Row>, Error> {
        let sql = "WITH next AS (UPDATE storage_revision SET revision = revision + 1 WHERE id = 1 \
                   RETURNING revision) INSERT INTO storage_change (revision, topic, key) \
                   SELECT revision, $1, $2 FROM next RETURNING revision";
        self.query(sql, change).await
    }

    pub(crate) async fn commit(mut self, signals: Signals) -> Result<(), Error> {
        let notify = "SELECT pg_notify($1, $2)";
        if let Some(revision) = signals.revision {
            let params = params![REVISION_CHANNEL, revision.to_string()];
            self.execute(notify, params).await?;
        }
        if signals.jobs {
            self.execute(notify, params![JOB_CHANNEL, ""]).await?;
        }
        let Self {
            server,
            transaction,
        } = self;
        transaction
            .commit()
            .await
            .map_err(|error| fault::of(&server, &error))
    }
}
