//! What applications of a portal's developers asked access to.

mod list;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use web::components::table;
use web::{Editor, Form, Input, Markup, Text, Visitor, html, moment};

use super::decide::{Chosen, Place, Wanted};
use super::{Acting, Refused, applications, developers, standing, text};
use crate::console::portals;
use crate::model::Site;
use crate::rest::path_id;
use crate::service::{registrations, sites};
use crate::store::catalogue::Registered;
use crate::{Error, Portal};

/// Where they are, below their portal's address.
const BELOW: &str = "/registrations";

const DECIDE: &str = "/registrations/decide";

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route("/portals/{id}/registrations", get(list::page))
        .route(
            "/portals/{id}/registrations/decide",
            get(ask_page).post(decide),
        )
}

/// An API with its version, as people call it.
pub(super) fn api(registered: &Registered) -> String {
    format!(
        "{} {}",
        registered.product_name, registered.product_version_name
    )
}

/// A short table, for the page of whose registrations they are.
pub(super) fn table_of(text: Text, site: &Site, all: &[Registered]) -> Markup {
    let labels = ["api", "application", "status", "registrations-asked"].map(|id| text.get(id));
    let columns = labels.each_ref().map(String::as_str);
    let rows = html! {
        @for one in all {
            tr {
                td data-label=(labels[0]) { strong { (api(one)) } }
                td data-label=(labels[1]) { a href=(application(site, one)) { (one.application_name) } }
                td data-label=(labels[2]) { (standing(text, one.status)) }
                td data-label=(labels[3]) { (moment(text, one.created_at.as_millis())) }
            }
        }
    };
    html! {
        div.spaced { (table(&text.get("registrations-title"), &columns, None, rows)) }
        p.spaced { a href=(portals::address(site, BELOW)) { (text.get("registrations-all")) } }
    }
}

async fn chosen(portal: &Portal, site: &Site, ids: &[String]) -> Result<Vec<Registered>, Error> {
    let mut all = Vec::with_capacity(ids.len());
    for id in ids {
        let id = path_id("registration", id)?;
        all.push(registrations::find(portal, site, id).await?);
    }
    Ok(all)
}

fn shown(registered: &[Registered]) -> Vec<Chosen> {
    let one = |one: &Registered| Chosen {
        id: one.id.to_string(),
        label: api(one),
        detail: format!("{}, {}", one.application_name, one.developer_name),
    };
    registered.iter().map(one).collect()
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
    Ok(place(&site).ask(&visitor, &wanted, &chosen))
}

fn place(site: &Site) -> Place {
    Place {
        prefix: "registrations",
        action: portals::address(site, DECIDE),
        back: portals::address(site, BELOW),
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
    let place = place(&site);
    let asked = (&wanted, &input);
    let decision = match place.decision(&visitor, asked, &shown(&chosen))? {
        Ok(decision) => decision,
        Err(again) => return Ok(again.into_response()),
    };
    let mut newest = None;
    for one in &chosen {
        let decided =
            registrations::decide(&portal, &acting.ctx, (&site, one.id), &decision).await?;
        newest = decided.revision.or(newest);
    }
    if let Some(revision) = newest {
        portal.publisher().settle(revision).await;
    }
    Ok(place.done(&visitor, &wanted))
}

/// The application's page.
fn application(site: &Site, registered: &Registered) -> String {
    applications::address(site, registered.application_id, "")
}

/// The developer's page.
fn developer(site: &Site, registered: &Registered) -> String {
    developers::address(site, registered.developer_id, "")
}
