//! `/v2/portals/{id}/identity-provider/team-group-mappings`, and the same under `/v3`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Method;
use axum::routing::{get, patch};
use serde_json::{Value, json};

use super::super::{Admin, Route};
use super::find;
use crate::Portal;
use crate::error::Error;
use crate::model::Site;
use crate::rest::query::Query;
use crate::rest::{OptionalBody, Page, Problem};
use crate::service::team_groups;
use crate::store::listing::Listing;

pub(super) fn routes() -> Vec<Route> {
    let all = "/v2/portals/{portal_id}/identity-provider/team-group-mappings";
    let later = "/v3/portals/{portal_id}/identity-provider/team-group-mappings";
    vec![
        (Method::GET, later, get(list)),
        (Method::PATCH, later, patch(update)),
        (Method::GET, all, get(list)),
        (Method::PATCH, all, patch(update)),
    ]
}

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let site = find(&portal, &id).await?;
    let listing = query.listing(&[], "t.created_at")?;
    Ok(Json(page(&portal, &site, &listing).await?))
}

async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
    OptionalBody(body): OptionalBody,
) -> Result<Json<Page<Value>>, Problem> {
    let site = find(&portal, &id).await?;
    let listing = query.listing(&[], "t.created_at")?;
    team_groups::change(&portal, &admin.ctx, &site, body).await?;
    Ok(Json(page(&portal, &site, &listing).await?))
}

async fn page(portal: &Portal, site: &Site, listing: &Listing) -> Result<Page<Value>, Error> {
    let teams = team_groups::of_portal(portal, site).await?;
    let total = i64::try_from(teams.len()).unwrap_or(i64::MAX);
    let size = usize::try_from(listing.size).unwrap_or(usize::MAX);
    let skipped = usize::try_from(listing.number - 1).unwrap_or(usize::MAX);
    let shown = teams.iter().skip(skipped.saturating_mul(size)).take(size);
    let data = shown.map(|team| json!({ "team_id": team.team_id, "groups": team.groups }));
    Ok(Page::new(data.collect(), listing, total))
}
