//! Telling developers that a version ends.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use storage::Tx;

use crate::mail::{self, Mail, Subject};
use crate::model::{PortalId, ProductVersionId, Site};
use crate::store::registrations::{self, Holder};
use crate::{Ctx, Error, Portal, store};

use super::sites;

/// Writes a mail to everybody with an application that is registered for a version, in one portal or in
/// all of them. The mails leave when the transaction commits; each developer gets one.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn announce(
    portal: &Portal,
    ctx: &Ctx,
    tx: &mut Tx,
    version: ProductVersionId,
    only: Option<PortalId>,
) -> Result<(), Error> {
    let Some(version) = store::product_versions::find(&mut *tx, version).await? else {
        return Ok(());
    };
    let product = store::api_products::find(&mut *tx, version.api_product_id).await?;
    let Some(product) = product else {
        return Ok(());
    };
    let mut known: HashMap<PortalId, Option<Site>> = HashMap::new();
    for holder in registrations::holders(&mut *tx, version.id).await? {
        let Holder {
            portal_id,
            email,
            full_name,
            locale,
        } = holder;
        if only.is_some_and(|only| only != portal_id) {
            continue;
        }
        let site = match known.entry(portal_id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(store::sites::find(&mut *tx, portal_id).await?),
        };
        let Some(site) = site else {
            continue;
        };
        let mail = Mail {
            subject: Subject::Deprecated,
            portal_id: Some(portal_id),
            names: [String::new(), product.name.clone(), version.name.clone()],
            named: String::new(),
            to: email,
            full_name,
            portal: site.display_name.clone(),
            link: format!("{}/products/{}", sites::address(portal, site), product.id),
            hours: 0,
            until: None,
            locale: locale.unwrap_or_default(),
            about: format!("{} {}", product.name, version.name),
            reason: String::new(),
            written_at: ctx.now,
        };
        mail::post(tx, portal.sealer(), portal.entropy(), &mail).await?;
    }
    Ok(())
}
