//! Taking a developer out of a team.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{confirm, danger_button};
use web::{Editor, Form, Input, Page, Visitor, html};

use super::{Acting, Refused, address, text};
use crate::Portal;
use crate::console::undo;
use crate::service::{developers, sites, teams};

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path((id, team, developer)): Path<(String, String, String)>,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let team = teams::find(&portal, &site, &team).await?;
    let developer = developers::find(&portal, &site, &developer).await?;
    let text = text(&visitor);
    let names = [
        ("name", (&developer.full_name).into()),
        ("team", (&team.name).into()),
    ];
    let title = text.with("teams-remove-title", names);
    let consequences = html! {
        p { (text.get("teams-remove-lead")) }
        p { (text.get("teams-registrations-stay")) }
        p { (text.get("for-a-day")) }
    };
    let below = format!("/developers/{}/remove", developer.id);
    Ok(confirm(
        &visitor,
        &title,
        consequences,
        &address(&site, &team, &below),
        danger_button(&text.get("teams-remove")),
        (&address(&site, &team, ""), &text.get("cancel")),
    ))
}

pub(super) async fn remove(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path((id, team, developer)): Path<(String, String, String)>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    let team = teams::find(&portal, &site, &team).await?;
    let developer = developers::find(&portal, &site, &developer).await?;
    let removal = teams::leave(&portal, &acting.ctx, &team, &developer).await?;
    let name = (&developer.full_name).into();
    let said = text(&visitor).with("teams-removed", [("name", name)]);
    let to = address(&site, &team, "");
    Ok(visitor
        .redirect_undoable(to, said, undo::action(removal))
        .into_response())
}
