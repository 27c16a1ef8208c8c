//! Doors for tests and benchmarks, where a browser would go the long way round.

use std::time::Duration;

use oauth::Scopes;
use oauth::pkce::Challenge;
use serde_json::Value;
use storage::outbox::Outbox;

use crate::model::Members;
use crate::model::authorization::Authorization;
use crate::service::device::{self, Approval};
use crate::service::{self};
use crate::store::authorization_codes::NewCode;
use crate::token::issue;
use crate::{Error, Tenant};

/// An authorization code, as if a user had signed in and consented.
#[derive(Clone, Debug, Default)]
pub struct Code {
    /// Whose it is.
    pub client_id: String,
    /// Who consented.
    pub user_id: String,
    /// What was granted.
    pub scope: String,
    /// The API, or none.
    pub audience: Option<String>,
    /// Where it went.
    pub redirect_uri: Option<String>,
    /// PKCE.
    pub challenge: Option<Challenge>,
    /// The request's nonce.
    pub nonce: Option<String>,
    /// The session that it was made in.
    pub session_id: Option<String>,
    /// The request's `claims`.
    pub claims: Option<Value>,
    /// The key that it is bound to.
    pub dpop_jkt: Option<String>,
}

impl Code {
    /// Makes the code; it is good for a minute.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn issue(&self, tenant: &Tenant) -> Result<String, Error> {
        let now = tenant.clock().now();
        let claims: Option<Members> = self.claims.as_ref().and_then(Value::as_object).cloned();
        let code = NewCode {
            authorization: Authorization {
                client_id: self.client_id.clone(),
                user_id: self.user_id.clone(),
                session_id: self.session_id.clone(),
                auth_time: now,
                audience: self.audience.clone(),
                scope: self.scope.parse().unwrap_or_else(|_| Scopes::new()),
                nonce: self.nonce.clone(),
                acr: None,
                amr: vec!["pwd".to_owned()],
                claims,
                dpop_jkt: self.dpop_jkt.clone(),
                custom: None,
            },
            redirect_uri: self.redirect_uri.clone(),
            code_challenge: self.challenge.clone(),
            issued_at: now,
            expires_at: now + Duration::from_secs(60),
        };
        let mut tx = tenant.db().begin().await?;
        let text = issue::authorization_code(tenant, &mut tx, &code).await?;
        tx.commit().await?;
        Ok(text)
    }
}

/// Approves a device, as its user would. Gives whether it waited.
///
/// # Errors
/// [`Error::Unavailable`].
pub async fn approve_device(
    tenant: &Tenant,
    user_code: &str,
    user_id: &str,
) -> Result<bool, Error> {
    let Some(user) = service::users::find(tenant, user_id).await? else {
        return Ok(false);
    };
    let approval = Approval {
        custom: None,
        user: &user,
        session_id: None,
        auth_time: tenant.clock().now(),
        acr: None,
        amr: vec!["pwd".to_owned()],
    };
    device::approve(tenant, user_code, approval).await
}

/// Sends a device away, as its user would.
///
/// # Errors
/// [`Error::Unavailable`].
pub async fn deny_device(tenant: &Tenant, user_code: &str) -> Result<bool, Error> {
    device::deny(tenant, user_code).await
}

/// The parameters of a pushed request, as the authorization endpoint takes them.
///
/// # Errors
/// [`Error::Unavailable`].
pub async fn take_pushed(
    tenant: &Tenant,
    client_id: &str,
    request_uri: &str,
) -> Result<Option<Vec<(String, String)>>, Error> {
    crate::token::par::take(tenant, client_id, request_uri).await
}

/// Removes what has expired, as the tenant does every hour. Gives how much that was.
///
/// # Errors
/// [`Error::Unavailable`].
pub async fn prune(tenant: &Tenant) -> Result<u64, Error> {
    crate::token::prune(tenant).await
}

/// Does the jobs that are due: imports, exports, calls of log streams. Gives how many there were.
pub async fn run_jobs(tenant: &Tenant) -> usize {
    let outbox = Outbox::new(
        tenant.db().clone(),
        tenant.clock().clone(),
        tenant.entropy().clone(),
    );
    let work = |job| service::jobs::run(tenant, job);
    let stream = |job| service::log_streams::deliver(tenant, job);
    outbox.run_due(service::jobs::QUEUE, &work).await
        + outbox.run_due(service::log_streams::QUEUE, &stream).await
}

/// Forgets old jobs, as the tenant does every hour. Gives how many there were.
///
/// # Errors
/// [`Error::Unavailable`].
pub async fn prune_jobs(tenant: &Tenant) -> Result<u64, Error> {
    service::jobs::prune(tenant).await
}
