//! Removing a portal, after showing what goes with it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{confirm, danger_button};
use web::{Editor, Form, Input, Page, Tone, Visitor, html};

use super::{Acting, LIST, Refused, address, name, text};
use crate::service::sites;
use crate::{Error, Portal};

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let counts = sites::Counts::of(&portal, std::iter::once(site.id)).await?;
    let touched = counts.of_one(site.id);
    let taking = sites::active_versions(&portal, site.id).await?;
    let text = text(&visitor);
    let title = text.with("portals-delete-title", [("name", name(&site).into())]);
    let counts = [
        ("portals-delete-developers", touched.developers),
        ("portals-delete-applications", touched.applications),
        ("portals-delete-taking", taking),
        ("portals-delete-products", touched.products),
    ];
    let consequences = html! {
        p { (text.get("portals-delete-lead")) }
        ul {
            @for (id, count) in counts {
                @if count > 0 { li { (text.with(id, [("count", count.into())])) } }
            }
            @if counts.iter().all(|(_, count)| *count == 0) { li { (text.get("portals-delete-nothing")) } }
        }
        p { (text.get("for-good")) }
    };
    let back = address(&site, "");
    Ok(confirm(
        &visitor,
        &title,
        consequences,
        &address(&site, "/delete"),
        danger_button(&text.get("portals-delete")),
        (&back, &text.get("cancel")),
    ))
}

pub(super) async fn delete(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    let text = text(&visitor);
    let (to, tone, said) = match sites::delete(&portal, &acting.ctx, &site, true).await {
        Ok(revision) => {
            portal.publisher().settle(revision).await;
            let said = text.with("removed", [("name", name(&site).into())]);
            (LIST.to_owned(), Tone::Success, said)
        }
        Err(Error::Conflict(_)) => {
            let said = text.get("portals-delete-leaving");
            (address(&site, ""), Tone::Warning, said)
        }
        Err(error) => return Err(error.into()),
    };
    Ok(visitor.redirect_saying(to, tone, said).into_response())
}
