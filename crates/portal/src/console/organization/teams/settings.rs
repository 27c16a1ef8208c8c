//! A team's name and what it is for.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use web::components::{Field, FieldErrors, button, link_button, notice, outcome};
use web::{Administrator, Form, Input, Markup, Page, Text, Tone, Visitor, Width, html};

use super::{Acting, Refused, Told, Whose, address, sheet, text};
use crate::Portal;
use crate::model::OrganizationTeam;
use crate::service::organization_teams;

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let team = organization_teams::find(&portal, &id).await?;
    let entered = (
        team.name.as_str(),
        team.description.as_deref().unwrap_or(""),
    );
    let told = Told::default();
    Ok(draw((&visitor, &reader), &team, entered, &told))
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
        Ok(team) => Ok(visitor
            .redirect_saying(
                address(&team, "/settings"),
                Tone::Success,
                text.get("saved"),
            )
            .into_response()),
        Err(error) => {
            let told = Told::of(text, error, &labels(text), "name")?;
            let entered = (input.text("name"), input.text("description"));
            let reader = (&visitor, &acting.administrator);
            Ok(draw(reader, &team, entered, &told).into_response())
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

/// The fields' names as the reader sees them.
pub(super) fn labels(text: Text) -> [(&'static str, String); 2] {
    [
        ("name", text.get("name")),
        ("description", text.get("description")),
    ]
}

/// The fields of a team with what was entered: name and description.
pub(super) fn fields(
    text: Text,
    (name, description): (&str, &str),
    errors: &FieldErrors,
) -> Markup {
    let labels = labels(text).map(|(_, label)| label);
    let hint = text.get("teams-description-hint");
    html! {
        (Field::line(text, "name", &labels[0]).value(name).error(errors.of("name")).max_length(250).autocomplete("off"))
        (Field::line(text, "description", &labels[1]).value(description).hint(&hint).error(errors.of("description")).max_length(250).optional())
    }
}

fn draw(
    reader: (&Visitor, &Administrator),
    team: &OrganizationTeam,
    entered: (&str, &str),
    told: &Told,
) -> Page {
    let (visitor, administrator) = reader;
    let text = text(visitor);
    let action = address(team, "/settings");
    let main = html! {
        (Whose::Team(team.clone()).heading(text, "/settings"))
        (told.above(text))
        @if team.access.is_some() {
            (notice(text, Tone::Info, html! { p { (text.get("teams-lasting")) } }))
        } @else {
            (sheet(
                reader,
                (&action, false),
                &told.fields,
                fields(text, entered, &told.fields),
                button(&text.get("save")),
            ))
        }
        @if administrator.role.may_change() && team.access.is_none() {
            section.section aria-labelledby="removal" {
                h2 id="removal" { (text.get("danger-zone")) }
                p.fine.spaced { (text.get("teams-delete-hint")) }
                p.spaced { (link_button(&address(team, "/delete"), &text.get("teams-delete"))) }
            }
        }
    };
    let page = visitor.page(&team.name).width(Width::Reading);
    outcome(page, &told.fields, told.notice.as_deref()).main(main)
}
