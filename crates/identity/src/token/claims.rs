//! Step: what does the token say?

use oauth::Scopes;
use serde::Serialize;

use super::directory::{KnownApi, KnownClient};
use super::endpoint::Request;
use crate::model::resource_server::Dialect;

/// The claims of an access token, in the vendor's order.
#[derive(Debug, Serialize)]
pub(super) struct AccessToken {
    iss: String,
    sub: String,
    aud: String,
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
}

/// The access token of a client that acts for itself, in the API's dialect.
///
/// The subject is `<client id>@clients`, which no user's id is (RFC 9700 §4.15).
///
/// Source: the vendor's "Access Token Profiles"; RFC 9068 §2.2.
pub(super) fn access_token(
    request: &Request<'_>,
    client: &KnownClient,
    api: &KnownApi,
    scope: &Scopes,
) -> AccessToken {
    let now = request.tenant.clock().now().unix_seconds();
    let id = || client.client_id.clone();
    let (gty, azp, client_id, jti) = match api.dialect {
        Dialect::Auth0 => (Some("client-credentials"), Some(id()), None, None),
        Dialect::Rfc9068 => {
            let jti = request.tenant.entropy().alphanumeric(24);
            (None, None, Some(id()), Some(jti))
        }
    };
    AccessToken {
        iss: request.issuer.as_str().to_owned(),
        sub: format!("{}@clients", client.client_id),
        aud: api.identifier.clone(),
        iat: now,
        exp: now.saturating_add(api.lifetime),
        scope: scope.to_string(),
        gty,
        azp,
        client_id,
        jti,
    }
}
