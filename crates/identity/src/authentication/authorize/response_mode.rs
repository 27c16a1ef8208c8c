//! Step: how does the answer travel?

use super::parameters::Parameters;
use super::redirect_uri::RedirectUri;
use super::refusal::Refusal;
use crate::model::authorization_request::{ResponseMode, ResponseType, destination};
use crate::model::client::Client;
use crate::model::strings;

/// The way that an error takes, before the request is known to be right: the mode that it asks for, or
/// that of its response type.
///
/// # Errors
/// `invalid_request`, on a page, if the answer would be posted to a page that is not the client's.
pub(super) fn for_errors(
    client: &Client,
    parameters: &Parameters,
    redirect_uri: &RedirectUri,
) -> Result<ResponseMode, Refusal> {
    let response_type = parameters
        .get("response_type")
        .and_then(ResponseType::parse);
    let default = response_type.map_or(ResponseMode::Query, ResponseType::default_mode);
    let asked = parameters
        .get("response_mode")
        .and_then(ResponseMode::parse);
    let mode = asked.unwrap_or(default);
    let is_front = response_type.is_some_and(ResponseType::is_front_channel);
    match mode {
        ResponseMode::WebMessage if !may_receive(client, &redirect_uri.uri) => {
            Err(Refusal::invalid_request(format!(
                "The origin {} may not receive messages: add it to the client's web_origins",
                destination(&redirect_uri.uri)
            )))
        }
        ResponseMode::Query if is_front => Ok(ResponseMode::Fragment),
        mode => Ok(mode),
    }
}

/// The mode of the answer.
///
/// # Errors
/// `invalid_request` for an unknown mode, and for tokens in a query: servers log queries, and browsers
/// send them on (OAuth 2.0 Multiple Response Type Encoding Practices §3, RFC 9700 §4.3).
pub(super) fn decide(
    parameters: &Parameters,
    response_type: ResponseType,
) -> Result<ResponseMode, Refusal> {
    let Some(text) = parameters.get("response_mode") else {
        return Ok(response_type.default_mode());
    };
    match ResponseMode::parse(text) {
        None => Err(Refusal::invalid_request(
            "response_mode must be query, fragment, form_post or web_message",
        )),
        Some(ResponseMode::Query) if response_type.is_front_channel() => {
            Err(Refusal::invalid_request(
                "response_mode must not be query where tokens are asked for: use fragment",
            ))
        }
        Some(mode) => Ok(mode),
    }
}

/// Whether the origin of the redirect URI is one of the client's `web_origins`. Compared whole: a
/// wildcard there stands for nobody here.
fn may_receive(client: &Client, redirect_uri: &str) -> bool {
    let origin = destination(redirect_uri);
    strings(client.settings.get("web_origins")).any(|own| destination(own) == origin)
        && origin.contains("://")
}
