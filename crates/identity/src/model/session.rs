//! A user's session at the tenant: what single sign-on is made of.

use std::time::Duration;

use oauth::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::tenant_settings::TenantSettings;

/// A session. The browser holds a secret that leads to it; the database holds that secret's digest.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Session {
    /// `sid` in ID tokens and logout tokens. No secret.
    pub(crate) id: String,
    pub(crate) user_id: String,
    /// The name of the connection that the user signed in with.
    pub(crate) connection: String,
    /// When the user last proved who they are.
    pub(crate) auth_time: Timestamp,
    pub(crate) acr: Option<String>,
    /// How they proved it (RFC 8176): `pwd`, `mfa`.
    pub(crate) amr: Vec<String>,
    /// The browser, as it introduced itself.
    pub(crate) device: Device,
    pub(crate) created_at: Timestamp,
    pub(crate) last_seen: Timestamp,
    /// Not used until then, it ends.
    pub(crate) idle_expires_at: Timestamp,
    /// Used or not, it ends then.
    pub(crate) expires_at: Timestamp,
}

impl Session {
    /// Whether it still counts.
    pub(crate) fn is_alive(&self, now: Timestamp) -> bool {
        now < self.idle_expires_at && now < self.expires_at
    }

    /// Whether the user proved who they are at most `max_age` seconds ago.
    pub(crate) fn is_fresh(&self, max_age: u32, now: Timestamp) -> bool {
        now.saturating_since(self.auth_time) <= Duration::from_secs(max_age.into())
    }
}

/// What is known of the browser behind a session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Device {
    pub(crate) initial_user_agent: Option<String>,
    pub(crate) initial_ip: Option<String>,
    pub(crate) last_user_agent: Option<String>,
    pub(crate) last_ip: Option<String>,
}

/// How a user has just signed in.
#[derive(Clone, Debug)]
pub(crate) struct SignIn {
    pub(crate) user_id: String,
    /// The connection's name.
    pub(crate) connection: String,
    pub(crate) acr: Option<String>,
    pub(crate) amr: Vec<String>,
    /// Where from, where it is known.
    pub(crate) ip: Option<String>,
}

/// How long sessions last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lifetimes {
    pub(crate) idle: Duration,
    pub(crate) absolute: Duration,
    /// Whether the cookie outlives the browser (`session_cookie.mode`).
    pub(crate) persistent: bool,
}

impl Lifetimes {
    /// What the tenant's settings say: hours there, whole or not.
    pub(crate) fn of(settings: &TenantSettings) -> Self {
        let hours = |name: &str, default: u32| {
            let hours = settings.0.get(name).and_then(serde_json::Value::as_f64);
            let hours = hours.unwrap_or(f64::from(default));
            Duration::try_from_secs_f64(hours * 3600.0).unwrap_or_default()
        };
        let persistent = settings
            .0
            .get("session_cookie")
            .and_then(|cookie| cookie.get("mode"))
            .and_then(serde_json::Value::as_str)
            != Some("non-persistent");
        let (absolute, idle) = match persistent {
            true => (
                hours("session_lifetime", 168),
                hours("idle_session_lifetime", 72),
            ),
            false => (
                hours("ephemeral_session_lifetime", 72),
                hours("idle_ephemeral_session_lifetime", 24),
            ),
        };
        Self {
            idle,
            absolute,
            persistent,
        }
    }
}
