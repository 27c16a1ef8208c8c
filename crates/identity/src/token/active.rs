//! What a token stands for, if it is good now.

use std::time::Duration;

use oauth::jose::jwt::{self, Accept, Expectations, Verified};
use oauth::jose::{Algorithm, KeySet};
use oauth::{Scopes, Timestamp};
use serde_json::Value;

use super::digest::{Kind, digest};
use crate::model::Members;
use crate::model::user::User;
use crate::store::access_tokens::{self, OpaqueToken};
use crate::{Error, Tenant, service};

/// Algorithms of access tokens that a public key verifies.
const ASYMMETRIC: [Algorithm; 3] = [Algorithm::Rs256, Algorithm::Rs512, Algorithm::Ps256];

/// An access token that is good now.
pub(super) struct Active {
    pub(super) client_id: String,
    /// `sub`: a user's id, or `…@clients`.
    pub(super) subject: String,
    /// The user, where it is one.
    pub(super) user: Option<User>,
    pub(super) scope: Scopes,
    pub(super) audiences: Vec<String>,
    /// `None` for an opaque token, which names no issuer.
    pub(super) issuer: Option<String>,
    pub(super) jti: Option<String>,
    pub(super) issued_at: Timestamp,
    pub(super) expires_at: Timestamp,
    /// The key that it is bound to.
    pub(super) key: Option<String>,
    /// The `claims` parameter of the authorization request.
    pub(super) claims: Option<Members>,
}

/// What an access token stands for; `None` if it is unknown, expired or revoked, or its client or user
/// is gone or blocked.
pub(super) async fn access_token(tenant: &Tenant, token: &str) -> Result<Option<Active>, Error> {
    let found = match token.contains('.') {
        true => signed(tenant, token).await?,
        false => opaque(tenant, token).await?,
    };
    let Some(mut active) = found else {
        return Ok(None);
    };
    let client = tenant.directory().client(tenant, &active.client_id).await?;
    if client.is_none() || tenant.clock().now() >= active.expires_at {
        return Ok(None);
    }
    // RFC 9700 §4.15: no user is called like a client, and no client like a user.
    if active.subject != format!("{}@clients", active.client_id) {
        let user = service::users::find(tenant, &active.subject).await?;
        active.user = user.filter(|user| !user.blocked);
        if active.user.is_none() {
            return Ok(None);
        }
    }
    Ok(Some(active))
}

async fn opaque(tenant: &Tenant, token: &str) -> Result<Option<Active>, Error> {
    let digest = digest(tenant, Kind::AccessToken, token);
    let found = access_tokens::find(tenant.db(), &digest).await?;
    Ok(found.map(|token| from_opaque(tenant, token)))
}

fn from_opaque(tenant: &Tenant, token: OpaqueToken) -> Active {
    let OpaqueToken { authorization, .. } = token;
    let userinfo = tenant.settings().origins();
    Active {
        client_id: authorization.client_id,
        subject: authorization.user_id,
        user: None,
        scope: authorization.scope,
        audiences: userinfo
            .map(|origin| origin.issuer().endpoint("userinfo"))
            .collect(),
        issuer: None,
        jti: None,
        issued_at: token.issued_at,
        expires_at: token.expires_at,
        key: authorization.dpop_jkt,
        claims: authorization.claims,
    }
}

async fn signed(tenant: &Tenant, token: &str) -> Result<Option<Active>, Error> {
    let Some(verified) = verify(tenant, token).await? else {
        return Ok(None);
    };
    let digest = digest(tenant, Kind::AccessToken, token);
    if access_tokens::is_revoked(tenant.db(), &digest).await? {
        return Ok(None);
    }
    Ok(from_claims(&verified.claims))
}

/// Verifies an access token of this tenant, for whatever API. An ID token is none: it names no scope
/// and its audience is a client.
async fn verify(tenant: &Tenant, token: &str) -> Result<Option<Verified>, Error> {
    let Ok(unverified) = jwt::peek(token) else {
        return Ok(None);
    };
    let audiences = audiences(&unverified.claims);
    let Some(first) = audiences.first() else {
        return Ok(None);
    };
    let Some(api) = tenant.directory().api(tenant, first).await? else {
        return Ok(None);
    };
    let issuers: Vec<String> = tenant
        .settings()
        .origins()
        .map(|origin| origin.issuer().as_str().to_owned())
        .collect();
    let check = |keys: &KeySet, algorithms: &[Algorithm]| {
        let expect = Expectations {
            issuers: Accept::OneOf(&issuers),
            audiences: Accept::Only(&api.identifier),
            now: tenant.clock().now(),
            leeway: Duration::ZERO,
            algorithms,
            require_exp: true,
            max_age: None,
            typ: None,
        };
        jwt::verify(token, keys, &expect).ok()
    };
    Ok(match &api.verifying {
        Some(keys) if unverified.header.alg.is_symmetric() => check(keys, &[Algorithm::Hs256]),
        _ => check(&tenant.ring().verifying, &ASYMMETRIC),
    })
}

fn from_claims(claims: &Members) -> Option<Active> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let moment = |name: &str| {
        let seconds = claims.get(name).and_then(Value::as_i64);
        seconds.map(Timestamp::from_unix_seconds)
    };
    let confirmation = claims.get("cnf").and_then(|cnf| cnf.get("jkt"));
    Some(Active {
        client_id: text("azp").or_else(|| text("client_id"))?.to_owned(),
        subject: text("sub")?.to_owned(),
        user: None,
        scope: text("scope").unwrap_or_default().parse().ok()?,
        audiences: audiences(claims),
        issuer: text("iss").map(str::to_owned),
        jti: text("jti").map(str::to_owned),
        issued_at: moment("iat")?,
        expires_at: moment("exp")?,
        key: confirmation.and_then(Value::as_str).map(str::to_owned),
        claims: None,
    })
}

fn audiences(claims: &Members) -> Vec<String> {
    match claims.get("aud") {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(several)) => several
            .iter()
            .filter_map(|one| one.as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    }
}
