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
    /// The page that was asked for, cut from a list that is short enough to be read whole.
    pub(crate) fn cut(all: Vec<T>, listing: &Listing) -> Self {
        let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
        let size = usize::try_from(listing.size).unwrap_or(usize::MAX);
        let before = usize::try_from(listing.number.saturating_sub(1)).unwrap_or(usize::MAX);
        let before = before.saturating_mul(size);
        let data = all.into_iter().skip(before).take(size).collect();
        Self::new(data, listing, total)
    }

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
