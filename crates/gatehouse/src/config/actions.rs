//! `[identity.actions]`: how the tenant's Actions run.

use anyhow::{Context, Result};
use identity::ActionsSettings;
use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the tenant's Actions run.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Actions {
    /// Whether Actions run. Where they do not, they can be edited, and nothing happens.
    pub enabled: bool,
    /// The npm registry that packages are fetched from when an Action is saved; by default the one
    /// that npm is configured to use on this machine.
    pub registry: Option<String>,
    /// Actions that run at a time, each on a thread of its own; four a core by default, 8 to 64.
    pub threads: Option<u32>,
    /// Executions that may wait for a thread; one more fails.
    pub queue: u32,
    /// Megabytes of memory that one execution may have.
    pub memory_mb: u32,
    /// Private or local networks that Actions may reach, and in which the registry may lie.
    #[schemars(with = "Vec<String>")]
    pub egress_allow: Vec<IpNet>,
}

const MEGABYTE: usize = 1 << 20;

impl Default for Actions {
    fn default() -> Self {
        let settings = ActionsSettings::default();
        let number = |size: usize| u32::try_from(size).unwrap_or(u32::MAX);
        Self {
            enabled: settings.enabled,
            registry: settings.registry.map(Into::into),
            threads: None,
            queue: number(settings.queue),
            memory_mb: number(settings.memory / MEGABYTE),
            egress_allow: settings.egress_allow,
        }
    }
}

impl Actions {
    /// The settings as the tenant takes them.
    ///
    /// # Errors
    /// If the registry's address is none.
    pub(crate) fn settings(&self) -> Result<ActionsSettings> {
        let registry = self.registry.as_deref().map(|text| {
            address(text).with_context(|| {
                format!(
                    "configuration key `identity.actions.registry`: `{text}` is not an address such as \
                     https://npm.example.com/"
                )
            })
        });
        let size = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        Ok(ActionsSettings {
            enabled: self.enabled,
            registry: registry.transpose()?,
            threads: self.threads.map(size),
            queue: size(self.queue).max(1),
            memory: size(self.memory_mb).max(1).saturating_mul(MEGABYTE),
            egress_allow: self.egress_allow.clone(),
        })
    }
}

/// The text as the address of a registry.
pub(super) fn address(text: &str) -> Option<url::Url> {
    let url = url::Url::parse(text).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}
