//! `/apis/{id}/registrations`: who registered for an API, in any portal.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use crate::Portal;
use crate::model::ApprovalStatus;
use crate::platform::Admin;
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Page, Problem};
use crate::service::apis::find as find_api;
use crate::store::catalogue::{self, Registered};

const COLUMNS: &[Column] = &[
    column("status", "t.status", Kind::Word(ApprovalStatus::WORDS)).filter_only(),
    column("portal_id", "t.portal_id", Kind::Uuid).filter_only(),
    column("portal_name", "o.name", Kind::Text).filter_only(),
    column("application_id", "t.application_id", Kind::Uuid).filter_only(),
    column("application_name", "n.name", Kind::Text).filter_only(),
    column("application_owner_type", "'developer'", Kind::Text).filter_only(),
    column("application_owner_id", "n.developer_id", Kind::Uuid).filter_only(),
];

pub(super) async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Path(api): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let api = find_api(&portal, &api).await?;
    let listing = query.listing(COLUMNS, "t.created_at")?;
    let listing = listing.only("a.id", api.id);
    let (found, total) = catalogue::registrations(portal.db(), &listing).await?;
    let data = found.iter().map(show).collect();
    Ok(Json(Page::new(data, &listing, total)))
}

fn show(registered: &Registered) -> Value {
    json!({
        "id": registered.id,
        "status": registered.status,
        "portal": { "id": registered.portal_id, "name": registered.portal_name },
        "application": {
            "id": registered.application_id,
            "name": registered.application_name,
            "owner": { "type": "developer", "id": registered.developer_id },
        },
    })
}
