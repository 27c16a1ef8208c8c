//! A new team.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{button, form, link_button, outcome, page_heading, way};
use web::{Editor, Form, Input, Page, Tone, Visitor, Width, html};

use super::settings::{body, fields, labels};
use super::{Acting, BELOW, Refused, Told, address, text};
use crate::Portal;
use crate::console::portals;
use crate::model::Site;
use crate::service::{sites, teams};

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    Ok(draw(&visitor, &site, &Input::default(), &Told::default()))
}

pub(super) async fn create(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    let text = text(&visitor);
    match teams::create(&portal, &acting.ctx, &site, body(&input)).await {
        Ok(team) => {
            let said = text.get("teams-made");
            let next = address(&site, &team, "/add");
            Ok(visitor
                .redirect_saying(next, Tone::Success, said)
                .into_response())
        }
        Err(error) => {
            let told = Told::of(text, error, &labels(text), "name")?;
            Ok(draw(&visitor, &site, &input, &told).into_response())
        }
    }
}

fn draw(visitor: &Visitor, site: &Site, input: &Input, told: &Told) -> Page {
    let text = text(visitor);
    let title = text.get("teams-new");
    let list = portals::address(site, BELOW);
    let entered = (
        input.text("name"),
        input.text("description"),
        input.is_on("can_own_applications"),
    );
    let main = html! {
        (way(text, &[
            (portals::name(site), &portals::address(site, "")),
            (&text.get("teams-title"), &list),
        ]))
        (page_heading(&title, Some(&text.get("teams-new-lead")), None))
        (told.above(text))
        (form(visitor, &portals::address(site, "/teams/new"), &told.fields, html! {
            (fields(text, entered, &told.fields))
            div.form-actions { (button(&text.get("create"))) (link_button(&list, &text.get("cancel"))) }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, &told.fields, told.notice.as_deref()).main(main)
}
