//! One page of a portal: written, looked at before it is saved, removed.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use web::components::{Field, button, choice, confirm, danger_button, link_button, outcome};
use web::{Administrator, Editor, Form, Input, Markup, Page, Text, Tone, Visitor, Width, html};

use super::{
    Acting, BELOW, Refused, Told, address, heading, preview, sheet, status, text, visibility,
};
use crate::console::portals::{self, labels};
use crate::console::tree;
use crate::model::{PublishStatus, Site, SitePage, SitePageId, Visibility};
use crate::service::{site_pages, sites};
use crate::{Portal, store};

const FIELDS: [(&str, &str); 7] = [
    ("slug", "pages-slug"),
    ("title", "pages-name"),
    ("description", "pages-description"),
    ("parent_page_id", "pages-parent"),
    ("visibility", "pages-visibility"),
    ("status", "pages-state"),
    ("content", "pages-content"),
];

/// What stands in the fields.
#[derive(Debug)]
struct Entered {
    slug: String,
    title: String,
    description: String,
    parent: Option<SitePageId>,
    visibility: Visibility,
    status: PublishStatus,
    content: String,
}

impl Entered {
    fn of(page: &SitePage) -> Self {
        Self {
            slug: page.slug.clone(),
            title: page.title.clone(),
            description: page.description.clone().unwrap_or_default(),
            parent: page.parent_page_id,
            visibility: page.visibility,
            status: page.status,
            content: page.content.clone(),
        }
    }

    fn blank(site: &Site) -> Self {
        Self {
            slug: String::new(),
            title: String::new(),
            description: String::new(),
            parent: None,
            visibility: site.default_page_visibility,
            status: PublishStatus::Published,
            content: String::new(),
        }
    }

    fn of_form(input: &Input) -> Self {
        Self {
            slug: input.text("slug").trim().to_owned(),
            title: input.text("title").to_owned(),
            description: input.text("description").to_owned(),
            parent: input.text("parent_page_id").parse().ok(),
            visibility: visibility(input),
            status: status(input),
            content: input.text("content").to_owned(),
        }
    }

    /// As the API takes it.
    fn body(&self) -> Map<String, Value> {
        [
            ("slug", json!(self.slug)),
            ("title", json!(self.title)),
            ("description", json!(self.description)),
            ("parent_page_id", json!(self.parent)),
            ("visibility", json!(self.visibility)),
            ("status", json!(self.status)),
            ("content", json!(self.content)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
    }
}

/// What the form is about.
struct About<'a> {
    site: &'a Site,
    /// None for a new one.
    page: Option<&'a SitePage>,
    all: &'a [SitePage],
    /// What was written, as developers would read it.
    preview: Option<Markup>,
}

pub(super) async fn new_page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(reader): Editor,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let all = store::site_pages::outline(portal.db(), site.id).await?;
    let about = About {
        site: &site,
        page: None,
        all: &all,
        preview: None,
    };
    let entered = Entered::blank(&site);
    Ok(draw(
        (&visitor, &reader),
        &about,
        &entered,
        &Told::default(),
    ))
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
    let mut told = Told::default();
    if !is_preview(&input) {
        match site_pages::create(&portal, &acting.ctx, &site, entered.body()).await {
            Ok(page) => return Ok(saved(&visitor, &site, &page)),
            Err(error) => told = refused(&visitor, error)?,
        }
    }
    let reader = (&visitor, &acting.administrator);
    again(&portal, reader, (&site, None), (&entered, &told)).await
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path((id, page)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let page = site_pages::find(&portal, &site, &page).await?;
    let all = store::site_pages::outline(portal.db(), site.id).await?;
    let about = About {
        site: &site,
        page: Some(&page),
        all: &all,
        preview: None,
    };
    let entered = Entered::of(&page);
    Ok(draw(
        (&visitor, &reader),
        &about,
        &entered,
        &Told::default(),
    ))
}

pub(super) async fn save(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path((id, page)): Path<(String, String)>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    let page = site_pages::find(&portal, &site, &page).await?;
    let entered = Entered::of_form(&input);
    let mut told = Told::default();
    if !is_preview(&input) {
        let body = entered.body();
        match site_pages::update(&portal, &acting.ctx, (&site, &page), body).await {
            Ok(page) => return Ok(saved(&visitor, &site, &page)),
            Err(error) => told = refused(&visitor, error)?,
        }
    }
    let reader = (&visitor, &acting.administrator);
    again(&portal, reader, (&site, Some(&page)), (&entered, &told)).await
}

fn is_preview(input: &Input) -> bool {
    input.text("do") == "preview"
}

fn saved(visitor: &Visitor, site: &Site, page: &SitePage) -> Response {
    let next = address(site, page.id, "/preview");
    let said = text(visitor).get("saved");
    visitor
        .redirect_saying(next, Tone::Success, said)
        .into_response()
}

fn refused(visitor: &Visitor, error: crate::Error) -> Result<Told, Refused> {
    let text = text(visitor);
    Told::of(text, error, &labels(text, FIELDS), "slug")
}

/// The form with what was entered, and with its preview where nothing is wrong.
async fn again(
    portal: &Portal,
    reader: (&Visitor, &Administrator),
    (site, page): (&Site, Option<&SitePage>),
    (entered, told): (&Entered, &Told),
) -> Result<Response, Refused> {
    let all = store::site_pages::outline(portal.db(), site.id).await?;
    let preview = match told.fields.is_empty() && told.notice.is_none() {
        true => Some(preview::rendered(portal, site, (&entered.title, &entered.content)).await?),
        false => None,
    };
    let about = About {
        site,
        page,
        all: &all,
        preview,
    };
    Ok(draw(reader, &about, entered, told).into_response())
}

fn draw(
    (visitor, reader): (&Visitor, &Administrator),
    about: &About<'_>,
    entered: &Entered,
    told: &Told,
) -> Page {
    let text = text(visitor);
    let site = about.site;
    let (title, here) = match about.page {
        Some(page) => (page.title.clone(), address(site, page.id, "")),
        None => (text.get("pages-new"), address(site, "new", "")),
    };
    let back = portals::address(site, BELOW);
    let main = html! {
        (heading(visitor, site, ("pages-title", BELOW), &title))
        @if about.page.is_some() { p { (link_button(&format!("{here}/preview"), &text.get("pages-preview"))) } }
        (told.above(text))
        @if let Some(preview) = &about.preview {
            section.panel aria-labelledby="preview" {
                h2 id="preview" { (text.get("pages-preview")) }
                p.fine { (text.get("pages-preview-unsaved")) }
                div.prose { (preview) }
            }
        }
        section.section {
            (sheet((visitor, reader), (&here, false), &told.fields, fields(visitor, about, entered, told), html! {
                (button(&text.get("save")))
                button.button.button-secondary type="submit" name="do" value="preview" { (text.get("pages-look")) }
                (link_button(&back, &text.get("cancel")))
            }))
        }
        @if about.page.is_some() && reader.role.may_change() {
            section.section aria-labelledby="removal" {
                h2 id="removal" { (text.get("danger-zone")) }
                p.spaced { (link_button(&format!("{here}/delete"), &text.get("pages-delete"))) }
            }
        }
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, &told.fields, told.notice.as_deref()).main(main)
}

fn fields(visitor: &Visitor, about: &About<'_>, entered: &Entered, told: &Told) -> Markup {
    let text = text(visitor);
    let errors = &told.fields;
    let names = labels(text, FIELDS).map(|(_, label)| label);
    let hints = ["pages-slug-hint", "pages-name-hint", "pages-content-hint"].map(|id| text.get(id));
    let own = about.page.map(|page| page.id);
    let parents = tree::parents(
        portals::text(visitor),
        about.all,
        (own, entered.parent),
        |page| &page.title,
    );
    let readers = visibility_choices(text, entered.visibility);
    let states = state_choices(text, entered.status);
    html! {
        (Field::line(text, "slug", &names[0]).hint(&hints[0]).value(&entered.slug).error(errors.of("slug")).max_length(512))
        (Field::line(text, "title", &names[1]).hint(&hints[1]).value(&entered.title).error(errors.of("title")).max_length(512).optional())
        (Field::line(text, "description", &names[2]).value(&entered.description).error(errors.of("description")).max_length(160).optional())
        (Field::select(text, "parent_page_id", &names[3], &parents).error(errors.of("parent_page_id")).optional())
        (Field::radios(text, "visibility", &names[4], &readers).error(errors.of("visibility")))
        (Field::radios(text, "status", &names[5], &states).error(errors.of("status")))
        (Field::code(text, "content", &names[6]).hint(&hints[2]).value(&entered.content).error(errors.of("content")).rows(20).optional())
    }
}

/// Who may read: one of two.
pub(super) fn visibility_choices(text: Text, chosen: Visibility) -> [web::components::Choice; 2] {
    [Visibility::Public, Visibility::Private]
        .map(|one| choice(text, "pages-visibility", one.as_str(), one == chosen))
}

/// Published or not.
pub(super) fn state_choices(text: Text, chosen: PublishStatus) -> [web::components::Choice; 2] {
    [PublishStatus::Published, PublishStatus::Unpublished]
        .map(|one| choice(text, "pages-state", one.as_str(), one == chosen))
}

pub(super) async fn delete_page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path((id, page)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let page = site_pages::find(&portal, &site, &page).await?;
    let all = store::site_pages::outline(portal.db(), site.id).await?;
    let gone = tree::below(&all, page.id, |page: &SitePage| &page.title);
    let text = text(&visitor);
    let title = text.with("delete-title", [("name", (&page.title).into())]);
    let here = address(&site, page.id, "");
    let consequences = html! {
        p { (text.with("pages-delete-address", [("address", page.path(&all).into())])) }
        @if !gone.is_empty() {
            p { (text.get("pages-delete-lead")) }
            ul { @for title in &gone { li { (title) } } }
        }
        p { (text.get("for-good")) }
    };
    Ok(confirm(
        &visitor,
        &title,
        consequences,
        &format!("{here}/delete"),
        danger_button(&text.get("pages-delete")),
        (&here, &text.get("cancel")),
    ))
}

pub(super) async fn delete(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path((id, page)): Path<(String, String)>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    let page = site_pages::find(&portal, &site, &page).await?;
    site_pages::delete(&portal, &acting.ctx, &page).await?;
    let said = text(&visitor).with("removed", [("name", (&page.title).into())]);
    let list = portals::address(&site, BELOW);
    Ok(visitor
        .redirect_saying(list, Tone::Success, said)
        .into_response())
}
