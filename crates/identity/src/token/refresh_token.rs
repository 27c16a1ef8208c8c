//! The `refresh_token` grant (RFC 6749 §6, RFC 9700 §4.14).

use oauth::Scopes;

use super::actions::{self, Said, UserTokens};
use super::endpoint::Issued;
use super::issue::{Channel, Parts};
use super::parcel::{self, Contents, Parcel};
use super::refusal::Refusal;
use super::request::Request;
use super::{KnownClient, client_authentication, dpop, multi_resource};
use crate::model::authorization::Authorization;
use crate::model::refresh_token::{Policy, Presented, RefreshToken};
use crate::service::actions::flow::Protocol;
use crate::service::revocation;
use crate::store::refresh_tokens;

/// The grant type's name.
pub(super) const GRANT_TYPE: &str = "refresh_token";

const INVALID: &str = "Unknown or invalid refresh token.";

/// How often an exchange is tried again because another one of the same family was faster.
const ATTEMPTS: usize = 3;

/// Exchanges a refresh token for new tokens.
///
/// A token that was rotated away before the leeway ends everything that the user gave the client:
/// either the client or a thief has been robbed of the newer one, and nobody can tell which.
///
/// # Errors
/// 403 `invalid_grant` if the token is unknown, expired, rotated away, revoked, of another client or
/// bound to another key.
///
/// Source: the vendor's "Refresh Token Rotation", "Configure Refresh Token Expiration".
pub(super) async fn exchange(request: &Request<'_>) -> Result<Issued, Refusal> {
    let client = client_authentication::authenticate(request).await?;
    client.require_grant_type(GRANT_TYPE)?;
    let tenant = request.tenant;
    let token = request.required("refresh_token")?;
    let parts = Parts::read(token).ok_or_else(|| Refusal::invalid_grant(INVALID))?;
    let (selector, secret) = (parts.selector(tenant), parts.secret(tenant));
    let key = dpop::key(request).await?;
    let policy = Policy::of(&client.client, client.is_public());
    // Once, however often the exchange is tried.
    let mut said = Said::nothing();
    let mut acted = false;
    for _ in 0..ATTEMPTS {
        let found = refresh_tokens::by_selector(tenant.db(), &selector).await?;
        let family = found.ok_or_else(|| Refusal::invalid_grant(INVALID))?;
        let now = tenant.clock().now();
        let presented = judge(request, &client, &family, &secret, &policy).await?;
        check_key(&family, key.as_deref())?;
        let user = parcel::user_of(tenant, &family.authorization, INVALID).await?;
        let mut authorization = narrowed(request, &client, &family, key.clone()).await?;
        dpop::require_for(request, &client, &authorization, key.as_deref()).await?;
        if !acted {
            let tokens = UserTokens {
                client: &client,
                user: &user,
                authorization: &authorization,
                protocol: Protocol::Refresh,
                refresh_token: Some(&family),
            };
            said = actions::for_user(request, &tokens).await?;
            acted = true;
        }
        authorization.custom.clone_from(&said.wish);
        let contents = Contents {
            client: &client,
            authorization: &authorization,
            user: &user,
            channel: Channel::Back,
            refreshable: false,
        };
        let parcel = Parcel::pack(request, &contents).await?;
        // Before the rotation: an access token that nobody got is worth less than a lost refresh token.
        parcel.keep_of(tenant, &family.id).await?;
        let next = policy.rotating.then(|| parts.next(tenant));
        let kept = next.as_ref().map(|(_, kept)| kept.clone());
        let after = family.exchanged(presented, kept, &policy, now);
        if refresh_tokens::exchange(tenant.db(), &family, &after).await? {
            let mut issued = parcel.hand_out();
            issued.refresh_token = next.map(|(token, _)| token);
            issued.execution_id = said.execution_id;
            return Ok(issued);
        }
    }
    Err(Refusal::busy())
}

/// What the secret is to the family, if it may be exchanged.
async fn judge(
    request: &Request<'_>,
    client: &KnownClient,
    family: &RefreshToken,
    secret: &str,
    policy: &Policy,
) -> Result<Presented, Refusal> {
    let tenant = request.tenant;
    // Another client's token is none of this client's business, and proves nothing about a theft from
    // it (RFC 6749 §10.4).
    if family.authorization.client_id != client.client_id() {
        return Err(Refusal::invalid_grant(INVALID));
    }
    match family.judge(secret, policy.leeway, tenant.clock().now()) {
        Presented::Reused => {
            revocation::end_family(tenant, family).await?;
            tracing::info!(refresh_token.id = %family.id, "a refresh token came twice: its family ends");
            Err(Refusal::reused_refresh_token(
                INVALID,
                &family.authorization.user_id,
            ))
        }
        Presented::Expired => Err(Refusal::invalid_grant(INVALID)),
        usable => Ok(usable),
    }
}

/// RFC 9449 §5: a token that was given for a proof needs a proof of the same key.
fn check_key(family: &RefreshToken, key: Option<&str>) -> Result<(), Refusal> {
    match &family.authorization.dpop_jkt {
        Some(bound) if key != Some(bound) => Err(Refusal::invalid_grant(
            "The refresh token is bound to a key: send a DPoP proof of that key",
        )),
        _ => Ok(()),
    }
}

/// What the new tokens are for: no more than before and what the client's policies add, no more than
/// is allowed now, and less if the client wants less.
///
/// Compat: RFC 6749 §6 has the server refuse a scope that was not granted; the vendor leaves it out,
/// and its clients send the scopes that they first asked for.
async fn narrowed(
    request: &Request<'_>,
    client: &KnownClient,
    family: &RefreshToken,
    key: Option<String>,
) -> Result<Authorization, Refusal> {
    let target = multi_resource::widened(request, client, &family.authorization).await?;
    let allowed = parcel::still_allowed(request, client, &target).await?;
    let scope = match request.parameters.get("scope") {
        None => allowed,
        Some(text) => {
            let asked: Scopes = text.parse().map_err(|error: oauth::scope::ScopeError| {
                Refusal::invalid_request(error.to_string())
            })?;
            let scope = allowed.intersection(&asked);
            if scope.is_empty() {
                return Err(Refusal::invalid_scope(
                    "None of these scopes was granted with the refresh token",
                ));
            }
            scope
        }
    };
    Ok(Authorization {
        scope,
        dpop_jkt: key,
        ..target
    })
}
