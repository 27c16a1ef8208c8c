//! The list of system accounts.

use std::collections::HashMap;

use axum::extract::State;
use web::components::{Column, ListQuery, list_table, page_heading};
use web::{Administrator, Markup, Page, Text, Visitor, html, moment};

use super::{NEW, Refused, address, text};
use crate::console::lists::{framed, listing};
use crate::model::{SystemAccount, SystemAccountId};
use crate::{Portal, store};

const SORTED: &[(&str, &str)] = &[("name", "t.name"), ("created", "t.created_at")];

/// How many of each kind the accounts have: tokens that work, roles, teams.
type Counts = [HashMap<SystemAccountId, i64>; 3];

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    list: ListQuery,
) -> Result<Page, Refused> {
    let db = portal.db();
    let wanted = listing(&list, SORTED, "t.name || ' ' || t.description");
    let (found, total) = store::system_accounts::list(db, &wanted).await?;
    let ids = || found.iter().map(|account| account.id);
    let counts = [
        store::platform_tokens::count_working(db, ids(), portal.clock().now()).await?,
        store::assigned_roles::count_by_holder(db, ids()).await?,
        store::organization_teams::count_by_member(db, ids()).await?,
    ];
    let text = text(&visitor);
    let title = text.get("accounts-title");
    let new = html! { a.button.button-primary href=(NEW) { (text.get("accounts-new")) } };
    let new = reader.role.may_change().then_some(new);
    let shown = (!found.is_empty()).then(|| rows(text, &list, &found, &counts));
    let main = html! {
        (page_heading(&title, Some(&text.get("accounts-lead")), new))
        (framed(text, &list, ("accounts", &[]), total, shown))
    };
    Ok(visitor.page(&title).main(main))
}

fn rows(text: Text, list: &ListQuery, found: &[SystemAccount], counts: &Counts) -> Markup {
    let labels = [
        "name",
        "tokens-title",
        "roles-title",
        "teams-title",
        "created",
    ];
    let labels = labels.map(|id| text.get(id));
    let columns = [
        Column::sorted(&labels[0], "name"),
        Column::new(&labels[1]),
        Column::new(&labels[2]),
        Column::new(&labels[3]),
        Column::moments(&labels[4], "created"),
    ];
    let rows = html! {
        @for account in found {
            tr {
                td data-label=(labels[0]) { div {
                    a href=(address(account, "")) { strong { (account.name) } }
                    @if !account.description.is_empty() { span.fine { (account.description) } }
                } }
                @for (label, counts) in labels[1..].iter().zip(counts) {
                    td data-label=(label) { (counts.get(&account.id).copied().unwrap_or_default()) }
                }
                td data-label=(labels[4]) { (moment(text, account.created_at.as_millis())) }
            }
        }
    };
    list_table(text, list, &text.get("accounts-title"), &columns, rows)
}
