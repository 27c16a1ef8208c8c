//! The body that names who is to be in a team: `{"id"}`.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::Error;
use crate::rest::check::{Shape, UUID, required};
use crate::rest::input;

static SHAPE: Shape = Shape {
    fields: &[required("id", UUID)],
    open: true,
};

#[derive(Deserialize)]
struct Member<I> {
    id: I,
}

/// The id of whoever is to be in a team.
///
/// # Errors
/// [`Error::Invalid`], if it is missing or no UUID.
pub(super) fn member<I: DeserializeOwned>(body: Map<String, Value>) -> Result<I, Error> {
    input::<Member<I>>(body, &SHAPE).map(|member| member.id)
}
