//! The picture of an API.

use oauth::Timestamp;

use super::ApiProductId;

/// What stands beside an API's name in catalogues.
#[derive(Clone, Debug)]
pub struct ApiIcon {
    /// The API.
    pub api_product_id: ApiProductId,
    /// `image/png` or `image/jpeg`.
    pub media_type: String,
    /// The picture.
    pub bytes: Vec<u8>,
    /// What the bytes hash to; it stands in addresses.
    pub digest: String,
    /// When the API got its first one.
    pub created_at: Timestamp,
    /// When it was last replaced.
    pub updated_at: Timestamp,
}
