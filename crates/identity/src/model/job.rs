//! Work on many users that goes on in the background.

use oauth::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::Members;

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    UsersImport,
    UsersExport,
    VerificationEmail,
}

impl Kind {
    /// The vendor's `type`.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::UsersImport => "users_import",
            Self::UsersExport => "users_export",
            Self::VerificationEmail => "verification_email",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [
            Self::UsersImport,
            Self::UsersExport,
            Self::VerificationEmail,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == text)
    }
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Pending,
    Processing,
    Completed,
    Failed,
}

impl Status {
    /// The vendor's `status`.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [
            Self::Pending,
            Self::Processing,
            Self::Completed,
            Self::Failed,
        ]
        .into_iter()
        .find(|status| status.as_str() == text)
    }
}

/// What came of the users that were done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Summary {
    pub(crate) failed: i64,
    pub(crate) updated: i64,
    pub(crate) inserted: i64,
    pub(crate) total: i64,
}

/// A job.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Job {
    /// `job_` and 16 characters.
    pub(crate) id: String,
    pub(crate) kind: Kind,
    pub(crate) status: Status,
    pub(crate) connection_id: Option<String>,
    /// What was asked for beside the connection, in the vendor's spelling.
    pub(crate) settings: Members,
    /// How many users are done: whoever goes on after a restart begins there.
    pub(crate) done: i64,
    /// How many there are, where that is known.
    pub(crate) total: Option<i64>,
    pub(crate) summary: Summary,
    /// After which user an export goes on.
    pub(crate) place: Option<(Timestamp, String)>,
    /// Why it failed.
    pub(crate) details: Option<String>,
    pub(crate) created_at: Timestamp,
}

impl Job {
    /// A job that nobody has begun.
    pub(crate) fn new(id: String, kind: Kind, now: Timestamp) -> Self {
        Self {
            id,
            kind,
            status: Status::Pending,
            connection_id: None,
            settings: Members::new(),
            done: 0,
            total: None,
            summary: Summary::default(),
            place: None,
            details: None,
            created_at: now,
        }
    }

    /// Whole percent.
    pub(crate) fn percentage(&self) -> i64 {
        match (self.status, self.total) {
            (Status::Completed, _) => 100,
            (_, Some(total)) if total > 0 => (self.done * 100 / total).clamp(0, 100),
            _ => 0,
        }
    }
}
