//! One page of a list.

use serde::Serialize;

use crate::store::listing::Listing;

/// `{"data": […], "meta": {"page": {…}}}`.
#[derive(Debug, Serialize)]
pub(crate) struct Page<T> {
    data: Vec<T>,
    meta: Meta,
}

#[derive(Debug, Serialize)]
struct Meta {
    page: PageMeta,
}

#[derive(Debug, Serialize)]
struct PageMeta {
    number: u32,
    size: u32,
    total: i64,
}

impl<T> Page<T> {
    /// These entries, as the page that was asked for.
    pub(crate) fn new(data: Vec<T>, listing: &Listing, total: i64) -> Self {
        let (number, size) = (listing.number, listing.size);
        Self {
            data,
            meta: Meta {
                page: PageMeta {
                    number,
                    size,
                    total,
                },
            },
        }
    }
}
