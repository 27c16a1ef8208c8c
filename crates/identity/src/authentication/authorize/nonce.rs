//! Step: is there a nonce where one is needed?

use oauth::Scopes;

use super::parameters::Parameters;
use super::refusal::Refusal;
use crate::model::authorization_request::ResponseType;

/// Longest nonce and state that are taken along.
const MAX: usize = 2048;

/// Reads `nonce`.
///
/// # Errors
/// `invalid_request` without one where an ID token comes through the browser: it could be replayed
/// (OpenID Connect Core §3.2.2.1, §3.3.2.1; the vendor's page says so too).
pub(super) fn decide(
    parameters: &Parameters,
    response_type: ResponseType,
) -> Result<Option<String>, Refusal> {
    match parameters.short("nonce", MAX)? {
        None if response_type.id_token => Err(Refusal::invalid_request(format!(
            "Missing required parameter: nonce. It is required for response_type={response_type}: \
             the ID token must carry a value of yours"
        ))),
        nonce => Ok(nonce.map(str::to_owned)),
    }
}

/// An ID token needs the scope that asks for it.
///
/// # Errors
/// `invalid_request` without `openid` (OpenID Connect Core §3.2.2.1).
pub(super) fn needs_openid(response_type: ResponseType, scope: &Scopes) -> Result<(), Refusal> {
    match response_type.id_token && !scope.contains("openid") {
        true => Err(Refusal::invalid_request(
            "an ID token is asked for: add openid to the scope",
        )),
        false => Ok(()),
    }
}

/// `state`, which goes back as it came.
///
/// # Errors
/// `invalid_request` if no URL could carry it back.
pub(super) fn state(parameters: &Parameters) -> Result<Option<String>, Refusal> {
    Ok(parameters.short("state", MAX)?.map(str::to_owned))
}
