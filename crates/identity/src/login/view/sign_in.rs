//! Signing in.

use web::components::{Choice, Field, FieldErrors, form};
use web::{Markup, Page, Visitor, html};

use super::{Way, card, failed};

/// What people are known by in the directory they sign in to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Identifier {
    Email,
    Either,
}

/// The sign-in page.
#[derive(Clone, Debug)]
pub(crate) struct SignIn<'a> {
    pub(crate) way: Way<'a>,
    /// Where the form goes; for a sign-in of its own, such as a device's.
    pub(crate) action: &'a str,
    /// What must come back with the form, by name.
    pub(crate) kept: &'a [(&'a str, &'a str)],
    /// What the reader signs in for, as a sentence.
    pub(crate) lead: &'a str,
    pub(crate) identifier: Identifier,
    pub(crate) entered: &'a str,
    /// The directories to choose from; empty if there is one.
    pub(crate) connections: &'a [Choice],
    pub(crate) may_sign_up: bool,
    pub(crate) may_reset: bool,
}

/// `failure`: a finished sentence above the fields.
pub(crate) fn sign_in(
    visitor: &Visitor,
    shown: &SignIn<'_>,
    failure: Option<&str>,
    errors: &FieldErrors,
) -> Page {
    let text = visitor.text();
    let content = html! {
        (failed(text, failure))
        (form(visitor, shown.action, errors, fields(visitor, shown, errors)))
        @if shown.may_reset {
            p.spaced { a href=(shown.way.href("/u/reset-password/request")) { (text.get("sign-in-forgotten")) } }
        }
    };
    let after = html! {
        @if shown.may_sign_up {
            p.aside-note {
                (text.get("sign-in-no-account")) " "
                a href=(shown.way.href("/u/signup")) { (text.get("sign-in-create")) }
            }
        }
    };
    let page = card(
        visitor,
        &text.get("sign-in-title"),
        Some(shown.lead),
        content,
        after,
    );
    if failure.is_some() || !errors.is_empty() {
        page.failed()
    } else {
        page
    }
}

fn fields(visitor: &Visitor, shown: &SignIn<'_>, errors: &FieldErrors) -> Markup {
    let text = visitor.text();
    let (connection, password) = (text.get("field-connection"), text.get("field-password"));
    let label = text.get(match shown.identifier {
        Identifier::Email => "field-email",
        Identifier::Either => "field-identifier",
    });
    let field = match shown.identifier {
        Identifier::Email => Field::email(text, "username", &label),
        Identifier::Either => Field::line(text, "username", &label),
    };
    html! {
        @for (name, value) in shown.kept { input type="hidden" name=(name) value=(value); }
        @if shown.connections.len() > 1 {
            (Field::select(text, "connection", &connection, shown.connections).error(errors.of("connection")))
        }
        (field.value(shown.entered).error(errors.of("username")).autocomplete("username"))
        (Field::password(text, "password", &password).error(errors.of("password")).autocomplete("current-password"))
        button.button.button-primary.button-block type="submit" { (text.get("sign-in-button")) }
    }
}

/// Nobody can sign in to this application: no directory is open to it.
pub(crate) fn nowhere(visitor: &Visitor, application: &str) -> Page {
    let text = visitor.text();
    let lead = text.with("sign-in-nowhere", [("application", application.into())]);
    card(
        visitor,
        &text.get("sign-in-nowhere-title"),
        None,
        html! { p { (lead) } },
        html! {},
    )
    .status(http::StatusCode::FORBIDDEN)
}
