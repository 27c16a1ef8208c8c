//! The `authorization_code` grant (RFC 6749 §4.1.3, RFC 7636).

use super::digest::{Kind, digest};
use super::endpoint::Issued;
use super::issue::Channel;
use super::parcel::{self, Contents, Parcel};
use super::refusal::Refusal;
use super::request::Request;
use super::{KnownClient, client_authentication, dpop};
use crate::model::authorization::Authorization;
use crate::service::revocation;
use crate::store::authorization_codes::{self, Given, StoredCode};

/// The grant type's name.
pub(super) const GRANT_TYPE: &str = "authorization_code";

const INVALID: &str = "Invalid authorization code";

/// Exchanges an authorization code for tokens.
///
/// The code is spent even if a check of it fails: somebody else has it then. It is spent in the
/// transaction that keeps the tokens, so it never gives two answers. What it gave ends when it comes
/// again (RFC 9700 §4.5).
///
/// # Errors
/// 403 `invalid_grant` if the code is unknown, expired, spent, or bound to another client, redirect
/// URI, verifier or key.
pub(super) async fn exchange(request: &Request<'_>) -> Result<Issued, Refusal> {
    let client = client_authentication::authenticate(request).await?;
    client.require_grant_type(GRANT_TYPE)?;
    let tenant = request.tenant;
    let code = digest(tenant, Kind::AuthorizationCode, request.required("code")?);
    let key = dpop::key(request).await?;
    let found = authorization_codes::find(tenant.db(), &code).await?;
    let stored = found.ok_or_else(|| Refusal::invalid_grant(INVALID))?;
    let Some(authorization) = &stored.authorization else {
        return Err(reused(request, &stored.given).await?);
    };
    let checked = check(request, &client, &stored, authorization, key.as_deref());
    let user = match checked {
        Ok(()) => parcel::user_of(tenant, authorization, INVALID).await,
        Err(refusal) => Err(refusal),
    };
    let user = match user {
        Ok(user) => user,
        Err(refusal) => {
            if refusal.is_final() {
                authorization_codes::burn(tenant.db(), &code, tenant.clock().now()).await?;
            }
            return Err(refusal);
        }
    };
    parcel::check_target(request, authorization).await?;
    let authorization = Authorization {
        scope: parcel::still_allowed(request, &client, authorization).await?,
        dpop_jkt: key.clone(),
        ..authorization.clone()
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
    let given = Given {
        refresh_token_id: parcel.refresh_token_id().map(str::to_owned),
        access_token: Some(parcel.access.digest(tenant)),
        access_token_expires_at: Some(parcel.access.expires_at),
    };
    let mut tx = tenant.db().begin().await?;
    if !authorization_codes::spend(&mut tx, &code, &given, tenant.clock().now()).await? {
        let given = authorization_codes::given(&mut tx, &code).await?;
        drop(tx);
        return Err(reused(request, &given).await?);
    }
    parcel.keep(&mut tx).await?;
    tx.commit().await?;
    Ok(parcel.hand_out())
}

/// RFC 6749 §4.1.2: everything that the code gave ends.
async fn reused(request: &Request<'_>, given: &Given) -> Result<Refusal, Refusal> {
    revocation::end_given(request.tenant, given).await?;
    tracing::info!("an authorization code came twice: what it gave was revoked");
    Ok(Refusal::invalid_grant(INVALID))
}

/// Whether this request is the one that the code was made for.
fn check(
    request: &Request<'_>,
    client: &KnownClient,
    stored: &StoredCode,
    authorization: &Authorization,
    key: Option<&str>,
) -> Result<(), Refusal> {
    let now = request.tenant.clock().now();
    if stored.client_id != client.client_id() || now >= stored.expires_at {
        return Err(Refusal::invalid_grant(INVALID));
    }
    check_redirect_uri(request, stored)?;
    check_verifier(request, client, stored)?;
    match &authorization.dpop_jkt {
        Some(bound) if key != Some(bound) => Err(Refusal::invalid_grant(
            "The code is bound to a key: send a DPoP proof of the key that dpop_jkt named",
        )),
        _ => Ok(()),
    }
}

/// RFC 6749 §4.1.3: the token request repeats the redirect URI of the authorization request.
fn check_redirect_uri(request: &Request<'_>, stored: &StoredCode) -> Result<(), Refusal> {
    let Some(expected) = &stored.redirect_uri else {
        return Ok(());
    };
    match request.parameters.get("redirect_uri") {
        Some(sent) if sent == expected => Ok(()),
        Some(_) => Err(Refusal::invalid_grant(
            "The redirect URI is wrong: it must be the one of the authorization request",
        )),
        None => Err(Refusal::invalid_grant(
            "Missing redirect_uri: it must be the one of the authorization request",
        )),
    }
}

/// RFC 7636 §4.6; RFC 9700 §4.8.2: a verifier without a challenge means that somebody took the
/// challenge out of the authorization request.
fn check_verifier(
    request: &Request<'_>,
    client: &KnownClient,
    stored: &StoredCode,
) -> Result<(), Refusal> {
    let verifier = request.parameters.get("code_verifier");
    let refuse = |text| Err(Refusal::invalid_grant(text));
    match (&stored.code_challenge, verifier) {
        (Some(challenge), Some(verifier)) if challenge.is_met_by(verifier) => Ok(()),
        (Some(_), Some(_)) => refuse("Failed to verify code verifier"),
        (Some(_), None) => refuse("Missing code_verifier: the code was asked for with PKCE"),
        (None, Some(_)) => {
            refuse("The code was asked for without a code_challenge, and there is a code_verifier")
        }
        (None, None) if client.client.is_strict() => {
            refuse("This client must use PKCE: send a code_challenge to the authorization endpoint")
        }
        (None, None) => Ok(()),
    }
}
