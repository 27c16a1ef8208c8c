//! Telling developers what becomes of versions for which their applications are registered: that one is
//! deprecated, that one ends.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use storage::Tx;

use crate::mail::{self, Mail, Subject};
use crate::model::{ApiProduct, PortalId, ProductVersionId, Site};
use crate::store::registrations::{self, Holder, Losing};
use crate::{Ctx, Error, Portal, store};

use super::sites;

/// Whether developers are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// By mail.
    Mail,
    /// They find out.
    None,
}

impl From<bool> for Notice {
    fn from(wanted: bool) -> Self {
        match wanted {
            true => Self::Mail,
            false => Self::None,
        }
    }
}

/// Versions of one product that end.
#[derive(Clone, Debug)]
pub(crate) struct Ending<'a> {
    pub(crate) product: &'a ApiProduct,
    pub(crate) versions: Vec<ProductVersionId>,
    /// In this portal, or everywhere.
    pub(crate) portal: Option<PortalId>,
}

/// Writes a mail to everybody with an application that is registered for a version, in one portal or in
/// all of them. The mails leave when the transaction commits; each developer gets one.
///
/// # Errors
/// [`Error::Unavailable`].
pub(super) async fn deprecated(
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
    let page = format!("/products/{}", product.id);
    let mut letters = Letters::new(portal, ctx, (Subject::Deprecated, &page));
    for holder in registrations::holders(&mut *tx, version.id).await? {
        if only.is_none_or(|only| only == holder.portal_id) {
            let about = (product.name.as_str(), version.name.as_str());
            letters.post(tx, holder, about).await?;
        }
    }
    Ok(())
}

/// Writes a mail to every developer of whom an application loses access; before anything is removed. One
/// names every version that a developer loses.
///
/// # Errors
/// [`Error::Unavailable`].
pub(super) async fn withdrawn(
    portal: &Portal,
    ctx: &Ctx,
    tx: &mut Tx,
    (ending, notice): (Ending<'_>, Notice),
) -> Result<(), Error> {
    if notice == Notice::None {
        return Ok(());
    }
    let mut letters = Letters::new(portal, ctx, (Subject::Withdrawn, "/apis"));
    let losing = registrations::losing(&mut *tx, &ending.versions, ending.portal).await?;
    for Losing { holder, versions } in losing {
        let about = (ending.product.name.as_str(), versions.join(", "));
        letters.post(tx, holder, (about.0, &about.1)).await?;
    }
    Ok(())
}

/// How many developers of whom an application loses access there are.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn losing(portal: &Portal, ending: &Ending<'_>) -> Result<usize, Error> {
    let losing = registrations::losing(portal.db(), &ending.versions, ending.portal).await?;
    Ok(losing.len())
}

/// Mails of one kind about one product.
struct Letters<'a> {
    portal: &'a Portal,
    ctx: &'a Ctx,
    subject: Subject,
    /// Where the button leads, in each portal.
    page: &'a str,
    sites: HashMap<PortalId, Option<Site>>,
}

impl<'a> Letters<'a> {
    fn new(portal: &'a Portal, ctx: &'a Ctx, (subject, page): (Subject, &'a str)) -> Self {
        Self {
            portal,
            ctx,
            subject,
            page,
            sites: HashMap::new(),
        }
    }

    async fn post(
        &mut self,
        tx: &mut Tx,
        to: Holder,
        (product, version): (&str, &str),
    ) -> Result<(), Error> {
        let portal = self.portal;
        let site = match self.sites.entry(to.portal_id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(store::sites::find(&mut *tx, to.portal_id).await?),
        };
        let Some(site) = site else {
            return Ok(());
        };
        let mail = Mail {
            subject: self.subject,
            portal_id: Some(to.portal_id),
            names: [String::new(), product.to_owned(), version.to_owned()],
            to: to.email,
            full_name: to.full_name,
            portal: site.called().to_owned(),
            link: format!("{}{}", sites::address(portal, site), self.page),
            locale: to.locale.unwrap_or_default(),
            about: format!("{product} {version}"),
            written_at: self.ctx.now,
            ..Mail::blank()
        };
        mail::post(tx, portal.sealer(), portal.entropy(), &mail).await?;
        Ok(())
    }
}
