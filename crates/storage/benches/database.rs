//! Durable commits and point reads. `GATEHOUSE_TEST_POSTGRES` names a server with its real settings;
//! without it PostgreSQL runs as for the tests, with nothing durable.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use futures_util::future::join_all;
use storage::testing::databases;
use storage::{Database, Migrations, params};
use tokio::runtime::Runtime;

const ACCOUNTS: Migrations = Migrations {
    component: "accounts",
    steps: &[
        "CREATE TABLE account (id TEXT PRIMARY KEY, name TEXT NOT NULL, visits BIGINT NOT NULL)",
    ],
};

const ROWS: u64 = 10_000;
const AT_ONCE: u64 = 64;

fn key(n: u64) -> String {
    format!("account-{:08}", n % ROWS)
}

async fn fill(db: &Database) {
    let mut tx = db.begin().await.expect("a transaction");
    for n in 0..ROWS {
        let sql = "INSERT INTO account (id, name, visits) VALUES ($1, $2, 0)";
        tx.execute(sql, params![key(n), "somebody"])
            .await
            .expect("an account");
    }
    tx.commit().await.expect("a commit");
}

async fn visit(db: &Database, n: u64) {
    let sql = "UPDATE account SET visits = visits + 1 WHERE id = $1";
    db.execute(sql, params![key(n)]).await.expect("a visit");
}

async fn change(db: &Database, n: u64) {
    let mut tx = db.begin().await.expect("a transaction");
    let sql = "UPDATE account SET visits = visits + 1 WHERE id = $1";
    tx.execute(sql, params![key(n)]).await.expect("a visit");
    tx.record_change("account", &key(n))
        .await
        .expect("a change");
    tx.commit().await.expect("a commit");
}

async fn read(db: &Database, n: u64) {
    let sql = "SELECT name, visits FROM account WHERE id = $1";
    black_box(
        db.query_one(sql, params![key(n)])
            .await
            .expect("an account"),
    );
}

fn benchmarks(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let both = runtime.block_on(databases(&[ACCOUNTS]));
    for t in &both {
        runtime.block_on(fill(&t.db));
        let mut group = criterion.benchmark_group(t.name);
        let mut n = 0;
        let mut next = move || {
            n += 7919;
            n
        };
        group.throughput(Throughput::Elements(1));
        group.bench_function("read", |b| {
            b.to_async(&runtime).iter(|| read(&t.db, next()));
        });
        group.bench_function("write", |b| {
            b.to_async(&runtime).iter(|| visit(&t.db, next()));
        });
        group.bench_function("transaction", |b| {
            b.to_async(&runtime).iter(|| change(&t.db, next()));
        });
        group.throughput(Throughput::Elements(AT_ONCE));
        group.bench_function("read, 64 at once", |b| {
            b.to_async(&runtime)
                .iter(|| join_all((0..AT_ONCE).map(|_| read(&t.db, next()))));
        });
        group.bench_function("write, 64 at once", |b| {
            b.to_async(&runtime)
                .iter(|| join_all((0..AT_ONCE).map(|_| visit(&t.db, next()))));
        });
        group.bench_function("transaction, 64 at once", |b| {
            b.to_async(&runtime)
                .iter(|| join_all((0..AT_ONCE).map(|_| change(&t.db, next()))));
        });
        group.finish();
    }
    let _inside = runtime.enter();
    drop(both);
}

criterion_group!(database, benchmarks);
criterion_main!(database);
