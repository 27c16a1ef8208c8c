//! Signing up, signing in, passwords.

use web::components::{Field, FieldErrors, button, form, notice, page_heading};
use web::{Markup, Page, Text, Tone, Visitor, Width, html, query_value};

use crate::pages::source::Ways;
use crate::pages::text::text;

/// What was entered to sign up.
#[derive(Clone, Debug, Default)]
pub(crate) struct SignUp<'a> {
    pub(crate) full_name: &'a str,
    pub(crate) email: &'a str,
}

fn card(
    visitor: &Visitor,
    title: &str,
    lead: Option<&str>,
    errors: &FieldErrors,
    content: Markup,
    after: Markup,
) -> Page {
    let main = html! {
        (page_heading(title, lead, None))
        div.panel { (content) }
        (after)
    };
    let page = visitor.page(title).width(Width::Card);
    if errors.is_empty() {
        page.main(main)
    } else {
        page.failed().main(main)
    }
}

pub(crate) fn sign_up(
    visitor: &Visitor,
    entered: &SignUp<'_>,
    failure: Option<&str>,
    errors: &FieldErrors,
) -> Page {
    let text = text(visitor);
    let (name, email) = (text.get("sign-up-full-name"), text.get("sign-up-email"));
    let hint = text.get("sign-up-email-hint");
    let content = html! {
        (failed(visitor, failure))
        (form(visitor, "/register", errors, html! {
            (Field::line(text, "full_name", &name).value(entered.full_name).error(errors.of("full_name")).autocomplete("name"))
            (Field::email(text, "email", &email).value(entered.email).hint(&hint).error(errors.of("email")).autocomplete("email"))
            (button(&text.get("sign-up-button")))
        }))
    };
    let after = html! {
        p.aside-note { (text.get("sign-up-have-account")) " " a href="/login" { (text.get("nav-sign-in")) } }
    };
    let page = card(
        visitor,
        &text.get("sign-up-title"),
        Some(&text.get("sign-up-lead")),
        errors,
        content,
        after,
    );
    if failure.is_some() {
        page.failed()
    } else {
        page
    }
}

/// After signing up, or after asking for a new password: `reset` says which.
pub(crate) fn check_mail(visitor: &Visitor, reset: bool) -> Page {
    let text = text(visitor);
    let (lead, again) = if reset {
        ("check-mail-lead-reset", "/forgot-password")
    } else {
        ("check-mail-lead", "/register")
    };
    let content = html! {
        p { (text.get(lead)) }
        p.fine.spaced { (text.get("check-mail-nothing")) " " a href=(again) { (text.get("check-mail-again")) } }
    };
    let after = html! { p.aside-note { a href="/login" { (text.get("check-mail-to-sign-in")) } } };
    card(
        visitor,
        &text.get("check-mail-title"),
        None,
        &FieldErrors::new(),
        content,
        after,
    )
}

/// The page behind the mailed link. It asks for a click, because mail scanners open links by themselves.
pub(crate) fn verify(visitor: &Visitor, token: &str, email: Option<&str>) -> Page {
    let text = text(visitor);
    let lead = match email {
        Some(email) => text.with("verify-lead", [("email", email.into())]),
        None => text.get("verify-lead-unknown"),
    };
    let content = form(
        visitor,
        "/verify-email",
        &FieldErrors::new(),
        html! {
            p { (lead) }
            input type="hidden" name="token" value=(token);
            (button(&text.get("verify-button")))
        },
    );
    card(
        visitor,
        &text.get("verify-title"),
        None,
        &FieldErrors::new(),
        content,
        html! {},
    )
}

/// A mailed link that does not work any more; `reset` says what it was for.
pub(crate) fn dead_link(visitor: &Visitor, reset: bool) -> Page {
    let text = text(visitor);
    let (title, next) = if reset {
        ("password-failed-title", "password-failed-next")
    } else {
        ("verify-failed-title", "verify-failed-next")
    };
    let content = html! {
        p { (text.get(next)) }
        div.actions.spaced { a.button.button-primary href="/forgot-password" { (text.get("password-ask-again")) } }
    };
    card(
        visitor,
        &text.get(title),
        None,
        &FieldErrors::new(),
        content,
        html! {},
    )
    .status(http::StatusCode::GONE)
}

/// What was entered to sign in, and where to go on.
#[derive(Clone, Debug, Default)]
pub(crate) struct SignIn<'a> {
    pub(crate) email: &'a str,
    pub(crate) go_on: Option<&'a str>,
}

/// `failure`: a finished sentence above the fields; `explain`: why one is asked to sign in.
pub(crate) fn sign_in(
    visitor: &Visitor,
    ways: Ways,
    entered: &SignIn<'_>,
    failure: Option<&str>,
    explain: bool,
    errors: &FieldErrors,
) -> Page {
    let text = text(visitor);
    let content = html! {
        @if explain { (notice(text, Tone::Info, html! { (text.get("sign-in-first")) })) }
        (failed(visitor, failure))
        @if ways.provider { (provider_button(text, entered)) }
        @if ways.provider && ways.passwords { p.or { (text.get("sign-in-or")) } }
        @if ways.passwords { (password_form(visitor, entered, errors)) }
    };
    let after = html! {
        @if ways.passwords {
            p.aside-note { (text.get("sign-in-no-account")) " " a href="/register" { (text.get("sign-in-create")) } }
        } @else {
            p.aside-note { (text.get("sso-first")) }
        }
    };
    let page = card(
        visitor,
        &text.get("sign-in-title"),
        None,
        errors,
        content,
        after,
    );
    if failure.is_some() {
        page.failed()
    } else {
        page
    }
}

/// A link: what happens at the provider's page is its own, and no form of ours leads to another site.
fn provider_button(text: Text, entered: &SignIn<'_>) -> Markup {
    let to = query_value(entered.go_on.unwrap_or("/"));
    html! {
        div.form {
            a.button.button-primary href=(format!("/api/v2/developer/authenticate/sso?returnTo={to}")) {
                (text.get("sso-button"))
            }
        }
    }
}

fn password_form(visitor: &Visitor, entered: &SignIn<'_>, errors: &FieldErrors) -> Markup {
    let text = text(visitor);
    let (email, password) = (text.get("sign-in-email"), text.get("sign-in-password"));
    html! {
        (form(visitor, "/login", errors, html! {
            @if let Some(go_on) = entered.go_on { input type="hidden" name="go_on" value=(go_on); }
            (Field::email(text, "email", &email).value(entered.email).error(errors.of("email")).autocomplete("username"))
            (Field::password(text, "password", &password).error(errors.of("password")).autocomplete("current-password"))
            (button(&text.get("sign-in-button")))
        }))
        p.spaced { a href="/forgot-password" { (text.get("sign-in-forgotten")) } }
    }
}

pub(crate) fn forgotten(
    visitor: &Visitor,
    email: &str,
    failure: Option<&str>,
    errors: &FieldErrors,
) -> Page {
    let text = text(visitor);
    let label = text.get("sign-in-email");
    let content = html! {
        (failed(visitor, failure))
        (form(visitor, "/forgot-password", errors, html! {
            (Field::email(text, "email", &label).value(email).error(errors.of("email")).autocomplete("username"))
            (button(&text.get("forgotten-button")))
        }))
    };
    let after = html! { p.aside-note { a href="/login" { (text.get("check-mail-to-sign-in")) } } };
    let page = card(
        visitor,
        &text.get("forgotten-title"),
        Some(&text.get("forgotten-lead")),
        errors,
        content,
        after,
    );
    if failure.is_some() {
        page.failed()
    } else {
        page
    }
}

/// Choosing a password with a mailed token; `first` after confirming the address.
pub(crate) fn password(
    visitor: &Visitor,
    token: &str,
    email: Option<&str>,
    first: bool,
    errors: &FieldErrors,
) -> Page {
    let text = text(visitor);
    let (label, again, hint) = (
        text.get("password-new"),
        text.get("password-again"),
        text.get("password-hint"),
    );
    let title = text.get(if first {
        "password-title"
    } else {
        "password-title-new"
    });
    let content = form(
        visitor,
        "/reset-password",
        errors,
        html! {
            input type="hidden" name="token" value=(token);
            @if first { input type="hidden" name="first" value="yes"; }
            @if let Some(email) = email {
                // For password managers: which account the new password is for.
                input type="text" name="email" value=(email) autocomplete="username" hidden readonly;
            }
            (Field::password(text, "password", &label).hint(&hint).error(errors.of("password")).autocomplete("new-password"))
            (Field::password(text, "again", &again).error(errors.of("again")).autocomplete("new-password"))
            (button(&text.get("password-button")))
        },
    );
    card(visitor, &title, None, errors, content, html! {})
}

fn failed(visitor: &Visitor, failure: Option<&str>) -> Markup {
    html! { @if let Some(failure) = failure { (notice(text(visitor), Tone::Danger, html! { p { (failure) } })) } }
}
