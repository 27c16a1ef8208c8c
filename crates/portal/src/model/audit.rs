//! Where audit entries are sent, and how that goes.

use std::fmt;
use std::str::FromStr;

use oauth::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AuditDestinationId, PortalId};

/// Whose entries: all, or those of one portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditScope {
    /// Everything that happens here.
    Organization,
    /// What happens in a portal.
    Portal(PortalId),
}

impl fmt::Display for AuditScope {
    /// As it is stored, and as jobs are called.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organization => f.write_str("organization"),
            Self::Portal(id) => id.fmt(f),
        }
    }
}

impl FromStr for AuditScope {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        match text {
            "organization" => Ok(Self::Organization),
            id => id.parse().map(Self::Portal),
        }
    }
}

/// How an entry is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// ArcSight's Common Event Format.
    #[default]
    Cef,
    /// A JSON object.
    Json,
    /// A JSON object with the names of the CrowdStrike Parsing Standard.
    Cps,
}

impl LogFormat {
    /// Every one of them, as it is stored.
    pub const WORDS: &'static [&'static str] = &["cef", "json", "cps"];

    /// As it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cef => "cef",
            Self::Json => "json",
            Self::Cps => "cps",
        }
    }

    /// The format that is called so.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Cef, Self::Json, Self::Cps]
            .into_iter()
            .find(|format| format.as_str() == text)
    }
}

/// A place that audit entries are sent to.
#[derive(Clone, Debug)]
pub struct AuditDestination {
    /// Its id.
    pub id: AuditDestinationId,
    /// Its name; one without a name belongs to the organisation's webhook alone.
    pub name: Option<String>,
    /// Where entries are posted.
    pub endpoint: String,
    /// What the `Authorization` header says, sealed with [`AuditDestination::secret_context`].
    pub authorization: Option<String>,
    /// How entries are written.
    pub log_format: LogFormat,
    /// Whether any certificate will do.
    pub skip_ssl_verification: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl AuditDestination {
    /// What the header is sealed to: it opens for this destination alone.
    #[must_use]
    pub fn secret_context(id: AuditDestinationId) -> String {
        format!("portal.audit_destination.{id}")
    }
}

/// Who sends, where to, and how the last attempt went.
#[derive(Clone, Debug)]
pub struct AuditWebhook {
    /// Whose entries.
    pub scope: AuditScope,
    /// Where to; nothing once it was taken away.
    pub destination_id: Option<AuditDestinationId>,
    /// Whether entries are sent.
    pub enabled: bool,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Attempts that failed since the last one that did not.
    pub failures: u32,
    /// When the next attempt may be; at once if nothing is here.
    pub retry_at: Option<Timestamp>,
    /// The last attempt, whatever came of it.
    pub last_attempt_at: Option<Timestamp>,
    /// The status that was answered then; nothing if no answer came.
    pub last_response_code: Option<u16>,
    /// What was answered, or why no answer came.
    pub last_response_message: Option<String>,
}

/// How far a replay has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplayStatus {
    /// It waits for its turn.
    Accepted,
    /// It sends.
    Running,
    /// Everything was sent.
    Completed,
    /// It was given up.
    Failed,
}

impl ReplayStatus {
    /// As it is stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }

    /// The status that is called so.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Accepted, Self::Running, Self::Completed, Self::Failed]
            .into_iter()
            .find(|status| status.as_str() == text)
    }

    /// Whether it has still to send.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Accepted | Self::Running)
    }
}

/// Entries of a range of time that are sent once more.
#[derive(Clone, Debug)]
pub struct AuditReplay {
    /// Whose entries.
    pub scope: AuditScope,
    /// From when.
    pub start_at: Timestamp,
    /// Until when, that moment included.
    pub end_at: Timestamp,
    /// How far it has come.
    pub status: ReplayStatus,
    /// How many entries were sent.
    pub sent: i64,
    /// The place of the last of them, in the order of the audit.
    pub after: Option<(Timestamp, i64, String)>,
    /// When this was last written.
    pub updated_at: Timestamp,
}
