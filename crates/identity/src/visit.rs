//! From where somebody asks.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use web::Locale;

use crate::Tenant;
use crate::settings::{Issuer, Settings, peer};

/// From where somebody asks, and for which client. Sign-ins, mails and log entries need it.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    /// The caller's network address; empty where there is none (a call from this process).
    pub(crate) ip: String,
    pub(crate) user_agent: String,
    /// The tenant's own origin that was asked, for links in mails.
    pub(crate) issuer: Issuer,
    /// The language to write in.
    pub(crate) locale: Locale,
    /// The client that the visitor comes from, where it is known.
    pub(crate) client_id: Option<String>,
    /// Whether an Action of this tenant asks.
    pub(crate) from_action: bool,
}

/// Marks the requests that Actions of the tenant make to the tenant itself. Nobody can send it: it is
/// put on by [`router_for_actions`](crate::router_for_actions), inside the process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FromAction;

impl Visit {
    /// The same visit, made for a client.
    #[must_use]
    pub(crate) fn for_client(self, client_id: &str) -> Self {
        Self {
            client_id: Some(client_id.to_owned()),
            ..self
        }
    }
}

impl FromRequestParts<Tenant> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, tenant: &Tenant) -> Result<Self, Infallible> {
        let Ok(issuer) = Issuer::from_request_parts(parts, tenant).await;
        let caller = peer(parts).map(|peer| caller(tenant.settings(), peer, &parts.headers));
        let languages = text(&parts.headers, header::ACCEPT_LANGUAGE);
        Ok(Self {
            ip: caller.map(|caller| caller.to_string()).unwrap_or_default(),
            user_agent: text(&parts.headers, header::USER_AGENT)
                .unwrap_or_default()
                .chars()
                .take(500)
                .collect(),
            issuer,
            locale: Locale::choose_among(&tenant.tenant_settings().locales(), [], languages),
            client_id: None,
            from_action: parts.extensions.get::<FromAction>().is_some(),
        })
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Who calls: the peer itself or, where the peer is a proxy of the operator's, the last address in
/// `X-Forwarded-For` that is none. Each proxy adds the address that it saw; everything before what the
/// first of ours added is the caller's own word.
fn caller(settings: &Settings, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let lines = headers.get_all("x-forwarded-for").iter().rev();
    let hops = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
    let mut caller = peer;
    for hop in hops {
        if !settings.is_proxy(caller) {
            break;
        }
        match address(hop.trim()) {
            Some(address) => caller = address,
            None => break,
        }
    }
    caller
}

/// An address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse::<SocketAddr>().map(|address| address.ip());
    let address = text.parse::<IpAddr>().or_else(|_| with_port()).ok()?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::caller;
    use crate::{Origin, Settings};

    fn called(proxies: &[&str], peer: &str, lines: &[&'static str]) -> String {
        let settings = Settings {
            trusted_proxies: proxies.iter().map(|own| own.parse().unwrap()).collect(),
            ..Settings::new(Origin::parse("https://login.example.com").unwrap())
        };
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", HeaderValue::from_static(line));
        }
        caller(&settings, peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn rfc9700_4_13_what_a_stranger_says_of_addresses_counts_for_nothing() {
        let sent = ["192.0.2.7"];
        assert_eq!(called(&[], "203.0.113.9", &sent), "203.0.113.9");
        let ours = ["10.0.0.0/8"];
        assert_eq!(called(&ours, "203.0.113.9", &sent), "203.0.113.9");
        assert_eq!(called(&ours, "10.0.0.1", &sent), "192.0.2.7");
    }

    #[test]
    fn of_forwarded_addresses_the_last_that_is_no_proxy_is_the_caller() {
        let ours = ["10.0.0.0/8", "2001:db8:1::/48"];
        let cases: [(&[&'static str], &str); 6] = [
            (&["192.0.2.1, 192.0.2.7"], "192.0.2.7"),
            (&["192.0.2.1", "192.0.2.7, 10.9.9.9"], "192.0.2.7"),
            (&["2001:db8::1"], "2001:db8::1"),
            (&["192.0.2.7:4711, [2001:db8:1::5]:80"], "192.0.2.7"),
            (&["192.0.2.7, unknown"], "10.0.0.1"),
            (&[], "10.0.0.1"),
        ];
        for (lines, expected) in cases {
            assert_eq!(called(&ours, "10.0.0.1", lines), expected, "{lines:?}");
        }
    }
}
