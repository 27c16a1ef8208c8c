//! Ending what was given to clients on behalf of users.

use oauth::Timestamp;
use storage::Tx;

use crate::authentication::back_channel::Initiator;
use crate::authentication::session;
use crate::model::refresh_token::RefreshToken;
use crate::store::authorization_codes::Given;
use crate::store::{Which, access_tokens, authorization_codes, grants, refresh_tokens};
use crate::{Error, Tenant, service};

/// Ends every session and every refresh token of a user: their password was changed, they were
/// blocked, or they are gone.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn end_user(
    tx: &mut Tx,
    user_id: &str,
    initiator: Initiator,
) -> Result<(), Error> {
    session::end_all_of(tx, user_id, initiator).await?;
    end_tokens_of(tx, user_id).await
}

/// Ends every code and token of a user; their sessions go on.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn end_tokens_of(tx: &mut Tx, user_id: &str) -> Result<(), Error> {
    end(tx, &Which::User(user_id)).await
}

/// Ends every code and token that a user gave a client.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn end_tokens_at(
    tx: &mut Tx,
    user_id: &str,
    client_id: &str,
) -> Result<(), Error> {
    end(tx, &Which::Pair { user_id, client_id }).await
}

/// Ends one refresh token, by its id, and what it gave.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn end_refresh_token(tx: &mut Tx, id: &str) -> Result<(), Error> {
    end(tx, &Which::RefreshToken(id)).await
}

/// Ends what was given in a session: it was signed out.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn end_session(tx: &mut Tx, session_id: &str) -> Result<(), Error> {
    end(tx, &Which::Session(session_id)).await
}

/// Ends what a user gave a client at one API, or for `/userinfo` alone: the consent was taken back.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn end_grant(
    tx: &mut Tx,
    user_id: &str,
    client_id: &str,
    audience: Option<&str>,
) -> Result<(), Error> {
    let which = Which::Grant {
        user_id,
        client_id,
        audience,
    };
    end(tx, &which).await
}

/// Ends what a code gave that came again.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn end_given(tenant: &Tenant, given: &Given) -> Result<(), Error> {
    let mut tx = tenant.db().begin().await?;
    if let Some(id) = &given.refresh_token_id {
        end(&mut tx, &Which::RefreshToken(id)).await?;
    }
    if let (Some(digest), Some(expires_at)) = (&given.access_token, given.access_token_expires_at) {
        access_tokens::revoke(&mut tx, digest, expires_at).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Ends a family of which a token came again, and with it what its user gave its client at that API.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn end_family(tenant: &Tenant, family: &RefreshToken) -> Result<(), Error> {
    let mut tx = tenant.db().begin().await?;
    end(&mut tx, &Which::RefreshToken(&family.id)).await?;
    end_all_of(tenant, &mut tx, family).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends a family that its client gave back; with the flag `revoke_refresh_token_grant`, everything that
/// the user gave the client at that API.
///
/// # Errors
/// [`Error::Unavailable`].
///
/// Source: the vendor's "Revoke Refresh Tokens".
pub(crate) async fn end_revoked(tenant: &Tenant, family: &RefreshToken) -> Result<(), Error> {
    let mut tx = tenant.db().begin().await?;
    end(&mut tx, &Which::RefreshToken(&family.id)).await?;
    if tenant.tenant_settings().flag("revoke_refresh_token_grant") {
        end_all_of(tenant, &mut tx, family).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Takes one access token back, by its digest.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn end_access_token(
    tenant: &Tenant,
    digest: &str,
    expires_at: Timestamp,
) -> Result<(), Error> {
    let mut tx = tenant.db().begin().await?;
    access_tokens::revoke(&mut tx, digest, expires_at).await?;
    tx.commit().await?;
    Ok(())
}

/// The consent goes with the tokens: whoever is to have new ones asks the user.
async fn end_all_of(tenant: &Tenant, tx: &mut Tx, family: &RefreshToken) -> Result<(), Error> {
    let authorization = &family.authorization;
    let consented = match &authorization.audience {
        Some(audience) => audience.clone(),
        None => service::grants::userinfo(tenant),
    };
    let (user_id, client_id) = (&authorization.user_id, &authorization.client_id);
    grants::delete_of(tx, user_id, client_id, &consented).await?;
    end_grant(
        tx,
        &authorization.user_id,
        &authorization.client_id,
        authorization.audience.as_deref(),
    )
    .await
}

async fn end(tx: &mut Tx, which: &Which<'_>) -> Result<(), Error> {
    refresh_tokens::delete(tx, which).await?;
    access_tokens::delete(tx, which).await?;
    authorization_codes::delete(tx, which).await?;
    Ok(())
}
