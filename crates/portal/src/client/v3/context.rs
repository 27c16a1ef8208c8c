//! What a browser needs to know of a portal before anything else: `/api/v3/portal`,
//! `/api/v3/customization`, `/api/v3/integrations`.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::super::context;
use super::super::guard::At;
use crate::Portal;
use crate::rest::Problem;
use crate::service::customization::render;

pub(super) async fn portal(at: At, State(portal): State<Portal>) -> Result<Json<Value>, Problem> {
    let known = context::of(&at, &portal).await?;
    Ok(Json(json!({
        "portal_id": known.portal_id,
        "org_id": known.org_id,
        "basic_auth_enabled": known.basic_auth_enabled,
        "oidc_auth_enabled": known.oidc_auth_enabled,
        "saml_auth_enabled": false,
        "authentication_enabled": !known.is_public,
        "rbac_enabled": known.rbac_enabled,
        "name": known.name,
        "canonical_domain": known.canonical_domain,
    })))
}

pub(super) async fn customization(at: At) -> Json<Value> {
    Json(render(&at.site.customization))
}

/// Analytics and the like that a page loads: none.
pub(super) async fn integrations(_: At) -> Json<Value> {
    Json(json!({}))
}
