//! Grants: what a user allowed a client ("authorized applications", in the vendor's console).

use oauth::{Scopes, Timestamp};
use serde_json::json;

use crate::model::Members;

/// What a user allowed a client at one API.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Grant {
    /// 24 hexadecimal digits.
    pub(crate) id: String,
    pub(crate) user_id: String,
    pub(crate) client_id: String,
    /// The API's identifier; the tenant's `/userinfo` where the client only learns who the user is.
    pub(crate) audience: String,
    pub(crate) scope: Scopes,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Grant {
    /// The wire shape, with the vendor's `clientID`.
    pub(crate) fn wire(&self) -> Members {
        [
            ("id", json!(self.id)),
            ("clientID", json!(self.client_id)),
            ("user_id", json!(self.user_id)),
            ("audience", json!(self.audience)),
            ("scope", json!(self.scope.as_slice())),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }
}
