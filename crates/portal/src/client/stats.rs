//! Analytics, which this portal does not keep: the vendor's client hides them then.

use axum::Json;
use serde_json::{Value, json};

use super::session::SignedIn;
use crate::Error;
use crate::rest::Problem;

pub(super) async fn config(_: SignedIn) -> Json<Value> {
    Json(json!({ "analytics": null }))
}

pub(super) async fn query(_: SignedIn) -> Problem {
    Error::Forbidden("this portal keeps no analytics".into()).into()
}
