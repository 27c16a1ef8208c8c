//! Credentials of an application, to look at: `/v3/portals/{id}/applications/{id}/credentials`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Method;
use axum::routing::get;
use serde_json::Value;

use super::super::portals::applications::find_in;
use super::super::{Admin, Route};
use crate::Portal;
use crate::rest::query::Query;
use crate::rest::{Page, Problem, credentials};

pub(super) fn routes() -> Vec<Route> {
    vec![(
        Method::GET,
        "/v3/portals/{portal_id}/applications/{application_id}/credentials",
        get(list),
    )]
}

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Path((id, application)): Path<(String, String)>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let application = find_in(&portal, &id, &application).await?;
    let listing = query.listing(&[], "t.created_at")?;
    let all = credentials::all(&portal, &application).await?;
    Ok(Json(Page::cut(all, &listing)))
}
