//! Reaching the server.

use std::str::FromStr;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor};

use super::fault;
use crate::{Error, Limits};

/// How long an idle connection is trusted to be alive.
const FRESH: Duration = Duration::from_secs(2);

/// Where the server is. What it prints never holds the password.
#[derive(Clone)]
pub(super) struct Server {
    options: PgConnectOptions,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.address())
    }
}

impl Server {
    pub(super) fn parse(url: &SecretString) -> Result<Self, Error> {
        let text = url.expose_secret();
        let wrong = || {
            Error::Unavailable(
                "the database URL is not one of PostgreSQL: write \
                 postgres://user:password@host:5432/database, with @ : / ? # % in the password \
                 percent-encoded"
                    .into(),
            )
        };
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err(wrong());
        }
        let options = PgConnectOptions::from_str(text).map_err(|_| wrong())?;
        Ok(Self {
            options: options
                .application_name("gatehouse")
                .statement_cache_capacity(256)
                .disable_statement_logging(),
        })
    }

    pub(super) fn options(&self) -> PgConnectOptions {
        self.options.clone()
    }

    /// Host and port, or the socket.
    pub(super) fn address(&self) -> String {
        match self.options.get_socket() {
            Some(socket) => socket.display().to_string(),
            None => format!("{}:{}", self.options.get_host(), self.options.get_port()),
        }
    }

    pub(super) fn database(&self) -> &str {
        self.options
            .get_database()
            .unwrap_or_else(|| self.options.get_username())
    }

    pub(super) fn user(&self) -> &str {
        self.options.get_username()
    }

    /// One connection, or the reason why there is none.
    pub(super) async fn connect(&self, wait: Duration) -> Result<PgConnection, Error> {
        match tokio::time::timeout(wait, PgConnection::connect_with(&self.options)).await {
            Ok(connected) => connected.map_err(|error| fault::of(self, &error)),
            Err(_) => Err(Error::Unavailable(format!(
                "PostgreSQL at {} did not answer within {} s: check the address and the firewall",
                self.address(),
                wait.as_secs()
            ))),
        }
    }

    pub(super) fn pool(&self, max_connections: u32, limits: Limits) -> PgPool {
        let settings = format!(
            "SET idle_in_transaction_session_timeout = {}; SET lock_timeout = {}",
            // A little longer than our own limit, which gives the better message.
            limits.transaction.as_millis() + 1000,
            limits.wait.as_millis()
        );
        PgPoolOptions::new()
            .max_connections(max_connections)
            .acquire_timeout(limits.wait)
            // A connection that was just used works; asking each time would double every read.
            .test_before_acquire(false)
            .before_acquire(|connection, about| {
                Box::pin(
                    async move { Ok(about.idle_for < FRESH || connection.ping().await.is_ok()) },
                )
            })
            .after_connect(move |connection, _| {
                let settings = settings.clone();
                Box::pin(async move {
                    connection
                        .execute(sqlx::raw_sql(sqlx::AssertSqlSafe(settings)))
                        .await?;
                    Ok(())
                })
            })
            .connect_lazy_with(self.options.clone())
    }
}
