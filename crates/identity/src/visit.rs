//! From where somebody asks.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use web::Locale;

use crate::Tenant;
use crate::settings::{Issuer, peer};

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
        let caller = peer(parts)
            .map(|peer| web::caller(&tenant.settings().trusted_proxies, peer, &parts.headers));
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
