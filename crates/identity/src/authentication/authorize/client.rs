//! Step: who asks?

use std::sync::Arc;

use super::parameters::Parameters;
use super::refusal::Refusal;
use crate::login::view::problem::Kind;
use crate::token::KnownClient;
use crate::{Tenant, registration};

/// Finds the client that `client_id` names.
///
/// # Errors
/// `invalid_request` if it names none; `unauthorized_client` for one that does not exist: it may have
/// been removed for lack of use, and its user is told to let the application register again.
pub(super) async fn identify(
    tenant: &Tenant,
    parameters: &Parameters,
) -> Result<Arc<KnownClient>, Refusal> {
    let client_id = parameters
        .once("client_id")?
        .ok_or_else(|| Refusal::missing("client_id"))?;
    // No id is that long, and what is looked up is what is sent.
    let known = match client_id.len() <= 255 && !client_id.contains('\0') {
        true => tenant.directory().client(tenant, client_id).await?,
        false => None,
    };
    if let Some(known) = known {
        return Ok(known);
    }
    let kind = match registration::pruned(tenant, client_id).await? {
        Some(_) => Kind::PrunedClient,
        None => Kind::UnknownClient,
    };
    let why = registration::absence(tenant, client_id).await?;
    Err(Refusal::unauthorized_client(why).about(kind))
}
