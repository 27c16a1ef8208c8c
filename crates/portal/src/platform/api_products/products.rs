//! `/api-products` and `/api-products/{id}`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use oauth::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use storage::Tx;

use crate::error::Violation;
use crate::model::{ApiProduct, ApiProductId, Labels, PortalId};
use crate::platform::{Admin, commit, moment, only, settled};
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
    let mut listing = query.listing(COLUMNS, "t.created_at")?;
    listing.filters.extend(query.labels("labels", "t.labels"));
    let public = query.labels("public_labels", "t.public_labels");
    listing.filters.extend(public);
    let (products, total) = api_products::list(portal.db(), &listing).await?;
    let shown = show(&portal, &products).await?;
    Ok(Json(Page::new(shown, &listing, total)))
}

pub(super) async fn read(
    State(portal): State<Portal>,
    Path(product): Path<String>,
) -> Result<Json<Value>, Problem> {
    let product = find(&portal, &product).await?;
    Ok(Json(show_one(&portal, &product).await?))
}

pub(super) async fn create(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Body(body): Body,
) -> Result<Response, Problem> {
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
    let entry = Entry::new("create", "api_product", product.id);
    let revision = commit(&portal, &ctx, tx, entry).await?;
    let answer = (
        StatusCode::CREATED,
        Json(show_one(&portal, &product).await?),
    );
    Ok(settled(&portal, Some(revision), answer).await)
}

pub(super) async fn update(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path(product): Path<String>,
    Body(body): Body,
) -> Result<Response, Problem> {
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
    let entry = Entry::new("update", "api_product", product.id);
    let revision = commit(&portal, &ctx, tx, entry).await?;
    let answer = Json(show_one(&portal, &product).await?);
    Ok(settled(&portal, Some(revision), answer).await)
}

/// Removes a product with its versions, specifications, documents and registrations.
pub(super) async fn delete(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path(product): Path<String>,
) -> Result<Response, Problem> {
    let product = find(&portal, &product).await?;
    let mut tx = portal.db().begin().await?;
    api_products::delete(&mut tx, product.id).await?;
    let entry = Entry::new("delete", "api_product", product.id);
    let revision = commit(&portal, &ctx, tx, entry).await?;
    let answer = StatusCode::NO_CONTENT;
    Ok(settled(&portal, Some(revision), answer).await)
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

async fn show_one(portal: &Portal, product: &ApiProduct) -> Result<Value, Error> {
    Ok(only(show(portal, std::slice::from_ref(product)).await?))
}

async fn show(portal: &Portal, products: &[ApiProduct]) -> Result<Vec<Value>, Error> {
    let ids = || products.iter().map(|product| product.id);
    let portals = api_products::named_portals(portal.db(), ids()).await?;
    let versions = product_versions::count_by_product(portal.db(), ids()).await?;
    let shown = products.iter().map(|product| {
        let portals = portals
            .get(&product.id)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let named =
            |(id, name): &(PortalId, String)| json!({ "portal_id": id, "portal_name": name });
        json!({
            "id": product.id,
            "name": product.name,
            "description": product.description,
            "portal_ids": portals.iter().map(|(id, _)| id).collect::<Vec<_>>(),
            "portals": portals.iter().map(named).collect::<Vec<_>>(),
            "version_count": versions.get(&product.id).unwrap_or(&0),
            "labels": product.labels,
            "public_labels": product.public_labels,
            "created_at": moment(product.created_at),
            "updated_at": moment(product.updated_at),
        })
    });
    Ok(shown.collect())
}
