//! `/api-products` and `/api-products/{id}`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use oauth::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use storage::Tx;

use crate::error::Violation;
use crate::model::{ApiProduct, ApiProductId, Labels, PortalId};
use crate::platform::Admin;
use crate::publish::topic;
use crate::rest::check::{Rule, Shape, UUID, nullable, optional, required, text};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem, apply, input, path_id};
use crate::store::audit::Entry;
use crate::store::{api_products, product_versions, sites};
use crate::{Error, Portal};

const SHAPE: Shape = Shape {
    fields: &[
        required("name", text(1, 100)),
        nullable("description", text(0, 10_000)),
        optional("labels", Rule::Labels),
        optional("public_labels", Rule::Labels),
        optional(
            "portal_ids",
            Rule::List {
                of: &UUID,
                min: 0,
                max: 100,
            },
        ),
    ],
    open: false,
};

const COLUMNS: &[Column] = &[
    column("name", "t.name", Kind::Text),
    column("created_at", "t.created_at", Kind::Time),
    column("updated_at", "t.updated_at", Kind::Time),
];

/// What can be written of a product.
#[derive(Serialize, Deserialize)]
struct Input {
    name: String,
    description: Option<String>,
    #[serde(default)]
    labels: Labels,
    #[serde(default)]
    public_labels: Labels,
    #[serde(default)]
    portal_ids: Vec<PortalId>,
}

pub(super) async fn list(
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let listing = query.listing(COLUMNS, "t.created_at")?;
    let (products, total) = api_products::list(portal.db(), &listing).await?;
    let mut shown = Vec::with_capacity(products.len());
    for product in &products {
        shown.push(show(&portal, product).await?);
    }
    Ok(Json(Page::new(shown, &listing, total)))
}

pub(super) async fn read(
    State(portal): State<Portal>,
    Path(product): Path<String>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(show(&portal, &find(&portal, &product).await?).await?))
}

pub(super) async fn create(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Body(body): Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let Input {
        name,
        description,
        labels,
        public_labels,
        portal_ids,
    } = input(body, &SHAPE)?;
    let product = ApiProduct {
        id: ApiProductId::new(portal.entropy()),
        name,
        description,
        labels,
        public_labels,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let mut tx = portal.db().begin().await?;
    api_products::insert(&mut tx, &product).await?;
    publish_in(&mut tx, product.id, &portal_ids, ctx.now).await?;
    portal
        .audit(
            &mut tx,
            &ctx,
            Entry::new("create", "api_product", product.id),
        )
        .await?;
    let revision = tx
        .record_change(topic::CONFIGURATION, &product.id.to_string())
        .await?;
    tx.commit().await?;
    portal.publisher().settle(revision).await;
    Ok((StatusCode::CREATED, Json(show(&portal, &product).await?)))
}

pub(super) async fn update(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path(product): Path<String>,
    Body(body): Body,
) -> Result<Json<Value>, Problem> {
    let mut product = find(&portal, &product).await?;
    let present = Input {
        name: product.name.clone(),
        description: product.description.clone(),
        labels: product.labels.clone(),
        public_labels: product.public_labels.clone(),
        portal_ids: api_products::portals(portal.db(), product.id).await?,
    };
    let Input {
        name,
        description,
        labels,
        public_labels,
        portal_ids,
    } = apply(&present, body, &SHAPE)?;
    product = ApiProduct {
        name,
        description,
        labels,
        public_labels,
        updated_at: ctx.now,
        ..product
    };
    let mut tx = portal.db().begin().await?;
    api_products::update(&mut tx, &product).await?;
    publish_in(&mut tx, product.id, &portal_ids, ctx.now).await?;
    portal
        .audit(
            &mut tx,
            &ctx,
            Entry::new("update", "api_product", product.id),
        )
        .await?;
    let revision = tx
        .record_change(topic::CONFIGURATION, &product.id.to_string())
        .await?;
    tx.commit().await?;
    portal.publisher().settle(revision).await;
    Ok(Json(show(&portal, &product).await?))
}

/// Removes a product with its versions, specifications, documents and registrations.
pub(super) async fn delete(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path(product): Path<String>,
) -> Result<StatusCode, Problem> {
    let product = find(&portal, &product).await?;
    let mut tx = portal.db().begin().await?;
    api_products::delete(&mut tx, product.id).await?;
    portal
        .audit(
            &mut tx,
            &ctx,
            Entry::new("delete", "api_product", product.id),
        )
        .await?;
    let revision = tx
        .record_change(topic::CONFIGURATION, &product.id.to_string())
        .await?;
    tx.commit().await?;
    portal.publisher().settle(revision).await;
    Ok(StatusCode::NO_CONTENT)
}

/// The product of a path.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn find(portal: &Portal, text: &str) -> Result<ApiProduct, Error> {
    let id: ApiProductId = path_id("API product", text)?;
    api_products::find(portal.db(), id)
        .await?
        .ok_or_else(|| Error::not_found("API product", id))
}

/// Makes the portals in which a product is published exactly these.
async fn publish_in(
    tx: &mut Tx,
    id: ApiProductId,
    wanted: &[PortalId],
    now: Timestamp,
) -> Result<(), Error> {
    let present = api_products::portals(&mut *tx, id).await?;
    for portal_id in present
        .iter()
        .filter(|portal_id| !wanted.contains(portal_id))
    {
        api_products::unpublish(tx, id, *portal_id).await?;
    }
    for (at, portal_id) in wanted
        .iter()
        .enumerate()
        .filter(|(_, portal_id)| !present.contains(portal_id))
    {
        if sites::find(&mut *tx, *portal_id).await?.is_none() {
            let reason = format!("portal {portal_id} does not exist");
            return Err(Error::invalid(Violation::body(
                format!("portal_ids.{at}"),
                "missing_reference",
                reason,
            )));
        }
        api_products::publish(tx, id, *portal_id, now).await?;
    }
    Ok(())
}

async fn show(portal: &Portal, product: &ApiProduct) -> Result<Value, Error> {
    let mut portals = Vec::new();
    for portal_id in api_products::portals(portal.db(), product.id).await? {
        if let Some(site) = sites::find(portal.db(), portal_id).await? {
            portals.push(json!({ "portal_id": site.id, "portal_name": site.name }));
        }
    }
    let portal_ids: Vec<&Value> = portals.iter().map(|portal| &portal["portal_id"]).collect();
    Ok(json!({
        "id": product.id,
        "name": product.name,
        "description": product.description,
        "portal_ids": portal_ids,
        "portals": portals,
        "version_count": product_versions::of_product(portal.db(), product.id).await?.len(),
        "labels": product.labels,
        "public_labels": product.public_labels,
        "created_at": product.created_at.to_rfc3339(),
        "updated_at": product.updated_at.to_rfc3339(),
    }))
}
