//! The list of strategies.

use axum::extract::State;
use web::components::{Choice, Column, Filter, ListQuery, badge, choice, list_table};
use web::{Administrator, Markup, Page, Text, Tone, Visitor, html, moment};

use super::{KINDS, LIST, NEW, Refused, address, counted, kind_text, providers, text};
use crate::console::Reach;
use crate::console::auth::heading;
use crate::console::lists::{framed, listing};
use crate::model::{
    AuthStrategy, CredentialType, DcrProvider, DcrProviderId, EntityType, StrategyType,
};
use crate::store::listing::{self, Listing, Test};
use crate::store::strategy_uses::{self, Counted};
use crate::{Portal, store};

const SORTED: &[(&str, &str)] = &[
    ("name", "t.name"),
    ("type", "t.strategy_type"),
    ("provider", "d.name"),
    ("created", "t.created_at"),
];

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    reach: Reach,
    list: ListQuery,
) -> Result<Page, Refused> {
    let db = portal.db();
    let wanted = reach.narrow(narrowed(&list), "t.id", EntityType::Strategies);
    let (found, total) = store::strategies::list(db, &wanted).await?;
    let used = strategy_uses::counted(db, found.iter().map(|strategy| strategy.id)).await?;
    let every = reach.narrow(Listing::all("t.name"), "t.id", EntityType::Providers);
    let (all, _) = store::dcr_providers::list(db, &every).await?;
    let rows: Vec<(&AuthStrategy, Counted)> = found
        .iter()
        .map(|one| (one, used.get(&one.id).copied().unwrap_or_default()))
        .collect();
    let text = text(&visitor);
    let new = html! { a.button.button-primary href=(NEW) { (text.get("strategies-new")) } };
    let new = reader.role.may_change().then_some(new);
    let labels = ["strategies-type", "strategies-provider"].map(|id| text.get(id));
    let filters = filters(text, &list, &labels, &all);
    let shown = (!rows.is_empty()).then(|| table(text, &list, &rows));
    let main = html! {
        (heading(text, LIST, new))
        section.section {
            (framed(text, &list, ("strategies", &filters), total, shown))
        }
    };
    Ok(visitor.page(&text.get("strategies-title")).main(main))
}

fn filters<'a>(
    text: Text,
    list: &ListQuery,
    labels: &'a [String; 2],
    providers: &[DcrProvider],
) -> Vec<Filter<'a>> {
    let kinds = KINDS.iter().map(|kind| {
        let chosen = list.get("type") == Some(kind.as_str());
        choice(text, "strategy-type", kind.as_str(), chosen)
    });
    let mut filters = vec![Filter {
        name: "type",
        label: &labels[0],
        choices: kinds.collect(),
    }];
    if !providers.is_empty() {
        let named = providers.iter().map(|provider| Choice {
            value: provider.id.to_string(),
            label: provider.name.clone(),
            ..Choice::default()
        });
        filters.push(Filter {
            name: "provider",
            label: &labels[1],
            choices: named.collect(),
        });
    }
    filters
}

fn narrowed(list: &ListQuery) -> Listing {
    let mut wanted = listing(list, SORTED, "t.name || ' ' || t.display_name");
    if let Some(kind) = list.get("type").and_then(CredentialType::parse) {
        let (strategy_type, with_provider) = match kind {
            CredentialType::KeyAuth => (StrategyType::KeyAuth, false),
            CredentialType::SelfManagedClientCredentials => (StrategyType::OpenidConnect, false),
            CredentialType::ClientCredentials => (StrategyType::OpenidConnect, true),
        };
        wanted = wanted.only("t.strategy_type", strategy_type);
        wanted.filters.push(listing::Filter {
            column: "t.dcr_provider_id",
            test: Test::Present(with_provider),
        });
    }
    let provider = list.get("provider").map(str::parse::<DcrProviderId>);
    match provider.and_then(Result::ok) {
        Some(id) => wanted.only("t.dcr_provider_id", id),
        None => wanted,
    }
}

fn table(text: Text, list: &ListQuery, found: &[(&AuthStrategy, Counted)]) -> Markup {
    let labels = [
        "name",
        "strategies-type",
        "strategies-provider",
        "providers-used",
        "created",
    ]
    .map(|id| text.get(id));
    let columns = [
        Column::sorted(&labels[0], "name"),
        Column::sorted(&labels[1], "type"),
        Column::sorted(&labels[2], "provider"),
        Column::new(&labels[3]),
        Column::moments(&labels[4], "created"),
    ];
    let rows = html! {
        @for (strategy, used) in found {
            tr {
                td data-label=(labels[0]) { div {
                    a href=(address(strategy, "")) { strong { (strategy.name) } }
                    @if strategy.display_name != strategy.name { span.fine { (strategy.display_name) } }
                } }
                td data-label=(labels[1]) { (kind_text(text, strategy.credential_type())) }
                td data-label=(labels[2]) { (provider(strategy)) }
                td data-label=(labels[3]) { div {
                    @if used.is_none() { (badge(Tone::Neutral, &text.get("unused"))) }
                    (counted(text, "used-versions", used.publications))
                    (counted(text, "used-portals", used.portals))
                    (counted(text, "used-applications", used.applications))
                } }
                td data-label=(labels[4]) { (moment(text, strategy.created_at.as_millis())) }
            }
        }
    };
    list_table(text, list, &text.get("strategies-title"), &columns, rows)
}

fn provider(strategy: &AuthStrategy) -> Markup {
    html! {
        @match (strategy.dcr_provider_id, &strategy.dcr_provider) {
            (Some(id), Some((name, ..))) => { a href=(format!("{}/{id}", providers::LIST)) { (name) } }
            _ => { "–" }
        }
    }
}
