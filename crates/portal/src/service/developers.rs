//! Developers of a portal, as administrators settle them.
//!
//! Source: Konnect portal-management v2.2.2.

use crate::error::Error;
use crate::mail::{self, Mail, Subject};
use crate::model::{ApprovalStatus, Developer, Site};
use crate::rest::path_id;
use crate::store::audit::Entry;
use crate::{Ctx, Portal, store};

use super::accounts::{NewDeveloper, Terms, Visit};
use super::applications::STILL_LEAVING;
use super::decisions::{Decision, Reason};
use super::sites;

/// The developer of this portal with this id, as it stands in an address.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn find(portal: &Portal, site: &Site, id: &str) -> Result<Developer, Error> {
    let id = path_id("developer", id)?;
    let found = store::developers::find(portal.db(), id).await?;
    found
        .filter(|developer| developer.portal_id == site.id)
        .ok_or_else(|| Error::not_found("developer", id))
}

/// Makes an account for somebody.
///
/// # Errors
/// [`Error::Invalid`], [`Error::Conflict`] if the portal has a developer with this address,
/// [`Error::NotFound`] if it has no accounts.
pub(crate) async fn create(
    portal: &Portal,
    ctx: &Ctx,
    site: &Site,
    (new, terms): (&NewDeveloper, Terms),
) -> Result<Developer, Error> {
    let accounts = portal.accounts();
    let visit = visit(portal, ctx, site);
    let id = accounts.add(ctx, site, &visit, new, terms).await?;
    let made = store::developers::find(portal.db(), id).await?;
    made.ok_or_else(|| Error::not_found("developer", id))
}

/// Sends the invitation again to a developer who did not confirm their address. The new link takes the place
/// of those before.
///
/// # Errors
/// [`Error::Conflict`] if the address is confirmed, or the team's identity provider signs them in.
pub(crate) async fn invite_again(
    portal: &Portal,
    ctx: &Ctx,
    site: &Site,
    developer: &Developer,
) -> Result<(), Error> {
    let accounts = portal.accounts();
    let visit = visit(portal, ctx, site);
    let email = &developer.email;
    Ok(accounts.invite_again(ctx, site, &visit, email).await?)
}

/// A visit of the portal by nobody, for what the team does to its accounts.
fn visit(portal: &Portal, ctx: &Ctx, site: &Site) -> Visit {
    Visit {
        portal_id: site.id.to_string(),
        origin: sites::address(portal, site),
        address: String::new(),
        locale: String::new(),
        request_id: ctx.request_id.clone(),
        caller: ctx.caller.clone(),
    }
}

/// Approves, revokes or rejects a developer, who is told by mail. Who is not approved is signed out and
/// cannot sign in; credentials of their applications keep working until each registration is revoked, as
/// in Konnect.
///
/// # Errors
/// [`Error::NotFound`] if they are gone.
pub(crate) async fn decide(
    portal: &Portal,
    ctx: &Ctx,
    (site, mut developer): (&Site, Developer),
    decision: &Decision,
) -> Result<Developer, Error> {
    let before = developer.clone();
    let changes = developer.status != decision.status;
    developer.status = decision.status;
    developer.updated_at = ctx.now;
    let letter = decision.letter(portal, ctx, (site, &developer), None)?;
    let mut tx = portal.db().begin().await?;
    store::developers::update(&mut tx, &developer).await?;
    if developer.status != ApprovalStatus::Approved {
        store::accounts::end_sessions(&mut tx, &developer.id.to_string()).await?;
    }
    let entry = Entry::new("update", "developer", developer.id).in_portal(site.id);
    let entry = entry.changing(&before, &developer);
    let entry = entry.with(decision.reason.detail());
    portal.audit(&mut tx, ctx, entry).await?;
    if let Some(letter) = letter.filter(|_| changes) {
        letter.enqueue(&mut tx).await?;
    }
    tx.commit().await?;
    Ok(developer)
}

/// Deletes a developer with their applications, whose clients leave the identity provider first. What they
/// share with a team stays with another developer of the team. They are told by mail, with the reason. Gives
/// the revision that gateways are to obey.
///
/// # Errors
/// [`Error::Conflict`] while clients could not be removed.
pub(crate) async fn delete(
    portal: &Portal,
    ctx: &Ctx,
    (site, developer): (&Site, &Developer),
    reason: &Reason,
) -> Result<Option<i64>, Error> {
    let mut revision = None;
    for application in store::applications::of_developer(portal.db(), developer.id).await? {
        if portal.applications().hand_over(ctx, &application).await? {
            continue;
        }
        let ended = portal.applications().end(ctx, &application).await?;
        revision = ended.or(revision);
    }
    let mut tx = portal.db().begin().await?;
    store::developers::delete(&mut tx, developer.id)
        .await
        .map_err(|error| Error::from(error).or_conflict(STILL_LEAVING))?;
    let entry = Entry::new("delete", "developer", developer.id).in_portal(site.id);
    let entry = entry.removing(developer).with(reason.detail());
    portal.audit(&mut tx, ctx, entry).await?;
    if developer.email_verified {
        // Else somebody else may have typed the address.
        let link = sites::address(portal, site);
        let mail = Mail {
            reason: reason.said().unwrap_or_default().to_owned(),
            ..Mail::to((site, developer), Subject::AccountDeleted, link, ctx.now)
        };
        mail::post(&mut tx, portal.sealer(), portal.entropy(), &mail).await?;
    }
    tx.commit().await?;
    Ok(revision)
}
