//! Connecting a device (RFC 8628 §3.3).

use web::components::{Field, FieldErrors, form};
use web::{Page, Visitor, html};

use super::card;
use super::consent::{Access, Applicant, requested, who};

/// Asks for the code that the device shows.
pub(crate) fn code(visitor: &Visitor, entered: &str, errors: &FieldErrors) -> Page {
    let text = visitor.text();
    let (label, hint) = (text.get("field-user-code"), text.get("device-code-hint"));
    let content = form(
        visitor,
        "/activate",
        errors,
        html! {
            (Field::line(text, "user_code", &label).value(entered).hint(&hint).error(errors.of("user_code"))
                .autocomplete("one-time-code").max_length(20))
            button.button.button-primary.button-block type="submit" { (text.get("device-button")) }
        },
    );
    let page = card(
        visitor,
        &text.get("device-title"),
        Some(&text.get("device-lead")),
        content,
        html! {},
    );
    if errors.is_empty() {
        page
    } else {
        page.failed()
    }
}

/// Shows the code again and asks whether the reader's own device shows it: somebody else may have sent
/// the link (RFC 8628 §5.4).
#[derive(Clone, Debug)]
pub(crate) struct Confirm<'a> {
    pub(crate) user_code: &'a str,
    pub(crate) applicant: Applicant<'a>,
    pub(crate) tenant: &'a str,
    pub(crate) user: &'a str,
    /// OpenID Connect's own scopes that were asked for.
    pub(crate) about_user: &'a [&'a str],
    pub(crate) access: &'a [Access],
}

pub(crate) fn confirm(visitor: &Visitor, shown: &Confirm<'_>) -> Page {
    let text = visitor.text();
    let lead = text.with(
        "device-confirm-lead",
        [("application", shown.applicant.name.into())],
    );
    let content = html! {
        p.user-code { code { (shown.user_code) } }
        (who(text, &shown.applicant, shown.tenant))
        p.fine { (text.with("consent-signed-in", [("user", shown.user.into())])) }
        (requested(text, shown.about_user, shown.access))
        (form(visitor, "/activate/confirm", &FieldErrors::new(), html! {
            input type="hidden" name="user_code" value=(shown.user_code);
            div.form-actions.decide {
                button.button.button-primary type="submit" name="action" value="accept" { (text.get("consent-allow")) }
                button.button.button-secondary type="submit" name="action" value="deny" { (text.get("consent-deny")) }
            }
        }))
    };
    card(
        visitor,
        &text.get("device-confirm-title"),
        Some(&lead),
        content,
        html! {},
    )
}

/// The end: the device goes on by itself, or does not.
pub(crate) fn done(visitor: &Visitor, connected: bool) -> Page {
    let (title, lead) = if connected {
        ("device-done-title", "device-done")
    } else {
        ("device-denied-title", "device-denied")
    };
    super::message(visitor, title, lead, html! {})
}
