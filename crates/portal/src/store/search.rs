//! What a search in a portal looks through: the documents and specifications of the APIs that somebody
//! sees. The alias of the product is `t`, that of its entry in the portal `p`.

use oauth::Timestamp;
use storage::{Error, Row};

use super::Read;
use super::audience::Audience;
use super::listing::{self, Filter, Listing, Test};
use crate::model::{ApiProductId, DocumentId, SpecificationId, Visibility};

/// The most that is looked through of each kind.
const MOST: u32 = 100;

/// What is found of an API.
#[derive(Clone, Debug)]
pub(crate) struct Found<T> {
    /// The document or specification.
    pub(crate) id: T,
    /// The API.
    pub(crate) api_id: ApiProductId,
    /// Who may read about it in the portal.
    pub(crate) visibility: Visibility,
    /// Markdown, or the specification as JSON.
    pub(crate) text: String,
    /// When it was made.
    pub(crate) created_at: Timestamp,
    /// When it last changed.
    pub(crate) updated_at: Timestamp,
}

fn parse<T: storage::FromValue>(row: &Row) -> Result<Found<T>, Error> {
    Ok(Found {
        id: row.get("id")?,
        api_id: row.get("api_product_id")?,
        visibility: row.get("visibility")?,
        text: row.get("content")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// Published documents that hold every word.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn documents(
    read: impl Read,
    audience: Audience,
    words: &[&str],
) -> Result<Vec<Found<DocumentId>>, Error> {
    let columns = "d.id, d.api_product_id, p.visibility, d.content, d.created_at, d.updated_at";
    let from = "portal_document d JOIN portal_api_product t ON t.id = d.api_product_id \
                JOIN portal_api_product_portal p ON p.api_product_id = t.id";
    let listing = audience.products(&holding("(d.title || ' ' || d.content)", words));
    let listing = listing.only("d.status", "published");
    let (found, _) = listing::page(read, columns, from, "d.id", &listing, parse).await?;
    Ok(found)
}

/// Specifications of published versions that hold every word.
///
/// # Errors
/// Those of [`storage::Database::query`].
pub(crate) async fn specifications(
    read: impl Read,
    audience: Audience,
    words: &[&str],
) -> Result<Vec<Found<SpecificationId>>, Error> {
    let columns = "s.id, t.id AS api_product_id, p.visibility, s.document AS content, \
                   s.created_at, s.updated_at";
    let from = "portal_specification s JOIN portal_product_version v ON v.id = s.product_version_id \
                JOIN portal_api_product t ON t.id = v.api_product_id \
                JOIN portal_api_product_portal p ON p.api_product_id = t.id \
                JOIN portal_publication u ON u.product_version_id = v.id AND u.portal_id = p.portal_id";
    let listing = audience.products(&holding("s.document", words));
    let listing = listing.only("u.publish_status", "published");
    let (found, _) = listing::page(read, columns, from, "s.id", &listing, parse).await?;
    Ok(found)
}

fn holding(column: &'static str, words: &[&str]) -> Listing {
    let filters = words.iter().map(|word| Filter {
        column,
        test: Test::Contains(vec![(*word).to_owned()]),
    });
    Listing {
        filters: filters.collect(),
        size: MOST,
        ..Listing::all("t.name")
    }
}
