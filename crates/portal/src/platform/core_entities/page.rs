//! Pages of this API: `size` and an opaque `offset`.
//!
//! The vendor's own components ask by `page[size]` and `page[number]` instead where they filter
//! (npm `@kong-ui-public/entities-shared`).

use axum::Json;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::failure::Failure;
use crate::model::ControlPlaneId;
use crate::store::listing::{Filter, Listing, Sort, Test};

const USUAL: u32 = 100;
const MOST: u32 = 1000;

/// What a list call may ask.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    size: Option<String>,
    offset: Option<String>,
    #[serde(rename = "page[size]")]
    page_size: Option<String>,
    #[serde(rename = "page[number]")]
    page_number: Option<String>,
    tags: Option<String>,
    #[serde(rename = "filter[name][contains]")]
    name_contains: Option<String>,
    #[serde(rename = "filter[name][eq]")]
    name_equals: Option<String>,
}

impl Asked {
    /// The listing in a control plane.
    ///
    /// # Errors
    /// If a parameter is not what it should be.
    pub(super) fn listing(&self, control_plane: ControlPlaneId) -> Result<Listing, Failure> {
        let refuse = |field: &str, message: String| Failure::query(field, message);
        let (field, asked) = match self.size {
            Some(_) => ("size", &self.size),
            None => ("page[size]", &self.page_size),
        };
        let size = match asked {
            None => USUAL,
            Some(text) => {
                let size = text.parse().ok().filter(|size| (1..=MOST).contains(size));
                size.ok_or_else(|| {
                    refuse(field, format!("must be a whole number from 1 to {MOST}"))
                })?
            }
        };
        let number = match (&self.offset, &self.page_number) {
            (None, None) => 1,
            (Some(offset), _) => decode(offset)
                .ok_or_else(|| refuse("offset", "must be the offset of an earlier page".into()))?,
            (None, Some(number)) => page(number)
                .ok_or_else(|| refuse("page[number]", "must be a whole number from 1".into()))?,
        };
        let mut filters = Vec::new();
        if let Some(part) = &self.name_contains {
            filters.push(Filter {
                column: "t.name",
                test: Test::Contains(vec![part.clone()]),
            });
        }
        if let Some(name) = &self.name_equals {
            filters.push(Filter {
                column: "t.name",
                test: Test::OneOf(vec![name.as_str().into()]),
            });
        }
        // A comma asks for all of the tags, a slash for one of them.
        for tag in self.tags.iter().flat_map(|tags| tags.split(',')) {
            let any = tag
                .split('/')
                .map(|tag| Value::from(tag).to_string())
                .collect();
            filters.push(Filter {
                column: "t.tags",
                test: Test::Contains(any),
            });
        }
        let sort = vec![Sort {
            column: "t.created_at",
            descending: false,
        }];
        Ok(Listing {
            filters,
            sort,
            size,
            number,
        }
        .only("t.control_plane_id", control_plane))
    }

    /// The answer with a page of entities of which there are `total`.
    pub(super) fn answer(listing: &Listing, entities: Vec<Value>, total: i64) -> Response {
        let shown = i64::from(listing.number) * i64::from(listing.size);
        let mut body = json!({ "data": entities, "next": null });
        if shown < total {
            let offset = URL_SAFE_NO_PAD.encode((listing.number + 1).to_string());
            body["next"] = format!("?offset={offset}&size={}", listing.size).into();
            body["offset"] = offset.into();
        }
        Json(body).into_response()
    }
}

fn decode(offset: &str) -> Option<u32> {
    let bytes = URL_SAFE_NO_PAD.decode(offset).ok()?;
    page(&String::from_utf8(bytes).ok()?)
}

fn page(number: &str) -> Option<u32> {
    number.parse().ok().filter(|number| *number > 0)
}
