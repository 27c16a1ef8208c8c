//! The tenant's public keys.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

use crate::Tenant;

/// The keys: current, next and previous, so that a rotation is known before it happens and old tokens
/// verify after it.
///
/// Source: RFC 7517 §5; the vendor's document adds `x5t` and `x5c`.
pub(super) async fn document(State(tenant): State<Tenant>) -> impl IntoResponse {
    let with_alg = !tenant.tenant_settings().flag("remove_alg_from_jwks");
    let cache = [(
        header::CACHE_CONTROL,
        "public, max-age=15, stale-while-revalidate=15",
    )];
    (cache, Json(tenant.ring().jwks(with_alg)))
}
