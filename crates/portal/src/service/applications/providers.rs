//! The adapters of DCR providers, and whether a provider works.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dcr::{
    Access, Auth0Config, Connection, DcrProvider, Finding, HttpConfig, InitialClientConfig,
    OktaConfig, Probe, ProviderConfig, Rfc7591Config, Settings,
};
use oauth::{Clock, Entropy, Timestamp};
use secrecy::SecretString;
use serde_json::json;
use storage::Database;
use storage::outbox::{Job, JobError, NewJob};
use storage::seal::Sealer;

use crate::model::{self, DcrProviderId, PastVerification, ProviderType, VerificationOccasion};
use crate::store::{self, dcr_history};
use crate::{Ctx, Error};

use super::kept::Kept as KeptStates;
use super::settle::retry;
use super::strategy::Strategy;
use super::{Applications, CANARY_QUEUE};

/// When a verification that was not seen to end has ended.
const UNENDED: Duration = Duration::from_secs(300);

/// How many clients are asked for where a provider may be another one.
const ASKED_FOR: i64 = 3;

/// Makes an adapter from a provider's settings: `dcr::connect`, or a test's own.
pub type Connect = Arc<dyn Fn(Settings) -> Result<Arc<dyn DcrProvider>, dcr::Error> + Send + Sync>;

/// Adapters by provider. An adapter holds its management token, so it is kept while the provider's
/// settings stand.
pub(super) struct Providers {
    db: Database,
    sealer: Sealer,
    clock: Clock,
    entropy: Entropy,
    connect: Connect,
    kept: Mutex<HashMap<DcrProviderId, Kept>>,
}

struct Kept {
    updated_at: Timestamp,
    adapter: Arc<dyn DcrProvider>,
}

impl fmt::Debug for Providers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Providers").finish_non_exhaustive()
    }
}

impl Providers {
    pub(super) fn new(
        db: Database,
        sealer: Sealer,
        clock: Clock,
        entropy: Entropy,
        connect: Connect,
    ) -> Self {
        Self {
            db,
            sealer,
            clock,
            entropy,
            connect,
            kept: Mutex::default(),
        }
    }

    /// The adapter of a provider, as its settings stand now.
    pub(super) async fn adapter(
        &self,
        provider_id: DcrProviderId,
    ) -> Result<Arc<dyn DcrProvider>, Error> {
        let found = store::dcr_providers::find(&self.db, provider_id).await?;
        let found = found.ok_or_else(|| Error::not_found("DCR provider", provider_id))?;
        let updated_at = found.updated_at;
        if let Some(kept) = self.kept().get(&provider_id)
            && kept.updated_at == updated_at
        {
            return Ok(Arc::clone(&kept.adapter));
        }
        let adapter = (self.connect)(self.settings(found)?)?;
        let kept = Kept {
            updated_at,
            adapter: Arc::clone(&adapter),
        };
        self.kept().insert(provider_id, kept);
        Ok(adapter)
    }

    fn settings(&self, provider: model::DcrProvider) -> Result<Settings, Error> {
        let secret = match &provider.secret {
            Some(sealed) => {
                let context = model::DcrProvider::secret_context(provider.id);
                let opened = self.sealer.open(&context, sealed);
                Some(opened.map_err(|error| Error::Internal(error.to_string()))?)
            }
            None => None,
        };
        let connection = provider.connection.clone().unwrap_or_default();
        Ok(Settings {
            connection: Connection {
                ca_certificates: connection.ca_certificates,
                proxy: connection.proxy,
                timeout: connection.timeout_seconds.map(Duration::from_secs),
            },
            states: Arc::new(KeptStates {
                db: self.db.clone(),
                sealer: self.sealer.clone(),
                clock: self.clock.clone(),
                entropy: self.entropy.clone(),
                provider_id: provider.id,
            }),
            config: config(provider, secret),
        })
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<DcrProviderId, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The settings in the adapters' own words.
fn config(provider: model::DcrProvider, secret: Option<SecretString>) -> ProviderConfig {
    let model::DcrProvider { issuer, config, .. } = provider;
    let initial_client_id = config.initial_client_id.unwrap_or_default();
    let given = secret.clone().unwrap_or_default();
    match provider.provider_type {
        ProviderType::Auth0 => ProviderConfig::Auth0(Auth0Config {
            issuer,
            initial_client_id,
            initial_client_secret: given,
            initial_client_audience: config.initial_client_audience,
        }),
        ProviderType::Okta => ProviderConfig::Okta(OktaConfig {
            issuer,
            dcr_token: given,
        }),
        ProviderType::AzureAd | ProviderType::Curity => {
            let initial = InitialClientConfig {
                issuer,
                initial_client_id,
                initial_client_secret: given,
            };
            match provider.provider_type {
                ProviderType::Curity => ProviderConfig::Curity(initial),
                _ => ProviderConfig::AzureAd(initial),
            }
        }
        ProviderType::Http => ProviderConfig::Http(HttpConfig {
            issuer,
            dcr_base_url: config.dcr_base_url.unwrap_or_default(),
            api_key: given,
            disable_event_hooks: config.disable_event_hooks.unwrap_or(false),
            disable_refresh_secret: config.disable_refresh_secret.unwrap_or(false),
            allow_multiple_credentials: config.allow_multiple_credentials.unwrap_or(false),
        }),
        ProviderType::Rfc7591 => ProviderConfig::Rfc7591(Rfc7591Config {
            issuer,
            registration_endpoint: config.registration_endpoint,
            access: match (initial_client_id.as_str(), secret) {
                ("", None) => Access::Open,
                ("", Some(token)) => Access::InitialToken(token),
                _ => Access::Client {
                    id: initial_client_id,
                    secret: given,
                    scope: config.initial_client_scope,
                },
            },
        }),
        ProviderType::KongIdentity => ProviderConfig::Other {
            provider_type: provider.provider_type.to_string(),
        },
    }
}

/// Whether a provider works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Everything that was tried.
    pub findings: Vec<Finding>,
}

impl Verification {
    /// Whether all of it held.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.findings.iter().all(|finding| finding.ok)
    }

    /// One sentence for each thing to mend.
    pub fn errors(&self) -> impl Iterator<Item = &str> {
        let failed = self.findings.iter().filter(|finding| !finding.ok);
        failed.map(|finding| finding.message.as_str())
    }
}

impl Applications {
    /// Tries what a DCR provider's strategies need of it: permissions, and each strategy's audience.
    ///
    /// # Errors
    /// `NotFound`. What the provider lacks is a finding.
    pub async fn verify_provider(
        &self,
        ctx: &Ctx,
        provider_id: DcrProviderId,
    ) -> Result<Verification, Error> {
        let adapter = self.providers.adapter(provider_id).await;
        let verified = self.verification(provider_id, adapter).await?;
        self.remember(ctx, provider_id, VerificationOccasion::Verify, &verified)
            .await?;
        Ok(verified)
    }

    /// The same with settings that are not kept yet: new credentials, say.
    ///
    /// # Errors
    /// Those of [`Applications::verify_provider`].
    pub async fn verify_settings(
        &self,
        ctx: &Ctx,
        provider: model::DcrProvider,
    ) -> Result<Verification, Error> {
        let provider_id = provider.id;
        let settings = self.providers.settings(provider)?;
        let adapter = (self.providers.connect)(settings).map_err(Error::from);
        let verified = self.verification(provider_id, adapter).await?;
        self.remember(ctx, provider_id, VerificationOccasion::Switch, &verified)
            .await?;
        Ok(verified)
    }

    /// Whether a provider with these settings is certainly not the one that has its applications' clients:
    /// it answers, and knows none of the last few. There, deleting an application would remove nothing.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn is_elsewhere(&self, provider: model::DcrProvider) -> Result<bool, Error> {
        let clients = store::applications::some_clients(&self.db, provider.id, ASKED_FOR).await?;
        let Ok(adapter) = (self.providers.connect)(self.providers.settings(provider)?) else {
            return Ok(false);
        };
        if clients.is_empty() || !adapter.abilities().finds_lost {
            return Ok(false);
        }
        for client in &clients {
            match adapter.inspect(client).await {
                Ok(None) => {}
                // There it is, or nobody can say now.
                Ok(Some(_)) | Err(_) => return Ok(false),
            }
        }
        Ok(true)
    }

    /// What verifications of a provider found, the newest first.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn verifications(&self, id: DcrProviderId) -> Result<Vec<PastVerification>, Error> {
        Ok(dcr_history::verifications(&self.db, id).await?)
    }

    async fn remember(
        &self,
        ctx: &Ctx,
        id: DcrProviderId,
        occasion: VerificationOccasion,
        verified: &Verification,
    ) -> Result<(), Error> {
        let (actor_kind, actor_id) = ctx.actor.audit();
        let past = PastVerification {
            at: self.clock.now(),
            occasion,
            actor_kind: actor_kind.to_owned(),
            actor_id,
            findings: verified.findings.clone(),
        };
        let mut tx = self.db.begin().await?;
        dcr_history::add_verification(&mut tx, id, &past)
            .await
            .map_err(|error| Error::from(error).or_conflict("the DCR provider was just removed"))?;
        tx.commit().await?;
        Ok(())
    }

    async fn verification(
        &self,
        provider_id: DcrProviderId,
        adapter: Result<Arc<dyn DcrProvider>, Error>,
    ) -> Result<Verification, Error> {
        let adapter = match adapter {
            Ok(adapter) => adapter,
            Err(Error::Provider(error)) => {
                let finding = Finding {
                    check: "settings".to_owned(),
                    ok: false,
                    message: error.message,
                };
                return Ok(Verification {
                    findings: vec![finding],
                });
            }
            Err(error) => return Err(error),
        };
        let mut probes: Vec<Probe> = Vec::new();
        for strategy in store::strategies::of_provider(&self.db, provider_id).await? {
            let strategy = Strategy::of(&self.db, strategy).await?;
            let Some(dcr) = strategy.dcr() else { continue };
            let known = |probe: &Probe| {
                probe.audience == dcr.audience && probe.credential_claim == dcr.credential_claim
            };
            match probes.iter_mut().find(|probe| known(probe)) {
                Some(probe) => {
                    let new = dcr
                        .scopes
                        .iter()
                        .filter(|scope| !probe.scopes.contains(scope));
                    let new: Vec<String> = new.cloned().collect();
                    probe.scopes.extend(new);
                }
                None => probes.push(Probe {
                    audience: dcr.audience.clone(),
                    scopes: dcr.scopes.clone(),
                    developer_managed_scopes: dcr.developer_managed_scopes,
                    credential_claim: dcr.credential_claim.clone(),
                }),
            }
        }
        if probes.is_empty() {
            probes.push(Probe::default());
        }
        self.await_canary(provider_id, false).await?;
        let mut findings: Vec<Finding> = Vec::new();
        for probe in &probes {
            for finding in adapter.verify(probe).await {
                if !findings.contains(&finding) {
                    findings.push(finding);
                }
            }
        }
        // A check that failed may have hidden a client that it made.
        let ended = findings.iter().all(|finding| finding.ok);
        self.await_canary(provider_id, ended).await?;
        Ok(Verification { findings })
    }

    /// Leaves a job that removes what a verification made, should nobody see its end.
    async fn await_canary(&self, id: DcrProviderId, ended: bool) -> Result<(), Error> {
        let mut tx = self.db.begin().await?;
        tx.enqueue(NewJob {
            queue: CANARY_QUEUE,
            key: &id.to_string(),
            payload: json!({ "ended": ended }),
            due: self.clock.now() + UNENDED,
        })
        .await?;
        tx.commit().await?;
        Ok(())
    }

    pub(super) async fn canary_job(&self, job: Job) -> Result<(), JobError> {
        if job.payload["ended"] == true {
            return Ok(());
        }
        let id: DcrProviderId = job.key.parse().map_err(|_| JobError::Permanent {
            reason: format!("`{}` is not a DCR provider's id", job.key),
        })?;
        let adapter = match self.providers.adapter(id).await {
            Ok(adapter) => adapter,
            Err(Error::NotFound(_)) => return Ok(()),
            Err(error) => return Err(retry(error)),
        };
        match adapter.remove_all(dcr::NOBODY).await {
            Ok(()) => Ok(()),
            Err(error) if error.comes_later() => Err(retry(error.into())),
            // Somebody must act at the provider; the next verification begins with this.
            Err(error) => {
                tracing::warn!(provider = %id, %error, "dcr.canary_left");
                Ok(())
            }
        }
    }
}
