//! What a control plane publishes and a gateway obeys.
//!
//! The types are plain data, valid as the control plane writes them: conflicts are refused there,
//! at write time. A gateway compiles them to a [`Snapshot`](crate) and never changes them.
//! The same JSON travels over the sync stream and lies on a node's disk.

use std::collections::BTreeMap;

use oauth::Timestamp;
use serde::{Deserialize, Serialize};

/// The whole configuration at one revision of the feed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// The feed's revision that this configuration reflects.
    pub revision: i64,
    /// Upstreams.
    pub services: Vec<Service>,
    /// How requests find a service.
    pub routes: Vec<Route>,
    /// How callers prove who they are.
    pub strategies: Vec<Strategy>,
    /// What developers register for: a published product version in front of a service.
    pub apis: Vec<Api>,
    /// Who may call.
    pub applications: Vec<Application>,
}

/// An upstream, in the terms of Kong's Service entity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// The service's id.
    pub id: String,
    /// The service's name, where it has one.
    pub name: Option<String>,
    /// `http` or `https`.
    pub protocol: String,
    /// Host name or address of the upstream.
    pub host: String,
    /// Port of the upstream.
    pub port: u16,
    /// Path put before every forwarded path, without a trailing slash; empty for none.
    pub path: String,
    /// Time to connect, in milliseconds.
    pub connect_timeout: u64,
    /// Time between two reads from the upstream, in milliseconds.
    pub read_timeout: u64,
    /// Time between two writes to the upstream, in milliseconds.
    pub write_timeout: u64,
    /// How often a request that reached no upstream is tried again.
    pub retries: u32,
    /// Whether the upstream's certificate must verify; `None` means yes.
    pub tls_verify: Option<bool>,
    /// Disabled services answer as if their routes were absent.
    pub enabled: bool,
}

/// A rule that sends requests to a service, in the terms of Kong's Route entity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Route {
    /// The route's id.
    pub id: String,
    /// The route's name, where it has one.
    pub name: Option<String>,
    /// The service that serves it.
    pub service_id: String,
    /// `http`, `https`; a route that lists only `https` refuses plain requests with 426.
    pub protocols: Vec<String>,
    /// Upper-case methods; empty matches all.
    pub methods: Vec<String>,
    /// Host names, lower case, `*.example.com` and `example.*` allowed; empty matches all.
    pub hosts: Vec<String>,
    /// Path prefixes; one that starts with `~` is a regular expression. Empty matches all.
    pub paths: Vec<String>,
    /// Header name to accepted values.
    pub headers: BTreeMap<String, Vec<String>>,
    /// Whether the matched prefix is cut before forwarding.
    pub strip_path: bool,
    /// Whether the caller's `Host` is forwarded instead of the service's.
    pub preserve_host: bool,
    /// Among regular expressions, the higher is tried first.
    pub regex_priority: i64,
}

/// How callers of an API prove who they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Strategy {
    /// The application auth strategy's id.
    pub id: String,
    /// The strategy's kind and settings.
    #[serde(flatten)]
    pub kind: StrategyKind,
}

/// A strategy's kind and settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "strategy_type", rename_all = "snake_case")]
pub enum StrategyKind {
    /// An API key in a header or query argument.
    KeyAuth {
        /// Names of the header and query argument that carry the key.
        key_names: Vec<String>,
    },
    /// Kong's `openid-connect` plugin, as far as the gateway serves it.
    OpenidConnect(Box<OpenidConnect>),
}

/// Settings of an `openid_connect` strategy. Names are those of Kong's `openid-connect` plugin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenidConnect {
    /// The issuer, normalised for discovery: no trailing slash, no `/api/v2`, no `.well-known/…`.
    pub issuer: String,
    /// Path of the claim that names the application's client, such as `["azp"]`.
    pub credential_claim: Vec<String>,
    /// Scopes asked for when credentials are exchanged for a token.
    pub scopes: Vec<String>,
    /// Methods tried: `session`, `bearer`, `client_credentials`.
    pub auth_methods: Vec<String>,
    /// Names of additional arguments of the token request.
    pub token_post_args_names: Vec<String>,
    /// Their values, position by position.
    pub token_post_args_values: Vec<String>,
    /// A token must hold one of these audiences; each entry may be several words, all of them required.
    pub audience_required: Vec<String>,
    /// Path of the audience claim.
    pub audience_claim: Vec<String>,
    /// A token must hold one of these scopes; each entry may be several words, all of them required.
    pub scopes_required: Vec<String>,
    /// Path of the scope claim.
    pub scopes_claim: Vec<String>,
    /// Issuers accepted beside the discovered one.
    pub issuers_allowed: Vec<String>,
    /// Where client credentials are looked for: `header`, `query`, `body`.
    pub client_credentials_param_type: Vec<String>,
    /// Where a bearer token is looked for: `header`, `query`, `body`, `cookie`.
    pub bearer_token_param_type: Vec<String>,
    /// Whether credentials are removed before forwarding.
    pub hide_credentials: bool,
    /// Name of the header that carries the token upstream; `None` sends none.
    pub upstream_access_token_header: Option<String>,
    /// Whether exchanged tokens are kept until they expire.
    pub cache_tokens: bool,
    /// Seconds a token without expiry is kept.
    pub cache_ttl: u64,
    /// Seconds of clock difference forgiven.
    pub leeway: u64,
    /// Whether the issuer's certificate must verify.
    pub ssl_verify: bool,
    /// The session cookie.
    pub session: Session,
}

/// The session cookie of an `openid_connect` strategy. Lifetimes are whole seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// The cookie's name.
    pub cookie_name: String,
    /// The cookie's `Path`.
    pub cookie_path: String,
    /// The cookie's `Domain`, where set.
    pub cookie_domain: Option<String>,
    /// `Lax`, `Strict` or `None`.
    pub cookie_same_site: String,
    /// Whether the cookie is `HttpOnly`.
    pub cookie_http_only: bool,
    /// Whether the cookie is `Secure`; `None` follows the connection.
    pub cookie_secure: Option<bool>,
    /// After this long without a request the session ends.
    pub idling_timeout: u64,
    /// After this long the cookie is written anew.
    pub rolling_timeout: u64,
    /// After this long the session ends, used or not.
    pub absolute_timeout: u64,
}

impl Default for Session {
    /// Kong's defaults: rolling one hour, idle 15 minutes, a day at the most.
    fn default() -> Self {
        Self {
            cookie_name: "session".into(),
            cookie_path: "/".into(),
            cookie_domain: None,
            cookie_same_site: "Lax".into(),
            cookie_http_only: true,
            cookie_secure: None,
            idling_timeout: 900,
            rolling_timeout: 3600,
            absolute_timeout: 86_400,
        }
    }
}

/// A published product version: what applications register for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Api {
    /// The product version's id: what a registration names.
    pub id: String,
    /// The service it stands in front of.
    pub service_id: String,
    /// The strategies its callers may use, one per portal that publishes it. Never empty: a
    /// version without a strategy is not published to gateways, and its service stays open.
    pub strategy_ids: Vec<String>,
}

/// An application that may call, or could call if it were registered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Application {
    /// The application's id in the portal.
    pub id: String,
    /// The application's name, for consumer headers and log lines.
    pub name: String,
    /// The strategy it was created with.
    pub strategy_id: String,
    /// Values of the strategy's credential claim that mean this application: its client ids.
    pub client_ids: Vec<String>,
    /// API keys, for `key_auth` strategies.
    pub keys: Vec<Key>,
    /// Client secrets that are told from the others of the same client, while an old one works beside
    /// the present one: so that the last use of each can be said. They let nobody in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Secret>,
    /// Counts the rotations of its secret. Whatever was derived from an earlier secret (an
    /// exchanged token, a session) is refused once the gateway knows a higher count.
    pub secret_version: i64,
    /// APIs that it is registered for and approved. A registration that is not approved is absent.
    pub registrations: Vec<Registration>,
}

/// One API key of an application.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Key {
    /// The credential's id, sent upstream as `X-Credential-Identifier`.
    pub id: String,
    /// Lower-case hexadecimal SHA-256 of the key, which has 256 random bits of its own.
    pub sha256: String,
    /// When it stops working.
    pub expires_at: Option<Timestamp>,
}

/// What a client secret is known by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    /// What the issuer calls it.
    pub id: String,
    /// What is hashed before the secret.
    pub salt: String,
    /// Lower-case hexadecimal SHA-256 of both.
    pub sha256: String,
}

/// When a credential of an application was last let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// The application.
    pub application_id: String,
    /// The client id, the [`Key::id`] or the [`Secret::id`].
    pub credential: String,
    /// The minute.
    pub used_at: Timestamp,
}

/// An approved registration of an application for an API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    /// The [`Api::id`].
    pub api_id: String,
    /// Scopes granted to the application for it; empty where the strategy has no managed scopes.
    pub scopes: Vec<String>,
}

/// What changed after a revision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Update {
    /// Everything, for a node that starts or fell too far behind.
    Full(Config),
    /// Applications alone: the common change, small however many applications there are.
    Applications {
        /// The revision that this update starts from; a node at another asks for everything.
        from: i64,
        /// The revision that it leads to.
        revision: i64,
        /// Applications to add or replace.
        changed: Vec<Application>,
        /// Ids of applications that are gone.
        removed: Vec<String>,
    },
    /// Everything but the applications, and those applications that changed: a change of routes or APIs
    /// costs what there is of them, however many applications there are. Only a node that says it
    /// understands these gets them.
    Configuration {
        /// As for applications alone.
        from: i64,
        /// All that there is, at the revision that the update leads to, without applications.
        config: Config,
        /// Applications to add or replace.
        changed: Vec<Application>,
        /// Ids of applications that are gone.
        removed: Vec<String>,
    },
}

impl Update {
    /// The revision that it leads to.
    #[must_use]
    pub const fn revision(&self) -> i64 {
        match self {
            Self::Full(config) | Self::Configuration { config, .. } => config.revision,
            Self::Applications { revision, .. } => *revision,
        }
    }
}

/// One line of the stream that a node follows, and of the file in which it keeps what it got.
///
/// The stream is NDJSON: [`Update`]s, and between them a heartbeat at least every 20 seconds. The
/// first line is an update unless the node is at the current revision already.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Line {
    /// The control plane is there, and this stream has sent everything up to `revision`.
    Heartbeat {
        /// The revision that the node should be at.
        revision: i64,
    },
    /// A change to apply.
    #[serde(untagged)]
    Update(Update),
}

impl Line {
    /// Reads a line.
    ///
    /// The type is looked at first and the rest read straight into place: an enum's own way would
    /// hold a large configuration twice.
    ///
    /// # Errors
    /// If the line is not JSON of a known type.
    pub fn parse(line: &[u8]) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Tag<'a> {
            #[serde(rename = "type", borrow)]
            kind: std::borrow::Cow<'a, str>,
        }
        let tag: Tag<'_> = serde_json::from_slice(line)?;
        if tag.kind == "full" {
            return serde_json::from_slice(line).map(|config| Self::Update(Update::Full(config)));
        }
        serde_json::from_slice(line)
    }
}

#[cfg(test)]
mod tests {
    use super::{Config, Line, Update};

    #[test]
    fn lines_come_back_as_they_were_written() {
        let lines = [
            Line::Heartbeat { revision: 7 },
            Line::Update(Update::Full(Config {
                revision: 7,
                ..Config::default()
            })),
            Line::Update(Update::Applications {
                from: 7,
                revision: 8,
                changed: Vec::new(),
                removed: vec!["application".into()],
            }),
            Line::Update(Update::Configuration {
                from: 8,
                config: Config {
                    revision: 9,
                    ..Config::default()
                },
                changed: Vec::new(),
                removed: vec!["application".into()],
            }),
        ];
        for line in lines {
            let text = serde_json::to_vec(&line).unwrap();
            assert_eq!(Line::parse(&text).unwrap(), line);
        }
        assert!(Line::parse(br#"{"type":"other"}"#).is_err());
        assert!(Line::parse(b"{").is_err());
    }
}
