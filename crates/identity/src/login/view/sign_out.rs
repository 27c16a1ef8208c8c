//! Signing out.

use web::components::{FieldErrors, form};
use web::{Page, Visitor, html};

use super::card;

/// Asks first: nobody else may sign the reader out by a link (OpenID Connect RP-Initiated Logout 1.0 §2).
/// `kept` comes back with the form, by name.
pub(crate) fn confirm(
    visitor: &Visitor,
    tenant: &str,
    action: &str,
    kept: &[(&str, &str)],
) -> Page {
    let text = visitor.text();
    let content = html! {
        p { (text.with("sign-out-lead", [("tenant", tenant.into())])) }
        (form(visitor, action, &FieldErrors::new(), html! {
            @for (name, value) in kept { input type="hidden" name=(name) value=(value); }
            div.form-actions.decide.spaced {
                button.button.button-primary type="submit" name="action" value="accept" { (text.get("sign-out-button")) }
                button.button.button-secondary type="submit" name="action" value="deny" { (text.get("sign-out-stay")) }
            }
        }))
    };
    card(
        visitor,
        &text.get("sign-out-title"),
        None,
        content,
        html! {},
    )
}

/// The reader is signed out, and there is nowhere to send them.
pub(crate) fn done(visitor: &Visitor) -> Page {
    super::message(visitor, "signed-out-title", "signed-out", html! {})
}
