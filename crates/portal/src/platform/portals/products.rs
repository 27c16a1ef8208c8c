//! Products of a portal: `POST /v2/portals/{id}/publish`, `GET /v2/portals/{id}/products`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::{Admin, Route, moment, settled};
use super::find;
use crate::Portal;
use crate::error::{Error, Violation};
use crate::model::{ApiProductId, PublishStatus, Visibility};
use crate::publish::topic;
use crate::rest::check::{Rule, Shape, optional, required};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem, input};
use crate::store;
use crate::store::api_publications::set_visibility;
use crate::store::audit::Entry;

pub(super) fn routes() -> Vec<Route> {
    vec![
        (
            Method::POST,
            "/v2/portals/{portal_id}/publish",
            post(publish),
        ),
        (Method::GET, "/v2/portals/{portal_id}/products", get(list)),
    ]
}

const COLUMNS: &[Column] = &[
    column("id", "t.id", Kind::Uuid).filter_only(),
    column("name", "t.name", Kind::Text),
    column("description", "t.description", Kind::Text),
    column("created_at", "t.created_at", Kind::Time),
    column("updated_at", "t.updated_at", Kind::Time).filter_only(),
];

static SHAPE: Shape = Shape {
    fields: &[required(
        "api_products",
        Rule::Map(&Rule::Object(&Shape {
            fields: &[
                required("publish_status", Rule::Word(PublishStatus::WORDS)),
                // A member of our own: who may read about the product, as in v3.
                optional("visibility", Rule::Word(Visibility::WORDS)),
            ],
            open: true,
        })),
    )],
    open: false,
};

#[derive(Debug, Deserialize)]
struct Changes {
    api_products: BTreeMap<String, Change>,
}

#[derive(Debug, Deserialize)]
struct Change {
    publish_status: PublishStatus,
    visibility: Option<Visibility>,
}

async fn publish(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let site = find(&portal, &id).await?;
    let changes: Changes = input(body, &SHAPE)?;
    let mut tx = portal.db().begin().await?;
    for (key, change) in changes.api_products {
        let missing = || {
            let field = format!("api_products.{key}");
            let reason = format!("there is no API product {key}");
            Error::invalid(Violation::body(field, "missing_reference", reason))
        };
        let product: ApiProductId = key.parse().map_err(|_| missing())?;
        if store::api_products::find(&mut tx, product).await?.is_none() {
            return Err(missing().into());
        }
        let verb = match change.publish_status {
            PublishStatus::Published => {
                store::api_products::publish(&mut tx, product, site.id, admin.ctx.now).await?;
                if let Some(visibility) = change.visibility {
                    set_visibility(&mut tx, product, site.id, visibility).await?;
                }
                "publish"
            }
            PublishStatus::Unpublished => {
                store::api_products::unpublish(&mut tx, product, site.id).await?;
                "unpublish"
            }
        };
        let entry = Entry::new(verb, "api_product", product).in_portal(site.id);
        portal.audit(&mut tx, &admin.ctx, entry).await?;
    }
    let revision = tx
        .record_change(topic::CONFIGURATION, &site.id.to_string())
        .await?;
    tx.commit().await?;
    Ok(settled(&portal, Some(revision), StatusCode::NO_CONTENT).await)
}

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let site = find(&portal, &id).await?;
    let listing = query.listing(COLUMNS, "t.created_at")?;
    let listing = listing.within(store::api_products::IN_PORTAL, site.id);
    let (products, total) = store::api_products::list(portal.db(), &listing).await?;
    let ids = || products.iter().map(|product| product.id);
    let portals = store::api_products::named_portals(portal.db(), ids()).await?;
    let versions = store::product_versions::count_by_product(portal.db(), ids()).await?;
    let data = products.iter().map(|product| {
        let portals = portals.get(&product.id).into_iter().flatten();
        json!({
            "id": product.id,
            "name": product.name,
            "description": product.description,
            "portal_ids": portals.map(|portal| portal.id).collect::<Vec<_>>(),
            "version_count": versions.get(&product.id).unwrap_or(&0),
            "labels": product.labels,
            "created_at": moment(product.created_at),
            "updated_at": moment(product.updated_at),
        })
    });
    Ok(Json(Page::new(data.collect(), &listing, total)))
}
