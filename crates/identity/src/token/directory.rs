//! What the token endpoint knows by heart: clients, their grants, and APIs.
//!
//! A token request would otherwise ask the database three times. Whoever changes something makes the
//! directory forget it, on this node at once and on others through the feed. That something is *not*
//! there is never remembered, so a new client, grant or API works on every node from the start.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use oauth::jose::{Algorithm, KeySet, SigningKey, VerifyingKey};
use oauth::{ClientSecret, Scopes, Timestamp};

use super::ASSERTION_ALGORITHMS;
use super::refusal::Refusal;
use crate::model::Members;
use crate::model::client::Client;
use crate::model::client_grant::{Holder, SubjectType};
use crate::model::registration::RegisteredKeys;
use crate::model::resource_server::{Dialect, ResourceServer, SigningAlg, UserPolicy};
use crate::registration::document;
use crate::store::resource_servers::Key;
use crate::{Error, Tenant, service, store};

/// Entries of each kind; a few hundred bytes each.
const CAPACITY: u64 = 20_000;

/// The cache.
pub(crate) struct Directory {
    clients: moka::sync::Cache<String, Arc<KnownClient>>,
    apis: moka::sync::Cache<String, Arc<KnownApi>>,
    /// Counts what was forgotten. Something read before that must not be kept after it.
    epoch: AtomicU64,
    /// Held while an entry is kept or forgotten, never across a wait.
    changing: Mutex<()>,
}

/// A client as the token endpoint needs it.
pub(crate) struct KnownClient {
    /// Everything about it but its secret.
    pub(crate) client: Client,
    pub(super) authentication: Authentication,
    /// Its secret, where it has one: HS256 ID tokens are signed with it.
    pub(super) secret: Option<ClientSecret>,
    /// Until when this may be remembered, if not for good.
    until: Option<Timestamp>,
    /// Granted scopes by API.
    grants: RwLock<HashMap<(String, SubjectType), Arc<Granted>>>,
}

/// How a client proves itself.
pub(super) enum Authentication {
    /// It does not: a public client.
    None,
    /// With a secret, in the header or in the body.
    Secret(ClientSecret),
    /// With assertions signed by any of these keys.
    Keys(Vec<ClientKey>),
    /// With assertions signed by any of the keys that it publishes at this address.
    PublishedKeys(String),
    /// It cannot: no secret and no key is left.
    Impossible,
}

/// A key of a client.
pub(super) struct ClientKey {
    pub(super) algorithm: Algorithm,
    pub(super) keys: KeySet,
    pub(super) expires_at: Option<Timestamp>,
}

/// What a client was granted at an API.
#[derive(Debug)]
pub(super) struct Granted {
    scopes: Scopes,
    all: bool,
}

impl Granted {
    /// The scopes, or all of the API's.
    pub(super) fn at(&self, api: &KnownApi) -> Scopes {
        let mut scopes = self.scopes.clone();
        if self.all {
            for scope in &api.scopes {
                let _ = scopes.insert(scope);
            }
        }
        scopes
    }

    /// What is left of it where not every scope may be had.
    pub(super) fn within(&self, api: &KnownApi, allowed: impl Fn(&str) -> bool) -> Self {
        let mut scopes = Scopes::new();
        for scope in self.at(api).iter().filter(|scope| allowed(scope)) {
            let _ = scopes.insert(scope);
        }
        Self { scopes, all: false }
    }
}

/// An API as the token endpoint needs it.
pub(crate) struct KnownApi {
    pub(crate) id: String,
    pub(crate) identifier: String,
    /// Whether it is the Management API.
    pub(crate) is_system: bool,
    pub(super) allows_clients: bool,
    pub(super) user_policy: UserPolicy,
    pub(super) allows_offline_access: bool,
    pub(super) enforces_policies: bool,
    pub(super) writes_permissions: bool,
    /// The scopes that it defines.
    pub(crate) scopes: Vec<String>,
    /// As the Management API shows it: name, descriptions of scopes, consent.
    pub(crate) settings: Members,
    pub(super) lifetime: i64,
    pub(super) front_channel_lifetime: i64,
    pub(super) dialect: Dialect,
    pub(super) signing_alg: SigningAlg,
    /// The shared secret of HS256.
    pub(super) secret: Option<SigningKey>,
    /// The same, to verify with.
    pub(super) verifying: Option<KeySet>,
}

impl Directory {
    pub(crate) fn new() -> Self {
        Self {
            clients: moka::sync::Cache::new(CAPACITY),
            apis: moka::sync::Cache::new(CAPACITY),
            epoch: AtomicU64::new(0),
            changing: Mutex::new(()),
        }
    }

    /// Something about the client changed: its secret, its keys, its grants, or it is gone.
    pub(crate) fn forget_client(&self, client_id: &str) {
        self.forget(|| self.clients.invalidate(client_id));
    }

    /// Something about the API changed.
    pub(crate) fn forget_api(&self, identifier: &str) {
        self.forget(|| self.apis.invalidate(identifier));
    }

    /// Anything may have changed.
    pub(crate) fn forget_everything(&self) {
        self.forget(|| {
            self.clients.invalidate_all();
            self.apis.invalidate_all();
        });
    }

    fn forget(&self, forget: impl FnOnce()) {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        self.epoch.fetch_add(1, Ordering::SeqCst);
        forget();
    }

    /// Keeps what was read, unless something was forgotten since `epoch`.
    fn keep(&self, epoch: u64, keep: impl FnOnce()) {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        if self.epoch.load(Ordering::SeqCst) == epoch {
            keep();
        }
    }

    /// A client; `None` if there is no such client.
    pub(crate) async fn client(
        &self,
        tenant: &Tenant,
        client_id: &str,
    ) -> Result<Option<Arc<KnownClient>>, Error> {
        let now = tenant.clock().now();
        let known = self.clients.get(client_id);
        if let Some(known) = known.filter(|known| known.until.is_none_or(|until| now < until)) {
            return Ok(Some(known));
        }
        let epoch = self.epoch.load(Ordering::SeqCst);
        let Some(known) = load_client(tenant, client_id).await? else {
            return Ok(None);
        };
        let known = Arc::new(known);
        self.keep(epoch, || {
            self.clients.insert(client_id.to_owned(), known.clone());
        });
        Ok(Some(known))
    }

    /// An API by its identifier; `None` if there is no such API.
    pub(crate) async fn api(
        &self,
        tenant: &Tenant,
        identifier: &str,
    ) -> Result<Option<Arc<KnownApi>>, Error> {
        if let Some(known) = self.apis.get(identifier) {
            return Ok(Some(known));
        }
        let epoch = self.epoch.load(Ordering::SeqCst);
        let found = store::resource_servers::find(tenant.db(), Key::Identifier(identifier)).await?;
        let Some(stored) = found else { return Ok(None) };
        let secret = service::resource_servers::reveal(tenant.sealer(), &stored)?;
        let unusable = |error| Error::Internal(format!("the signing secret of an API {error}"));
        let mut known = KnownApi::new(stored.api);
        if let Some(secret) = secret {
            let verifying = VerifyingKey::hmac(&secret, None).map_err(unusable)?;
            known.secret = Some(SigningKey::hmac(&secret).map_err(unusable)?);
            known.verifying = Some(KeySet::new(vec![verifying]));
        }
        let known = Arc::new(known);
        self.keep(epoch, || {
            self.apis.insert(identifier.to_owned(), known.clone());
        });
        Ok(Some(known))
    }
}

impl KnownApi {
    /// The API's name for people.
    pub(crate) fn name(&self) -> &str {
        let name = self
            .settings
            .get("name")
            .and_then(serde_json::Value::as_str);
        name.unwrap_or(&self.identifier)
    }

    /// Whether the tenant's own clients may act for users here without asking them.
    pub(crate) fn waives_consent(&self) -> bool {
        let name = "skip_consent_for_verifiable_first_party_clients";
        self.settings.get(name) == Some(&serde_json::Value::Bool(true))
    }

    fn new(api: ResourceServer) -> Self {
        Self {
            is_system: api.is_system,
            allows_clients: api.allows_clients(),
            user_policy: api.user_policy(),
            allows_offline_access: api.allows_offline_access(),
            enforces_policies: api.enforces_policies(),
            writes_permissions: api.writes_permissions(),
            front_channel_lifetime: api.front_channel_lifetime(),
            scopes: api.scopes(),
            lifetime: api.token_lifetime(),
            dialect: api.dialect(),
            signing_alg: api.signing_alg(),
            secret: None,
            verifying: None,
            id: api.id,
            identifier: api.identifier,
            settings: api.settings,
        }
    }
}

impl KnownClient {
    pub(crate) fn client_id(&self) -> &str {
        &self.client.client_id
    }

    /// Whether it proves nothing about itself at the token endpoint.
    pub(crate) fn is_public(&self) -> bool {
        matches!(self.authentication, Authentication::None)
    }

    /// Whether it knows a secret, and uses it.
    pub(crate) fn proves_itself_by_secret(&self) -> bool {
        matches!(self.authentication, Authentication::Secret(_))
    }

    /// Its secret, where it has one.
    pub(crate) fn secret(&self) -> Option<&ClientSecret> {
        self.secret.as_ref()
    }

    /// Its credentials' keys that are valid now.
    pub(crate) fn keys(&self, now: Timestamp) -> impl Iterator<Item = &KeySet> {
        let keys = match &self.authentication {
            Authentication::Keys(keys) => keys.as_slice(),
            _ => &[],
        };
        keys.iter()
            .filter(move |key| key.expires_at.is_none_or(|end| now < end))
            .map(|key| &key.keys)
    }

    /// Whether the client may use the grant type.
    pub(crate) fn may_use(&self, grant_type: &str) -> bool {
        self.client.grant_types().any(|own| own == grant_type)
    }

    /// # Errors
    /// `unauthorized_client` if the client may not use the grant type.
    pub(super) fn require_grant_type(&self, grant_type: &str) -> Result<(), Refusal> {
        if self.may_use(grant_type) {
            return Ok(());
        }
        let shown: String = grant_type.chars().take(100).collect();
        Err(Refusal::unauthorized_client(format!(
            "Grant type '{shown}' not allowed for the client."
        )))
    }

    /// What this client was granted at the API, by a grant of its own or, for a third-party client,
    /// by the tenant's default one.
    pub(super) async fn granted(
        &self,
        tenant: &Tenant,
        api: &KnownApi,
        subject: SubjectType,
    ) -> Result<Option<Arc<Granted>>, Error> {
        let key = (api.id.clone(), subject);
        let known = self
            .grants
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .cloned();
        if known.is_some() {
            return Ok(known);
        }
        let (db, own) = (tenant.db(), Holder::Client(self.client_id().to_owned()));
        let mut grant = store::client_grants::of_holder(db, &own, &api.id, subject).await?;
        if grant.is_none() && !self.client.is_first_party {
            let default = Holder::ThirdPartyClients;
            grant = store::client_grants::of_holder(db, &default, &api.id, subject).await?;
        }
        let Some(grant) = grant else { return Ok(None) };
        // Scopes were checked when they were granted, except for their alphabet.
        let mut scopes = Scopes::new();
        for scope in &grant.scope {
            let _ = scopes.insert(scope);
        }
        let granted = Arc::new(Granted {
            scopes,
            all: grant.allows_all_scopes(),
        });
        // If the grant changes while it is read, this client is forgotten as a whole, and what is
        // kept here goes with it.
        self.grants
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key, granted.clone());
        Ok(Some(granted))
    }
}

async fn load_client(tenant: &Tenant, client_id: &str) -> Result<Option<KnownClient>, Error> {
    let found = match document::is_document(client_id) {
        true => document::resolve(tenant, client_id).await?,
        false => store::clients::find(tenant.db(), client_id).await?,
    };
    let Some(stored) = found else { return Ok(None) };
    // "All Applications" holds what is common to all and is no client that could ask for tokens.
    if stored.client.is_global {
        return Ok(None);
    }
    let secret = service::clients::reveal(tenant.sealer(), &stored)?;
    let authentication = match stored.client.authentication_method() {
        Some("none") => Authentication::None,
        Some("private_key_jwt") => match registered_keys(&stored.client) {
            Some(registered) => registered,
            None => Authentication::Keys(load_keys(tenant, &stored.client).await?),
        },
        _ => match &secret {
            Some(secret) => Authentication::Secret(secret.clone()),
            None => Authentication::Impossible,
        },
    };
    Ok(Some(KnownClient {
        until: remembered_until(&stored.client, tenant.clock().now()),
        client: stored.client,
        authentication,
        secret,
        grants: RwLock::default(),
    }))
}

/// A document is looked at again when it is no longer fresh, and a client that was never used now and then:
/// it may be pruned, and that is not worth a line of the feed.
fn remembered_until(client: &Client, now: Timestamp) -> Option<Timestamp> {
    const UNUSED: Duration = Duration::from_secs(300);
    let registration = client.registration.as_ref()?;
    let unused = client.last_used_at.is_none().then(|| now + UNUSED);
    // A document that cannot be fetched anew is tried again soon.
    let fresh = registration
        .fresh_until()
        .map(|until| until.max(now + Duration::from_secs(30)));
    fresh.into_iter().chain(unused).min()
}

/// The keys that the client registered with, by value or by address.
fn registered_keys(client: &Client) -> Option<Authentication> {
    match client.registration.as_ref()?.keys()? {
        RegisteredKeys::At(uri) => Some(Authentication::PublishedKeys(uri)),
        RegisteredKeys::Inline(keys) => {
            let with = |algorithm: Algorithm| ClientKey {
                algorithm,
                keys: keys.clone(),
                expires_at: None,
            };
            let keys = ASSERTION_ALGORITHMS.map(with);
            Some(Authentication::Keys(keys.into()))
        }
    }
}

async fn load_keys(tenant: &Tenant, client: &Client) -> Result<Vec<ClientKey>, Error> {
    let credentials = store::credentials::list(tenant.db(), &client.client_id).await?;
    let mut keys = Vec::new();
    for credential in credentials {
        if !client.credential_ids().any(|id| id == credential.id) {
            continue;
        }
        let broken = || Error::Internal(format!("the credential {} is damaged", credential.id));
        let mut jwk: oauth::jose::Jwk =
            serde_json::from_str(&credential.public_key).map_err(|_| broken())?;
        jwk.kid = Some(credential.kid.clone());
        jwk.alg = Some(credential.alg.clone());
        let key = VerifyingKey::from_jwk(&jwk).map_err(|_| broken())?;
        keys.push(ClientKey {
            algorithm: credential.alg.parse().map_err(|_| broken())?,
            keys: KeySet::new(vec![key]),
            expires_at: credential.expires_at,
        });
    }
    Ok(keys)
}
