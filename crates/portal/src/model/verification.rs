//! Verifications of DCR providers, as they are remembered.

use dcr::Finding;
use oauth::Timestamp;

use super::VerificationOccasion;

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastVerification {
    /// When.
    pub at: Timestamp,
    /// Why it was done.
    pub occasion: VerificationOccasion,
    /// What kind of caller asked for it: see [`crate::Actor::audit`].
    pub actor_kind: String,
    /// Which one; an administrator by address.
    pub actor_id: Option<String>,
    /// Everything that was tried.
    pub findings: Vec<Finding>,
}

impl PastVerification {
    /// How many things were missing.
    #[must_use]
    pub fn missing(&self) -> usize {
        self.findings.iter().filter(|finding| !finding.ok).count()
    }
}
