//! The applications of a rotation: what works for each, when it was last used, and ending the old ones.

use futures_util::FutureExt as _;
use futures_util::future::join_all;

use super::super::{Applications, Credential, Effective, delete};
use super::AT_A_TIME;
use crate::model::{ApplicationId, DcrProviderId, FleetMember, FleetRotationId};
use crate::store::listing::Listing;
use crate::store::{self, fleet_rotations};
use crate::{Ctx, Error};

/// Most applications whose old credentials end in one request: at some providers each is a call.
const MOST: usize = 500;

/// An application of a rotation with its credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FleetApplication {
    /// The application, and where it stands.
    pub member: FleetMember,
    /// What works for it, the present one first.
    pub credentials: Vec<Credential>,
}

/// Whose old credentials are to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToRetire {
    /// Those that nobody uses.
    Safe,
    /// Those of these applications, whoever uses them.
    Of(Vec<ApplicationId>),
}

/// How ending the old credentials of one application went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retirement {
    /// The application.
    pub application_id: ApplicationId,
    /// Why one is left; `None` if none is.
    pub error: Option<String>,
}

impl Applications {
    /// One page of the applications of a rotation, and how many there are. `heard` as for
    /// [`Applications::credentials`].
    ///
    /// # Errors
    /// `NotFound`.
    pub(crate) async fn fleet_applications(
        &self,
        (provider_id, id): (DcrProviderId, FleetRotationId),
        listing: Listing,
        heard: bool,
    ) -> Result<(Vec<FleetApplication>, i64), Error> {
        self.rotation(provider_id, id).await?;
        let listing = listing.only("t.rotation_id", id);
        let (members, total) = fleet_rotations::members(&self.db, &listing).await?;
        let mut found = Vec::with_capacity(members.len());
        for member in members {
            let application = store::applications::find(&self.db, member.application_id).await?;
            let credentials = match application.and_then(delete::visible) {
                Some(application) => self.credentials(&application, heard).await?,
                None => Vec::new(),
            };
            found.push(FleetApplication {
                member,
                credentials,
            });
        }
        Ok((found, total))
    }

    /// Ends old credentials of a rotation's applications before their time, of at most 500 applications.
    /// Where a client goes, gateways refuse it from the revision on, and a job removes it at the
    /// provider.
    ///
    /// # Errors
    /// `NotFound`. What fails with one application is its outcome.
    pub async fn retire_in_fleet(
        &self,
        ctx: &Ctx,
        (provider_id, id): (DcrProviderId, FleetRotationId),
        wanted: &ToRetire,
        heard: bool,
    ) -> Result<Effective<Vec<Retirement>>, Error> {
        self.rotation(provider_id, id).await?;
        let mut with_old = fleet_rotations::with_old(&self.db, id).await?;
        if let ToRetire::Of(chosen) = wanted {
            with_old.retain(|id| chosen.contains(id));
        }
        let safe = *wanted == ToRetire::Safe;
        let mut done = Vec::new();
        let mut revision = None;
        for some in with_old.chunks(AT_A_TIME) {
            let ended = some.iter().map(|id| {
                // Boxed: the compiler cannot prove so deep a future `Send` from afar.
                self.retire_all(ctx, *id, safe, heard).boxed()
            });
            for (id, ended) in some.iter().zip(join_all(ended).await) {
                let error = match ended {
                    Ok(None) => continue,
                    Ok(later) => {
                        revision = revision.max(later);
                        None
                    }
                    Err(error) => Some(error.to_string()),
                };
                done.push(Retirement {
                    application_id: *id,
                    error,
                });
            }
            if done.len() >= MOST {
                break;
            }
        }
        Ok(Effective {
            value: done,
            revision,
        })
    }

    /// Ends the old credentials of one application; nothing if none is to end.
    async fn retire_all(
        &self,
        ctx: &Ctx,
        id: ApplicationId,
        safe: bool,
        heard: bool,
    ) -> Result<Option<i64>, Error> {
        let found = store::applications::find(&self.db, id).await?;
        let Some(application) = found.and_then(delete::visible) else {
            return Ok(None);
        };
        let mut revision = None;
        for held in self.credentials(&application, heard).await? {
            if held.retires_at.is_none() || safe && held.safe_to_retire != Some(true) {
                continue;
            }
            match self.end_credential(ctx, &application, &held.id).await {
                Ok(later) => revision = revision.max(Some(later)),
                // Its time was over just now.
                Err(Error::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(revision)
    }
}
