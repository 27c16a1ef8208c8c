//! One's own tokens, and what one may do.

use axum::extract::State;
use web::components::{page_heading, views};
use web::{Administrator as Reader, Markup, Page, Text, Visitor, html};

use super::{Bearer, LIST, Refused, Whose, rows, text};
use crate::Portal;
use crate::console::organization::rights::{Rights, teams_of};
use crate::console::organization::whose::user;
use crate::console::organization::{groups, people};
use crate::service::user_tokens::every;

const TABS: &[(&str, &str)] = &[("tokens-title", ""), ("rights-own", "/rights")];

fn heading(text: Text, here: &str) -> Markup {
    let title = text.get("tokens-own");
    html! {
        (page_heading(&title, Some(&text.get("tokens-lead")), None))
        (views(text, &title, TABS, here, |path| format!("{LIST}{path}")))
    }
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Reader,
) -> Result<Page, Refused> {
    let user = user(&portal, &reader.id).await?;
    let tokens = every(&portal, &user).await?;
    let text = text(&visitor);
    let bearer = Bearer::Own(user);
    let main = html! {
        (heading(text, ""))
        p.spaced { a.button.button-primary href=(bearer.address("/new")) { (text.get("tokens-new")) } }
        div.spaced { (rows(text, &tokens, (&bearer, true), portal.clock().now())) }
    };
    Ok(visitor.page(&text.get("tokens-own")).main(main))
}

/// What one may do in the console and by one's tokens, and why.
pub(super) async fn rights(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Reader,
) -> Result<Page, Refused> {
    let whose = Whose::User(user(&portal, &reader.id).await?);
    let rights = Rights::of(&portal, &whose).await?;
    let teams = teams_of(&portal, whose.holder()).await?;
    let text = text(&visitor);
    let main = html! {
        (heading(text, "/rights"))
        p.fine.spaced { (text.get("rights-lead")) }
        div.spaced { (rights.table(text, None)) }
        section.section aria-labelledby="teams" {
            h2 id="teams" { (text.get("teams-title")) }
            (groups::rows(text, &teams, None))
        }
        p.spaced.fine { (text.get("rights-ask")) " " a href=(people::LIST) { (text.get("people-title")) } }
    };
    Ok(visitor.page(&text.get("rights-own")).main(main))
}
