//! Step: what do the tenant's Actions say?

use super::directory::{KnownApi, KnownClient};
use super::refusal::Refusal;
use super::request::Request;
use crate::model::Members;
use crate::model::authorization::Authorization;
use crate::model::post_login::Custom;
use crate::model::refresh_token::RefreshToken;
use crate::model::user::User;
use crate::service::actions::flow::event::parameters;
use crate::service::actions::flow::{self, ClientToken, Failed, Login, LoginRefused, Protocol};
use oauth::Scopes;

/// What Actions made of a request.
pub(super) struct Said<T> {
    pub(super) wish: T,
    /// The run, for the log.
    pub(super) execution_id: Option<String>,
}

impl<T> Said<Option<T>> {
    /// Nothing was asked yet.
    pub(super) const fn nothing() -> Self {
        Self {
            wish: None,
            execution_id: None,
        }
    }
}

/// The claims that Actions put into the token of a client that acts for itself.
///
/// # Errors
/// What an Action refuses with: 400 `invalid_scope` or `invalid_request`, 500 `server_error`; 500
/// `server_error` if one fails.
pub(super) async fn for_client(
    request: &Request<'_>,
    client: &KnownClient,
    api: &KnownApi,
    scope: &Scopes,
) -> Result<Said<Members>, Refusal> {
    let token = || ClientToken {
        client: &client.client,
        audience: &api.identifier,
        is_system: api.is_system,
        scope,
        requested: requested(request),
        visit: request.visit,
        body: parameters(request.parameters.iter()),
    };
    let wish = flow::client_credentials(request.tenant, token).await?;
    match wish.denied {
        Some((code, reason)) => Err(Refusal::by_action(&code, reason).ran(wish.execution_id)),
        None => Ok(Said {
            wish: wish.claims,
            execution_id: wish.execution_id,
        }),
    }
}

/// A user's tokens that are asked for without a browser.
pub(super) struct UserTokens<'a> {
    pub(super) client: &'a KnownClient,
    pub(super) user: &'a User,
    pub(super) authorization: &'a Authorization,
    pub(super) protocol: Protocol,
    pub(super) refresh_token: Option<&'a RefreshToken>,
}

/// What Actions put into a user's tokens.
///
/// # Errors
/// 403 `access_denied` with an Action's reason; 500 `server_error` if one fails.
pub(super) async fn for_user(
    request: &Request<'_>,
    tokens: &UserTokens<'_>,
) -> Result<Said<Option<Box<Custom>>>, Refusal> {
    let login = || Login {
        client: &tokens.client.client,
        user: tokens.user,
        connection: &tokens.user.connection,
        session: None,
        refresh_token: tokens.refresh_token,
        protocol: tokens.protocol,
        audience: tokens.authorization.audience.as_deref(),
        scope: &tokens.authorization.scope,
        request: None,
        visit: request.visit,
        method: "POST",
        query: None,
        body: Some(parameters(request.parameters.iter())),
        amr: &tokens.authorization.amr,
        auth_time: tokens.authorization.auth_time,
        acts: crate::model::post_login::Acts::default(),
        may_redirect: false,
    };
    let wish = flow::post_login(request.tenant, login).await?;
    match wish.denied {
        _ if wish.needs_interaction => Err(Refusal::interaction_required(
            "An action sends the user to a page: ask at the authorization endpoint",
        )
        .ran(wish.execution_id)),
        Some(reason) => Err(Refusal::access_denied(reason).ran(wish.execution_id)),
        None => Ok(Said {
            wish: wish.acts.custom.noted(),
            execution_id: wish.execution_id,
        }),
    }
}

fn requested<'a>(request: &'a Request<'_>) -> Vec<&'a str> {
    let scope = request.parameters.get("scope").unwrap_or_default();
    scope.split_ascii_whitespace().collect()
}

impl From<Failed> for Refusal {
    fn from(failed: Failed) -> Self {
        Self::by_action("server_error", failed.sentence()).ran(Some(failed.execution_id))
    }
}

impl From<LoginRefused> for Refusal {
    fn from(refused: LoginRefused) -> Self {
        match refused {
            LoginRefused::Failed(failed) => failed.into(),
            LoginRefused::Unavailable(error) => error.into(),
        }
    }
}
