//! Users: signing up, signing in, and what administrators do to them.

mod change;
mod guard;
pub(crate) mod linking;
mod sign_in;
mod sign_up;
#[cfg(test)]
mod tests;

pub(crate) use change::{change, create, delete, delete_account};
pub(crate) use guard::{Guard, blocked_from, forgive, prune};
pub(crate) use sign_in::{SignInRefused, sign_in};
pub(crate) use sign_up::{NewUser, SignUpRefused, personal, sign_up};

use crate::model::connection::Connection;
use crate::model::user::User;
use crate::model::{Members, merge};
use crate::{Error, Tenant, store};

/// Most characters of a mail address (RFC 5321 §4.5.3.1.3).
pub(crate) const MAX_EMAIL: usize = 254;

/// A user by their id.
pub(crate) async fn find(tenant: &Tenant, user_id: &str) -> Result<Option<User>, Error> {
    Ok(store::users::find(tenant.db(), user_id).await?)
}

/// Lays members over a user's metadata; null takes one away. A user who is gone is no error.
pub(crate) async fn keep_metadata(
    tenant: &Tenant,
    user_id: &str,
    user_metadata: Members,
    app_metadata: Members,
) -> Result<(), Error> {
    let mut tx = tenant.db().begin().await?;
    let Some(mut user) = store::users::lock(&mut tx, user_id).await? else {
        return Ok(());
    };
    merge(&mut user.user_metadata, user_metadata);
    merge(&mut user.app_metadata, app_metadata);
    user.updated_at = tenant.clock().now();
    store::users::update(&mut tx, &user).await?;
    tx.commit().await?;
    Ok(())
}

/// A mail address as it is kept, or `None` if it is none.
pub(crate) fn normal_email(text: &str) -> Option<String> {
    let email = text.trim().to_lowercase();
    let plausible = email.chars().count() <= MAX_EMAIL && egress::mail::is_address(&email);
    plausible.then_some(email)
}

/// A username as it is kept, or why it is none.
///
/// Source: the vendor's "Username", which allows letters, digits and `@ ^ $ . ! \` # - + ' ~ _`.
pub(crate) fn normal_username(connection: &Connection, text: &str) -> Result<String, String> {
    let username = text.trim().to_lowercase();
    let (least, most) = connection.username_length();
    let length = username.chars().count();
    if length < least || length > most {
        return Err(format!(
            "the username must have between {least} and {most} characters"
        ));
    }
    let allowed = |c: char| c.is_alphanumeric() || "^$.!`#-+'~_".contains(c);
    if !username.chars().all(allowed) {
        // An `@` would make it an address.
        return Err("the username may hold letters, digits and ^ $ . ! ` # - + ' ~ _".to_owned());
    }
    Ok(username)
}
