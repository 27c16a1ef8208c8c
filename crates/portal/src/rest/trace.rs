//! The request's id in problems.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use web::RequestId;

use super::problem::Details;
use crate::Portal;

/// Writes the request's id into the problem that answers it. Behind [`web::identify`].
pub(crate) async fn trace(State(portal): State<Portal>, request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let mut response = next.run(request).await;
    if let Some(details) = response.extensions_mut().remove::<Details>() {
        let number = id.and_then(|id| id.number());
        let trace = number.unwrap_or_else(|| portal.entropy().uuid().as_u64_pair().0);
        *response.body_mut() = details.render(trace);
    }
    response
}
