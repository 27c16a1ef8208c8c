//! What is wrong with a strategy's form.

use web::Text;

use super::advanced::{self, Fault};
use super::fields::labels;
use super::{Refused, Told};
use crate::model::CredentialType;
use crate::{Error, Violation};

/// Why nothing was written.
#[derive(Debug)]
pub(super) enum Unwritten {
    /// The further settings are no settings.
    Fault(Fault),
    /// The service refused.
    Refused(Error),
}

impl From<Error> for Unwritten {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<Fault> for Unwritten {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// What to say of it, beside the fields.
///
/// # Errors
/// The error itself, if filling in the form differently does not help.
pub(super) fn told(text: Text, kind: CredentialType, why: Unwritten) -> Result<Told, Refused> {
    let labels = labels(text, kind);
    let violations = match why {
        Unwritten::Fault(fault) => {
            let mut told = Told::default();
            told.fields.add(advanced::FIELD, fault.message(text));
            return Ok(told);
        }
        Unwritten::Refused(Error::Invalid(violations)) => violations,
        Unwritten::Refused(other) => return Told::of(text, other, &labels, "name"),
    };
    let is_further = |violation: &Violation| {
        let path = violation.field.as_str();
        let inside = |name: &str| path == name || path.starts_with(&format!("{name}."));
        let field = labels.iter().find(|(name, _)| inside(name));
        field.is_some_and(|(name, _)| *name == advanced::FIELD)
    };
    let (further, own): (Vec<_>, Vec<_>) = violations.into_iter().partition(is_further);
    let mut told = Told::of(text, Error::Invalid(own), &labels, "name")?;
    if !further.is_empty() {
        let said = advanced::sentences(text, &further);
        told.fields.add(advanced::FIELD, said);
    }
    Ok(told)
}
