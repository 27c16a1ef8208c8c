//! Roles: names for sets of permissions.

use oauth::{Entropy, Timestamp};

/// A role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Role {
    /// `rol_` and 16 characters.
    pub(crate) id: String,
    /// Unique.
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) created_at: Timestamp,
}

impl Role {
    pub(crate) fn new(
        name: String,
        description: String,
        entropy: &Entropy,
        now: Timestamp,
    ) -> Self {
        Self {
            id: format!("rol_{}", entropy.alphanumeric(16)),
            name,
            description,
            created_at: now,
        }
    }
}

/// A permission: a scope of an API.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Permission {
    /// The API's identifier, as it is now.
    pub(crate) audience: String,
    /// The API's name.
    pub(crate) audience_name: String,
    /// The scope.
    pub(crate) name: String,
    pub(crate) description: String,
}
