//! A new team of the organisation.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use web::{Editor, Form, Input, Page, Tone, Visitor};

use super::settings::body;
use super::{Acting, Refused, Told, address, text};
use crate::Portal;
use crate::console::organization::naming::{Kind, labels, new_page};
use crate::service::organization_teams;

pub(super) async fn page(visitor: Visitor, Editor(_): Editor) -> Page {
    new_page(&visitor, Kind::Teams, &Input::default(), &Told::default())
}

pub(super) async fn create(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    match organization_teams::create(&portal, &acting.ctx, body(&input)).await {
        Ok(team) => {
            let said = text.get("teams-made");
            let next = address(&team, "/add");
            Ok(visitor
                .redirect_saying(next, Tone::Success, said)
                .into_response())
        }
        Err(error) => {
            let told = Told::of(text, error, &labels(text), "name")?;
            Ok(new_page(&visitor, Kind::Teams, &input, &told).into_response())
        }
    }
}
