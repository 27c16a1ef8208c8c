//! Reading request bodies and path segments.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use serde_json::Value;

use crate::Error;
use crate::management::problem::Problem;
use crate::model::Members;

/// A JSON body of any shape; the resource's schema reads it. The content type is not insisted on:
/// the vendor's API does not either.
pub(crate) struct Json(pub(crate) Value);

impl<S: Send + Sync> FromRequest<S> for Json {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let read = read(request, state).await?;
        let value = read.ok_or_else(|| {
            Problem(Error::invalid_body(
                "Payload validation error: 'Missing required payload'.",
            ))
        })?;
        Ok(Self(value))
    }
}

/// [`Json`] where nothing is the same as an object without members.
pub(crate) struct JsonOrNothing(pub(crate) Value);

impl<S: Send + Sync> FromRequest<S> for JsonOrNothing {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let read = read(request, state).await?;
        Ok(Self(read.unwrap_or_else(|| Value::Object(Members::new()))))
    }
}

/// What the body holds; `None` if that is nothing.
async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Option<Value>, Problem> {
    let bytes = Bytes::from_request(request, state)
        .await
        .map_err(|rejection| {
            Problem(Error::invalid_body(format!(
                "Payload validation error: 'The body cannot be read: {}'.",
                rejection.body_text()
            )))
        })?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    serde_json::from_slice(&bytes).map(Some).map_err(|error| {
        Problem(Error::invalid_body(format!(
            "Payload validation error: 'The body is not JSON: {error}'."
        )))
    })
}

/// The one id in the path, percent-decoded.
pub(crate) struct Id(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        match path {
            Ok(Path(id)) if id.chars().count() <= 600 && !id.contains('\0') => Ok(Self(id)),
            _ => Err(bad_path()),
        }
    }
}

/// The two ids in a path.
pub(crate) struct Ids(pub(crate) String, pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Ids {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        match path {
            Ok(Path((one, two))) if !one.contains('\0') && !two.contains('\0') => {
                Ok(Self(one, two))
            }
            _ => Err(bad_path()),
        }
    }
}

fn bad_path() -> Problem {
    Problem(Error::Invalid {
        code: "invalid_uri",
        message: "Path validation error: 'String does not match pattern' on property id.".into(),
    })
}
