//! Step: which proof will the code ask for?

use oauth::pkce::{Challenge, Method, is_challenge};

use super::parameters::Parameters;
use super::refusal::Refusal;
use crate::model::authorization_request::ResponseType;
use crate::model::third_party::Rules;
use crate::token::KnownClient;

/// Reads `code_challenge` and `code_challenge_method`.
///
/// Public clients and strict third-party clients must send one; strict ones by `S256` alone.
///
/// # Errors
/// `invalid_request`.
///
/// Source: RFC 7636 §4.3, §4.4.1; RFC 9700 §2.1.1.
pub(super) fn decide(
    client: &KnownClient,
    parameters: &Parameters,
    response_type: ResponseType,
) -> Result<Option<Challenge>, Refusal> {
    let strict = Rules::of(&client.client).requires_pkce;
    let method = parameters.get("code_challenge_method");
    let Some(value) = parameters.get("code_challenge") else {
        if method.is_some() {
            return Err(Refusal::invalid_request(
                "code_challenge_method is there without code_challenge",
            ));
        }
        if response_type.code && (strict || client.is_public()) {
            return Err(Refusal::invalid_request(
                "Missing required parameter: code_challenge. This client must use PKCE (RFC 7636)",
            ));
        }
        return Ok(None);
    };
    // RFC 7636 §4.3: without a method it is `plain`.
    let method = Method::from_name(method.unwrap_or("plain"))
        .ok_or_else(|| Refusal::invalid_request("code_challenge_method must be S256 or plain"))?;
    if strict && method != Method::S256 {
        return Err(Refusal::invalid_request(
            "code_challenge_method must be S256 for this client",
        ));
    }
    if !is_challenge(method, value) {
        return Err(Refusal::invalid_request(format!(
            "code_challenge is no challenge of the method {}",
            method.as_str()
        )));
    }
    Ok(Some(Challenge {
        method,
        value: value.to_owned(),
    }))
}
