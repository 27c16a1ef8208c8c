//! The authorization server's metadata.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::authorization;
use crate::settings::Issuer;
use crate::token::user_scope::{CLAIM_SCOPES, OFFLINE_ACCESS};
use crate::token::{ASSERTION_ALGORITHMS, DPOP_ALGORITHMS, GRANT_TYPES, profile};
use crate::{Tenant, registration};

/// What this tenant serves, and nothing that it does not. The issuer is the one that the request's
/// host names.
///
/// Source: RFC 8414 §2, `OpenID` Connect Discovery 1.0 §3, and the vendor's document for spelling.
pub(super) async fn document(State(tenant): State<Tenant>, issuer: Issuer) -> impl IntoResponse {
    let cache = [(
        header::CACHE_CONTROL,
        "public, max-age=15, stale-while-revalidate=15",
    )];
    let mut document = metadata(&tenant, &issuer);
    registration::advertise(&tenant, &issuer, &mut document);
    (cache, Json(document))
}

fn metadata(tenant: &Tenant, issuer: &Issuer) -> Value {
    let algorithms = |list: &[oauth::jose::Algorithm]| -> Vec<&'static str> {
        list.iter().map(|algorithm| algorithm.as_str()).collect()
    };
    let methods = [
        "client_secret_basic",
        "client_secret_post",
        "private_key_jwt",
    ];
    let mut scopes = CLAIM_SCOPES.to_vec();
    scopes.insert(1, OFFLINE_ACCESS);
    let mut claims = vec!["aud", "auth_time", "exp", "iat", "iss", "sub"];
    claims.extend(profile::CLAIMS);
    let mut document = json!({
        "issuer": issuer.as_str(),
        "token_endpoint": issuer.endpoint("oauth/token"),
        "device_authorization_endpoint": issuer.endpoint("oauth/device/code"),
        "userinfo_endpoint": issuer.endpoint("userinfo"),
        "jwks_uri": issuer.endpoint(".well-known/jwks.json"),
        "revocation_endpoint": issuer.endpoint("oauth/revoke"),
        "introspection_endpoint": issuer.endpoint("oauth/introspect"),
        "grant_types_supported": GRANT_TYPES,
        "subject_types_supported": ["public", "pairwise"],
        "scopes_supported": scopes,
        "id_token_signing_alg_values_supported": ["HS256", "RS256", "RS512", "PS256", "none"],
        "userinfo_signing_alg_values_supported": ["HS256", "RS256", "RS512", "PS256", "none"],
        "token_endpoint_auth_methods_supported":
            ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
        "token_endpoint_auth_signing_alg_values_supported": algorithms(&ASSERTION_ALGORITHMS),
        "revocation_endpoint_auth_methods_supported":
            ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
        "introspection_endpoint_auth_methods_supported": methods,
        "dpop_signing_alg_values_supported": algorithms(DPOP_ALGORITHMS),
        "claims_supported": claims,
    });
    for (name, value) in authorization::members(tenant, issuer) {
        document[name] = value;
    }
    if tenant
        .tenant_settings()
        .is("pushed_authorization_requests_supported")
    {
        document["pushed_authorization_request_endpoint"] = json!(issuer.endpoint("oauth/par"));
    }
    document
}
