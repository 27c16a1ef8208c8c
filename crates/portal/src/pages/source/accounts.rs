//! Accounts and sessions.

use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use web::{Cookie, Locale, cookie_value};

use super::site::{ACCESS, REFRESH};
use super::{ReaderFacts, Source};
use crate::Error;
use crate::pages::is_secure;
use crate::service::accounts::{self, NewDeveloper, Refusal, Tokens, Visit};

/// Why somebody with the right password is not signed in; any other refusal is "wrong password".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotYet {
    Unverified,
    Pending,
    Rejected,
    Revoked,
}

/// How signing in went.
#[derive(Debug)]
pub(crate) enum SignedIn {
    /// The session's cookies.
    Yes(Vec<HeaderValue>),
    /// Address or password is wrong.
    Wrong,
    /// The account cannot be used.
    NotYet(NotYet),
}

impl Source {
    pub(crate) async fn sign_up(
        &self,
        reader: &ReaderFacts,
        full_name: &str,
        email: &str,
        locale: Locale,
    ) -> Result<(), Error> {
        let new = NewDeveloper {
            email: email.to_owned(),
            full_name: full_name.to_owned(),
        };
        Ok(self
            .portal
            .accounts()
            .sign_up(&visit(reader, locale), &new)
            .await?)
    }

    /// The address, and a token that sets the first password.
    pub(crate) async fn verify_email(
        &self,
        reader: &ReaderFacts,
        token: &str,
    ) -> Result<(String, String), Error> {
        Ok(self
            .portal
            .accounts()
            .verify_email(&visit(reader, Locale::En), token)
            .await?)
    }

    pub(crate) async fn forgot_password(
        &self,
        reader: &ReaderFacts,
        email: &str,
        locale: Locale,
    ) -> Result<(), Error> {
        Ok(self
            .portal
            .accounts()
            .forgot_password(&visit(reader, locale), email)
            .await?)
    }

    pub(crate) async fn set_password(
        &self,
        reader: &ReaderFacts,
        token: &str,
        password: &SecretString,
    ) -> Result<(), Error> {
        let visit = visit(reader, Locale::En);
        Ok(self
            .portal
            .accounts()
            .reset_password(&visit, token, password.clone())
            .await?)
    }

    pub(crate) async fn sign_in(
        &self,
        reader: &ReaderFacts,
        email: &str,
        password: &SecretString,
    ) -> Result<SignedIn, Error> {
        let visit = visit(reader, Locale::En);
        let refusal = match self
            .portal
            .accounts()
            .authenticate(&visit, email, password.clone())
            .await
        {
            Ok((_, tokens)) => return Ok(SignedIn::Yes(self.session_cookies(&tokens))),
            Err(accounts::Error::Refused(refusal)) => refusal,
            Err(other) => return Err(other.into()),
        };
        Ok(match refusal {
            Refusal::Wrong => SignedIn::Wrong,
            Refusal::Unverified => SignedIn::NotYet(NotYet::Unverified),
            Refusal::Pending => SignedIn::NotYet(NotYet::Pending),
            Refusal::Rejected => SignedIn::NotYet(NotYet::Rejected),
            Refusal::Revoked => SignedIn::NotYet(NotYet::Revoked),
        })
    }

    /// Ends the session and gives the cookies that say so.
    pub(crate) async fn sign_out(
        &self,
        reader: &ReaderFacts,
        headers: &HeaderMap,
    ) -> Result<Vec<HeaderValue>, Error> {
        let portal = reader.portal.id.to_string();
        let (access, refresh) = (
            cookie_value(headers, ACCESS),
            cookie_value(headers, REFRESH),
        );
        self.portal
            .accounts()
            .sign_out(&portal, access, refresh)
            .await?;
        Ok(self.no_session_cookies())
    }

    pub(super) fn session_cookies(&self, tokens: &Tokens) -> Vec<HeaderValue> {
        let now = self.portal.clock().now();
        let secure = is_secure(&self.portal);
        let cookie = |name, token: &SecretString, lasting: Duration| {
            Cookie::new(name, token.expose_secret(), secure)
                .lasting(lasting)
                .header()
        };
        vec![
            cookie(
                ACCESS,
                &tokens.access,
                tokens.access_expires_at.saturating_since(now),
            ),
            cookie(
                REFRESH,
                &tokens.refresh,
                tokens.refresh_expires_at.saturating_since(now),
            ),
        ]
    }

    pub(super) fn no_session_cookies(&self) -> Vec<HeaderValue> {
        let secure = is_secure(&self.portal);
        [ACCESS, REFRESH]
            .map(|name| Cookie::removal(name, secure).header())
            .to_vec()
    }
}

fn visit(reader: &ReaderFacts, locale: Locale) -> Visit {
    Visit {
        portal_id: reader.portal.id.to_string(),
        origin: reader.portal.origin.clone(),
        address: reader.address.clone(),
        locale: locale.tag().to_owned(),
        request_id: reader.request_id.clone(),
        caller: reader.caller.clone(),
    }
}
