//! Reading bodies: JSON, then the rules, then the type.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::check::{self, Mode, Shape};
use super::problem::Problem;
use crate::error::{Error, Violation};

/// A body that is a JSON object and must be there: where the vendor's specification requires one, a
/// request without is no request.
#[derive(Clone, Debug)]
pub(crate) struct Body(pub(crate) Map<String, Value>);

/// A body that is a JSON object or is left out, which says no more than `{}`.
#[derive(Clone, Debug)]
pub(crate) struct OptionalBody(pub(crate) Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let sent = sent(request, state).await?;
        let missing = "this operation needs a body: send a JSON object";
        Ok(Self(
            sent.ok_or_else(|| Error::Malformed(missing.to_owned()))?,
        ))
    }
}

impl<S: Send + Sync> FromRequest<S> for OptionalBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        Ok(Self(sent(request, state).await?.unwrap_or_default()))
    }
}

/// The object that was sent; none if the body is empty.
async fn sent<S: Send + Sync>(
    request: Request,
    state: &S,
) -> Result<Option<Map<String, Value>>, Error> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let media_type = kind.split(';').next().unwrap_or_default().trim();
    let json = media_type.eq_ignore_ascii_case("application/json")
        || media_type.to_ascii_lowercase().ends_with("+json");
    let bytes = Bytes::from_request(request, state).await;
    let bytes = bytes.map_err(|error| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Error::Malformed("the body is too large".into()),
        _ => Error::Malformed("the body broke off".into()),
    })?;
    if bytes.is_empty() {
        return Ok(None);
    }
    // A form from another site can carry a cookie, but not this media type.
    if !json {
        return Err(Error::UnsupportedMedia(
            "send the body as JSON, with the header Content-Type: application/json".into(),
        ));
    }
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(map)) => Ok(Some(map)),
        Ok(_) => Err(Error::Malformed("the body must be a JSON object".into())),
        Err(error) => Err(Error::Malformed(format!(
            "the body is not JSON: line {}, column {}",
            error.line(),
            error.column()
        ))),
    }
}

/// A whole body as a `T`: checked against the shape, every violation at once.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) fn input<T: DeserializeOwned>(
    body: Map<String, Value>,
    shape: &Shape,
) -> Result<T, Error> {
    let body = Value::Object(body);
    check::all(&body, shape, Mode::Whole)?;
    typed(body)
}

/// The body without members that are null, labels among them: where something is made, null says no more
/// than an absent member.
pub(crate) fn without_nulls(mut body: Map<String, Value>) -> Map<String, Value> {
    body.retain(|_, value| !value.is_null());
    if let Some(Value::Object(labels)) = body.get_mut("labels") {
        labels.retain(|_, value| !value.is_null());
    }
    body
}

/// The present state with a partial body applied (RFC 7396): both are checked.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) fn apply<T: Serialize + DeserializeOwned>(
    present: &T,
    body: Map<String, Value>,
    shape: &Shape,
) -> Result<T, Error> {
    let patch = Value::Object(body);
    check::all(&patch, shape, Mode::Partial)?;
    let mut merged =
        serde_json::to_value(present).map_err(|error| Error::Internal(error.to_string()))?;
    merge(&mut merged, patch);
    check::all(&merged, shape, Mode::Merged)?;
    typed(merged)
}

/// RFC 7396 §2: null removes.
pub(crate) fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(map) = target.as_object_mut() else {
        return;
    };
    for (name, value) in patch {
        if value.is_null() {
            map.remove(&name);
        } else {
            merge(map.entry(name).or_insert(Value::Null), value);
        }
    }
}

/// What the shape allows, the type reads; if it does not, the field is named all the same.
fn typed<T: DeserializeOwned>(body: Value) -> Result<T, Error> {
    serde_path_to_error::deserialize(body).map_err(|error| {
        let field = error.path().to_string();
        Error::invalid(Violation::body(field, "invalid", error.inner().to_string()))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::merge;

    #[test]
    fn the_examples_of_rfc_7396_hold() {
        // RFC 7396, appendix A.
        for (mut target, patch, result) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (
                json!({"a": "b"}),
                json!({"b": "c"}),
                json!({"a": "b", "b": "c"}),
            ),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (
                json!({"a": {"b": "c"}}),
                json!({"a": {"b": "d", "c": null}}),
                json!({"a": {"b": "d"}}),
            ),
            (
                json!({"a": [{"b": "c"}]}),
                json!({"a": [1]}),
                json!({"a": [1]}),
            ),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (
                json!({"e": null}),
                json!({"a": 1}),
                json!({"e": null, "a": 1}),
            ),
            (
                json!([1, 2]),
                json!({"a": "b", "c": null}),
                json!({"a": "b"}),
            ),
            (
                json!({}),
                json!({"a": {"bb": {"ccc": null}}}),
                json!({"a": {"bb": {}}}),
            ),
        ] {
            merge(&mut target, patch);
            assert_eq!(target, result);
        }
    }

    proptest! {
        #[test]
        fn merging_a_value_into_itself_changes_nothing(keys in prop::collection::vec("[a-c]{1,2}", 0..5)) {
            let map: serde_json::Map<String, Value> =
                keys.into_iter().map(|key| (key, json!({ "x": 1 }))).collect();
            let mut target = Value::Object(map.clone());
            merge(&mut target, Value::Object(map.clone()));
            prop_assert_eq!(target, Value::Object(map));
        }
    }
}
