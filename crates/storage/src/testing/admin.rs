//! Making and removing databases on the test server, on a thread that outlives each test's runtime.

use std::sync::{LazyLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use oauth::Entropy;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, Executor};
use tokio::sync::oneshot;

use super::server;

/// A database that is removed when this is dropped.
#[derive(Debug)]
pub(super) struct Fresh {
    name: String,
    url: String,
}

enum Order {
    Create {
        name: String,
        reply: oneshot::Sender<Result<String, String>>,
    },
    Remove {
        name: String,
    },
}

static ADMIN: LazyLock<mpsc::Sender<Order>> = LazyLock::new(|| {
    let (orders, inbox) = mpsc::channel();
    thread::Builder::new()
        .name("test-postgres".into())
        .spawn(move || work(&inbox))
        .expect("a thread");
    orders
});

impl Fresh {
    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        // What is left when a process ends is removed by the next one.
        let _ = ADMIN.send(Order::Remove {
            name: std::mem::take(&mut self.name),
        });
    }
}

pub(super) async fn create() -> Fresh {
    let name = format!("test_{}_{}", std::process::id(), Entropy::system().hex(8));
    let (reply, answer) = oneshot::channel();
    let order = Order::Create {
        name: name.clone(),
        reply,
    };
    ADMIN
        .send(order)
        .expect("the thread that makes test databases ended");
    match answer
        .await
        .expect("the thread that makes test databases ended")
    {
        Ok(url) => Fresh { name, url },
        Err(reason) => panic!("no PostgreSQL for this test: {reason}"),
    }
}

fn work(inbox: &mpsc::Receiver<Order>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let mut connection = None;
    while let Ok(order) = inbox.recv() {
        match order {
            Order::Create { name, reply } => {
                let _ = reply.send(runtime.block_on(make(&mut connection, &name)));
            }
            Order::Remove { name } => {
                if let Some((_, connection)) = &mut connection {
                    let _ = runtime.block_on(remove(connection, &name));
                }
            }
        }
    }
}

async fn make(open: &mut Option<(String, PgConnection)>, name: &str) -> Result<String, String> {
    if open.is_none() {
        let url = server::url()?;
        let mut connection = connect(&with_database(&url, "postgres")).await?;
        // A server that was given to us may serve other machines, whose processes we cannot see.
        if server::is_ours(&url) {
            let removed = remove_abandoned(&mut connection).await;
            removed.map_err(|error| error.to_string())?;
        }
        *open = Some((url, connection));
    }
    let Some((url, connection)) = open else {
        return Err("not connected".into());
    };
    let sql = format!("CREATE DATABASE {name}");
    let made = connection.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await;
    made.map_err(|error| error.to_string())?;
    Ok(with_database(url, name))
}

/// A server that has just been started answers before it is ready.
async fn connect(url: &str) -> Result<PgConnection, String> {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        match PgConnection::connect(url).await {
            Ok(connection) => return Ok(connection),
            Err(sqlx::Error::Database(error))
                if error.code().as_deref() == Some("57P03") && Instant::now() < deadline =>
            {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(error) => return Err(error.to_string()),
        }
    }
}

async fn remove(connection: &mut PgConnection, name: &str) -> Result<(), sqlx::Error> {
    let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    connection
        .execute(sqlx::raw_sql(AssertSqlSafe(sql)))
        .await
        .map(drop)
}

/// Removes the databases of processes that ended.
async fn remove_abandoned(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let sql = r"SELECT datname::text FROM pg_database WHERE datname LIKE 'test\_%'";
    for name in sqlx::query_scalar::<_, String>(sql)
        .fetch_all(&mut *connection)
        .await?
    {
        let process = name.split('_').nth(1).and_then(|pid| pid.parse().ok());
        if process.is_some_and(|pid| !server::is_running(pid)) {
            // Another process may be removing it too.
            let _ = remove(connection, &name).await;
        }
    }
    Ok(())
}

/// The server's URL with another database: `postgres://user@host/database?query`.
fn with_database(url: &str, database: &str) -> String {
    let (address, query) = url
        .split_once('?')
        .map_or((url, None), |(a, q)| (a, Some(q)));
    let authority = address.find("://").map_or(0, |at| at + 3);
    let end = address[authority..]
        .find('/')
        .map_or(address.len(), |at| authority + at);
    let server = &address[..end];
    query.map_or_else(
        || format!("{server}/{database}"),
        |query| format!("{server}/{database}?{query}"),
    )
}
