//! The adapters of DCR providers, and whether a provider works.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use dcr::{Auth0Config, DcrProvider, Finding, Probe, ProviderConfig};
use oauth::Timestamp;
use storage::Database;
use storage::seal::Sealer;

use crate::model::{self, DcrProviderId, ProviderType};
use crate::{Error, store};

use super::Applications;
use super::strategy::Strategy;

/// Makes an adapter from a provider's settings: `dcr::connect`, or a test's own.
pub type Connect =
    Arc<dyn Fn(ProviderConfig) -> Result<Arc<dyn DcrProvider>, dcr::Error> + Send + Sync>;

/// Adapters by provider. An adapter holds its management token, so it is kept while the provider's
/// settings stand.
pub(super) struct Providers {
    db: Database,
    sealer: Sealer,
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
    pub(super) fn new(db: Database, sealer: Sealer, connect: Connect) -> Self {
        Self {
            db,
            sealer,
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
        let config = if found.provider_type == ProviderType::Auth0 {
            let context = model::DcrProvider::secret_context(provider_id);
            let opened = self
                .sealer
                .open(&context, &found.secret.unwrap_or_default());
            ProviderConfig::Auth0(Auth0Config {
                issuer: found.issuer,
                initial_client_id: found.config.initial_client_id.unwrap_or_default(),
                initial_client_secret: opened
                    .map_err(|error| Error::Internal(error.to_string()))?,
                initial_client_audience: found.config.initial_client_audience,
            })
        } else {
            ProviderConfig::Other {
                provider_type: found.provider_type.to_string(),
            }
        };
        let adapter = (self.connect)(config)?;
        let kept = Kept {
            updated_at,
            adapter: Arc::clone(&adapter),
        };
        self.kept().insert(provider_id, kept);
        Ok(adapter)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<DcrProviderId, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
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
    pub async fn verify_provider(&self, provider_id: DcrProviderId) -> Result<Verification, Error> {
        let adapter = match self.providers.adapter(provider_id).await {
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
            let known = |probe: &Probe| probe.audience == dcr.audience;
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
                }),
            }
        }
        if probes.is_empty() {
            probes.push(Probe::default());
        }
        let mut findings: Vec<Finding> = Vec::new();
        for probe in &probes {
            for finding in adapter.verify(probe).await {
                if !findings.contains(&finding) {
                    findings.push(finding);
                }
            }
        }
        Ok(Verification { findings })
    }
}
