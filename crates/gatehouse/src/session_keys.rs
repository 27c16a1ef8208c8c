//! The key that seals session cookies: from the configuration, or made and kept in the data directory.

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gateway::SessionKeys;
use oauth::Entropy;

use crate::config::Settings;
use crate::files;

/// Reads the key, or makes it at first start, so that sessions outlive a restart.
///
/// # Errors
/// If the configured key is not base64 of 32 bytes, or the directory is not writable.
pub(crate) fn load(settings: &Settings, entropy: &Entropy) -> Result<SessionKeys> {
    if let Some(text) = &settings.gateway.session_key {
        return Ok(SessionKeys::new(
            parse(text).context("gateway.session_key")?,
            &[],
        ));
    }
    let path = settings.data_dir.join("keys").join("session.key");
    if !path.exists() {
        files::write_private(&path, STANDARD.encode(entropy.bytes::<32>()).as_bytes())?;
    }
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    Ok(SessionKeys::new(
        parse(&text).with_context(|| path.display().to_string())?,
        &[],
    ))
}

fn parse(text: &str) -> Result<[u8; 32]> {
    let bytes = STANDARD
        .decode(text.trim())
        .ok()
        .and_then(|bytes| bytes.try_into().ok());
    bytes.context("is not base64 of 32 bytes; `openssl rand -base64 32` makes one")
}
