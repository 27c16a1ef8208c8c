//! One person, several accounts: linking an account to another one's user, and taking it off again.
//!
//! Source: the vendor's "User Account Linking".

use std::time::Duration;

use oauth::Timestamp;
use oauth::jose::Algorithm;
use oauth::jose::jwt::{self, Accept, Expectations};
use serde_json::Value;
use storage::Tx;

use crate::authentication::back_channel::Initiator;
use crate::model::user::User;
use crate::service::{connections, revocation};
use crate::store::{grants, users};
use crate::{Error, Tenant};

/// The account that a caller names by its provider, the id there, and perhaps its connection.
///
/// # Errors
/// 404 if there is none, or none in that connection.
pub(crate) async fn named(
    tenant: &Tenant,
    provider: &str,
    id: &str,
    connection_id: Option<&str>,
) -> Result<String, Error> {
    let id = full_id(provider, id);
    let account = users::find_account(tenant.db(), &id).await?;
    let account = account.ok_or_else(no_account)?;
    if let Some(connection_id) = connection_id {
        let connection = connections::find(tenant, connection_id).await?;
        let connection = connection.ok_or_else(Error::no_connection)?;
        if connection.name != account.user.connection {
            return Err(no_account());
        }
    }
    Ok(id)
}

/// The user id of an account, which callers write with the provider in front and without it.
pub(crate) fn full_id(provider: &str, id: &str) -> String {
    let own = id
        .strip_prefix(provider)
        .is_some_and(|rest| rest.starts_with('|'));
    match own {
        true => id.to_owned(),
        false => format!("{provider}|{id}"),
    }
}

/// The account of whoever got an ID token: it proves that they signed in to it. `client_id` is the client
/// that the token must have been given to; without one, any client of this tenant.
///
/// A token from before the last change of the password proves nothing any more: it may be in the hands of
/// whoever the password was changed for.
///
/// # Errors
/// 400 for a token that proves nothing, with what would.
///
/// Source: the vendor's "Link User Accounts", "link_with".
pub(crate) async fn proven(
    tenant: &Tenant,
    token: &str,
    client_id: Option<&str>,
) -> Result<String, Error> {
    let refused = |sentence: &str| {
        Error::invalid_body(format!(
            "Payload validation error: '{sentence}' on property link_with."
        ))
    };
    let issuers: Vec<String> = tenant
        .settings()
        .origins()
        .map(|origin| origin.issuer().as_str().to_owned())
        .collect();
    let verified = jwt::verify(
        token,
        &tenant.ring().verifying,
        &Expectations {
            issuers: Accept::OneOf(&issuers),
            audiences: client_id.map_or(Accept::Anything, Accept::Only),
            now: tenant.clock().now(),
            leeway: Duration::ZERO,
            algorithms: &[Algorithm::Rs256],
            require_exp: true,
            max_age: None,
            typ: Some("JWT"),
        },
    );
    let claims = verified.map_err(|error| {
        tracing::debug!(error.cause = %error, "a token that was to prove an account was refused");
        refused("Not a valid RS256 ID token of this tenant for this client; sign in to the account again")
    })?;
    let claim = |name: &str| claims.claims.get(name).and_then(Value::as_str);
    // Access tokens are for APIs, ID tokens for clients.
    let audience = claim("aud").unwrap_or_default();
    let client = tenant.directory().client(tenant, audience).await?;
    if client.is_none() || claims.claims.contains_key("scope") {
        return Err(refused("Not an ID token: send the id_token of the account"));
    }
    let subject = claim("sub").unwrap_or_default();
    let account = users::find_account(tenant.db(), subject).await?;
    let account = account.ok_or_else(no_account)?;
    let issued = claims
        .claims
        .get("iat")
        .and_then(Value::as_i64)
        .unwrap_or(0);
    let changed = account.user.last_password_reset;
    if changed.is_some_and(|at| Timestamp::from_unix_seconds(issued) < at) {
        return Err(refused(
            "The password was changed after this token was issued; sign in to the account again",
        ));
    }
    Ok(account.user.user_id)
}

/// Links an account to a user. Its own user is no more: roles, permissions, metadata, consents, sessions
/// and tokens of theirs end, and accounts that were linked to it come along.
///
/// # Errors
/// 404 for a user that does not exist, 400 for an account linked to itself or a blocked one, 409 for one
/// that is linked already.
pub(crate) async fn link(tenant: &Tenant, primary: &str, secondary: &str) -> Result<User, Error> {
    if primary == secondary {
        return Err(Error::invalid_body(
            "Main principal and secondary identity cannot be the same account.",
        ));
    }
    let now = tenant.clock().now();
    let mut tx = tenant.db().begin().await?;
    let (first, second) = lock_both(&mut tx, primary, secondary).await?;
    let main = first.filter(|account| account.linked_to.is_none());
    let main = main.ok_or_else(Error::no_user)?.user;
    let other = second.ok_or_else(no_account)?;
    if other.linked_to.is_some() {
        return Err(Error::Exists {
            code: "identity_conflict",
            message: match other.owner() == primary {
                true => "Specified identity is linked to this user already.".into(),
                false => "Specified identity already belongs to another user.".into(),
            },
        });
    }
    if main.blocked || other.user.blocked {
        return Err(Error::invalid_body(
            "A blocked user cannot be linked: linking would lift the block. Unblock the user first.",
        ));
    }
    revocation::end_user(&mut tx, secondary, Initiator::Administrator).await?;
    grants::delete_of_user(&mut tx, secondary).await?;
    users::link(&mut tx, secondary, primary, now).await?;
    finish(tx, primary).await
}

/// Takes a linked account off a user: it is a user of its own again, with an empty profile of metadata.
/// Sessions and tokens of the user end, as whoever signed in to the account may hold some.
///
/// # Errors
/// 404 for a user that does not exist, or does not have the account; 400 for the account that gives the
/// user its id.
pub(crate) async fn unlink(tenant: &Tenant, primary: &str, secondary: &str) -> Result<User, Error> {
    let now = tenant.clock().now();
    let mut tx = tenant.db().begin().await?;
    let found = users::lock(&mut tx, primary).await?;
    found.ok_or_else(Error::no_user)?;
    if primary == secondary {
        return Err(Error::invalid_body(
            "The main account of a user cannot be unlinked. Delete the user instead.",
        ));
    }
    if !users::unlink(&mut tx, secondary, primary, now).await? {
        return Err(no_account());
    }
    revocation::end_user(&mut tx, primary, Initiator::Administrator).await?;
    finish(tx, primary).await
}

async fn finish(mut tx: Tx, primary: &str) -> Result<User, Error> {
    let user = users::lock(&mut tx, primary).await?;
    tx.commit().await?;
    user.ok_or_else(Error::no_user)
}

/// In one order whoever asks, so that two who link the same accounts do not wait for each other.
async fn lock_both(
    tx: &mut Tx,
    one: &str,
    other: &str,
) -> Result<(Option<users::Account>, Option<users::Account>), storage::Error> {
    if one < other {
        let first = users::lock_account(tx, one).await?;
        return Ok((first, users::lock_account(tx, other).await?));
    }
    let second = users::lock_account(tx, other).await?;
    Ok((users::lock_account(tx, one).await?, second))
}

fn no_account() -> Error {
    Error::NotFound {
        code: Some("inexistent_user"),
        message: "There is no such account: look it up with its provider and its user_id".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::full_id;

    #[test]
    fn an_account_is_named_with_its_provider_in_front_and_without_it() {
        assert_eq!(full_id("auth0", "5f"), "auth0|5f");
        assert_eq!(full_id("auth0", "auth0|5f"), "auth0|5f");
        assert_eq!(full_id("auth0", "auth05f"), "auth0|auth05f");
    }
}
