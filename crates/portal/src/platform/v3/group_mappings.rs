//! `/v3/portals/{id}/identity-providers/{provider}/team-group-mappings`: one group and one team each.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::routing::{delete, get, post};
use serde_json::{Value, json};

use super::super::{Admin, Route, moment};
use crate::model::Site;
use crate::rest::query::Query;
use crate::rest::{Body, Cursor, Problem};
use crate::service::team_groups::{self, Mapping};
use crate::service::{identity_providers, sites};
use crate::{Error, Portal};

pub(super) fn routes() -> Vec<Route> {
    let (all, one) = (
        "/v3/portals/{portal_id}/identity-providers/{provider_id}/team-group-mappings",
        "/v3/portals/{portal_id}/identity-providers/{provider_id}/team-group-mappings/{mapping_id}",
    );
    vec![
        (Method::GET, all, get(list)),
        (Method::POST, all, post(create)),
        (Method::GET, one, get(read)),
        (Method::DELETE, one, delete(remove)),
    ]
}

/// The portal of a provider.
async fn portal_of(portal: &Portal, id: &str, provider: &str) -> Result<Site, Error> {
    let site = sites::find(portal, id).await?;
    identity_providers::find(portal, &site, provider).await?;
    Ok(site)
}

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Path((id, provider)): Path<(String, String)>,
    query: Query,
) -> Result<Json<Value>, Problem> {
    let site = portal_of(&portal, &id, &provider).await?;
    let mut all = team_groups::mappings(&portal, &site).await?;
    let asked = |name: &str| {
        let names = [format!("filter[{name}]"), format!("filter[{name}][eq]")];
        let values = names.map(|name| query.get(&name).map(str::to_owned));
        values.into_iter().flatten().next()
    };
    let (team, group) = (asked("team_id"), asked("group"));
    all.retain(|mapping| {
        let fits =
            |asked: &Option<String>, own: &str| asked.as_ref().is_none_or(|asked| asked == own);
        fits(&team, &mapping.team_id) && fits(&group, &mapping.group)
    });
    let path = format!(
        "/v3/portals/{}/identity-providers/{provider}/team-group-mappings",
        site.id
    );
    let (part, meta) = Cursor::of(&query)?.cut(all, &path, |one| one.id.to_string());
    let data: Vec<Value> = part.iter().map(render).collect();
    Ok(Json(json!({ "data": data, "meta": { "page": meta } })))
}

async fn create(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, provider)): Path<(String, String)>,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let site = portal_of(&portal, &id, &provider).await?;
    let made = team_groups::map(&portal, &admin.ctx, &site, body).await?;
    Ok((StatusCode::CREATED, Json(render(&made))))
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path((id, provider, mapping)): Path<(String, String, String)>,
) -> Result<Json<Value>, Problem> {
    let site = portal_of(&portal, &id, &provider).await?;
    Ok(Json(render(
        &team_groups::find(&portal, &site, &mapping).await?,
    )))
}

async fn remove(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, provider, mapping)): Path<(String, String, String)>,
) -> Result<StatusCode, Problem> {
    let site = portal_of(&portal, &id, &provider).await?;
    let mapping = team_groups::find(&portal, &site, &mapping).await?;
    team_groups::unmap(&portal, &admin.ctx, &site, &mapping).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn render(mapping: &Mapping) -> Value {
    json!({
        "id": mapping.id,
        "team_id": mapping.team_id,
        "group": mapping.group,
        "created_at": moment(mapping.created_at),
        "updated_at": moment(mapping.created_at),
    })
}
