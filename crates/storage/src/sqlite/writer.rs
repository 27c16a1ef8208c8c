//! The writing thread: one lease at a time, in the order they were asked for.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Instant;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::group::{Done, Group, run};
use super::statement::{Outcome, Statement};
use super::{Lease, Reply, closed, file};
use crate::signal::{Hub, Signals};
use crate::{Error, Limits, Migrations};

/// What the writer is asked for.
#[derive(Debug)]
pub(super) enum Command {
    /// A transaction; the lease answers to `commands`.
    Begin {
        commands: mpsc::Sender<Command>,
        reply: Reply<Lease>,
    },
    /// One statement in a transaction of its own.
    Apply {
        statement: Statement,
        reply: Reply<u64>,
    },
    /// Statements of the lease's transaction; answered with the last one's outcome.
    Run {
        lease: u64,
        statements: Vec<Statement>,
        reply: Reply<Outcome>,
    },
    /// The lease's end; answered when it is durable.
    Commit {
        lease: u64,
        signals: Signals,
        reply: Reply<()>,
    },
    /// The lease's end without effect.
    Rollback { lease: u64 },
    /// Nothing further is started.
    Close { reply: Reply<()> },
}

/// Who waits for the lease before them to end.
enum Waiting {
    Begin(mpsc::Sender<Command>, Reply<Lease>),
    Apply(Statement, Reply<u64>),
}

struct Active {
    lease: u64,
    deadline: Instant,
}

struct Writer {
    connection: Connection,
    inbox: mpsc::Receiver<Command>,
    waiting: VecDeque<Waiting>,
    active: Option<Active>,
    group: Option<Group>,
    /// Why a lease that is no longer active ended, for the statement that comes too late.
    ended: Option<(u64, Error)>,
    leases: u64,
    closing: Option<Reply<()>>,
    limits: Limits,
    hub: Arc<Hub>,
}

/// Opens and migrates the file on the writer's thread, and keeps the thread.
pub(super) async fn start(
    path: &Path,
    migrations: Vec<Migrations>,
    limits: Limits,
    hub: Arc<Hub>,
) -> Result<mpsc::Sender<Command>, Error> {
    let (commands, inbox) = mpsc::channel();
    let (ready, opened) = oneshot::channel();
    let path = path.to_owned();
    let work = move || {
        let connection = file::open_writer(&path, limits).and_then(|mut connection| {
            file::migrate(&mut connection, &migrations)?;
            file::forget_statistics(&connection)?;
            Ok(connection)
        });
        match connection {
            Ok(connection) => {
                let _ = ready.send(Ok(()));
                Writer::new(connection, inbox, limits, hub).work();
            }
            Err(error) => drop(ready.send(Err(error))),
        }
    };
    thread::Builder::new()
        .name("sqlite-writer".into())
        .spawn(work)
        .map_err(|error| Error::Unavailable(format!("cannot start a thread ({error})")))?;
    opened.await.map_err(|_| closed())??;
    Ok(commands)
}

impl Writer {
    fn new(
        connection: Connection,
        inbox: mpsc::Receiver<Command>,
        limits: Limits,
        hub: Arc<Hub>,
    ) -> Self {
        Self {
            connection,
            inbox,
            waiting: VecDeque::new(),
            active: None,
            group: None,
            ended: None,
            leases: 0,
            closing: None,
            limits,
            hub,
        }
    }

    fn work(mut self) {
        loop {
            while let Ok(command) = self.inbox.try_recv() {
                self.take(command);
            }
            if let Some(active) = &self.active {
                let left = active.deadline.saturating_duration_since(Instant::now());
                match self.inbox.recv_timeout(left) {
                    Ok(command) => self.take(command),
                    Err(RecvTimeoutError::Timeout) => self.expire(),
                    Err(RecvTimeoutError::Disconnected) => break,
                }
                continue;
            }
            if self
                .group
                .as_ref()
                .is_some_and(|group| group.is_full(&self.limits))
            {
                self.commit_group();
            }
            if let Some(next) = self.waiting.pop_front() {
                self.start(next);
                continue;
            }
            self.commit_group();
            if self.closing.is_some() {
                break;
            }
            match self.inbox.recv() {
                Ok(command) => self.take(command),
                Err(_) => break,
            }
        }
        self.finish();
    }

    fn take(&mut self, command: Command) {
        match command {
            Command::Begin { commands, reply } => {
                self.admit(Waiting::Begin(commands, reply));
            }
            Command::Apply { statement, reply } => self.admit(Waiting::Apply(statement, reply)),
            Command::Run {
                lease,
                statements,
                reply,
            } => {
                let outcome = self.run(lease, &statements);
                let _ = reply.send(outcome);
            }
            Command::Commit {
                lease,
                signals,
                reply,
            } => self.commit(lease, signals, reply),
            Command::Rollback { lease } => {
                if self.is_active(lease) {
                    self.roll_back();
                }
            }
            Command::Close { reply } => self.closing = Some(reply),
        }
    }

    fn admit(&mut self, waiting: Waiting) {
        if self.closing.is_none() {
            self.waiting.push_back(waiting);
            return;
        }
        match waiting {
            Waiting::Begin(_, reply) => drop(reply.send(Err(closed()))),
            Waiting::Apply(_, reply) => drop(reply.send(Err(closed()))),
        }
    }

    fn start(&mut self, waiting: Waiting) {
        let group = match self.group.take() {
            Some(group) => Ok(group),
            None => Group::begin(&self.connection),
        };
        match (group, waiting) {
            (Ok(group), Waiting::Begin(commands, reply)) => {
                self.group = Some(group);
                self.lend(commands, reply);
            }
            (Ok(group), Waiting::Apply(statement, reply)) => {
                self.group = Some(group);
                self.apply(&statement, reply);
            }
            (Err(error), Waiting::Begin(_, reply)) => drop(reply.send(Err(error))),
            (Err(error), Waiting::Apply(_, reply)) => drop(reply.send(Err(error))),
        }
    }

    fn lend(&mut self, commands: mpsc::Sender<Command>, reply: Reply<Lease>) {
        if let Err(error) = run(&self.connection, "SAVEPOINT lease") {
            drop(reply.send(Err(error)));
            return;
        }
        self.leases += 1;
        self.active = Some(Active {
            lease: self.leases,
            deadline: Instant::now() + self.limits.transaction,
        });
        // A caller that went away drops the lease, which rolls it back.
        let _ = reply.send(Ok(Lease::new(self.leases, commands)));
    }

    /// SQLite undoes a failing statement by itself: no savepoint is needed for one.
    fn apply(&mut self, statement: &Statement, reply: Reply<u64>) {
        match statement.run(&self.connection) {
            Ok(Outcome { affected, .. }) => {
                if let Some(group) = &mut self.group {
                    group.add(Done::Applied { affected, reply });
                }
            }
            Err(error) => {
                self.notice_lost_group(&error);
                let _ = reply.send(Err(error));
            }
        }
    }

    fn run(&mut self, lease: u64, statements: &[Statement]) -> Result<Outcome, Error> {
        if !self.is_active(lease) {
            return Err(self.why_ended(lease));
        }
        let mut outcome = Ok(Outcome::default());
        for statement in statements {
            outcome = statement.run(&self.connection);
            if outcome.is_err() {
                break;
            }
        }
        if let Err(error) = &outcome {
            self.notice_lost_group(error);
        }
        outcome
    }

    fn commit(&mut self, lease: u64, signals: Signals, reply: Reply<()>) {
        if !self.is_active(lease) {
            let _ = reply.send(Err(self.why_ended(lease)));
            return;
        }
        self.active = None;
        match (run(&self.connection, "RELEASE lease"), &mut self.group) {
            (Ok(()), Some(group)) => group.add(Done::Committed { signals, reply }),
            (Ok(()), None) => drop(reply.send(Err(closed()))),
            (Err(error), _) => {
                self.notice_lost_group(&error);
                drop(reply.send(Err(error)));
            }
        }
    }

    fn roll_back(&mut self) {
        self.active = None;
        let undone = run(&self.connection, "ROLLBACK TO lease")
            .and_then(|()| run(&self.connection, "RELEASE lease"));
        if let Err(error) = undone {
            tracing::error!(%error, "a transaction could not be rolled back");
            // Nothing of it may be kept, so nothing of its group can be.
            let _ = run(&self.connection, "ROLLBACK");
            self.notice_lost_group(&error);
        }
    }

    fn expire(&mut self) {
        let Some(active) = &self.active else { return };
        let seconds = self.limits.transaction.as_secs();
        tracing::error!(
            seconds,
            "a transaction was kept open too long and is rolled back"
        );
        self.ended = Some((active.lease, Error::HeldTooLong { seconds }));
        self.roll_back();
    }

    /// A full disk, among others, makes SQLite roll the outer transaction back by itself.
    fn notice_lost_group(&mut self, error: &Error) {
        if !self.connection.is_autocommit() {
            return;
        }
        if let Some(active) = self.active.take() {
            self.ended = Some((active.lease, error.clone()));
        }
        if let Some(group) = self.group.take() {
            group.fail(error);
        }
    }

    fn commit_group(&mut self) {
        if let Some(group) = self.group.take() {
            group.commit(&self.connection, &self.hub);
        }
    }

    fn is_active(&self, lease: u64) -> bool {
        self.active
            .as_ref()
            .is_some_and(|active| active.lease == lease)
    }

    fn why_ended(&self, lease: u64) -> Error {
        match &self.ended {
            Some((ended, error)) if *ended == lease => error.clone(),
            _ => closed(),
        }
    }

    fn finish(mut self) {
        if self.active.is_some() {
            self.roll_back();
        }
        self.commit_group();
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        if let Err(error) = self.connection.execute_batch(checkpoint) {
            tracing::debug!(%error, "the log stays beside the database");
        }
        let reply = self.closing.take();
        drop(self.connection);
        if let Some(reply) = reply {
            let _ = reply.send(Ok(()));
        }
    }
}
