//! What services and routes share: finding their control plane, reading bodies, the answer to a write.

use axum::body::Bytes;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::failure::Failure;
use crate::model::ControlPlaneId;
use crate::platform::settled;
use crate::{Portal, store};

/// The control plane of the path, which must exist.
///
/// # Errors
/// Not found, or the database's.
pub(in crate::platform) async fn control_plane(
    portal: &Portal,
    text: &str,
) -> Result<ControlPlaneId, Failure> {
    let not_found = || Failure::not_found("control plane", text);
    let id: ControlPlaneId = text.parse().map_err(|_| not_found())?;
    let found = store::control_planes::find(portal.db(), id).await?;
    found.map(|plane| plane.id).ok_or_else(not_found)
}

/// The object of a body.
///
/// # Errors
/// If there is none, or something else; the sentence names line and column.
pub(super) fn object(body: &Bytes) -> Result<Map<String, Value>, Failure> {
    if body.is_empty() {
        let missing = "this operation needs a body: send a JSON object";
        return Err(Failure::malformed(missing));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(Failure::malformed("the body must be a JSON object")),
        Err(error) => Err(Failure::malformed(format!("the body is not JSON: {error}"))),
    }
}

/// Answers once the gateways obey the revision.
pub(super) async fn answered(
    portal: &Portal,
    revision: i64,
    answer: impl IntoResponse,
) -> Response {
    settled(portal, Some(revision), answer).await
}
