//! The device grant (RFC 8628): where a device begins, and where it asks.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use oauth::{ErrorCode, Scopes};
use serde_json::{Value, json};

use super::digest::{Kind, digest};
use super::endpoint::Issued;
use super::issue::Channel;
use super::parcel::{self, Contents, Parcel};
use super::refusal::Refusal;
use super::request::{Incoming, Request, no_store};
use super::{KnownClient, api, client_authentication, dpop};
use crate::model::authorization::Authorization;
use crate::model::device_code::{
    Decision, DeviceCode, INTERVAL, LIFETIME, USER_CODE, shown_user_code,
};
use crate::store::begun::Begun;
use crate::store::device_codes;
use crate::{Tenant, bounds};

/// The grant type's name.
pub(super) const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Characters of a device code, with 6 bits each.
const DEVICE_CODE: usize = 43;
/// Seconds by which a hasty device is slowed down, and the most that it is (RFC 8628 §3.5).
const SLOWER: i64 = 5;
const SLOWEST: i64 = 60;

const INVALID: &str = "Invalid or expired device code.";

/// `POST /oauth/device/code`.
pub(super) async fn begin(State(tenant): State<Tenant>, incoming: Incoming) -> Response {
    let request = incoming.at(&tenant, "oauth/device/code");
    match authorize(&request).await {
        Ok(answer) => no_store(Json(answer).into_response()),
        Err(refusal) => refusal.into_response(),
    }
}

/// Gives a device its two codes. Any device may ask, so what waits is bounded ([`bounds::make_room`]).
///
/// # Errors
/// As the token endpoint; 403 `unauthorized_client` for a client without the grant.
///
/// Source: RFC 8628 §3.1–3.2; the vendor's "Device Authorization Flow".
async fn authorize(request: &Request<'_>) -> Result<Value, Refusal> {
    let client = client_authentication::authenticate(request).await?;
    client.require_grant_type(GRANT_TYPE)?;
    let api = api::of_request(request).await?;
    let scope: Scopes = match request.parameters.get("scope") {
        None => Scopes::new(),
        Some(text) => text.parse().map_err(|error: oauth::scope::ScopeError| {
            Refusal::invalid_request(error.to_string())
        })?,
    };
    let (tenant, now) = (request.tenant, request.tenant.clock().now());
    let device_code = tenant.entropy().url_safe(DEVICE_CODE);
    let user_code = tenant.entropy().consonants(USER_CODE);
    let code = DeviceCode {
        client_id: client.client_id().to_owned(),
        scope,
        audience: api.map(|api| api.identifier.clone()),
        decision: Decision::Pending,
        interval: INTERVAL,
        polled_at: None,
        created_at: now,
        expires_at: now + LIFETIME,
    };
    let kept = digest(tenant, Kind::DeviceCode, &device_code);
    let typed = digest(tenant, Kind::UserCode, &user_code);
    let origin = bounds::digest(tenant, &bounds::block(&request.visit.ip));
    bounds::make_room(tenant, Begun::DeviceCode).await?;
    device_codes::insert(tenant.db(), (&kept, &typed), &origin, &code).await?;
    let shown = shown_user_code(&user_code);
    let page = request.issuer.endpoint("activate");
    Ok(json!({
        "device_code": device_code,
        "user_code": shown,
        "verification_uri": page,
        "verification_uri_complete": format!("{page}?user_code={shown}"),
        "expires_in": LIFETIME.as_secs(),
        "interval": INTERVAL,
    }))
}

/// Exchanges a device code for tokens, once its user has approved.
///
/// # Errors
/// 403 `authorization_pending`, 429 `slow_down`, 403 `expired_token`, 403 `access_denied`; 403
/// `invalid_grant` for a code that is unknown, used or another client's.
///
/// Source: RFC 8628 §3.4–3.5, with the vendor's statuses.
pub(super) async fn exchange(request: &Request<'_>) -> Result<Issued, Refusal> {
    let client = client_authentication::authenticate(request).await?;
    client.require_grant_type(GRANT_TYPE)?;
    let code = request.required("device_code")?;
    let code = digest(request.tenant, Kind::DeviceCode, code);
    let authorization = ask(request, &client, &code).await?;
    let key = dpop::key(request).await?;
    let user = parcel::user_of(request.tenant, &authorization, INVALID).await?;
    let authorization = Authorization {
        scope: parcel::still_allowed(request, &client, &authorization).await?,
        dpop_jkt: key.clone(),
        ..authorization
    };
    dpop::require_for(request, &client, &authorization, key.as_deref()).await?;
    let contents = Contents {
        client: &client,
        authorization: &authorization,
        user: &user,
        channel: Channel::Back,
        refreshable: true,
    };
    let parcel = Parcel::pack(request, &contents).await?;
    let mut tx = request.tenant.db().begin().await?;
    if !device_codes::delete(&mut tx, &code).await? {
        return Err(Refusal::invalid_grant(INVALID));
    }
    parcel.keep(&mut tx).await?;
    tx.commit().await?;
    Ok(parcel.hand_out())
}

/// What the user said by now.
async fn ask(
    request: &Request<'_>,
    client: &KnownClient,
    digest: &str,
) -> Result<Authorization, Refusal> {
    let (tenant, now) = (request.tenant, request.tenant.clock().now());
    let mut tx = tenant.db().begin().await?;
    let found = device_codes::lock(&mut tx, digest).await?;
    let code = found
        .filter(|code| code.client_id == client.client_id())
        .ok_or_else(|| Refusal::invalid_grant(INVALID))?;
    if now >= code.expires_at {
        return Err(Refusal::device(ErrorCode::ExpiredToken, INVALID));
    }
    let hasty = code.is_hasty(now);
    let interval = match hasty {
        true => (code.interval + SLOWER).min(SLOWEST),
        false => code.interval,
    };
    device_codes::polled(&mut tx, digest, interval, now).await?;
    if matches!(code.decision, Decision::Denied) && !hasty {
        device_codes::delete(&mut tx, digest).await?;
    }
    tx.commit().await?;
    if hasty {
        return Err(Refusal::device(
            ErrorCode::SlowDown,
            format!("You are polling faster than the specified interval of {interval} seconds."),
        ));
    }
    match code.decision {
        Decision::Approved(authorization) => Ok(*authorization),
        Decision::Pending => Err(Refusal::device(
            ErrorCode::AuthorizationPending,
            "User has yet to authorize device code.",
        )),
        Decision::Denied => Err(Refusal::device(
            ErrorCode::AccessDenied,
            "User cancelled the confirmation prompt.",
        )),
    }
}
