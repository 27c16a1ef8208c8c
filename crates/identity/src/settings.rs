//! Where a tenant is reached, and which issuer answers.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use ipnet::IpNet;
use url::{Host, Url};

use crate::model::client::Client;
use crate::model::registration::CreatedBy;
use crate::{BridgeSettings, RegistrationPolicy, Tenant};

/// Where a tenant is reached.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The tenant's own origin. The Management API's identifier is this origin and `/api/v2/`,
    /// whichever host a request comes by.
    pub canonical: Origin,
    /// Further origins under which the tenant answers: custom domains, `localhost`. A token's issuer
    /// is the origin that it was asked at.
    pub hosts: Vec<Origin>,
    /// Proxies in front of the tenant, whose `X-Forwarded-For`, `-Host` and `-Proto` are believed. They
    /// must overwrite the last two: anyone may send them (RFC 9700 §4.13).
    pub trusted_proxies: Vec<IpNet>,
    /// Sign-ins that may wait for their user at once; beyond, the oldest of whoever has most go.
    pub max_pending: u32,
    /// Pushed authorization requests that may wait at once, bounded alike.
    pub max_pushed_requests: u32,
    /// Device codes that may be known at once, bounded alike.
    pub max_device_codes: u32,
    /// The tenant's name, which clients carry as `tenant`.
    pub name: String,
    /// What clients that register themselves may do.
    pub registration: RegistrationPolicy,
    /// How Actions run.
    pub actions: ActionsSettings,
    /// Who may make clients over the HTTP DCR bridge.
    pub bridge: BridgeSettings,
}

/// How Actions run.
#[derive(Clone, Debug)]
pub struct ActionsSettings {
    /// Whether they run at all. Where they do not, they are kept and edited, and nothing happens.
    pub enabled: bool,
    /// The npm registry that packages come from; without one, Actions have no packages.
    pub registry: Option<Url>,
    /// Threads, and so Actions that run at a time; four a core by default, 8 to 64.
    pub threads: Option<usize>,
    /// Executions that may wait for a thread; one more fails.
    pub queue: usize,
    /// Bytes of memory that one execution may have.
    pub memory: usize,
    /// Networks that Actions and the registry's packages may be reached in although they are not public.
    pub egress_allow: Vec<IpNet>,
}

impl Default for ActionsSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            registry: None,
            threads: None,
            queue: 256,
            memory: 64 << 20,
            egress_allow: Vec::new(),
        }
    }
}

impl Settings {
    /// A tenant with one origin.
    #[must_use]
    pub fn new(canonical: Origin) -> Self {
        Self {
            name: canonical.authority().to_owned(),
            canonical,
            hosts: Vec::new(),
            trusted_proxies: Vec::new(),
            max_pending: 20_000,
            max_pushed_requests: 10_000,
            max_device_codes: 20_000,
            registration: RegistrationPolicy::default(),
            actions: ActionsSettings::default(),
            bridge: BridgeSettings::default(),
        }
    }

    /// The identifier (audience) of the Management API.
    #[must_use]
    pub fn management_audience(&self) -> String {
        format!("{}/api/v2/", self.canonical)
    }

    /// Whether the operator lets the client ask for a scope. Only those that registered themselves are
    /// limited.
    pub(crate) fn allows_scope(&self, client: &Client, scope: &str) -> bool {
        client.created_by == CreatedBy::Management || self.registration.allows_scope(scope)
    }

    /// Every origin of the tenant, the canonical one first.
    pub(crate) fn origins(&self) -> impl Iterator<Item = &Origin> {
        std::iter::once(&self.canonical).chain(&self.hosts)
    }

    /// The issuer of this name; the canonical one if the tenant is not reached under it any more.
    pub(crate) fn issuer_named(&self, issuer: &str) -> Issuer {
        let named = self.origins().map(Origin::issuer);
        let mut named = named.filter(|own| own.as_str() == issuer);
        named.next().unwrap_or_else(|| self.canonical.issuer())
    }

    /// Whether the audience is the Management API under any of the tenant's hosts, with or without
    /// the trailing slash. Portals derive it from the issuer that they were given.
    pub(crate) fn is_management_audience(&self, audience: &str) -> bool {
        let trimmed = audience.trim_end_matches('/');
        self.origins().any(|origin| {
            trimmed
                .strip_prefix(origin.as_str())
                .is_some_and(|path| path == "/api/v2")
        })
    }

    /// Whether an address is a proxy that stands in front of the tenant.
    pub(crate) fn is_proxy(&self, address: IpAddr) -> bool {
        web::is_within(&self.trusted_proxies, address)
    }

    /// The issuer for a request of `peer`: the tenant's origin with the request's host, else the
    /// canonical one.
    fn issuer(&self, peer: Option<IpAddr>, headers: &HeaderMap, target: Option<&str>) -> Issuer {
        let header = |name| {
            headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::trim)
        };
        let trusted = peer.is_some_and(|peer| self.is_proxy(peer));
        let forwarded = trusted.then(|| header("x-forwarded-host"));
        let host = forwarded
            .flatten()
            .or(target)
            .or_else(|| header(header::HOST.as_str()));
        let scheme = trusted.then(|| header("x-forwarded-proto")).flatten();
        let mut fitting = host
            .into_iter()
            .flat_map(|host| self.origins().filter(move |origin| origin.serves(host)));
        let origin = match scheme {
            Some(scheme) => fitting.find(|origin| origin.scheme() == scheme),
            None => fitting.next(),
        };
        origin.unwrap_or(&self.canonical).issuer()
    }
}

/// A scheme and an authority: `http://127.0.0.1:8005`. Never with a path or a trailing slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    text: Arc<str>,
    issuer: Arc<str>,
    scheme_len: usize,
}

/// The text is not an origin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an origin: write a scheme and a host, like https://login.example.com")]
pub struct InvalidOrigin(String);

impl Origin {
    /// Reads `scheme://host[:port]`; a trailing slash is dropped, as is the scheme's own port.
    ///
    /// # Errors
    /// [`InvalidOrigin`] if there is a path, a query, user information, or another scheme than
    /// `http` and `https`.
    pub fn parse(text: &str) -> Result<Self, InvalidOrigin> {
        let invalid = || InvalidOrigin(text.to_owned());
        let url = Url::parse(text).map_err(|_| invalid())?;
        let bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        let host = url.host().ok_or_else(invalid)?;
        if !bare || !matches!(url.scheme(), "http" | "https") || host == Host::Domain("") {
            return Err(invalid());
        }
        let port = url
            .port()
            .map(|port| format!(":{port}"))
            .unwrap_or_default();
        let text = format!("{}://{host}{port}", url.scheme());
        Ok(Self {
            issuer: format!("{text}/").into(),
            text: text.into(),
            scheme_len: url.scheme().len(),
        })
    }

    /// `scheme://host[:port]`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `http` or `https`.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.text[..self.scheme_len]
    }

    /// `host[:port]`.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.text[self.scheme_len + 3..]
    }

    pub(crate) fn issuer(&self) -> Issuer {
        Issuer(self.issuer.clone())
    }

    /// Whether a `Host` header names this origin; the scheme's own port may be written out.
    fn serves(&self, host: &str) -> bool {
        let default_port = if self.scheme() == "https" {
            ":443"
        } else {
            ":80"
        };
        let written = host.strip_suffix(default_port).unwrap_or(host);
        written.eq_ignore_ascii_case(self.authority())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An issuer identifier (RFC 8414 §2) as the vendor writes it: an origin with a trailing slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Issuer(Arc<str>);

impl Issuer {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is reached over TLS.
    pub(crate) fn is_secure(&self) -> bool {
        self.0.starts_with("https:")
    }

    /// `host[:port]`.
    pub(crate) fn host(&self) -> &str {
        let rest = self.0.split_once("://").map_or(&*self.0, |(_, rest)| rest);
        rest.trim_end_matches('/')
    }

    /// The URL of an endpoint; `path` has no leading slash.
    pub(crate) fn endpoint(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

/// The address at the other end of the connection, if there is one.
pub(crate) fn peer(parts: &Parts) -> Option<IpAddr> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map(|peer| peer.0.ip().to_canonical())
}

/// The issuer that the request's host names.
impl FromRequestParts<Tenant> for Issuer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        tenant: &Tenant,
    ) -> Result<Self, Self::Rejection> {
        // HTTP/2 carries the host in the target (`:authority`), HTTP/1.1 in the header.
        let target = parts.uri.authority().map(|authority| authority.as_str());
        Ok(tenant
            .settings()
            .issuer(peer(parts), &parts.headers, target))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::{Origin, Settings};

    fn settings() -> Settings {
        Settings {
            hosts: vec![
                Origin::parse("http://localhost:8005").unwrap(),
                Origin::parse("https://Login.Example.com/").unwrap(),
            ],
            ..Settings::new(Origin::parse("http://127.0.0.1:8005").unwrap())
        }
    }

    fn issuer(settings: &Settings, headers: &[(&'static str, &'static str)]) -> String {
        issuer_from("203.0.113.9", settings, headers)
    }

    fn issuer_from(
        peer: &str,
        settings: &Settings,
        headers: &[(&'static str, &'static str)],
    ) -> String {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
            .collect();
        let peer = Some(peer.parse().unwrap());
        settings.issuer(peer, &headers, None).as_str().to_owned()
    }

    #[test]
    fn the_issuer_follows_the_host_where_the_tenant_knows_it() {
        let settings = settings();
        let cases = [
            ("localhost:8005", "http://localhost:8005/"),
            ("LOGIN.example.com", "https://login.example.com/"),
            ("login.example.com:443", "https://login.example.com/"),
            ("evil.example", "http://127.0.0.1:8005/"),
            ("localhost:9999", "http://127.0.0.1:8005/"),
        ];
        for (host, expected) in cases {
            assert_eq!(issuer(&settings, &[("host", host)]), expected, "{host}");
        }
    }

    #[test]
    fn rfc9700_4_13_forwarded_headers_count_only_from_a_proxy_that_the_operator_named() {
        let sent = [
            ("host", "127.0.0.1:8005"),
            ("x-forwarded-host", "login.example.com"),
            ("x-forwarded-proto", "https"),
        ];
        assert_eq!(issuer(&settings(), &sent), "http://127.0.0.1:8005/");
        let trusting = Settings {
            trusted_proxies: vec!["10.1.0.0/16".parse().unwrap()],
            ..settings()
        };
        assert_eq!(issuer(&trusting, &sent), "http://127.0.0.1:8005/");
        for proxy in ["10.1.2.3", "::ffff:10.1.2.3"] {
            let named = issuer_from(proxy, &trusting, &sent);
            assert_eq!(named, "https://login.example.com/", "{proxy}");
        }
    }

    #[test]
    fn an_origin_is_a_scheme_and_a_host() {
        for text in [
            "ftp://x",
            "https://x/path",
            "https://u@x",
            "x",
            "https://x?q",
        ] {
            assert!(Origin::parse(text).is_err(), "{text}");
        }
        let origin = Origin::parse("https://X.example:443/").unwrap();
        assert_eq!(
            (origin.as_str(), origin.scheme(), origin.authority()),
            ("https://x.example", "https", "x.example")
        );
    }

    #[test]
    fn the_management_api_is_known_by_every_host_of_the_tenant() {
        let settings = settings();
        assert!(settings.is_management_audience("http://127.0.0.1:8005/api/v2/"));
        assert!(settings.is_management_audience("https://login.example.com/api/v2"));
        assert!(!settings.is_management_audience("https://evil.example/api/v2/"));
        assert!(!settings.is_management_audience("https://login.example.com/api/v22"));
    }
}
