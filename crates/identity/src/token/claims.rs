//! Step: what does the token say?

use oauth::Scopes;
use serde::Serialize;

use super::directory::{KnownApi, KnownClient};
use super::request::Request;
use crate::Tenant;
use crate::model::Members;
use crate::model::authorization::Authorization;
use crate::model::resource_server::{Dialect, SigningAlg};
use crate::settings::Issuer;

/// The claims of an access token, in the vendor's order.
#[derive(Debug, Serialize)]
pub(super) struct AccessToken {
    iss: String,
    sub: String,
    aud: Audience,
    iat: i64,
    exp: i64,
    #[serde(skip_serializing_if = "String::is_empty")]
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    gty: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    azp: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<Confirmation>,
    /// Those that Actions set; none of them has the name of another claim.
    #[serde(flatten)]
    custom: Members,
}

impl AccessToken {
    /// The same with the claims of Actions.
    pub(super) fn with(self, custom: Members) -> Self {
        Self { custom, ..self }
    }
}

/// Whom a token is for: text where it is one, as the vendor writes it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Audience {
    Api(String),
    ApiAndUserinfo([String; 2]),
}

/// The key that a token is bound to (RFC 9449 §6.1).
#[derive(Debug, Serialize)]
struct Confirmation {
    jkt: String,
}

/// How the dialects name the client, and what only one of them has.
struct ByDialect {
    azp: Option<String>,
    client_id: Option<String>,
    jti: Option<String>,
}

fn by_dialect(tenant: &Tenant, api: &KnownApi, client_id: &str) -> ByDialect {
    let id = Some(client_id.to_owned());
    match api.dialect {
        Dialect::Auth0 => ByDialect {
            azp: id,
            client_id: None,
            jti: None,
        },
        Dialect::Rfc9068 => ByDialect {
            azp: None,
            client_id: id,
            jti: Some(tenant.entropy().alphanumeric(24)),
        },
    }
}

/// The access token of a client that acts for itself, in the API's dialect.
///
/// The subject is `<client id>@clients`, which no user's id is (RFC 9700 §4.15).
///
/// With `key`, the thumbprint of one, it is bound to that (RFC 9449 §6.1).
///
/// Source: the vendor's "Access Token Profiles"; RFC 9068 §2.2.
pub(super) fn access_token(
    request: &Request<'_>,
    client: &KnownClient,
    api: &KnownApi,
    scope: &Scopes,
    key: Option<&str>,
) -> AccessToken {
    let now = request.tenant.clock().now().unix_seconds();
    let named = by_dialect(request.tenant, api, client.client_id());
    AccessToken {
        iss: request.issuer.as_str().to_owned(),
        sub: format!("{}@clients", client.client_id()),
        aud: Audience::Api(api.identifier.clone()),
        iat: now,
        exp: now.saturating_add(api.lifetime),
        scope: scope.to_string(),
        gty: (api.dialect == Dialect::Auth0).then_some("client-credentials"),
        azp: named.azp,
        client_id: named.client_id,
        jti: named.jti,
        permissions: None,
        cnf: key.map(|jkt| Confirmation {
            jkt: jkt.to_owned(),
        }),
        custom: Members::new(),
    }
}

/// What a user's token is made of.
pub(super) struct UserToken<'a> {
    pub(super) tenant: &'a Tenant,
    pub(super) issuer: &'a Issuer,
    pub(super) authorization: &'a Authorization,
    pub(super) api: &'a KnownApi,
    pub(super) scope: &'a Scopes,
    /// What the user's roles give at the API, where the token lists it.
    pub(super) permissions: Option<Vec<String>>,
    pub(super) gty: Option<&'static str>,
    /// Seconds since the epoch.
    pub(super) now: i64,
    /// Seconds.
    pub(super) lifetime: i64,
}

/// The access token of a client that acts for a user, in the API's dialect.
///
/// With `openid` it is good for `/userinfo` too, and says so; only where that endpoint can verify it.
///
/// Source: as [`access_token`].
pub(super) fn for_user(token: UserToken<'_>) -> AccessToken {
    let UserToken {
        authorization, api, ..
    } = token;
    let named = by_dialect(token.tenant, api, &authorization.client_id);
    let userinfo =
        authorization.has("openid") && api.signing_alg == SigningAlg::Rs256 && !api.is_system;
    let aud = match userinfo {
        true => {
            Audience::ApiAndUserinfo([api.identifier.clone(), token.issuer.endpoint("userinfo")])
        }
        false => Audience::Api(api.identifier.clone()),
    };
    let jkt = authorization.dpop_jkt.clone();
    AccessToken {
        iss: token.issuer.as_str().to_owned(),
        sub: authorization.user_id.clone(),
        aud,
        iat: token.now,
        exp: token.now.saturating_add(token.lifetime),
        scope: token.scope.to_string(),
        gty: token.gty.filter(|_| api.dialect == Dialect::Auth0),
        azp: named.azp,
        client_id: named.client_id,
        jti: named.jti,
        permissions: token.permissions,
        cnf: jkt.map(|jkt| Confirmation { jkt }),
        custom: Members::new(),
    }
}
