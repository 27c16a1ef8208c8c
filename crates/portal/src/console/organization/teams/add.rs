//! Taking users and system accounts into a team: those who are not in it, to tick.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{FieldErrors, button, empty_state, form, link_button, table};
use web::{Editor, Form, Input, Markup, Page, Text, Tone, Visitor, html};

use super::members::Row;
use super::{Acting, Refused, Whose, address, text};
use crate::console::organization::whose::user;
use crate::model::OrganizationTeam;
use crate::service::{organization_teams, system_accounts};
use crate::store::listing::{Filter, Listing, Test};
use crate::store::organization_teams::INSIDE;
use crate::{Error, Portal, store};

/// The users and system accounts that are not in a team. Users are in one that is always there by their role.
async fn outside(portal: &Portal, team: &OrganizationTeam) -> Result<(Vec<Row>, Vec<Row>), Error> {
    let mut wanted = Listing::all("t.name");
    wanted.filters.push(Filter {
        column: "t.id",
        test: Test::Outside(INSIDE, team.id.into()),
    });
    let (accounts, _) = store::system_accounts::list(portal.db(), &wanted).await?;
    let users = match team.access {
        Some(_) => Vec::new(),
        None => store::administrators::list(portal.db(), &wanted).await?.0,
    };
    let users = users.iter().map(Row::of_user).collect();
    Ok((users, accounts.iter().map(Row::of_account).collect()))
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let team = organization_teams::find(&portal, &id).await?;
    let (users, accounts) = outside(&portal, &team).await?;
    let text = text(&visitor);
    let title = text.with("members-add-title", [("name", (&team.name).into())]);
    let lead = match team.access {
        Some(_) => "members-add-accounts-lead",
        None => "members-add-lead",
    };
    let back = address(&team, "");
    let main = html! {
        (Whose::Team(team.clone()).below(text, &title, Some(&text.get(lead))))
        @if users.is_empty() && accounts.is_empty() {
            (empty_state(&text.get("members-add-none"), &text.get("members-add-none-next"), None))
        } @else {
            (form(&visitor, &address(&team, "/add"), &FieldErrors::new(), html! {
                (choosing(text, ("people-title", "user"), &users))
                (choosing(text, ("accounts-title", "account"), &accounts))
                div.form-actions { (button(&text.get("members-add-button"))) (link_button(&back, &text.get("cancel"))) }
            }))
        }
    };
    Ok(visitor.page(&title).main(main))
}

fn choosing(text: Text, (title, field): (&str, &str), rows: &[Row]) -> Markup {
    if rows.is_empty() {
        return html! {};
    }
    let labels = ["choose", "name"].map(|id| text.get(id));
    let shown = html! {
        @for row in rows {
            tr {
                td data-label=(labels[0]) {
                    input type="checkbox" name=(field) value=(row.id)
                        aria-label=(text.with("choose-one", [("name", (&row.name).into())]));
                }
                td data-label=(labels[1]) { div {
                    strong { (row.name) }
                    @if !row.detail.is_empty() { span.fine { (row.detail) } }
                } }
            }
        }
    };
    html! {
        section aria-labelledby=(field) {
            h2 id=(field) { (text.get(title)) }
            (table(&text.get(title), &[&labels[0], &labels[1]], None, shown))
        }
    }
}

pub(super) async fn add(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let team = organization_teams::find(&portal, &id).await?;
    let (text, ctx) = (text(&visitor), &acting.ctx);
    let mut outcomes = Vec::new();
    for id in input.all("user") {
        let user = user(&portal, id).await?;
        outcomes.push(organization_teams::add_user(&portal, ctx, &team, &user).await);
    }
    for id in input.all("account") {
        let account = system_accounts::find(&portal, id).await?;
        outcomes.push(organization_teams::add_account(&portal, ctx, &team, &account).await);
    }
    let mut count = 0_i64;
    for outcome in outcomes {
        match outcome {
            Ok(()) => count += 1,
            // Somebody else was faster.
            Err(Error::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let (to, tone, said) = match count {
        0 => ("/add", Tone::Warning, text.get("none-chosen")),
        _ => {
            let said = text.with("members-added", [("count", count.into())]);
            ("", Tone::Success, said)
        }
    };
    Ok(visitor
        .redirect_saying(address(&team, to), tone, said)
        .into_response())
}
