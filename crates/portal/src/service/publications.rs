//! Product versions in portals: published, changed, withdrawn.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use storage::Tx;

use super::removals;
use super::version_mail::{self, Ending, Notice};
use crate::error::Violation;
use crate::model::{
    Act, ApiProduct, AuthStrategyId, EntityType, ProductVersionId, Publication, PublicationId,
    PublishStatus, RemovalId, Removed, RemovedPublication, Site,
};
use crate::rest::check::{Field, Rule, Shape, UUID, optional, required};
use crate::rest::{apply, input, path_id};
use crate::store::audit::Entry;
use crate::{Ctx, Error, Portal, store};

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
    /// Whether developers are told that it becomes deprecated; nothing that is kept.
    #[serde(default)]
    notify_developers: bool,
}

impl Writable {
    fn of(publication: &Publication) -> Self {
        Self {
            publish_status: publication.publish_status,
            auth_strategy_ids: publication.auth_strategy_id.into_iter().collect(),
            application_registration_enabled: publication.application_registration_enabled,
            auto_approve_registration: publication.auto_approve_registration,
            deprecated: publication.deprecated,
            notify_developers: false,
        }
    }

    /// Whether this makes it deprecated, and developers are to be told.
    const fn tells(&self, earlier: &Publication) -> bool {
        self.notify_developers && self.deprecated && !earlier.deprecated
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

/// Puts a version into a portal. Gives the revision that gateways are to obey.
///
/// # Errors
/// [`Error::Invalid`], and [`Error::Conflict`] if it is there already.
pub(crate) async fn create(
    portal: &Portal,
    ctx: &Ctx,
    site: &Site,
    body: Map<String, Value>,
) -> Result<(Publication, i64), Error> {
    let new: Create = input(body, &CREATE)?;
    let mut publication = blank(portal, ctx, site, new.product_version_id);
    new.rest.write(&mut publication);
    let mut tx = portal.db().begin().await?;
    check_references(&mut tx, &publication).await?;
    may_publish(ctx, &mut tx, &publication).await?;
    store::publications::insert(&mut tx, &publication)
        .await
        .map_err(|error| {
            Error::from(error).or_conflict(
                "this product version is in the portal already; change it with PATCH or PUT",
            )
        })?;
    let entry = entry("create", &publication).making(&publication);
    let revision = portal.commit(ctx, tx, entry).await?;
    Ok((publication, revision))
}

/// Changes what `body` names. Gives the revision that gateways are to obey.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) async fn update(
    portal: &Portal,
    ctx: &Ctx,
    mut publication: Publication,
    body: Map<String, Value>,
) -> Result<(Publication, i64), Error> {
    let new = apply(&Writable::of(&publication), body, &UPDATE)?;
    let tells = new.tells(&publication);
    new.write(&mut publication);
    save(portal, ctx, publication, tells).await
}

/// Puts a version into a portal as `body` says, whether it was there or not. Gives the revision that
/// gateways are to obey.
///
/// # Errors
/// [`Error::Invalid`], and [`Error::NotFound`] if there is no such version.
pub(crate) async fn replace(
    portal: &Portal,
    ctx: &Ctx,
    site: &Site,
    version: &str,
    body: Map<String, Value>,
) -> Result<(Publication, i64), Error> {
    let new: Writable = input(body, &UPDATE)?;
    let version_id = path_id("product version", version)?;
    let found = store::publications::find_in(portal.db(), site.id, version_id).await?;
    if let Some(mut publication) = found {
        let tells = new.tells(&publication);
        new.write(&mut publication);
        return save(portal, ctx, publication, tells).await;
    }
    let version = store::product_versions::find(portal.db(), version_id).await?;
    if version.is_none() {
        return Err(Error::not_found("product version", version_id));
    }
    let mut publication = blank(portal, ctx, site, version_id);
    new.write(&mut publication);
    let mut tx = portal.db().begin().await?;
    check_references(&mut tx, &publication).await?;
    may_publish(ctx, &mut tx, &publication).await?;
    store::publications::insert(&mut tx, &publication).await?;
    let entry = entry("create", &publication).making(&publication);
    let revision = portal.commit(ctx, tx, entry).await?;
    Ok((publication, revision))
}

/// Takes a version out of a portal, which can be undone for a while: registrations for it stay, and count
/// again when it is back. Developers who lose access by it are told if they are to be. Gives the revision
/// that gateways are to obey.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn delete(
    portal: &Portal,
    ctx: &Ctx,
    publication: &Publication,
    notice: Notice,
) -> Result<(i64, RemovalId), Error> {
    let mut tx = portal.db().begin().await?;
    let named = store::publications::in_words(&mut tx, publication).await?;
    let (product_id, name) = named.ok_or_else(|| gone(publication))?;
    if let Some(product) = store::api_products::find(&mut tx, product_id).await? {
        let ending = ending(&product, publication);
        version_mail::withdrawn(portal, ctx, &mut tx, (ending, notice)).await?;
    }
    let removed = Removed::Publication(Box::new(RemovedPublication {
        publication: publication.clone(),
        product_id,
        name,
    }));
    let removal = removals::keep(portal, ctx, &mut tx, removed).await?;
    store::publications::delete(&mut tx, publication.id).await?;
    let entry = entry("delete", publication).removing(publication);
    Ok((portal.commit(ctx, tx, entry).await?, removal))
}

/// What ends if a version is taken out of a portal.
pub(crate) fn ending<'a>(product: &'a ApiProduct, publication: &Publication) -> Ending<'a> {
    Ending {
        product,
        versions: vec![publication.product_version_id],
        portal: Some(publication.portal_id),
    }
}

fn gone(publication: &Publication) -> Error {
    Error::not_found(
        "product version in this portal",
        publication.product_version_id,
    )
}

/// That whoever may publish in the portal may publish the product, too.
async fn may_publish(ctx: &Ctx, tx: &mut Tx, publication: &Publication) -> Result<(), Error> {
    let version = store::product_versions::find(tx, publication.product_version_id).await?;
    match version {
        Some(version) => ctx.may(
            EntityType::ApiProducts,
            version.api_product_id,
            Act::Publish,
        ),
        None => Ok(()),
    }
}

async fn save(
    portal: &Portal,
    ctx: &Ctx,
    mut publication: Publication,
    tells: bool,
) -> Result<(Publication, i64), Error> {
    publication.updated_at = ctx.now;
    let mut tx = portal.db().begin().await?;
    check_references(&mut tx, &publication).await?;
    let (site, version) = (publication.portal_id, publication.product_version_id);
    let before = store::publications::find_in(&mut tx, site, version).await?;
    store::publications::update(&mut tx, &publication).await?;
    if tells {
        let (version, site) = (publication.product_version_id, publication.portal_id);
        version_mail::deprecated(portal, ctx, &mut tx, version, Some(site)).await?;
    }
    let entry = entry("update", &publication).changing(&before, &publication);
    let revision = portal.commit(ctx, tx, entry).await?;
    Ok((publication, revision))
}

/// A version that is to be put into a portal.
pub(super) fn blank(
    portal: &Portal,
    ctx: &Ctx,
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
        created_at: ctx.now,
        updated_at: ctx.now,
    }
}

fn entry<'a>(verb: &'a str, publication: &Publication) -> Entry<'a> {
    let entry = Entry::new(verb, "portal_product_version", publication.id);
    entry.in_portal(publication.portal_id)
}

/// Version and strategy exist, and registrations have a strategy to register with.
///
/// # Errors
/// [`Error::Invalid`].
pub(super) async fn check_references(tx: &mut Tx, publication: &Publication) -> Result<(), Error> {
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

/// A version's entry in a portal.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find_in(
    portal: &Portal,
    site: &Site,
    version: &str,
) -> Result<Publication, Error> {
    let id = path_id("product version", version)?;
    let publication = store::publications::find_in(portal.db(), site.id, id).await?;
    publication.ok_or_else(|| Error::not_found("product version in this portal", id))
}
