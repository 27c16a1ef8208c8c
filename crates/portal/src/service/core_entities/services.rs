//! Services: where the gateway forwards to.

use serde_json::{Map, Value};

use super::identity::{given_id, id_for, taken};
use super::service::read;
use crate::model::{ControlPlaneId, RemovalId, Removed, Service, ServiceId};
use crate::service::removals;
use crate::store::audit::Entry;
use crate::store::{product_versions, routes, services};
use crate::{Ctx, Error, Portal};

/// By id or by name.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn find(
    portal: &Portal,
    plane: ControlPlaneId,
    key: &str,
) -> Result<Option<Service>, Error> {
    let found = match key.parse::<ServiceId>() {
        Ok(id) => services::find(portal.db(), id)
            .await?
            .filter(|service| service.control_plane_id == plane),
        Err(_) => services::find_by_name(portal.db(), plane, key).await?,
    };
    Ok(found)
}

/// Makes a service. Gives the revision that gateways are to obey.
///
/// # Errors
/// [`Error::Invalid`], and [`Error::Conflict`] if its name or id is taken.
pub(crate) async fn create(
    portal: &Portal,
    ctx: &Ctx,
    plane: ControlPlaneId,
    map: Map<String, Value>,
) -> Result<(Service, i64), Error> {
    let id = given_id(&map).unwrap_or_else(|| ServiceId::new(portal.entropy()));
    let service = read(map, id, plane, ctx)?;
    let mut tx = portal.db().begin().await?;
    services::insert(&mut tx, &service)
        .await
        .map_err(|error| taken(error, "service", service.name.as_ref()))?;
    let entry = Entry::new("create", "service", service.id).making(&service);
    let revision = portal.commit(ctx, tx, entry).await?;
    Ok((service, revision))
}

/// Creates or replaces a service, by id or by name. Gives the revision that gateways are to obey.
///
/// # Errors
/// Those of [`create`].
pub(crate) async fn put(
    portal: &Portal,
    ctx: &Ctx,
    (plane, key): (ControlPlaneId, &str),
    mut map: Map<String, Value>,
) -> Result<(Service, i64), Error> {
    let earlier = find(portal, plane, key).await?;
    let fresh = || ServiceId::new(portal.entropy());
    let known = earlier.as_ref().map(|earlier| earlier.id);
    let id = id_for(&mut map, key, known, fresh);
    let mut service = read(map, id, plane, ctx)?;
    let mut tx = portal.db().begin().await?;
    let written = match &earlier {
        Some(earlier) => {
            service.created_at = earlier.created_at;
            services::update(&mut tx, &service).await
        }
        None => services::insert(&mut tx, &service).await,
    };
    written.map_err(|error| taken(error, "service", service.name.as_ref()))?;
    let action = if earlier.is_some() {
        "update"
    } else {
        "create"
    };
    let entry = Entry::new(action, "service", id).changing(&earlier, &service);
    let revision = portal.commit(ctx, tx, entry).await?;
    Ok((service, revision))
}

/// Removes a service that no route and no product version needs. Gives the revision that gateways are to
/// obey.
///
/// # Errors
/// [`Error::Conflict`] while one does.
pub(crate) async fn delete(
    portal: &Portal,
    ctx: &Ctx,
    service: &Service,
) -> Result<(i64, RemovalId), Error> {
    let mut tx = portal.db().begin().await?;
    if !routes::of_service(&mut tx, service.id).await?.is_empty() {
        let text = "routes lead to this service; delete them first";
        return Err(Error::Conflict(text.into()));
    }
    let versions = product_versions::of_service(&mut tx, service.id).await?;
    if !versions.is_empty() {
        let text = "a product version stands in front of this service; unlink it first";
        return Err(Error::Conflict(text.into()));
    }
    let removed = Removed::Service(Box::new(service.clone()));
    let removal = removals::keep(portal, ctx, &mut tx, removed).await?;
    services::delete(&mut tx, service.id).await?;
    let entry = Entry::new("delete", "service", service.id).removing(service);
    Ok((portal.commit(ctx, tx, entry).await?, removal))
}
