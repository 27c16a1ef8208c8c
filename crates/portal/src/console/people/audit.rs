//! The audit: who did what, when, to what.

mod collector;
mod destinations;
mod export;
mod list;
mod webhook;

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use web::components::ListQuery;

use super::{Refused, text};
use crate::Portal;
use crate::store::audit_log::SEARCHED;
use crate::store::candidates::{self, narrowed};
use crate::store::listing::{Filter, Listing, Sort, Test};

const LIST: &str = "/audit";

/// Who writes into it, as it is stored.
const ACTORS: [&str; 5] = [
    "administrator",
    "platform_token",
    "developer",
    "anonymous",
    "system",
];

/// How far back the list goes, in hours.
const SINCE: [(&str, u64); 4] = [("hour", 1), ("day", 24), ("week", 168), ("month", 720)];

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route(LIST, get(list::page))
        .route("/audit/export", get(export::download))
        .merge(webhook::routes())
        .merge(destinations::routes())
}

/// The entries that an address asks for. A search for an id finds what is about it or done by it, by an index;
/// any other text is looked for in all that an entry says.
async fn asked(
    portal: &Portal,
    list: &ListQuery,
    sort: Sort,
    size: u32,
) -> Result<Listing, Refused> {
    let mut filters = Vec::new();
    let one_of = |column, value: &str| Filter {
        column,
        test: Test::OneOf(vec![value.into()]),
    };
    if let Some(actor) = list.get("actor") {
        filters.push(one_of("t.actor_kind", actor));
    }
    if let Some(kind) = list.get("kind") {
        filters.push(one_of("t.entity_type", kind));
    }
    let since = list.get("since");
    if let Some((_, hours)) = SINCE.iter().find(|(name, _)| since == Some(*name)) {
        let begin = portal.clock().now() - Duration::from_secs(hours * 3600);
        filters.push(Filter {
            column: "t.occurred_at",
            test: Test::AtLeast(begin.into()),
        });
    }
    if let Some(text) = list.search() {
        filters.push(Filter {
            column: SEARCHED,
            test: Test::Contains(vec![text.to_owned()]),
        });
    }
    let wanted = Listing {
        filters,
        sort: vec![sort],
        size,
        number: list.page(),
    };
    Ok(narrowed(portal.db(), wanted, candidates::AUDIT, list.search()).await?)
}
