//! What a person does about a device that waits (RFC 8628 §3.3).

use oauth::{Scopes, Timestamp};

use crate::model::authorization::Authorization;
use crate::model::device_code::{Decision, DeviceCode, normal_user_code};
use crate::model::post_login::Custom;
use crate::model::user::User;
use crate::store::device_codes;
use crate::token::digest::{Kind, digest};
use crate::token::user_scope::{self, NoScope};
use crate::{Error, Tenant};

/// A device that waits for a person's word.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) client_id: String,
    /// What it will get: what it asked for, as far as its client may have that.
    pub(crate) scope: Scopes,
    /// The API's identifier.
    pub(crate) audience: Option<String>,
}

/// How the person was authenticated who approves.
#[derive(Clone, Debug)]
pub(crate) struct Approval<'a> {
    pub(crate) user: &'a User,
    pub(crate) session_id: Option<String>,
    pub(crate) auth_time: Timestamp,
    pub(crate) acr: Option<String>,
    pub(crate) amr: Vec<String>,
    /// What Actions put into the device's tokens.
    pub(crate) custom: Option<Box<Custom>>,
}

/// The device whose code a person typed, in whatever case and with or without the dash; `None` if there
/// is none that still waits, or its client may not have what it asked for.
pub(crate) async fn lookup(tenant: &Tenant, user_code: &str) -> Result<Option<Waiting>, Error> {
    let Some((_, code)) = find(tenant, user_code).await? else {
        return Ok(None);
    };
    let Some(scope) = scope(tenant, &code).await? else {
        return Ok(None);
    };
    Ok(Some(Waiting {
        client_id: code.client_id,
        scope,
        audience: code.audience,
    }))
}

/// Lets the device have what it asked for. Gives `false` if it does not wait any more.
pub(crate) async fn approve(
    tenant: &Tenant,
    user_code: &str,
    approval: Approval<'_>,
) -> Result<bool, Error> {
    let Some((digest, code)) = find(tenant, user_code).await? else {
        return Ok(false);
    };
    let Some(scope) = scope(tenant, &code).await? else {
        return Ok(false);
    };
    let authorization = Authorization {
        client_id: code.client_id,
        user_id: approval.user.user_id.clone(),
        session_id: approval.session_id,
        auth_time: approval.auth_time,
        audience: code.audience,
        scope,
        nonce: None,
        acr: approval.acr,
        amr: approval.amr,
        claims: None,
        dpop_jkt: None,
        custom: approval.custom,
    };
    decide(
        tenant,
        &digest,
        &Decision::Approved(Box::new(authorization)),
    )
    .await
}

/// Sends the device away. Gives `false` if it does not wait any more.
pub(crate) async fn deny(tenant: &Tenant, user_code: &str) -> Result<bool, Error> {
    match find(tenant, user_code).await? {
        Some((digest, _)) => decide(tenant, &digest, &Decision::Denied).await,
        None => Ok(false),
    }
}

async fn decide(tenant: &Tenant, digest: &str, decision: &Decision) -> Result<bool, Error> {
    let now = tenant.clock().now();
    Ok(device_codes::decide(tenant.db(), digest, decision, now).await?)
}

async fn find(tenant: &Tenant, typed: &str) -> Result<Option<(String, DeviceCode)>, Error> {
    let Some(user_code) = normal_user_code(typed) else {
        return Ok(None);
    };
    let digest = digest(tenant, Kind::UserCode, &user_code);
    let found = device_codes::by_user_code(tenant.db(), &digest).await?;
    let waits = |code: &DeviceCode| {
        code.decision == Decision::Pending && tenant.clock().now() < code.expires_at
    };
    Ok(found.filter(waits).map(|code| (digest, code)))
}

async fn scope(tenant: &Tenant, code: &DeviceCode) -> Result<Option<Scopes>, Error> {
    let Some(client) = tenant.directory().client(tenant, &code.client_id).await? else {
        return Ok(None);
    };
    let api = match &code.audience {
        None => None,
        Some(audience) => match tenant.directory().api(tenant, audience).await? {
            Some(api) => Some(api),
            None => return Ok(None),
        },
    };
    match user_scope::decide(tenant, &client, api.as_deref(), &code.scope).await {
        Ok(scope) => Ok(Some(scope)),
        Err(NoScope::NotAuthorized) => Ok(None),
        Err(NoScope::Failed(error)) => Err(error),
    }
}
