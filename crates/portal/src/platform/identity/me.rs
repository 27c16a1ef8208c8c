//! Who the caller is, as tools ask before they begin: `/v3/users/me`, `/v3/organizations/me`.

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use axum::routing::get;
use serde_json::{Value, json};

use super::super::{Admin, Route, moment};
use super::users;
use crate::Portal;
use crate::ctx::Actor;
use crate::model::Holder;
use crate::rest::Problem;

pub(super) fn routes() -> Vec<Route> {
    vec![
        (Method::GET, "/v3/users/me", get(user)),
        (Method::GET, "/v3/organizations/me", get(organization)),
        // decK asks the older version.
        (Method::GET, "/v2/organizations/me", get(organization)),
    ]
}

/// The account behind the token: an administrator, a system account, or the token itself, which belongs to
/// nobody.
async fn user(admin: Admin, State(portal): State<Portal>) -> Result<Json<Value>, Problem> {
    let holder = admin.ctx.rights.as_ref().and_then(|rights| rights.holder);
    if let Some(Holder::User(id)) = holder {
        return Ok(Json(users::render(
            &portal.administrators().find(id).await?,
        )));
    }
    let (_, id) = admin.ctx.actor.audit();
    let tokens = portal.platform_tokens().await?;
    let token = tokens
        .iter()
        .find(|token| Actor::PlatformToken(token.id) == admin.ctx.actor);
    let created = token.map_or(admin.ctx.now, |token| token.created_at);
    let name = token.map_or("administrator", |token| token.name.as_str());
    Ok(Json(json!({
        "id": id,
        "email": "administrator@localhost",
        "full_name": name,
        "preferred_name": name,
        "active": true,
        "created_at": moment(created),
        "updated_at": moment(created),
    })))
}

async fn organization(_: Admin, State(portal): State<Portal>) -> Json<Value> {
    let organization = portal.organization();
    Json(json!({
        "id": organization.id,
        "name": organization.name,
        "owner_id": organization.id,
        "state": "active",
        "retention_period_days": 30,
        "created_at": moment(organization.created_at),
        "updated_at": moment(organization.updated_at),
    }))
}
