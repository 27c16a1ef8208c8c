//! Removing a team, after showing what changes for its members.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{confirm, danger_button};
use web::{Editor, Form, Input, Page, Tone, Visitor, html};

use super::{Acting, LIST, Refused, address, text};
use crate::service::organization_teams;
use crate::{Portal, store};

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let team = organization_teams::find(&portal, &id).await?;
    let (db, ids) = (portal.db(), [team.id]);
    organization_teams::may_change(&team)?;
    let text = text(&visitor);
    let title = text.with("delete-title", [("name", (&team.name).into())]);
    let counts = [
        (
            "teams-delete-members",
            store::organization_teams::count_by_team(db, ids).await?,
        ),
        (
            "delete-roles",
            store::assigned_roles::count_by_holder(db, ids).await?,
        ),
    ]
    .map(|(id, counts)| (id, counts.get(&team.id).copied().unwrap_or_default()));
    let consequences = html! {
        p { (text.get("delete-lead")) }
        ul {
            @for (id, count) in counts {
                @if count > 0 { li { (text.with(id, [("count", count.into())])) } }
            }
            @if counts.iter().all(|(_, count)| *count == 0) { li { (text.get("delete-nothing")) } }
        }
        p { (text.get("for-good")) }
    };
    Ok(confirm(
        &visitor,
        &title,
        consequences,
        &address(&team, "/delete"),
        danger_button(&text.get("teams-delete")),
        (&address(&team, "/settings"), &text.get("cancel")),
    ))
}

pub(super) async fn delete(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let team = organization_teams::find(&portal, &id).await?;
    organization_teams::delete(&portal, &acting.ctx, &team).await?;
    let said = text(&visitor).with("removed", [("name", (&team.name).into())]);
    Ok(visitor
        .redirect_saying(LIST, Tone::Success, said)
        .into_response())
}
