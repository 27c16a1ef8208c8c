//! SQLite: one writer thread with group commit, and a few reading threads.

mod fault;
mod file;
mod group;
mod readers;
mod statement;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;

use tokio::sync::oneshot;

use crate::signal::{Hub, Signals};
use crate::{Error, Limits, Migrations, Row, Value};
use readers::Readers;
use statement::{Outcome, Statement};
use writer::Command;

/// An open file.
#[derive(Debug)]
pub(crate) struct Sqlite {
    commands: mpsc::Sender<Command>,
    readers: Readers,
}

/// The right to write, until it is committed or dropped.
#[derive(Debug)]
pub(crate) struct Lease {
    id: u64,
    /// Taken by a commit; what is left is rolled back.
    commands: Option<mpsc::Sender<Command>>,
}

impl Sqlite {
    pub(crate) async fn open(
        path: &Path,
        migrations: &[Migrations],
        limits: Limits,
        hub: Arc<Hub>,
    ) -> Result<Self, Error> {
        let commands = writer::start(path, migrations.to_vec(), limits, hub).await?;
        let readers = Readers::start(path, limits)?;
        Ok(Self { commands, readers })
    }

    pub(crate) async fn read(&self, sql: &str, params: Vec<Value>) -> Result<Vec<Row>, Error> {
        self.readers.read(Statement::new(sql, params)).await
    }

    pub(crate) async fn apply(&self, sql: &str, params: Vec<Value>) -> Result<u64, Error> {
        let statement = Statement::new(sql, params);
        ask(&self.commands, |reply| Command::Apply { statement, reply }).await
    }

    pub(crate) async fn begin(&self) -> Result<Lease, Error> {
        let commands = self.commands.clone();
        ask(&self.commands, |reply| Command::Begin { commands, reply }).await
    }

    pub(crate) async fn close(&self) {
        // The writer closes last, so that it can fold the log into the file and remove it.
        self.readers.close().await;
        let closed = ask(&self.commands, |reply| Command::Close { reply }).await;
        if let Err(error) = closed {
            tracing::debug!(%error, "database closed already");
        }
    }
}

impl Lease {
    fn new(id: u64, commands: mpsc::Sender<Command>) -> Self {
        Self {
            id,
            commands: Some(commands),
        }
    }

    pub(crate) async fn run(&mut self, sql: &str, params: Vec<Value>) -> Result<Outcome, Error> {
        self.run_all(vec![Statement::new(sql, params)]).await
    }

    /// Both statements in one trip to the writer.
    pub(crate) async fn record_change(&mut self, change: Vec<Value>) -> Result<Vec<Row>, Error> {
        let next = "UPDATE storage_revision SET revision = revision + 1 WHERE id = 1";
        let log = "INSERT INTO storage_change (revision, topic, key) \
                   SELECT revision, $1, $2 FROM storage_revision WHERE id = 1 RETURNING revision";
        let statements = vec![
            Statement::new(next, Vec::new()),
            Statement::new(log, change),
        ];
        Ok(self.run_all(statements).await?.rows)
    }

    async fn run_all(&mut self, statements: Vec<Statement>) -> Result<Outcome, Error> {
        let lease = self.id;
        let commands = self.commands.as_ref().ok_or_else(closed)?;
        ask(commands, |reply| Command::Run {
            lease,
            statements,
            reply,
        })
        .await
    }

    pub(crate) async fn commit(mut self, signals: Signals) -> Result<(), Error> {
        let lease = self.id;
        let commands = self.commands.take().ok_or_else(closed)?;
        ask(&commands, |reply| Command::Commit {
            lease,
            signals,
            reply,
        })
        .await
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(commands) = self.commands.take() {
            // A writer that is gone has rolled everything back.
            let _ = commands.send(Command::Rollback { lease: self.id });
        }
    }
}

type Reply<T> = oneshot::Sender<Result<T, Error>>;

async fn ask<T>(
    commands: &mpsc::Sender<Command>,
    command: impl FnOnce(Reply<T>) -> Command,
) -> Result<T, Error> {
    let (reply, answer) = oneshot::channel();
    commands.send(command(reply)).map_err(|_| closed())?;
    answer.await.map_err(|_| closed())?
}

fn closed() -> Error {
    Error::Unavailable("the database is closed".into())
}
