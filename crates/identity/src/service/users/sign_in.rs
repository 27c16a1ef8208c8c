//! Signing in with a password.

use oauth::password::imported;
use secrecy::SecretString;

use super::guard;
use crate::model::connection::Connection;
use crate::model::log::Event;
use crate::model::user::User;
use crate::service::tickets;
use crate::store::login_failures;
use crate::store::users::{self, Identifier, Known};
use crate::visit::Visit;
use crate::{Error, Tenant, bounds};

/// Why nobody is signed in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SignInRefused {
    /// Name or password is wrong; which one is not said.
    #[error("Wrong email or password.")]
    WrongCredentials,
    /// An administrator stopped the user. Said only to somebody who knows the password.
    #[error("user is blocked")]
    Blocked,
    /// The account is blocked from this address, or the address is slowed down.
    #[error(
        "Your account has been blocked after multiple consecutive login attempts. Reset your password \
         to unblock it, or try again later."
    )]
    TooManyAttempts,
    /// The tenant cannot answer now.
    #[error(transparent)]
    Unavailable(#[from] Error),
}

impl From<storage::Error> for SignInRefused {
    fn from(error: storage::Error) -> Self {
        Self::Unavailable(error.into())
    }
}

/// Signs a user of a database connection in by mail address or username, and counts the sign-in.
///
/// Known and unknown names take the same time. The attempt is written down in the log, whatever
/// comes of it.
///
/// # Errors
/// [`SignInRefused`].
pub(crate) async fn sign_in(
    tenant: &Tenant,
    connection: &Connection,
    identifier: &str,
    password: SecretString,
    visit: &Visit,
) -> Result<User, SignInRefused> {
    let identifier = identifier.trim().to_lowercase();
    if !connection.is_database() || identifier.is_empty() || identifier.contains('\0') {
        return Err(SignInRefused::WrongCredentials);
    }
    let entry = |event| {
        tenant
            .entry(event, visit)
            .with("connection", connection.name.as_str())
            .with("connection_id", connection.id.as_str())
            .with("strategy", connection.strategy.as_str())
            .with("strategy_type", "database")
    };
    let protection = tenant.protection();
    let block = bounds::block(&visit.ip);
    if protection.slows(&visit.ip) && tenant.guard().sign_ins.take(&block).is_err() {
        tenant
            .log(entry(Event::BlockedAddress).saying("Too many failed sign-ins from this address"));
        return Err(SignInRefused::TooManyAttempts);
    }
    let known = users::identify(tenant.db(), &connection.name, Identifier::of(&identifier)).await?;
    let account = account(tenant, connection, &identifier, known.as_ref());
    let failures = match connection.protects_accounts() && protection.stops(&visit.ip) {
        true => guard::count(tenant, &account, &visit.ip).await?,
        false => 0,
    };
    if failures > protection.max_attempts {
        tenant.log(about(
            entry(Event::BlockedAccount),
            known.as_ref(),
            &identifier,
        ));
        return Err(SignInRefused::TooManyAttempts);
    }
    let hash = known.as_ref().and_then(|known| known.password_hash.clone());
    let is_imported = hash.as_deref().is_some_and(imported::is_imported);
    // A hash from elsewhere is good for one sign-in: ours takes its place.
    let again = is_imported.then(|| password.clone());
    let busy = |error: web::Overloaded| Error::Unavailable(error.to_string());
    let holds = tenant.hasher().verify(password, hash).await.map_err(busy)?;
    let Some(Known { user, .. }) = known.as_ref().filter(|_| holds) else {
        let event = match &known {
            Some(_) => Event::WrongPassword,
            None => Event::UnknownUser,
        };
        tenant.log(
            about(entry(event), known.as_ref(), &identifier).saying("Wrong email or password."),
        );
        if failures == protection.max_attempts
            && let Some(known) = &known
        {
            tenant.log(entry(Event::BlockedAccount).user(&known.user));
            if protection.tells_user {
                tickets::tell_blocked(tenant, visit, known.named()).await?;
            }
        }
        return Err(SignInRefused::WrongCredentials);
    };
    tenant.guard().sign_ins.give_back(&block);
    let own_hash = match again {
        Some(password) => Some(tenant.hasher().hash(password).await.map_err(busy)?),
        None => None,
    };
    let mut tx = tenant.db().begin().await?;
    if let (Some(hash), Some(known)) = (&own_hash, &known) {
        users::keep_hash(&mut tx, &known.named().user_id, hash).await?;
    }
    if failures > 0 {
        let ip = guard::counted_as(tenant, &visit.ip);
        login_failures::forgive(&mut tx, &account, Some(&ip)).await?;
    }
    if user.blocked {
        tx.commit().await?;
        tenant.log(
            entry(Event::FailedLogin)
                .user(user)
                .saying("user is blocked"),
        );
        return Err(SignInRefused::Blocked);
    }
    let now = tenant.clock().now();
    let user = users::signed_in(&mut tx, &user.user_id, &visit.ip, now).await?;
    let user = user.ok_or(SignInRefused::WrongCredentials)?;
    tx.commit().await?;
    tenant.log(entry(Event::SuccessLogin).user(&user));
    Ok(user)
}

/// What failures are counted under. A name that nobody has is kept as a keyed digest: people type
/// passwords into the wrong field.
fn account(
    tenant: &Tenant,
    connection: &Connection,
    identifier: &str,
    known: Option<&Known>,
) -> String {
    match known {
        Some(known) => known.user.user_id.clone(),
        None => {
            let name = format!("{} {identifier}", connection.id);
            tenant
                .sealer()
                .digest("identity.unknown_user", name.as_bytes())
        }
    }
}

fn about(
    entry: crate::model::log::Entry,
    known: Option<&Known>,
    identifier: &str,
) -> crate::model::log::Entry {
    match known {
        Some(known) => entry.user(&known.user),
        // Only what is plainly an address: anything else may be a password in the wrong field.
        None if identifier.contains('@') => entry.with("user_name", identifier),
        None => entry,
    }
}
