//! What administrators do to users.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use storage::Tx;

use super::sign_up::personal;
use super::{normal_email, normal_username};
use crate::authentication::back_channel::Initiator;
use crate::model::connection::Connection;
use crate::model::password;
use crate::model::user::User;
use crate::model::{Members, merge};
use crate::service::{connections, revocation, tickets};
use crate::store::{grants, login_failures, users};
use crate::visit::Visit;
use crate::{Error, Tenant};

/// Makes a user. `members` have passed validation.
///
/// # Errors
/// 404 for an unknown connection, 409 for a user that exists, 400 for a password that breaks a rule.
pub(crate) async fn create(
    tenant: &Tenant,
    mut members: Members,
    visit: &Visit,
) -> Result<User, Error> {
    let connection = taken_connection(tenant, &mut members).await?;
    let password = take_password(&mut members);
    let mail = members.shift_remove("verify_email");
    let now = tenant.clock().now();
    let user_id = match take_text(&mut members, "user_id") {
        Some(own) => format!("{}|{own}", connection.strategy),
        None if connection.is_database() => User::new_id(tenant.entropy()),
        None => format!("{}|{}", connection.strategy, tenant.entropy().hex(24)),
    };
    let mut user = User::new(user_id, &connection.name, now);
    apply(&mut user, members, &connection)?;
    if connection.is_database() && user.email.is_none() && user.phone_number.is_none() {
        return Err(Error::invalid_body(
            "Payload validation error: 'Missing required property: email'.",
        ));
    }
    if connection.is_database() && password.is_none() {
        return Err(Error::invalid_body(
            "Payload validation error: 'Missing required property: password'.",
        ));
    }
    user.complete();
    let hash = hash(tenant, &connection, &user, password).await?;
    let mut tx = tenant.db().begin().await?;
    users::insert(&mut tx, &user, hash.as_deref())
        .await
        .map_err(|error| taken(error, &user))?;
    let unconfirmed = user.email.is_some() && !user.email_verified;
    if unconfirmed && mail != Some(Value::Bool(false)) {
        tickets::mail_verification(&mut tx, tenant, visit, &user).await?;
    }
    tx.commit().await?;
    tracing::info!(user.id = %user.user_id, "user made");
    Ok(user)
}

/// Applies a validated PATCH. `user_metadata` and `app_metadata` are merged member by member.
///
/// A new address is unconfirmed unless the change says otherwise; a new password ends the user's
/// sessions.
///
/// # Errors
/// As [`create`]; 404 for an unknown user.
pub(crate) async fn change(
    tenant: &Tenant,
    user_id: &str,
    mut changes: Members,
    visit: &Visit,
) -> Result<User, Error> {
    let password = take_password(&mut changes);
    let mail = changes.shift_remove("verify_email") == Some(Value::Bool(true));
    changes.shift_remove("client_id");
    changes.shift_remove("verify_phone_number");
    changes.shift_remove("verify_password");
    let named = take_text(&mut changes, "connection");
    let before = users::find(tenant.db(), user_id).await?;
    let before = before.ok_or_else(Error::no_user)?;
    let connection = connections::by_name(tenant, &before.connection).await?;
    let connection = connection.ok_or_else(Error::no_connection)?;
    if named.is_some_and(|named| named != before.connection) {
        return Err(Error::invalid_body(
            "Payload validation error: 'The user is not of that connection' on property connection.",
        ));
    }
    // Hashing takes long, so it comes before the row is locked.
    let has_password = password.is_some();
    let hash = hash(tenant, &connection, &before, password).await?;
    let mut tx = tenant.db().begin().await?;
    let found = users::lock(&mut tx, user_id).await?;
    let mut user = found.ok_or_else(Error::no_user)?;
    let email = user.email.clone();
    let confirmed_too = changes.contains_key("email_verified");
    apply(&mut user, changes, &connection)?;
    let moved = user.email != email;
    if moved && !confirmed_too {
        user.email_verified = false;
    }
    let now = tenant.clock().now();
    user.updated_at = now;
    users::update(&mut tx, &user)
        .await
        .map_err(|error| taken(error, &user))?;
    if has_password {
        users::set_password(&mut tx, user_id, hash.as_deref(), now).await?;
        login_failures::forgive(&mut tx, user_id, None).await?;
        user.last_password_reset = Some(now);
    }
    if has_password || user.blocked {
        let why = match has_password {
            true => Initiator::PasswordChanged,
            false => Initiator::AccountDeactivated,
        };
        revocation::end_user(&mut tx, user_id, why).await?;
    }
    if mail && user.email.is_some() && !user.email_verified {
        tickets::mail_verification(&mut tx, tenant, visit, &user).await?;
    }
    tx.commit().await?;
    Ok(user)
}

/// Removes a user with the accounts that are linked to theirs. One that is gone already is no error.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn delete(tenant: &Tenant, user_id: &str) -> Result<bool, Error> {
    let mut tx = tenant.db().begin().await?;
    if users::lock(&mut tx, user_id).await?.is_none() {
        return Ok(false);
    }
    remove(tx, user_id).await
}

/// Removes an account: a user, or one account of a user's that is linked to another one.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn delete_account(tenant: &Tenant, id: &str) -> Result<bool, Error> {
    remove(tenant.db().begin().await?, id).await
}

async fn remove(mut tx: Tx, user_id: &str) -> Result<bool, Error> {
    let Some(account) = users::lock_account(&mut tx, user_id).await? else {
        return Ok(false);
    };
    // Whoever signed in to a linked account is signed in as its user.
    revocation::end_user(&mut tx, account.owner(), Initiator::AccountDeleted).await?;
    grants::delete_of_user(&mut tx, user_id).await?;
    users::delete(&mut tx, user_id).await?;
    tx.commit().await?;
    tracing::info!(user.id = %user_id, "user removed");
    Ok(true)
}

async fn taken_connection(tenant: &Tenant, members: &mut Members) -> Result<Connection, Error> {
    let name = take_text(members, "connection").unwrap_or_default();
    let found = connections::by_name(tenant, &name).await?;
    found.ok_or(Error::NotFound {
        code: Some("inexistent_connection"),
        message: "The connection does not exist.".into(),
    })
}

fn take_text(members: &mut Members, name: &str) -> Option<String> {
    match members.shift_remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

fn take_password(members: &mut Members) -> Option<SecretString> {
    take_text(members, "password").map(SecretString::from)
}

async fn hash(
    tenant: &Tenant,
    connection: &Connection,
    user: &User,
    password: Option<SecretString>,
) -> Result<Option<String>, Error> {
    let Some(password) = password else {
        return Ok(None);
    };
    if !connection.is_database() {
        return Err(Error::invalid_body(
            "Payload validation error: 'Only users of a database connection have a password' on \
             property password.",
        ));
    }
    password::check(connection, password.expose_secret(), &personal(user)).map_err(|weakness| {
        // The vendor's sentence begins so; what would help follows.
        Error::Invalid {
            code: "invalid_body",
            message: format!("PasswordStrengthError: Password is too weak: {weakness}").into(),
        }
    })?;
    let hashed = tenant.hasher().hash(password).await;
    Ok(Some(
        hashed.map_err(|error| Error::Unavailable(error.to_string()))?,
    ))
}

/// Lays members that have passed validation over a user.
fn apply(user: &mut User, changes: Members, connection: &Connection) -> Result<(), Error> {
    let invalid = |sentence: &str, member: &str| {
        Error::invalid_body(format!(
            "Payload validation error: '{sentence}' on property {member}."
        ))
    };
    for (member, value) in changes {
        let text = value.as_str().map(str::to_owned);
        match (member.as_str(), value) {
            ("email", _) => {
                let email = text.map(|text| {
                    normal_email(&text).ok_or_else(|| {
                        invalid("Object didn't pass validation for format email", "email")
                    })
                });
                user.email = email.transpose()?;
            }
            ("username", _) => {
                let username = text.map(|text| {
                    normal_username(connection, &text).map_err(|fault| invalid(&fault, "username"))
                });
                user.username = username.transpose()?;
            }
            ("email_verified", Value::Bool(verified)) => user.email_verified = verified,
            ("phone_verified", Value::Bool(verified)) => user.phone_verified = verified,
            ("blocked", Value::Bool(blocked)) => user.blocked = blocked,
            ("phone_number", _) => user.phone_number = text,
            ("name", _) => user.name = text,
            ("nickname", _) => user.nickname = text,
            ("picture", _) => user.picture = text,
            ("given_name", _) => user.given_name = text,
            ("family_name", _) => user.family_name = text,
            ("user_metadata", Value::Object(metadata)) => merge(&mut user.user_metadata, metadata),
            ("app_metadata", Value::Object(metadata)) => merge(&mut user.app_metadata, metadata),
            ("user_metadata", Value::Null) => user.user_metadata.clear(),
            ("app_metadata", Value::Null) => user.app_metadata.clear(),
            _ => {}
        }
    }
    Ok(())
}

fn taken(error: storage::Error, user: &User) -> Error {
    match error {
        storage::Error::Unique { .. } => {
            tracing::debug!(user.id = %user.user_id, "a user with that name exists");
            Error::Exists {
                code: "auth0_idp_error",
                message: "The user already exists.".into(),
            }
        }
        other => other.into(),
    }
}
