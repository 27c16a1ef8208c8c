//! Product versions of a portal: `/v2/portals/{id}/product-versions`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::{delete, get, patch, post, put};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use storage::Tx;

use super::super::{Admin, Route, commit, moment, only, settled};
use super::{find, strategy};
use crate::Portal;
use crate::error::{Error, Violation};
use crate::model::{
    AuthStrategyId, ProductVersionId, Publication, PublicationId, PublishStatus, Site,
};
use crate::rest::check::{Field, Rule, Shape, UUID, optional, required};
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Body, Page, Problem, apply, input, path_id};
use crate::store;
use crate::store::audit::Entry;

pub(super) fn routes() -> Vec<Route> {
    let (all, one) = (
        "/v2/portals/{portal_id}/product-versions",
        "/v2/portals/{portal_id}/product-versions/{version_id}",
    );
    vec![
        (Method::GET, all, get(list)),
        (Method::POST, all, post(create)),
        (Method::GET, one, get(read)),
        (Method::PATCH, one, patch(update)),
        (Method::PUT, one, put(replace)),
        (Method::DELETE, one, delete(remove)),
    ]
}

const COLUMNS: &[Column] = &[
    column("id", "t.id", Kind::Uuid).filter_only(),
    column("product_version_id", "t.product_version_id", Kind::Uuid),
    column(
        "publish_status",
        "t.publish_status",
        Kind::Word(PublishStatus::WORDS),
    ),
    column("auth_strategy_ids", "t.auth_strategy_id", Kind::Uuid),
    column(
        "application_registration_enabled",
        "t.application_registration_enabled",
        Kind::Boolean,
    ),
    column(
        "auto_approve_registration",
        "t.auto_approve_registration",
        Kind::Boolean,
    ),
    column("deprecated", "t.deprecated", Kind::Boolean),
    column("created_at", "t.created_at", Kind::Time),
    column("updated_at", "t.updated_at", Kind::Time),
];

const STATUS: Field = required("publish_status", Rule::Word(PublishStatus::WORDS));
const STRATEGIES: Field = required(
    "auth_strategy_ids",
    Rule::List {
        of: &UUID,
        min: 0,
        max: 1,
    },
);
const TAKES: Field = required("application_registration_enabled", Rule::Boolean);
const APPROVES: Field = required("auto_approve_registration", Rule::Boolean);
const DEPRECATED: Field = required("deprecated", Rule::Boolean);

static CREATE: Shape = Shape {
    fields: &[
        STATUS,
        required("product_version_id", UUID),
        STRATEGIES,
        TAKES,
        APPROVES,
        DEPRECATED,
    ],
    open: false,
};

static UPDATE: Shape = Shape {
    fields: &[
        STATUS,
        STRATEGIES,
        TAKES,
        APPROVES,
        DEPRECATED,
        optional("notify_developers", Rule::Boolean),
    ],
    open: false,
};

#[derive(Debug, Serialize, Deserialize)]
struct Writable {
    publish_status: PublishStatus,
    auth_strategy_ids: Vec<AuthStrategyId>,
    application_registration_enabled: bool,
    auto_approve_registration: bool,
    deprecated: bool,
}

impl Writable {
    fn of(publication: &Publication) -> Self {
        Self {
            publish_status: publication.publish_status,
            auth_strategy_ids: publication.auth_strategy_id.into_iter().collect(),
            application_registration_enabled: publication.application_registration_enabled,
            auto_approve_registration: publication.auto_approve_registration,
            deprecated: publication.deprecated,
        }
    }

    fn write(self, publication: &mut Publication) {
        publication.publish_status = self.publish_status;
        publication.auth_strategy_id = self.auth_strategy_ids.first().copied();
        publication.application_registration_enabled = self.application_registration_enabled;
        publication.auto_approve_registration = self.auto_approve_registration;
        publication.deprecated = self.deprecated;
    }
}

#[derive(Debug, Deserialize)]
struct Create {
    product_version_id: ProductVersionId,
    #[serde(flatten)]
    rest: Writable,
}

async fn create(
    admin: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let site = find(&portal, &id).await?;
    let new: Create = input(body, &CREATE)?;
    let mut publication = blank(&portal, &admin, &site, new.product_version_id);
    new.rest.write(&mut publication);
    let mut tx = portal.db().begin().await?;
    check_references(&mut tx, &publication).await?;
    store::publications::insert(&mut tx, &publication)
        .await
        .map_err(|error| {
            Error::from(error).or_conflict(
                "this product version is in the portal already; change it with PATCH or PUT",
            )
        })?;
    let revision = commit(&portal, &admin.ctx, tx, entry("create", &publication)).await?;
    let body = Json(render_one(&portal, &publication).await?);
    Ok(settled(&portal, Some(revision), (StatusCode::CREATED, body)).await)
}

async fn list(
    _: Admin,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let site = find(&portal, &id).await?;
    let listing = query.listing(COLUMNS, "t.created_at")?;
    let listing = listing.only("t.portal_id", site.id);
    let (publications, total) = store::publications::list(portal.db(), &listing).await?;
    let data = render(&portal, &publications).await?;
    Ok(Json(Page::new(data, &listing, total)))
}

async fn read(
    _: Admin,
    State(portal): State<Portal>,
    Path((id, version)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let site = find(&portal, &id).await?;
    let publication = find_in(&portal, &site, &version).await?;
    Ok(Json(render_one(&portal, &publication).await?))
}

async fn update(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, version)): Path<(String, String)>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let site = find(&portal, &id).await?;
    let mut publication = find_in(&portal, &site, &version).await?;
    apply(&Writable::of(&publication), body, &UPDATE)?.write(&mut publication);
    save(&portal, &admin, publication).await
}

/// Compat: PUT adds the version to the portal if it is not in it, and answers 200 either way.
async fn replace(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, version)): Path<(String, String)>,
    Body(body): Body,
) -> Result<Response, Problem> {
    let site = find(&portal, &id).await?;
    let new: Writable = input(body, &UPDATE)?;
    let version_id = path_id("product version", &version)?;
    let found = store::publications::find_in(portal.db(), site.id, version_id).await?;
    let Some(mut publication) = found else {
        if store::product_versions::find(portal.db(), version_id)
            .await?
            .is_none()
        {
            return Err(Error::not_found("product version", version_id).into());
        }
        let mut publication = blank(&portal, &admin, &site, version_id);
        new.write(&mut publication);
        let mut tx = portal.db().begin().await?;
        check_references(&mut tx, &publication).await?;
        store::publications::insert(&mut tx, &publication).await?;
        let revision = commit(&portal, &admin.ctx, tx, entry("create", &publication)).await?;
        let body = Json(render_one(&portal, &publication).await?);
        return Ok(settled(&portal, Some(revision), body).await);
    };
    new.write(&mut publication);
    save(&portal, &admin, publication).await
}

async fn remove(
    admin: Admin,
    State(portal): State<Portal>,
    Path((id, version)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let site = find(&portal, &id).await?;
    let publication = find_in(&portal, &site, &version).await?;
    let mut tx = portal.db().begin().await?;
    store::publications::delete(&mut tx, publication.id).await?;
    let revision = commit(&portal, &admin.ctx, tx, entry("delete", &publication)).await?;
    Ok(settled(&portal, Some(revision), StatusCode::NO_CONTENT).await)
}

async fn save(
    portal: &Portal,
    admin: &Admin,
    mut publication: Publication,
) -> Result<Response, Problem> {
    publication.updated_at = admin.ctx.now;
    let mut tx = portal.db().begin().await?;
    check_references(&mut tx, &publication).await?;
    store::publications::update(&mut tx, &publication).await?;
    let revision = commit(portal, &admin.ctx, tx, entry("update", &publication)).await?;
    let body = Json(render_one(portal, &publication).await?);
    Ok(settled(portal, Some(revision), body).await)
}

fn blank(
    portal: &Portal,
    admin: &Admin,
    site: &Site,
    product_version_id: ProductVersionId,
) -> Publication {
    Publication {
        id: PublicationId::new(portal.entropy()),
        portal_id: site.id,
        product_version_id,
        publish_status: PublishStatus::Unpublished,
        auth_strategy_id: None,
        application_registration_enabled: false,
        auto_approve_registration: false,
        deprecated: false,
        created_at: admin.ctx.now,
        updated_at: admin.ctx.now,
    }
}

fn entry<'a>(verb: &'a str, publication: &Publication) -> Entry<'a> {
    let entry = Entry::new(verb, "portal_product_version", publication.id);
    entry.in_portal(publication.portal_id)
}

/// Version and strategy exist, and registrations have a strategy to register with.
async fn check_references(tx: &mut Tx, publication: &Publication) -> Result<(), Error> {
    let version = publication.product_version_id;
    let mut found = Vec::new();
    if store::product_versions::find(&mut *tx, version)
        .await?
        .is_none()
    {
        found.push(Violation::body(
            "product_version_id",
            "missing_reference",
            format!("there is no product version {version}"),
        ));
    }
    if let Some(id) = publication.auth_strategy_id {
        let strategy = store::strategies::find(&mut *tx, id).await?;
        if strategy.is_none() {
            found.push(Violation::body(
                "auth_strategy_ids.0",
                "missing_reference",
                format!("there is no application auth strategy {id}"),
            ));
        }
    } else if publication.application_registration_enabled {
        found.push(Violation::body(
            "auth_strategy_ids",
            "required",
            "applications register with an auth strategy: name one, or set \
             \"application_registration_enabled\" to false",
        ));
    }
    if found.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(found))
    }
}

async fn find_in(portal: &Portal, site: &Site, version: &str) -> Result<Publication, Error> {
    let id = path_id("product version", version)?;
    let publication = store::publications::find_in(portal.db(), site.id, id).await?;
    publication.ok_or_else(|| Error::not_found("product version in this portal", id))
}

async fn render_one(portal: &Portal, publication: &Publication) -> Result<Value, Error> {
    Ok(only(
        render(portal, std::slice::from_ref(publication)).await?,
    ))
}

async fn render(portal: &Portal, publications: &[Publication]) -> Result<Vec<Value>, Error> {
    let used = publications
        .iter()
        .filter_map(|publication| publication.auth_strategy_id);
    let strategies = store::strategies::among(portal.db(), used).await?;
    let rendered = publications.iter().map(|publication| {
        let used = publication
            .auth_strategy_id
            .and_then(|id| strategies.get(&id));
        json!({
            "id": publication.id,
            "product_version_id": publication.product_version_id,
            "publish_status": publication.publish_status,
            "auth_strategies": used.into_iter().map(strategy).collect::<Vec<_>>(),
            "application_registration_enabled": publication.application_registration_enabled,
            "auto_approve_registration": publication.auto_approve_registration,
            "deprecated": publication.deprecated,
            "created_at": moment(publication.created_at),
            "updated_at": moment(publication.updated_at),
        })
    });
    Ok(rendered.collect())
}
