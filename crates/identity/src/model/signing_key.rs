//! The tenant's signing keys, as they are kept.

use oauth::Timestamp;

/// Where a key stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Published, signs after the next rotation.
    Next,
    /// Signs.
    Current,
    /// Signed before the last rotation; still published.
    Previous,
    /// Neither signs nor is published.
    Revoked,
}

impl Role {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Current => "current",
            Self::Previous => "previous",
            Self::Revoked => "revoked",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Next, Self::Current, Self::Previous, Self::Revoked]
            .into_iter()
            .find(|role| role.as_str() == text)
    }
}

/// A key with its certificate; the private half is sealed.
#[derive(Clone, Debug)]
pub(crate) struct StoredKey {
    pub(crate) kid: String,
    pub(crate) role: Role,
    /// PKCS #8, base64, sealed.
    pub(crate) sealed: String,
    /// The certificate: base64 of DER.
    pub(crate) certificate: String,
    pub(crate) created_at: Timestamp,
    pub(crate) current_since: Option<Timestamp>,
    pub(crate) current_until: Option<Timestamp>,
    pub(crate) revoked_at: Option<Timestamp>,
}
