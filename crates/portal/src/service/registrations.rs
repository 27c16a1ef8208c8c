//! Registrations of applications for APIs, as administrators settle them.
//!
//! Source: Konnect portal-management v2.2.2.

use crate::error::Error;
use crate::model::{Registration, RegistrationId, Site};
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

/// Approves, revokes or rejects a registration, and tells its developer by mail. Gateways obey from the
/// revision on.
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
    let developer = store::developers::find(portal.db(), registered.developer_id).await?;
    let letter = match developer {
        Some(developer) => {
            let Registered {
                application_name,
                product_name,
                product_version_name,
                ..
            } = &registered;
            let about = format!("{application_name}, {product_name} {product_version_name}");
            decision.letter(portal, ctx, (site, &developer), Some(&about))?
        }
        None => None,
    };
    let applications = portal.applications();
    applications
        .decide_registration(ctx, (site.id, id), decision, letter)
        .await
}
