//! The list of users.

use axum::extract::State;
use web::components::{
    Choice, Column, Filter as Narrowing, ListQuery, badge, empty_state, list_count, list_table,
    list_tools, page_heading,
};
use web::{Administrator, Markup, Page, Text, Tone, Visitor, html};

use super::address;
use crate::console::search::{each, holds, is};
use crate::console::text::when;
use crate::console::{Refused, connections, text};
use crate::model::search::Search;
use crate::model::user::User;
use crate::store::page::Window;
use crate::store::users::{Filter, Sort};
use crate::{Error, Tenant, store};

const SIZE: u32 = 25;
const SORTED: [&str; 4] = ["name", "created_at", "last_login", "logins_count"];

pub(super) async fn page(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    _: Administrator,
    list: ListQuery,
) -> Result<Page, Refused> {
    let sort = list.sort(&SORTED).unwrap_or(("created_at", true));
    let sort = Sort::by(sort.0, sort.1);
    let filter = Filter::new(&wanted(&list), list.get("connection"), sort);
    let filter = filter.map_err(|field| Error::Internal(format!("users have no field {field}")))?;
    let window = Window {
        after: None,
        offset: i64::from(list.page() - 1) * i64::from(SIZE),
        limit: i64::from(SIZE),
    };
    let users = store::users::search(tenant.db(), &filter, &window).await?;
    let total = store::users::count(tenant.db(), &filter).await?;
    let total = u64::try_from(total).unwrap_or(0);
    let all = connections::every(&tenant).await?;
    let text = text(&visitor);
    let title = text.get("users-title");
    let labels = ["users-connection", "users-state"].map(|id| text.get(id));
    let named = |value: &str, label: String| Choice {
        value: value.to_owned(),
        label,
        ..Choice::default()
    };
    let filters = [
        Narrowing {
            name: "connection",
            label: &labels[0],
            choices: all
                .iter()
                .map(|one| named(&one.name, one.display_name().to_owned()))
                .collect(),
        },
        Narrowing {
            name: "blocked",
            label: &labels[1],
            choices: vec![
                named("true", text.get("users-blocked")),
                named("false", text.get("users-free")),
            ],
        },
    ];
    let main = html! {
        (page_heading(&title, Some(&text.get("users-lead")), None))
        (list_tools(text, &list, Some(&text.get("users-search")), &filters))
        @if users.is_empty() {
            (empty_state(&text.get("users-none"), &text.get("clients-none-next"), None))
        } @else {
            (list_count(text, total))
            (rows(text, &list, &users))
            (list.pages(text, SIZE, total))
        }
    };
    Ok(visitor.page(&title).main(main))
}

fn wanted(list: &ListQuery) -> Search {
    let mut all = Vec::new();
    if let Some(blocked @ ("true" | "false")) = list.get("blocked") {
        all.push(is("blocked", blocked));
    }
    if let Some(text) = list.search() {
        all.push(holds(None, text));
    }
    each(all)
}

fn rows(text: Text, list: &ListQuery, users: &[User]) -> Markup {
    let labels = [
        "name",
        "users-connection",
        "users-state",
        "created",
        "users-last-login",
        "users-logins",
    ]
    .map(|id| text.get(id));
    let columns = [
        Column::sorted(&labels[0], SORTED[0]),
        Column::new(&labels[1]),
        Column::new(&labels[2]),
        Column::moments(&labels[3], SORTED[1]),
        Column::moments(&labels[4], SORTED[2]),
        Column::moments(&labels[5], SORTED[3]),
    ];
    list_table(
        text,
        list,
        &text.get("users-title"),
        &columns,
        html! {
            @for user in users {
                tr {
                    td data-label=(labels[0]) {
                        div {
                            a href=(address(&user.user_id, "")) { strong { (user.called()) } }
                            @if let Some(email) = &user.email { span.fine { (email) } }
                        }
                    }
                    td data-label=(labels[1]) { (user.connection) }
                    td data-label=(labels[2]) { (state(text, user)) }
                    td data-label=(labels[3]) { (when(text, Some(user.created_at))) }
                    td data-label=(labels[4]) { (when(text, user.last_login)) }
                    td data-label=(labels[5]) { (user.logins_count) }
                }
            }
        },
    )
}

/// Blocked, unconfirmed, or neither.
pub(super) fn state(text: Text, user: &User) -> Markup {
    html! {
        @if user.blocked { (badge(Tone::Danger, &text.get("users-blocked"))) }
        @else if user.email.is_some() && !user.email_verified { (badge(Tone::Warning, &text.get("users-unverified"))) }
        @else { (badge(Tone::Success, &text.get("users-free"))) }
    }
}
