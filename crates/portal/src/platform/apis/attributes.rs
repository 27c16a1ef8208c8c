//! `/api-attributes`: the words that describe APIs, and how many each describes.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use oauth::Timestamp;
use serde_json::{Value, json};

use crate::Portal;
use crate::model::{ApiProduct, hashed_id};
use crate::platform::moment;
use crate::rest::query::{Column, Kind, Query, column};
use crate::rest::{Page, Problem};
use crate::store::api_products;
use crate::store::listing::Listing;

/// What the list is sorted and filtered by. It is counted, and has no rows of its own.
const COLUMNS: &[Column] = &[
    column("id", "id", Kind::Uuid),
    column("key", "key", Kind::Text),
];

/// A key, and how many APIs each of its words describes.
struct Attribute<'a> {
    words: BTreeMap<&'a str, u64>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

pub(super) async fn list(
    State(portal): State<Portal>,
    query: Query,
) -> Result<Json<Page<Value>>, Problem> {
    let listing = query.listing(COLUMNS, "key")?;
    let all = Listing::all("t.created_at");
    let (apis, _) = api_products::list(portal.db(), &all).await?;
    let shown = counted(&apis).into_iter().filter_map(|(key, attribute)| {
        let id = hashed_id(&["api_attribute", key]);
        let wanted = query.holds("key", key) && query.holds("id", &id.to_string());
        let values = attribute.words.iter();
        let values = values.map(|(word, count)| json!({ "value": word, "api_count": count }));
        wanted.then(|| {
            json!({
                "id": id,
                "key": key,
                "values": values.collect::<Vec<_>>(),
                "created_at": moment(attribute.created_at),
                "updated_at": moment(attribute.updated_at),
            })
        })
    });
    Ok(Json(Page::cut(shown.collect(), &listing)))
}

fn counted(apis: &[ApiProduct]) -> BTreeMap<&str, Attribute<'_>> {
    let mut all: BTreeMap<&str, Attribute<'_>> = BTreeMap::new();
    for api in apis {
        for (key, words) in &api.attributes {
            let attribute = all.entry(key).or_insert_with(|| Attribute {
                words: BTreeMap::new(),
                created_at: api.created_at,
                updated_at: api.updated_at,
            });
            attribute.updated_at = attribute.updated_at.max(api.updated_at);
            for word in words {
                *attribute.words.entry(word).or_default() += 1;
            }
        }
    }
    all
}
