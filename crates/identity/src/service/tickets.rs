//! Tickets: links that confirm an address or set a password.
//!
//! What leaves by mail has 256 random bits; the database keeps a digest. A ticket works once, for the
//! address that it was made for, and until it expires.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use storage::Tx;

use crate::authentication::back_channel::Initiator;
use crate::model::Members;
use crate::model::connection::Connection;
use crate::model::log::Event;
use crate::model::password::{self, Weakness};
use crate::model::user::User;
use crate::service::mail::{self, Mail, Subject};
use crate::service::users::{self as service, normal_email};
use crate::service::{connections, revocation};
use crate::settings::Issuer;
use crate::store::login_failures;
use crate::store::tickets::{self, Ticket};
use crate::store::users::{self, Account, Identifier};
use crate::visit::Visit;
use crate::{Error, Tenant, bounds};

/// The page that confirms an address with the ticket in its query: `?ticket=…`.
pub(crate) const VERIFY_PAGE: &str = "u/email-verification";
/// The page that sets a password with the ticket in its query: `?ticket=…`.
pub(crate) const RESET_PAGE: &str = "u/reset-verify";

/// How long a ticket works unless the one who asked says otherwise.
///
/// Source: the vendor's `POST /api/v2/tickets/…`, `ttl_sec`.
pub(crate) const LIFETIME: Duration = Duration::from_secs(5 * 24 * 3600);

/// What a ticket is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    VerifyEmail,
    ResetPassword,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ResetPassword => "reset_password",
        }
    }

    const fn page(self) -> &'static str {
        match self {
            Self::VerifyEmail => VERIFY_PAGE,
            Self::ResetPassword => RESET_PAGE,
        }
    }
}

/// A ticket to make.
#[derive(Clone, Debug)]
pub(crate) struct NewTicket {
    pub(crate) purpose: Purpose,
    pub(crate) lifetime: Duration,
    /// `result_url`, `client_id`, `mark_email_as_verified`, `includeEmailInRedirect`.
    pub(crate) settings: Members,
}

impl NewTicket {
    pub(crate) fn new(purpose: Purpose) -> Self {
        Self {
            purpose,
            lifetime: LIFETIME,
            settings: Members::new(),
        }
    }

    fn for_client(mut self, visit: &Visit) -> Self {
        if let Some(client_id) = &visit.client_id {
            self.settings
                .insert("client_id".to_owned(), json!(client_id));
        }
        self
    }
}

/// What came of a ticket.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    pub(crate) user: User,
    /// What the ticket was made with.
    pub(crate) settings: Members,
}

impl Done {
    /// Where to send the browser next, if the one who made the ticket said so. The outcome goes with it.
    pub(crate) fn result_url(&self, outcome: &[(&str, &str)]) -> Option<String> {
        let text = self.settings.get("result_url").and_then(Value::as_str)?;
        let mut url = url::Url::parse(text).ok()?;
        url.query_pairs_mut().extend_pairs(outcome);
        if self.settings.get("includeEmailInRedirect") == Some(&json!(true))
            && let Some(email) = &self.user.email
        {
            url.query_pairs_mut().append_pair("email", email);
        }
        Some(url.into())
    }

    /// The client that the user came from, where it is known.
    pub(crate) fn client_id(&self) -> Option<&str> {
        self.settings.get("client_id").and_then(Value::as_str)
    }
}

/// Why a password was not set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ResetRefused {
    /// The ticket never was, was used, or has expired.
    #[error("this link was used before or has expired; ask for a new one")]
    Spent,
    /// The password breaks a rule; the ticket still works.
    #[error(transparent)]
    WeakPassword(#[from] Weakness),
    /// The tenant cannot answer now.
    #[error(transparent)]
    Unavailable(#[from] Error),
}

/// Makes a ticket and gives the link that uses it.
pub(crate) async fn make(
    tx: &mut Tx,
    tenant: &Tenant,
    issuer: &Issuer,
    user: &User,
    new: NewTicket,
) -> Result<String, Error> {
    let token = tenant.entropy().url_safe(43);
    let ticket = Ticket {
        digest: digest(tenant, &token),
        purpose: new.purpose.as_str().to_owned(),
        user_id: user.user_id.clone(),
        email: user.email.clone(),
        settings: new.settings,
        expires_at: tenant.clock().now() + new.lifetime,
    };
    tickets::insert(tx, &ticket).await?;
    let page = issuer.endpoint(new.purpose.page());
    Ok(format!("{page}?ticket={token}"))
}

fn digest(tenant: &Tenant, token: &str) -> String {
    tenant.sealer().digest("identity.ticket", token.as_bytes())
}

/// Mails a link that confirms the user's address. It leaves when the transaction commits.
pub(crate) async fn mail_verification(
    tx: &mut Tx,
    tenant: &Tenant,
    visit: &Visit,
    user: &User,
) -> Result<(), Error> {
    let new = NewTicket::new(Purpose::VerifyEmail).for_client(visit);
    mail_ticket(tx, tenant, visit, user, (Subject::Verify, new)).await?;
    tenant.log(
        tenant
            .entry(Event::SuccessVerificationEmailRequest, visit)
            .user(user),
    );
    Ok(())
}

async fn mail_ticket(
    tx: &mut Tx,
    tenant: &Tenant,
    visit: &Visit,
    user: &User,
    (subject, new): (Subject, NewTicket),
) -> Result<(), Error> {
    let Some(email) = &user.email else {
        return Ok(());
    };
    let hours = i64::try_from(new.lifetime.as_secs() / 3600)
        .unwrap_or(1)
        .max(1);
    let link = make(tx, tenant, &visit.issuer, user, new).await?;
    let mail = Mail {
        subject,
        to: email.clone(),
        name: user.called().to_owned(),
        tenant: tenant.display_name(),
        link,
        hours,
        locale: visit.locale.tag().to_owned(),
        written_at: tenant.clock().now(),
    };
    mail::post(tx, tenant, &mail).await?;
    Ok(())
}

/// Mails a link that sets a new password, if the address has an account. Nobody learns which.
///
/// # Errors
/// [`Error::Unavailable`]; [`Error::Limited`] if too many mails were asked for.
pub(crate) async fn request_password_reset(
    tenant: &Tenant,
    connection: &Connection,
    email: &str,
    visit: &Visit,
) -> Result<(), Error> {
    let Some(email) = normal_email(email) else {
        return Ok(());
    };
    limit_mails(tenant, visit, &email)?;
    if !connection.is_database() {
        return Ok(());
    }
    let known = users::identify(tenant.db(), &connection.name, Identifier::Email(&email)).await?;
    let Some(known) = known else {
        return Ok(());
    };
    let new = NewTicket::new(Purpose::ResetPassword).for_client(visit);
    let mut tx = tenant.db().begin().await?;
    mail_ticket(&mut tx, tenant, visit, known.named(), (Subject::Reset, new)).await?;
    tx.commit().await?;
    tenant.log(
        tenant
            .entry(Event::SuccessChangePasswordRequest, visit)
            .user(&known.user),
    );
    Ok(())
}

/// Tells the owner of an address that somebody signed up with it, with a link that sets a new password.
///
/// Where too many mails were caused none is sent, without a word: a limit that only known addresses meet
/// would tell which ones are known.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn tell_exists(
    tenant: &Tenant,
    connection: &Connection,
    email: &str,
    visit: &Visit,
) -> Result<(), Error> {
    let Some(email) = normal_email(email) else {
        return Ok(());
    };
    if limit_mails(tenant, visit, &email).is_err() {
        return Ok(());
    }
    let known = users::identify(tenant.db(), &connection.name, Identifier::Email(&email)).await?;
    let Some(known) = known else {
        return Ok(());
    };
    let new = NewTicket::new(Purpose::ResetPassword).for_client(visit);
    let mut tx = tenant.db().begin().await?;
    mail_ticket(
        &mut tx,
        tenant,
        visit,
        known.named(),
        (Subject::Exists, new),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Mails the link that confirms a user's address again.
///
/// # Errors
/// As [`request_password_reset`].
pub(crate) async fn request_verification(
    tenant: &Tenant,
    user: &User,
    visit: &Visit,
) -> Result<(), Error> {
    if let Some(email) = &user.email {
        limit_mails(tenant, visit, email)?;
        let mut tx = tenant.db().begin().await?;
        mail_verification(&mut tx, tenant, visit, user).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Tells a user that their account is blocked from some address, with a link that lifts the block.
pub(crate) async fn tell_blocked(tenant: &Tenant, visit: &Visit, user: &User) -> Result<(), Error> {
    let Some(email) = &user.email else {
        return Ok(());
    };
    if tenant.guard().mails_to.take(email).is_err() {
        return Ok(());
    }
    let mut tx = tenant.db().begin().await?;
    let new = NewTicket::new(Purpose::ResetPassword);
    mail_ticket(&mut tx, tenant, visit, user, (Subject::Blocked, new)).await?;
    Ok(tx.commit().await?)
}

/// Slows down whoever fills mailboxes.
fn limit_mails(tenant: &Tenant, visit: &Visit, email: &str) -> Result<(), Error> {
    let guard = tenant.guard();
    let block = bounds::block(&visit.ip);
    guard.mails_from.take(&block).map_err(Error::Limited)?;
    guard.mails_to.take(email).map_err(Error::Limited)
}

/// Whom a ticket is for and what it was made with; `None` if it no longer works. It stays unspent.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn look_up(
    tenant: &Tenant,
    purpose: Purpose,
    token: &str,
) -> Result<Option<Done>, Error> {
    let now = tenant.clock().now();
    let found = tickets::find(tenant.db(), &digest(tenant, token), purpose.as_str(), now).await?;
    let Some(ticket) = found else { return Ok(None) };
    let account = users::find_account(tenant.db(), &ticket.user_id).await?;
    Ok(account
        .filter(|account| account.user.email == ticket.email)
        .map(|account| Done {
            user: account.user,
            settings: ticket.settings,
        }))
}

/// Confirms the address that a ticket was mailed to; `None` if the ticket no longer works.
///
/// # Errors
/// [`Error::Unavailable`].
pub(crate) async fn verify_email(
    tenant: &Tenant,
    token: &str,
    visit: &Visit,
) -> Result<Option<Done>, Error> {
    let now = tenant.clock().now();
    let purpose = Purpose::VerifyEmail.as_str();
    let mut tx = tenant.db().begin().await?;
    let Some(ticket) = tickets::spend(&mut tx, &digest(tenant, token), purpose, now).await? else {
        return Ok(None);
    };
    let Some(Account {
        mut user,
        linked_to,
    }) = for_ticket(&mut tx, &ticket).await?
    else {
        return Ok(None);
    };
    user.email_verified = true;
    user.updated_at = now;
    users::update(&mut tx, &user).await?;
    if let Some(primary) = &linked_to {
        users::list(&mut tx, primary, now).await?;
    }
    tx.commit().await?;
    tenant.log(
        tenant
            .entry(Event::SuccessVerificationEmail, visit)
            .user(&user)
            .of(linked_to.as_deref()),
    );
    Ok(Some(Done {
        user,
        settings: ticket.settings,
    }))
}

/// Sets a password with a ticket. Sessions, other tickets and blocks of the user end.
///
/// # Errors
/// [`ResetRefused`]. A password that breaks a rule does not spend the ticket.
pub(crate) async fn reset_password(
    tenant: &Tenant,
    token: &str,
    new: SecretString,
    visit: &Visit,
) -> Result<Done, ResetRefused> {
    let purpose = Purpose::ResetPassword;
    let found = look_up(tenant, purpose, token).await?;
    let Done { user, .. } = found.ok_or(ResetRefused::Spent)?;
    let connection = connections::by_name(tenant, &user.connection).await?;
    let connection = connection.ok_or(ResetRefused::Spent)?;
    password::check(&connection, new.expose_secret(), &service::personal(&user))?;
    let hash = tenant.hasher().hash(new).await;
    let hash = hash.map_err(|error| Error::Unavailable(error.to_string()))?;
    let done = set_password(tenant, token, &hash).await?;
    let (done, linked_to) = done.ok_or(ResetRefused::Spent)?;
    tenant.log(
        tenant
            .entry(Event::SuccessChangePassword, visit)
            .user(&done.user)
            .of(linked_to.as_deref()),
    );
    Ok(done)
}

/// The account that a ticket is for, unless its address changed meanwhile.
async fn for_ticket(tx: &mut Tx, ticket: &Ticket) -> Result<Option<Account>, Error> {
    let found = users::lock_account(tx, &ticket.user_id).await?;
    Ok(found.filter(|account| account.user.email == ticket.email))
}

/// What came of it, and the user whose linked account it is.
async fn set_password(
    tenant: &Tenant,
    token: &str,
    hash: &str,
) -> Result<Option<(Done, Option<String>)>, Error> {
    let now = tenant.clock().now();
    let purpose = Purpose::ResetPassword.as_str();
    let mut tx = tenant.db().begin().await?;
    let spent = tickets::spend(&mut tx, &digest(tenant, token), purpose, now).await?;
    let Some(ticket) = spent else {
        return Ok(None);
    };
    let Some(account) = for_ticket(&mut tx, &ticket).await? else {
        return Ok(None);
    };
    let owner = account.owner().to_owned();
    let Account {
        mut user,
        linked_to,
    } = account;
    // The ticket came by mail, unless an administrator asked for the link and said not to count it.
    if ticket.settings.get("mark_email_as_verified") != Some(&json!(false)) && user.email.is_some()
    {
        user.email_verified = true;
        users::update(&mut tx, &user).await?;
    }
    users::set_password(&mut tx, &user.user_id, Some(hash), now).await?;
    user.last_password_reset = Some(now);
    tickets::end(&mut tx, &user.user_id, purpose).await?;
    login_failures::forgive(&mut tx, &owner, None).await?;
    revocation::end_user(&mut tx, &owner, Initiator::PasswordChanged).await?;
    if linked_to.is_some() {
        users::list(&mut tx, &owner, now).await?;
    }
    tx.commit().await?;
    let done = Done {
        user,
        settings: ticket.settings,
    };
    Ok(Some((done, linked_to)))
}
