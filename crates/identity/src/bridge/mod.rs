//! Konnect's "DCR HTTP integration", served: a portal that speaks it to a bridge gets this tenant's
//! clients. Off unless the operator gave API keys.
//!
//! Whoever has a key can make clients, and change or remove those alone that were made here.
//!
//! Source: Konnect's "DCR HTTP integration" 0.0.1,
//! <https://docs.konghq.com/konnect/dev-portal/applications/dynamic-client-registration/custom/>.

mod clients;
mod refusal;
mod wire;

use std::fmt;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, post};
use oauth::secret;
use secrecy::{ExposeSecret as _, SecretString};

use crate::Tenant;
use refusal::Refusal;

/// The largest body: a name, a description and lists of URIs and scopes.
const MAX_BODY: usize = 64 * 1024;

/// Who may make clients over the bridge, and for which API.
#[derive(Clone, Default)]
pub struct BridgeSettings {
    /// The keys that are taken; none turns the bridge off. Two, while one replaces the other.
    pub api_keys: Vec<SecretString>,
    /// The API that clients are granted with the scopes they are made with. Without it they get no
    /// token before an event names an audience.
    pub audience: Option<String>,
}

impl fmt::Debug for BridgeSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BridgeSettings")
            .field("api_keys", &self.api_keys.len())
            .field("audience", &self.audience)
            .finish()
    }
}

/// The bridge, under `/dcr`; nothing where it is off.
pub(crate) fn routes(tenant: &Tenant) -> Router<Tenant> {
    if tenant.settings().bridge.api_keys.is_empty() {
        return Router::new();
    }
    Router::new()
        .route("/dcr", post(clients::create).get(clients::lookup))
        .route("/dcr/", post(clients::create).get(clients::lookup))
        .route("/dcr/{client_id}", delete(clients::remove))
        .route("/dcr/{client_id}/new-secret", post(clients::new_secret))
        .route("/dcr/{client_id}/event-hook", post(clients::event))
        .layer(axum::extract::DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn_with_state(tenant.clone(), authenticate))
}

/// Every key is compared, so that the time tells nothing about which one fits.
async fn authenticate(State(tenant): State<Tenant>, request: Request, next: Next) -> Response {
    let sent = request.headers().get("x-api-key");
    let sent = sent
        .map(|sent| sent.as_bytes().to_vec())
        .unwrap_or_default();
    let keys = &tenant.settings().bridge.api_keys;
    let known = keys.iter().fold(false, |known, key| {
        known | secret::same(key.expose_secret().as_bytes(), &sent)
    });
    if !known {
        return Refusal::unauthenticated().into_response();
    }
    next.run(request).await
}
