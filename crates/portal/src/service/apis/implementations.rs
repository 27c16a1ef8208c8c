//! Services of a gateway that implement APIs.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::versions;
use crate::error::Violation;
use crate::model::{Act, ApiProduct, ControlPlaneId, EntityType, ServiceId};
use crate::rest::check::{Rule, Shape, UUID, missing, optional, required};
use crate::rest::{input, path_id};
use crate::service::versions::service_in;
use crate::store::audit::Entry;
use crate::store::implementations::{self, Implementation};
use crate::store::product_versions;
use crate::{Ctx, Error, Portal};

static SERVICE: Shape = Shape {
    fields: &[required("id", UUID), required("control_plane_id", UUID)],
    open: false,
};

static CONTROL_PLANE: Shape = Shape {
    fields: &[required("control_plane_id", UUID)],
    open: false,
};

static SHAPE: Shape = Shape {
    fields: &[
        optional("service", Rule::Object(&SERVICE)),
        optional("control_plane", Rule::Object(&CONTROL_PLANE)),
    ],
    open: false,
};

#[derive(Deserialize)]
struct Input {
    service: Option<Named>,
    control_plane: Option<Value>,
}

#[derive(Deserialize)]
struct Named {
    id: ServiceId,
    control_plane_id: ControlPlaneId,
}

/// An implementation of an API.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find(
    portal: &Portal,
    api: &ApiProduct,
    implementation: &str,
) -> Result<Implementation, Error> {
    let id: ServiceId = path_id("implementation", implementation)?;
    let all = implementations::of_api(portal.db(), api.id).await?;
    let found = all.into_iter().find(|found| found.service_id == id);
    found.ok_or_else(|| Error::not_found("implementation", id))
}

/// Puts an API with all of its versions in front of a service. Gives the revision that gateways are to
/// obey.
///
/// # Errors
/// [`Error::Invalid`]; [`Error::Conflict`] if the API has a service, or the service another API.
pub(crate) async fn create(
    portal: &Portal,
    ctx: &Ctx,
    api: &ApiProduct,
    body: Map<String, Value>,
) -> Result<(Implementation, i64), Error> {
    let input: Input = input(body, &SHAPE)?;
    if input.control_plane.is_some() {
        let reason = "a whole control plane cannot implement an API here; name one \"service\"";
        let violation = Violation::body("control_plane", "invalid", reason);
        return Err(Error::invalid(violation));
    }
    let Some(named) = input.service else {
        return Err(Error::invalid(missing("service")));
    };
    let plane = Some(named.control_plane_id);
    let service = service_in(portal, "service.id", named.id, plane).await?;
    ctx.may(
        EntityType::ControlPlanes,
        service.control_plane_id,
        Act::Services,
    )?;
    let mut tx = portal.db().begin().await?;
    if !implementations::of_api(&mut tx, api.id).await?.is_empty() {
        return Err(Error::Conflict(
            "this API has an implementation already; unlink that one first".to_owned(),
        ));
    }
    if !product_versions::of_service(&mut tx, service.id)
        .await?
        .is_empty()
    {
        return Err(Error::Conflict(
            "another API is linked to this service already; unlink it there first".to_owned(),
        ));
    }
    versions::all(portal, ctx, &mut tx, api).await?;
    implementations::link(&mut tx, api.id, &service, ctx.now).await?;
    let linked = implementations::of_api(&mut tx, api.id).await?.pop();
    let linked = linked.ok_or_else(|| Error::not_found("API", api.id))?;
    let to = json!({ "service_id": service.id });
    let entry = Entry::new("link", "api_product", api.id).making(&to);
    let revision = portal.commit(ctx, tx, entry).await?;
    Ok((linked, revision))
}

/// Takes an API away from a service, which is open from then on unless another one guards it. Gives the
/// revision that gateways are to obey.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn delete(
    portal: &Portal,
    ctx: &Ctx,
    implementation: &Implementation,
) -> Result<i64, Error> {
    let mut tx = portal.db().begin().await?;
    let Implementation {
        api_id, service_id, ..
    } = implementation;
    implementations::unlink(&mut tx, *api_id, *service_id, ctx.now).await?;
    let from = json!({ "service_id": service_id });
    let entry = Entry::new("unlink", "api_product", api_id).removing(&from);
    portal.commit(ctx, tx, entry).await
}
