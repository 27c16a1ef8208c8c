//! Removing a system account, after showing what ends with it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{confirm, danger_button};
use web::{Editor, Form, Input, Page, Tone, Visitor, html};

use super::{Acting, LIST, Refused, address, text};
use crate::service::system_accounts;
use crate::{Portal, store};

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let account = system_accounts::find(&portal, &id).await?;
    let (db, ids, now) = (portal.db(), [account.id], portal.clock().now());
    let text = text(&visitor);
    let title = text.with("delete-title", [("name", (&account.name).into())]);
    let counts = [
        (
            "accounts-delete-tokens",
            store::platform_tokens::count_working(db, ids, now).await?,
        ),
        (
            "delete-roles",
            store::assigned_roles::count_by_holder(db, ids).await?,
        ),
        (
            "accounts-delete-teams",
            store::organization_teams::count_by_member(db, ids).await?,
        ),
    ]
    .map(|(id, counts)| (id, counts.get(&account.id).copied().unwrap_or_default()));
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
        &address(&account, "/delete"),
        danger_button(&text.get("accounts-delete")),
        (&address(&account, "/settings"), &text.get("cancel")),
    ))
}

pub(super) async fn delete(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let account = system_accounts::find(&portal, &id).await?;
    system_accounts::delete(&portal, &acting.ctx, &account).await?;
    let said = text(&visitor).with("removed", [("name", (&account.name).into())]);
    Ok(visitor
        .redirect_saying(LIST, Tone::Success, said)
        .into_response())
}
