//! The developers of a portal.

mod list;
mod new;
mod one;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use web::{Editor, Form, Input, Visitor};

use super::decide::{Chosen, Place, Wanted};
use super::{Acting, Refused, standing, text};
use crate::console::portals;
use crate::model::{Developer, Site};
use crate::service::{developers, sites};
use crate::{Error, Portal};

/// Where they are, below their portal's address.
pub(super) const BELOW: &str = "/developers";

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route("/portals/{id}/developers", get(list::page))
        .route(
            "/portals/{id}/developers/new",
            get(new::page).post(new::create),
        )
        .route(
            "/portals/{id}/developers/decide",
            get(ask_page).post(decide),
        )
        .route("/portals/{id}/developers/{developer}", get(one::page))
        .route(
            "/portals/{id}/developers/{developer}/invite",
            post(one::invite),
        )
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
    let chosen = shown(&chosen(&portal, &site, &wanted.ids).await?);
    Ok(place(&site, &wanted).ask(&visitor, &wanted, &chosen))
}

/// A single one is decided about from its own page.
fn place(site: &Site, wanted: &Wanted) -> Place {
    Place {
        prefix: "developers",
        action: portals::address(site, "/developers/decide"),
        back: match wanted.ids.as_slice() {
            [one] => address(site, one, ""),
            _ => portals::address(site, BELOW),
        },
    }
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
    let chosen = chosen(&portal, &site, &wanted.ids).await?;
    let place = place(&site, &wanted);
    let asked = (&wanted, &input);
    let decision = match place.decision(&visitor, asked, &shown(&chosen))? {
        Ok(decision) => decision,
        Err(again) => return Ok(again.into_response()),
    };
    for developer in chosen {
        developers::decide(&portal, &acting.ctx, (&site, developer), &decision).await?;
    }
    Ok(place.done(&visitor, &wanted))
}
