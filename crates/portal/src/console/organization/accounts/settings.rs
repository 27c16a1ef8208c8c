//! A system account's name and what it is for.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use web::components::{Field, FieldErrors, button, link_button, outcome};
use web::{Administrator, Form, Input, Markup, Page, Text, Tone, Visitor, Width, html};

use super::{Acting, Refused, Told, Whose, address, sheet, text};
use crate::Portal;
use crate::model::SystemAccount;
use crate::service::system_accounts;

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let account = system_accounts::find(&portal, &id).await?;
    let entered = (account.name.as_str(), account.description.as_str());
    let told = Told::default();
    Ok(draw((&visitor, &reader), &account, entered, &told))
}

pub(super) async fn save(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let account = system_accounts::find(&portal, &id).await?;
    let text = text(&visitor);
    match system_accounts::update(&portal, &acting.ctx, account.clone(), body(&input)).await {
        Ok(account) => Ok(visitor
            .redirect_saying(
                address(&account, "/settings"),
                Tone::Success,
                text.get("saved"),
            )
            .into_response()),
        Err(error) => {
            let told = Told::of(text, error, &labels(text), "name")?;
            let entered = (input.text("name"), input.text("description"));
            let reader = (&visitor, &acting.administrator);
            Ok(draw(reader, &account, entered, &told).into_response())
        }
    }
}

/// The form as the body of a request.
pub(super) fn body(input: &Input) -> Map<String, Value> {
    ["name", "description"]
        .map(|field| (field.to_owned(), json!(input.text(field))))
        .into_iter()
        .collect()
}

/// The fields' names as the reader sees them.
pub(super) fn labels(text: Text) -> [(&'static str, String); 2] {
    [
        ("name", text.get("name")),
        ("description", text.get("description")),
    ]
}

/// The fields of an account with what was entered: name and description.
pub(super) fn fields(
    text: Text,
    (name, description): (&str, &str),
    errors: &FieldErrors,
) -> Markup {
    let labels = labels(text).map(|(_, label)| label);
    let hint = text.get("accounts-description-hint");
    html! {
        (Field::line(text, "name", &labels[0]).value(name).error(errors.of("name")).max_length(255).autocomplete("off"))
        (Field::line(text, "description", &labels[1]).value(description).hint(&hint).error(errors.of("description")).max_length(1024).optional())
    }
}

fn draw(
    reader: (&Visitor, &Administrator),
    account: &SystemAccount,
    entered: (&str, &str),
    told: &Told,
) -> Page {
    let (visitor, administrator) = reader;
    let text = text(visitor);
    let action = address(account, "/settings");
    let main = html! {
        (Whose::Account(account.clone()).heading(text, "/settings"))
        (told.above(text))
        (sheet(
            reader,
            (&action, false),
            &told.fields,
            fields(text, entered, &told.fields),
            button(&text.get("save")),
        ))
        @if administrator.role.may_change() {
            section.section aria-labelledby="removal" {
                h2 id="removal" { (text.get("danger-zone")) }
                p.fine.spaced { (text.get("accounts-delete-hint")) }
                p.spaced { (link_button(&address(account, "/delete"), &text.get("accounts-delete"))) }
            }
        }
    };
    let page = visitor.page(&account.name).width(Width::Reading);
    outcome(page, &told.fields, told.notice.as_deref()).main(main)
}
