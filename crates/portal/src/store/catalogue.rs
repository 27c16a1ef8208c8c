//! The catalogue of a portal: what is published there, and who registered for it.

use oauth::Timestamp;
use storage::{Error, Json, Row};

use super::Read;
use super::audience::Audience;
use super::listing::{self, Listing};
use crate::model::{
    ApiProductId, ApplicationId, ApprovalStatus, AuthStrategyId, DeveloperId, Labels, PortalId,
    ProductVersionId, RegistrationId, Visibility,
};

/// A product as developers find it.
#[derive(Clone, Debug)]
pub(crate) struct Product {
    /// Its id.
    pub(crate) id: ApiProductId,
    /// Name.
    pub(crate) name: String,
    /// What it is.
    pub(crate) description: Option<String>,
    /// Labels that developers see.
    pub(crate) public_labels: Labels,
    /// Who may read about it in this portal.
    pub(crate) visibility: Visibility,
    /// How many documents they see.
    pub(crate) document_count: i64,
    /// How many versions they see.
    pub(crate) version_count: i64,
    /// The one that was made last, of those.
    pub(crate) latest_version: Option<(ProductVersionId, String)>,
    /// When it was created.
    pub(crate) created_at: Timestamp,
    /// When it last changed.
    pub(crate) updated_at: Timestamp,
}

/// A version as developers find it, and how they get access.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    /// Its id.
    pub(crate) id: ProductVersionId,
    /// Its product.
    pub(crate) api_product_id: ApiProductId,
    /// Name, such as `v1`.
    pub(crate) name: String,
    /// Not for new work.
    pub(crate) deprecated: bool,
    /// How callers prove who they are; `None` for everybody.
    pub(crate) auth_strategy_id: Option<AuthStrategyId>,
    /// Whether applications may register.
    pub(crate) registration_enabled: bool,
    /// Whether a registration is approved at once.
    pub(crate) registration_auto_approve: bool,
    /// When it was created.
    pub(crate) created_at: Timestamp,
    /// When it last changed.
    pub(crate) updated_at: Timestamp,
}

/// A registration with the names of what it is for.
#[derive(Clone, Debug)]
pub(crate) struct Registered {
    /// Its id.
    pub(crate) id: RegistrationId,
    /// Where.
    pub(crate) portal_id: PortalId,
    /// The portal's name.
    pub(crate) portal_name: String,
    /// Who.
    pub(crate) application_id: ApplicationId,
    /// Its name.
    pub(crate) application_name: String,
    /// The developer.
    pub(crate) developer_id: DeveloperId,
    /// Their name.
    pub(crate) developer_name: String,
    /// Where it stands.
    pub(crate) status: ApprovalStatus,
    /// Scopes granted, where they are granted one by one.
    pub(crate) granted_scopes: Option<Vec<String>>,
    /// The product.
    pub(crate) product_id: ApiProductId,
    /// Its name.
    pub(crate) product_name: String,
    /// What stands for it in addresses.
    pub(crate) product_slug: Option<String>,
    /// The version that the product itself says it has.
    pub(crate) own_version: Option<String>,
    /// The version.
    pub(crate) product_version_id: ProductVersionId,
    /// Its name.
    pub(crate) product_version_name: String,
    /// When it was requested.
    pub(crate) created_at: Timestamp,
    /// When it last changed.
    pub(crate) updated_at: Timestamp,
}

/// An application, and how it stands to one version.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    /// The application.
    pub(crate) id: ApplicationId,
    /// Its name.
    pub(crate) name: String,
    /// Its strategy.
    pub(crate) auth_strategy_id: AuthStrategyId,
    /// Its registration for the version, if there is one.
    pub(crate) registration: Option<(RegistrationId, ApprovalStatus)>,
    /// When the application was created.
    pub(crate) created_at: Timestamp,
    /// When it last changed.
    pub(crate) updated_at: Timestamp,
}

// The expression, which is the id, keeps SQLite from beginning with all products of the portal and sorting
// them: it begins with the products in their order and stops when the page is full.
const PRODUCTS: &str = "portal_api_product t \
                        JOIN portal_api_product_portal p ON p.api_product_id = t.id || ''";
// A cross join, so that SQLite begins with the product's few versions: begun with the portal's publications
// it takes a second for a page out of ten thousand products, and seven milliseconds this way.
const VISIBLE: &str = "FROM portal_product_version v CROSS JOIN portal_publication u \
                       WHERE u.product_version_id = v.id AND v.api_product_id = t.id \
                       AND u.portal_id = p.portal_id AND u.publish_status = 'published'";

/// One page of the products that somebody sees. The product's alias is `t`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn products(
    read: impl Read,
    audience: Audience,
    listing: &Listing,
) -> Result<(Vec<Product>, i64), Error> {
    let latest = format!("{VISIBLE} ORDER BY v.created_at DESC, v.id DESC LIMIT 1");
    let columns = format!(
        "t.id, t.name, t.description, t.public_labels, p.visibility, t.created_at, t.updated_at, \
         (SELECT COUNT(*) {VISIBLE}) AS version_count, \
         (SELECT v.id {latest}) AS latest_id, (SELECT v.name {latest}) AS latest_name, \
         (SELECT COUNT(*) FROM portal_document d \
          WHERE d.api_product_id = t.id AND d.status = 'published') AS document_count"
    );
    let listing = audience.products(listing);
    listing::page(read, &columns, PRODUCTS, "t.id", &listing, product).await
}

fn product(row: &Row) -> Result<Product, Error> {
    let latest_id: Option<ProductVersionId> = row.get("latest_id")?;
    let latest_name: Option<String> = row.get("latest_name")?;
    Ok(Product {
        id: row.get("id")?,
        name: row.get("name")?,
        description: row.get("description")?,
        public_labels: row.get::<Json<_>>("public_labels")?.0,
        visibility: row.get("visibility")?,
        document_count: row.get("document_count")?,
        version_count: row.get("version_count")?,
        latest_version: latest_id.zip(latest_name),
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// One page of the versions that somebody sees. The version's alias is `t`, the publication's `u`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn versions(
    read: impl Read,
    audience: Audience,
    listing: &Listing,
) -> Result<(Vec<Version>, i64), Error> {
    let columns = "t.id, t.api_product_id, t.name, t.deprecated, u.deprecated AS deprecated_here, \
                   u.auth_strategy_id, u.application_registration_enabled, \
                   u.auto_approve_registration, t.created_at, t.updated_at";
    let from = "portal_product_version t \
                JOIN portal_publication u ON u.product_version_id = t.id \
                JOIN portal_api_product_portal p \
                  ON p.api_product_id = t.api_product_id AND p.portal_id = u.portal_id";
    let listing = audience.versions(listing);
    let listing = listing.only("u.publish_status", "published");
    listing::page(read, columns, from, "t.id", &listing, version).await
}

fn version(row: &Row) -> Result<Version, Error> {
    Ok(Version {
        id: row.get("id")?,
        api_product_id: row.get("api_product_id")?,
        name: row.get("name")?,
        deprecated: row.get::<bool>("deprecated")? || row.get::<bool>("deprecated_here")?,
        auth_strategy_id: row.get("auth_strategy_id")?,
        registration_enabled: row.get("application_registration_enabled")?,
        registration_auto_approve: row.get("auto_approve_registration")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// One page of registrations. The registration's alias is `t`, the version's `v`, the product's `a`, the
/// application's `n`, the portal's `o`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn registrations(
    read: impl Read,
    listing: &Listing,
) -> Result<(Vec<Registered>, i64), Error> {
    let columns = "t.id, t.portal_id, o.name AS portal_name, t.application_id, t.status, t.granted_scopes, t.created_at, t.updated_at, \
                   v.id AS version_id, v.name AS version_name, a.id AS product_id, \
                   a.name AS product_name, a.slug AS product_slug, a.version AS own_version, n.name AS application_name, n.developer_id, \
                   d.full_name AS developer_name";
    let joined = "JOIN portal_product_version v ON v.id = t.product_version_id \
                JOIN portal_api_product a ON a.id = v.api_product_id \
                JOIN portal_application n ON n.id = t.application_id \
                JOIN portal_developer d ON d.id = n.developer_id \
                JOIN portal_portal o ON o.id = t.portal_id";
    let rows = "portal_registration t";
    listing::page_of(read, columns, (rows, joined), listing, registered).await
}

fn registered(row: &Row) -> Result<Registered, Error> {
    let scopes: Option<Json<Vec<String>>> = row.get("granted_scopes")?;
    Ok(Registered {
        id: row.get("id")?,
        portal_id: row.get("portal_id")?,
        portal_name: row.get("portal_name")?,
        application_id: row.get("application_id")?,
        application_name: row.get("application_name")?,
        developer_id: row.get("developer_id")?,
        developer_name: row.get("developer_name")?,
        status: row.get("status")?,
        granted_scopes: scopes.map(|scopes| scopes.0),
        product_id: row.get("product_id")?,
        product_name: row.get("product_name")?,
        product_slug: row.get("product_slug")?,
        own_version: row.get("own_version")?,
        product_version_id: row.get("version_id")?,
        product_version_name: row.get("version_name")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

const CANDIDATE: &str = "t.id, t.name, t.auth_strategy_id, t.created_at, t.updated_at, \
                         r.id AS registration_id, r.status AS registration_status";

/// One page of applications with their registration for a version. The application's alias is `t`,
/// the registration's `r`.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn candidates(
    read: impl Read,
    version_id: ProductVersionId,
    listing: &Listing,
) -> Result<(Vec<Candidate>, i64), Error> {
    // An id is hexadecimal digits and hyphens: nothing to escape.
    let from = format!(
        "portal_application t LEFT JOIN portal_registration r \
         ON r.application_id = t.id AND r.product_version_id = '{version_id}'"
    );
    listing::page(read, CANDIDATE, &from, "t.id", listing, candidate).await
}

/// The same with their registration for any version of a product, an approved one first.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn candidates_of_product(
    read: impl Read,
    product_id: ApiProductId,
    listing: &Listing,
) -> Result<(Vec<Candidate>, i64), Error> {
    // An id is hexadecimal digits and hyphens: nothing to escape.
    let from = format!(
        "portal_application t LEFT JOIN portal_registration r ON r.id = \
         (SELECT x.id FROM portal_registration x \
          JOIN portal_product_version v ON v.id = x.product_version_id \
          WHERE x.application_id = t.id AND v.api_product_id = '{product_id}' \
          ORDER BY CASE WHEN x.status = 'approved' THEN 0 ELSE 1 END, x.created_at, x.id LIMIT 1)"
    );
    listing::page(read, CANDIDATE, &from, "t.id", listing, candidate).await
}

fn candidate(row: &Row) -> Result<Candidate, Error> {
    let id: Option<RegistrationId> = row.get("registration_id")?;
    let status: Option<ApprovalStatus> = row.get("registration_status")?;
    Ok(Candidate {
        id: row.get("id")?,
        name: row.get("name")?,
        auth_strategy_id: row.get("auth_strategy_id")?,
        registration: id.zip(status),
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}
