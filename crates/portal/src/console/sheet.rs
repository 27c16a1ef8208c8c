//! The forms of the portal's pages: filled in by those who may change something, read by the others.

use web::components::{FieldErrors, error_summary, form, notice, upload_form};
use web::{Administrator, Markup, Text, Tone, Visitor, html};

use super::{Refused, refusal};
use crate::Error;

/// What is wrong with a form.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Beside the fields.
    pub(super) fields: FieldErrors,
    /// Above them, where it is no field's fault.
    pub(super) notice: Option<String>,
}

impl Told {
    /// What to say of an error. `labels` are the fields' names as the reader sees them, `unique` the field
    /// that is at fault if something like it exists already.
    ///
    /// # Errors
    /// The error itself, if filling in the form differently does not help.
    pub(super) fn of(
        text: Text,
        error: Error,
        labels: &[(&str, String)],
        unique: &str,
    ) -> Result<Self, Refused> {
        let mut told = Self::default();
        if matches!(error, Error::Conflict(_)) {
            let own = text.lookup(&format!("invalid-{unique}-taken"));
            let message = own.unwrap_or_else(|| text.get("invalid-taken"));
            told.fields.add(unique, message);
            return Ok(told);
        }
        let Some(found) = refusal::fields(text, &error, labels) else {
            return Err(error.into());
        };
        for (path, message) in found.iter() {
            // `labels.team` is wrong in the field `labels`.
            let inside = |name: &str| path == name || path.starts_with(&format!("{name}."));
            match labels.iter().find(|(name, _)| inside(name)) {
                Some((name, _)) => told.fields.add(*name, message),
                None => told.notice = Some(message.to_owned()),
            }
        }
        Ok(told)
    }

    /// What stands above the form.
    pub(super) fn above(&self, text: Text) -> Markup {
        html! { @if let Some(told) = &self.notice { (notice(text, Tone::Danger, html! { p { (told) } })) } }
    }
}

/// A form for those who may change something: its fields, then its buttons. To viewers the same fields,
/// which take nothing, without the buttons. `files` says whether it holds any.
pub(super) fn sheet(
    (visitor, reader): (&Visitor, &Administrator),
    (action, files): (&str, bool),
    errors: &FieldErrors,
    fields: Markup,
    buttons: Markup,
) -> Markup {
    if !reader.role.may_change() {
        return html! {
            (error_summary(visitor.text(), errors))
            div.form { fieldset.bare.form disabled { (fields) } }
        };
    }
    let content = html! { (fields) div.form-actions { (buttons) } };
    match files {
        true => upload_form(visitor, action, errors, content),
        false => form(visitor, action, errors, content),
    }
}
