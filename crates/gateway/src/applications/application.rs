//! An application as the request path reads it.

use std::sync::Arc;

use aws_lc_rs::digest;
use oauth::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

use crate::authn::hex;
use crate::config;
use crate::uses::LastUse;

/// An application as the request path reads it.
#[derive(Debug)]
pub(crate) struct Application {
    pub(crate) id: Box<str>,
    pub(crate) name: Box<str>,
    pub(super) strategy_id: Arc<str>,
    pub(crate) secret_version: i64,
    /// The gateway's epoch in which this secret version became known. What was derived in an
    /// earlier epoch may stem from an earlier secret.
    pub(crate) secret_since: u64,
    pub(super) client_ids: Box<[ClientId]>,
    pub(super) keys: Box<[Key]>,
    pub(super) secrets: Box<[Secret]>,
    pub(super) registrations: Box<[Registration]>,
}

/// One client of an application.
#[derive(Debug)]
pub(super) struct ClientId {
    pub(super) id: Box<str>,
    pub(super) last_use: Arc<LastUse>,
}

impl PartialEq for ClientId {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// One client secret that is told from the others of its client.
#[derive(Debug)]
pub(super) struct Secret {
    pub(super) known_by: config::Secret,
    pub(super) last_use: Arc<LastUse>,
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.known_by == other.known_by
    }
}

/// One API key of an application.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) id: Box<str>,
    pub(super) sha256: Box<str>,
    pub(crate) expires_at: Option<Timestamp>,
    pub(super) last_use: Arc<LastUse>,
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.sha256 == other.sha256 && self.expires_at == other.expires_at
    }
}

/// An approved registration.
#[derive(Debug, PartialEq)]
pub(crate) struct Registration {
    pub(crate) api_id: Arc<str>,
    pub(crate) scopes: Box<[Box<str>]>,
}

impl Application {
    /// The approved registration for an API, if there is one.
    pub(crate) fn registration(&self, api_id: &str) -> Option<&Registration> {
        self.registrations
            .iter()
            .find(|registration| &*registration.api_id == api_id)
    }

    /// The key with this lower-case hexadecimal SHA-256.
    pub(crate) fn key(&self, sha256: &str) -> Option<&Key> {
        self.keys.iter().find(|key| &*key.sha256 == sha256)
    }

    /// Where uses of this client secret are noted, if it is told from the others of its client. Most
    /// applications have none that is, and nothing is hashed for them.
    pub(crate) fn secret(&self, secret: &SecretString) -> Option<Arc<LastUse>> {
        let presented = secret.expose_secret().as_bytes();
        let mut known = self.secrets.iter();
        let known = known.find(|known| {
            let mut context = digest::Context::new(&digest::SHA256);
            context.update(known.known_by.salt.as_bytes());
            context.update(presented);
            hex(context.finish().as_ref()) == known.known_by.sha256
        });
        known.map(|known| Arc::clone(&known.last_use))
    }

    /// Notes that this credential was let in: a client id or the id of a key.
    pub(crate) fn note_use(&self, credential: &str, now: Timestamp) {
        if let Some(last) = self.last_use(credential) {
            last.note(now);
        }
    }

    pub(super) fn last_use(&self, credential: &str) -> Option<&Arc<LastUse>> {
        let clients = self
            .client_ids
            .iter()
            .map(|known| (&known.id, &known.last_use));
        let keys = self.keys.iter().map(|key| (&key.id, &key.last_use));
        let mut all = clients.chain(keys);
        all.find(|(id, _)| &***id == credential)
            .map(|(_, last)| last)
    }

    pub(super) fn last_use_of_secret(&self, id: &str) -> Option<&Arc<LastUse>> {
        let mut known = self.secrets.iter();
        known
            .find(|known| known.known_by.id == id)
            .map(|known| &known.last_use)
    }

    /// Whether the configuration says what this application says already.
    pub(super) fn reflects(&self, other: &Self) -> bool {
        self.name == other.name
            && self.strategy_id == other.strategy_id
            && self.secret_version == other.secret_version
            && self.client_ids == other.client_ids
            && self.keys == other.keys
            && self.secrets == other.secrets
            && self.registrations == other.registrations
    }
}
