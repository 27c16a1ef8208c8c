//! `quickstart.json`: what a person or a script needs to go on by hand. Readable by its owner alone.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};

use super::tenant::Credentials;
use crate::files;

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Saved {
    pub platform_token: String,
    pub organization_id: String,
    pub portal: Portal,
    pub issuer: String,
    pub management: Management,
    pub audience: String,
    pub dcr_provider_id: String,
    pub auth_strategy_id: String,
    pub product_version_id: String,
    pub route: String,
    pub upstream_url: String,
    /// An owner of the console. Directories of an older version have none yet.
    #[serde(default)]
    pub admin: Option<Developer>,
    /// Somebody who can sign in at the tenant. Directories of an older version have nobody yet.
    pub user: Option<Developer>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Portal {
    pub id: String,
    pub url: String,
    pub developer: Option<Developer>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Developer {
    pub email: String,
    pub password: String,
}

/// A client that may do everything at the Management API.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Management {
    pub client_id: String,
    client_secret: String,
    pub audience: String,
}

impl Management {
    pub(super) fn new(client: &Credentials, audience: String) -> Self {
        let client_secret = client.client_secret.expose_secret().to_owned();
        Self {
            client_id: client.client_id.clone(),
            client_secret,
            audience,
        }
    }

    pub(super) fn credentials(&self) -> Credentials {
        Credentials {
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.clone().into(),
        }
    }
}

impl Saved {
    /// What an earlier quickstart left in this directory.
    ///
    /// # Errors
    /// If the file is there and is something else.
    pub(super) fn read(data_dir: &Path) -> Result<Option<Self>> {
        let path = path(data_dir);
        if !path.exists() {
            return Ok(None);
        }
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        let hint = || {
            format!(
                "{} is not what quickstart writes; give another --data-dir, or remove this one",
                path.display()
            )
        };
        serde_json::from_str(&text).map(Some).with_context(hint)
    }

    /// Writes the file anew.
    ///
    /// # Errors
    /// If the data directory is not writable.
    pub(super) fn write(&self, data_dir: &Path) -> Result<()> {
        files::write_private(
            &path(data_dir),
            serde_json::to_string_pretty(self)?.as_bytes(),
        )
    }
}

/// Where the file lies.
pub(super) fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("quickstart.json")
}
