//! A team's name, and whether its developers may own applications together.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use web::components::{Field, FieldErrors, button, link_button, outcome, switch};
use web::{Administrator, Form, Input, Markup, Page, Text, Tone, Visitor, Width, html};

use super::{Acting, Refused, Told, address, heading, sheet, text};
use crate::Portal;
use crate::model::{Site, Team};
use crate::service::{sites, teams};

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path((id, team)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let team = teams::find(&portal, &site, &team).await?;
    let entered = (
        team.name.as_str(),
        team.description.as_str(),
        team.can_own_applications,
    );
    let told = Told::default();
    Ok(draw((&visitor, &reader), (&site, &team), entered, &told))
}

pub(super) async fn save(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path((id, team)): Path<(String, String)>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    let team = teams::find(&portal, &site, &team).await?;
    let text = text(&visitor);
    match teams::update(&portal, &acting.ctx, team.clone(), body(&input)).await {
        Ok(team) => Ok(visitor
            .redirect_saying(
                address(&site, &team, "/settings"),
                Tone::Success,
                text.get("saved"),
            )
            .into_response()),
        Err(error) => {
            let told = Told::of(text, error, &labels(text), "name")?;
            let entered = (
                input.text("name"),
                input.text("description"),
                input.is_on("can_own_applications"),
            );
            let reader = (&visitor, &acting.administrator);
            Ok(draw(reader, (&site, &team), entered, &told).into_response())
        }
    }
}

/// The form as the body of a request.
pub(super) fn body(input: &Input) -> Map<String, Value> {
    let mut body = Map::new();
    for field in ["name", "description"] {
        body.insert(field.into(), json!(input.text(field)));
    }
    let owns = input.is_on("can_own_applications");
    body.insert("can_own_applications".into(), json!(owns));
    body
}

/// The fields' names as the reader sees them.
pub(super) fn labels(text: Text) -> [(&'static str, String); 3] {
    [
        ("name", text.get("name")),
        ("description", text.get("description")),
        ("can_own_applications", text.get("teams-own")),
    ]
}

/// The fields of a team with what was entered: name, description, whether it may own applications.
pub(super) fn fields(
    text: Text,
    (name, description, owns): (&str, &str, bool),
    errors: &FieldErrors,
) -> Markup {
    let labels = labels(text).map(|(_, label)| label);
    let owns = switch(text, "teams-own", owns);
    html! {
        (Field::line(text, "name", &labels[0]).value(name).error(errors.of("name")).max_length(250))
        (Field::line(text, "description", &labels[1]).value(description).error(errors.of("description")).max_length(250).optional())
        (Field::checkboxes(text, "can_own_applications", &labels[2], &owns).optional())
    }
}

fn draw(
    reader: (&Visitor, &Administrator),
    (site, team): (&Site, &Team),
    entered: (&str, &str, bool),
    told: &Told,
) -> Page {
    let (visitor, administrator) = reader;
    let text = text(visitor);
    let action = address(site, team, "/settings");
    let main = html! {
        (heading(visitor, site, team, "/settings"))
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
                p.fine.spaced { (text.get("teams-delete-hint")) }
                p.spaced { (link_button(&address(site, team, "/delete"), &text.get("teams-delete"))) }
            }
        }
    };
    let page = visitor.page(&team.name).width(Width::Reading);
    outcome(page, &told.fields, told.notice.as_deref()).main(main)
}
