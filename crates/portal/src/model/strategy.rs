//! Application auth strategies.

use oauth::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{AuthStrategyId, CredentialType, DcrProviderId, Labels, ProviderType, StrategyType};

/// How callers of published APIs prove who they are.
#[derive(Clone, Debug)]
pub struct AuthStrategy {
    /// Its id.
    pub id: AuthStrategyId,
    /// Name; several strategies may share one, as in Konnect.
    pub name: String,
    /// Name for people.
    pub display_name: String,
    /// Its kind and settings; the kind never changes.
    pub config: StrategyConfig,
    /// The fields of `configs.openid-connect` that are never shown, as JSON, sealed with the context of
    /// [`AuthStrategy::secrets_context`].
    pub secrets: Option<String>,
    /// Kept for the API (`principals.enabled`).
    pub principals_enabled: bool,
    /// The provider at which clients are registered; `None` for keys and self-managed clients.
    pub dcr_provider_id: Option<DcrProviderId>,
    /// Name, display name and kind of that provider.
    pub dcr_provider: Option<(String, Option<String>, ProviderType)>,
    /// Whether a published product version uses it.
    pub active: bool,
    /// Labels.
    pub labels: Labels,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl AuthStrategy {
    /// What the secrets are sealed to: they open for this strategy alone.
    #[must_use]
    pub fn secrets_context(id: AuthStrategyId) -> String {
        format!("portal.auth_strategy.{id}")
    }

    /// What developers get: a key, a registered client, or the right to bring their own.
    #[must_use]
    pub const fn credential_type(&self) -> CredentialType {
        match (&self.config, self.dcr_provider_id) {
            (StrategyConfig::KeyAuth(_), _) => CredentialType::KeyAuth,
            (StrategyConfig::OpenidConnect(_), Some(_)) => CredentialType::ClientCredentials,
            (StrategyConfig::OpenidConnect(_), None) => {
                CredentialType::SelfManagedClientCredentials
            }
        }
    }

    /// Its kind.
    #[must_use]
    pub const fn strategy_type(&self) -> StrategyType {
        match self.config {
            StrategyConfig::KeyAuth(_) => StrategyType::KeyAuth,
            StrategyConfig::OpenidConnect(_) => StrategyType::OpenidConnect,
        }
    }
}

/// A strategy's kind and settings.
#[derive(Clone, Debug, PartialEq)]
pub enum StrategyConfig {
    /// API keys.
    KeyAuth(KeyAuth),
    /// Tokens of an identity provider.
    OpenidConnect(OpenidConnect),
}

/// `configs.key-auth`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyAuth {
    /// Names of the header and query argument that carry the key.
    #[serde(default = "default_key_names")]
    pub key_names: Vec<String>,
    /// How long a key lives; `None` for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl: Option<KeyTtl>,
}

fn default_key_names() -> Vec<String> {
    vec!["apikey".into()]
}

/// How long a key lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyTtl {
    /// How many units, from 1.
    pub value: i64,
    /// The unit.
    pub unit: TtlUnit,
}

/// The unit of a key's lifetime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TtlUnit {
    /// 24 hours.
    Days,
    /// Seven days.
    Weeks,
    /// 365 days.
    Years,
}

impl TtlUnit {
    /// The word as stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::Weeks => "weeks",
            Self::Years => "years",
        }
    }
}

/// `configs.openid-connect`. Every further field of the plugin is in `plugin`, checked when written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenidConnect {
    /// The issuer as it was entered.
    pub issuer: String,
    /// Path of the claim that names the application's client.
    pub credential_claim: Vec<String>,
    /// Scopes asked for.
    pub scopes: Vec<String>,
    /// Methods, such as `client_credentials`, `bearer`, `session`.
    pub auth_methods: Vec<String>,
    /// Further plugin fields, as sent, without those that are secret.
    #[serde(flatten)]
    pub plugin: Map<String, Value>,
}

impl OpenidConnect {
    /// The audience of the tokens: the value of the `audience` argument among
    /// `token_post_args_names` and `token_post_args_values`, else the first of `audience`.
    #[must_use]
    pub fn audience(&self) -> Option<&str> {
        let list = |name: &str| self.plugin.get(name).and_then(Value::as_array);
        let argument = list("token_post_args_names")
            .and_then(|names| names.iter().position(|name| name == "audience"))
            .and_then(|at| list("token_post_args_values")?.get(at)?.as_str());
        argument.or_else(|| list("audience")?.first()?.as_str())
    }
}
