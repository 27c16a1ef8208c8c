//! A portal's pages as a tree: their order, and who reads them.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, json};
use web::components::{empty_state, link_button};
use web::{Administrator, Form, Input, Page, Tone, Visitor, html};

use super::{Acting, BELOW, Refused, SNIPPETS, address, readers, text};
use crate::console::portals;
use crate::console::tree::Tree;
use crate::model::SitePage;
use crate::service::{default_content, site_pages, sites};
use crate::{Portal, store};

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let all = store::site_pages::outline(portal.db(), site.id).await?;
    let text = text(&visitor);
    let tree = Tree {
        visitor: &visitor,
        all: &all,
        may_change: reader.role.may_change(),
        title: |page: &SitePage| &page.title,
        address: &|page| address(&site, page.id, ""),
        more: &|page| readers(text, page.visibility),
    };
    let main = html! {
        (portals::heading(portals::text(&visitor), &site, BELOW))
        section.section {
            p.fine { (text.get("pages-lead")) }
            div.row-actions.spaced {
                @if tree.may_change {
                    a.button.button-primary href=(address(&site, "new", "")) { (text.get("pages-new")) }
                }
                (link_button(&portals::address(&site, SNIPPETS), &text.get("snippets-title")))
            }
            @if all.is_empty() {
                (empty_state(&text.get("pages-none"), &text.get("pages-none-next"), None))
                @if tree.may_change {
                    form.form-inline method="post" action=(address(&site, "begin", "")) {
                        (visitor.csrf_field())
                        button.button.button-secondary type="submit" { (text.get("pages-begin")) }
                    }
                }
            } @else {
                (tree.shown())
            }
        }
    };
    Ok(visitor.page(&text.get("pages-title")).main(main))
}

/// Makes the pages to begin with.
pub(super) async fn begin(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    default_content::fill(&portal, &acting.ctx, &site).await?;
    let said = text(&visitor).get("pages-begun");
    let list = portals::address(&site, BELOW);
    Ok(visitor
        .redirect_saying(list, Tone::Success, said)
        .into_response())
}

pub(super) async fn shift(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path((id, page)): Path<(String, String)>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    let page = site_pages::find(&portal, &site, &page).await?;
    let up = input.text("do") == "up";
    site_pages::shift(&portal, &acting.ctx, &page, up).await?;
    let list = portals::address(&site, BELOW);
    Ok(visitor.redirect(list).into_response())
}

pub(super) async fn turn(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path((id, page)): Path<(String, String)>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    let page = site_pages::find(&portal, &site, &page).await?;
    let status = match input.text("do") {
        "publish" => "published",
        _ => "unpublished",
    };
    let mut body = Map::new();
    body.insert("status".into(), json!(status));
    site_pages::update(&portal, &acting.ctx, (&site, &page), body).await?;
    let list = portals::address(&site, BELOW);
    Ok(visitor.redirect(list).into_response())
}
