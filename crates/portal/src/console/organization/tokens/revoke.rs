//! Revoking a token, after showing what ends with it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use oauth::Timestamp;
use web::components::{confirm, danger_button};
use web::{Administrator as Reader, Editor, Form, Input, Page, Tone, Visitor, html};
use web::{moment, moment_or_never};

use super::{Acting, Bearer, Refused, Whose, text};
use crate::console::organization::whose::user;
use crate::model::PlatformToken;
use crate::service::{system_accounts, user_tokens};
use crate::{Error, Portal};

async fn find(portal: &Portal, bearer: &Bearer, id: &str) -> Result<PlatformToken, Error> {
    match bearer {
        Bearer::Own(user) | Bearer::User(user) => user_tokens::find_token(portal, user, id).await,
        Bearer::Account(account) => system_accounts::find_token(portal, account, id).await,
    }
}

/// Whose tokens a page about somebody is about; a team has none.
fn bearer(whose: Whose) -> Result<Bearer, Error> {
    match whose {
        Whose::Account(account) => Ok(Bearer::Account(account)),
        Whose::User(user) => Ok(Bearer::User(user)),
        Whose::Team(team) => Err(Error::not_found("access token", team.id)),
    }
}

pub(super) async fn own_page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let bearer = Bearer::Own(user(&portal, &reader.id).await?);
    let token = find(&portal, &bearer, &id).await?;
    Ok(draw(&visitor, &bearer, &token))
}

pub(super) async fn own(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let bearer = Bearer::Own(user(&portal, &acting.administrator.id).await?);
    end((&portal, &visitor), &acting, &bearer, &id).await
}

pub(in crate::console::organization) async fn revoke_page_of(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    whose: Whose,
    Path((_, id)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let bearer = bearer(whose)?;
    let token = find(&portal, &bearer, &id).await?;
    Ok(draw(&visitor, &bearer, &token))
}

pub(in crate::console::organization) async fn revoke_of(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    whose: Whose,
    Path((_, id)): Path<(String, String)>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    end((&portal, &visitor), &acting, &bearer(whose)?, &id).await
}

async fn end(
    (portal, visitor): (&Portal, &Visitor),
    acting: &Acting,
    bearer: &Bearer,
    id: &str,
) -> Result<Response, Refused> {
    let token = find(portal, bearer, id).await?;
    let name = token.name.clone();
    user_tokens::revoke(portal, &acting.ctx, token).await?;
    let said = text(visitor).with("tokens-revoked-done", [("name", name.into())]);
    let to = bearer.address("");
    Ok(visitor
        .redirect_saying(to, Tone::Success, said)
        .into_response())
}

fn draw(visitor: &Visitor, bearer: &Bearer, token: &PlatformToken) -> Page {
    let text = text(visitor);
    let title = text.with("tokens-revoke-title", [("name", (&token.name).into())]);
    let consequences = html! {
        p { (text.get("tokens-revoke-lead")) }
        ul {
            li { (text.get("tokens-used")) ": " (moment_or_never(text, token.last_used_at.map(Timestamp::as_millis))) }
            @if let Some(end) = token.expires_at {
                li { (text.get("tokens-ends")) ": " (moment(text, end.as_millis())) }
            }
        }
        p { (text.get("for-good")) }
    };
    confirm(
        visitor,
        &title,
        consequences,
        &bearer.address(&format!("/{}/revoke", token.id)),
        danger_button(&text.get("tokens-revoke")),
        (&bearer.address(""), &text.get("cancel")),
    )
}
