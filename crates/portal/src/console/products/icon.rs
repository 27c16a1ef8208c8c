//! A product's picture in the catalogue: a form of its own on the page of its details.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, json};
use web::components::{Field, FieldErrors, button};
use web::{Administrator, Markup, Text, Tone, Upload, Visitor, html};

use super::super::images::{data_uri, present, uri};
use super::{Acting, Refused, Told, address, details, sheet, text};
use crate::model::{ApiIcon, ApiProduct};
use crate::service::api_icons::{self, NoIcon, TYPE, picture};
use crate::service::products;
use crate::{Portal, store};

const ACCEPT: &str = "image/png,image/jpeg";

pub(super) async fn save(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    upload: Upload,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    let product = products::find(&portal, &id).await?;
    let errors = wrong(text, &upload);
    if !errors.is_empty() {
        let icon = store::api_icons::find(portal.db(), product.id).await?;
        let removable = details::may_remove(&acting, &product);
        let shown = details::Shown::of(&product, icon.as_ref(), removable);
        let reader = (&visitor, &acting.administrator);
        let page = details::draw(reader, &shown, &Told::default(), &errors);
        return Ok(page.into_response());
    }
    let icon = (&product, TYPE);
    match upload.file("icon") {
        Some(file) => {
            let body = Map::from_iter([("data".to_owned(), json!(data_uri(file)))]);
            api_icons::replace(&portal, &acting.ctx, icon, body).await?;
        }
        None => api_icons::remove(&portal, &acting.ctx, icon).await?,
    }
    let here = address(&product, "");
    let done = visitor.redirect_saying(here, Tone::Success, text.get("saved"));
    Ok(done.into_response())
}

/// What is wrong with the form: said beside the field.
fn wrong(text: Text, upload: &Upload) -> FieldErrors {
    let why = match upload.file("icon").map(data_uri).as_deref().map(picture) {
        Some(Err(NoIcon::Kind)) => Some("invalid-icon-type"),
        Some(Err(NoIcon::Size)) => Some("invalid-icon-size"),
        None if !upload.input.is_on("remove_icon") => Some("invalid-icon-none"),
        None | Some(Ok(_)) => None,
    };
    let mut errors = FieldErrors::new();
    if let Some(why) = why {
        errors.add("icon", text.get(why));
    }
    errors
}

pub(super) fn section(
    (visitor, reader): (&Visitor, &Administrator),
    (product, icon): (&ApiProduct, Option<&ApiIcon>),
    errors: &FieldErrors,
) -> Markup {
    let text = text(visitor);
    let [label, hint] = ["products-icon", "products-icon-hint"].map(|id| text.get(id));
    let now = icon.map(|icon| uri(&icon.media_type, &icon.bytes));
    let fields = html! {
        (Field::file(text, "icon", &label, ACCEPT).hint(&hint).error(errors.of("icon")).optional())
        @if let Some(now) = &now { (present(text, ("icon", &label), now, reader.role.may_change())) }
    };
    let here = address(product, "/icon");
    let buttons = button(&text.get("save"));
    html! {
        section.section aria-labelledby="picture" {
            h2 id="picture" { (text.get("products-picture")) }
            (sheet((visitor, reader), (&here, true), errors, fields, buttons))
        }
    }
}
