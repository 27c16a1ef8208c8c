//! Removing a product, after showing what goes with it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{confirm_choosing, danger_button};
use web::{Editor, Form, Input, Markup, Page, Text, Tone, Visitor, html};

use super::{Acting, LIST, Refused, address, losing, text};
use crate::Portal;
use crate::service::{products, version_mail};
use crate::store::touched::{self, Touched};

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let product = products::find(&portal, &id).await?;
    let touched = touched::with_product(portal.db(), product.id).await?;
    let text = text(&visitor);
    let title = text.with("delete-title", [("name", (&product.name).into())]);
    let back = address(&product, "");
    let ending = products::ending(portal.db(), &product, None).await?;
    let count = version_mail::losing(&portal, &ending).await?;
    let said = (consequences(text, &touched), losing::told(text, count));
    Ok(confirm_choosing(
        &visitor,
        &title,
        said,
        &address(&product, "/delete"),
        danger_button(&text.get("products-delete")),
        (&back, &text.get("cancel")),
    ))
}

pub(super) async fn delete(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let product = products::find(&portal, &id).await?;
    let notice = losing::notice(&input);
    let revision = products::delete(&portal, &acting.ctx, &product, notice).await?;
    portal.publisher().settle(revision).await;
    let said = text(&visitor).with("removed", [("name", (&product.name).into())]);
    Ok(visitor
        .redirect_saying(LIST, Tone::Success, said)
        .into_response())
}

/// What goes, in words.
pub(super) fn consequences(text: Text, touched: &Touched) -> Markup {
    let counts = [
        ("delete-versions", touched.versions),
        ("delete-documents", touched.documents),
        ("delete-specifications", touched.specifications),
        ("delete-publications", touched.publications),
        ("delete-registrations", touched.registrations),
    ];
    html! {
        p { (text.get("delete-lead")) }
        ul {
            @for (id, count) in counts {
                @if count > 0 { li { (text.with(id, [("count", count.into())])) } }
            }
            @if counts.iter().all(|(_, count)| *count == 0) { li { (text.get("delete-nothing")) } }
        }
        p { (text.get("for-good")) }
    }
}
