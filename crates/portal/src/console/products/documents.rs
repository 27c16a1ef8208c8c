//! One page of a product's documentation: written or uploaded, looked at, removed.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use web::components::{Field, button, choice, confirm, danger_button, link_button, outcome};
use web::{
    Administrator, Editor, Form, Input, Markup, Page, Text, Tone, Upload, Visitor, Width, html,
};

use super::{Acting, Refused, Told, address, below, labels, sheet, text};
use crate::console::tree;
use crate::console::undo;
use crate::model::{ApiProduct, Document, DocumentId, PublishStatus};
use crate::pages::markdown;
use crate::service::{documents, products};
use crate::{Portal, store};

const TAB: (&str, &str) = ("products-documents", "/documents");
const FIELDS: [(&str, &str); 5] = [
    ("title", "documents-title"),
    ("slug", "documents-slug"),
    ("parent_document_id", "documents-parent"),
    ("status", "publish-state"),
    ("content", "documents-content"),
];
const ACCEPT: &str = ".md,.markdown,.txt,text/markdown,text/plain";

/// What stands in the fields.
#[derive(Debug)]
struct Entered {
    title: String,
    slug: String,
    parent: Option<DocumentId>,
    published: bool,
    content: String,
}

impl Entered {
    fn of(document: &Document) -> Self {
        Self {
            title: document.title.clone(),
            slug: document.slug.clone(),
            parent: document.parent_document_id,
            published: document.status == PublishStatus::Published,
            content: document.content.clone(),
        }
    }

    const fn blank() -> Self {
        Self {
            title: String::new(),
            slug: String::new(),
            parent: None,
            published: true,
            content: String::new(),
        }
    }

    /// A chosen file counts more than what stands in the field; what is left out comes from it.
    fn of_form(upload: &Upload) -> Self {
        let input = &upload.input;
        let file = upload.file("file");
        let content = match file {
            Some(file) => String::from_utf8_lossy(&file.bytes).into_owned(),
            None => input.text("content").to_owned(),
        };
        let stem = file.and_then(|file| file.name.split('.').next());
        let heading = content.lines().find_map(|line| line.strip_prefix("# "));
        let title = match (input.text("title"), heading, stem) {
            ("", Some(heading), _) => heading.trim(),
            ("", None, Some(stem)) => stem,
            (title, ..) => title,
        };
        let slug = match input.text("slug") {
            "" => documents::slug_of(stem.unwrap_or(title)),
            slug => slug.to_owned(),
        };
        Self {
            title: title.to_owned(),
            slug,
            parent: input.text("parent_document_id").parse().ok(),
            published: input.text("status") == "published",
            content,
        }
    }

    /// As the API takes it.
    fn body(&self) -> Map<String, Value> {
        let status = if self.published {
            "published"
        } else {
            "unpublished"
        };
        [
            ("title", json!(self.title)),
            ("slug", json!(self.slug)),
            ("parent_document_id", json!(self.parent)),
            ("status", json!(status)),
            ("content", json!(self.content)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
    }
}

pub(super) async fn new_page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(reader): Editor,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let product = products::find(&portal, &id).await?;
    let all = store::documents::of_product(portal.db(), product.id).await?;
    let about = About {
        product: &product,
        document: None,
        all: &all,
    };
    let entered = Entered::blank();
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
    upload: Upload,
) -> Result<Response, Refused> {
    let product = products::find(&portal, &id).await?;
    let entered = Entered::of_form(&upload);
    let made = documents::create(&portal, &acting.ctx, &product, entered.body()).await;
    let told = match made {
        Ok(document) => return Ok(saved(&visitor, &product, &document)),
        Err(error) => Told::of(
            text(&visitor),
            error,
            &labels(text(&visitor), FIELDS),
            "slug",
        )?,
    };
    let all = store::documents::of_product(portal.db(), product.id).await?;
    let about = About {
        product: &product,
        document: None,
        all: &all,
    };
    let reader = (&visitor, &acting.administrator);
    Ok(draw(reader, &about, &entered, &told).into_response())
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path((id, document)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let product = products::find(&portal, &id).await?;
    let document = documents::find(&portal, &id, &document).await?;
    let all = store::documents::of_product(portal.db(), product.id).await?;
    let about = About {
        product: &product,
        document: Some(&document),
        all: &all,
    };
    let entered = Entered::of(&document);
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
    Path((id, document)): Path<(String, String)>,
    upload: Upload,
) -> Result<Response, Refused> {
    let product = products::find(&portal, &id).await?;
    let document = documents::find(&portal, &id, &document).await?;
    let entered = Entered::of_form(&upload);
    let body = entered.body();
    let told = match documents::update(&portal, &acting.ctx, document.clone(), body).await {
        Ok(document) => return Ok(saved(&visitor, &product, &document)),
        Err(error) => Told::of(
            text(&visitor),
            error,
            &labels(text(&visitor), FIELDS),
            "slug",
        )?,
    };
    let all = store::documents::of_product(portal.db(), product.id).await?;
    let about = About {
        product: &product,
        document: Some(&document),
        all: &all,
    };
    let reader = (&visitor, &acting.administrator);
    Ok(draw(reader, &about, &entered, &told).into_response())
}

fn saved(visitor: &Visitor, product: &ApiProduct, document: &Document) -> Response {
    let next = address(product, &format!("/documents/{}/preview", document.id));
    let said = text(visitor).get("saved");
    visitor
        .redirect_saying(next, Tone::Success, said)
        .into_response()
}

/// The document as developers read it.
pub(super) async fn preview(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path((id, document)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let product = products::find(&portal, &id).await?;
    let document = documents::find(&portal, &id, &document).await?;
    let text = text(&visitor);
    let here = address(&product, &format!("/documents/{}", document.id));
    let label = text.get(if reader.role.may_change() {
        "documents-edit"
    } else {
        "documents-source"
    });
    let main = html! {
        (below(text, &product, TAB, &document.title))
        div.row-actions { (link_button(&here, &label)) (super::status(text, document.status)) }
        article.section.prose { (markdown::render(&document.title, &document.content)) }
    };
    let page = visitor.page(&document.title).width(Width::Reading);
    Ok(page.main(main))
}

/// What a page is about.
struct About<'a> {
    product: &'a ApiProduct,
    /// None for a new one.
    document: Option<&'a Document>,
    all: &'a [Document],
}

fn draw(
    (visitor, reader): (&Visitor, &Administrator),
    about: &About<'_>,
    entered: &Entered,
    told: &Told,
) -> Page {
    let text = text(visitor);
    let errors = &told.fields;
    let product = about.product;
    let (title, here) = match about.document {
        Some(document) => (
            document.title.clone(),
            address(product, &format!("/documents/{}", document.id)),
        ),
        None => (
            text.get("documents-new"),
            address(product, "/documents/new"),
        ),
    };
    let back = address(product, "/documents");
    let files = reader.role.may_change();
    let main = html! {
        (below(text, product, TAB, &title))
        @if about.document.is_some() { p { (link_button(&format!("{here}/preview"), &text.get("documents-preview"))) } }
        (told.above(text))
        section.section {
            (sheet((visitor, reader), (&here, true), errors, fields(text, about, entered, told, files), html! {
                (button(&text.get("save"))) (link_button(&back, &text.get("cancel")))
            }))
        }
        @if about.document.is_some() && reader.role.may_change() {
            section.section aria-labelledby="removal" {
                h2 id="removal" { (text.get("danger-zone")) }
                p.spaced { (link_button(&format!("{here}/delete"), &text.get("documents-delete"))) }
            }
        }
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}

fn fields(text: Text, about: &About<'_>, entered: &Entered, told: &Told, files: bool) -> Markup {
    let errors = &told.fields;
    let names = labels(text, FIELDS).map(|(_, label)| label);
    let file = text.get("documents-file");
    let hints = [
        "documents-title-hint",
        "documents-slug-hint",
        "documents-file-hint",
    ]
    .map(|id| text.get(id));
    let own = about.document.map(|document| document.id);
    let parents = tree::parents(text, about.all, (own, entered.parent), |one| &one.title);
    let states = ["published", "unpublished"].map(|word| {
        let chosen = (word == "published") == entered.published;
        choice(text, "documents-state", word, chosen)
    });
    html! {
        (Field::line(text, "title", &names[0]).hint(&hints[0]).value(&entered.title).error(errors.of("title")).max_length(255).optional())
        (Field::line(text, "slug", &names[1]).hint(&hints[1]).value(&entered.slug).error(errors.of("slug")).max_length(80).optional())
        (Field::select(text, "parent_document_id", &names[2], &parents).error(errors.of("parent_document_id")).optional())
        (Field::radios(text, "status", &names[3], &states).error(errors.of("status")))
        @if files { (Field::file(text, "file", &file, ACCEPT).hint(&hints[2]).optional()) }
        (Field::code(text, "content", &names[4]).value(&entered.content).error(errors.of("content")).rows(20).optional())
    }
}

pub(super) async fn delete_page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path((id, document)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let product = products::find(&portal, &id).await?;
    let document = documents::find(&portal, &id, &document).await?;
    let all = store::documents::of_product(portal.db(), product.id).await?;
    let gone = tree::below(&all, document.id, |document: &Document| &document.title);
    let text = text(&visitor);
    let title = text.with("delete-title", [("name", (&document.title).into())]);
    let here = address(&product, &format!("/documents/{}", document.id));
    let consequences = html! {
        @if gone.is_empty() {
            p { (text.get("documents-delete-alone")) }
        } @else {
            p { (text.get("documents-delete-lead")) }
            ul { @for title in &gone { li { (title) } } }
        }
        p { (text.get("for-a-day")) }
    };
    Ok(confirm(
        &visitor,
        &title,
        consequences,
        &format!("{here}/delete"),
        danger_button(&text.get("documents-delete")),
        (&here, &text.get("cancel")),
    ))
}

pub(super) async fn delete(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path((id, document)): Path<(String, String)>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let product = products::find(&portal, &id).await?;
    let document = documents::find(&portal, &id, &document).await?;
    let removal = documents::delete(&portal, &acting.ctx, &document).await?;
    let said = text(&visitor).with("removed", [("name", (&document.title).into())]);
    Ok(visitor
        .redirect_undoable(address(&product, "/documents"), said, undo::action(removal))
        .into_response())
}
