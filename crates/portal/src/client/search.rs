//! Search in the catalogue.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::products::shown;
use super::session::Reader;
use crate::rest::check::choice;
use crate::rest::query::Query;
use crate::rest::{Page, Problem};
use crate::store::catalogue;
use crate::store::listing::{Filter, Test};
use crate::{Error, Portal, Source};

/// Most characters of a question that are looked for.
const MAX_QUESTION: usize = 200;

pub(super) async fn search(
    Reader { audience, .. }: Reader,
    State(portal): State<Portal>,
    Path(indices): Path<String>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    if indices != "product-catalog" {
        let mut violation = choice("indices", &["product-catalog"]);
        violation.source = Source::Path;
        return Err(Error::invalid(violation).into());
    }
    let mut listing = query.listing(&[], "t.created_at")?;
    // Every word must be there, in the name or the description.
    let question: String = query
        .get("q")
        .unwrap_or_default()
        .chars()
        .take(MAX_QUESTION)
        .collect();
    for word in question.split_whitespace() {
        listing.filters.push(Filter {
            column: "(t.name || ' ' || COALESCE(t.description, ''))",
            test: Test::Contains(vec![word.to_owned()]),
        });
    }
    let (found, total) = catalogue::products(portal.db(), audience, &listing).await?;
    let data = found
        .iter()
        .map(|product| json!({ "index": "product-catalog", "source": shown(product) }))
        .collect();
    Ok(Json(Page::new(data, &listing, total)))
}
