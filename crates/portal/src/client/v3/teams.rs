//! The teams of a developer, and who else is in them.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::super::session::SignedIn;
use crate::model::{Developer, Team, TeamId};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Page, Problem, path_id};
use crate::{Error, Portal, store};

const COLUMNS: &[Column] = &[column("name", "t.name", Kind::Text)];

const MEMBER_COLUMNS: &[Column] = &[column("full_name", "t.full_name", Kind::Text)];

pub(super) async fn list(
    SignedIn { id, .. }: SignedIn,
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let listing = query.listing(COLUMNS, "t.created_at")?;
    let listing = listing.within(store::teams::OF_DEVELOPER, id);
    let (found, total) = store::teams::list(portal.db(), &listing).await?;
    let data = found.iter().map(shown).collect();
    Ok(Json(Page::new(data, &listing, total)))
}

pub(super) async fn get(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(shown(&find(&portal, &signed_in, &id).await?)))
}

pub(super) async fn developers(
    signed_in: SignedIn,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let team = find(&portal, &signed_in, &id).await?;
    let listing = query.listing(MEMBER_COLUMNS, "t.created_at")?;
    let listing = listing.within(store::team_members::OF_TEAM, team.id);
    let (found, total) = store::developers::list(portal.db(), &listing).await?;
    let data = found.iter().map(member).collect();
    Ok(Json(Page::new(data, &listing, total)))
}

/// A team of the developer. Others do not exist for them.
async fn find(portal: &Portal, signed_in: &SignedIn, id: &str) -> Result<Team, Error> {
    let id: TeamId = path_id("team", id)?;
    let is_theirs = store::team_members::holds(portal.db(), id, signed_in.id).await?;
    let team = store::teams::find(portal.db(), id).await?;
    team.filter(|_| is_theirs)
        .ok_or_else(|| Error::not_found("team", id))
}

fn shown(team: &Team) -> Value {
    json!({
        "id": team.id,
        "name": team.name,
        "description": team.description,
        "created_at": team.created_at.to_rfc3339(),
        "updated_at": team.updated_at.to_rfc3339(),
    })
}

fn member(developer: &Developer) -> Value {
    json!({
        "id": developer.id,
        "email": developer.email,
        "full_name": developer.full_name,
        "created_at": developer.created_at.to_rfc3339(),
        "updated_at": developer.updated_at.to_rfc3339(),
    })
}
