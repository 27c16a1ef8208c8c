//! Step: may this client send these parameters?

use super::parameters::Parameters;
use super::refusal::Refusal;
use crate::model::client::Client;
use crate::model::third_party::Rules;

/// Holds the parameters against the client's list. First-party and permissive clients may send
/// anything: what is unknown is ignored.
///
/// # Errors
/// `invalid_request` for a parameter that a strict third-party client may not send.
///
/// Source: the vendor's "Third-Party Applications", security modes.
pub(super) fn check(client: &Client, parameters: &Parameters) -> Result<(), Refusal> {
    let rules = Rules::of(client);
    let unlisted = parameters
        .iter()
        .find(|(name, _)| !rules.allows_authorize_parameter(name));
    match unlisted {
        None => Ok(()),
        Some((name, _)) => {
            let name: String = name.chars().take(40).collect();
            Err(Refusal::invalid_request(format!(
                "the parameter {name} is not allowed for third-party clients"
            )))
        }
    }
}

/// Step: organizations are not served, and a request that counts on one must not go on without.
///
/// # Errors
/// `invalid_request`.
pub(super) fn no_organization(parameters: &Parameters) -> Result<(), Refusal> {
    match parameters
        .get("organization")
        .or(parameters.get("invitation"))
    {
        None => Ok(()),
        Some(value) => {
            let shown: String = value.chars().take(100).collect();
            Err(Refusal::invalid_request(format!(
                "parameter organization is invalid: {shown}"
            )))
        }
    }
}
