//! What the tenant's log says of exchanges.

use super::endpoint::Issued;
use super::refusal::Refusal;
use super::request::Request;
use super::{authorization_code, client_credentials, device_code, password, refresh_token};
use crate::model::log::{Entry, Event};
use crate::service::actions::flow::details;

/// Writes down what came of a token request.
pub(super) fn exchange(request: &Request<'_>, answer: &Result<Issued, Refusal>) {
    let grant_type = request.parameters.get("grant_type").unwrap_or_default();
    let Some((success, failure)) = events(grant_type) else {
        return;
    };
    let parameters = request.parameters;
    let entry = |event| {
        let mut entry = request.tenant.entry(event, request.visit);
        for name in ["audience", "scope"] {
            if let Some(text) = parameters.get(name) {
                entry = entry.with(name, text);
            }
        }
        entry
    };
    let entry = match answer {
        Ok(issued) => {
            let mut entry = entry(success).client(&issued.client_id);
            entry.user_id.clone_from(&issued.user_id);
            with_execution(entry, issued.execution_id.as_deref())
        }
        // Devices ask every few seconds, and are told to go on asking.
        Err(refusal) if is_waiting(refusal) => return,
        Err(refusal) => {
            let event = match refusal.reuse_of() {
                Some(_) => Event::ReusedRefreshToken,
                None => failure,
            };
            let words = refusal.error().error_description.as_deref();
            let mut entry = entry(event).saying(words.unwrap_or_default());
            entry.user_id = refusal.reuse_of().map(str::to_owned);
            let entry = with_execution(entry, refusal.execution_id());
            match parameters.get("client_id") {
                Some(client_id) => entry.client(client_id),
                None => entry,
            }
        }
    };
    request.tenant.log(entry);
}

fn with_execution(entry: Entry, execution_id: Option<&str>) -> Entry {
    match execution_id {
        Some(id) => entry.with("details", details(id)),
        None => entry,
    }
}

fn is_waiting(refusal: &Refusal) -> bool {
    use oauth::ErrorCode::{AuthorizationPending, SlowDown};
    matches!(refusal.error().error, AuthorizationPending | SlowDown)
}

fn events(grant_type: &str) -> Option<(Event, Event)> {
    Some(match grant_type {
        client_credentials::GRANT_TYPE => (
            Event::SuccessClientCredentials,
            Event::FailedClientCredentials,
        ),
        authorization_code::GRANT_TYPE => (Event::SuccessCodeExchange, Event::FailedCodeExchange),
        refresh_token::GRANT_TYPE => (Event::SuccessRefresh, Event::FailedRefresh),
        password::GRANT_TYPE | password::REALM_GRANT_TYPE => (
            Event::SuccessPasswordExchange,
            Event::FailedPasswordExchange,
        ),
        device_code::GRANT_TYPE => (
            Event::SuccessDeviceCodeExchange,
            Event::FailedDeviceCodeExchange,
        ),
        _ => return None,
    })
}
