//! Bringing the schema up to date.

use sqlx::postgres::PgConnection;
use sqlx::{Connection, Executor};

use super::connect::Server;
use super::{fault, statement};
use crate::migrate::{self, Applied};
use crate::{Error, Migrations, params};

/// Every node that starts takes this lock first. The number is this program's own ("gatehous").
const LOCK: i64 = 0x6761_7465_686f_7573;

pub(super) async fn migrate(
    server: &Server,
    mut connection: PgConnection,
    migrations: &[Migrations],
) -> Result<(), Error> {
    let fault = |error| fault::of(server, &error);
    // Held by the session, so by this connection until it closes below, also after an error.
    statement::execute(
        &mut connection,
        server,
        "SELECT pg_advisory_lock($1)",
        params![LOCK],
    )
    .await?;
    // Without the test, every start would take a lock on the catalogue and log a notice.
    let sql = "SELECT to_regclass('storage_migration') IS NULL AS missing";
    let rows = statement::query(&mut connection, server, sql, params![]).await?;
    if rows[0].get("missing")? {
        connection
            .execute(sqlx::raw_sql(migrate::TABLE))
            .await
            .map_err(fault)?;
    }
    let rows = statement::query(&mut connection, server, migrate::APPLIED, params![]).await?;
    let applied = rows.iter().map(|row| {
        Ok(Applied {
            component: row.get("component")?,
            version: row.get("version")?,
            checksum: row.get("checksum")?,
        })
    });
    let applied = applied.collect::<Result<Vec<_>, Error>>()?;
    for step in migrate::pending(&applied, migrations)? {
        let mut tx = connection.begin().await.map_err(fault)?;
        let sql = migrate::statements(step.sql, "postgres");
        tx.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(sql)))
            .await
            .map_err(|error| step.failed(fault(error)))?;
        let record = params![step.component, step.version, &step.checksum];
        statement::execute(&mut *tx, server, migrate::RECORD, record).await?;
        tx.commit()
            .await
            .map_err(|error| step.failed(fault(error)))?;
        tracing::info!(step.component, step.version, "schema upgraded");
    }
    connection.close().await.map_err(fault)
}
