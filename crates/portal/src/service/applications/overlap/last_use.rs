//! Which credentials an application has, when each was last used, and whether an old one can go.

use std::time::Duration;

use oauth::Timestamp;

use super::super::Applications;
use crate::Error;
use crate::model::Application;
use crate::store::fleet_rotations::{self, Quiet};
use crate::store::{credential_uses, retiring_credentials};

/// How long an old credential must not have been used to be safe to retire, if it was used after its
/// successor came. Some callers come once a day.
pub const SILENCE: Duration = Duration::from_secs(25 * 3600);

/// How long after a rotation nothing is said: gateways tell of uses every half minute.
const TOO_EARLY: Duration = Duration::from_secs(5 * 60);

/// When an old credential counts as unused, now.
pub(in super::super) fn quiet(now: Timestamp) -> Quiet {
    Quiet {
        begun_before: now - TOO_EARLY,
        unused_since: now - SILENCE,
    }
}

/// A client secret of an application. Nobody knows the secret itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// What it is called: the client's id, or that of one of its secrets.
    pub id: String,
    /// The client.
    pub client_id: String,
    /// When it stops working; `None` for the present one.
    pub retires_at: Option<Timestamp>,
    /// When gateways last let its client in, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// Of an old one, whether nobody uses it: not since the application has another, or not for
    /// [`SILENCE`].
    pub safe_to_retire: Option<bool>,
    /// Whether the developer was shown its secret. Not yet where an administrator began a rotation.
    pub collected: bool,
}

impl Applications {
    /// The client secrets of an application that work: the present one, then those that retire, the first
    /// to go first. Empty if it has none here.
    ///
    /// `heard`: whether every gateway has told of its uses. If one has not, no credential is safe to
    /// retire.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn credentials(
        &self,
        application: &Application,
        heard: bool,
    ) -> Result<Vec<Credential>, Error> {
        let Some(client_id) = &application.client_id else {
            return Ok(Vec::new());
        };
        let uses = credential_uses::of_application(&self.db, application.id).await?;
        let retiring = self.retiring(application).await?;
        let now = self.clock.now();
        let successor = retiring_credentials::successor(&self.db, application.id).await?;
        let of_one_client = retiring
            .iter()
            .any(|going| going.works() && going.client_id == *client_id);
        let mut credentials = vec![Credential {
            id: client_id.clone(),
            client_id: client_id.clone(),
            retires_at: None,
            // Of several secrets of one client, the present one is known by calls that came with it.
            last_used_at: match &successor {
                Some(secret) => uses.get(secret).copied(),
                None if of_one_client => None,
                None => uses.get(client_id).copied(),
            },
            safe_to_retire: None,
            collected: !fleet_rotations::is_to_collect(&self.db, application.id).await?,
        }];
        for going in retiring.iter().filter(|going| going.works()) {
            let used = uses.get(&going.client_id).copied();
            let safe = heard && now.saturating_since(going.since) >= TOO_EARLY;
            credentials.push(Credential {
                id: going.id().to_owned(),
                client_id: going.client_id.clone(),
                retires_at: Some(going.retires_at),
                last_used_at: used,
                safe_to_retire: Some(safe && is_silent(used, going.since, now)),
                collected: true,
            });
        }
        Ok(credentials)
    }
}

/// The use is known to the minute alone, so one in the minute of the rotation counts.
fn is_silent(used: Option<Timestamp>, since: Timestamp, now: Timestamp) -> bool {
    const MINUTE: Duration = Duration::from_secs(60);
    used.is_none_or(|used| used + MINUTE <= since || now.saturating_since(used) >= SILENCE)
}
