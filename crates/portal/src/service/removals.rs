//! Undoing a removal, for as long as it is kept.

use std::time::Duration;

use oauth::Timestamp;
use storage::Tx;

use crate::model::{Document, Removal, RemovalId, Removed, RemovedMember, RemovedTeam};
use crate::publish::topic;
use crate::rest::path_id;
use crate::store::audit::Entry;
use crate::store::team_roles::Holder;
use crate::store::{self, removals};
use crate::{Ctx, Error, Portal};

/// How long what was removed can be brought back.
const KEPT: Duration = Duration::from_secs(24 * 3600);

/// From when on removals can be undone.
pub(crate) fn since(now: Timestamp) -> Timestamp {
    now - KEPT
}

/// Keeps what the transaction removes, and forgets what was kept for long enough.
///
/// # Errors
/// [`Error::Unavailable`].
pub(super) async fn keep(
    portal: &Portal,
    ctx: &Ctx,
    tx: &mut Tx,
    removed: Removed,
) -> Result<RemovalId, Error> {
    let (kind, id) = ctx.actor.audit();
    let removal = Removal {
        id: RemovalId::new(portal.entropy()),
        removed,
        by: id.unwrap_or_else(|| kind.to_owned()),
        removed_at: ctx.now,
    };
    removals::forget(tx, since(ctx.now)).await?;
    removals::insert(tx, &removal).await?;
    Ok(removal.id)
}

/// Puts back what was removed. Gives it, and the revision that gateways follow where it is theirs.
///
/// # Errors
/// [`Error::NotFound`] if it is not kept any more, [`Error::Conflict`] if something has taken its place.
pub(crate) async fn undo(
    portal: &Portal,
    ctx: &Ctx,
    id: &str,
) -> Result<(Removal, Option<i64>), Error> {
    let id: RemovalId = path_id("removal", id)?;
    let mut tx = portal.db().begin().await?;
    let found = removals::find(&mut tx, id, since(ctx.now)).await?;
    let removal = found.ok_or_else(|| Error::not_found("removal", id))?;
    if !removals::delete(&mut tx, id).await? {
        return Err(Error::not_found("removal", id));
    }
    restore(&mut tx, ctx, &removal.removed)
        .await
        .map_err(|error| {
            error.or_conflict("something has taken its place since, or what it belongs to is gone")
        })?;
    let (kind, entity) = (removal.removed.kind(), removal.removed.id());
    let entry = Entry {
        portal_id: removal.removed.portal_id(),
        ..Entry::new("restore", kind, &entity)
    };
    portal.audit(&mut tx, ctx, entry).await?;
    let revision = match &removal.removed {
        Removed::Service(_) | Removed::Route(_) | Removed::Publication(_) => {
            Some(tx.record_change(topic::CONFIGURATION, &entity).await?)
        }
        Removed::Documents(_)
        | Removed::Specification(_)
        | Removed::Team(_)
        | Removed::TeamMember(_) => None,
    };
    tx.commit().await?;
    Ok((removal, revision))
}

async fn restore(tx: &mut Tx, ctx: &Ctx, removed: &Removed) -> Result<(), Error> {
    match removed {
        Removed::Documents(all) => {
            for (at, document) in all.iter().enumerate() {
                let document = match at {
                    0 => at_home(tx, document).await?,
                    _ => document.clone(),
                };
                store::documents::insert(tx, &document).await?;
            }
        }
        Removed::Specification(one) => store::specifications::insert(tx, one).await?,
        Removed::Service(one) => store::services::insert(tx, one).await?,
        Removed::Route(one) => store::routes::insert(tx, one).await?,
        Removed::Publication(one) => store::publications::insert(tx, &one.publication).await?,
        Removed::Team(one) => restore_team(tx, ctx, one).await?,
        Removed::TeamMember(one) => {
            if !store::team_whole::rejoin(tx, one).await? {
                let text = "the developer is in the team again, or one of both is gone";
                return Err(Error::Conflict(text.into()));
            }
        }
    }
    Ok(())
}

/// A team with the developers and roles that are still there, and those of its applications that are still
/// their developer's alone and that it may have.
async fn restore_team(tx: &mut Tx, ctx: &Ctx, whole: &RemovedTeam) -> Result<(), Error> {
    let team = &whole.team;
    store::teams::insert(tx, team).await?;
    for (developer_id, joined_at) in &whole.members {
        let member = RemovedMember {
            portal_id: team.portal_id,
            team_id: team.id,
            developer_id: *developer_id,
            joined_at: *joined_at,
            name: String::new(),
        };
        store::team_whole::rejoin(tx, &member).await?;
    }
    for role in &whole.roles {
        store::team_whole::regain(tx, role).await?;
    }
    for group in &whole.groups {
        store::team_groups::add(tx, &team.id.to_string(), group, ctx.now).await?;
    }
    let site = store::sites::find(&mut *tx, team.portal_id).await?;
    let roles_decide = site.is_some_and(|site| site.rbac_enabled && !site.is_public);
    for application in &whole.applications {
        let holder = Holder::Team(team.id);
        let missing = match roles_decide {
            true => store::team_roles::not_consumed(&mut *tx, holder, application.0).await?,
            false => Vec::new(),
        };
        if missing.is_empty() {
            store::team_whole::take_back(tx, team, *application, ctx.now).await?;
        }
    }
    Ok(())
}

/// The page below the one that it was below, or at the top if that is gone.
async fn at_home(tx: &mut Tx, document: &Document) -> Result<Document, Error> {
    let parent = match document.parent_document_id {
        Some(id) => store::documents::find(&mut *tx, id)
            .await?
            .map(|found| found.id),
        None => None,
    };
    Ok(Document {
        parent_document_id: parent,
        ..document.clone()
    })
}
