//! APIs in portals: published, changed, withdrawn.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::versions;
use crate::model::{ApiProduct, AuthStrategyId, PublishStatus, Site, Visibility};
use crate::rest::check::{Rule, Shape, UUID, nullable, optional};
use crate::rest::input;
use crate::service::products;
use crate::service::publications::{blank, check_references};
use crate::service::version_mail::{self, Notice};
use crate::store::api_publications::{self, ApiPublication};
use crate::store::audit::Entry;
use crate::store::{api_products, product_versions, publications};
use crate::{Ctx, Error, Portal};

static SHAPE: Shape = Shape {
    fields: &[
        nullable(
            "auth_strategy_ids",
            Rule::List {
                of: &UUID,
                min: 1,
                max: 1,
            },
        ),
        optional("auto_approve_registrations", Rule::Boolean),
        optional("visibility", Rule::Word(Visibility::WORDS)),
    ],
    open: false,
};

#[derive(Deserialize)]
struct Input {
    auth_strategy_ids: Option<Vec<AuthStrategyId>>,
    #[serde(default)]
    auto_approve_registrations: bool,
    visibility: Option<Visibility>,
}

/// An API in a portal.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find(
    portal: &Portal,
    api: &ApiProduct,
    site: &Site,
) -> Result<ApiPublication, Error> {
    let found = api_publications::find(portal.db(), api.id, site.id).await?;
    found.ok_or_else(|| Error::not_found("publication in this portal of the API", api.id))
}

/// Publishes an API to a portal with all of its versions, or changes how it is published. Without
/// `auth_strategy_ids` or `visibility` the portal's default counts; null asks for no strategy. Gives the
/// revision that gateways are to obey.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) async fn publish(
    portal: &Portal,
    ctx: &Ctx,
    api: &ApiProduct,
    site: &Site,
    body: Map<String, Value>,
) -> Result<(ApiPublication, i64), Error> {
    let says_strategy = body.contains_key("auth_strategy_ids");
    let input: Input = input(body, &SHAPE)?;
    let strategy = match says_strategy {
        true => input.auth_strategy_ids.unwrap_or_default().first().copied(),
        false => site.default_auth_strategy_id,
    };
    let visibility = input.visibility.unwrap_or(site.default_api_visibility);
    let mut tx = portal.db().begin().await?;
    let before = api_publications::find(&mut tx, api.id, site.id).await?;
    api_products::publish(&mut tx, api.id, site.id, ctx.now).await?;
    api_publications::set_visibility(&mut tx, api.id, site.id, visibility).await?;
    for version in versions::all(portal, ctx, &mut tx, api).await? {
        let present = publications::find_in(&mut tx, site.id, version.id).await?;
        let is_new = present.is_none();
        let mut publication = present.unwrap_or_else(|| blank(portal, ctx, site, version.id));
        publication.publish_status = PublishStatus::Published;
        publication.auth_strategy_id = strategy;
        publication.application_registration_enabled = strategy.is_some();
        publication.auto_approve_registration = input.auto_approve_registrations;
        publication.updated_at = ctx.now;
        check_references(&mut tx, &publication).await?;
        match is_new {
            true => publications::insert(&mut tx, &publication).await?,
            false => publications::update(&mut tx, &publication).await?,
        }
    }
    let published = api_publications::find(&mut tx, api.id, site.id).await?;
    let published = published.ok_or_else(|| Error::not_found("API", api.id))?;
    let entry = Entry::new("publish", "api_product", api.id).in_portal(site.id);
    let entry = entry.changing(&before, &published);
    let revision = portal.commit(ctx, tx, entry).await?;
    Ok((published, revision))
}

/// Takes an API with all of its versions out of a portal. Developers who lose access by it are told if they
/// are to be. Gives the revision that gateways are to obey.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn withdraw(
    portal: &Portal,
    ctx: &Ctx,
    api: &ApiProduct,
    site: &Site,
    notice: Notice,
) -> Result<i64, Error> {
    let mut tx = portal.db().begin().await?;
    let ending = products::ending(&mut tx, api, Some(site.id)).await?;
    version_mail::withdrawn(portal, ctx, &mut tx, (ending, notice)).await?;
    let before = api_publications::find(&mut tx, api.id, site.id).await?;
    for version in product_versions::of_product(&mut tx, api.id).await? {
        let present = publications::find_in(&mut tx, site.id, version.id).await?;
        if let Some(publication) = present {
            publications::delete(&mut tx, publication.id).await?;
        }
    }
    api_products::unpublish(&mut tx, api.id, site.id).await?;
    let entry = Entry::new("unpublish", "api_product", api.id).in_portal(site.id);
    portal.commit(ctx, tx, entry.removing(&before)).await
}
