//! A product's name, description and labels.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use web::components::{Field, FieldErrors, button, link_button, outcome};
use web::{Administrator, Form, Input, Markup, Page, Text, Tone, Visitor, Width, html};

use super::icon;
use super::{
    Acting, Refused, Told, address, as_labels, as_lines, heading, labels, settle, sheet, text,
};
use crate::console::Reach;
use crate::model::{Act, ApiIcon, ApiProduct, EntityType};
use crate::service::products;
use crate::{Portal, store};

pub(super) const FIELDS: [(&str, &str); 4] = [
    ("name", "name"),
    ("description", "description"),
    ("labels", "products-labels"),
    ("public_labels", "products-public-labels"),
];

/// What stands in the fields.
#[derive(Debug, Default)]
pub(super) struct Entered {
    name: String,
    description: String,
    labels: String,
    public_labels: String,
}

impl Entered {
    fn of(product: &ApiProduct) -> Self {
        Self {
            name: product.name.clone(),
            description: product.description.clone().unwrap_or_default(),
            labels: as_lines(&product.labels),
            public_labels: as_lines(&product.public_labels),
        }
    }

    pub(super) fn of_form(input: &Input) -> Self {
        let text = |field: &str| input.text(field).to_owned();
        Self {
            name: text("name"),
            description: text("description"),
            labels: text("labels"),
            public_labels: text("public_labels"),
        }
    }
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    reach: Reach,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let product = products::find(&portal, &id).await?;
    let icon = store::api_icons::find(portal.db(), product.id).await?;
    let removable = reach.may(EntityType::ApiProducts, product.id, Act::Delete);
    let shown = Shown::of(&product, icon.as_ref(), removable);
    let none = FieldErrors::new();
    Ok(draw((&visitor, &reader), &shown, &Told::default(), &none))
}

pub(super) async fn save(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    let product = products::find(&portal, &id).await?;
    let body = body(&input, Some(&product));
    let changed = products::update(&portal, &acting.ctx, product.clone(), body).await;
    match settle(&portal, changed).await {
        Ok(product) => Ok(visitor
            .redirect_saying(address(&product, ""), Tone::Success, text.get("saved"))
            .into_response()),
        Err(error) => {
            let told = Told::of(text, error, &labels(text, FIELDS), "name")?;
            let reader = (&visitor, &acting.administrator);
            let icon = store::api_icons::find(portal.db(), product.id).await?;
            let shown = Shown {
                entered: Entered::of_form(&input),
                ..Shown::of(&product, icon.as_ref(), may_remove(&acting, &product))
            };
            Ok(draw(reader, &shown, &told, &FieldErrors::new()).into_response())
        }
    }
}

/// The form as a POST, or as a PATCH of what was there.
pub(super) fn body(input: &Input, earlier: Option<&ApiProduct>) -> Map<String, Value> {
    let description = match input.text("description") {
        "" => Value::Null,
        text => json!(text),
    };
    let labels = as_labels(input, "labels", earlier.map(|product| &product.labels));
    let earlier = earlier.map(|product| &product.public_labels);
    let public = as_labels(input, "public_labels", earlier);
    [
        ("name", json!(input.text("name"))),
        ("description", description),
        ("labels", labels),
        ("public_labels", public),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into_iter()
    .collect()
}

pub(super) fn fields(text: Text, entered: &Entered, errors: &FieldErrors) -> Markup {
    let names = labels(text, FIELDS).map(|(_, label)| label);
    let hints = [
        "products-description-hint",
        "products-labels-hint",
        "products-public-labels-hint",
    ]
    .map(|id| text.get(id));
    html! {
        (Field::line(text, "name", &names[0]).value(&entered.name).error(errors.of("name")).max_length(100))
        (Field::area(text, "description", &names[1]).hint(&hints[0]).value(&entered.description).error(errors.of("description")).rows(5).optional())
        (Field::code(text, "labels", &names[2]).hint(&hints[1]).value(&entered.labels).error(errors.of("labels")).optional())
        (Field::code(text, "public_labels", &names[3]).hint(&hints[2]).value(&entered.public_labels).error(errors.of("public_labels")).optional())
    }
}

/// What the page shows.
pub(super) struct Shown<'a> {
    product: &'a ApiProduct,
    entered: Entered,
    icon: Option<&'a ApiIcon>,
    removable: bool,
}

/// Whether somebody may remove a product whom its page lets change it.
pub(super) fn may_remove(acting: &Acting, product: &ApiProduct) -> bool {
    let removal = acting
        .ctx
        .may(EntityType::ApiProducts, product.id, Act::Delete);
    removal.is_ok()
}

impl<'a> Shown<'a> {
    /// The product as it is.
    pub(super) fn of(product: &'a ApiProduct, icon: Option<&'a ApiIcon>, removable: bool) -> Self {
        Self {
            product,
            entered: Entered::of(product),
            icon,
            removable,
        }
    }
}

/// The page; `wrong` is what is wrong with the picture.
pub(super) fn draw(
    (visitor, reader): (&Visitor, &Administrator),
    shown: &Shown<'_>,
    told: &Told,
    wrong: &FieldErrors,
) -> Page {
    let text = text(visitor);
    let errors = &told.fields;
    let Shown {
        product,
        entered,
        icon,
        removable,
    } = shown;
    let here = address(product, "");
    let main = html! {
        (heading(text, product, ""))
        (told.above(text))
        section.section {
            (sheet((visitor, reader), (&here, false), errors, fields(text, entered, errors), button(&text.get("save"))))
        }
        (icon::section((visitor, reader), (product, *icon), wrong))
        @if *removable {
            section.section aria-labelledby="removal" {
                h2 id="removal" { (text.get("danger-zone")) }
                p.fine.spaced { (text.get("products-delete-hint")) }
                p.spaced { (link_button(&address(product, "/delete"), &text.get("products-delete"))) }
            }
        }
    };
    let page = visitor.page(&product.name).width(Width::Reading);
    let errors = if wrong.is_empty() { errors } else { wrong };
    outcome(page, errors, told.notice.as_deref()).main(main)
}
