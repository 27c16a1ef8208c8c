//! One developer, with applications and registrations; and removing one.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{
    Definition, FieldErrors, definitions, form, link_button, page_heading, table, way,
};
use web::{Administrator, Editor, Form, Input, Markup, Page, Text, Tone, Visitor, html, moment};

use super::super::remove::Asked;
use super::super::{applications as apps, decide, registrations};
use super::{Acting, BELOW, Refused, address, standing, text};
use crate::console::{gateway, portals, teams};
use crate::model::{Application, ApplicationStatus, Developer, Site, Team};
use crate::service::{developers, sites};
use crate::store::catalogue;
use crate::store::listing::Listing;
use crate::{Error, Portal, store};

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path((id, developer)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let developer = developers::find(&portal, &site, &developer).await?;
    let applications = applications(&portal, &developer).await?;
    let listing = Listing::all("t.created_at").only("n.developer_id", developer.id);
    let (registered, _) = catalogue::registrations(portal.db(), &listing).await?;
    let member_of = store::teams::of_developer(portal.db(), developer.id).await?;
    let text = text(&visitor);
    let usage = gateway::usage_of("developer", developer.id);
    let usage = link_button(&usage, &text.get("usage"));
    let main = html! {
        (way(text, &[
            (portals::name(&site), &portals::address(&site, "")),
            (&text.get("developers-title"), &portals::address(&site, BELOW)),
        ]))
        (page_heading(&developer.full_name, Some(&developer.email), Some(usage)))
        div.panel { (definitions(&facts(text, &developer))) }
        @if reader.role.may_change() {
            (decide::links(text, &portals::address(&site, "/developers/decide"), &developer.id.to_string(), developer.status))
        }
        @if reader.role.may_change() && !developer.email_verified {
            (invitation(&visitor, &address(&site, developer.id, "/invite")))
        }
        section.section aria-labelledby="teams" {
            h2 id="teams" { (text.get("teams")) }
            @if member_of.is_empty() { p.fine.spaced { (text.get("teams-none-here")) } }
            @else { (team_list(&site, &member_of)) }
        }
        section.section aria-labelledby="applications" {
            h2 id="applications" { (text.get("applications")) }
            @if applications.is_empty() { p.fine.spaced { (text.get("applications-none-here")) } }
            @else { (application_rows(text, &site, &applications)) }
        }
        section.section aria-labelledby="registrations" {
            h2 id="registrations" { (text.get("registrations-title")) }
            @if registered.is_empty() { p.fine.spaced { (text.get("registrations-none-here")) } }
            @else { (registrations::table_of(text, &site, &registered)) }
        }
        @if reader.role.may_change() {
            section.section aria-labelledby="removal" {
                h2 id="removal" { (text.get("danger-zone")) }
                p.fine.spaced { (text.get("developers-delete-hint")) }
                p.spaced { (link_button(&address(&site, developer.id, "/delete"), &text.get("developers-delete"))) }
            }
        }
    };
    Ok(visitor.page(&developer.full_name).main(main))
}

/// Offers to send the invitation again.
fn invitation(visitor: &Visitor, action: &str) -> Markup {
    let text = text(visitor);
    html! {
        section.section aria-labelledby="invitation" {
            h2 id="invitation" { (text.get("developers-unconfirmed")) }
            p.fine.spaced { (text.get("developers-unconfirmed-text")) }
            (form(visitor, action, &FieldErrors::default(), html! {
                button.button.button-secondary type="submit" { (text.get("developers-invite-again")) }
            }))
        }
    }
}

pub(super) async fn invite(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path((id, developer)): Path<(String, String)>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    let developer = developers::find(&portal, &site, &developer).await?;
    let back = address(&site, developer.id, "");
    let (tone, said) = match developers::invite_again(&portal, &acting.ctx, &site, &developer).await
    {
        Ok(()) => (Tone::Success, "developers-invited"),
        Err(Error::Conflict(_)) => (Tone::Info, "developers-settled"),
        Err(error) => return Err(error.into()),
    };
    let said = text(&visitor).with(said, [("email", (&developer.email).into())]);
    Ok(visitor.redirect_saying(back, tone, said).into_response())
}

/// Those of a developer that are not being removed.
async fn applications(portal: &Portal, developer: &Developer) -> Result<Vec<Application>, Error> {
    let mut all = store::applications::of_developer(portal.db(), developer.id).await?;
    all.retain(|application| application.status == ApplicationStatus::Active);
    Ok(all)
}

fn facts(text: Text, developer: &Developer) -> [Definition; 4] {
    let proven = match developer.email_verified {
        true => "yes",
        false => "no",
    };
    [
        Definition::new(text.get("id"), html! { code { (developer.id) } }),
        Definition::new(text.get("status"), standing(text, developer.status)),
        Definition::new(
            text.get("developers-verified"),
            html! { (text.get(proven)) },
        ),
        Definition::new(
            text.get("developers-signed-up"),
            moment(text, developer.created_at.as_millis()),
        ),
    ]
}

fn team_list(site: &Site, all: &[Team]) -> Markup {
    html! {
        ul.spaced {
            @for team in all {
                li {
                    a href=(teams::address(site, team, "")) { (team.name) }
                    @if !team.description.is_empty() { " " span.fine { (team.description) } }
                }
            }
        }
    }
}

fn application_rows(text: Text, site: &Site, applications: &[Application]) -> Markup {
    let labels = ["name", "client-id", "created"].map(|id| text.get(id));
    let columns = labels.each_ref().map(String::as_str);
    let rows = html! {
        @for application in applications {
            tr {
                td data-label=(labels[0]) {
                    a href=(apps::address(site, application.id, "")) { strong { (application.name) } }
                }
                td data-label=(labels[1]) {
                    @if let Some(client) = &application.client_id { code { (client) } }
                }
                td data-label=(labels[2]) { (moment(text, application.created_at.as_millis())) }
            }
        }
    };
    html! { div.spaced { (table(&text.get("applications"), &columns, None, rows)) } }
}

pub(super) async fn delete_page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path((id, developer)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let developer = developers::find(&portal, &site, &developer).await?;
    let button = text(&visitor).get("developers-delete");
    let asked = asked(&portal, &visitor, (&site, &developer), &button).await?;
    Ok(asked.page(&visitor))
}

async fn asked<'a>(
    portal: &Portal,
    visitor: &Visitor,
    (site, developer): (&Site, &Developer),
    button: &'a str,
) -> Result<Asked<'a>, Error> {
    let applications = applications(portal, developer).await?;
    let text = text(visitor);
    let name = &developer.full_name;
    Ok(Asked {
        title: text.with("developers-delete-title", [("name", name.into())]),
        consequences: consequences(text, site, &applications),
        action: address(site, developer.id, "/delete"),
        button,
        back: address(site, developer.id, ""),
    })
}

fn consequences(text: Text, site: &Site, applications: &[Application]) -> Markup {
    html! {
        p { (text.with("developers-delete-lead", [("portal", portals::name(site).into())])) }
        @if !applications.is_empty() {
            p { (text.get("developers-delete-applications")) }
            ul { @for application in applications { li { (application.name) } } }
        }
        p { (text.get("for-good")) }
    }
}

pub(super) async fn delete(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path((id, developer)): Path<(String, String)>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    let developer = developers::find(&portal, &site, &developer).await?;
    let text = text(&visitor);
    let about = (&site, &developer);
    let button = text.get("developers-delete");
    let asked = asked(&portal, &visitor, about, &button).await?;
    let reason = match asked.reason(&visitor, &input)? {
        Ok(reason) => reason,
        Err(page) => return Ok(page.into_response()),
    };
    let name = &developer.full_name;
    let (to, tone, said) = match developers::delete(&portal, &acting.ctx, about, &reason).await {
        Ok(revision) => {
            if let Some(revision) = revision {
                portal.publisher().settle(revision).await;
            }
            let said = text.with("removed", [("name", name.into())]);
            (portals::address(&site, BELOW), Tone::Success, said)
        }
        Err(Error::Conflict(_)) => {
            let said = text.get("still-leaving");
            (address(&site, developer.id, ""), Tone::Warning, said)
        }
        Err(error) => return Err(error.into()),
    };
    Ok(visitor.redirect_saying(to, tone, said).into_response())
}
