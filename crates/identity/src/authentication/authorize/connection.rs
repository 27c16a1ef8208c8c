//! Step: at which connection does the client want its user to sign in?

use super::hints;
use super::parameters::Parameters;
use super::refusal::Refusal;
use crate::token::KnownClient;
use crate::{Tenant, service};

/// Reads `connection`.
///
/// # Errors
/// `invalid_request` for a connection that there is not, or not for this client: both are said alike.
pub(super) async fn decide(
    tenant: &Tenant,
    client: &KnownClient,
    parameters: &Parameters,
) -> Result<Option<String>, Refusal> {
    let Some(name) = hints::text(parameters, "connection")? else {
        return Ok(None);
    };
    match service::connections::named_is_open(tenant, &name, &client.client).await? {
        true => Ok(Some(name)),
        false => Err(Refusal::invalid_request(format!(
            "the connection {name} was not found, or is not enabled for this client"
        ))),
    }
}
