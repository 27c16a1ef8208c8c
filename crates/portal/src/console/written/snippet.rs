//! One snippet: written, removed after showing which pages include it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use web::components::{Field, button, confirm, danger_button, link_button, outcome};
use web::{Administrator, Editor, Form, Input, Markup, Page, Tone, Visitor, Width, html};

use super::page::{state_choices, visibility_choices};
use super::{Acting, Refused, SNIPPETS, Told, heading, preview, sheet, status, text, visibility};
use crate::console::portals::{self, labels};
use crate::model::{PublishStatus, Site, Snippet, Visibility};
use crate::pages::mdc;
use crate::service::{sites, snippets};
use crate::{Error, Portal, store};

const FIELDS: [(&str, &str); 6] = [
    ("name", "snippets-name"),
    ("title", "pages-name"),
    ("description", "pages-description"),
    ("visibility", "pages-visibility"),
    ("status", "pages-state"),
    ("content", "pages-content"),
];

/// What stands in the fields.
struct Entered<'a> {
    name: &'a str,
    title: &'a str,
    description: &'a str,
    visibility: Visibility,
    status: PublishStatus,
    content: &'a str,
}

impl<'a> Entered<'a> {
    fn of(snippet: &'a Snippet) -> Self {
        Self {
            name: &snippet.name,
            title: &snippet.title,
            description: snippet.description.as_deref().unwrap_or_default(),
            visibility: snippet.visibility,
            status: snippet.status,
            content: &snippet.content,
        }
    }

    fn of_form(input: &'a Input) -> Self {
        Self {
            name: input.text("name").trim(),
            title: input.text("title"),
            description: input.text("description"),
            visibility: visibility(input),
            status: status(input),
            content: input.text("content"),
        }
    }

    /// As the API takes it.
    fn body(&self) -> Map<String, Value> {
        [
            ("name", json!(self.name)),
            ("title", json!(self.title)),
            ("description", json!(self.description)),
            ("visibility", json!(self.visibility)),
            ("status", json!(self.status)),
            ("content", json!(self.content)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
    }
}

fn address(site: &Site, id: impl std::fmt::Display, below: &str) -> String {
    super::address(site, format!("snippets/{id}"), below)
}

pub(super) async fn new_page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(reader): Editor,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let entered = Entered {
        name: "",
        title: "",
        description: "",
        visibility: site.default_page_visibility,
        status: PublishStatus::Published,
        content: "",
    };
    let told = Told::default();
    let about = (&site, None, None);
    Ok(draw((&visitor, &reader), about, &entered, &told))
}

pub(super) async fn create(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    let entered = Entered::of_form(&input);
    match snippets::create(&portal, &acting.ctx, &site, entered.body()).await {
        Ok(snippet) => Ok(saved(&visitor, &site, &snippet)),
        Err(error) => {
            let told = refused(&visitor, error)?;
            let reader = (&visitor, &acting.administrator);
            Ok(draw(reader, (&site, None, None), &entered, &told).into_response())
        }
    }
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path((id, snippet)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let snippet = snippets::find(&portal, &site, &snippet).await?;
    let shown = preview::rendered(&portal, &site, ("", &snippet.content)).await?;
    let about = (&site, Some(&snippet), Some(shown));
    let entered = Entered::of(&snippet);
    Ok(draw((&visitor, &reader), about, &entered, &Told::default()))
}

pub(super) async fn save(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path((id, snippet)): Path<(String, String)>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    let snippet = snippets::find(&portal, &site, &snippet).await?;
    let entered = Entered::of_form(&input);
    match snippets::update(&portal, &acting.ctx, (&site, &snippet), entered.body()).await {
        Ok(snippet) => Ok(saved(&visitor, &site, &snippet)),
        Err(error) => {
            let told = refused(&visitor, error)?;
            let reader = (&visitor, &acting.administrator);
            let about = (&site, Some(&snippet), None);
            Ok(draw(reader, about, &entered, &told).into_response())
        }
    }
}

fn saved(visitor: &Visitor, site: &Site, snippet: &Snippet) -> Response {
    let said = text(visitor).get("saved");
    visitor
        .redirect_saying(address(site, snippet.id, ""), Tone::Success, said)
        .into_response()
}

fn refused(visitor: &Visitor, error: Error) -> Result<Told, Refused> {
    let text = text(visitor);
    Told::of(text, error, &labels(text, FIELDS), "name")
}

fn draw(
    (visitor, reader): (&Visitor, &Administrator),
    (site, snippet, preview): (&Site, Option<&Snippet>, Option<Markup>),
    entered: &Entered<'_>,
    told: &Told,
) -> Page {
    let text = text(visitor);
    let (title, here) = match snippet {
        Some(snippet) => (snippet.name.clone(), address(site, snippet.id, "")),
        None => (text.get("snippets-new"), address(site, "new", "")),
    };
    let back = portals::address(site, SNIPPETS);
    let main = html! {
        (heading(visitor, site, ("snippets-title", SNIPPETS), &title))
        (told.above(text))
        section.section {
            (sheet((visitor, reader), (&here, false), &told.fields, fields(visitor, entered, told), html! {
                (button(&text.get("save"))) (link_button(&back, &text.get("cancel")))
            }))
        }
        @if let Some(preview) = preview {
            section.panel aria-labelledby="preview" {
                h2 id="preview" { (text.get("pages-preview")) }
                div.prose { (preview) }
            }
        }
        @if snippet.is_some() && reader.role.may_change() {
            section.section aria-labelledby="removal" {
                h2 id="removal" { (text.get("danger-zone")) }
                p.spaced { (link_button(&format!("{here}/delete"), &text.get("snippets-delete"))) }
            }
        }
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, &told.fields, told.notice.as_deref()).main(main)
}

fn fields(visitor: &Visitor, entered: &Entered<'_>, told: &Told) -> Markup {
    let text = text(visitor);
    let errors = &told.fields;
    let names = labels(text, FIELDS).map(|(_, label)| label);
    let hint = text.get("snippets-name-hint");
    let readers = visibility_choices(text, entered.visibility);
    let states = state_choices(text, entered.status);
    html! {
        (Field::line(text, "name", &names[0]).hint(&hint).value(entered.name).error(errors.of("name")).max_length(512))
        (Field::line(text, "title", &names[1]).value(entered.title).error(errors.of("title")).max_length(512).optional())
        (Field::line(text, "description", &names[2]).value(entered.description).error(errors.of("description")).max_length(160).optional())
        (Field::radios(text, "visibility", &names[3], &readers).error(errors.of("visibility")))
        (Field::radios(text, "status", &names[4], &states).error(errors.of("status")))
        (Field::code(text, "content", &names[5]).value(entered.content).error(errors.of("content")).rows(12).optional())
    }
}

pub(super) async fn delete_page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path((id, snippet)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let snippet = snippets::find(&portal, &site, &snippet).await?;
    let users = users(&portal, &site, &snippet.name).await?;
    let text = text(&visitor);
    let title = text.with("delete-title", [("name", (&snippet.name).into())]);
    let here = address(&site, snippet.id, "");
    let consequences = html! {
        @if users.is_empty() {
            p { (text.get("snippets-delete-unused")) }
        } @else {
            p { (text.get("snippets-delete-lead")) }
            ul { @for title in &users { li { (title) } } }
        }
        p { (text.get("for-good")) }
    };
    Ok(confirm(
        &visitor,
        &title,
        consequences,
        &format!("{here}/delete"),
        danger_button(&text.get("snippets-delete")),
        (&here, &text.get("cancel")),
    ))
}

/// The titles of the pages that include a snippet, by way of others too.
async fn users(portal: &Portal, site: &Site, name: &str) -> Result<Vec<String>, Error> {
    let all = store::snippets::of_portal(portal.db(), site.id).await?;
    let mut users = Vec::new();
    for page in store::site_pages::outline(portal.db(), site.id).await? {
        let Some(page) = store::site_pages::find(portal.db(), page.id).await? else {
            continue;
        };
        let met = std::cell::Cell::new(false);
        mdc::plain(&page.content, &|included| {
            met.set(met.get() || included == name);
            let found = all.iter().find(|snippet| snippet.name == included)?;
            Some(found.content.clone())
        });
        if met.get() {
            users.push(page.title);
        }
    }
    Ok(users)
}

pub(super) async fn delete(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path((id, snippet)): Path<(String, String)>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    let snippet = snippets::find(&portal, &site, &snippet).await?;
    snippets::delete(&portal, &acting.ctx, &snippet).await?;
    let said = text(&visitor).with("removed", [("name", (&snippet.name).into())]);
    Ok(visitor
        .redirect_saying(portals::address(&site, SNIPPETS), Tone::Success, said)
        .into_response())
}
