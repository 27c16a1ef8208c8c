//! The teams of a user or a system account, and joining another.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use web::components::{Choice, Field, FieldErrors, button, empty_state, form, table};
use web::{Administrator, Form, Input, Markup, Page, Text, Tone, Visitor, html};

use super::rights::teams_of;
use super::{Acting, Refused, Whose, teams, text};
use crate::model::OrganizationTeam;
use crate::service::organization_teams;
use crate::store::listing::Listing;
use crate::{Error, Portal, store};

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    whose: Whose,
) -> Result<Page, Refused> {
    let found = teams_of(&portal, whose.holder()).await?;
    let others = others(&portal, &whose, &found).await?;
    let text = text(&visitor);
    let changing = reader.role.may_change();
    let main = html! {
        (whose.heading(text, "/teams"))
        (rows(text, &found, changing.then_some(&whose)))
        @if changing { (join_form(&visitor, &whose, &others)) }
    };
    Ok(visitor.page(whose.name()).main(main))
}

/// The teams that somebody is not in. A user is in one that is always there by the role in the console.
pub(super) async fn others(
    portal: &Portal,
    whose: &Whose,
    present: &[OrganizationTeam],
) -> Result<Vec<OrganizationTeam>, Error> {
    let all = Listing::all("t.name");
    let (mut found, _) = store::organization_teams::list(portal.db(), &all).await?;
    let by_role = matches!(whose, Whose::User(_));
    found.retain(|team| {
        let is_in = present.iter().any(|present| present.id == team.id);
        !(is_in || by_role && team.access.is_some())
    });
    Ok(found)
}

/// The teams as a table; `whose` are those who can be taken out.
pub(super) fn rows(text: Text, found: &[OrganizationTeam], whose: Option<&Whose>) -> Markup {
    if found.is_empty() {
        return html! { p.fine { (text.get("groups-none")) } };
    }
    let labels = ["name", "description"].map(|id| text.get(id));
    let columns: Vec<&str> = labels.iter().map(String::as_str).collect();
    let leave = text.get("remove");
    let shown = html! {
        @for team in found {
            tr {
                td data-label=(labels[0]) { a href=(teams::address(team, "")) { strong { (team.name) } } }
                td data-label=(labels[1]) { (team.description.as_deref().unwrap_or("–")) }
                @if let Some(whose) = whose {
                    td.row-actions {
                        a href=(teams::address(team, &format!("/members/{}/remove", whose.holder()))) {
                            (leave) span.visually-hidden { ": " (team.name) }
                        }
                    }
                }
            }
        }
    };
    let actions = whose.is_some().then_some(leave.as_str());
    table(&text.get("teams-title"), &columns, actions, shown)
}

/// The form that takes somebody into another team, if there is one.
pub(super) fn join_form(visitor: &Visitor, whose: &Whose, others: &[OrganizationTeam]) -> Markup {
    let text = text(visitor);
    let choices: Vec<Choice> = others
        .iter()
        .map(|team| Choice {
            value: team.id.to_string(),
            label: team.name.clone(),
            ..Choice::default()
        })
        .collect();
    let (label, title) = (text.get("groups-team"), text.get("groups-join"));
    html! {
        section.section aria-labelledby="join" {
            h2 id="join" { (title) }
            @if choices.is_empty() {
                (empty_state(&text.get("groups-no-other"), &text.get("groups-no-other-next"), None))
            } @else {
                (form(visitor, &whose.address("/teams"), &FieldErrors::new(), html! {
                    (Field::select(text, "team", &label, &choices))
                    div.form-actions { (button(&text.get("groups-join"))) }
                }))
            }
        }
    }
}

pub(super) async fn join(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    whose: Whose,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    let team = organization_teams::find(&portal, input.text("team")).await?;
    let ctx = &acting.ctx;
    let joined = match &whose {
        Whose::Account(account) => {
            organization_teams::add_account(&portal, ctx, &team, account).await
        }
        Whose::User(user) => organization_teams::add_user(&portal, ctx, &team, user).await,
        Whose::Team(team) => Err(Error::not_found("member", team.id)),
    };
    let to = whose.address(match whose {
        Whose::User(_) => "",
        Whose::Account(_) | Whose::Team(_) => "/teams",
    });
    let names = [("name", whose.name().into()), ("team", (&team.name).into())];
    let (tone, said) = match joined {
        Ok(()) => (Tone::Success, text.with("groups-joined", names)),
        Err(Error::Conflict(_)) => (Tone::Warning, text.with("groups-present", names)),
        Err(error) => return Err(error.into()),
    };
    Ok(visitor.redirect_saying(to, tone, said).into_response())
}
