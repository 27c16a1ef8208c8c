//! What services and routes share: finding their control plane, reading bodies, ids and names, the
//! end of a write.

use std::str::FromStr;

use axum::body::Bytes;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use storage::Tx;

use super::failure::Failure;
use crate::model::ControlPlaneId;
use crate::platform::{commit, settled};
use crate::store;
use crate::store::audit::Entry;
use crate::{Ctx, Portal};

/// The control plane of the path, which must exist.
///
/// # Errors
/// Not found, or the database's.
pub(super) async fn control_plane(portal: &Portal, text: &str) -> Result<ControlPlaneId, Failure> {
    let not_found = || Failure::not_found("control plane", text);
    let id: ControlPlaneId = text.parse().map_err(|_| not_found())?;
    let found = store::control_planes::find(portal.db(), id).await?;
    found.map(|plane| plane.id).ok_or_else(not_found)
}

/// The object of a body.
///
/// # Errors
/// If it is something else; the sentence names line and column.
pub(super) fn object(body: &Bytes) -> Result<Map<String, Value>, Failure> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(Failure::malformed("the body must be a JSON object")),
        Err(error) => Err(Failure::malformed(format!("the body is not JSON: {error}"))),
    }
}

/// The id that a body gives.
pub(super) fn given_id<I: FromStr>(map: &Map<String, Value>) -> Option<I> {
    map.get("id")?.as_str()?.parse().ok()
}

/// The id of what is created or replaced by id or by name: that of the `earlier` one, the `key`, or a
/// `fresh` one. A key that is no id is the name, unless the body has another.
pub(super) fn id_for<I: FromStr>(
    map: &mut Map<String, Value>,
    key: &str,
    earlier: Option<I>,
    fresh: impl FnOnce() -> I,
) -> I {
    let by_id = key.parse().ok();
    if by_id.is_none() {
        map.entry("name").or_insert_with(|| key.into());
    }
    earlier.or(by_id).unwrap_or_else(fresh)
}

/// A write's failure, in this API's shape, where names must be unique.
pub(super) fn taken(error: storage::Error, noun: &str, name: Option<&String>) -> Failure {
    match error {
        storage::Error::Unique { .. } => {
            let name = name.map_or("", String::as_str);
            Failure::conflict(format!(
                "a {noun} with the name `{name}` or the same id exists; names are unique in a control plane"
            ))
        }
        other => other.into(),
    }
}

/// Ends a write, and answers once the gateways obey it.
pub(super) async fn finish(
    portal: &Portal,
    ctx: &Ctx,
    tx: Tx,
    entry: Entry<'_>,
    answer: impl IntoResponse,
) -> Result<Response, Failure> {
    let revision = commit(portal, ctx, tx, entry).await?;
    Ok(settled(portal, Some(revision), answer).await)
}
