//! How a portal and a provider agree, and what is done by itself where they do not.

use oauth::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ApplicationId, DriftAction, DriftKind};

/// What is done by itself with each kind of difference at one provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftPolicy {
    /// An application whose client is missing: `recreate`, `delete` or `leave`.
    pub missing: DriftAction,
    /// A client that was changed by hand: `recreate`, `adopt` or `leave`.
    pub changed: DriftAction,
    /// A client of no application: `delete`, `adopt` or `leave`.
    pub orphaned: DriftAction,
}

impl DriftPolicy {
    /// Nothing is done before an administrator says so.
    pub const REVIEW: Self = Self {
        missing: DriftAction::Leave,
        changed: DriftAction::Leave,
        orphaned: DriftAction::Leave,
    };

    /// What is done with a kind.
    #[must_use]
    pub const fn of(&self, kind: DriftKind) -> DriftAction {
        match kind {
            DriftKind::Missing => self.missing,
            DriftKind::Changed => self.changed,
            DriftKind::Orphaned => self.orphaned,
        }
    }
}

/// How the last pass went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastPass {
    /// When.
    pub at: Timestamp,
    /// Differences that were there.
    pub found: i64,
    /// Of these, how many are gone.
    pub settled: i64,
    /// Why others are left, or why the provider could not be looked at.
    pub error: Option<String>,
}

/// Passes in a row that went alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastPasses {
    /// When the first of them was.
    pub since: Timestamp,
    /// When the last was.
    pub at: Timestamp,
    /// How many they are.
    pub times: i64,
    /// Differences that were there.
    pub found: i64,
    /// Of these, how many were settled.
    pub settled: i64,
    /// Why others were left, or why the provider could not be looked at.
    pub error: Option<String>,
}

/// What is known of a provider's clients since they were last looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// When all of them were looked at.
    pub full_at: Timestamp,
    /// When those were looked at that had changed.
    pub looked_at: Timestamp,
    /// How many applications the provider's strategies had then.
    pub applications: i64,
    /// How many clients of this organisation there were then.
    pub clients: i64,
    /// How much the provider shows: `all`, `known` or `told` ([`dcr::Sight`]).
    pub sight: String,
    /// What it does not show, in a sentence.
    pub limits: Option<String>,
    /// Where its log of changes goes on; `None`: every pass looks at all clients.
    pub mark: Option<String>,
    /// Why it does not tell what changed, in a sentence.
    pub untold: Option<String>,
}

/// A difference that was found and is still open, as far as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenDifference {
    /// Names this very difference.
    pub id: String,
    /// How application and client do not fit.
    pub kind: DriftKind,
    /// The application, unless the client is of none.
    pub application_id: Option<ApplicationId>,
    /// The client; of a missing one, another that says that it is the application's.
    pub client_id: Option<String>,
    /// When it was first found.
    pub found_at: Timestamp,
}
