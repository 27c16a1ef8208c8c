//! What a mail may be about.

use serde::{Deserialize, Serialize};

/// What a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The address is to be confirmed.
    Verify,
    /// An administrator made the account: the address is to be confirmed.
    Invited,
    /// A new password was asked for.
    Reset,
    /// There is another password.
    PasswordChanged,
    /// Somebody signed up with an address that has an account.
    Exists,
    /// An administrator approved the account.
    Approved,
    /// An administrator refused the account.
    Rejected,
    /// An administrator took the account back.
    Revoked,
    /// An administrator deleted the account.
    AccountDeleted,
    /// An administrator approved a registration for an API.
    AccessApproved,
    /// An administrator refused a registration for an API.
    AccessRejected,
    /// An administrator took a registration for an API back.
    AccessRevoked,
    /// A version of an API, for which an application is registered, became deprecated.
    Deprecated,
    /// A version of an API, which an application of the reader's could call, has ended.
    Withdrawn,
    /// An administrator deleted an application.
    ApplicationDeleted,
    /// An application became the reader's.
    HandedOver,
    /// An application became a team's, of which the reader is.
    HandedToTeam,
    /// An administrator gave an application of the reader's to somebody else.
    HandedAway,
    /// An administrator lets an application have a new secret, which is to be taken.
    SecretWaits,
    /// It was not taken, and the old credentials are about to end.
    SecretUntaken,
    /// Old credentials are about to end and are still used.
    SecretUsed,
    /// An API key is about to end.
    KeyEnding,
    /// An API key has ended.
    KeyEnded,
    /// To the portal's team: developers or registrations wait for a decision.
    Waiting,
    /// To somebody who is to join the portal's team.
    InvitedToTeam,
}

impl Subject {
    /// Every one.
    pub const ALL: [Self; 25] = [
        Self::Verify,
        Self::Invited,
        Self::Reset,
        Self::PasswordChanged,
        Self::Exists,
        Self::Approved,
        Self::Rejected,
        Self::Revoked,
        Self::AccountDeleted,
        Self::AccessApproved,
        Self::AccessRejected,
        Self::AccessRevoked,
        Self::Deprecated,
        Self::Withdrawn,
        Self::ApplicationDeleted,
        Self::HandedOver,
        Self::HandedToTeam,
        Self::HandedAway,
        Self::SecretWaits,
        Self::SecretUntaken,
        Self::SecretUsed,
        Self::KeyEnding,
        Self::KeyEnded,
        Self::Waiting,
        Self::InvitedToTeam,
    ];

    /// What its texts begin with.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Invited => "invited",
            Self::Reset => "reset",
            Self::PasswordChanged => "password-changed",
            Self::Exists => "exists",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Revoked => "revoked",
            Self::AccountDeleted => "account-deleted",
            Self::AccessApproved => "access-approved",
            Self::AccessRejected => "access-rejected",
            Self::AccessRevoked => "access-revoked",
            Self::Deprecated => "deprecated",
            Self::Withdrawn => "withdrawn",
            Self::ApplicationDeleted => "application-deleted",
            Self::HandedOver => "handed-over",
            Self::HandedToTeam => "handed-to-team",
            Self::HandedAway => "handed-away",
            Self::SecretWaits => "secret-waits",
            Self::SecretUntaken => "secret-untaken",
            Self::SecretUsed => "secret-used",
            Self::KeyEnding => "key-ending",
            Self::KeyEnded => "key-ended",
            Self::Waiting => "waiting",
            Self::InvitedToTeam => "invited-to-team",
        }
    }
}
