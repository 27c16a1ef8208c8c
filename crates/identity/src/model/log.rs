//! Entries of the tenant's log.

use oauth::Timestamp;
use serde_json::{Value, json};

use crate::model::Members;

/// What happened, by the vendor's code.
///
/// Source: the vendor's "Log Event Type Codes".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// `s`: somebody signed in.
    SuccessLogin,
    /// `ssa`: somebody was signed in already.
    SuccessSilentAuth,
    /// `f`: a sign-in failed for another reason than those below.
    FailedLogin,
    /// `fp`: a wrong password.
    WrongPassword,
    /// `fu`: no such user.
    UnknownUser,
    /// `fsa`: `prompt=none` found nobody signed in.
    FailedSilentAuth,
    /// `ss`: somebody signed up.
    SuccessSignup,
    /// `fs`: a sign-up failed.
    FailedSignup,
    /// `limit_wc`: an account is blocked after too many wrong passwords from one address.
    BlockedAccount,
    /// `limit_mu`: an address is slowed down after too many failures.
    BlockedAddress,
    /// `scp`: a password was changed.
    SuccessChangePassword,
    /// `scpr`: somebody asked for a new password.
    SuccessChangePasswordRequest,
    /// `sv`: an address was confirmed.
    SuccessVerificationEmail,
    /// `svr`: a mail to confirm an address was asked for.
    SuccessVerificationEmailRequest,
    /// `sdu`: a user was removed.
    SuccessUserDeletion,
    /// `seacft`: an authorization code was exchanged.
    SuccessCodeExchange,
    /// `feacft`: an authorization code was not exchanged.
    FailedCodeExchange,
    /// `seccft`: client credentials were exchanged.
    SuccessClientCredentials,
    /// `feccft`: client credentials were not exchanged.
    FailedClientCredentials,
    /// `sepft`: a password was exchanged.
    SuccessPasswordExchange,
    /// `fepft`: a password was not exchanged.
    FailedPasswordExchange,
    /// `sertft`: a refresh token was exchanged.
    SuccessRefresh,
    /// `fertft`: a refresh token was not exchanged.
    FailedRefresh,
    /// `ferrt`: a rotated refresh token came again.
    ReusedRefreshToken,
    /// `sede`: a device code was exchanged.
    SuccessDeviceCodeExchange,
    /// `fede`: a device code was not exchanged.
    FailedDeviceCodeExchange,
    /// `srrt`: a refresh token was revoked.
    SuccessRevocation,
    /// `slo`: somebody signed out.
    SuccessLogout,
    /// `scoa`: a page of a client checked a password.
    SuccessCrossOrigin,
    /// `fcoa`: a page of a client checked a password, and it was wrong or could not be.
    FailedCrossOrigin,
    /// `sapi`: something was changed over an API.
    SuccessApi,
    /// `fapi`: somebody who may call the Management API tried to change something and could not.
    FailedApi,
    /// `actions_execution_failed`: an Action failed, and what it was to allow did not happen.
    ActionsExecutionFailed,
}

impl Event {
    /// The code.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::SuccessLogin => "s",
            Self::SuccessSilentAuth => "ssa",
            Self::FailedLogin => "f",
            Self::WrongPassword => "fp",
            Self::UnknownUser => "fu",
            Self::FailedSilentAuth => "fsa",
            Self::SuccessSignup => "ss",
            Self::FailedSignup => "fs",
            Self::BlockedAccount => "limit_wc",
            Self::BlockedAddress => "limit_mu",
            Self::SuccessChangePassword => "scp",
            Self::SuccessChangePasswordRequest => "scpr",
            Self::SuccessVerificationEmail => "sv",
            Self::SuccessVerificationEmailRequest => "svr",
            Self::SuccessUserDeletion => "sdu",
            Self::SuccessCodeExchange => "seacft",
            Self::FailedCodeExchange => "feacft",
            Self::SuccessClientCredentials => "seccft",
            Self::FailedClientCredentials => "feccft",
            Self::SuccessPasswordExchange => "sepft",
            Self::FailedPasswordExchange => "fepft",
            Self::SuccessRefresh => "sertft",
            Self::FailedRefresh => "fertft",
            Self::ReusedRefreshToken => "ferrt",
            Self::SuccessDeviceCodeExchange => "sede",
            Self::FailedDeviceCodeExchange => "fede",
            Self::SuccessRevocation => "srrt",
            Self::SuccessLogout => "slo",
            Self::SuccessCrossOrigin => "scoa",
            Self::FailedCrossOrigin => "fcoa",
            Self::SuccessApi => "sapi",
            Self::FailedApi => "fapi",
            Self::ActionsExecutionFailed => "actions_execution_failed",
        }
    }
}

/// What is written down of an event. Never a secret, a token or a password.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) event: Event,
    /// When it was written down; given by [`Tenant::log`](crate::Tenant::log).
    pub(crate) date: Timestamp,
    pub(crate) client_id: Option<String>,
    pub(crate) user_id: Option<String>,
    /// Every other member in the vendor's spelling: `description`, `ip`, `user_agent`, `connection`, ….
    pub(crate) more: Members,
}

impl Entry {
    /// An event about which nothing else is known yet.
    pub(crate) fn new(event: Event) -> Self {
        Self {
            event,
            date: Timestamp::from_millis(0),
            client_id: None,
            user_id: None,
            more: Members::new(),
        }
    }

    /// What happened, in words.
    #[must_use]
    pub(crate) fn saying(self, description: impl Into<String>) -> Self {
        self.with("description", description.into())
    }

    /// Which client it was about.
    #[must_use]
    pub(crate) fn client(mut self, client_id: &str) -> Self {
        self.client_id = Some(client_id.to_owned());
        self
    }

    /// Which user it was about.
    #[must_use]
    pub(crate) fn user(mut self, user: &super::user::User) -> Self {
        self.user_id = Some(user.user_id.clone());
        self.with("user_name", user.called())
            .with("connection", user.connection.as_str())
    }

    /// Of this user, if it was about an account that is linked to theirs.
    #[must_use]
    pub(crate) fn of(mut self, user_id: Option<&str>) -> Self {
        if let Some(user_id) = user_id {
            self.user_id = Some(user_id.to_owned());
        }
        self
    }

    /// A further member. Texts are cut to 1,000 characters: what a caller sent must not fill the log.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = match value.into() {
            Value::String(text) => Value::String(text.chars().take(1000).collect()),
            other => other,
        };
        self.more.insert(name.to_owned(), value);
        self
    }

    /// The entry as the Management API shows it.
    pub(crate) fn wire(self, log_id: &str) -> Members {
        let mut members = Members::new();
        members.insert("date".to_owned(), json!(self.date.to_rfc3339()));
        members.insert("type".to_owned(), json!(self.event.code()));
        for (name, value) in [("client_id", self.client_id), ("user_id", self.user_id)] {
            if let Some(value) = value {
                members.insert(name.to_owned(), json!(value));
            }
        }
        members.extend(self.more);
        members.insert("log_id".to_owned(), json!(log_id));
        members.insert("_id".to_owned(), json!(log_id));
        members.insert("isMobile".to_owned(), json!(false));
        members
    }
}
