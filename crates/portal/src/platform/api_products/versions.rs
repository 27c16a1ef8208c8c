//! `/api-products/{id}/product-versions`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::products::find as find_product;
use crate::error::Violation;
use crate::model::{
    ApiProductId, ControlPlaneId, Labels, ProductVersion, ProductVersionId, PublishStatus,
    ServiceId,
};
use crate::platform::{Admin, commit, moment, only, settled};
use crate::rest::check::{Rule, Shape, UUID, nullable, optional, required, text};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem, apply, input, path_id};
use crate::store::audit::Entry;
use crate::store::publications::Named;
use crate::store::{product_versions, publications, services};
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

const COLUMNS: &[Column] = &[
    column("name", "t.name", Kind::Text),
    column(
        "publish_status",
        "t.publish_status",
        Kind::Word(PublishStatus::WORDS),
    ),
    column("gateway_service_id", "t.service_id", Kind::Uuid).filter_only(),
    column("created_at", "t.created_at", Kind::Time),
    column("updated_at", "t.updated_at", Kind::Time),
];

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

pub(super) async fn list(
    State(portal): State<Portal>,
    Path(product): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let product = find_product(&portal, &product).await?;
    let listing = query
        .listing(COLUMNS, "t.created_at")?
        .only("t.api_product_id", product.id);
    let (versions, total) = product_versions::list(portal.db(), &listing).await?;
    let shown = show(&portal, &versions).await?;
    Ok(Json(Page::new(shown, &listing, total)))
}

pub(super) async fn read(
    State(portal): State<Portal>,
    Path((product, version)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let version = find(&portal, &product, &version).await?;
    Ok(Json(show_one(&portal, &version).await?))
}

pub(super) async fn create(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path(product): Path<String>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let product = find_product(&portal, &product).await?;
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
    let (version, revision) = write(&portal, &ctx, version, input, "create").await?;
    let answer = (
        StatusCode::CREATED,
        Json(show_one(&portal, &version).await?),
    );
    Ok(settled(&portal, Some(revision), answer).await)
}

pub(super) async fn update(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((product, version)): Path<(String, String)>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let version = find(&portal, &product, &version).await?;
    let present = Input {
        name: version.name.clone(),
        publish_status: version.publish_status,
        deprecated: version.deprecated,
        labels: version.labels.clone(),
        gateway_service: version.service_id.map(|id| GatewayService {
            id,
            control_plane_id: version.control_plane_id,
        }),
    };
    let input = apply(&present, body, &SHAPE)?;
    let (version, revision) = write(&portal, &ctx, version, input, "update").await?;
    let answer = Json(show_one(&portal, &version).await?);
    Ok(settled(&portal, Some(revision), answer).await)
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
    } = input;
    let (mut control_plane_id, mut service_id) = (None, None);
    if let Some(GatewayService {
        id,
        control_plane_id: plane,
    }) = gateway_service
    {
        let service = services::find(portal.db(), id).await?;
        let service =
            service.filter(|service| plane.is_none_or(|plane| plane == service.control_plane_id));
        let Some(service) = service else {
            let reason = format!("service {id} does not exist in that control plane");
            return Err(Error::invalid(Violation::body(
                "gateway_service.id",
                "missing_reference",
                reason,
            )));
        };
        (control_plane_id, service_id) = (Some(service.control_plane_id), Some(service.id));
    }
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
    let entry = Entry::new(action, "product_version", version.id);
    let revision = commit(portal, ctx, tx, entry).await?;
    Ok((version, revision))
}

/// Removes a version with its specification and the registrations for it.
pub(super) async fn delete(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((product, version)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let version = find(&portal, &product, &version).await?;
    let mut tx = portal.db().begin().await?;
    product_versions::delete(&mut tx, version.id).await?;
    let entry = Entry::new("delete", "product_version", version.id);
    let revision = commit(&portal, &ctx, tx, entry).await?;
    let answer = StatusCode::NO_CONTENT;
    Ok(settled(&portal, Some(revision), answer).await)
}

/// The version of a path, which must be the product's.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn find(
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

async fn show_one(portal: &Portal, version: &ProductVersion) -> Result<Value, Error> {
    Ok(only(show(portal, std::slice::from_ref(version)).await?))
}

async fn show(portal: &Portal, versions: &[ProductVersion]) -> Result<Vec<Value>, Error> {
    let ids = versions.iter().map(|version| version.id);
    let portals = publications::named(portal.db(), ids).await?;
    let shown = versions.iter().map(|version| {
        let portals = portals.get(&version.id).into_iter().flatten();
        let portals: Vec<Value> = portals.map(place).collect();
        let service = version.service_id.map(|id| {
            json!({ "id": id, "control_plane_id": version.control_plane_id, "runtime_group_id": version.control_plane_id })
        });
        json!({
            "id": version.id,
            "name": version.name,
            "publish_status": version.publish_status,
            "deprecated": version.deprecated,
            "labels": version.labels,
            "gateway_service": service,
            "portals": portals,
            "auth_strategy_sync_errors": [],
            "created_at": moment(version.created_at),
            "updated_at": moment(version.updated_at),
        })
    });
    Ok(shown.collect())
}

/// A version's entry in one portal.
fn place(named: &Named) -> Value {
    let publication = &named.publication;
    let strategy = publication
        .auth_strategy_id
        .zip(named.strategy_name.as_ref());
    let strategies: Vec<Value> = strategy
        .iter()
        .map(|(id, name)| json!({ "id": id, "name": name }))
        .collect();
    json!({
        "portal_id": publication.portal_id,
        "portal_name": named.portal_name,
        "portal_product_version_id": publication.id,
        "publish_status": publication.publish_status,
        "deprecated": publication.deprecated,
        "application_registration_enabled": publication.application_registration_enabled,
        "auto_approve_registration": publication.auto_approve_registration,
        "auth_strategies": strategies,
    })
}
