//! Taking a user or a system account out of a team.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{confirm, danger_button};
use web::{Editor, Form, Input, Page, Tone, Visitor, html};

use super::{Acting, Refused, address, text};
use crate::console::organization::whose::user;
use crate::model::Holder;
use crate::service::{organization_teams, system_accounts};
use crate::{Error, Portal};

/// The member with this id, and what people call it: a user, or a system account.
async fn member(portal: &Portal, id: &str) -> Result<(Holder, String), Error> {
    match user(portal, id).await {
        Ok(user) => Ok((Holder::User(user.id), user.name)),
        Err(Error::NotFound(_)) => {
            let account = system_accounts::find(portal, id).await?;
            Ok((Holder::SystemAccount(account.id), account.name))
        }
        Err(error) => Err(error),
    }
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path((id, of)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let team = organization_teams::find(&portal, &id).await?;
    let (_, name) = member(&portal, &of).await?;
    let text = text(&visitor);
    let names = [("name", (&name).into()), ("team", (&team.name).into())];
    let title = text.with("members-remove-title", names);
    let consequences = html! { p { (text.get("members-remove-lead")) } };
    Ok(confirm(
        &visitor,
        &title,
        consequences,
        &address(&team, &format!("/members/{of}/remove")),
        danger_button(&text.get("remove")),
        (&address(&team, ""), &text.get("cancel")),
    ))
}

pub(super) async fn remove(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path((id, of)): Path<(String, String)>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let team = organization_teams::find(&portal, &id).await?;
    let (holder, name) = member(&portal, &of).await?;
    let text = text(&visitor);
    let to = address(&team, "");
    let names = [("name", (&name).into()), ("team", (&team.name).into())];
    let (tone, said) = match organization_teams::remove(&portal, &acting.ctx, &team, holder).await {
        Ok(()) => (Tone::Success, text.with("members-removed", names)),
        Err(Error::Conflict(_)) => (Tone::Danger, text.get("members-last-owner")),
        Err(error) => return Err(error.into()),
    };
    Ok(visitor.redirect_saying(to, tone, said).into_response())
}
