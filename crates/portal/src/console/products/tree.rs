//! A product's documentation as a tree: its order, and what developers see of it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, json};
use web::components::empty_state;
use web::{Administrator, Form, Input, Markup, Page, Text, Visitor, html};

use super::{Acting, Refused, address, heading, status, text};
use crate::model::{ApiProduct, Document, DocumentId, PublishStatus};
use crate::service::{documents, products};
use crate::{Portal, store};

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let product = products::find(&portal, &id).await?;
    let all = store::documents::of_product(portal.db(), product.id).await?;
    let text = text(&visitor);
    let new = address(&product, "/documents/new");
    let tree = Tree {
        visitor: &visitor,
        text,
        product: &product,
        all: &all,
        may_change: reader.role.may_change(),
    };
    let main = html! {
        (heading(text, &product, "/documents"))
        section.section {
            p.fine { (text.get("documents-lead")) }
            @if tree.may_change {
                p.spaced { a.button.button-primary href=(new) { (text.get("documents-new")) } }
            }
            @if all.is_empty() {
                (empty_state(&text.get("documents-none"), &text.get("documents-none-next"), None))
            } @else {
                (tree.branch(None))
            }
        }
    };
    Ok(visitor.page(&product.name).main(main))
}

/// The documents with what their rows need.
struct Tree<'a> {
    visitor: &'a Visitor,
    text: Text,
    product: &'a ApiProduct,
    all: &'a [Document],
    may_change: bool,
}

impl Tree<'_> {
    fn branch(&self, parent: Option<DocumentId>) -> Markup {
        let children: Vec<&Document> = self
            .all
            .iter()
            .filter(|document| document.parent_document_id == parent)
            .collect();
        html! {
            @if !children.is_empty() {
                ul.document-tree {
                    @for (at, document) in children.iter().enumerate() {
                        li {
                            (self.row(document, at > 0, at + 1 < children.len()))
                            (self.branch(Some(document.id)))
                        }
                    }
                }
            }
        }
    }

    fn row(&self, document: &Document, up: bool, down: bool) -> Markup {
        let text = self.text;
        let here = address(self.product, &format!("/documents/{}", document.id));
        let published = document.status == PublishStatus::Published;
        let turn = if published { "unpublish" } else { "publish" };
        html! {
            div.document-row {
                div {
                    a href=(here) { strong { (document.title) } }
                    " " code.fine { (document.slug) }
                    " " (status(text, document.status))
                }
                @if self.may_change {
                    div.row-actions {
                        @if up { (self.act(document, &format!("{here}/move"), "up", "documents-up")) }
                        @if down { (self.act(document, &format!("{here}/move"), "down", "documents-down")) }
                        (self.act(document, &format!("{here}/status"), turn, turn))
                    }
                }
            }
        }
    }

    /// A button that does one thing with one document.
    fn act(&self, document: &Document, action: &str, what: &str, label: &str) -> Markup {
        html! {
            form.form-inline method="post" action=(action) {
                (self.visitor.csrf_field())
                input type="hidden" name="do" value=(what);
                button.button.button-small.button-secondary type="submit" {
                    (self.text.get(label)) span.visually-hidden { " " (document.title) }
                }
            }
        }
    }
}

pub(super) async fn shift(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path((id, document)): Path<(String, String)>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let document = documents::find(&portal, &id, &document).await?;
    let up = input.text("do") == "up";
    documents::shift(&portal, &acting.ctx, &document, up).await?;
    Ok(visitor
        .redirect(format!("{}/{id}/documents", super::LIST))
        .into_response())
}

pub(super) async fn turn(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path((id, document)): Path<(String, String)>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let document = documents::find(&portal, &id, &document).await?;
    let status = match input.text("do") {
        "publish" => "published",
        _ => "unpublished",
    };
    let mut body = Map::new();
    body.insert("status".into(), json!(status));
    documents::update(&portal, &acting.ctx, document, body).await?;
    Ok(visitor
        .redirect(format!("{}/{id}/documents", super::LIST))
        .into_response())
}
