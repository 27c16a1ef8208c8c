//! Device codes (RFC 8628).

use oauth::{Scopes, Timestamp};
use storage::{Database, Row, Tx, params};

use crate::model::device_code::{Decision, DeviceCode};

const COLUMNS: &str = "device_code, client_id, scope, audience, state, details, poll_interval, \
                       polled_at, created_at, expires_at";

/// Keeps a code under the digests of its two halves, with one of the address block that it came from.
pub(crate) async fn insert(
    db: &Database,
    (device_code, user_code): (&str, &str),
    origin: &str,
    code: &DeviceCode,
) -> Result<(), storage::Error> {
    let sql = "INSERT INTO identity_device_code (device_code, user_code, origin, client_id, scope, \
               audience, state, poll_interval, created_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6, 'pending', $7, $8, $9)";
    let params = params![
        device_code,
        user_code,
        origin,
        &code.client_id,
        code.scope.to_string(),
        &code.audience,
        code.interval,
        code.created_at,
        code.expires_at,
    ];
    db.execute(sql, params).await?;
    Ok(())
}

/// The code of which a person typed the other half, by digest.
pub(crate) async fn by_user_code(
    db: &Database,
    user_code: &str,
) -> Result<Option<DeviceCode>, storage::Error> {
    let sql = format!("SELECT {COLUMNS} FROM identity_device_code WHERE user_code = $1");
    let row = db.query_optional(&sql, params![user_code]).await?;
    row.as_ref().map(read).transpose()
}

/// The code that a device asks about, by digest; locked until the transaction ends.
pub(crate) async fn lock(
    tx: &mut Tx,
    device_code: &str,
) -> Result<Option<DeviceCode>, storage::Error> {
    let sql = format!(
        "UPDATE identity_device_code SET state = state WHERE device_code = $1 RETURNING {COLUMNS}"
    );
    let row = tx.query_optional(&sql, params![device_code]).await?;
    row.as_ref().map(read).transpose()
}

/// Writes down that a device asked.
pub(crate) async fn polled(
    tx: &mut Tx,
    device_code: &str,
    interval: i64,
    now: Timestamp,
) -> Result<(), storage::Error> {
    let sql = "UPDATE identity_device_code SET polled_at = $2, poll_interval = $3 \
               WHERE device_code = $1";
    tx.execute(sql, params![device_code, now, interval]).await?;
    Ok(())
}

/// Writes down what the person said, once. Gives whether there was still something to say.
pub(crate) async fn decide(
    db: &Database,
    user_code: &str,
    decision: &Decision,
    now: Timestamp,
) -> Result<bool, storage::Error> {
    let (state, details) = match decision {
        Decision::Pending => return Ok(false),
        Decision::Approved(authorization) => ("approved", Some(storage::Json(authorization))),
        Decision::Denied => ("denied", None),
    };
    let sql = "UPDATE identity_device_code SET state = $2, details = $3 \
               WHERE user_code = $1 AND state = 'pending' AND expires_at > $4";
    let params = params![user_code, state, details, now];
    Ok(db.execute(sql, params).await? > 0)
}

/// Removes a code. Gives whether it was there.
pub(crate) async fn delete(tx: &mut Tx, device_code: &str) -> Result<bool, storage::Error> {
    let sql = "DELETE FROM identity_device_code WHERE device_code = $1";
    Ok(tx.execute(sql, params![device_code]).await? > 0)
}

fn read(row: &Row) -> Result<DeviceCode, storage::Error> {
    let state: String = row.get("state")?;
    let decision = match state.as_str() {
        "approved" => {
            let storage::Json(authorization) = row.get("details")?;
            Decision::Approved(Box::new(authorization))
        }
        "denied" => Decision::Denied,
        _ => Decision::Pending,
    };
    let scope: String = row.get("scope")?;
    Ok(DeviceCode {
        client_id: row.get("client_id")?,
        // It was a scope when it was written.
        scope: scope.parse().unwrap_or_else(|_| Scopes::new()),
        audience: row.get("audience")?,
        decision,
        interval: row.get("poll_interval")?,
        polled_at: row.get("polled_at")?,
        created_at: row.get("created_at")?,
        expires_at: row.get("expires_at")?,
    })
}
