//! Removing a team, after showing what changes for its members.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::{Editor, Form, Input, Page, Tone, Visitor};

use super::{Acting, LIST, Refused, Whose, text};
use crate::console::organization::naming::{Kind, removal_page};
use crate::service::organization_teams;
use crate::{Portal, store};

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let team = organization_teams::find(&portal, &id).await?;
    organization_teams::may_change(&team)?;
    let (db, ids) = (portal.db(), [team.id]);
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
    .map(|(text, counts)| (text, counts.get(&team.id).copied().unwrap_or_default()));
    let shown = (&Whose::Team(team), Kind::Teams);
    Ok(removal_page(&visitor, shown, &counts))
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
