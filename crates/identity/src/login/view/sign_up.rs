//! Creating an account.

use web::components::{Choice, Field, FieldErrors, form};
use web::{Page, Visitor, html};

use super::{Way, card, failed};

/// The sign-up page.
#[derive(Clone, Debug)]
pub(crate) struct SignUp<'a> {
    pub(crate) way: Way<'a>,
    pub(crate) application: &'a str,
    /// The directories to choose from; empty if there is one.
    pub(crate) connections: &'a [Choice],
    pub(crate) email: &'a str,
    /// What was entered, where the directory has usernames, and how long one may be.
    pub(crate) username: Option<(&'a str, (usize, usize))>,
    /// What a password must be like, as a sentence.
    pub(crate) password_rule: &'a str,
}

/// `failure`: a finished sentence above the fields.
pub(crate) fn sign_up(
    visitor: &Visitor,
    shown: &SignUp<'_>,
    failure: Option<&str>,
    errors: &FieldErrors,
) -> Page {
    let text = visitor.text();
    let lead = text.with("sign-up-lead", [("application", shown.application.into())]);
    let (email, username, password) = (
        text.get("field-email"),
        text.get("field-username"),
        text.get("field-password"),
    );
    let email_hint = text.get("sign-up-email-hint");
    let username_hint = shown.username.map(|(_, (min, max))| {
        text.with(
            "sign-up-username-hint",
            [("min", min.into()), ("max", max.into())],
        )
    });
    let connection = text.get("field-connection");
    let content = html! {
        (failed(text, failure))
        (form(visitor, &shown.way.href("/u/signup"), errors, html! {
            @if shown.connections.len() > 1 {
                (Field::select(text, "connection", &connection, shown.connections).error(errors.of("connection")))
            }
            (Field::email(text, "email", &email).value(shown.email).hint(&email_hint).error(errors.of("email")).autocomplete("email"))
            @if let (Some((entered, _)), Some(hint)) = (shown.username, &username_hint) {
                (Field::line(text, "username", &username).value(entered).hint(hint).error(errors.of("username")).autocomplete("username"))
            }
            (Field::password(text, "password", &password).hint(shown.password_rule).error(errors.of("password")).autocomplete("new-password"))
            button.button.button-primary.button-block type="submit" { (text.get("sign-up-button")) }
        }))
    };
    let after = html! {
        p.aside-note {
            (text.get("sign-up-have-account")) " "
            a href=(shown.way.href("/u/login")) { (text.get("sign-up-to-sign-in")) }
        }
    };
    let page = card(
        visitor,
        &text.get("sign-up-title"),
        Some(&lead),
        content,
        after,
    );
    if failure.is_some() || !errors.is_empty() {
        page.failed()
    } else {
        page
    }
}

/// No directory that is open to the application lets people make accounts themselves.
pub(crate) fn closed(visitor: &Visitor, way: Way<'_>) -> Page {
    let text = visitor.text();
    card(
        visitor,
        &text.get("sign-up-title"),
        None,
        html! { p { (text.get("sign-up-closed")) } },
        super::back_to_sign_in(text, way),
    )
    .status(http::StatusCode::FORBIDDEN)
}
