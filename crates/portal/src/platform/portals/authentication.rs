//! `/v2/portals/{id}/authentication-settings`, and the same under `/v3`.
//!
//! Developers sign in with mail address and password. The switches of the other ways are stored and
//! cannot be turned on yet: a portal that says so and does not do it would lock developers out.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Method;
use axum::routing::{get, patch};
use serde_json::{Value, json};

use super::super::{Admin, Route};
use super::find;
use crate::Portal;
use crate::error::{Error, Violation};
use crate::model::AuthenticationSettings;
use crate::rest::check::{Rule, Shape, optional};
use crate::rest::{Body, Problem, apply};
use crate::store;
use crate::store::audit::Entry;

pub(super) fn routes() -> Vec<Route> {
    let one = "/v2/portals/{portal_id}/authentication-settings";
    let later = "/v3/portals/{portal_id}/authentication-settings";
    vec![
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::GET, later, get(read)),
        (Method::PATCH, later, patch(update)),
    ]
}

static SHAPE: Shape = Shape {
    fields: &[
        optional("basic_auth_enabled", Rule::Boolean),
        optional("oidc_auth_enabled", Rule::Boolean),
        optional("saml_auth_enabled", Rule::Boolean),
        optional("oidc_team_mapping_enabled", Rule::Boolean),
        optional("idp_mapping_enabled", Rule::Boolean),
        optional("konnect_mapping_enabled", Rule::Boolean),
    ],
    open: false,
};

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    Ok(Json(json!(site.authentication)))
}

async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let mut site = find(&portal, &id).await?;
    let settings: AuthenticationSettings = apply(&site.authentication, body, &SHAPE)?;
    let unserved = [
        ("oidc_auth_enabled", settings.oidc_auth_enabled),
        ("saml_auth_enabled", settings.saml_auth_enabled),
        (
            "oidc_team_mapping_enabled",
            settings.oidc_team_mapping_enabled,
        ),
        ("idp_mapping_enabled", settings.idp_mapping_enabled),
    ];
    let unserved = unserved.into_iter().filter(|(_, on)| *on).map(|(name, _)| {
        let reason = format!(
            "\"{name}\" cannot be turned on: developers sign in with mail address and password"
        );
        Violation::body(name, "invalid", reason)
    });
    let unserved: Vec<Violation> = unserved.collect();
    if !unserved.is_empty() {
        return Err(Error::Invalid(unserved).into());
    }
    site.authentication = settings;
    site.updated_at = admin.ctx.now;
    let mut tx = portal.db().begin().await?;
    store::sites::update(&mut tx, &site).await?;
    let entry = Entry::new("update", "portal_authentication", site.id).in_portal(site.id);
    portal.audit(&mut tx, &admin.ctx, entry).await?;
    tx.commit().await?;
    Ok(Json(json!(site.authentication)))
}
