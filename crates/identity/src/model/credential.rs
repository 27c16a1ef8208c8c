//! A client's public keys, for `private_key_jwt` (RFC 7523 §2.2).

use oauth::Timestamp;
use serde_json::{Value, json};

/// A key that a client proved itself with, or will.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Credential {
    pub(crate) id: String,
    pub(crate) client_id: String,
    pub(crate) name: Option<String>,
    /// `public_key` or `x509_cert`.
    pub(crate) credential_type: String,
    pub(crate) kid: String,
    /// `RS256`, `RS384` or `PS256`.
    pub(crate) alg: String,
    /// The public key as a JWK, JSON text.
    pub(crate) public_key: String,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Credential {
    /// The wire shape; keys are never given back.
    pub(crate) fn wire(&self) -> Value {
        let mut members = crate::model::Members::new();
        members.insert("id".to_owned(), json!(self.id));
        if let Some(name) = &self.name {
            members.insert("name".to_owned(), json!(name));
        }
        members.insert("kid".to_owned(), json!(self.kid));
        members.insert("credential_type".to_owned(), json!(self.credential_type));
        members.insert("alg".to_owned(), json!(self.alg));
        members.insert("created_at".to_owned(), json!(self.created_at.to_rfc3339()));
        members.insert("updated_at".to_owned(), json!(self.updated_at.to_rfc3339()));
        if let Some(expires_at) = self.expires_at {
            members.insert("expires_at".to_owned(), json!(expires_at.to_rfc3339()));
        }
        members.into()
    }
}
