//! Step: which single claims are asked for?

use serde_json::Value;

use super::parameters::Parameters;
use super::refusal::Refusal;
use crate::model::Members;

/// Longest `claims` parameter.
const MAX: usize = 8192;

/// Reads `claims`.
///
/// # Errors
/// `invalid_request` if it is no JSON object of objects.
///
/// Source: OpenID Connect Core §5.5.
pub(super) fn decide(parameters: &Parameters) -> Result<Option<Members>, Refusal> {
    let Some(text) = parameters.short("claims", MAX)? else {
        return Ok(None);
    };
    let malformed = || {
        Refusal::invalid_request(
            "claims must be a JSON object with the members userinfo and id_token",
        )
    };
    let Ok(Value::Object(claims)) = serde_json::from_str(text) else {
        return Err(malformed());
    };
    for member in ["userinfo", "id_token"] {
        if !matches!(
            claims.get(member),
            None | Some(Value::Null | Value::Object(_))
        ) {
            return Err(malformed());
        }
    }
    Ok(Some(claims))
}

/// The one user that the ID token must be about, where the request says so (`sub` with a `value`).
pub(super) fn subject(claims: Option<&Members>) -> Option<&str> {
    claims?
        .get("id_token")?
        .pointer("/sub/value")
        .and_then(Value::as_str)
}
