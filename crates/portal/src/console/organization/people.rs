//! A user's roles, teams and tokens, as whoever may change accounts sees them.

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use web::components::notice;
use web::{Administrator as Reader, Page, Tone, Visitor, html};

use super::rights::{Rights, teams_of};
use super::tokens::{self, Bearer};
use super::{Refused, Whose, groups, roles, text};
use crate::Portal;
use crate::model::Administrator;
use crate::service::user_tokens::every;

/// Everybody who may sign in.
pub(super) const LIST: &str = "/administrators";

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route("/administrators/{id}/access", get(page))
        .route("/administrators/{id}/access/teams", post(groups::join))
        .route(
            "/administrators/{id}/access/roles/new",
            get(roles::new_page).post(roles::assign),
        )
        .route(
            "/administrators/{id}/access/roles/{role}/remove",
            get(roles::remove_page).post(roles::remove),
        )
        .route(
            "/administrators/{id}/access/tokens/{token}/revoke",
            get(tokens::revoke_page_of).post(tokens::revoke_of),
        )
}

/// The address of what a user may do, or of a page `below` it.
pub(super) fn address(user: &Administrator, below: &str) -> String {
    format!("{LIST}/{}/access{below}", user.id)
}

async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Reader,
    whose: Whose,
) -> Result<Page, Refused> {
    let Whose::User(user) = &whose else {
        return Err(crate::Error::not_found("user", whose.holder()).into());
    };
    let rights = Rights::of(&portal, &whose).await?;
    let teams = teams_of(&portal, whose.holder()).await?;
    let others = groups::others(&portal, &whose, &teams).await?;
    let tokens = every(&portal, user).await?;
    let text = text(&visitor);
    let changing = reader.role.may_change();
    let own = changing.then_some(&whose);
    let bearer = Bearer::User(user.clone());
    let main = html! {
        (whose.heading(text, ""))
        @if user.role != web::Role::Member {
            (notice(text, Tone::Info, html! { p { (text.get(&format!("people-has-{}", user.role.as_str()))) } }))
        }
        section.section aria-labelledby="rights" {
            h2 id="rights" { (text.get("rights-title")) }
            @if changing { (roles::assign_button(text, &whose)) }
            div.spaced { (rights.table(text, own)) }
        }
        section.section aria-labelledby="teams" {
            h2 id="teams" { (text.get("teams-title")) }
            div.spaced { (groups::rows(text, &teams, own)) }
        }
        @if changing { (groups::join_form(&visitor, &whose, &others)) }
        section.section aria-labelledby="tokens" {
            h2 id="tokens" { (text.get("tokens-title")) }
            p.fine.spaced { (text.get("people-tokens-lead")) }
            div.spaced { (tokens::rows(text, &tokens, (&bearer, changing), portal.clock().now())) }
        }
    };
    Ok(visitor.page(&user.name).main(main))
}
