//! Developers' accounts: sign-up, mail addresses, passwords, sessions.
//!
//! Whether an address has an account is told to nobody but the address itself, by mail: every answer
//! here has the same shape and takes the same time for a known and an unknown address.

mod authenticate;
mod invite;
pub mod password;
mod provider;
mod reset;
mod session;
mod sign_up;
#[cfg(test)]
mod tests;
pub(crate) mod token;

use crate::store::accounts as store;
use std::time::Duration;

use oauth::{Clock, Entropy, Timestamp};
use storage::Database;
use storage::Tx;
use storage::seal::Sealer;
use web::{Allowance, Caller, Hasher, Overloaded, Throttle};

use crate::model::{AuditId, DeveloperId, PortalId};
use crate::store::audit::{self, Entry};
use crate::{Actor, Bound, Ctx, Violation};

use self::password::Weakness;

pub use authenticate::Refusal;
pub(crate) use invite::Terms;
pub use provider::{Admission, Vouched};
pub use session::{Refreshed, Tokens};
pub use sign_up::NewDeveloper;

/// A link that expired is told from one that never was for this long.
const EXPIRED_TOKENS_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

/// How long things last.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// An access token.
    pub access: Duration,
    /// A refresh token that is not used.
    pub refresh: Duration,
    /// A session, however often it is refreshed.
    pub session: Duration,
    /// The link that confirms an address.
    pub verification: Duration,
    /// The link, or the answer of verify-email, that sets a password.
    pub reset: Duration,
}

impl Default for Lifetimes {
    /// What Konnect documents for its own UI: 30 minutes, one hour unused, twelve hours in all. The
    /// links: a day, an hour.
    fn default() -> Self {
        let hour = Duration::from_secs(3600);
        Self {
            access: hour / 2,
            refresh: hour,
            session: hour * 12,
            verification: hour * 24,
            reset: hour,
        }
    }
}

/// A developer of a portal, as signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Developer {
    /// The developer's id.
    pub id: String,
    /// The portal that the account belongs to.
    pub portal_id: String,
    /// The address, in lower case.
    pub email: String,
    /// The name.
    pub full_name: String,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// From where somebody asks, and how to answer by mail.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The portal that was asked.
    pub portal_id: String,
    /// The portal's own origin, for links in mails: never taken from an unchecked `Host`.
    pub origin: String,
    /// The caller's network address.
    pub address: String,
    /// The language to write in, as a tag (BCP 47).
    pub locale: String,
    /// The request, for the audit.
    pub request_id: String,
    /// From where it came, for the audit.
    pub caller: Caller,
}

/// Why an account did not do what was asked, by kind.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The portal is public, or does not exist: it has no accounts.
    #[error("this portal has no accounts")]
    NoAccounts,
    /// The portal has a developer with this address.
    #[error("this portal has a developer with this email address")]
    Exists,
    /// The developer confirmed their address, or signs in with the team's provider.
    #[error(
        "there is nobody to invite: the address is confirmed, or the team's identity provider signs them in"
    )]
    Settled,
    /// Developers of this portal sign in with the team's provider alone.
    #[error("this portal takes no passwords: sign in with the team's identity provider")]
    NoPasswords,
    /// The provider vouches for somebody who cannot be let in with that.
    #[error(transparent)]
    NotAdmitted(#[from] Admission),
    /// A member of the request breaks a rule.
    #[error("{field} {reason}")]
    Invalid {
        /// The member.
        field: &'static str,
        /// The rule, to be read after the member's name.
        reason: String,
        /// The rule's name and its number, where it has one.
        rule: Rule,
    },
    /// Sign-in is refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// No such token was ever mailed by this portal.
    #[error("the provided token was not found")]
    UnknownToken,
    /// The token was used or has expired.
    #[error("the provided token was used before or has expired; ask for a new one")]
    SpentToken,
    /// Too many attempts.
    #[error("too many attempts; try again in {} seconds", .0.as_secs() + 1)]
    Limited(Duration),
    /// The database did not answer.
    #[error(transparent)]
    Storage(#[from] storage::Error),
    /// Something else failed within.
    #[error("{0}")]
    Internal(String),
}

/// A rule of Konnect's `invalid_parameters`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// `min_length` with `minimum`.
    MinLength(usize),
    /// `max_length` with `maximum`.
    MaxLength(usize),
    /// `invalid`.
    Invalid,
}

impl Error {
    fn invalid(field: &'static str, reason: impl Into<String>) -> Self {
        Self::Invalid {
            field,
            reason: reason.into(),
            rule: Rule::Invalid,
        }
    }
}

impl From<Weakness> for Error {
    fn from(weakness: Weakness) -> Self {
        Self::Invalid {
            field: "password",
            reason: weakness.to_string(),
            rule: match weakness {
                Weakness::TooShort => Rule::MinLength(password::MIN_LENGTH),
                Weakness::TooLong => Rule::MaxLength(password::MAX_LENGTH),
                Weakness::Repetitive | Weakness::Personal => Rule::Invalid,
            },
        }
    }
}

impl From<Overloaded> for Error {
    fn from(_: Overloaded) -> Self {
        Self::Limited(Duration::from_secs(2))
    }
}

impl From<Error> for crate::Error {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        match error {
            Error::NoAccounts => Self::NotFound(text),
            Error::Exists | Error::Settled => Self::Conflict(text),
            Error::Invalid {
                field,
                reason,
                rule,
            } => {
                let (rule, bound) = match rule {
                    Rule::MinLength(least) => ("min_length", Bound::Minimum(number(least))),
                    Rule::MaxLength(most) => ("max_length", Bound::Maximum(number(most))),
                    Rule::Invalid => ("invalid", Bound::None),
                };
                Self::invalid(Violation::body(field, rule, reason).with(bound))
            }
            Error::NoPasswords => Self::Forbidden(text),
            Error::Refused(_) | Error::NotAdmitted(_) => Self::Unauthenticated(text),
            Error::UnknownToken => Self::NotFound(text),
            Error::SpentToken => Self::Gone(text),
            Error::Limited(retry_after) => Self::Limited {
                message: text,
                retry_after: Some(retry_after),
            },
            Error::Storage(error) => error.into(),
            Error::Internal(text) => Self::Internal(text),
        }
    }
}

fn number(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// The accounts of every portal of this instance.
#[derive(Clone, Debug)]
pub struct Accounts {
    db: Database,
    sealer: Sealer,
    clock: Clock,
    entropy: Entropy,
    lifetimes: Lifetimes,
    hasher: Hasher,
    /// Failed sign-ins of one account.
    by_account: Throttle,
    /// Failed sign-ins, and mails caused, from one network address.
    by_address: Throttle,
    /// Mails to one address.
    by_mail: Throttle,
}

impl Accounts {
    /// The accounts in this database.
    #[must_use]
    pub fn new(
        db: Database,
        sealer: Sealer,
        clock: Clock,
        entropy: Entropy,
        lifetimes: Lifetimes,
    ) -> Self {
        let throttle = |burst, seconds| {
            let refill = Duration::from_secs(seconds);
            Throttle::new(clock.clone(), Allowance { burst, refill })
        };
        Self {
            hasher: Hasher::new(entropy.clone()),
            by_account: throttle(10, 30),
            by_address: throttle(100, 3),
            by_mail: throttle(5, 120),
            db,
            sealer,
            clock,
            entropy,
            lifetimes,
        }
    }

    /// Slows down whoever makes this program work from one network address.
    pub(crate) fn slow_down(&self, visit: &Visit) -> Result<(), Error> {
        self.by_address.take(&visit.address).map_err(Error::Limited)
    }

    /// Writes into the audit what happened to an account: by its developer, where they have shown who
    /// they are, else by whoever called.
    pub(super) async fn record(
        &self,
        tx: &mut Tx,
        visit: &Visit,
        (action, developer_id): (&str, &str),
        proven: bool,
        detail: serde_json::Value,
    ) -> Result<(), Error> {
        let portal_id: Option<PortalId> = visit.portal_id.parse().ok();
        let own: Option<DeveloperId> = developer_id.parse().ok();
        let actor = match own.zip(portal_id).filter(|_| proven) {
            Some((id, portal_id)) => Actor::Developer { id, portal_id },
            None => Actor::Anonymous,
        };
        let ctx = Ctx {
            actor,
            now: self.clock.now(),
            request_id: visit.request_id.clone(),
            caller: visit.caller.clone(),
            rights: None,
        };
        let entry = Entry {
            portal_id,
            ..Entry::new(action, "developer", developer_id)
        };
        let id = AuditId::new(&self.entropy);
        Ok(audit::record(tx, &ctx, id, entry.with(detail)).await?)
    }

    /// Forgets what has expired. Gives how much that was.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn prune(&self) -> Result<u64, storage::Error> {
        let now = self.clock.now();
        store::prune(&self.db, now, now - EXPIRED_TOKENS_KEPT).await
    }
}

/// Why an address is none, to be read after the member's name; nothing if it can be one.
pub(crate) fn address_fault(email: &str) -> Option<&'static str> {
    let parts = email.rsplit_once('@');
    let plausible = parts.is_some_and(|(local, domain)| {
        !local.is_empty()
            && local.len() <= 64
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && domain.split('.').all(|label| !label.is_empty())
            && domain
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'))
    });
    let clean = !email
        .chars()
        .any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '"'));
    // The outgoing server has the last word; what it could never send is refused here.
    if plausible && clean && egress::mail::is_address(email) {
        None
    } else {
        Some("must be an email address")
    }
}
