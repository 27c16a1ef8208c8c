//! Access tokens on behalf of users.

use std::time::Duration;

use oauth::{Scopes, Timestamp};

use super::Channel;
use crate::keys::Unsigned;
use crate::model::authorization::Authorization;
use crate::settings::Issuer;
use crate::store::access_tokens::{self, OpaqueToken};
use crate::store::roles;
use crate::token::digest::{Kind, digest};
use crate::token::{claims, sign, user_scope};
use crate::{Error, Tenant};

/// Seconds that an opaque token lives, from the token endpoint and from the authorization endpoint.
const OPAQUE_LIFETIME: i64 = 86_400;
const OPAQUE_FRONT_LIFETIME: i64 = 7200;
/// Characters of an opaque token, with 6 bits each.
const OPAQUE_LENGTH: usize = 43;

/// An access token, ready to be given out.
#[derive(Debug)]
pub(crate) struct AccessToken {
    pub(crate) token: String,
    /// Seconds.
    pub(crate) expires_in: i64,
    /// `Bearer`, or `DPoP` for one that is bound to a key.
    pub(crate) token_type: &'static str,
    pub(crate) expires_at: Timestamp,
    /// What it is good for: what was authorised, less what the user's roles do not give.
    pub(crate) scope: Scopes,
    /// What must be kept before an opaque one is given out.
    pub(in crate::token) opaque: Option<OpaqueToken>,
}

/// An access token that lacks its signature, if it is to have one.
pub(in crate::token) struct Draft {
    unsigned: Option<Unsigned>,
    /// With an empty text until it is signed.
    made: AccessToken,
}

impl Draft {
    /// Whether it takes long to finish.
    pub(in crate::token) fn is_slow(&self) -> bool {
        self.unsigned.as_ref().is_some_and(Unsigned::is_slow)
    }

    /// Signs it.
    ///
    /// # Errors
    /// [`Error::Internal`] only.
    pub(in crate::token) fn finish(self) -> Result<AccessToken, Error> {
        let mut made = self.made;
        if let Some(unsigned) = self.unsigned {
            made.token = unsigned.sign()?;
        }
        Ok(made)
    }
}

impl AccessToken {
    /// The digest under which it is kept or taken back.
    pub(in crate::token) fn digest(&self, tenant: &Tenant) -> String {
        match &self.opaque {
            Some(opaque) => opaque.digest.clone(),
            None => digest(tenant, Kind::AccessToken, &self.token),
        }
    }
}

/// Issues an access token for what was authorised: a JWT in the API's dialect, or an opaque token for
/// `/userinfo` where there is no API.
///
/// # Errors
/// [`Error::Unavailable`]; [`Error::Internal`] if the API is gone.
///
/// Source: the vendor's "Access Tokens", "Access Token Profiles"; RFC 9068 §2.
pub(crate) async fn access_token(
    tenant: &Tenant,
    issuer: &Issuer,
    authorization: &Authorization,
    channel: Channel,
) -> Result<AccessToken, Error> {
    let draft = draft(tenant, issuer, authorization, channel).await?;
    let made = match draft.is_slow() {
        true => tenant.signers().run(move || draft.finish()).await?,
        false => draft.finish()?,
    };
    if let Some(opaque) = &made.opaque {
        access_tokens::keep(tenant.db(), opaque).await?;
    }
    Ok(made)
}

/// Makes an access token but for its signature; an opaque one is the caller's to keep.
pub(in crate::token) async fn draft(
    tenant: &Tenant,
    issuer: &Issuer,
    authorization: &Authorization,
    channel: Channel,
) -> Result<Draft, Error> {
    let now = tenant.clock().now();
    tenant.registrar().used(&authorization.client_id, now);
    let Some(audience) = &authorization.audience else {
        return Ok(Draft {
            unsigned: None,
            made: opaque(tenant, authorization, channel),
        });
    };
    let api = tenant.directory().api(tenant, audience).await?;
    let api = api.ok_or_else(Error::no_resource_server)?;
    let lifetime = match channel {
        Channel::Front => api.front_channel_lifetime,
        Channel::Back | Channel::Password => api.lifetime,
    };
    let permissions = match api.enforces_policies {
        true => Some(roles::permissions_at(tenant.db(), &authorization.user_id, &api.id).await?),
        false => None,
    };
    let scope = match &permissions {
        Some(held) => user_scope::permitted(&authorization.scope, held),
        None => authorization.scope.clone(),
    };
    let custom = authorization.custom.as_deref();
    let scope = custom.map_or(scope.clone(), |custom| custom.scope(&scope));
    let claims = claims::for_user(claims::UserToken {
        tenant,
        issuer,
        authorization,
        api: &api,
        scope: &scope,
        permissions: permissions.filter(|_| api.writes_permissions),
        gty: channel.gty(),
        now: now.unix_seconds(),
        lifetime,
    });
    let claims = claims.with(
        custom
            .map(|custom| custom.access_token.clone())
            .unwrap_or_default(),
    );
    Ok(Draft {
        unsigned: Some(sign::access_token(tenant, &api, &claims)?),
        made: AccessToken {
            token: String::new(),
            expires_in: lifetime,
            token_type: token_type(authorization),
            expires_at: now + seconds(lifetime),
            scope,
            opaque: None,
        },
    })
}

fn opaque(tenant: &Tenant, authorization: &Authorization, channel: Channel) -> AccessToken {
    let lifetime = match channel {
        Channel::Front => OPAQUE_FRONT_LIFETIME,
        Channel::Back | Channel::Password => OPAQUE_LIFETIME,
    };
    let token = tenant.entropy().url_safe(OPAQUE_LENGTH);
    let now = tenant.clock().now();
    let expires_at = now + seconds(lifetime);
    let kept = OpaqueToken {
        digest: digest(tenant, Kind::AccessToken, &token),
        authorization: authorization.clone(),
        refresh_token_id: None,
        issued_at: now,
        expires_at,
    };
    AccessToken {
        token,
        expires_in: lifetime,
        token_type: token_type(authorization),
        expires_at,
        scope: match &authorization.custom {
            Some(custom) => custom.scope(&authorization.scope),
            None => authorization.scope.clone(),
        },
        opaque: Some(kept),
    }
}

const fn token_type(authorization: &Authorization) -> &'static str {
    match authorization.dpop_jkt {
        Some(_) => "DPoP",
        None => "Bearer",
    }
}

fn seconds(count: i64) -> Duration {
    Duration::from_secs(u64::try_from(count).unwrap_or(0))
}
