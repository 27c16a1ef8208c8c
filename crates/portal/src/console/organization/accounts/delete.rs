//! Removing a system account, after showing what ends with it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::{Editor, Form, Input, Page, Tone, Visitor};

use super::{Acting, LIST, Refused, Whose, text};
use crate::console::organization::naming::{Kind, removal_page};
use crate::service::system_accounts;
use crate::{Portal, store};

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let account = system_accounts::find(&portal, &id).await?;
    let (db, ids) = (portal.db(), [account.id]);
    let counts = [
        (
            "accounts-delete-tokens",
            store::platform_tokens::count_working(db, ids, portal.clock().now()).await?,
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
    .map(|(text, counts)| (text, counts.get(&account.id).copied().unwrap_or_default()));
    let shown = (&Whose::Account(account), Kind::Accounts);
    Ok(removal_page(&visitor, shown, &counts))
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
