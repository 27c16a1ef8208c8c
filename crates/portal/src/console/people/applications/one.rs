//! One application with its registrations; and removing one.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{Definition, definitions, link_button, page_heading, way};
use web::{Administrator, Editor, Form, Input, Page, Tone, Visitor, html, moment};

use super::super::remove::Asked;
use super::{Acting, BELOW, Refused, address, developers, registrations, status, text};
use crate::console::{auth, gateway, portals, teams};
use crate::model::{Application, ApplicationStatus, Site};
use crate::rest::path_id;
use crate::service::applications::Removal;
use crate::service::sites;
use crate::store::catalogue;
use crate::store::listing::Listing;
use crate::{Error, Portal, store};

async fn find(portal: &Portal, site: &Site, id: &str) -> Result<Application, Error> {
    let id = path_id("application", id)?;
    let found = store::applications::find(portal.db(), id).await?;
    found
        .filter(|one| one.portal_id == site.id && one.status == ApplicationStatus::Active)
        .ok_or_else(|| Error::not_found("application", id))
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path((id, application)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let application = find(&portal, &site, &application).await?;
    let db = portal.db();
    let owner = store::developers::find(db, application.developer_id).await?;
    let strategy = store::strategies::find(db, application.auth_strategy_id).await?;
    let listing = Listing::all("t.created_at").only("t.application_id", application.id);
    let (registered, _) = catalogue::registrations(db, &listing).await?;
    let team = match application.team_id {
        Some(id) => store::teams::find(db, id).await?,
        None => None,
    };
    let text = text(&visitor);
    let facts = [
        Definition::new(text.get("id"), html! { code { (application.id) } }),
        Definition::new(text.get("status"), status(text, application.status)),
        Definition::new(
            text.get("developer"),
            html! { @if let Some(owner) = &owner {
                a href=(developers::address(&site, owner.id, "")) { (owner.full_name) }
            } },
        ),
        Definition::new(
            text.get("applications-team"),
            html! { @match &team {
                Some(team) => a href=(teams::address(&site, team, "")) { (team.name) },
                None => (text.get("applications-no-team")),
            } },
        ),
        Definition::new(
            text.get("applications-strategy"),
            html! { @if let Some(strategy) = &strategy { (auth::named(strategy)) } },
        ),
        Definition::new(
            text.get("client-id"),
            html! { @if let Some(client) = &application.client_id { code { (client) } } },
        ),
        Definition::new(
            text.get("created"),
            moment(text, application.created_at.as_millis()),
        ),
    ];
    let usage = gateway::usage_of("application", application.id);
    let usage = link_button(&usage, &text.get("usage"));
    let main = html! {
        (way(text, &[
            (portals::name(&site), &portals::address(&site, "")),
            (&text.get("applications"), &portals::address(&site, BELOW)),
        ]))
        (page_heading(&application.name, application.description.as_deref(), Some(usage)))
        div.panel { (definitions(&facts)) }
        section.section aria-labelledby="registrations" {
            h2 id="registrations" { (text.get("registrations-title")) }
            @if registered.is_empty() { p.fine.spaced { (text.get("registrations-none-here")) } }
            @else { (registrations::table_of(text, &site, &registered)) }
        }
        @if reader.role.may_change() {
            section.section aria-labelledby="removal" {
                h2 id="removal" { (text.get("danger-zone")) }
                p.fine.spaced { (text.get("applications-delete-hint")) }
                p.spaced { (link_button(&address(&site, application.id, "/delete"), &text.get("applications-delete"))) }
            }
        }
    };
    Ok(visitor.page(&application.name).main(main))
}

pub(super) async fn delete_page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path((id, application)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let application = find(&portal, &site, &application).await?;
    let button = text(&visitor).get("applications-delete");
    let asked = asked(&portal, &visitor, (&site, &application), &button).await?;
    Ok(asked.page(&visitor))
}

async fn asked<'a>(
    portal: &Portal,
    visitor: &Visitor,
    (site, application): (&Site, &Application),
    button: &'a str,
) -> Result<Asked<'a>, Error> {
    let listing = Listing::all("t.created_at").only("t.application_id", application.id);
    let (registered, _) = catalogue::registrations(portal.db(), &listing).await?;
    let text = text(visitor);
    let name = &application.name;
    let consequences = html! {
        p { (text.get("applications-delete-lead")) }
        @if let Some(client) = &application.client_id {
            p { (text.get("applications-delete-client")) " " code { (client) } }
        }
        @if !registered.is_empty() {
            p { (text.get("applications-delete-registrations")) }
            ul { @for one in &registered { li { (registrations::api(one)) } } }
        }
        p { (text.get("for-good")) }
    };
    Ok(Asked {
        title: text.with("applications-delete-title", [("name", name.into())]),
        consequences,
        action: address(site, application.id, "/delete"),
        button,
        back: address(site, application.id, ""),
    })
}

pub(super) async fn delete(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path((id, application)): Path<(String, String)>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    let application = find(&portal, &site, &application).await?;
    let text = text(&visitor);
    let button = text.get("applications-delete");
    let asked = asked(&portal, &visitor, (&site, &application), &button).await?;
    let reason = match asked.reason(&visitor, &input)? {
        Ok(reason) => reason,
        Err(page) => return Ok(page.into_response()),
    };
    let applications = portal.applications();
    let ended = applications.take_away(&acting.ctx, &application, &reason);
    let ended = ended.await?;
    if let Some(revision) = ended.revision {
        portal.publisher().settle(revision).await;
    }
    let (tone, said) = match ended.value {
        Removal::Complete => (
            Tone::Success,
            text.with("removed", [("name", (&application.name).into())]),
        ),
        Removal::Pending => (Tone::Warning, text.get("applications-leaving")),
    };
    let to = portals::address(&site, BELOW);
    Ok(visitor.redirect_saying(to, tone, said).into_response())
}
