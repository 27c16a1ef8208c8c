//! The request's id: in the answer's header, in problems, in the audit and in the log.

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use uuid::Uuid;

use super::problem::Details;
use crate::Portal;

const HEADER: &str = "x-request-id";

/// The id of the request that is being answered.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub(crate) String);

/// Gives the request an id, keeping a sensible one that a proxy in front has given.
pub(crate) async fn trace(
    State(portal): State<Portal>,
    mut request: Request,
    next: Next,
) -> Response {
    let given = request
        .headers()
        .get(HEADER)
        .and_then(|id| id.to_str().ok());
    let sensible = |id: &&str| {
        (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let own = portal.entropy().uuid();
    let id = given
        .filter(sensible)
        .map_or_else(|| own.to_string(), str::to_owned);
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
    if let Some(details) = response.extensions_mut().remove::<Details>() {
        let trace = Uuid::parse_str(&id).unwrap_or(own).as_u64_pair().0;
        *response.body_mut() = details.render(trace);
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}
