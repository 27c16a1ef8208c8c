//! From where somebody asks.

use std::convert::Infallible;
use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use web::Locale;

use crate::Tenant;
use crate::settings::Issuer;

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
}

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
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map(|peer| peer.0.ip().to_string());
        let forwarded = match tenant.settings().trust_forwarded {
            true => last_forwarded(&parts.headers),
            false => None,
        };
        let languages = text(&parts.headers, header::ACCEPT_LANGUAGE);
        Ok(Self {
            ip: forwarded.or(peer).unwrap_or_default(),
            user_agent: text(&parts.headers, header::USER_AGENT)
                .unwrap_or_default()
                .chars()
                .take(500)
                .collect(),
            issuer,
            locale: Locale::choose([], languages),
            client_id: None,
        })
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The address that the proxy in front of this tenant saw: the last one, which it added itself.
/// Everything before it is the caller's own word.
fn last_forwarded(headers: &HeaderMap) -> Option<String> {
    let mut lines = headers.get_all("x-forwarded-for").iter();
    let last = lines.next_back()?.to_str().ok()?.rsplit(',').next()?.trim();
    last.parse::<std::net::IpAddr>()
        .ok()
        .map(|address| address.to_string())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::last_forwarded;

    #[test]
    fn of_forwarded_addresses_only_the_last_is_the_proxys_word() {
        let of = |line: &'static str| {
            let mut headers = HeaderMap::new();
            headers.append("x-forwarded-for", HeaderValue::from_static("10.9.9.9"));
            headers.append("x-forwarded-for", HeaderValue::from_static(line));
            last_forwarded(&headers)
        };
        assert_eq!(of("10.0.0.1, 192.0.2.7").as_deref(), Some("192.0.2.7"));
        assert_eq!(of("2001:db8::1").as_deref(), Some("2001:db8::1"));
        assert_eq!(of("unknown"), None);
    }
}
