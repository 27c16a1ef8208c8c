//! Roles: `/v3/roles`, and who has which: `…/assigned-roles` of system accounts, users and teams.

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::routing::{delete, get, post};
use serde_json::{Map, Value, json};

use super::super::{Admin, Route, listed};
use crate::error::Error;
use crate::model::{AssignedRole, Holder, ROLES};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{OptionalBody, Page, Problem};
use crate::service::{organization_teams, roles, system_accounts};
use crate::store::listing::Listing;
use crate::{Portal, store};

pub(super) fn routes() -> Vec<Route> {
    let mut all = vec![(Method::GET, "/v3/roles", get(predefined))];
    for (held, one) in [
        (
            "/v3/system-accounts/{holder_id}/assigned-roles",
            "/v3/system-accounts/{holder_id}/assigned-roles/{role_id}",
        ),
        (
            "/v3/users/{holder_id}/assigned-roles",
            "/v3/users/{holder_id}/assigned-roles/{role_id}",
        ),
        (
            "/v3/teams/{holder_id}/assigned-roles",
            "/v3/teams/{holder_id}/assigned-roles/{role_id}",
        ),
    ] {
        all.extend([
            (Method::GET, held, get(list)),
            (Method::POST, held, post(assign)),
            (Method::GET, one, get(read)),
            (Method::DELETE, one, delete(withdraw)),
        ]);
    }
    all
}

const COLUMNS: &[Column] = &[
    column("entity_id", "t.entity_id", Kind::Uuid).filter_only(),
    column("role_name", "t.role_name", Kind::Text),
    column("entity_type_name", "t.entity_type_name", Kind::Text),
    column("created_at", "t.created_at", Kind::Time).sort_only(),
];

/// The roles that have an effect here, by what they are about.
async fn predefined() -> Json<Value> {
    let mut all = Map::new();
    for role in ROLES {
        let kind = all.entry(key(role.entity.as_str()));
        let kind = kind.or_insert_with(|| json!({ "name": role.entity, "roles": {} }));
        kind["roles"][key(role.name.as_str())] =
            json!({ "name": role.name, "description": role.description });
    }
    Json(Value::Object(all))
}

/// `API Products` as the name of a member.
fn key(name: &str) -> String {
    name.to_lowercase().replace(' ', "_")
}

/// Whose roles an address speaks of.
struct Whose {
    kind: String,
    id: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Whose {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut segments = parts.uri.path().split('/').skip(2).map(str::to_owned);
        Ok(Self {
            kind: segments.next().unwrap_or_default(),
            id: segments.next().unwrap_or_default(),
        })
    }
}

impl Whose {
    async fn find(&self, portal: &Portal) -> Result<Holder, Error> {
        Ok(match self.kind.as_str() {
            "users" => Holder::User(super::users::find(portal, &self.id).await?.id),
            "teams" => Holder::Team(organization_teams::find(portal, &self.id).await?.id),
            _ => Holder::SystemAccount(system_accounts::find(portal, &self.id).await?.id),
        })
    }

    /// The same, whose roles may change: the teams that are always there may what they may.
    async fn find_to_change(&self, portal: &Portal) -> Result<Holder, Error> {
        let holder = self.find(portal).await?;
        if let Holder::Team(_) = holder {
            let team = organization_teams::find(portal, &self.id).await?;
            organization_teams::may_change(&team)?;
        }
        Ok(holder)
    }
}

async fn list(
    whose: Whose,
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let holder = whose.find(&portal).await?;
    let list =
        async |listing: &Listing| store::assigned_roles::list(portal.db(), holder, listing).await;
    listed(&query, COLUMNS, list, render).await
}

async fn assign(
    Admin { ctx }: Admin,
    whose: Whose,
    State(portal): State<Portal>,
    OptionalBody(body): OptionalBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let holder = whose.find_to_change(&portal).await?;
    let role = roles::assign(&portal, &ctx, holder, body).await?;
    Ok((StatusCode::CREATED, Json(render(&role))))
}

async fn read(
    whose: Whose,
    State(portal): State<Portal>,
    Path((_, role)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let holder = whose.find(&portal).await?;
    Ok(Json(render(&roles::find(&portal, holder, &role).await?)))
}

async fn withdraw(
    Admin { ctx }: Admin,
    whose: Whose,
    State(portal): State<Portal>,
    Path((_, role)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let holder = whose.find_to_change(&portal).await?;
    let role = roles::find(&portal, holder, &role).await?;
    roles::withdraw(&portal, &ctx, holder, &role).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn render(role: &AssignedRole) -> Value {
    json!({
        "id": role.id,
        "role_name": role.name,
        "entity_id": role.entity_id,
        "entity_type_name": role.entity,
        "entity_region": role.region,
    })
}
