//! An application that holds credentials for several strategies.
//!
//! To identity providers, gateways and Konnect's API each way to sign in is an application of its own with
//! one strategy, as their shapes want it: a companion of the first one. To its developer they are one: they
//! have one owner, and go together.

use oauth::Timestamp;
use storage::Tx;

use super::{Applications, delete, invalid};
use crate::Error;
use crate::model::{Application, ApplicationId, ApplicationStatus, AuthStrategyId};
use crate::store::{self, companions, lifecycle};

impl Applications {
    /// The application with its companions, or a companion's main application with all of its: the one that
    /// is asked for first. Only those that are ready.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub(crate) async fn with_companions(
        &self,
        application: &Application,
    ) -> Result<Vec<Application>, Error> {
        let main = companions::main_of(&self.db, application.id).await?;
        let main = main.unwrap_or(application.id);
        let mut ids = companions::of(&self.db, [main])
            .await?
            .remove(&main)
            .unwrap_or_default();
        ids.insert(0, main);
        let mut found = store::applications::among(&self.db, ids.iter().copied()).await?;
        let others = ids.into_iter().filter(|id| *id != application.id);
        let others = others.filter_map(|id| found.remove(&id).and_then(delete::visible));
        Ok(std::iter::once(application.clone()).chain(others).collect())
    }

    /// Whether an application of this strategy can be a companion of another one, for who asks.
    pub(super) async fn may_join(
        &self,
        strategy_id: AuthStrategyId,
        new: &super::NewApplication,
    ) -> Result<(), Error> {
        let Some(main_id) = new.companion_of else {
            return Ok(());
        };
        let main = self.get(main_id, Some(new.developer_id)).await?;
        if companions::main_of(&self.db, main_id).await?.is_some() {
            let reason =
                "this is itself a further way to sign in; add another one to its application";
            return Err(invalid("companion_of", "invalid", reason));
        }
        let all = self.with_companions(&main).await?;
        match all.iter().any(|one| one.auth_strategy_id == strategy_id) {
            true => Err(twice()),
            false => Ok(()),
        }
    }
}

/// Writes an application, and beside which other one it stands, whose owner becomes its own.
pub(super) async fn insert(
    tx: &mut Tx,
    application: &mut Application,
    main_id: Option<ApplicationId>,
) -> Result<(), Error> {
    let Some(main_id) = main_id else {
        let inserted = store::applications::insert(tx, application).await;
        return inserted.map_err(super::create::not_twice);
    };
    let main = match lifecycle::hold(tx, main_id).await? {
        true => store::applications::find(&mut *tx, main_id).await?,
        false => None,
    };
    let main = main.ok_or_else(|| Error::not_found("application", main_id))?;
    application.developer_id = main.developer_id;
    application.team_id = main.team_id;
    let inserted = store::applications::insert(tx, application).await;
    inserted.map_err(super::create::not_twice)?;
    match companions::join(tx, application, main_id).await {
        Err(storage::Error::Unique { .. }) => Err(twice()),
        other => Ok(other?),
    }
}

/// Gives up the companions of an application that are still being made, because it is deleted. Whoever makes
/// one finds that it is given up, and takes its client away; if they die, the job does that was written with it.
pub(super) async fn give_up(
    tx: &mut Tx,
    companion: &Application,
    now: Timestamp,
) -> Result<(), Error> {
    lifecycle::abandon(tx, companion.id, None, now).await?;
    Ok(companions::leave(tx, companion.id).await?)
}

/// Whether no companion of these applications is still being made: one that is would keep their old owner.
///
/// # Errors
/// `Conflict` if one is.
pub(super) async fn are_made(
    tx: &mut Tx,
    mains: impl IntoIterator<Item = ApplicationId>,
) -> Result<(), Error> {
    let all = companions::of(&mut *tx, mains).await?;
    let all = store::applications::among(&mut *tx, all.into_values().flatten()).await?;
    let mut all = all.values();
    match all.any(|one| one.status == ApplicationStatus::Provisioning) {
        false => Ok(()),
        true => Err(Error::Conflict(
            "a further way to sign in is being made for the application; try again in a minute"
                .to_owned(),
        )),
    }
}

fn twice() -> Error {
    Error::Conflict("the application has credentials of this auth strategy already".to_owned())
}
