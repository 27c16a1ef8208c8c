//! Removing a team, after showing what changes for its developers.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{confirm, danger_button};
use web::{Editor, Form, Input, Page, Visitor, html};

use super::{Acting, BELOW, Refused, address, text};
use crate::console::{portals, undo};
use crate::service::{sites, teams};
use crate::{Portal, store};

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path((id, team)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let team = teams::find(&portal, &site, &team).await?;
    let (db, ids) = (portal.db(), [team.id]);
    let members = store::team_members::count_by_team(db, ids).await?;
    let roles = store::team_roles::count_by_team(db, ids).await?;
    let applications = store::applications::count_by_team(db, ids).await?;
    let text = text(&visitor);
    let title = text.with("teams-delete-title", [("name", (&team.name).into())]);
    let counts = [
        ("teams-delete-members", members),
        ("teams-delete-roles", roles),
        ("teams-delete-applications", applications),
    ]
    .map(|(id, counts)| (id, counts.get(&team.id).copied().unwrap_or_default()));
    let consequences = html! {
        p { (text.get("teams-delete-lead")) }
        ul {
            @for (id, count) in counts {
                @if count > 0 { li { (text.with(id, [("count", count.into())])) } }
            }
            @if counts.iter().all(|(_, count)| *count == 0) { li { (text.get("teams-delete-nothing")) } }
        }
        p { (text.get("teams-registrations-stay")) }
        p { (text.get("for-a-day")) }
    };
    Ok(confirm(
        &visitor,
        &title,
        consequences,
        &address(&site, &team, "/delete"),
        danger_button(&text.get("teams-delete")),
        (&address(&site, &team, "/settings"), &text.get("cancel")),
    ))
}

pub(super) async fn delete(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path((id, team)): Path<(String, String)>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    let team = teams::find(&portal, &site, &team).await?;
    let removal = teams::delete(&portal, &acting.ctx, &team).await?;
    let said = text(&visitor).with("removed", [("name", (&team.name).into())]);
    let to = portals::address(&site, BELOW);
    Ok(visitor
        .redirect_undoable(to, said, undo::action(removal))
        .into_response())
}
