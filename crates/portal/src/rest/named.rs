//! One field, two names: what a service says of a field, in the words of the surface that was asked.

use crate::error::Error;

/// The error with these fields, `(the service's name, the surface's name)`, called what the surface calls
/// them.
pub(crate) fn renamed(error: Error, names: &[(&str, &str)]) -> Error {
    let Error::Invalid(mut violations) = error else {
        return error;
    };
    for violation in &mut violations {
        if let Some((ours, theirs)) = names.iter().find(|(ours, _)| *ours == violation.field) {
            let quoted = (format!("\"{ours}\""), format!("\"{theirs}\""));
            violation.reason = violation.reason.replace(&quoted.0, &quoted.1);
            violation.field = (*theirs).to_owned();
        }
    }
    Error::Invalid(violations)
}

#[cfg(test)]
mod tests {
    use super::renamed;
    use crate::error::{Error, Violation};

    #[test]
    fn a_field_and_its_reason_get_the_other_name() {
        let reason = "\"reference_id\" is required";
        let error = Error::invalid(Violation::body("reference_id", "required", reason));
        let Error::Invalid(found) = renamed(error, &[("reference_id", "client_id")]) else {
            panic!("another kind of error");
        };
        assert_eq!(found[0].field, "client_id");
        assert_eq!(found[0].reason, "\"client_id\" is required");
    }
}
