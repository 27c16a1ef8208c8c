//! Who is in a team: users, and system accounts.

use axum::extract::{Path, State};
use web::components::table;
use web::{Administrator as Reader, Markup, Page, Text, Visitor, html};

use super::{Refused, Whose, accounts, address, people, text};
use crate::model::{Access, Administrator, OrganizationTeam, SystemAccount};
use crate::service::organization_teams;
use crate::store::listing::Listing;
use crate::store::organization_teams::IN_TEAM;
use crate::{Error, Portal, store};

/// Whether a user is in a team that is always there, which no row says.
pub(super) fn by_role(team: &OrganizationTeam, user: &Administrator) -> bool {
    team.access.is_some() && team.access == Access::of(user.role)
}

/// The users and the system accounts of a team, by name.
async fn members(
    portal: &Portal,
    team: &OrganizationTeam,
) -> Result<(Vec<Administrator>, Vec<SystemAccount>), Error> {
    let inside = Listing::all("t.name").within(IN_TEAM, team.id);
    let (accounts, _) = store::system_accounts::list(portal.db(), &inside).await?;
    let users = match team.access {
        None => store::administrators::list(portal.db(), &inside).await?.0,
        Some(_) => {
            let mut users = portal.administrators().every().await?;
            users.retain(|user| by_role(team, user));
            users
        }
    };
    Ok((users, accounts))
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let team = organization_teams::find(&portal, &id).await?;
    let (users, accounts) = members(&portal, &team).await?;
    let text = text(&visitor);
    let changing = reader.role.may_change();
    let by_role = team.access.is_some();
    let users: Vec<Row> = users.iter().map(Row::of_user).collect();
    let accounts: Vec<Row> = accounts.iter().map(Row::of_account).collect();
    let main = html! {
        (Whose::Team(team.clone()).heading(text, ""))
        @if changing {
            p.spaced { a.button.button-primary href=(address(&team, "/add")) { (text.get("members-add")) } }
        }
        section.section aria-labelledby="users" {
            h2 id="users" { (text.get("people-title")) }
            @if by_role { p.fine.spaced { (text.get("members-by-role")) } }
            (rows(text, &team, "people-title", &users, changing && !by_role))
        }
        section.section aria-labelledby="accounts" {
            h2 id="accounts" { (text.get("accounts-title")) }
            (rows(text, &team, "accounts-title", &accounts, changing))
        }
    };
    Ok(visitor.page(&team.name).main(main))
}

/// A member as it is shown.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) detail: String,
    href: String,
}

impl Row {
    pub(super) fn of_user(user: &Administrator) -> Self {
        Self {
            id: user.id.to_string(),
            name: user.name.clone(),
            detail: user.email.clone(),
            href: people::address(user, ""),
        }
    }

    pub(super) fn of_account(account: &SystemAccount) -> Self {
        Self {
            id: account.id.to_string(),
            name: account.name.clone(),
            detail: account.description.clone(),
            href: accounts::address(account, ""),
        }
    }
}

fn rows(
    text: Text,
    team: &OrganizationTeam,
    caption: &str,
    rows: &[Row],
    changing: bool,
) -> Markup {
    if rows.is_empty() {
        return html! { p.fine { (text.get("members-none")) } };
    }
    let (name, remove) = (text.get("name"), text.get("remove"));
    let shown = html! {
        @for row in rows {
            tr {
                td data-label=(name) { div {
                    a href=(row.href) { strong { (row.name) } }
                    @if !row.detail.is_empty() { span.fine { (row.detail) } }
                } }
                @if changing {
                    td.row-actions {
                        a href=(address(team, &format!("/members/{}/remove", row.id))) {
                            (remove) span.visually-hidden { ": " (row.name) }
                        }
                    }
                }
            }
        }
    };
    let actions = changing.then_some(remove.as_str());
    table(&text.get(caption), &[&name], actions, shown)
}
