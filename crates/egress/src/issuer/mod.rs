//! Issuers: their metadata and keys, fetched once however many wait, kept while they are fresh, and
//! kept when they cannot be fetched anew.

mod cached;
mod key_sets;
mod metadata;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use oauth::jose::{JwkSet, KeySet};

pub use key_sets::KeySets;
pub use metadata::{Metadata, normalise};

use self::cached::{Cached, Fetched};
use crate::{Egress, Error, ErrorKind, Request, Response};

/// How large a metadata document or key set may be.
const MAX_BYTES: usize = 256 * 1024;
/// How long a document is kept when the server does not say.
const USUAL_LIFETIME: Duration = Duration::from_secs(600);
/// The shortest and longest time a document is kept, whatever the server says.
const LIFETIMES: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(3600));
/// How often an unknown key id may cause a fetch; Kong's `rediscovery_lifetime`.
const KEY_REFRESH: Duration = Duration::from_secs(30);
/// How many issuers are remembered. They come from configuration, so this is far away.
const MAX_ISSUERS: usize = 1024;

/// The issuers that this process deals with. Copies share the documents.
#[derive(Clone)]
pub struct Issuers {
    egress: Egress,
    known: Arc<RwLock<HashMap<String, Arc<Issuer>>>>,
}

struct Issuer {
    address: String,
    metadata: Cached<Metadata>,
    keys: Cached<KeySet>,
}

impl Issuers {
    /// Nothing is fetched until it is asked for.
    #[must_use]
    pub fn new(egress: Egress) -> Self {
        Self {
            egress,
            known: Arc::default(),
        }
    }

    /// The issuer's metadata (OpenID Connect Discovery 1.0 §4, RFC 8414 §3). `issuer` may be written as
    /// [`normalise`] accepts it.
    ///
    /// # Errors
    /// If it cannot be fetched or is another issuer's, and no earlier document is known.
    pub async fn metadata(&self, issuer: &str) -> Result<Arc<Metadata>, Error> {
        let issuer = self.issuer(issuer);
        issuer
            .metadata
            .get(self.egress.clock(), || {
                metadata::fetch(&self.egress, &issuer.address)
            })
            .await
    }

    /// The issuer's metadata fetched anew, for somebody who may just have changed something there.
    ///
    /// # Errors
    /// As [`Issuers::metadata`].
    pub async fn refresh(&self, issuer: &str) -> Result<Arc<Metadata>, Error> {
        let issuer = self.issuer(issuer);
        let fetch = || metadata::fetch(&self.egress, &issuer.address);
        let clock = self.egress.clock();
        issuer.metadata.refresh(clock, Duration::ZERO, fetch).await
    }

    /// The issuer's keys (RFC 7517 §5), parsed.
    ///
    /// # Errors
    /// If metadata or keys cannot be fetched, and no earlier ones are known.
    pub async fn keys(&self, issuer: &str) -> Result<Arc<KeySet>, Error> {
        let issuer = self.issuer(issuer);
        let fetch = async || {
            let metadata = self.metadata(&issuer.address).await?;
            self.fetch_keys(&metadata).await
        };
        issuer.keys.get(self.egress.clock(), fetch).await
    }

    /// The keys fetched anew, because a token names one that is not among them; the metadata as well,
    /// since the keys may have moved. Within 30 seconds of the last such fetch (5 of a failed one) the known
    /// ones are the answer.
    ///
    /// # Errors
    /// As [`Issuers::keys`].
    pub async fn refresh_keys(&self, issuer: &str) -> Result<Arc<KeySet>, Error> {
        let issuer = self.issuer(issuer);
        let clock = self.egress.clock();
        let fetch = async || {
            let again = || metadata::fetch(&self.egress, &issuer.address);
            let metadata = issuer.metadata.refresh(clock, KEY_REFRESH, again).await?;
            self.fetch_keys(&metadata).await
        };
        issuer.keys.refresh(clock, KEY_REFRESH, fetch).await
    }

    fn issuer(&self, issuer: &str) -> Arc<Issuer> {
        let address = normalise(issuer);
        if let Some(known) = self
            .known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&address)
        {
            return known.clone();
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_ISSUERS {
            known.clear();
        }
        let entry = known.entry(address.clone());
        entry
            .or_insert_with(|| {
                Arc::new(Issuer {
                    address,
                    metadata: Cached::default(),
                    keys: Cached::default(),
                })
            })
            .clone()
    }

    async fn fetch_keys(&self, metadata: &Metadata) -> Result<Fetched<KeySet>, Error> {
        fetch_keys(&self.egress, &metadata.jwks_uri, MAX_BYTES).await
    }
}

/// Fetches and parses a key set.
async fn fetch_keys(
    egress: &Egress,
    url: &str,
    max_bytes: usize,
) -> Result<Fetched<KeySet>, Error> {
    let response = fetch_within(egress, url, max_bytes).await?;
    let set: JwkSet = response
        .json()
        .map_err(|_| not_a_document(url, "a key set"))?;
    Ok(Fetched {
        value: KeySet::from_jwks(&set),
        document: response.body.clone(),
        lifetime: lifetime(&response),
    })
}

/// Fetches a document that must be there.
async fn fetch(egress: &Egress, url: &str) -> Result<Response, Error> {
    fetch_within(egress, url, MAX_BYTES).await
}

async fn fetch_within(egress: &Egress, url: &str, max_bytes: usize) -> Result<Response, Error> {
    let request = Request::get(url)
        .header("accept", "application/json")
        .max_bytes(max_bytes);
    let response = egress.send(request).await?;
    if !response.status.is_success() {
        let message = format!(
            "{url} answered {}; check the issuer's address",
            response.status.as_u16()
        );
        return Err(Error::new(ErrorKind::Protocol, message));
    }
    Ok(response)
}

fn not_a_document(url: &str, what: &str) -> Error {
    Error::new(
        ErrorKind::Protocol,
        format!("{url} is not {what}; check the issuer's address"),
    )
}

/// How long a document may be kept, within bounds.
fn lifetime(response: &Response) -> Duration {
    response.fresh_for(USUAL_LIFETIME, LIFETIMES)
}
