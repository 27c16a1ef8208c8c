//! Step: with which key, and how?

use oauth::jose::{Algorithm, Header};

use super::claims::AccessToken;
use super::directory::KnownApi;
use crate::keys::Unsigned;
use crate::model::resource_server::{Dialect, SigningAlg};
use crate::{Error, Tenant};

/// An access token to be signed as the API wants it: with the tenant's current key, or with the secret
/// that the API shares.
///
/// # Errors
/// [`Error::Internal`] only.
pub(super) fn access_token(
    tenant: &Tenant,
    api: &KnownApi,
    claims: &AccessToken,
) -> Result<Unsigned, Error> {
    let typ = match api.dialect {
        Dialect::Auth0 => "JWT",
        Dialect::Rfc9068 => "at+jwt",
    };
    let algorithm = match api.signing_alg {
        SigningAlg::Rs256 => Algorithm::Rs256,
        SigningAlg::Rs512 => Algorithm::Rs512,
        SigningAlg::Ps256 => Algorithm::Ps256,
        SigningAlg::Hs256 => Algorithm::Hs256,
    };
    let key = match (algorithm.is_symmetric(), &api.secret) {
        (false, _) => tenant.ring().current.clone(),
        (true, Some(secret)) => secret.clone(),
        (true, None) => {
            return Err(Error::Internal(format!(
                "the API {} signs with HS256 and has no signing secret",
                api.id
            )));
        }
    };
    let header = Header::jwt(algorithm, typ, key.kid());
    let payload = serde_json::to_vec(claims)
        .map_err(|error| Error::Internal(format!("claims cannot be written: {error}")))?;
    Ok(Unsigned {
        key,
        header,
        payload,
    })
}
