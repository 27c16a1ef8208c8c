//! Sharing an application with a team.

use super::{ReaderFacts, Source};
use crate::model::{Application, Team};
use crate::pages::refusal::missing;
use crate::service::applications::Owner;
use crate::{Error, store};

/// Who has an application, and who can get it from the reader.
pub(crate) struct Sharing {
    /// The team that owns it.
    pub(crate) owning: Option<Team>,
    /// Whether the reader made it, or was handed it.
    pub(crate) is_theirs: bool,
    /// The reader's teams that may own applications.
    pub(crate) teams: Vec<Team>,
}

impl Sharing {
    /// Whether the reader can change who has it.
    pub(crate) fn is_possible(&self) -> bool {
        self.is_theirs && (self.owning.is_some() || !self.teams.is_empty())
    }
}

impl Source {
    /// Who has one of the reader's applications.
    ///
    /// # Errors
    /// `NotFound` if it is not the reader's, or they can share it with nobody.
    pub(crate) async fn sharing(&self, reader: &ReaderFacts, id: &str) -> Result<Sharing, Error> {
        let application = self.own(reader, id).await?;
        let sharing = self.sharing_of(reader, &application).await?;
        match sharing.is_possible() {
            true => Ok(sharing),
            false => Err(missing()),
        }
    }

    pub(super) async fn sharing_of(
        &self,
        reader: &ReaderFacts,
        application: &Application,
    ) -> Result<Sharing, Error> {
        let developer = reader.developer()?.id;
        let owning = match application.team_id {
            Some(id) => store::teams::find(self.db(), id).await?,
            None => None,
        };
        let mut teams = store::teams::of_developer(self.db(), developer).await?;
        teams.retain(|team| team.can_own_applications || Some(team.id) == application.team_id);
        Ok(Sharing {
            owning,
            is_theirs: application.developer_id == developer,
            teams,
        })
    }

    /// Shares one with the team of this id, or with nobody if it is empty.
    pub(crate) async fn share(
        &self,
        reader: &ReaderFacts,
        id: &str,
        team: &str,
    ) -> Result<(), Error> {
        let application = self.own(reader, id).await?;
        let owner = match team {
            "" => Owner::Developer(application.developer_id),
            id => Owner::Team(id.parse().map_err(|_| missing())?),
        };
        let ctx = self.ctx(reader)?;
        let moved = self.applications.transfer(&ctx, &application, owner);
        self.settled(moved.await?).await;
        Ok(())
    }
}
