use std::time::Duration;

use storage::testing::{postgres_with, sqlite_with};
use storage::{Config, Database, Error, Limits, params};

use crate::SHOP;

const INSERT: &str = "INSERT INTO shelf (id, name) VALUES ($1, $1)";

#[tokio::test]
async fn a_transaction_that_is_held_too_long_is_rolled_back() {
    let limits = Limits {
        transaction: Duration::from_millis(150),
        ..Limits::default()
    };
    for t in [
        sqlite_with(&[SHOP], limits).await,
        postgres_with(&[SHOP], limits).await,
    ] {
        let mut held = t.db.begin().await.unwrap();
        held.execute(INSERT, params!["a"]).await.unwrap();
        // On SQLite the second one can only begin once the first is thrown out.
        let waits = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            t.db.execute(INSERT, params!["b"]).await.unwrap();
        };
        waits.await;
        let late = held.execute(INSERT, params!["c"]).await.unwrap_err();
        assert!(
            matches!(late, Error::HeldTooLong { .. }),
            "{}: {late}",
            t.name
        );
        assert!(
            matches!(held.commit().await, Err(Error::HeldTooLong { .. })),
            "{}",
            t.name
        );
        let rows = t.db.query("SELECT id FROM shelf", params![]).await.unwrap();
        assert_eq!(rows.len(), 1, "{}", t.name);
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("notes.txt");
    std::fs::write(
        &path,
        "only some notes, nothing that SQLite has ever written\n".repeat(40),
    )
    .unwrap();
    let error = Database::open(&Config::Sqlite { path }, &[])
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("notes.txt is not a SQLite database"),
        "{error}"
    );
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_named() {
    let path = "/proc/nowhere/gatehouse.db".into();
    let error = Database::open(&Config::Sqlite { path }, &[])
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Unavailable(_)));
    assert!(error.to_string().contains("/proc/nowhere"), "{error}");
}

#[tokio::test]
async fn an_address_that_does_not_work_is_told_without_the_password() {
    for (url, wanted) in [
        (
            "mysql://u:hunter2@db/x",
            "postgres://user:password@host:5432/database",
        ),
        ("postgres://u:hunter2@127.0.0.1:1/x", "127.0.0.1:1"),
    ] {
        let config = Config::Postgres {
            url: url.into(),
            max_connections: 1,
        };
        let error = Database::open(&config, &[]).await.unwrap_err();
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
        assert!(error.to_string().contains(wanted), "{error}");
        assert!(
            !format!("{error} {error:?} {config:?}").contains("hunter2"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_database_that_does_not_exist_is_named() {
    let t = postgres_with(&[], Limits::default()).await;
    let Config::Postgres { url, .. } = &t.config else {
        unreachable!()
    };
    let url = secrecy::ExposeSecret::expose_secret(url).replace("/test_", "/missing_");
    let config = Config::Postgres {
        url: url.into(),
        max_connections: 1,
    };
    let error = Database::open(&config, &[]).await.unwrap_err();
    assert!(error.to_string().contains("createdb missing_"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let t = sqlite_with(&[], Limits::default()).await;
    let Config::Sqlite { path } = &t.config else {
        unreachable!()
    };
    for file in [path.clone(), path.with_extension("db-wal")] {
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", file.display());
    }
}
