//! `[identity.registration]`: what clients that register themselves may do.

use std::time::Duration;

use identity::{RegistrationPolicy, SoftwareIssuer};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What clients that register themselves may do, once an administrator has switched it on in the tenant's
/// settings.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Registration {
    /// Registering needs an initial access token.
    pub require_token: bool,
    /// Clients may read, change and remove their registration (RFC 7592).
    pub management: bool,
    /// Hosts that redirect URIs may have: `app.example.com`, `*.example.com`, `localhost`. Any if empty.
    pub redirect_hosts: Vec<String>,
    /// Private-use schemes of native applications beside reverse domain names, such as `cursor`.
    pub redirect_schemes: Vec<String>,
    /// Grant types that clients may have. Any that the profile allows if empty.
    pub grant_types: Vec<String>,
    /// Scopes that clients may ask for. Any if empty.
    pub scopes: Vec<String>,
    /// Words that names of clients must not hold, in whatever spelling.
    pub reserved_names: Vec<String>,
    /// Registrations that one address (IPv4) or /56 (IPv6) may make in an hour.
    pub per_origin: u32,
    /// Registrations a second that the tenant takes from all together. No bound if absent.
    pub per_second: Option<u32>,
    /// Clients that were never used, at most; beyond, the oldest of whoever has most go.
    pub max_unused: u32,
    /// Clients that registered themselves, at most.
    pub max_clients: u32,
    /// Days that a client is kept that was never used.
    pub unused_days: u32,
    /// Days that a client is kept after its last use.
    pub lifetime_days: u32,
    /// Whose software statements are believed: tables with `issuer` and `jwks_uri`.
    pub software_issuers: Vec<Issuer>,
    /// Registering needs a software statement.
    pub require_software_statement: bool,
    /// Hosts of client ID metadata documents, written as `redirect_hosts`. Any if empty.
    pub document_hosts: Vec<String>,
}

/// Somebody whose software statements are believed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Issuer {
    /// Its `iss`.
    pub issuer: String,
    /// Where its keys are.
    pub jwks_uri: String,
}

const DAY: u64 = 86_400;

impl Default for Registration {
    fn default() -> Self {
        let policy = RegistrationPolicy::default();
        let days = |lifetime: Duration| u32::try_from(lifetime.as_secs() / DAY).unwrap_or(u32::MAX);
        Self {
            require_token: policy.require_token,
            management: policy.management,
            redirect_hosts: policy.redirect_hosts,
            redirect_schemes: policy.redirect_schemes,
            grant_types: policy.grant_types,
            scopes: policy.scopes,
            reserved_names: policy.reserved_names,
            per_origin: policy.per_origin,
            per_second: policy.per_second,
            max_unused: policy.max_unused,
            max_clients: policy.max_clients,
            unused_days: days(policy.unused_lifetime),
            lifetime_days: days(policy.lifetime),
            software_issuers: Vec::new(),
            require_software_statement: policy.require_software_statement,
            document_hosts: policy.document_hosts,
        }
    }
}

impl Registration {
    /// The policy as the tenant takes it.
    pub(crate) fn policy(&self) -> RegistrationPolicy {
        let days = |days: u32| Duration::from_secs(u64::from(days) * DAY);
        let issuers = self.software_issuers.iter().map(|known| SoftwareIssuer {
            issuer: known.issuer.clone(),
            jwks_uri: known.jwks_uri.clone(),
        });
        RegistrationPolicy {
            require_token: self.require_token,
            management: self.management,
            redirect_hosts: self.redirect_hosts.clone(),
            redirect_schemes: self.redirect_schemes.clone(),
            grant_types: self.grant_types.clone(),
            scopes: self.scopes.clone(),
            reserved_names: self.reserved_names.clone(),
            per_origin: self.per_origin,
            per_second: self.per_second,
            max_unused: self.max_unused,
            max_clients: self.max_clients,
            unused_lifetime: days(self.unused_days),
            lifetime: days(self.lifetime_days),
            software_issuers: issuers.collect(),
            require_software_statement: self.require_software_statement,
            document_hosts: self.document_hosts.clone(),
        }
    }
}
