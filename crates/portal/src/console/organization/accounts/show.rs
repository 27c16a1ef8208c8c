//! One system account: its tokens.

use axum::extract::State;
use web::components::notice;
use web::{Administrator, Page, Tone, Visitor, html};

use super::{Refused, Whose, text, tokens};
use crate::console::organization::rights::teams_of;
use crate::console::organization::tokens::Bearer;
use crate::{Error, Portal, store};

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    whose: Whose,
) -> Result<Page, Refused> {
    let Whose::Account(account) = &whose else {
        return Err(Error::not_found("system account", whose.holder()).into());
    };
    let (db, ids) = (portal.db(), [account.id]);
    let tokens = store::platform_tokens::of_account(db, account.id).await?;
    let roles = store::assigned_roles::count_by_holder(db, ids).await?;
    let may_nothing = roles.is_empty() && teams_of(&portal, whose.holder()).await?.is_empty();
    let text = text(&visitor);
    let changing = reader.role.may_change();
    let bearer = Bearer::Account(account.clone());
    let roles = whose.address("/roles");
    let main = html! {
        (whose.heading(text, ""))
        @if may_nothing {
            (notice(text, Tone::Warning, html! { p {
                (text.get("accounts-may-nothing")) " " a href=(roles) { (text.get("rights-title")) }
            } }))
        }
        @if changing {
            p.spaced { a.button.button-primary href=(whose.address("/tokens/new")) { (text.get("tokens-new")) } }
        }
        div.spaced { (tokens::rows(text, &tokens, (&bearer, changing), portal.clock().now())) }
    };
    Ok(visitor.page(&account.name).main(main))
}
