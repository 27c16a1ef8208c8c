//! Clients that are known by a metadata document at the https URL that is their id (OAuth Client ID Metadata
//! Document; the Model Context Protocol's clients prefer it to registering).
//!
//! A document is fetched when its client is first asked for, and kept as a client like any other: it is on
//! the list, users consent to it, it is pruned when nobody uses it. It is fetched anew when it is no longer
//! fresh.

mod fetch;
mod url_rules;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use oauth::client_metadata::ClientMetadata;
use oauth::jose::KeySet;
use oauth::{Clock, Timestamp, redirect_uri};
use serde_json::Value;
use url::Url;
use web::{Allowance, Throttle};

use super::accept::{Terms, accept};
use super::actions::{self, Applicant, Settled};
use super::register::{client, fingerprint, parse, rules, terms};
use super::{prune, seen};
use crate::model::client::Client;
use crate::model::registration::{CreatedBy, Registration};
use crate::model::third_party::Rules;
use crate::service::actions::flow::ClientOrigin;
use crate::store::clients::StoredClient;
use crate::store::registrations::{self, Standing};
use crate::store::{clients, topic};
use crate::token::published_keys;
use crate::{Error, Tenant, bounds};
use fetch::Fetched;

/// How long a document that cannot be fetched anew is still believed.
const STALE: Duration = Duration::from_secs(86_400);
/// How soon after a failure a document is asked for again.
const AFTER_FAILURE: Duration = Duration::from_secs(60);
/// How many failures are remembered.
const FAILURES: u64 = 10_000;
/// How often the documents of one host are fetched: this many at once, and one every half minute.
const PER_HOST: Allowance = Allowance {
    burst: 120,
    refill: Duration::from_secs(30),
};
/// How many documents are fetched at once.
const AT_ONCE: usize = 32;

/// What is shared among those who ask for documents on this node.
pub(super) struct Documents {
    failures: moka::sync::Cache<String, Arc<Failure>>,
    turns: Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>,
    hosts: Throttle,
    at_once: tokio::sync::Semaphore,
}

struct Failure {
    why: String,
    until: Timestamp,
}

/// Why there is no document to go by.
enum Trouble {
    /// Its server does not answer: an earlier document still counts for a while.
    Away(String),
    /// It is no document of a client: whatever it was before.
    Refused(String),
    /// This server's own trouble.
    Ours(Error),
}

impl<E: Into<Error>> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self::Ours(error.into())
    }
}

impl Documents {
    pub(super) fn new(clock: &Clock) -> Self {
        Self {
            failures: moka::sync::Cache::new(FAILURES),
            turns: Mutex::default(),
            hosts: Throttle::new(clock.clone(), PER_HOST),
            at_once: tokio::sync::Semaphore::new(AT_ONCE),
        }
    }

    /// One caller at a time fetches a document; the others find it fetched.
    fn turn(&self, url: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(url).and_then(Weak::upgrade) {
            return turn;
        }
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::new(tokio::sync::Mutex::new(()));
        turns.insert(url.to_owned(), Arc::downgrade(&turn));
        turn
    }

    fn failure(&self, url: &str, now: Timestamp) -> Option<Arc<Failure>> {
        self.failures.get(url).filter(|failure| now < failure.until)
    }
}

/// Whether a client id can only be the address of a document.
pub(crate) fn is_document(client_id: &str) -> bool {
    client_id.starts_with("https://")
}

/// The client whose document is at this address; `None` if the tenant does not go by documents, or this is
/// none. [`why_not`] tells the reason.
///
/// # Errors
/// [`Error::Unavailable`], [`Error::Internal`].
pub(crate) async fn resolve(tenant: &Tenant, id: &str) -> Result<Option<StoredClient>, Error> {
    if !is_on(tenant) || id.len() > url_rules::MAX {
        return Ok(None);
    }
    let documents = &tenant.registrar().documents;
    let known = clients::find(tenant.db(), id).await?;
    let now = tenant.clock().now();
    if known.as_ref().is_some_and(|known| is_fresh(known, now)) {
        return Ok(known);
    }
    if documents.failure(id, now).is_some() {
        return Ok(known.filter(|known| is_believed(known, now)));
    }
    let turn = documents.turn(id);
    let _turn = turn.lock().await;
    let known = clients::find(tenant.db(), id).await?;
    let now = tenant.clock().now();
    if known.as_ref().is_some_and(|known| is_fresh(known, now)) {
        return Ok(known);
    }
    if documents.failure(id, now).is_some() {
        return Ok(known.filter(|known| is_believed(known, now)));
    }
    let (why, usable) = match renew(tenant, id, known.as_ref()).await {
        Ok(stored) => return Ok(Some(stored)),
        // A flood of other documents keeps nobody out whose own is known.
        Err(Trouble::Ours(error)) => {
            let known = known.filter(|known| is_believed(known, now));
            return known.map(Some).ok_or(error);
        }
        Err(Trouble::Away(why)) => (why, known.filter(|known| is_believed(known, now))),
        Err(Trouble::Refused(why)) => (why, None),
    };
    tracing::info!(client.id = %id, reason = %why, "no client ID metadata document");
    let until = now + AFTER_FAILURE;
    documents
        .failures
        .insert(id.to_owned(), Arc::new(Failure { why, until }));
    Ok(usable)
}

/// Why [`resolve`] gave nothing, as the end of a sentence that begins with the address.
pub(super) fn why_not(tenant: &Tenant, id: &str) -> Option<String> {
    if !is_on(tenant) {
        return Some(
            "is not looked up: an administrator turns it on with \
             client_id_metadata_document_supported of the tenant settings"
                .to_owned(),
        );
    }
    let documents = &tenant.registrar().documents;
    let failure = documents.failure(id, tenant.clock().now())?;
    Some(failure.why.clone())
}

/// Whether the tenant goes by metadata documents.
pub(super) fn is_on(tenant: &Tenant) -> bool {
    let settings = tenant.tenant_settings();
    settings.0.get("client_id_metadata_document_supported") == Some(&Value::Bool(true))
}

fn fresh_until(known: &StoredClient) -> Option<Timestamp> {
    known.client.registration.as_ref()?.fresh_until()
}

fn is_fresh(known: &StoredClient, now: Timestamp) -> bool {
    fresh_until(known).is_some_and(|until| now < until)
}

fn is_believed(known: &StoredClient, now: Timestamp) -> bool {
    fresh_until(known).is_some_and(|until| now < until + STALE)
}

/// Fetches the document, judges it, and keeps what it says.
async fn renew(
    tenant: &Tenant,
    id: &str,
    known: Option<&StoredClient>,
) -> Result<StoredClient, Trouble> {
    let url = url_rules::check(id).map_err(|why| Trouble::Refused(why.to_owned()))?;
    if !tenant.settings().registration.allows_document_at(&url) {
        let hosts = tenant.settings().registration.document_hosts.join(", ");
        return Err(Trouble::Refused(format!(
            "is not on a host that is allowed here: {hosts}"
        )));
    }
    let host = url.host_str().unwrap_or_default();
    let documents = &tenant.registrar().documents;
    if documents.hosts.take(host).is_err() {
        return Err(Trouble::Away(
            "is on a host that was asked too often: try later".to_owned(),
        ));
    }
    let Ok(_slot) = documents.at_once.try_acquire() else {
        return Err(Trouble::Ours(Error::Unavailable(
            "too many metadata documents are being fetched".to_owned(),
        )));
    };
    let fetched = fetch::fetch(tenant, id).await?;
    let rules = known.map_or_else(|| rules(tenant), |known| Rules::of(&known.client));
    let metadata = judge(&fetched.document, id, &url, &document_terms(tenant, rules))
        .map_err(Trouble::Refused)?;
    let applicant = Applicant {
        origin: ClientOrigin::Document { url: id.to_owned() },
        visit: None,
        sent: None,
        known: known.map(|known| &known.client),
    };
    let settled = actions::ask(tenant, applicant, metadata, &document_terms(tenant, rules)).await;
    let settled = settled.map_err(|refusal| match refusal.is_final() {
        true => Trouble::Refused(format!("was refused here: {}", refusal.description())),
        false => Trouble::Ours(Error::Unavailable(refusal.description().to_owned())),
    })?;
    keep(tenant, id, known, rules, settled, &fetched).await
}

fn document_terms<'a>(tenant: &'a Tenant, rules: &'static Rules) -> Terms<'a> {
    Terms {
        secrets: false,
        ..terms(tenant, rules)
    }
}

/// What the document says, if it is one of this client.
///
/// Source: draft-ietf-oauth-client-id-metadata-document, §4; the vendor's and others' further rules.
fn judge(
    document: &Value,
    id: &str,
    url: &Url,
    terms: &Terms<'_>,
) -> Result<ClientMetadata, String> {
    let text = |member: &str| document.get(member).and_then(Value::as_str);
    if text("client_id") != Some(id) {
        return Err("must hold a client_id that is its own address, byte by byte".to_owned());
    }
    if document.get("client_secret").is_some() || document.get("client_secret_expires_at").is_some()
    {
        return Err("holds a client_secret, which everybody can read".to_owned());
    }
    if text("token_endpoint_auth_method").is_some_and(|method| method.starts_with("client_secret"))
    {
        return Err("asks for a method of client authentication with a shared secret".to_owned());
    }
    for member in ["client_name", "redirect_uris"] {
        if document.get(member).is_none_or(Value::is_null) {
            return Err(format!("must hold {member}"));
        }
    }
    let said = |refusal: super::refusal::Refusal| format!("says: {}", refusal.description());
    let mut metadata = parse(document).map_err(said)?;
    check_keys_origin(&metadata, url)?;
    check_loopback(&metadata)?;
    // A client that is known by a document acts for users alone.
    let grants = metadata
        .grant_types
        .get_or_insert_with(|| vec!["authorization_code".to_owned()]);
    grants.retain(|grant| grant != "client_credentials");
    metadata.extra.shift_remove("client_id");
    accept(metadata, terms).map_err(said)
}

/// The keys lie where the document lies: whoever may write one may write the other.
fn check_keys_origin(metadata: &ClientMetadata, url: &Url) -> Result<(), String> {
    let Some(keys) = &metadata.jwks_uri else {
        return Ok(());
    };
    match Url::parse(keys) {
        Ok(keys) if keys.origin() == url.origin() => Ok(()),
        _ => Err("must have its jwks_uri on its own host".to_owned()),
    }
}

/// Any program on the user's device can listen on loopback, so only a native application may redirect there.
fn check_loopback(metadata: &ClientMetadata) -> Result<(), String> {
    let native = metadata.application_kind() == redirect_uri::ApplicationKind::Native;
    let mut uris = metadata.redirect_uris.iter().flatten();
    match uris.any(|uri| uri.starts_with("http://")) && !native {
        true => Err("redirects to loopback and must say application_type native".to_owned()),
        false => Ok(()),
    }
}

async fn keep(
    tenant: &Tenant,
    id: &str,
    known: Option<&StoredClient>,
    rules: &'static Rules,
    Settled { metadata, own }: Settled,
    fetched: &Fetched,
) -> Result<StoredClient, Trouble> {
    let fingerprint = fingerprint(tenant, rules, &metadata);
    let keys = metadata.jwks.as_ref().map(KeySet::from_jwks);
    if let (Some(keys), Some(_)) = (&keys, known)
        && let Some(kid) = published_keys::note(tenant, id, keys).await?
    {
        return Err(Trouble::Refused(format!(
            "holds another key under the key id {kid} than before: a new key needs a new id"
        )));
    }
    let registration = Registration {
        metadata,
        fresh_until: Some((tenant.clock().now() + fetched.lifetime).as_millis()),
        ..Registration::default()
    };
    let mut client = client(tenant, rules, CreatedBy::MetadataDocument, registration);
    client.metadata = own;
    client.client_id = id.to_owned();
    client.external_client_id = Some(id.to_owned());
    match known {
        None => {
            let added = add(tenant, client, fingerprint).await?;
            if let Some(keys) = &keys {
                published_keys::note(tenant, id, keys).await?;
            }
            Ok(added)
        }
        Some(known) => update(tenant, client, known, &fingerprint).await,
    }
}

async fn add(
    tenant: &Tenant,
    client: Client,
    fingerprint: String,
) -> Result<StoredClient, Trouble> {
    prune::make_room(tenant)
        .await
        .map_err(|refusal| match refusal.is_final() {
            true => Trouble::Away(format!("cannot be taken in: {}", refusal.description())),
            false => Trouble::Ours(Error::Unavailable(refusal.description().to_owned())),
        })?;
    let standing = Standing {
        origin: bounds::digest(
            tenant,
            &format!("document {}", url_rules::site(&client.client_id)),
        ),
        fingerprint,
        token: None,
        prune_at: client.created_at + tenant.settings().registration.unused_lifetime,
    };
    match registrations::insert(tenant.db(), &client, None, &standing).await {
        Ok(()) => {}
        // Another node was faster, with the same document.
        Err(storage::Error::Unique { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    tracing::info!(client.id = %client.client_id, "client known by its metadata document");
    Ok(StoredClient {
        client,
        sealed_secret: None,
    })
}

async fn update(
    tenant: &Tenant,
    mut client: Client,
    known: &StoredClient,
    fingerprint: &str,
) -> Result<StoredClient, Trouble> {
    let old = &known.client;
    client.metadata = old.metadata.clone();
    client.created_at = old.created_at;
    client.last_used_at = old.last_used_at;
    if registrations::is_adopted(tenant.db(), &old.client_id).await? {
        // What an administrator has set stays; what the document no longer says goes.
        let mut settings = old.settings.clone();
        let said = client
            .settings
            .get("callbacks")
            .cloned()
            .unwrap_or_default();
        if let Some(Value::Array(callbacks)) = settings.get_mut("callbacks") {
            callbacks.retain(|uri| said.as_array().is_some_and(|said| said.contains(uri)));
        }
        client.settings = settings;
        client.name = old.name.clone();
    }
    let mut tx = tenant.db().begin().await?;
    clients::update(&mut tx, &client, None).await?;
    seen::forget_consents(&mut tx, old, &client).await?;
    if let Some(said) = client.registration.as_deref() {
        registrations::change_document(&mut tx, &client.client_id, said, fingerprint).await?;
    }
    tx.record_change(topic::CLIENT, &client.client_id).await?;
    tx.commit().await?;
    tenant.directory().forget_client(&client.client_id);
    Ok(StoredClient {
        client,
        sealed_secret: None,
    })
}
