//! Step: what is asked for, and may the client have it this way?

use oauth::ErrorCode;

use super::parameters::Parameters;
use super::refusal::Refusal;
use crate::model::authorization_request::ResponseType;
use crate::model::third_party::Rules;
use crate::token::KnownClient;

/// Reads `response_type` and holds it against the client's grant types.
///
/// # Errors
/// `invalid_request` where it is missing; `unsupported_response_type` for an unknown one, and for any
/// but `code` from a strict third-party client; `unauthorized_client` if the client lacks the grant.
///
/// Source: RFC 6749 §3.1.1; OAuth 2.0 Multiple Response Type Encoding Practices §3, §5.
pub(super) fn decide(
    client: &KnownClient,
    parameters: &Parameters,
) -> Result<ResponseType, Refusal> {
    let text = parameters
        .get("response_type")
        .ok_or_else(|| Refusal::missing("response_type"))?;
    let unsupported = || {
        let shown: String = text.chars().take(100).collect();
        Refusal::new(
            ErrorCode::UnsupportedResponseType,
            format!("Unsupported response type: {shown}"),
        )
    };
    let response_type = ResponseType::parse(text).ok_or_else(unsupported)?;
    if !Rules::of(&client.client).allows_response_type(text) {
        return Err(unsupported());
    }
    let needed = [
        (response_type.code, "authorization_code"),
        (response_type.is_front_channel(), "implicit"),
    ];
    for (asked, grant_type) in needed {
        if asked && !client.may_use(grant_type) {
            return Err(Refusal::unauthorized_client(format!(
                "Grant type '{grant_type}' not allowed for the client."
            )));
        }
    }
    Ok(response_type)
}
