//! Versions of API products: made, changed, removed.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::products::find as find_product;
use super::version_mail::{self, Ending, Notice};
use crate::error::Violation;
use crate::model::{
    Act, ApiProduct, ApiProductId, ControlPlaneId, EntityType, Labels, ProductVersion,
    ProductVersionId, PublishStatus, Service, ServiceId,
};
use crate::rest::check::{Rule, Shape, UUID, nullable, optional, required, text};
use crate::rest::{apply, input, path_id};
use crate::store::audit::Entry;
use crate::store::{api_products, product_versions, services};
use crate::{Ctx, Error, Portal};

const SERVICE: Shape = Shape {
    fields: &[
        required("id", UUID),
        optional("control_plane_id", UUID),
        optional("runtime_group_id", UUID),
    ],
    open: false,
};

const SHAPE: Shape = Shape {
    fields: &[
        required("name", text(1, 255)),
        optional("publish_status", Rule::Word(PublishStatus::WORDS)),
        optional("deprecated", Rule::Boolean),
        optional("notify", Rule::Boolean),
        optional("labels", Rule::Labels),
        nullable("gateway_service", Rule::Object(&SERVICE)),
    ],
    open: false,
};

/// What can be written of a version.
#[derive(Serialize, Deserialize)]
struct Input {
    name: String,
    #[serde(default = "unpublished")]
    publish_status: PublishStatus,
    #[serde(default)]
    deprecated: bool,
    #[serde(default)]
    labels: Labels,
    gateway_service: Option<GatewayService>,
    /// Whether developers are told that it becomes deprecated; nothing that is kept.
    #[serde(default)]
    notify: bool,
}

/// The gateway service in front of which a version stands; older clients say `runtime_group_id`.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct GatewayService {
    id: ServiceId,
    #[serde(alias = "runtime_group_id")]
    control_plane_id: Option<ControlPlaneId>,
}

const fn unpublished() -> PublishStatus {
    PublishStatus::Unpublished
}

/// The version of a path, which must be the product's.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find(
    portal: &Portal,
    product: &str,
    version: &str,
) -> Result<ProductVersion, Error> {
    let product: ApiProductId = find_product(portal, product).await?.id;
    let id: ProductVersionId = path_id("product version", version)?;
    let found = product_versions::find(portal.db(), id)
        .await?
        .filter(|found| found.api_product_id == product);
    found.ok_or_else(|| Error::not_found("product version", id))
}

/// Makes a version of a product. Gives the revision that gateways are to obey.
///
/// # Errors
/// [`Error::Invalid`], and [`Error::Conflict`] if the product has one of this name.
pub(crate) async fn create(
    portal: &Portal,
    ctx: &Ctx,
    product: &ApiProduct,
    body: Map<String, Value>,
) -> Result<(ProductVersion, i64), Error> {
    let input: Input = input(body, &SHAPE)?;
    let version = ProductVersion {
        id: ProductVersionId::new(portal.entropy()),
        api_product_id: product.id,
        name: String::new(),
        deprecated: false,
        publish_status: PublishStatus::Unpublished,
        control_plane_id: None,
        service_id: None,
        labels: Labels::new(),
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    write(portal, ctx, version, input, "create").await
}

/// Changes what `body` names. Gives the revision that gateways are to obey.
///
/// # Errors
/// Those of [`create`].
pub(crate) async fn update(
    portal: &Portal,
    ctx: &Ctx,
    version: ProductVersion,
    body: Map<String, Value>,
) -> Result<(ProductVersion, i64), Error> {
    let present = Input {
        name: version.name.clone(),
        publish_status: version.publish_status,
        deprecated: version.deprecated,
        labels: version.labels.clone(),
        gateway_service: version.service_id.map(|id| GatewayService {
            id,
            control_plane_id: version.control_plane_id,
        }),
        notify: false,
    };
    let input = apply(&present, body, &SHAPE)?;
    write(portal, ctx, version, input, "update").await
}

/// Removes a version with its specification and the registrations for it. Developers who lose access by it
/// are told if they are to be. Gives the revision that gateways are to obey.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn delete(
    portal: &Portal,
    ctx: &Ctx,
    version: &ProductVersion,
    notice: Notice,
) -> Result<i64, Error> {
    let mut tx = portal.db().begin().await?;
    if let Some(product) = api_products::find(&mut tx, version.api_product_id).await? {
        let ending = ending(&product, version);
        version_mail::withdrawn(portal, ctx, &mut tx, (ending, notice)).await?;
    }
    product_versions::delete(&mut tx, version.id).await?;
    let entry = Entry::new("delete", "product_version", version.id).removing(version);
    portal.commit(ctx, tx, entry).await
}

/// What ends if a version is removed.
pub(crate) fn ending<'a>(product: &'a ApiProduct, version: &ProductVersion) -> Ending<'a> {
    Ending {
        product,
        versions: vec![version.id],
        portal: None,
    }
}

/// The service that a field names, in its control plane if one is named.
///
/// # Errors
/// [`Error::Invalid`].
pub(super) async fn service_in(
    portal: &Portal,
    field: &str,
    id: ServiceId,
    plane: Option<ControlPlaneId>,
) -> Result<Service, Error> {
    let found = services::find(portal.db(), id).await?;
    let found = found.filter(|found| plane.is_none_or(|plane| plane == found.control_plane_id));
    found.ok_or_else(|| {
        let reason = format!("service {id} does not exist in that control plane");
        Error::invalid(Violation::body(field, "missing_reference", reason))
    })
}

/// Writes a version as it is to be. Gives it with the revision.
async fn write(
    portal: &Portal,
    ctx: &Ctx,
    version: ProductVersion,
    input: Input,
    action: &str,
) -> Result<(ProductVersion, i64), Error> {
    let Input {
        name,
        publish_status,
        deprecated,
        labels,
        gateway_service,
        notify,
    } = input;
    let tells = notify && deprecated && !version.deprecated && action == "update";
    let (mut control_plane_id, mut service_id) = (None, None);
    if let Some(named) = gateway_service {
        let plane = named.control_plane_id;
        let service = service_in(portal, "gateway_service.id", named.id, plane).await?;
        if version.service_id != Some(service.id) {
            ctx.may(
                EntityType::ControlPlanes,
                service.control_plane_id,
                Act::Services,
            )?;
        }
        (control_plane_id, service_id) = (Some(service.control_plane_id), Some(service.id));
    }
    let before = (action == "update").then(|| version.clone());
    let version = ProductVersion {
        name,
        publish_status,
        deprecated,
        labels,
        control_plane_id,
        service_id,
        updated_at: ctx.now,
        ..version
    };
    let mut tx = portal.db().begin().await?;
    let written = if action == "create" {
        product_versions::insert(&mut tx, &version).await
    } else {
        product_versions::update(&mut tx, &version).await
    };
    let taken = || format!("the product has a version `{}` already", version.name);
    written.map_err(|error| Error::from(error).or_conflict(taken()))?;
    if tells {
        version_mail::deprecated(portal, ctx, &mut tx, version.id, None).await?;
    }
    let entry = Entry::new(action, "product_version", version.id).changing(&before, &version);
    let revision = portal.commit(ctx, tx, entry).await?;
    Ok((version, revision))
}
