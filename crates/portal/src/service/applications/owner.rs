//! Who owns an application: the developer it was made by, or a team.
//!
//! Every developer of the team may do with it what its developer could: see it and how it is used, change
//! it, register it, make, rotate and revoke its credentials, delete it. Nobody outside of the team may, not
//! even who made it. Only that developer takes it out of the team again; when they leave the portal, another
//! developer of the team takes their place.
//!
//! Source: <https://developer.konghq.com/dev-portal/self-service/> (Share applications with a team). That
//! only its developer takes it back is a choice of ours: the page does not say.

use storage::{Database, Tx};

use super::{Applications, invalid};
use crate::model::{Application, DeveloperId, PortalId, PortalRole, Site, Team, TeamId};
use crate::store::team_roles::Holder;
use crate::{Actor, Ctx, Error, store};

/// Who is to own an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// One developer, alone.
    Developer(DeveloperId),
    /// Every developer of a team.
    Team(TeamId),
}

impl Application {
    /// Who owns it.
    #[must_use]
    pub fn owner(&self) -> Owner {
        self.team_id
            .map_or(Owner::Developer(self.developer_id), Owner::Team)
    }
}

impl Applications {
    /// Whether somebody may give a new application of this portal to a team.
    ///
    /// # Errors
    /// `Invalid` if the team is not of this portal, or the developer who acts is not in it; `Forbidden` if
    /// it may not own applications.
    pub(crate) async fn may_share(
        &self,
        ctx: &Ctx,
        portal_id: PortalId,
        team: TeamId,
    ) -> Result<(), Error> {
        joinable(&self.db, ctx, (portal_id, None), team).await?;
        Ok(())
    }
}

/// Whether the owner of an application may register it for a version, where teams' roles decide.
pub(super) async fn may_register(
    tx: &mut Tx,
    site: &Site,
    application: &Application,
    version: crate::model::ProductVersionId,
) -> Result<(), Error> {
    if !site.rbac_enabled || site.is_public {
        return Ok(());
    }
    let role = match store::product_versions::find(&mut *tx, version).await? {
        Some(version) => {
            store::team_roles::most(tx, holder(application), version.api_product_id).await?
        }
        None => None,
    };
    let (rule, reason) = match (role, application.team_id) {
        (Some(PortalRole::Consumer), _) => return Ok(()),
        (_, Some(_)) => (
            "invalid",
            "the team that owns the application may not register for this API; \
             ask the owner of this portal for the role API Consumer",
        ),
        (Some(PortalRole::Viewer), None) => (
            "invalid",
            "you may read about this API, but not register for it; \
             ask the owner of this portal for the role API Consumer",
        ),
        // What is not seen is not there.
        (None, None) => ("missing_reference", super::register::NOTHING_PUBLISHED),
    };
    Err(invalid("product_version_id", rule, reason))
}

const fn holder(application: &Application) -> Holder {
    match application.team_id {
        Some(team) => Holder::Team(team),
        None => Holder::Developer(application.developer_id),
    }
}

/// The team that is to own something in a portal. `present` is the one that owns it already.
pub(super) async fn joinable(
    db: &Database,
    ctx: &Ctx,
    (portal_id, present): (PortalId, Option<TeamId>),
    id: TeamId,
) -> Result<Team, Error> {
    let found = store::teams::find(db, id).await?;
    let mut team = found.filter(|team| team.portal_id == portal_id);
    if let Actor::Developer { id: actor, .. } = ctx.actor
        && !store::team_members::holds(db, id, actor).await?
    {
        team = None;
    }
    let team = team.ok_or_else(|| {
        let reason = "\"team_id\" names none of your teams in this portal";
        invalid("team_id", "missing_reference", reason)
    })?;
    if !team.can_own_applications && present != Some(id) {
        return Err(Error::Forbidden(
            "this team may not own applications; ask the owner of this portal to allow it"
                .to_owned(),
        ));
    }
    Ok(team)
}

/// Administrators hand over what they will; a developer shares what is theirs, and takes it back.
pub(super) fn may_hand_over(
    ctx: &Ctx,
    application: &Application,
    owner: Owner,
) -> Result<(), Error> {
    let Actor::Developer { id: actor, .. } = ctx.actor else {
        return Ok(());
    };
    let to_another = matches!(owner, Owner::Developer(id) if id != actor);
    if actor == application.developer_id && !to_another {
        return Ok(());
    }
    Err(Error::Forbidden(
        "only the developer who shared this application can take it back or share it otherwise"
            .to_owned(),
    ))
}

/// Whether a developer is of the application's portal.
pub(super) async fn is_here(
    db: &Database,
    application: &Application,
    id: DeveloperId,
) -> Result<(), Error> {
    let found = store::developers::find(db, id).await?;
    if found.is_none_or(|developer| developer.portal_id != application.portal_id) {
        let reason = format!("\"owner.id\": this portal has no developer {id}");
        return Err(invalid("owner.id", "missing_reference", reason));
    }
    Ok(())
}

/// An application goes only to who may register for all that it is registered for.
pub(super) async fn may_all_be_used(tx: &mut Tx, changed: &Application) -> Result<(), Error> {
    let site = store::sites::find(&mut *tx, changed.portal_id).await?;
    if site.is_none_or(|site| !site.rbac_enabled || site.is_public) {
        return Ok(());
    }
    let missing = store::team_roles::not_consumed(tx, holder(changed), changed.id).await?;
    if missing.is_empty() {
        return Ok(());
    }
    Err(Error::Conflict(format!(
        "the new owner has no role API Consumer for {}, for which the application is registered",
        missing.join(", ")
    )))
}
