//! Clients that register themselves (RFC 7591), manage their registration (RFC 7592), or are known by a
//! metadata document; and what keeps them within bounds.
//!
//! [`endpoint`] reads a request, [`register`] decides and stores, [`accept`] says what a client's metadata
//! become. docs/SECURITY.md says how a flood is met.

mod accept;
mod actions;
mod answer;
pub(crate) mod document;
mod endpoint;
pub(crate) mod initial_access;
mod manage;
mod prune;
mod refusal;
mod register;
mod sector;
mod seen;
mod statement;
mod uses;

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Method, header};
use axum::routing::{get, post};
use oauth::{Clock, Timestamp};
use serde_json::{Value, json};
use tower_http::cors::{Any, CorsLayer};
use web::{Allowance, Throttle};

use crate::bounds::Census;
use crate::settings::Issuer;
use crate::{Error, RegistrationPolicy, Tenant};
pub(crate) use prune::{pruned, sweep};
pub(crate) use uses::write as write_uses;

/// The largest request: a hundred redirect URIs and a few keys.
const MAX_BODY: usize = 64 * 1024;

/// The registration endpoint. Pages of any origin may call it: browser tools register too, and no cookie
/// counts here, so that a page can do nothing that its visitor could not do without it.
pub(crate) fn routes() -> Router<Tenant> {
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([header::ACCEPT, header::AUTHORIZATION, header::CONTENT_TYPE])
        .expose_headers([header::RETRY_AFTER, header::WWW_AUTHENTICATE])
        .max_age(Duration::from_secs(86_400));
    let one = get(manage::read)
        .put(manage::replace)
        .delete(manage::remove);
    Router::new()
        .route(
            "/oidc/register",
            post(endpoint::create).fallback(endpoint::wrong_method),
        )
        .route(
            "/oidc/register/{client_id}",
            one.fallback(manage::wrong_method),
        )
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(cors)
}

/// What the server's metadata say of registration: only what is switched on, so that nobody is led to a
/// closed door.
///
/// Clients that go by a metadata document are public, so `none` is among the methods with them.
pub(crate) fn advertise(tenant: &Tenant, issuer: &Issuer, document: &mut Value) {
    let settings = tenant.tenant_settings();
    if settings.flag("enable_dynamic_client_registration") {
        document["registration_endpoint"] = json!(issuer.endpoint("oidc/register"));
    }
    if document::is_on(tenant) {
        document["client_id_metadata_document_supported"] = json!(true);
    }
    if let Some(methods) = document["token_endpoint_auth_methods_supported"].as_array_mut()
        && !methods.contains(&json!("none"))
    {
        methods.push(json!("none"));
    }
}

/// Why there is no such client, for the user who came from it: what happened, and what to do.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn absence(tenant: &Tenant, client_id: &str) -> Result<String, Error> {
    let shown: String = client_id.chars().take(100).collect();
    if document::is_document(client_id)
        && let Some(why) = document::why_not(tenant, client_id)
    {
        return Ok(format!("Unknown client: {shown} {why}"));
    }
    Ok(match pruned(tenant, client_id).await? {
        Some(at) => {
            let day = at.to_rfc3339();
            let day = day.get(..10).unwrap_or_default();
            format!(
                "Unknown client: {shown}. It was removed on {day} because it was not used: start the \
                 application anew, or remove this server from it and add it again, so that it registers again"
            )
        }
        None => format!(
            "Unknown client: {shown}. It does not exist, or no longer does: let the application \
             register again"
        ),
    })
}

/// What registrations share on this node.
pub(crate) struct Registrar {
    /// What one address block may register.
    origins: Throttle,
    /// What all together may register, if the operator bounds it.
    all: Option<Throttle>,
    census: Census,
    documents: document::Documents,
    uses: uses::Uses,
}

impl Registrar {
    pub(crate) fn new(clock: &Clock, policy: &RegistrationPolicy) -> Self {
        let within = |time: Duration, count: u32| {
            let burst = count.max(1);
            let refill = time / burst;
            Throttle::new(clock.clone(), Allowance { burst, refill })
        };
        Self {
            origins: within(Duration::from_secs(3600), policy.per_origin),
            all: policy
                .per_second
                .map(|count| within(Duration::from_secs(1), count)),
            census: Census::new(),
            documents: document::Documents::new(clock),
            uses: uses::Uses::new(),
        }
    }

    /// Notes that a client got something it asked for, so that it is kept. It is written later, many at
    /// once.
    pub(crate) fn used(&self, client_id: &str, now: Timestamp) {
        self.uses.note(client_id, now);
    }
}
