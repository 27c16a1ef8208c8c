//! The developers of a portal.

mod list;
mod one;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use web::components::FieldErrors;
use web::{Editor, Form, Input, Page, Tone, Visitor};

use super::decide::{Chosen, Wanted, ask, decision};
use super::{Acting, Refused, standing, text};
use crate::console::{portals, refusal};
use crate::model::{Developer, Site};
use crate::service::{developers, sites};
use crate::{Error, Portal};

/// Where they are, below their portal's address.
pub(super) const BELOW: &str = "/developers";

const PREFIX: &str = "developers";

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route("/portals/{id}/developers", get(list::page))
        .route(
            "/portals/{id}/developers/decide",
            get(ask_page).post(decide),
        )
        .route("/portals/{id}/developers/{developer}", get(one::page))
        .route(
            "/portals/{id}/developers/{developer}/delete",
            get(one::delete_page).post(one::delete),
        )
}

/// The address of a developer's page, or of one `below` it.
pub(super) fn address(site: &Site, id: impl std::fmt::Display, below: &str) -> String {
    portals::address(site, &format!("{BELOW}/{id}{below}"))
}

async fn chosen(portal: &Portal, site: &Site, ids: &[String]) -> Result<Vec<Developer>, Error> {
    let mut all = Vec::with_capacity(ids.len());
    for id in ids {
        all.push(developers::find(portal, site, id).await?);
    }
    Ok(all)
}

fn shown(developers: &[Developer]) -> Vec<Chosen> {
    let one = |developer: &Developer| Chosen {
        id: developer.id.to_string(),
        label: developer.full_name.clone(),
        detail: developer.email.clone(),
    };
    developers.iter().map(one).collect()
}

async fn ask_page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(id): Path<String>,
    Query(input): Query<Input>,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    let wanted = Wanted::of(&input)?;
    let list = portals::address(&site, BELOW);
    if wanted.ids.is_empty() {
        let said = text(&visitor).get("none-chosen");
        let to = visitor.redirect_saying(list, Tone::Warning, said);
        return Ok(to.into_response());
    }
    let chosen = shown(&chosen(&portal, &site, &wanted.ids).await?);
    let asked = asking(&visitor, &site, &wanted, &chosen, (&FieldErrors::new(), ""));
    Ok(asked.into_response())
}

fn asking(
    visitor: &Visitor,
    site: &Site,
    wanted: &Wanted,
    chosen: &[Chosen],
    told: (&FieldErrors, &str),
) -> Page {
    let action = portals::address(site, "/developers/decide");
    let back = match chosen {
        [one] => address(site, &one.id, ""),
        _ => portals::address(site, BELOW),
    };
    ask(
        visitor,
        (PREFIX, &action, &back),
        wanted.status,
        chosen,
        told,
    )
}

async fn decide(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    let wanted = Wanted::of(&input)?;
    let text = text(&visitor);
    let chosen = chosen(&portal, &site, &wanted.ids).await?;
    let decision = match decision(wanted.status, &input) {
        Ok(decision) => decision,
        Err(error) => {
            let labels = [("reason", text.get("reason"))];
            let errors = refusal::fields(text, &error, &labels).ok_or(error)?;
            let told = (&errors, input.text("reason"));
            return Ok(asking(&visitor, &site, &wanted, &shown(&chosen), told).into_response());
        }
    };
    let count = chosen.len();
    for developer in chosen {
        developers::decide(&portal, &acting.ctx, (&site, developer), &decision).await?;
    }
    let said = text.with(
        &format!("{PREFIX}-{}-done", wanted.status),
        [("count", count.into())],
    );
    let to = match wanted.ids.as_slice() {
        [one] => address(&site, one, ""),
        _ => portals::address(&site, BELOW),
    };
    Ok(visitor
        .redirect_saying(to, Tone::Success, said)
        .into_response())
}
