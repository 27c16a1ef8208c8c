//! Pages before and after a mail: look for it, follow its link, and what became of it.

use web::components::{FieldErrors, form};
use web::{Page, Visitor, html};

use super::{Way, back_to_sign_in, card};

/// What a mail is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To confirm an address.
    Verify,
    /// To set a new password.
    Reset,
}

/// A message may be on its way. The same whether there is an account or not.
pub(crate) fn look_for_it(visitor: &Visitor, way: Way<'_>, purpose: Purpose) -> Page {
    let text = visitor.text();
    let (lead, again) = match purpose {
        Purpose::Verify => ("check-mail-verify", "/u/signup"),
        Purpose::Reset => ("check-mail-reset", "/u/reset-password/request"),
    };
    let content = html! {
        p { (text.get(lead)) }
        p.fine.spaced {
            (text.get("check-mail-nothing")) " "
            a href=(way.href(again)) { (text.get("check-mail-again")) }
        }
    };
    card(
        visitor,
        &text.get("check-mail-title"),
        None,
        content,
        back_to_sign_in(text, way),
    )
}

/// The page behind the mailed link. It asks for a click, because mail scanners open links by themselves.
pub(crate) fn verify(visitor: &Visitor, ticket: &str) -> Page {
    let text = visitor.text();
    let content = form(
        visitor,
        "/u/email-verification",
        &FieldErrors::new(),
        html! {
            p { (text.get("verify-lead")) }
            input type="hidden" name="ticket" value=(ticket);
            button.button.button-primary.button-block type="submit" { (text.get("verify-button")) }
        },
    );
    card(visitor, &text.get("verify-title"), None, content, html! {})
}

/// The address is confirmed.
pub(crate) fn verified(visitor: &Visitor) -> Page {
    super::message(visitor, "verified-title", "verified", html! {})
}

/// A mailed link that does not work any more.
pub(crate) fn dead_link(visitor: &Visitor, purpose: Purpose) -> Page {
    let text = visitor.text();
    let content = match purpose {
        Purpose::Reset => html! {
            p { (text.get("dead-link-reset")) }
            div.actions.spaced {
                a.button.button-primary href="/u/reset-password/request" { (text.get("dead-link-again")) }
            }
        },
        Purpose::Verify => html! { p { (text.get("dead-link-verify")) } },
    };
    card(
        visitor,
        &text.get("dead-link-title"),
        None,
        content,
        html! {},
    )
    .status(http::StatusCode::GONE)
}
