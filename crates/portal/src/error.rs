//! What can go wrong, by kind. Each surface maps it to its own shape in one place.

use std::time::Duration;

/// Why a request was not carried out.
///
/// The texts are for the person who asked: lower case, they say what to do next and hold no secret.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The thing does not exist, or not for this caller.
    #[error("{0}")]
    NotFound(String),
    /// It contradicts what exists.
    #[error("{0}")]
    Conflict(String),
    /// What was sent is not what is asked for; every violation at once.
    #[error("{}", violations_text(.0))]
    Invalid(Vec<Violation>),
    /// The body cannot be read at all.
    #[error("{0}")]
    Malformed(String),
    /// The body is of a kind that is not taken.
    #[error("{0}")]
    UnsupportedMedia(String),
    /// Nobody is signed in, or the credential does not hold.
    #[error("{0}")]
    Unauthenticated(String),
    /// The caller may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// It existed and has ended, such as a token sent by mail.
    #[error("{0}")]
    Gone(String),
    /// Too much, or too often.
    #[error("{message}")]
    Limited {
        /// What the limit is.
        message: String,
        /// When to try again.
        retry_after: Option<Duration>,
    },
    /// The identity provider did not do what was asked.
    #[error("{0}")]
    Provider(dcr::Error),
    /// Something we need is away; the same request may work later.
    #[error("{0}")]
    Unavailable(String),
    /// A fault of ours. The text is for the log alone.
    #[error("{0}")]
    Internal(String),
}

impl Error {
    /// "`what` does not exist", with its id.
    #[must_use]
    pub fn not_found(what: &str, id: impl std::fmt::Display) -> Self {
        Self::NotFound(format!("{what} {id} not found"))
    }

    /// One violation.
    #[must_use]
    pub fn invalid(violation: Violation) -> Self {
        Self::Invalid(vec![violation])
    }

    /// Replaces the generic conflict of a unique constraint by a sentence that names the thing.
    #[must_use]
    pub fn or_conflict(self, sentence: impl Into<String>) -> Self {
        match self {
            Self::Conflict(_) => Self::Conflict(sentence.into()),
            other => other,
        }
    }
}

impl From<storage::Error> for Error {
    fn from(error: storage::Error) -> Self {
        match error {
            storage::Error::NotFound => Self::NotFound("no such entry".into()),
            storage::Error::Unique { .. } | storage::Error::ForeignKey => {
                Self::Conflict(error.to_string())
            }
            storage::Error::NulInText => Self::Malformed(error.to_string()),
            storage::Error::Busy
            | storage::Error::Unavailable(_)
            | storage::Error::HeldTooLong { .. } => Self::Unavailable(error.to_string()),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<dcr::Error> for Error {
    fn from(error: dcr::Error) -> Self {
        Self::Provider(error)
    }
}

fn violations_text(violations: &[Violation]) -> String {
    let reasons: Vec<&str> = violations.iter().map(|v| v.reason.as_str()).collect();
    reasons.join("; ")
}

/// One field that is not as asked: an entry of Konnect's `invalid_parameters`.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// Dotted path of the field, such as `dcr_config.initial_client_id`.
    pub field: String,
    /// The rule's name in Konnect's vocabulary, such as `required` or `max_length`.
    pub rule: &'static str,
    /// A sentence for people.
    pub reason: String,
    /// Where the field was.
    pub source: Source,
    /// What the rule compares with.
    pub bound: Bound,
}

/// Where a field was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// In the body.
    Body,
    /// In the query.
    Query,
    /// In the path.
    Path,
}

/// What a rule compares with, where that helps the caller.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Bound {
    /// Nothing to tell.
    #[default]
    None,
    /// The values allowed.
    Choices(Vec<String>),
    /// The least value or length.
    Minimum(i64),
    /// The greatest value or length.
    Maximum(i64),
    /// Fields that belong together.
    Dependents(Vec<String>),
}

impl Violation {
    /// A violation in the body without a bound.
    #[must_use]
    pub fn body(field: impl Into<String>, rule: &'static str, reason: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            rule,
            reason: reason.into(),
            source: Source::Body,
            bound: Bound::None,
        }
    }

    /// A violation in the query without a bound.
    #[must_use]
    pub fn query(field: impl Into<String>, rule: &'static str, reason: impl Into<String>) -> Self {
        Self {
            source: Source::Query,
            ..Self::body(field, rule, reason)
        }
    }

    /// The same with what the rule compares with.
    #[must_use]
    pub fn with(self, bound: Bound) -> Self {
        Self { bound, ..self }
    }
}
