//! Gateway: what it forwards, where to, and how far each node has come.

mod nodes;
mod refusals;
mod routes;
mod services;
mod text;

use std::collections::HashMap;

use axum::Router;
use axum::routing::get;

use crate::model::ControlPlaneId;
use crate::store::listing::Listing;
use crate::{Error, Portal, store};

use super::Refused;
use text::text;

const SERVICES: &str = "/gateway/services";
const ROUTES: &str = "/gateway/routes";

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route(SERVICES, get(services::page))
        .route(ROUTES, get(routes::page))
        .route("/gateway/nodes", get(nodes::page))
        .route("/gateway/refusals", get(refusals::page))
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
