//! A product's documentation as a tree: its order, and what developers see of it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, json};
use web::components::empty_state;
use web::{Administrator, Form, Input, Page, Visitor, html};

use super::{Acting, Refused, address, heading, text};
use crate::console::tree::Tree;
use crate::model::Document;
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
        all: &all,
        may_change: reader.role.may_change(),
        title: |document: &Document| &document.title,
        address: &|document| address(&product, &format!("/documents/{}", document.id)),
        more: &|_| html! {},
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
                (tree.shown())
            }
        }
    };
    Ok(visitor.page(&product.name).main(main))
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
