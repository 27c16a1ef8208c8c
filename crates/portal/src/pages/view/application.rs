//! My Apps: the list, one application, deleting it.

use std::time::Duration;

use web::components::{
    Column, Crumb, Definition, ListQuery, badge, breadcrumbs, confirm, danger_button, definitions,
    empty_state, link_button, list_table, list_tools, notice, page_heading,
};
use web::{Markup, Page, Text, Tone, Visitor, date, html, moment};

use super::keys::{self, Key};
use super::registration::{self, RegistrationRow};
use super::secrets;
use super::usage;
use crate::pages::text::{credential, text};
use crate::service::applications::Credential;

/// Applications on a page.
pub(crate) const PAGE_SIZE: u32 = 20;

/// As many are seen at a glance, and need no search.
const FEW: u64 = 7;

/// An application in the list.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The team that owns it.
    pub(crate) team: Option<String>,
    /// Each once.
    pub(crate) credential_types: Vec<String>,
    pub(crate) registrations: i64,
    pub(crate) created_at: i64,
}

/// A further way to sign in of an application.
#[derive(Clone, Debug)]
pub(crate) struct Companion {
    pub(crate) id: String,
    pub(crate) strategy_id: String,
    pub(crate) strategy: String,
    pub(crate) credential_type: String,
}

/// One application with all that its page shows.
#[derive(Clone, Debug)]
pub(crate) struct Details {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The team that owns it.
    pub(crate) team: Option<String>,
    /// Whether the reader can share it, or take it back.
    pub(crate) can_share: bool,
    pub(crate) description: Option<String>,
    pub(crate) redirect_uri: Option<String>,
    /// What its client is granted at the identity provider.
    pub(crate) scopes: Vec<String>,
    pub(crate) strategy: String,
    pub(crate) credential_type: String,
    /// The client id at the identity provider, or the reference entered.
    pub(crate) client_id: Option<String>,
    /// The client secrets that work, the present one first.
    pub(crate) credentials: Vec<Credential>,
    /// Whether the portal can make a new secret for it.
    pub(crate) can_rotate: bool,
    /// The names a key may be sent under, for applications that use keys.
    pub(crate) key_names: Vec<String>,
    /// How long a key may live; `None` for ever.
    pub(crate) longest_key: Option<Duration>,
    pub(crate) keys: Vec<Key>,
    pub(crate) registrations: Vec<RegistrationRow>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    /// The application to which this way to sign in belongs: its id and name.
    pub(crate) main: Option<(String, String)>,
    /// Its further ways to sign in.
    pub(crate) companions: Vec<Companion>,
    /// Whether another one could be added.
    pub(crate) can_grow: bool,
}

impl Details {
    pub(crate) fn path(&self) -> String {
        format!("/my-apps/{}", self.id)
    }

    /// What it is called: a further way to sign in by its application and strategy.
    pub(crate) fn title(&self) -> String {
        match &self.main {
            Some((_, name)) => format!("{name}: {}", self.strategy),
            None => self.name.clone(),
        }
    }

    pub(crate) fn is_oauth(&self) -> bool {
        !self.uses_keys()
    }

    fn uses_keys(&self) -> bool {
        self.credential_type == "key_auth"
    }
}

/// The way back to the list.
pub(crate) fn above(text: Text) -> Markup {
    breadcrumbs(
        text,
        &[Crumb {
            label: &text.get("apps-title"),
            href: "/my-apps",
        }],
    )
}

/// The way back to an application.
pub(crate) fn above_in(text: Text, id: &str, name: &str) -> Markup {
    let href = format!("/my-apps/{id}");
    breadcrumbs(
        text,
        &[
            Crumb {
                label: &text.get("apps-title"),
                href: "/my-apps",
            },
            Crumb {
                label: name,
                href: &href,
            },
        ],
    )
}

/// The applications that the address asks for, and how many there are. `leaving`: names of deleted ones whose
/// clients are not removed yet.
pub(crate) fn list(
    visitor: &Visitor,
    list: &ListQuery,
    (rows, total): &(Vec<Row>, u64),
    leaving: &[String],
) -> Page {
    let text = text(visitor);
    let new = html! { a.button.button-primary href="/my-apps/new" { (text.get("apps-new")) } };
    let main = html! {
        @if rows.is_empty() && !list.narrowed() {
            (page_heading(&text.get("apps-title"), Some(&text.get("apps-lead")), None))
            (empty_state(&text.get("apps-empty-title"), &text.get("apps-empty-next"), Some(new)))
        } @else {
            @let actions = html! { (link_button(usage::PATH, &text.get("apps-usage"))) (new) };
            (page_heading(&text.get("apps-title"), Some(&text.get("apps-lead")), Some(actions)))
            @if *total > FEW || list.narrowed() {
                (list_tools(text, list, Some(&text.get("apps-search")), &[]))
            }
            @if rows.is_empty() {
                (empty_state(&text.get("apps-none-title"), &text.get("apps-none-next"), None))
            } @else {
                (rows_of(text, list, rows))
                (list.pages(text, PAGE_SIZE, *total))
            }
        }
        @if !leaving.is_empty() {
            (notice(text, Tone::Info, html! {
                p { strong { (text.get("apps-leaving")) } " " (leaving.join(", ")) }
                p { (text.get("apps-leaving-text")) }
            }))
        }
    };
    visitor.page(&text.get("apps-title")).main(main)
}

fn rows_of(text: Text, list: &ListQuery, rows: &[Row]) -> Markup {
    let columns = [
        "apps-name",
        "apps-strategy",
        "apps-registrations",
        "apps-created",
    ]
    .map(|id| text.get(id));
    let sorted = [
        Column::sorted(&columns[0], "name"),
        Column::new(&columns[1]),
        Column::new(&columns[2]),
        Column::moments(&columns[3], "created"),
    ];
    list_table(
        text,
        list,
        &text.get("apps-title"),
        &sorted,
        html! {
            @for row in rows {
                tr {
                    td {
                        a href=(format!("/my-apps/{}", row.id)) { strong { (row.name) } }
                        @if let Some(team) = &row.team { " " (badge(Tone::Neutral, team)) }
                    }
                    td data-label=(columns[1]) {
                        @for (n, way) in row.credential_types.iter().enumerate() {
                            @if n > 0 { br; }
                            (credential(text, way))
                        }
                     }
                    td data-label=(columns[2]) { (row.registrations) }
                    td data-label=(columns[3]) { (date(text, row.created_at)) }
                }
            }
        },
    )
}

pub(crate) fn details(visitor: &Visitor, app: &Details) -> Page {
    let text = text(visitor);
    let path = app.path();
    let actions = html! {
        @if app.can_share { (link_button(&format!("{path}/share"), &text.get("share"))) }
        (link_button(&format!("{}?application={}", usage::PATH, app.id), &text.get("apps-usage")))
        (link_button(&format!("{path}/edit"), &text.get("app-edit")))
    };
    let main = html! {
        @match &app.main {
            Some((id, name)) => (above_in(text, id, name)),
            None => (above(text)),
        }
        (page_heading(&app.title(), app.description.as_deref(), Some(actions)))
        @if let Some(team) = &app.team {
            (notice(text, Tone::Info, html! { p { (text.with("share-owned", [("team", team.into())])) } }))
        }
        @if app.uses_keys() {
            (keys::section(visitor, app))
        } @else {
            (secrets::section(text, app))
        }
        @if app.can_grow || !app.companions.is_empty() { (companions(text, app)) }
        (registration::section(text, app))
        section.section aria-labelledby="details" {
            div.section-heading { h2 id="details" { (text.get("app-details")) } }
            div.panel { (definitions(&facts(text, app))) }
        }
        section.section aria-labelledby="delete" {
            div.panel.section-heading.danger-zone {
                div {
                    h2 id="delete" { (text.get("danger-zone")) }
                    p.fine { (text.get("danger-zone-text")) }
                }
                a.button.button-danger-quiet href=(format!("{path}/delete")) { (text.get("delete")) }
            }
        }
    };
    visitor.page(&app.title()).main(main)
}

/// What else the application signs in with, and how to add to that.
fn companions(text: Text, app: &Details) -> Markup {
    html! {
        section.section aria-labelledby="ways" {
            div.section-heading {
                h2 id="ways" { (text.get("ways-title")) }
                @if app.can_grow { (link_button(&format!("/my-apps/new?beside={}", app.id), &text.get("ways-add"))) }
            }
            @if app.companions.is_empty() { p.fine { (text.get("ways-none")) } }
            @else {
                div.panel {
                    (definitions(&app.companions.iter().map(|companion| {
                        let name = html! { a href=(format!("/my-apps/{}", companion.id)) { (companion.strategy) } };
                        Definition::new(credential(text, &companion.credential_type), name)
                    }).collect::<Vec<_>>()))
                }
            }
        }
    }
}

fn facts(text: Text, app: &Details) -> Vec<Definition> {
    let mut facts = vec![Definition::new(
        text.get("apps-strategy"),
        html! { (app.strategy) span.fine { " · " (credential(text, &app.credential_type)) } },
    )];
    if let Some(uri) = &app.redirect_uri {
        facts.push(Definition::new(
            text.get("app-redirect-uri"),
            html! { code { (uri) } },
        ));
    }
    if !app.scopes.is_empty() {
        let scopes = html! {
            @for scope in &app.scopes { (badge(Tone::Success, scope)) " " }
            p.fine { (text.get("app-scopes-granted-hint")) }
        };
        facts.push(Definition::new(text.get("app-scopes-granted"), scopes));
    }
    facts.push(Definition::new(
        text.get("app-created-at"),
        moment(text, app.created_at),
    ));
    facts.push(Definition::new(
        text.get("app-updated-at"),
        moment(text, app.updated_at),
    ));
    facts
}

/// Asks before deleting.
pub(crate) fn delete(visitor: &Visitor, app: &Details) -> Page {
    let text = text(visitor);
    let path = app.path();
    let keys = app.keys.iter().filter(|key| key.works()).count();
    let counts = [
        ("delete-keys", keys),
        ("delete-secrets", app.credentials.len()),
    ];
    let touched = html! {
        p { (text.get("delete-text")) }
        ul {
            @for (id, count) in counts {
                @if count > 0 { li { (text.with(id, [("count", count.into())])) } }
            }
            @for registration in &app.registrations {
                li { (text.with("delete-access", [("api", (&registration.product_name).into()), ("version", (&registration.version_name).into())])) }
            }
            @for companion in &app.companions {
                li { (text.with("delete-way", [("strategy", (&companion.strategy).into())])) }
            }
            @if let Some(team) = &app.team { li { (text.with("delete-team", [("team", team.into())])) } }
        }
    };
    confirm(
        visitor,
        &text.with("delete-title", [("name", app.title().into())]),
        touched,
        &format!("{path}/delete"),
        danger_button(&text.get("delete-button")),
        (&path, &text.get("app-cancel")),
    )
}
