//! `POST /oidc/register`.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::answer;
use super::refusal::Refusal;
use super::register::{Request, register};
use crate::Tenant;
use crate::settings::Issuer;
use crate::visit::Visit;

/// Registers a client (RFC 7591 §3).
pub(super) async fn create(
    State(tenant): State<Tenant>,
    issuer: Issuer,
    visit: Visit,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let registered = match bytes(body) {
        Ok(body) => {
            let authorization = headers.get(header::AUTHORIZATION);
            let request = Request {
                tenant: &tenant,
                visit: &visit,
                authorization: authorization.map(HeaderValue::as_bytes),
                body: &body,
            };
            register(&request).await
        }
        Err(refusal) => Err(refusal),
    };
    match registered {
        Ok(registered) => answer::information(StatusCode::CREATED, &issuer, registered),
        Err(refusal) => {
            tracing::debug!(refusal = ?refusal, "no registration");
            refusal.into_response()
        }
    }
}

/// The body, within its bounds.
pub(super) fn bytes(body: Result<Bytes, BytesRejection>) -> Result<Bytes, Refusal> {
    body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Refusal::too_large("the metadata are larger than 64 kilobytes: send less")
        }
        _ => Refusal::metadata(rejection.body_text()),
    })
}

/// Anything but what the endpoint answers to.
pub(super) async fn wrong_method() -> Response {
    Refusal::wrong_method("POST").into_response()
}
