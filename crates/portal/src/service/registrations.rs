//! Registrations of applications for APIs, as administrators settle them.
//!
//! Source: Konnect portal-management v2.2.2.

use crate::error::{Error, Violation};
use crate::mail::Sealed;
use crate::model::{
    ApiProductId, Application, ApprovalStatus, ProductVersionId, Registration, RegistrationId, Site,
};
use crate::store::catalogue::{self, Registered};
use crate::store::listing::Listing;
use crate::{Ctx, Portal, store};

use super::applications::Effective;
use super::decisions::Decision;

/// The registration of this portal, with the names of what it is for.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find(
    portal: &Portal,
    site: &Site,
    id: RegistrationId,
) -> Result<Registered, Error> {
    let listing = Listing::all("t.created_at").only("t.id", id);
    let listing = listing.only("t.portal_id", site.id);
    let (found, _) = catalogue::registrations(portal.db(), &listing).await?;
    let found = found.into_iter().next();
    found.ok_or_else(|| Error::not_found("registration", id))
}

/// The version for which an application registers when it names the API alone.
///
/// # Errors
/// [`Error::Invalid`] if no version of it is published in the application's portal.
pub(crate) async fn offered(
    portal: &Portal,
    application: &Application,
    api_id: ApiProductId,
) -> Result<ProductVersionId, Error> {
    let db = portal.db();
    let found = store::publications::offered_of_product(db, api_id, application).await?;
    found.ok_or_else(|| {
        let reason = "\"api_id\" names nothing that is published in this portal";
        Error::invalid(Violation::body("api_id", "missing_reference", reason))
    })
}

/// Approves, revokes or rejects a registration, and tells by mail who may act on its application. Gateways
/// obey from the revision on.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn decide(
    portal: &Portal,
    ctx: &Ctx,
    (site, id): (&Site, RegistrationId),
    decision: &Decision,
) -> Result<Effective<Registration>, Error> {
    let registered = find(portal, site, id).await?;
    let application = store::applications::find(portal.db(), registered.application_id).await?;
    let letters = match &application {
        Some(application) => {
            let about = (site, &registered, application);
            letters(portal, ctx, about, decision).await?
        }
        None => Vec::new(),
    };
    let applications = portal.applications();
    applications
        .decide_registration(ctx, (site.id, id), decision, letters)
        .await
}

/// Ends a registration of an application for its developers, who are told by mail as if it had been revoked
/// or, while it waited, rejected.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn end(
    portal: &Portal,
    ctx: &Ctx,
    (site, application): (&Site, &Application),
    id: RegistrationId,
) -> Result<Effective<()>, Error> {
    let registered = find(portal, site, id).await?;
    let status = match registered.status {
        ApprovalStatus::Approved => Some(ApprovalStatus::Revoked),
        ApprovalStatus::Pending => Some(ApprovalStatus::Rejected),
        ApprovalStatus::Revoked | ApprovalStatus::Rejected => None,
    };
    let letters = match status {
        Some(status) => {
            let about = (site, &registered, application);
            letters(portal, ctx, about, &Decision::silent(status)).await?
        }
        None => Vec::new(),
    };
    let applications = portal.applications();
    applications
        .unregister_telling(ctx, application, id, letters)
        .await
}

/// What tells everybody who may act on an application of a decision about its registration.
async fn letters(
    portal: &Portal,
    ctx: &Ctx,
    (site, registered, application): (&Site, &Registered, &Application),
    decision: &Decision,
) -> Result<Vec<Sealed>, Error> {
    let Registered {
        application_name,
        product_name,
        product_version_name,
        ..
    } = registered;
    let about = [application_name, product_name, product_version_name].map(String::as_str);
    let mut letters = Vec::new();
    for developer in store::developers::acting_on(portal.db(), application).await? {
        letters.extend(decision.letter(portal, ctx, (site, &developer), Some(about))?);
    }
    Ok(letters)
}
