//! Routes: what the gateway takes.

use serde_json::{Map, Value};

use super::identity::{given_id, id_for, taken};
use super::route::read;
use super::services::find as find_service;
use crate::error::{Error, Violation};
use crate::model::{ControlPlaneId, RemovalId, Removed, Route, RouteId};
use crate::service::removals;
use crate::store::audit::Entry;
use crate::store::routes;
use crate::{Ctx, Portal};

/// By id or by name.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn find(
    portal: &Portal,
    plane: ControlPlaneId,
    key: &str,
) -> Result<Option<Route>, Error> {
    let found = match key.parse::<RouteId>() {
        Ok(id) => routes::find(portal.db(), id)
            .await?
            .filter(|route| route.control_plane_id == plane),
        Err(_) => routes::find_by_name(portal.db(), plane, key).await?,
    };
    Ok(found)
}

/// Makes a route. Gives the revision that gateways are to obey.
///
/// # Errors
/// [`Error::Invalid`], and [`Error::Conflict`] if its name or id is taken.
pub(crate) async fn create(
    portal: &Portal,
    ctx: &Ctx,
    plane: ControlPlaneId,
    map: Map<String, Value>,
) -> Result<(Route, i64), Error> {
    let id = given_id(&map).unwrap_or_else(|| RouteId::new(portal.entropy()));
    let route = resolve(portal, plane, read(map, id, plane, ctx)?).await?;
    let mut tx = portal.db().begin().await?;
    routes::insert(&mut tx, &route)
        .await
        .map_err(|error| taken(error, "route", route.name.as_ref()))?;
    let entry = Entry::new("create", "route", id).making(&route);
    let revision = portal.commit(ctx, tx, entry).await?;
    Ok((route, revision))
}

/// Creates or replaces a route, by id or by name. Gives the revision that gateways are to obey.
///
/// # Errors
/// Those of [`create`].
pub(crate) async fn put(
    portal: &Portal,
    ctx: &Ctx,
    (plane, key): (ControlPlaneId, &str),
    mut map: Map<String, Value>,
) -> Result<(Route, i64), Error> {
    let earlier = find(portal, plane, key).await?;
    let fresh = || RouteId::new(portal.entropy());
    let known = earlier.as_ref().map(|earlier| earlier.id);
    let id = id_for(&mut map, key, known, fresh);
    let mut route = resolve(portal, plane, read(map, id, plane, ctx)?).await?;
    let mut tx = portal.db().begin().await?;
    let written = match &earlier {
        Some(earlier) => {
            route.created_at = earlier.created_at;
            routes::update(&mut tx, &route).await
        }
        None => routes::insert(&mut tx, &route).await,
    };
    written.map_err(|error| taken(error, "route", route.name.as_ref()))?;
    let action = if earlier.is_some() {
        "update"
    } else {
        "create"
    };
    let entry = Entry::new(action, "route", id).changing(&earlier, &route);
    let revision = portal.commit(ctx, tx, entry).await?;
    Ok((route, revision))
}

/// Removes a route. Gives the revision that gateways are to obey.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn delete(
    portal: &Portal,
    ctx: &Ctx,
    route: &Route,
) -> Result<(i64, RemovalId), Error> {
    let mut tx = portal.db().begin().await?;
    let removed = Removed::Route(Box::new(route.clone()));
    let removal = removals::keep(portal, ctx, &mut tx, removed).await?;
    routes::delete(&mut tx, route.id).await?;
    let entry = Entry::new("delete", "route", route.id).removing(route);
    Ok((portal.commit(ctx, tx, entry).await?, removal))
}

/// The route with its service, which must be in the same control plane.
async fn resolve(
    portal: &Portal,
    plane: ControlPlaneId,
    (mut route, by_name): (Route, Option<String>),
) -> Result<Route, Error> {
    let Some(key) = route.service_id.map(|id| id.to_string()).or(by_name) else {
        return Ok(route);
    };
    let missing = || {
        let reason = format!("service {key} does not exist in this control plane");
        Error::invalid(Violation::body("service.id", "missing_reference", reason))
    };
    let service = find_service(portal, plane, &key).await?;
    route.service_id = Some(service.ok_or_else(missing)?.id);
    Ok(route)
}
