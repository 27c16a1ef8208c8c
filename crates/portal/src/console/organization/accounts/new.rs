//! A new system account.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use web::{Editor, Form, Input, Page, Tone, Visitor};

use super::settings::body;
use super::{Acting, Refused, Told, address, text};
use crate::Portal;
use crate::console::organization::naming::{Kind, labels, new_page};
use crate::service::system_accounts;

pub(super) async fn page(visitor: Visitor, Editor(_): Editor) -> Page {
    new_page(
        &visitor,
        Kind::Accounts,
        &Input::default(),
        &Told::default(),
    )
}

pub(super) async fn create(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    match system_accounts::create(&portal, &acting.ctx, body(&input)).await {
        Ok(account) => {
            let said = text.get("accounts-made");
            let next = address(&account, "/roles/new");
            Ok(visitor
                .redirect_saying(next, Tone::Success, said)
                .into_response())
        }
        Err(error) => {
            let told = Told::of(text, error, &labels(text), "name")?;
            Ok(new_page(&visitor, Kind::Accounts, &input, &told).into_response())
        }
    }
}
