//! Registering an application for an API, and ending that.

use web::components::{
    Choice, Crumb, Field, FieldErrors, badge, breadcrumbs, button, confirm, danger_button,
    empty_state, form, link_button, notice, page_heading, table,
};
use web::{Markup, Page, Text, Tone, Visitor, Width, date, html};

use super::application::Details;
use super::product::{Product, Registration, Version};
use crate::pages::text::{choice, status, text, tone};

/// A registration in an application's list.
#[derive(Clone, Debug)]
pub(crate) struct RegistrationRow {
    pub(crate) id: String,
    pub(crate) product_id: String,
    pub(crate) product_name: String,
    pub(crate) version_name: String,
    pub(crate) status: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) created_at: i64,
}

/// What can be chosen, and what was.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choosing {
    pub(crate) applications: Vec<Candidate>,
    /// The application's id; empty if none yet.
    pub(crate) chosen: String,
    /// Scopes to choose from; empty unless developers choose them.
    pub(crate) scopes: Vec<Choice>,
}

/// An application that may be registered.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) id: String,
    pub(crate) name: String,
}

pub(crate) fn section(text: Text, app: &Details) -> Markup {
    let browse = html! { a.button.button-small.button-secondary href="/" { (text.get("registrations-browse")) } };
    html! {
        section.section aria-labelledby="registrations" {
            div.section-heading {
                h2 id="registrations" { (text.get("registrations-title")) }
                @if !app.registrations.is_empty() { (browse) }
            }
            @if app.registrations.is_empty() {
                (empty_state(&text.get("registrations-empty-title"), &text.get("registrations-empty-next"), Some(browse)))
            } @else {
                (rows(text, app))
            }
        }
    }
}

fn rows(text: Text, app: &Details) -> Markup {
    let columns = [
        text.get("registrations-api"),
        text.get("registrations-version"),
        text.get("registrations-status"),
        text.get("registrations-since"),
    ];
    let shown: Vec<&str> = columns.iter().map(String::as_str).collect();
    table(
        &text.get("registrations-title"),
        &shown,
        Some(&text.get("unregister")),
        html! {
            @for row in &app.registrations {
                tr {
                    td { a href=(format!("/products/{}", row.product_id)) { strong { (row.product_name) } } }
                    td data-label=(shown[1]) { (row.version_name) }
                    td data-label=(shown[2]) {
                        div {
                            (badge(tone(&row.status), &status(text, &row.status)))
                            @if let Some(next) = text.lookup(&format!("registration-{}-next", row.status)) { p.fine { (next) } }
                            @if !row.scopes.is_empty() { p.fine { (text.get(scopes_label(row))) ": " (row.scopes.join(" ")) } }
                        }
                    }
                    td data-label=(shown[3]) { (date(text, row.created_at)) }
                    td.row-actions {
                        a href=(format!("{}/registrations/{}/delete", app.path(), row.id)) {
                            (text.get("unregister")) span.visually-hidden { ": " (row.product_name) " " (row.version_name) }
                        }
                    }
                }
            }
        },
    )
}

/// What the scopes of a registration are: granted once it is approved, asked for before.
fn scopes_label(row: &RegistrationRow) -> &'static str {
    match row.status.as_str() {
        "approved" => "registrations-scopes-granted",
        _ => "registrations-scopes",
    }
}

/// Chooses the application for a version.
pub(crate) fn register(
    visitor: &Visitor,
    product: &Product,
    version: &Version,
    choosing: &Choosing,
    failure: Option<&str>,
    errors: &FieldErrors,
) -> Page {
    let text = text(visitor);
    let title = text.with("register-title", [("product", (&product.name).into())]);
    let base = format!("/products/{}/versions/{}", product.id, version.id);
    let new_app = format!("/my-apps/new?then={}", version.id);
    let (candidates, scopes) = (&choosing.applications, &choosing.scopes);
    let applications: Vec<Choice> = candidates
        .iter()
        .map(|app| {
            choice(
                &app.id,
                &app.name,
                app.id == choosing.chosen || candidates.len() == 1,
            )
        })
        .collect();
    let (label, scopes_label) = (text.get("register-application"), text.get("app-scopes"));
    let main = html! {
        (above(text, product))
        (page_heading(&title, Some(&text.with("register-lead", [("version", (&version.name).into())])), None))
        @if let Some(failure) = failure { (notice(text, Tone::Danger, html! { p { (failure) } })) }
        @if version.registration == Registration::Reviewed {
            (notice(text, Tone::Info, html! { (text.get("product-access-review")) }))
        }
        @if candidates.is_empty() {
            @let create = html! { a.button.button-primary href=(new_app) { (text.get("apps-new")) } };
            (empty_state(&text.get("register-no-app-title"), &text.get("register-no-app-next"), Some(create)))
        } @else {
            (form(visitor, &format!("{base}/register"), errors, html! {
                (Field::radios(text, "application_id", &label, &applications).error(errors.of("application_id")))
                @if !scopes.is_empty() {
                    (Field::checkboxes(text, "scopes", &scopes_label, scopes).error(errors.of("scopes")).optional())
                }
                p { a href=(new_app) { (text.get("register-new-app")) } }
                div.form-actions {
                    (button(&text.get("register-button")))
                    (link_button(&format!("/products/{}", product.id), &text.get("app-cancel")))
                }
            }))
        }
    };
    let page = visitor.page(&title).width(Width::Reading);
    if errors.is_empty() && failure.is_none() {
        page.main(main)
    } else {
        page.failed().main(main)
    }
}

/// A version that takes no registrations, or none of this reader.
pub(crate) fn closed(visitor: &Visitor, product: &Product, why: Registration) -> Page {
    let text = text(visitor);
    let [title, next] = match why {
        Registration::Denied => ["register-denied-title", "register-denied-next"],
        _ => ["register-closed-title", "register-closed-next"],
    }
    .map(|id| text.get(id));
    let back = html! { (link_button(&format!("/products/{}", product.id), &product.name)) };
    let main = html! {
        (above(text, product))
        h1.visually-hidden { (product.name) }
        (empty_state(&title, &next, Some(back)))
    };
    visitor.page(&title).width(Width::Reading).main(main)
}

/// Asks before ending a registration.
pub(crate) fn unregister(
    visitor: &Visitor,
    id: &str,
    application: &str,
    row: &RegistrationRow,
) -> Page {
    let text = text(visitor);
    let path = format!("/my-apps/{id}");
    let consequences = text.with(
        "unregister-text",
        [
            ("application", application.into()),
            ("product", (&row.product_name).into()),
            ("version", (&row.version_name).into()),
        ],
    );
    confirm(
        visitor,
        &text.with(
            "unregister-title",
            [("product", (&row.product_name).into())],
        ),
        html! { p { (consequences) } },
        &format!("{path}/registrations/{}/delete", row.id),
        danger_button(&text.get("unregister-button")),
        (&path, &text.get("app-cancel")),
    )
}

fn above(text: Text, product: &Product) -> Markup {
    let home = format!("/products/{}", product.id);
    breadcrumbs(
        text,
        &[
            Crumb {
                label: &text.get("nav-catalogue"),
                href: "/",
            },
            Crumb {
                label: &product.name,
                href: &home,
            },
        ],
    )
}
