//! The team's accounts: who may sign in to the console, and what each may do.
//!
//! There is always an owner: the last one can neither be removed nor given another role.

mod invitation;
mod password;
mod session;
#[cfg(test)]
mod tests;

use std::time::Duration;

use oauth::{Clock, Entropy, ShownOnce};
use secrecy::SecretString;
use serde_json::json;
use storage::seal::Sealer;
use storage::{Database, Tx};
use web::{Allowance, Hasher, Locale, Overloaded, Role, Throttle};

use crate::ctx::Ctx;
use crate::error::{Error, Violation};
use crate::model::{Administrator, AdministratorId, AuditId, Holder};
use crate::service::accounts::address_fault;
use crate::store;
use crate::store::audit::Entry;

pub use session::{Arrival, SessionToken};

const MAX_NAME: usize = 256;
const MAX_EMAIL: usize = 250;
const KIND: &str = "administrator";

/// How long sessions last.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// A session that is not used.
    pub idle: Duration,
    /// A session, however often it is used.
    pub session: Duration,
}

impl Default for Lifetimes {
    /// A working day, and a lunch within it.
    ///
    /// Source: OWASP Session Management Cheat Sheet, "Session Expiration".
    fn default() -> Self {
        let hour = Duration::from_secs(3600);
        Self {
            idle: hour * 2,
            session: hour * 12,
        }
    }
}

/// A new account.
#[derive(Clone, Debug)]
pub struct NewAdministrator {
    /// The address, as typed.
    pub email: String,
    /// The name; the address stands in for an empty one.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// The team's accounts.
#[derive(Clone, Debug)]
pub struct Administrators {
    db: Database,
    sealer: Sealer,
    clock: Clock,
    entropy: Entropy,
    lifetimes: Lifetimes,
    hasher: Hasher,
    /// Failed sign-ins of one account.
    by_account: Throttle,
    /// Failed sign-ins from one network address.
    by_address: Throttle,
}

impl Administrators {
    /// The accounts in this database.
    #[must_use]
    pub fn new(
        db: Database,
        sealer: Sealer,
        clock: Clock,
        entropy: Entropy,
        lifetimes: Lifetimes,
    ) -> Self {
        let throttle = |burst, seconds| {
            let refill = Duration::from_secs(seconds);
            Throttle::new(clock.clone(), Allowance { burst, refill })
        };
        Self {
            hasher: Hasher::new(entropy.clone()),
            by_account: throttle(10, 60),
            by_address: throttle(30, 10),
            db,
            sealer,
            clock,
            entropy,
            lifetimes,
        }
    }

    /// Everybody, by name.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn every(&self) -> Result<Vec<Administrator>, Error> {
        Ok(store::administrators::every(&self.db).await?)
    }

    /// The account with this id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn find(&self, id: AdministratorId) -> Result<Administrator, Error> {
        let found = store::administrators::find(&self.db, id).await?;
        found.ok_or_else(|| Error::not_found(KIND, id))
    }

    /// The account with this address, in any case.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn find_by_email(&self, email: &str) -> Result<Administrator, Error> {
        let email = email.trim().to_lowercase();
        let found = store::administrators::find_by_email(&self.db, &email).await?;
        found.ok_or_else(|| Error::not_found(KIND, email))
    }

    /// Makes an account with this password, or with one that is shown once and works until its owner has
    /// chosen another.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an address, name or password that cannot be one; [`Error::Conflict`] if the
    /// address has an account.
    pub async fn create(
        &self,
        ctx: &Ctx,
        new: NewAdministrator,
        password: Option<SecretString>,
    ) -> Result<(Administrator, Option<ShownOnce<SecretString>>), Error> {
        let email = new.email.trim().to_lowercase();
        if email.chars().count() > MAX_EMAIL || address_fault(&email).is_some() {
            return Err(invalid("email", "invalid", "must be an email address"));
        }
        let name = checked_name(&new.name, &email)?;
        if let Some(password) = &password {
            password::check(password, &email, &name)?;
        }
        let temporary = password.is_none();
        let password = password.unwrap_or_else(|| self.one_time_password());
        let hash = self.hasher.hash(password.clone()).await?;
        let administrator = Administrator {
            id: AdministratorId::new(&self.entropy),
            email,
            name,
            role: new.role,
            password_is_temporary: temporary,
            wants_mail: true,
            locale: None,
            last_sign_in_at: None,
            created_at: ctx.now,
            updated_at: ctx.now,
        };
        let mut tx = self.db.begin().await?;
        store::administrators::insert(&mut tx, &administrator, &hash)
            .await
            .map_err(|error| {
                Error::from(error).or_conflict("an administrator with this email address exists")
            })?;
        let detail = json!({ "email": administrator.email, "role": administrator.role.as_str() });
        self.audit(&mut tx, ctx, "create", administrator.id, detail)
            .await?;
        tx.commit().await?;
        Ok((administrator, temporary.then(|| ShownOnce::new(password))))
    }

    /// Gives an account another name and role.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it is the last owner's and would not be an owner's any more;
    /// [`Error::Invalid`] for a name that is too long; [`Error::NotFound`].
    pub async fn change(
        &self,
        ctx: &Ctx,
        id: AdministratorId,
        name: &str,
        role: Role,
    ) -> Result<Administrator, Error> {
        let mut tx = self.db.begin().await?;
        let before = self.held(&mut tx, id).await?;
        let name = checked_name(name, &before.email)?;
        if before.role == Role::Owner && role != Role::Owner {
            keep_an_owner(&mut tx, id).await?;
        }
        store::administrators::update(&mut tx, id, &name, role, ctx.now).await?;
        let detail = json!({
            "email": before.email, "role": role.as_str(), "role_before": before.role.as_str(),
        });
        self.audit(&mut tx, ctx, "update", id, detail).await?;
        tx.commit().await?;
        Ok(Administrator {
            name,
            role,
            updated_at: ctx.now,
            ..before
        })
    }

    /// Lets somebody be told by mail of what waits for a decision, or not, and in which language.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn choose_mail(
        &self,
        ctx: &Ctx,
        id: AdministratorId,
        wanted: bool,
        locale: Locale,
    ) -> Result<(), Error> {
        let mut tx = self.db.begin().await?;
        let before = self.held(&mut tx, id).await?;
        store::administrators::set_mail(&mut tx, id, wanted, locale.tag(), ctx.now).await?;
        let detail = json!({ "email": before.email, "mails": wanted, "language": locale.tag() });
        self.audit(&mut tx, ctx, "update", id, detail).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Removes an account; its sessions end and its tokens stop working at once.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it is the last owner's; [`Error::NotFound`].
    pub async fn remove(&self, ctx: &Ctx, id: AdministratorId) -> Result<(), Error> {
        let mut tx = self.db.begin().await?;
        let before = self.held(&mut tx, id).await?;
        if before.role == Role::Owner {
            keep_an_owner(&mut tx, id).await?;
        }
        store::platform_tokens::revoke_of_administrator(&mut tx, id, ctx.now).await?;
        store::assigned_roles::delete_of(&mut tx, Holder::User(id)).await?;
        store::administrators::delete(&mut tx, id).await?;
        let detail = json!({ "email": before.email });
        self.audit(&mut tx, ctx, "delete", id, detail).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Forgets sessions and invitations that have ended. Gives how many sessions that were.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn prune(&self) -> Result<u64, Error> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let idle_since = now - self.lifetimes.idle;
        let gone = store::administrators::prune_sessions(&mut tx, now, idle_since).await?;
        store::invitations::prune(&mut tx, now).await?;
        tx.commit().await?;
        Ok(gone)
    }

    async fn held(&self, tx: &mut Tx, id: AdministratorId) -> Result<Administrator, Error> {
        let found = store::administrators::find(tx, id).await?;
        found.ok_or_else(|| Error::not_found(KIND, id))
    }

    async fn audit(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        action: &str,
        id: AdministratorId,
        detail: serde_json::Value,
    ) -> Result<(), Error> {
        let entry = Entry::new(action, KIND, id).with(detail);
        store::audit::record(tx, ctx, AuditId::new(&self.entropy), entry).await?;
        Ok(())
    }
}

impl From<Overloaded> for Error {
    fn from(error: Overloaded) -> Self {
        Self::Limited {
            message: error.to_string(),
            retry_after: Some(Duration::from_secs(2)),
        }
    }
}

async fn keep_an_owner(tx: &mut Tx, id: AdministratorId) -> Result<(), Error> {
    if store::administrators::other_owners(tx, id).await? > 0 {
        return Ok(());
    }
    let reason = "this is the last owner; make another administrator an owner first";
    Err(Error::Conflict(reason.into()))
}

/// The name without space around it; the address where it is empty.
fn checked_name(name: &str, email: &str) -> Result<String, Error> {
    match name.trim() {
        "" => Ok(email.to_owned()),
        name if name.chars().count() > MAX_NAME => Err(invalid(
            "name",
            "max_length",
            "must not have more than 256 characters",
        )),
        name => Ok(name.to_owned()),
    }
}

fn invalid(field: &str, rule: &'static str, reason: &str) -> Error {
    Error::invalid(Violation::body(field, rule, reason))
}
