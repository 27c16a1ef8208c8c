//! Step: whom does the client think it has before it?

use super::claims;
use super::parameters::Parameters;
use super::refusal::Refusal;
use crate::Tenant;
use crate::authentication::hint;
use crate::model::Members;
use crate::token::KnownClient;

/// The one user that the answer may be about, under the name that the client knows: from
/// `id_token_hint`, or from the `claims` parameter.
///
/// # Errors
/// `invalid_request` for a hint that is no ID token of this tenant for this client, and for two that
/// name different users.
///
/// Source: OpenID Connect Core §3.1.2.1, §5.5.1.
pub(super) async fn decide(
    tenant: &Tenant,
    client: &KnownClient,
    parameters: &Parameters,
    claims: Option<&Members>,
) -> Result<Option<String>, Refusal> {
    let wanted = claims::subject(claims).map(str::to_owned);
    let Some(token) = parameters.get("id_token_hint") else {
        return Ok(wanted);
    };
    let hint = hint::read(tenant, token, Some(client)).await;
    let subject = hint.map(|hint| hint.subject).ok_or_else(|| {
        Refusal::invalid_request("id_token_hint is no ID token of this tenant for this client")
    })?;
    match wanted {
        Some(wanted) if wanted != subject => Err(Refusal::invalid_request(
            "id_token_hint and claims name different users",
        )),
        _ => Ok(Some(subject)),
    }
}
