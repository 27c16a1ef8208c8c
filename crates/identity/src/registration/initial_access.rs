//! Initial access tokens (RFC 7591 §3): who may register, how often, until when.

use oauth::{ShownOnce, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};

use super::refusal::Refusal;
use crate::store::initial_access_tokens::{self, InitialAccessToken};
use crate::{Error, Tenant};

/// A token that counts. It is spent together with the registration.
pub(super) struct InitialAccess {
    pub(super) id: String,
}

/// What an administrator asks for.
pub(crate) struct NewToken {
    pub(crate) name: String,
    /// How many clients may register with it; any number if absent.
    pub(crate) count: Option<i64>,
    pub(crate) expires_at: Option<Timestamp>,
}

/// Makes a token.
pub(crate) async fn create(
    tenant: &Tenant,
    new: NewToken,
) -> Result<(InitialAccessToken, ShownOnce<SecretString>), Error> {
    let clear = SecretString::from(format!("iat_{}", tenant.entropy().url_safe(43)));
    let token = InitialAccessToken {
        id: format!("iat_{}", tenant.entropy().alphanumeric(16)),
        name: new.name,
        remaining: new.count,
        expires_at: new.expires_at,
        last_used_at: None,
        created_at: tenant.clock().now(),
    };
    let digest = digest(tenant, clear.expose_secret().as_bytes());
    initial_access_tokens::insert(tenant.db(), &token, &digest).await?;
    tracing::info!(token.id = %token.id, "initial access token made");
    Ok((token, ShownOnce::new(clear)))
}

/// The token of a registration request. Without one, registration is open unless the operator says
/// otherwise.
pub(super) async fn present(
    tenant: &Tenant,
    authorization: Option<&[u8]>,
) -> Result<Option<InitialAccess>, Refusal> {
    let Some(sent) = authorization else {
        return match tenant.settings().registration.require_token {
            true => Err(Refusal::token(
                "registering needs an initial access token: ask the tenant's owner for one",
            )),
            false => Ok(None),
        };
    };
    let token = bearer(sent).ok_or_else(unknown)?;
    let digest = digest(tenant, token.as_bytes());
    let found = initial_access_tokens::by_digest(tenant.db(), &digest).await?;
    let token = found.ok_or_else(unknown)?;
    let now = tenant.clock().now();
    if token.expires_at.is_some_and(|end| end <= now) || token.remaining == Some(0) {
        return Err(spent());
    }
    Ok(Some(InitialAccess { id: token.id }))
}

/// The token out of an `Authorization` header.
pub(super) fn bearer(header: &[u8]) -> Option<&str> {
    let (scheme, token) = std::str::from_utf8(header).ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

fn unknown() -> Refusal {
    Refusal::token(
        "the Authorization header holds no initial access token of this tenant: leave it out where \
         registration is open",
    )
}

pub(super) fn spent() -> Refusal {
    Refusal::token("the initial access token has expired or is used up: ask for a new one")
}

fn digest(tenant: &Tenant, token: &[u8]) -> String {
    tenant
        .sealer()
        .digest("identity.initial_access_token", token)
}
