//! API products: made, changed, published, removed.
//!
//! Source: the vendor's "API Products" specification, v2.

use oauth::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use storage::Tx;

use crate::error::Violation;
use crate::model::{ApiProduct, ApiProductId, Attributes, Labels, PortalId};
use crate::rest::check::{Rule, Shape, UUID, nullable, optional, required, text};
use crate::rest::{apply, input, path_id};
use crate::store::audit::Entry;
use crate::store::{Read, api_products, product_versions, sites, team_roles};
use crate::{Ctx, Error, Portal};

use super::version_mail::{self, Ending, Notice};

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

/// The product of a path.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find(portal: &Portal, text: &str) -> Result<ApiProduct, Error> {
    let id: ApiProductId = path_id("API product", text)?;
    api_products::find(portal.db(), id)
        .await?
        .ok_or_else(|| Error::not_found("API product", id))
}

/// Makes a product. Gives the revision that gateways are to obey.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) async fn create(
    portal: &Portal,
    ctx: &Ctx,
    body: Map<String, Value>,
) -> Result<(ApiProduct, i64), Error> {
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
        version: None,
        slug: None,
        attributes: Attributes::new(),
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let mut tx = portal.db().begin().await?;
    api_products::insert(&mut tx, &product).await?;
    publish_in(&mut tx, product.id, &portal_ids, ctx.now).await?;
    let entry = Entry::new("create", "api_product", product.id).making(&product);
    let revision = portal.commit(ctx, tx, entry).await?;
    Ok((product, revision))
}

/// Changes what `body` names. Gives the revision that gateways are to obey.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) async fn update(
    portal: &Portal,
    ctx: &Ctx,
    product: ApiProduct,
    body: Map<String, Value>,
) -> Result<(ApiProduct, i64), Error> {
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
    let before = product.clone();
    let product = ApiProduct {
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
    let entry = Entry::new("update", "api_product", product.id).changing(&before, &product);
    let revision = portal.commit(ctx, tx, entry).await?;
    Ok((product, revision))
}

/// Removes a product with its versions, specifications, documents and registrations. Developers who lose
/// access by it are told if they are to be. Gives the revision that gateways are to obey.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn delete(
    portal: &Portal,
    ctx: &Ctx,
    product: &ApiProduct,
    notice: Notice,
) -> Result<i64, Error> {
    let mut tx = portal.db().begin().await?;
    let ending = ending(&mut tx, product, None).await?;
    version_mail::withdrawn(portal, ctx, &mut tx, (ending, notice)).await?;
    api_products::delete(&mut tx, product.id).await?;
    team_roles::delete_of_product(&mut tx, product.id).await?;
    let entry = Entry::new("delete", "api_product", product.id).removing(product);
    portal.commit(ctx, tx, entry).await
}

/// What ends if a product is removed, or taken out of a portal with all of its versions.
///
/// # Errors
/// Those of the database.
pub(crate) async fn ending(
    read: impl Read,
    product: &ApiProduct,
    portal: Option<PortalId>,
) -> Result<Ending<'_>, Error> {
    let versions = product_versions::of_product(read, product.id).await?;
    Ok(Ending {
        product,
        versions: versions.iter().map(|version| version.id).collect(),
        portal,
    })
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
