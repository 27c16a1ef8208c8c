//! Step: what does the client want its user to be asked?

use super::parameters::Parameters;
use super::refusal::Refusal;
use crate::model::authorization_request::Prompt;
use crate::model::client::Client;

/// Reads `prompt`.
///
/// # Errors
/// `invalid_request` for an unknown word, and for `none` with another (OpenID Connect Core §3.1.2.1).
pub(super) fn decide(parameters: &Parameters) -> Result<Prompt, Refusal> {
    let text = parameters.get("prompt").unwrap_or_default();
    Prompt::parse(text).ok_or_else(|| {
        Refusal::invalid_request("prompt must be none, or any of login, consent, select_account")
    })
}

/// Reads `max_age`, in seconds; the client's `default_max_age` where the request has none.
///
/// # Errors
/// `invalid_request` if it is no whole number.
pub(super) fn max_age(client: &Client, parameters: &Parameters) -> Result<Option<u32>, Refusal> {
    let Some(text) = parameters.get("max_age") else {
        let registered = client.settings.get("default_max_age");
        let seconds = registered.and_then(serde_json::Value::as_u64);
        return Ok(seconds.map(|seconds| u32::try_from(seconds).unwrap_or(u32::MAX)));
    };
    match text.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Ok(Some(text.parse().unwrap_or(u32::MAX))),
        false => Err(Refusal::invalid_request(
            "max_age must be a whole number of seconds",
        )),
    }
}
