//! Replays of the audit, one a webhook.

use oauth::Timestamp;
use storage::{Error, Row, Tx, params};

use super::Read;
use crate::model::{AuditReplay, AuditScope, ReplayStatus};

fn parse(row: &Row) -> Result<AuditReplay, Error> {
    let (scope, status): (String, String) = (row.get("scope")?, row.get("status")?);
    let corrupt = || Error::Corrupt("an audit replay".into());
    let after: (Option<Timestamp>, Option<i64>, Option<String>) = (
        row.get("after_at")?,
        row.get("after_seq")?,
        row.get("after_id")?,
    );
    Ok(AuditReplay {
        scope: scope.parse().map_err(|_| corrupt())?,
        start_at: row.get("start_at")?,
        end_at: row.get("end_at")?,
        status: ReplayStatus::parse(&status).ok_or_else(corrupt)?,
        sent: row.get("sent")?,
        after: match after {
            (Some(at), Some(seq), Some(id)) => Some((at, seq, id)),
            _ => None,
        },
        updated_at: row.get("updated_at")?,
    })
}

/// The replay of a webhook, if there ever was one.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn find(
    mut read: impl Read,
    scope: AuditScope,
) -> Result<Option<AuditReplay>, Error> {
    let sql = "SELECT * FROM portal_audit_replay WHERE scope = $1";
    read.one(sql, params![scope.to_string()], parse).await
}

/// Writes it as it is now.
///
/// # Errors
/// Those of [`Tx::execute`].
pub(crate) async fn put(tx: &mut Tx, replay: &AuditReplay) -> Result<(), Error> {
    let sql = "INSERT INTO portal_audit_replay (scope, start_at, end_at, status, sent, after_at, \
               after_seq, after_id, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
               ON CONFLICT (scope) DO UPDATE SET start_at = excluded.start_at, end_at = excluded.end_at, \
               status = excluded.status, sent = excluded.sent, after_at = excluded.after_at, \
               after_seq = excluded.after_seq, after_id = excluded.after_id, \
               updated_at = excluded.updated_at";
    let after = replay.after.as_ref();
    let params = params![
        replay.scope.to_string(),
        replay.start_at,
        replay.end_at,
        replay.status.as_str(),
        replay.sent,
        after.map(|(at, _, _)| *at),
        after.map(|(_, seq, _)| *seq),
        after.map(|(_, _, id)| id.as_str()),
        replay.updated_at
    ];
    tx.execute(sql, params).await?;
    Ok(())
}
