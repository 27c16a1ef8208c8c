//! The list of providers.

use axum::extract::State;
use web::components::{Column, Filter, ListQuery, badge, choice, list_table};
use web::{Administrator, Markup, Page, Text, Tone, Visitor, html, moment};

use super::agreement::{BELOW, word};
use super::fields::TYPES;
use super::{LIST, NEW, Refused, address, counted, text};
use crate::console::Reach;
use crate::console::auth::heading;
use crate::console::lists::{framed, listing};
use crate::model::{DcrProvider, EntityType, ProviderType};
use crate::store::listing::Listing;
use crate::{Portal, store};

const SORTED: &[(&str, &str)] = &[
    ("name", "t.name"),
    ("type", "t.provider_type"),
    ("issuer", "t.issuer"),
    ("created", "t.created_at"),
];

/// A provider with what the list says of it.
struct Row<'a> {
    provider: &'a DcrProvider,
    strategies: i64,
    applications: i64,
    /// Open differences; `None` if nobody could look.
    open: Option<i64>,
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    reach: Reach,
    list: ListQuery,
) -> Result<Page, Refused> {
    let db = portal.db();
    let wanted = reach.narrow(narrowed(&list), "t.id", EntityType::Providers);
    let (found, total) = store::dcr_providers::list(db, &wanted).await?;
    let ids = || found.iter().map(|provider| provider.id);
    let strategies = store::strategies::count_by_provider(db, ids()).await?;
    let applications = store::applications::count_by_provider(db, ids()).await?;
    let open = store::reconciliations::count_open(db, ids()).await?;
    let rows: Vec<Row<'_>> = found
        .iter()
        .map(|provider| {
            let of = |counts: &std::collections::HashMap<_, i64>| {
                counts.get(&provider.id).copied().unwrap_or_default()
            };
            Row {
                provider,
                strategies: of(&strategies),
                applications: of(&applications),
                open: open.get(&provider.id).copied(),
            }
        })
        .collect();
    let text = text(&visitor);
    let new = html! { a.button.button-primary href=(NEW) { (text.get("providers-new")) } };
    let new = reader.role.may_change().then_some(new);
    let kind = text.get("providers-type");
    let types = TYPES.iter().map(|kind| {
        let chosen = list.get("type") == Some(kind.as_str());
        choice(text, "provider-type", kind.as_str(), chosen)
    });
    let filter = Filter {
        name: "type",
        label: &kind,
        choices: types.collect(),
    };
    let shown = (!rows.is_empty()).then(|| table(text, &list, &rows));
    let main = html! {
        (heading(text, LIST, new))
        section.section {
            (framed(text, &list, ("providers", &[filter]), total, shown))
        }
    };
    Ok(visitor.page(&text.get("providers-title")).main(main))
}

fn narrowed(list: &ListQuery) -> Listing {
    let wanted = listing(list, SORTED, "t.name || ' ' || t.issuer");
    match list.get("type").and_then(ProviderType::parse) {
        Some(kind) => wanted.only("t.provider_type", kind),
        None => wanted,
    }
}

fn table(text: Text, list: &ListQuery, found: &[Row<'_>]) -> Markup {
    let labels = [
        "name",
        "providers-type",
        "issuer",
        "providers-used",
        "agreement",
        "created",
    ]
    .map(|id| text.get(id));
    let columns = [
        Column::sorted(&labels[0], "name"),
        Column::sorted(&labels[1], "type"),
        Column::sorted(&labels[2], "issuer"),
        Column::new(&labels[3]),
        Column::new(&labels[4]),
        Column::moments(&labels[5], "created"),
    ];
    let rows = html! {
        @for Row { provider, strategies, applications, open } in found {
            @let (tone, agreement) = word(text, *open);
            tr {
                td data-label=(labels[0]) { a href=(address(provider, "")) { strong { (provider.name) } } }
                td data-label=(labels[1]) { (text.get(&format!("provider-type-{}", provider.provider_type))) }
                td data-label=(labels[2]) { code { (provider.issuer) } }
                td data-label=(labels[3]) { div {
                    @if *strategies == 0 { (badge(Tone::Neutral, &text.get("unused"))) }
                    (counted(text, "used-strategies", *strategies))
                    (counted(text, "used-applications", *applications))
                } }
                td data-label=(labels[4]) { a href=(address(provider, BELOW)) { (badge(tone, &agreement)) } }
                td data-label=(labels[5]) { (moment(text, provider.created_at.as_millis())) }
            }
        }
    };
    list_table(text, list, &text.get("providers-title"), &columns, rows)
}
