//! Settings: one TOML file, every key overridable by `GATEHOUSE__SECTION__KEY`, no key required.
//!
//! docs/CONFIGURATION.md lists every key; a test keeps it complete.

mod actions;
mod bridge;
mod load;
mod npm;
mod registration;
mod show;

use std::path::PathBuf;

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use actions::Actions;
use bridge::Bridge;
pub(crate) use load::{Loaded, Source, load};
use registration::Registration;
pub(crate) use show::{schema, show};

/// Everything that can be set.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// Where the database, keys, certificates and mails lie. Made at first start.
    pub data_dir: PathBuf,
    /// Which parts this process runs.
    pub roles: Vec<Role>,
    /// Where data is stored.
    pub database: Database,
    /// The key-encryption key.
    pub keys: Keys,
    /// The gateway's listener, and the control plane that a separate gateway follows.
    pub gateway: Gateway,
    /// The platform API and the console.
    pub platform: Platform,
    /// The developer portal.
    pub portal: Portal,
    /// The identity tenant.
    pub identity: Identity,
    /// Health and metrics.
    pub operations: Listener,
    /// Outgoing mail.
    pub mail: Mail,
    /// Outgoing requests.
    pub egress: Egress,
    /// Log lines.
    pub log: Log,
}

/// A part of the product that one process may run or leave to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// The data plane.
    Gateway,
    /// The platform API and the console.
    Platform,
    /// The developer portal.
    Portal,
    /// The identity tenant.
    Identity,
}

/// Where data is stored.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Database {
    /// `postgres://user:password@host/database`. Without it, SQLite in the data directory.
    pub url: Option<String>,
    /// Connections to PostgreSQL.
    pub max_connections: Option<u32>,
}

/// The key-encryption key: by default made and kept in the data directory.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Keys {
    /// Base64 keys of 32 bytes; the first seals, the others only open.
    pub secrets: Vec<String>,
    /// A program and its arguments that print such keys, one a line: the door to a KMS.
    pub command: Vec<String>,
}

/// A listener.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listener {
    /// `host:port`; port 0 picks a free one.
    pub listen: String,
    /// How connections are protected.
    pub tls: Tls,
    /// The address that people and clients use, where a proxy stands in front.
    pub public_url: Option<String>,
}

impl Listener {
    fn on(port: u16) -> Self {
        Self {
            listen: format!("127.0.0.1:{port}"),
            tls: Tls::Off,
            public_url: None,
        }
    }
}

/// How connections are protected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Tls {
    /// Plain HTTP.
    #[default]
    Off,
    /// A certificate from a local CA made in the data directory.
    Local,
    /// PEM files, read again on SIGHUP.
    #[serde(untagged)]
    Files {
        /// The certificate chain, leaf first.
        certificate: PathBuf,
        /// Its private key.
        key: PathBuf,
    },
}

/// The gateway.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gateway {
    /// `host:port`; port 0 picks a free one.
    pub listen: String,
    /// How connections are protected.
    pub tls: Tls,
    /// The address that people and clients use, where a proxy stands in front.
    pub public_url: Option<String>,
    /// Worker threads; one a core by default.
    pub workers: Option<usize>,
    /// For `gatehouse gateway`: the platform API to follow, such as `https://control.example:8001`.
    pub control_plane: Option<String>,
    /// For `gatehouse gateway`: a platform token that may read the gateway's configuration.
    pub control_plane_token: Option<String>,
    /// For `gatehouse gateway`: the node's name in the control plane; its host name by default.
    pub node: Option<String>,
    /// Where a separate gateway keeps its last configuration; in the data directory by default.
    pub cache_file: Option<PathBuf>,
    /// Base64 key of 32 bytes that seals session cookies; nodes behind one address share it.
    pub session_key: Option<String>,
}

impl Default for Gateway {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8000".into(),
            tls: Tls::default(),
            public_url: None,
            workers: None,
            control_plane: None,
            control_plane_token: None,
            node: None,
            cache_file: None,
            session_key: None,
        }
    }
}

/// The platform API and the console.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Platform {
    /// `host:port`; port 0 picks a free one.
    pub listen: String,
    /// How connections are protected.
    pub tls: Tls,
    /// The address that people and clients use, where a proxy stands in front.
    pub public_url: Option<String>,
    /// Proxies in front of this listener, such as `10.1.0.0/16`, whose `X-Forwarded-For` is believed where
    /// failed sign-ins are counted.
    #[schemars(with = "Vec<String>")]
    pub trusted_proxies: Vec<IpNet>,
}

impl Default for Platform {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8001".into(),
            tls: Tls::default(),
            public_url: None,
            trusted_proxies: Vec::new(),
        }
    }
}

/// The developer portal.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Portal {
    /// `host:port`; port 0 picks a free one.
    pub listen: String,
    /// How connections are protected.
    pub tls: Tls,
    /// The address that people use, where a proxy stands in front.
    pub public_url: Option<String>,
    /// Milliseconds that a revocation waits for connected gateways before it names those that lag.
    pub settle_timeout_ms: u64,
    /// Proxies in front of this listener, such as `10.1.0.0/16`, whose `X-Forwarded-For` is believed.
    #[schemars(with = "Vec<String>")]
    pub trusted_proxies: Vec<IpNet>,
}

impl Default for Portal {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8003".into(),
            tls: Tls::default(),
            public_url: None,
            settle_timeout_ms: 2000,
            trusted_proxies: Vec::new(),
        }
    }
}

/// The identity tenant.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Identity {
    /// `host:port`; port 0 picks a free one.
    pub listen: String,
    /// How connections are protected.
    pub tls: Tls,
    /// The tenant's canonical address. Its issuer is this with a slash.
    pub public_url: Option<String>,
    /// Further host names (with port) at which the tenant answers as an issuer of that name.
    pub hosts: Vec<String>,
    /// Private or local networks in which the keys, metadata documents and request objects of clients may
    /// lie, such as `10.1.0.0/16`. `egress.allow` does not count here: clients name these addresses.
    #[schemars(with = "Vec<String>")]
    pub egress_allow: Vec<IpNet>,
    /// Proxies in front of this listener, such as `10.1.0.0/16`, whose `X-Forwarded-For`, `-Host` and
    /// `-Proto` are believed. They must overwrite the last two.
    #[schemars(with = "Vec<String>")]
    pub trusted_proxies: Vec<IpNet>,
    /// Sign-ins that may wait for their user at once; beyond, the oldest of whichever address block has most
    /// are forgotten.
    pub max_pending: u32,
    /// Pushed authorization requests that may wait at once, bounded alike.
    pub max_pushed_requests: u32,
    /// Device codes that may be known at once, bounded alike.
    pub max_device_codes: u32,
    /// Clients that register themselves.
    pub registration: Registration,
    /// Actions.
    pub actions: Actions,
    /// Konnect's custom DCR, served.
    pub bridge: Bridge,
}

impl Default for Identity {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8005".into(),
            tls: Tls::default(),
            public_url: None,
            hosts: Vec::new(),
            egress_allow: Vec::new(),
            trusted_proxies: Vec::new(),
            max_pending: 20_000,
            max_pushed_requests: 10_000,
            max_device_codes: 20_000,
            registration: Registration::default(),
            actions: Actions::default(),
            bridge: Bridge::default(),
        }
    }
}

/// Outgoing mail. Without an SMTP server mails become files in `outbox/mail/`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mail {
    /// `smtps://user:password@host:465` or `smtp://host:587?tls=required`.
    pub smtp_url: Option<String>,
    /// The sender.
    pub from: String,
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            smtp_url: None,
            from: "Developer Portal <portal@localhost>".into(),
        }
    }
}

/// Outgoing requests.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Egress {
    /// Networks that requests may reach although they are private or local, such as `10.1.0.0/16`.
    #[schemars(with = "Vec<String>")]
    pub allow: Vec<IpNet>,
    /// Seconds that a request may take.
    pub timeout_s: u64,
    /// PEM file with further certificate authorities to trust.
    pub ca_file: Option<PathBuf>,
}

impl Default for Egress {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            timeout_s: 15,
            ca_file: None,
        }
    }
}

/// Log lines.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Log {
    /// `error`, `warn`, `info`, `debug`, `trace`, or `tracing` directives such as `info,gateway=debug`.
    pub level: String,
    /// `text` or `json`.
    pub format: LogFormat,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines, one object a line.
    Json,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            level: "info".into(),
            format: LogFormat::Text,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("data"),
            roles: vec![Role::Gateway, Role::Platform, Role::Portal, Role::Identity],
            database: Database::default(),
            keys: Keys::default(),
            gateway: Gateway::default(),
            platform: Platform::default(),
            portal: Portal::default(),
            identity: Identity::default(),
            operations: Listener::on(8007),
            mail: Mail::default(),
            egress: Egress::default(),
            log: Log::default(),
        }
    }
}
