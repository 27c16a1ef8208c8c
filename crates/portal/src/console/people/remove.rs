//! The page that asks before something of a developer's is deleted, and for a reason that reaches them.

use web::components::{
    Field, FieldErrors, danger_button, form, link_button, outcome, page_heading,
};
use web::{Input, Markup, Page, Visitor, Width, html};

use super::{Refused, text};
use crate::console::refusal;
use crate::service::decisions::Reason;

/// What is about to be deleted.
pub(super) struct Asked<'a> {
    pub(super) title: String,
    pub(super) consequences: Markup,
    /// Where the form goes.
    pub(super) action: String,
    /// What stands on the button.
    pub(super) button: &'a str,
    /// Where one comes from.
    pub(super) back: String,
}

impl Asked<'_> {
    /// The page as it is asked first.
    pub(super) fn page(&self, visitor: &Visitor) -> Page {
        self.draw(visitor, &FieldErrors::new(), "")
    }

    /// The reason that a form holds, or the page again with what is wrong with it.
    ///
    /// # Errors
    /// What filling in the form differently does not help.
    pub(super) fn reason(
        &self,
        visitor: &Visitor,
        input: &Input,
    ) -> Result<Result<Reason, Page>, Refused> {
        let entered = input.text("reason");
        let error = match Reason::new(entered) {
            Ok(reason) => return Ok(Ok(reason)),
            Err(error) => error,
        };
        let text = text(visitor);
        let labels = [("reason", text.get("reason"))];
        let errors = refusal::fields(text, &error, &labels).ok_or(error)?;
        Ok(Err(self.draw(visitor, &errors, entered)))
    }

    fn draw(&self, visitor: &Visitor, errors: &FieldErrors, reason: &str) -> Page {
        let text = text(visitor);
        let (label, hint) = (text.get("reason"), text.get("reason-hint"));
        let field = Field::area(text, "reason", &label)
            .hint(&hint)
            .max_length(1000)
            .value(reason)
            .error(errors.of("reason"))
            .optional();
        let main = html! {
            (page_heading(&self.title, None, None))
            div.prose { (self.consequences) }
            (form(visitor, &self.action, errors, html! {
                (field)
                div.form-actions { (danger_button(self.button)) (link_button(&self.back, &text.get("cancel"))) }
            }))
        };
        let page = visitor.page(&self.title).width(Width::Reading).main(main);
        outcome(page, errors, None)
    }
}
