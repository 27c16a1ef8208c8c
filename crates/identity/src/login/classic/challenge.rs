//! `POST …/challenge`: whether a picture puzzle has to be solved first.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use serde_json::json;

use super::origin::From;
use crate::Tenant;

/// It never has: guessing is slowed down by counting failures instead.
pub(super) async fn none(State(tenant): State<Tenant>, headers: HeaderMap) -> Response {
    let mut response = Json(json!({ "required": false })).into_response();
    From::of(&tenant, &headers).share(&mut response);
    response
}
