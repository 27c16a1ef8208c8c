//! The rotation of every application of a provider.

use oauth::Timestamp;

use super::{ApplicationId, DcrProviderId, FleetRotationId, FleetState, PortalId};

/// An administrator lets every application of a provider get a new credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FleetRotation {
    /// Its id.
    pub id: FleetRotationId,
    /// The provider whose applications they are.
    pub provider_id: DcrProviderId,
    /// How many seconds the old credentials work on.
    pub overlap: i64,
    /// When it began.
    pub created_at: Timestamp,
    /// When every application had its turn.
    pub finished_at: Option<Timestamp>,
}

/// How far a [`FleetRotation`] is: numbers of applications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FleetProgress {
    /// All that it is about.
    pub applications: i64,
    /// Those whose turn is still to come.
    pub waiting: i64,
    /// Those that have a second credential.
    pub begun: i64,
    /// Those where that failed.
    pub failed: i64,
    /// Those that have one whose developer was not shown the secret yet.
    pub uncollected: i64,
    /// Of these, those whose old credential is gone: nobody can call for them.
    pub cut_off: i64,
    /// Those whose old credential works.
    pub old_working: i64,
    /// Of these, those where it was used since.
    pub old_in_use: i64,
    /// Of these, those where nobody uses it.
    pub safe_to_retire: i64,
}

/// An application in the rotation of a fleet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FleetMember {
    /// The application.
    pub application_id: ApplicationId,
    /// Its name.
    pub name: String,
    /// Where its developer is.
    pub portal_id: PortalId,
    /// The portal's name, for people.
    pub portal: String,
    /// Where it stands.
    pub state: FleetState,
    /// Why it got no new credential, or not yet.
    pub error: Option<String>,
    /// Whether its developer was shown the new secret.
    pub collected: bool,
}

/// An application that could not be rotated, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FleetFailure {
    /// The application.
    pub application_id: ApplicationId,
    /// Its name.
    pub name: String,
    /// What to mend.
    pub error: String,
}
