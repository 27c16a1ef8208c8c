//! Gateway: what it forwards, where to, and how far each node has come.

mod nodes;
mod refusals;
mod routes;
mod services;
mod text;
mod usage;

use std::collections::HashMap;

use axum::Router;
use axum::routing::get;
use web::Input;
use web::components::Choice;

use crate::model::ControlPlaneId;
use crate::store::listing::Listing;
use crate::{Error, Portal, store};

use super::{Acting, Refused, Told};
use text::text;

/// The page of usage, narrowed to the one with this id: an `application`, a `developer`, an `api`.
pub(super) fn usage_of(kind: &str, id: impl std::fmt::Display) -> String {
    format!("{}?{kind}={id}", usage::PATH)
}

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .merge(services::routes())
        .merge(routes::routes())
        .route("/gateway/nodes", get(nodes::page))
        .route("/gateway/refusals", get(refusals::page))
        .route(usage::PATH, get(usage::page))
}

/// The names of the control planes.
async fn planes(portal: &Portal) -> Result<HashMap<ControlPlaneId, String>, Error> {
    let listing = Listing::all("t.created_at");
    let (found, _) = store::control_planes::list(portal.db(), &listing).await?;
    Ok(found
        .into_iter()
        .map(|plane| (plane.id, plane.name))
        .collect())
}

/// The control planes to choose among, the oldest first.
async fn plane_choices(portal: &Portal, chosen: &str) -> Result<Vec<Choice>, Error> {
    let listing = Listing::all("t.created_at");
    let (found, _) = store::control_planes::list(portal.db(), &listing).await?;
    let choices = found.into_iter().map(|plane| {
        let id = plane.id.to_string();
        Choice {
            label: plane.name,
            hint: None,
            chosen: id == chosen,
            value: id,
        }
    });
    Ok(choices.collect())
}

/// The control plane that a form names, else the oldest.
async fn chosen_plane(portal: &Portal, input: &Input) -> Result<ControlPlaneId, Error> {
    let listing = Listing::all("t.created_at");
    let (found, _) = store::control_planes::list(portal.db(), &listing).await?;
    let named = input.text("control_plane").parse::<ControlPlaneId>().ok();
    let named = named.filter(|id| found.iter().any(|plane| plane.id == *id));
    let oldest = found.first().map(|plane| plane.id);
    named
        .or(oldest)
        .ok_or_else(|| Error::NotFound("there is no control plane yet; make one first".into()))
}
