//! A system account's name and what it is for.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use web::{Administrator, Form, Input, Page, Tone, Visitor};

use super::{Acting, Refused, Told, Whose, address, text};
use crate::Portal;
use crate::console::organization::naming::{Kind, labels, settings_page};
use crate::service::system_accounts;

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let account = system_accounts::find(&portal, &id).await?;
    let (name, description) = (account.name.clone(), account.description.clone());
    let entered = (name.as_str(), description.as_str());
    let shown = (&Whose::Account(account), Kind::Accounts);
    Ok(settings_page(
        (&visitor, &reader),
        shown,
        entered,
        &Told::default(),
    ))
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
        Ok(account) => {
            let to = address(&account, "/settings");
            Ok(visitor
                .redirect_saying(to, Tone::Success, text.get("saved"))
                .into_response())
        }
        Err(error) => {
            let told = Told::of(text, error, &labels(text), "name")?;
            let entered = (input.text("name"), input.text("description"));
            let shown = (&Whose::Account(account), Kind::Accounts);
            let reader = (&visitor, &acting.administrator);
            Ok(settings_page(reader, shown, entered, &told).into_response())
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
