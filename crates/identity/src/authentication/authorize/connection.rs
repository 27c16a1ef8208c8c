//! Step: at which connection does the client want its user to sign in?

use super::hints;
use super::parameters::Parameters;
use super::refusal::Refusal;
use crate::token::KnownClient;
use crate::{Error, Tenant, service};

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
    match is_open(tenant, client, &name).await? {
        true => Ok(Some(name)),
        false => Err(Refusal::invalid_request(format!(
            "the connection {name} was not found, or is not enabled for this client"
        ))),
    }
}

/// Whether a connection may sign users in for the client.
pub(super) async fn is_open(
    tenant: &Tenant,
    client: &KnownClient,
    name: &str,
) -> Result<bool, Error> {
    let Some(connection) = service::connections::by_name(tenant, name).await? else {
        return Ok(false);
    };
    let first_party = client.client.is_first_party;
    service::connections::is_open_to(tenant, &connection, client.client_id(), first_party).await
}
