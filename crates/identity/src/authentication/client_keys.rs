//! Verifying what a client signed.

use oauth::jose::KeySet;
use oauth::jose::jwt::{self, Expectations, Verified};

use crate::Tenant;
use crate::model::registration::RegisteredKeys;
use crate::token::{KnownClient, published_keys};

/// Verifies a token with the client's own keys: those that it registered, here or at its `jwks_uri`, or
/// those that an administrator added. Keys at an address are read again where the token names one that
/// is not known yet: clients rotate (OpenID Connect Core §10.1.1).
///
/// # Errors
/// The first expectation that fails, or [`jwt::Error::UnknownKey`] for a client without keys.
pub(super) async fn verify(
    tenant: &Tenant,
    client: &KnownClient,
    token: &str,
    expect: &Expectations<'_>,
) -> Result<Verified, jwt::Error> {
    let registered = client.client.registration.as_ref();
    match registered.and_then(|registration| registration.keys()) {
        Some(RegisteredKeys::Inline(keys)) => jwt::verify(token, &keys, expect),
        Some(RegisteredKeys::At(url)) => at(tenant, client, &url, token, expect).await,
        None => {
            let mut refused = jwt::Error::UnknownKey { kid: None };
            for keys in client.keys(tenant.clock().now()) {
                match jwt::verify(token, keys, expect) {
                    Ok(verified) => return Ok(verified),
                    Err(error) => refused = error,
                }
            }
            Err(refused)
        }
    }
}

async fn at(
    tenant: &Tenant,
    client: &KnownClient,
    url: &str,
    token: &str,
    expect: &Expectations<'_>,
) -> Result<Verified, jwt::Error> {
    let check = |keys: &KeySet| jwt::verify(token, keys, expect);
    let unknown = |error: &jwt::Error| matches!(error, jwt::Error::UnknownKey { .. });
    let verdict = published_keys::try_with(tenant, client, url, check, unknown).await;
    verdict.unwrap_or_else(|error| {
        tracing::info!(error.cause = ?error, "the keys of a client cannot be used");
        Err(jwt::Error::UnknownKey { kid: None })
    })
}
