//! Step: which API an exchange of a refresh token is for, and what it may give there at most.
//!
//! A refresh token is good for what its user allowed. `refresh_token.policies` of one of the tenant's
//! own clients add scopes and further APIs, where the API does not ask its users for consent.
//!
//! Source: the vendor's "Multi-Resource Refresh Token", "Configure and Implement Multi-Resource Refresh
//! Token".

use oauth::Scopes;
use serde_json::Value;

use super::refusal::Refusal;
use super::request::Request;
use super::user_scope::{CLAIM_SCOPES, OFFLINE_ACCESS};
use super::{KnownClient, parcel};
use crate::Error;
use crate::model::authorization::Authorization;
use crate::model::client::Client;

/// The authorization at the API that the request names, with what the client's policies add.
///
/// # Errors
/// 400 `invalid_target` for an API that no policy names. The vendor gives a token for the first API
/// instead; whoever does not look would send it to the other one.
pub(super) async fn widened(
    request: &Request<'_>,
    client: &KnownClient,
    authorization: &Authorization,
) -> Result<Authorization, Refusal> {
    let other = parcel::other_target(request, authorization).await?;
    let audience = match &other {
        Some(api) => Some(&api.identifier),
        None => authorization.audience.as_ref(),
    };
    let added = match audience {
        Some(audience) => added(request, client, audience).await?,
        None => None,
    };
    let mut scope = match (&other, &added) {
        (None, _) => authorization.scope.clone(),
        (Some(_), Some(_)) => of_no_api(&authorization.scope),
        (Some(_), None) => return Err(parcel::another_api()),
    };
    let words = added.iter().flat_map(Scopes::iter);
    for word in words.filter(|word| !is_of_no_api(word)) {
        let _ = scope.insert(word);
    }
    Ok(Authorization {
        audience: audience.cloned(),
        scope,
        ..authorization.clone()
    })
}

/// What the policies add at an API; `None` where none of them applies.
async fn added(
    request: &Request<'_>,
    client: &KnownClient,
    audience: &str,
) -> Result<Option<Scopes>, Error> {
    let tenant = request.tenant;
    let Some(scopes) = policy(&client.client, audience) else {
        return Ok(None);
    };
    let api = tenant.directory().api(tenant, audience).await?;
    let applies = client.client.is_first_party
        && api.is_some_and(|api| !api.is_system && api.waives_consent());
    Ok(applies.then_some(scopes))
}

/// The scopes of the client's policies for an API.
fn policy(client: &Client, audience: &str) -> Option<Scopes> {
    let settings = client.settings.get("refresh_token")?;
    let policies = settings.get("policies")?.as_array()?;
    let mut scopes = None;
    for policy in policies {
        if policy.get("audience").and_then(Value::as_str) == Some(audience) {
            let scopes = scopes.get_or_insert_with(Scopes::new);
            for word in crate::model::strings(policy.get("scope")) {
                let _ = scopes.insert(word);
            }
        }
    }
    scopes
}

/// The scopes that mean the same at every API. Others may bear the same name and allow something else.
fn of_no_api(scope: &Scopes) -> Scopes {
    let mut kept = Scopes::new();
    for word in scope.iter().filter(|word| is_of_no_api(word)) {
        let _ = kept.insert(word);
    }
    kept
}

fn is_of_no_api(word: &str) -> bool {
    word == OFFLINE_ACCESS || CLAIM_SCOPES.contains(&word)
}
