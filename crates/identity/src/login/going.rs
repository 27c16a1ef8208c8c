//! A sign-in on its way: the pending request of a page, and how it goes on.

use axum::extract::{FromRequestParts, Query};
use axum::response::Response;
use http::HeaderMap;
use http::header::SET_COOKIE;
use http::request::Parts;
use serde::Deserialize;
use web::{ContentPolicy, Visitor};

use super::applicant;
use super::trouble::Trouble;
use super::view::Way;
use crate::authentication::{session, transaction};
use crate::model::client::Client;
use crate::model::connection::Connection;
use crate::model::session::SignIn;
use crate::model::transaction::Transaction;
use crate::model::user::User;
use crate::settings::Issuer;
use crate::visit::Visit;
use crate::{Error, Tenant};

/// The pending request that a page belongs to.
pub(super) struct Going {
    pub(super) transaction: Transaction,
    /// The reader, in the language that the application asked for, unless they chose one here.
    pub(super) visitor: Visitor,
}

/// Who has just proved who they are, and how.
pub(super) struct Proof {
    pub(super) user_id: String,
    /// The connection's name.
    pub(super) connection: String,
    pub(super) ip: String,
}

impl Proof {
    /// The password of a user of this connection was right.
    pub(super) fn of(user: &User, connection: &Connection, visit: Visit) -> Self {
        Self {
            user_id: user.user_id.clone(),
            connection: connection.name.clone(),
            ip: visit.ip,
        }
    }
}

/// Which pending request a page belongs to.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Which {
    pub(super) state: Option<String>,
}

/// The request that the page's address leads to.
impl FromRequestParts<Tenant> for Going {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, tenant: &Tenant) -> Result<Self, Trouble> {
        let visitor = Visitor::from_request_parts(parts, tenant).await;
        let visitor = visitor.map_err(|_| Error::Internal("a page without its frame".into()))?;
        let Query(which) = Query::<Which>::try_from_uri(&parts.uri).unwrap_or_default();
        Self::arrive(tenant, &visitor, &parts.headers, which.state.as_deref()).await
    }
}

impl Going {
    /// The request that `state` leads to.
    ///
    /// # Errors
    /// [`Trouble`] if it was answered, has expired, or belongs to another browser.
    pub(super) async fn arrive(
        tenant: &Tenant,
        visitor: &Visitor,
        headers: &HeaderMap,
        state: Option<&str>,
    ) -> Result<Self, Trouble> {
        let state = state.ok_or_else(Trouble::expired)?;
        let transaction = transaction::load(tenant, headers, state).await?;
        let wanted = transaction.request.ui_locales.join(" ");
        Ok(Self {
            visitor: visitor.clone().preferring(&wanted),
            transaction,
        })
    }

    pub(super) fn client(&self) -> &Client {
        &self.transaction.client.client
    }

    /// What the application is called, in the reader's language.
    pub(super) fn name(&self) -> &str {
        applicant::name(self.client(), self.visitor.text().locale())
    }

    pub(super) fn way(&self) -> Way<'_> {
        Way {
            state: Some(&self.transaction.state),
        }
    }

    /// Where forms of its pages may lead.
    pub(super) fn policy(&self) -> ContentPolicy {
        super::policy(self.client(), &self.transaction.request.redirect_uri)
    }

    /// The user has signed in: begins their session and sends the browser on.
    pub(super) async fn finish(
        &self,
        tenant: &Tenant,
        issuer: &Issuer,
        headers: &HeaderMap,
        proof: Proof,
    ) -> Result<Response, Trouble> {
        let begun = session::begin(tenant, issuer, headers, by_password(proof)).await?;
        let mut response = transaction::complete(tenant, &self.transaction, &begun.session).await?;
        for cookie in begun.cookies {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        Ok(response)
    }
}

/// A sign-in with a password (RFC 8176 §2).
pub(super) fn by_password(proof: Proof) -> SignIn {
    SignIn {
        user_id: proof.user_id,
        connection: proof.connection,
        acr: None,
        amr: vec!["pwd".to_owned()],
        ip: Some(proof.ip).filter(|ip| !ip.is_empty()),
    }
}
