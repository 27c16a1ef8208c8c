//! Portals: made, changed, removed.
//!
//! Source: Konnect portal-management v2.2.2.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use storage::Tx;
use url::Url;

use crate::error::{Error, Violation};
use crate::model::{
    Appearance, AuthStrategyId, AuthenticationSettings, Customization, Labels, PortalId,
    PublishStatus, Site, Visibility,
};
use crate::rest::check::{
    AUTHORITY, HOSTNAME, Rule, Shape, UUID, nullable, optional, required, text,
};
use crate::rest::{apply, input, path_id};
use crate::store::audit::Entry;
use crate::{Ctx, Portal, store};

use super::applications::STILL_LEAVING;
use super::audit_log;

static SHAPE: Shape = Shape {
    fields: &[
        required("name", text(1, 255)),
        optional("display_name", text(1, 255)),
        nullable("description", text(0, 512)),
        optional("is_public", Rule::Boolean),
        optional("rbac_enabled", Rule::Boolean),
        optional("auto_approve_applications", Rule::Boolean),
        optional("auto_approve_developers", Rule::Boolean),
        nullable("custom_domain", HOSTNAME),
        nullable("custom_client_domain", AUTHORITY),
        nullable("default_application_auth_strategy_id", UUID),
        optional("labels", Rule::Labels),
    ],
    open: false,
};

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Writable {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    is_public: bool,
    rbac_enabled: bool,
    auto_approve_applications: bool,
    auto_approve_developers: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_domain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_client_domain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_application_auth_strategy_id: Option<AuthStrategyId>,
    labels: Labels,
}

impl Writable {
    fn of(site: &Site) -> Self {
        Self {
            name: site.name.clone(),
            display_name: Some(site.display_name.clone()),
            description: site.description.clone(),
            is_public: site.is_public,
            rbac_enabled: site.rbac_enabled,
            auto_approve_applications: site.auto_approve_applications,
            auto_approve_developers: site.auto_approve_developers,
            custom_domain: site.custom_domain.clone(),
            custom_client_domain: site.custom_client_domain.clone(),
            default_application_auth_strategy_id: site.default_auth_strategy_id,
            labels: site.labels.clone(),
        }
    }

    fn write(self, site: &mut Site) {
        site.display_name = self.display_name.unwrap_or_else(|| self.name.clone());
        site.name = self.name;
        site.description = self.description;
        site.is_public = self.is_public;
        site.rbac_enabled = self.rbac_enabled;
        site.auto_approve_applications = self.auto_approve_applications;
        site.auto_approve_developers = self.auto_approve_developers;
        site.custom_domain = self.custom_domain.map(|host| host.to_ascii_lowercase());
        site.custom_client_domain = self.custom_client_domain.map(|h| h.to_ascii_lowercase());
        site.default_auth_strategy_id = self.default_application_auth_strategy_id;
        site.labels = self.labels;
    }
}

/// The portal with this id, as it stands in an address.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find(portal: &Portal, id: &str) -> Result<Site, Error> {
    let id = path_id("portal", id)?;
    let site = store::sites::find(portal.db(), id).await?;
    site.ok_or_else(|| Error::not_found("portal", id))
}

/// Makes a portal.
///
/// # Errors
/// [`Error::Invalid`], and [`Error::Conflict`] if its name or a domain is taken.
pub(crate) async fn create(
    portal: &Portal,
    ctx: &Ctx,
    body: Map<String, Value>,
) -> Result<Site, Error> {
    let new: Writable = input(body, &SHAPE)?;
    let mut site = blank(portal, ctx);
    new.write(&mut site);
    add(portal, ctx, &site).await?;
    Ok(site)
}

/// A portal as it is before anything is said of it.
pub(crate) fn blank(portal: &Portal, ctx: &Ctx) -> Site {
    Site {
        id: PortalId::new(portal.entropy()),
        name: String::new(),
        display_name: String::new(),
        description: None,
        is_public: false,
        rbac_enabled: false,
        auto_approve_applications: false,
        auto_approve_developers: false,
        custom_domain: None,
        custom_client_domain: None,
        default_auth_strategy_id: None,
        default_api_visibility: Visibility::Private,
        default_page_visibility: Visibility::Private,
        appearance: Appearance::new(),
        customization: Customization::new(),
        ip_allow_list: Vec::new(),
        authentication: AuthenticationSettings::default(),
        labels: Labels::new(),
        pages_revision: 0,
        created_at: ctx.now,
        updated_at: ctx.now,
    }
}

/// Writes a new portal.
///
/// # Errors
/// [`Error::Invalid`] if its strategy does not exist, and [`Error::Conflict`] if its name or a domain is
/// taken.
pub(crate) async fn add(portal: &Portal, ctx: &Ctx, site: &Site) -> Result<(), Error> {
    let mut tx = portal.db().begin().await?;
    check_strategy(&mut tx, site).await?;
    store::sites::insert(&mut tx, site).await.map_err(taken)?;
    let entry = Entry::new("create", "portal", site.id).in_portal(site.id);
    let entry = entry.making(site);
    portal.audit(&mut tx, ctx, entry).await?;
    tx.commit().await?;
    Ok(())
}

/// Changes what `body` names.
///
/// # Errors
/// Those of [`create`].
pub(crate) async fn update(
    portal: &Portal,
    ctx: &Ctx,
    mut site: Site,
    body: Map<String, Value>,
) -> Result<Site, Error> {
    apply(&Writable::of(&site), body, &SHAPE)?.write(&mut site);
    save(portal, ctx, &mut site, "portal").await?;
    Ok(site)
}

/// Writes what changed of a portal; `about` says which part, for the audit.
///
/// # Errors
/// Those of [`add`].
pub(crate) async fn save(
    portal: &Portal,
    ctx: &Ctx,
    site: &mut Site,
    about: &'static str,
) -> Result<(), Error> {
    site.updated_at = ctx.now;
    let mut tx = portal.db().begin().await?;
    check_strategy(&mut tx, site).await?;
    let before = store::sites::find(&mut tx, site.id).await?;
    store::sites::update(&mut tx, site).await.map_err(taken)?;
    let entry = Entry::new("update", about, site.id).in_portal(site.id);
    let entry = entry.changing(&before, &*site);
    portal.audit(&mut tx, ctx, entry).await?;
    tx.commit().await?;
    Ok(())
}

/// What is in portals.
#[derive(Debug)]
pub(crate) struct Counts {
    developers: HashMap<PortalId, i64>,
    applications: HashMap<PortalId, i64>,
    products: HashMap<PortalId, i64>,
}

/// What is in one portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    /// Developers who signed up there.
    pub(crate) developers: i64,
    /// Their applications.
    pub(crate) applications: i64,
    /// Products that developers find there.
    pub(crate) products: i64,
}

impl Counts {
    /// Counts what is in these portals.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub(crate) async fn of(
        portal: &Portal,
        ids: impl Iterator<Item = PortalId> + Clone,
    ) -> Result<Self, Error> {
        let db = portal.db();
        Ok(Self {
            developers: store::developers::count_by_portal(db, ids.clone()).await?,
            applications: store::applications::count_by_portal(db, ids.clone()).await?,
            products: store::api_products::count_by_portal(db, ids).await?,
        })
    }

    /// Those of one of them.
    pub(crate) fn of_one(&self, id: PortalId) -> Counted {
        let of = |counts: &HashMap<PortalId, i64>| counts.get(&id).copied().unwrap_or_default();
        Counted {
            developers: of(&self.developers),
            applications: of(&self.applications),
            products: of(&self.products),
        }
    }
}

/// How many versions of products take registrations in a portal.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn active_versions(portal: &Portal, id: PortalId) -> Result<i64, Error> {
    let versions = store::publications::of_portal(portal.db(), id).await?;
    let taking = versions.iter().filter(|version| {
        version.publish_status == PublishStatus::Published
            && version.application_registration_enabled
    });
    Ok(i64::try_from(taking.count()).unwrap_or(i64::MAX))
}

/// Removes a portal with its developers and their applications, of which the clients at identity
/// providers go first. Gives the revision that gateways are to obey.
///
/// # Errors
/// [`Error::Invalid`] if it has developers or takes registrations and `force` is not set,
/// [`Error::Conflict`] while clients could not be removed.
pub(crate) async fn delete(
    portal: &Portal,
    ctx: &Ctx,
    site: &Site,
    force: bool,
) -> Result<i64, Error> {
    let developers = store::developers::count_of(portal.db(), site.id).await?;
    let taking = active_versions(portal, site.id).await?;
    if !force && developers + taking > 0 {
        let reason = format!(
            "this portal has {developers} developers and {taking} product versions that take \
             registrations; remove them first, or delete it with all of them by force=true"
        );
        return Err(Error::invalid(Violation::query(
            "force", "required", reason,
        )));
    }
    for application in store::applications::of_portal(portal.db(), site.id).await? {
        portal.applications().end(ctx, &application).await?;
    }
    let mut tx = portal.db().begin().await?;
    store::sites::delete(&mut tx, site.id)
        .await
        .map_err(|error| Error::from(error).or_conflict(STILL_LEAVING))?;
    let entry = Entry::new("delete", "portal", site.id).in_portal(site.id);
    audit_log::forget(&mut tx, site.id).await?;
    portal.commit(ctx, tx, entry.removing(site)).await
}

/// The host at which a portal answers without a domain of its own.
pub(crate) fn default_domain(portal: &Portal, site: &Site) -> String {
    domain_at(Url::parse(portal.portal_url()).ok().as_ref(), site)
}

fn domain_at(listener: Option<&Url>, site: &Site) -> String {
    let host = listener.and_then(Url::domain).unwrap_or("localhost");
    format!("{}.{host}", site.id)
}

/// The host at which a portal says it is: its own domain, or its default one.
pub(crate) fn canonical_domain(portal: &Portal, site: &Site) -> String {
    let own = site.custom_domain.clone();
    own.unwrap_or_else(|| default_domain(portal, site))
}

/// Where people reach a portal: its own domain, or its default one on the listener of the portals.
pub(crate) fn address(portal: &Portal, site: &Site) -> String {
    address_at(portal.portal_url(), site)
}

/// The same, where the listener of the portals is at `portal_url`.
pub(crate) fn address_at(portal_url: &str, site: &Site) -> String {
    let listener = Url::parse(portal_url).ok();
    let scheme = listener.as_ref().map_or("http", Url::scheme);
    if let Some(domain) = &site.custom_domain {
        return format!("{scheme}://{domain}");
    }
    let host = domain_at(listener.as_ref(), site);
    match listener.as_ref().and_then(Url::port) {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    }
}

/// Every origin at which a portal answers: its own domain alone if it has one; else its default one, and
/// the bare listener for the first portal.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn origins(portal: &Portal, site: &Site) -> Result<Vec<String>, Error> {
    let own = address(portal, site);
    if site.custom_domain.is_some() {
        return Ok(vec![own]);
    }
    let oldest = store::sites::oldest(portal.db()).await?;
    let bare = oldest.is_some_and(|oldest| oldest.id == site.id);
    let bare = bare.then(|| portal.portal_url().to_owned());
    Ok(bare.into_iter().chain([own]).collect())
}

async fn check_strategy(tx: &mut Tx, site: &Site) -> Result<(), Error> {
    if let Some(id) = site.default_auth_strategy_id
        && store::strategies::find(&mut *tx, id).await?.is_none()
    {
        return Err(Error::invalid(Violation::body(
            "default_application_auth_strategy_id",
            "missing_reference",
            format!("there is no application auth strategy {id}"),
        )));
    }
    Ok(())
}

fn taken(error: storage::Error) -> Error {
    let sentence = match &error {
        storage::Error::Unique { constraint } if constraint.contains("domain") => {
            "another portal has this domain"
        }
        _ => "another portal has this name",
    };
    Error::from(error).or_conflict(sentence)
}
