//! What is done by itself where a portal and a provider differ.

use oauth::Timestamp;
use serde::{Deserialize, Serialize};

use super::{DriftAction, DriftKind};

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

/// How the last pass of the automatic mode went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastPass {
    /// When.
    pub at: Timestamp,
    /// Differences that were there.
    pub found: i64,
    /// Of these, how many are gone.
    pub settled: i64,
    /// Why others are left, where something went wrong.
    pub error: Option<String>,
}
