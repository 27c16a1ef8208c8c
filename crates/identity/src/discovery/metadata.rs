//! The authorization server's metadata.

use axum::Json;
use axum::http::header;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use crate::settings::Issuer;
use crate::token::{ASSERTION_ALGORITHMS, GRANT_TYPES};

/// What this tenant serves, and nothing that it does not. The issuer is the one that the request's
/// host names.
///
/// Source: RFC 8414 §2, `OpenID` Connect Discovery 1.0 §3, and the vendor's document for spelling.
pub(super) async fn document(issuer: Issuer) -> impl IntoResponse {
    let cache = [(
        header::CACHE_CONTROL,
        "public, max-age=15, stale-while-revalidate=15",
    )];
    (cache, Json(metadata(&issuer)))
}

fn metadata(issuer: &Issuer) -> Value {
    json!({
        "issuer": issuer.as_str(),
        "token_endpoint": issuer.endpoint("oauth/token"),
        "jwks_uri": issuer.endpoint(".well-known/jwks.json"),
        "grant_types_supported": GRANT_TYPES,
        "response_types_supported": [],
        "subject_types_supported": ["public"],
        "scopes_supported": ["openid"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": [
            "client_secret_basic", "client_secret_post", "private_key_jwt"
        ],
        "token_endpoint_auth_signing_alg_values_supported":
            ASSERTION_ALGORITHMS.map(oauth::jose::Algorithm::as_str),
        "claims_supported": ["aud", "exp", "iat", "iss", "sub"],
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
    })
}
