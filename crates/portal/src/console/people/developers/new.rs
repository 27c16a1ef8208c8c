//! Inviting a developer.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{
    Choice, Field, FieldErrors, button, choice, form, link_button, notice, outcome, page_heading,
    way,
};
use web::{Editor, Form, Input, Page, Tone, Visitor, Width, html};

use super::{Acting, BELOW, Refused, address, text};
use crate::console::{Told, portals};
use crate::model::{ApprovalStatus, Site};
use crate::service::accounts::{NewDeveloper, Terms};
use crate::service::{developers, sites};
use crate::{Error, Portal};

/// Where an invited developer can stand from the beginning.
const STANDINGS: [ApprovalStatus; 2] = [ApprovalStatus::Approved, ApprovalStatus::Pending];

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    Ok(draw(&visitor, &site, &Input::default(), &Told::default()))
}

/// Makes the account and sends the invitation.
pub(super) async fn create(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    let text = text(&visitor);
    let new = NewDeveloper {
        email: input.text("email").trim().to_owned(),
        full_name: input.text("full_name").trim().to_owned(),
    };
    let terms = Terms {
        status: ApprovalStatus::parse(input.text("status")),
        invite: true,
    };
    match developers::create(&portal, &acting.ctx, &site, (&new, terms)).await {
        Ok(made) => {
            let said = text.with("developers-invited", [("email", (&made.email).into())]);
            Ok(visitor
                .redirect_saying(address(&site, made.id, ""), Tone::Success, said)
                .into_response())
        }
        Err(error @ (Error::Invalid(_) | Error::Conflict(_))) => {
            let labels = [
                ("email", text.get("developers-email")),
                ("full_name", text.get("name")),
            ];
            let told = Told::of(text, error, &labels, "email")?;
            Ok(draw(&visitor, &site, &input, &told).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn draw(visitor: &Visitor, site: &Site, input: &Input, told: &Told) -> Page {
    let text = text(visitor);
    let title = text.get("developers-invite");
    let (list, action) = (
        portals::address(site, BELOW),
        portals::address(site, "/developers/new"),
    );
    let labels = ["developers-email", "name", "developers-standing"].map(|id| text.get(id));
    let chosen = ApprovalStatus::parse(input.text("status")).unwrap_or(STANDINGS[0]);
    let standings: Vec<Choice> = STANDINGS
        .iter()
        .map(|one| choice(text, "invite", one.as_str(), *one == chosen))
        .collect();
    let errors: &FieldErrors = &told.fields;
    let main = html! {
        (way(text, &[(portals::name(site), &portals::address(site, "")), (&text.get("developers-title"), &list)]))
        (page_heading(&title, Some(&text.get("developers-invite-lead")), None))
        (told.above(text))
        @if site.is_public {
            (notice(text, Tone::Warning, html! { p { (text.get("developers-invite-public")) } }))
        } @else {
            (form(visitor, &action, errors, html! {
                (Field::line(text, "full_name", &labels[1]).value(input.text("full_name")).error(errors.of("full_name")).max_length(250))
                (Field::email(text, "email", &labels[0]).value(input.text("email")).error(errors.of("email")).max_length(250))
                (Field::radios(text, "status", &labels[2], &standings))
                div.form-actions { (button(&text.get("developers-invite-send"))) (link_button(&list, &text.get("cancel"))) }
            }))
        }
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}
