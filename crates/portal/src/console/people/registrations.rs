//! What applications of a portal's developers asked access to.

mod list;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use web::components::{FieldErrors, table};
use web::{Editor, Form, Input, Markup, Page, Text, Tone, Visitor, html, moment};

use super::decide::{Chosen, Wanted, ask, decision};
use super::{Acting, Refused, applications, developers, standing, text};
use crate::console::{portals, refusal};
use crate::model::Site;
use crate::rest::path_id;
use crate::service::{registrations, sites};
use crate::store::catalogue::Registered;
use crate::{Error, Portal};

/// Where they are, below their portal's address.
const BELOW: &str = "/registrations";

const DECIDE: &str = "/registrations/decide";

const PREFIX: &str = "registrations";

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
    if wanted.ids.is_empty() {
        let said = text(&visitor).get("none-chosen");
        let list = portals::address(&site, BELOW);
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
    let (action, back) = (
        portals::address(site, DECIDE),
        portals::address(site, BELOW),
    );
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
    let mut newest = None;
    for one in &chosen {
        let decided =
            registrations::decide(&portal, &acting.ctx, (&site, one.id), &decision).await?;
        newest = decided.revision.or(newest);
    }
    if let Some(revision) = newest {
        portal.publisher().settle(revision).await;
    }
    let said = text.with(
        &format!("{PREFIX}-{}-done", wanted.status),
        [("count", chosen.len().into())],
    );
    let to = portals::address(&site, BELOW);
    Ok(visitor
        .redirect_saying(to, Tone::Success, said)
        .into_response())
}

/// The application's page.
fn application(site: &Site, registered: &Registered) -> String {
    applications::address(site, registered.application_id, "")
}

/// The developer's page.
fn developer(site: &Site, registered: &Registered) -> String {
    developers::address(site, registered.developer_id, "")
}
