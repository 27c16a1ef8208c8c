//! A team's name and what it is for.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use web::{Administrator, Form, Input, Page, Tone, Visitor};

use super::{Acting, Refused, Told, Whose, address, text};
use crate::Portal;
use crate::console::organization::naming::{Kind, labels, settings_page};
use crate::service::organization_teams;

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let team = organization_teams::find(&portal, &id).await?;
    let (name, description) = (
        team.name.clone(),
        team.description.clone().unwrap_or_default(),
    );
    let entered = (name.as_str(), description.as_str());
    let shown = (&Whose::Team(team), Kind::Teams);
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
    let team = organization_teams::find(&portal, &id).await?;
    let text = text(&visitor);
    match organization_teams::update(&portal, &acting.ctx, team.clone(), body(&input)).await {
        Ok(team) => {
            let to = address(&team, "/settings");
            Ok(visitor
                .redirect_saying(to, Tone::Success, text.get("saved"))
                .into_response())
        }
        Err(error) => {
            let told = Told::of(text, error, &labels(text), "name")?;
            let entered = (input.text("name"), input.text("description"));
            let shown = (&Whose::Team(team), Kind::Teams);
            let reader = (&visitor, &acting.administrator);
            Ok(settings_page(reader, shown, entered, &told).into_response())
        }
    }
}

/// The form as the body of a request.
pub(super) fn body(input: &Input) -> Map<String, Value> {
    let description = Some(input.text("description")).filter(|text| !text.is_empty());
    let fields = [
        ("name", json!(input.text("name"))),
        ("description", json!(description)),
    ];
    fields
        .map(|(field, value)| (field.to_owned(), value))
        .into_iter()
        .collect()
}
