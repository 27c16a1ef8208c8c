//! `[identity.bridge]`: Konnect's custom DCR, served by the tenant.

use identity::BridgeSettings;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Konnect's HTTP DCR bridge in front of this tenant, under `/dcr`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bridge {
    /// Keys that a portal may send as `X-API-KEY`: 12 to 256 letters, digits or underscores each. The
    /// bridge is off without one; give two while one replaces the other.
    pub api_keys: Vec<String>,
    /// The API (its identifier) that the clients are granted.
    pub audience: Option<String>,
}

impl Bridge {
    /// As the tenant takes it.
    pub(crate) fn settings(&self) -> BridgeSettings {
        BridgeSettings {
            api_keys: self
                .api_keys
                .iter()
                .map(|key| key.as_str().into())
                .collect(),
            audience: self.audience.clone(),
        }
    }

    /// The first key that Konnect would not take.
    pub(crate) fn unusable_key(&self) -> Option<usize> {
        let fits = |key: &String| {
            (12..=256).contains(&key.len())
                && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        };
        self.api_keys.iter().position(|key| !fits(key))
    }
}
