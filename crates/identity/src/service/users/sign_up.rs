//! Signing up.

use oauth::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

use super::{normal_email, normal_username};
use crate::model::connection::Connection;
use crate::model::log::Event;
use crate::model::password::{self, Weakness};
use crate::model::user::User;
use crate::model::{Members, merge};
use crate::service::actions::flow::{self, SignUp};
use crate::service::tickets;
use crate::store::users;
use crate::visit::Visit;
use crate::{Error, Tenant, bounds};

/// Who asks for an account.
#[derive(Clone, Debug, Default)]
pub(crate) struct NewUser {
    /// As typed.
    pub(crate) email: String,
    /// As typed; asked for where the connection requires usernames.
    pub(crate) username: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) nickname: Option<String>,
    pub(crate) given_name: Option<String>,
    pub(crate) family_name: Option<String>,
    pub(crate) picture: Option<String>,
    pub(crate) user_metadata: Members,
}

/// Why there is no account.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(crate) enum SignUpRefused {
    /// Somebody has the address or the username already; with the account as it would have been.
    #[error("The user already exists.")]
    Exists(Box<User>),
    /// The password breaks a rule of the connection.
    #[error(transparent)]
    WeakPassword(#[from] Weakness),
    /// Nobody may sign up by themselves at this connection.
    #[error("Public signup is disabled")]
    Closed,
    /// The address, the username or a name breaks a rule.
    #[error("{0}")]
    Invalid(String),
    /// An Action said no: why, for the log, and a sentence for the user.
    #[error("{reason}")]
    Denied {
        reason: String,
        message: Option<String>,
    },
    /// An Action failed; the sentence leads to the run.
    #[error("{0}")]
    ActionFailed(String),
    /// Too many accounts from this address.
    #[error("too many sign-ups from your network; try again in a few minutes")]
    TooManyAttempts,
    /// The tenant cannot answer now.
    #[error(transparent)]
    Unavailable(#[from] Error),
}

/// Most characters of a name.
const MAX_NAME: usize = 300;

/// Makes an account at a database connection and mails a link that confirms the address.
///
/// # Errors
/// [`SignUpRefused`].
pub(crate) async fn sign_up(
    tenant: &Tenant,
    connection: &Connection,
    new: NewUser,
    password: SecretString,
    visit: &Visit,
) -> Result<User, SignUpRefused> {
    let entry = |event| {
        tenant
            .entry(event, visit)
            .with("connection", connection.name.as_str())
            .with("connection_id", connection.id.as_str())
            .with("strategy", connection.strategy.as_str())
    };
    match make(tenant, connection, new, password, visit).await {
        Ok(user) => {
            tenant.log(entry(Event::SuccessSignup).user(&user));
            let sign_up = SignUp {
                connection,
                user: &user,
                visit,
            };
            flow::post_user_registration(tenant, &sign_up).await;
            Ok(user)
        }
        Err(refused) => {
            tenant.log(entry(Event::FailedSignup).saying(refused.to_string()));
            Err(refused)
        }
    }
}

async fn make(
    tenant: &Tenant,
    connection: &Connection,
    new: NewUser,
    password: SecretString,
    visit: &Visit,
) -> Result<User, SignUpRefused> {
    if !connection.is_database() || connection.is_closed() {
        return Err(SignUpRefused::Closed);
    }
    let throttle = &tenant.guard().sign_ups;
    throttle
        .take(&bounds::block(&visit.ip))
        .map_err(|_| SignUpRefused::TooManyAttempts)?;
    let mut user = check(tenant, connection, new, tenant.clock().now())?;
    password::check(connection, password.expose_secret(), &personal(&user))?;
    ask_actions(tenant, connection, &mut user, visit).await?;
    // Hashed before anybody looks whether the address is known, so that the time says nothing.
    let hash = tenant.hasher().hash(password).await;
    let hash = hash.map_err(|error| Error::Unavailable(error.to_string()))?;
    let mut tx = tenant.db().begin().await.map_err(Error::from)?;
    match users::insert(&mut tx, &user, Some(&hash)).await {
        Ok(()) => {}
        Err(storage::Error::Unique { .. }) => return Err(SignUpRefused::Exists(Box::new(user))),
        Err(other) => return Err(SignUpRefused::Unavailable(other.into())),
    }
    tickets::mail_verification(&mut tx, tenant, visit, &user).await?;
    tx.commit().await.map_err(Error::from)?;
    Ok(user)
}

/// Lets the tenant's Actions stop the sign-up, or add to what is kept of the user.
async fn ask_actions(
    tenant: &Tenant,
    connection: &Connection,
    user: &mut User,
    visit: &Visit,
) -> Result<(), SignUpRefused> {
    let sign_up = SignUp {
        connection,
        user,
        visit,
    };
    let wish = flow::pre_user_registration(tenant, &sign_up).await;
    let wish = wish.map_err(|failed| SignUpRefused::ActionFailed(failed.sentence()))?;
    if let Some((reason, message)) = wish.denied {
        return Err(SignUpRefused::Denied { reason, message });
    }
    merge(&mut user.user_metadata, wish.user_metadata);
    merge(&mut user.app_metadata, wish.app_metadata);
    Ok(())
}

/// What is known of a user that a password should not hold.
pub(crate) fn personal(user: &User) -> Vec<&str> {
    [
        &user.email,
        &user.username,
        &user.name,
        &user.nickname,
        &user.given_name,
        &user.family_name,
    ]
    .into_iter()
    .flatten()
    .map(String::as_str)
    .collect()
}

fn check(
    tenant: &Tenant,
    connection: &Connection,
    new: NewUser,
    now: Timestamp,
) -> Result<User, SignUpRefused> {
    let invalid = |sentence: &str| SignUpRefused::Invalid(sentence.to_owned());
    let mut user = User::new(User::new_id(tenant.entropy()), &connection.name, now);
    user.email =
        Some(normal_email(&new.email).ok_or_else(|| invalid("email is not a mail address"))?);
    let username = new.username.filter(|username| !username.trim().is_empty());
    user.username = match (username, connection.requires_username()) {
        (Some(username), true) => {
            Some(normal_username(connection, &username).map_err(SignUpRefused::Invalid)?)
        }
        (None, true) => return Err(invalid("missing username")),
        // The connection has no usernames; what was sent is left out.
        (_, false) => None,
    };
    for name in [
        &new.name,
        &new.nickname,
        &new.given_name,
        &new.family_name,
        &new.picture,
    ]
    .into_iter()
    .flatten()
    {
        if name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
            return Err(invalid("a name may have 300 characters and no line breaks"));
        }
    }
    let metadata = &new.user_metadata;
    let text = |value: &serde_json::Value| {
        value
            .as_str()
            .is_some_and(|text| text.chars().count() <= 500)
    };
    if metadata.len() > 10
        || !metadata.values().all(text)
        || metadata.keys().any(|key| key.len() > 100)
    {
        return Err(invalid(
            "user_metadata may have 10 texts of up to 500 characters",
        ));
    }
    user.name = new.name;
    user.nickname = new.nickname;
    user.given_name = new.given_name;
    user.family_name = new.family_name;
    user.picture = new.picture;
    user.user_metadata = new.user_metadata;
    user.complete();
    Ok(user)
}
