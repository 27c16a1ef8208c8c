//! Forgotten passwords.

use web::components::{Choice, Field, FieldErrors, form};
use web::{Page, Visitor, html};

use super::{Way, back_to_sign_in, card};

/// Asks for the address that a link is sent to.
pub(crate) fn forgotten(
    visitor: &Visitor,
    way: Way<'_>,
    connections: &[Choice],
    email: &str,
    errors: &FieldErrors,
) -> Page {
    let text = visitor.text();
    let (label, connection) = (text.get("field-email"), text.get("field-connection"));
    let content = form(
        visitor,
        &way.href("/u/reset-password/request"),
        errors,
        html! {
            @if connections.len() > 1 {
                (Field::select(text, "connection", &connection, connections).error(errors.of("connection")))
            }
            (Field::email(text, "email", &label).value(email).error(errors.of("email")).autocomplete("username"))
            button.button.button-primary.button-block type="submit" { (text.get("forgotten-button")) }
        },
    );
    let page = card(
        visitor,
        &text.get("forgotten-title"),
        Some(&text.get("forgotten-lead")),
        content,
        back_to_sign_in(text, way),
    );
    if errors.is_empty() {
        page
    } else {
        page.failed()
    }
}

/// Choosing a new password with a mailed ticket.
#[derive(Clone, Debug)]
pub(crate) struct Reset<'a> {
    pub(crate) ticket: &'a str,
    /// Whose password it is.
    pub(crate) email: Option<&'a str>,
    /// What a password must be like, as a sentence.
    pub(crate) password_rule: &'a str,
}

pub(crate) fn reset(visitor: &Visitor, shown: &Reset<'_>, errors: &FieldErrors) -> Page {
    let text = visitor.text();
    let (label, again) = (
        text.get("field-password-new"),
        text.get("field-password-again"),
    );
    let lead = shown
        .email
        .map(|email| text.with("reset-lead", [("email", email.into())]));
    let content = form(
        visitor,
        "/u/reset-password",
        errors,
        html! {
            input type="hidden" name="ticket" value=(shown.ticket);
            @if let Some(email) = shown.email {
                // For password managers: which account the new password is for.
                input type="text" name="email" value=(email) autocomplete="username" hidden readonly;
            }
            (Field::password(text, "password", &label).hint(shown.password_rule).error(errors.of("password")).autocomplete("new-password"))
            (Field::password(text, "again", &again).error(errors.of("again")).autocomplete("new-password"))
            button.button.button-primary.button-block type="submit" { (text.get("reset-button")) }
        },
    );
    let page = card(
        visitor,
        &text.get("reset-title"),
        lead.as_deref(),
        content,
        html! {},
    );
    if errors.is_empty() {
        page
    } else {
        page.failed()
    }
}

/// The password is changed. `back` leads to where the reader came from, with its name.
pub(crate) fn changed(visitor: &Visitor, back: Option<(&str, &str)>) -> Page {
    let text = visitor.text();
    let content = html! {
        p { (text.get("reset-done")) }
        @if let Some((href, name)) = back {
            div.actions.spaced {
                a.button.button-primary href=(href) { (text.with("go-to-application", [("application", name.into())])) }
            }
        }
    };
    card(
        visitor,
        &text.get("reset-done-title"),
        None,
        content,
        html! {},
    )
}
