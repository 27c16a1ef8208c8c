//! The answer: a code, an access token, an ID token, as they were asked for.

use std::time::Duration;

use axum::response::Response;

use super::proceed::{Pending, Present};
use super::refusal::Refusal;
use crate::Tenant;
use crate::authentication::answer::WayBack;
use crate::authentication::transaction;
use crate::model::authorization::Authorization;
use crate::model::post_login::Acts;
use crate::store::authorization_codes::NewCode;
use crate::store::sessions::{self, Participant};
use crate::store::transactions;
use crate::token::issue::{self, Channel, IdTokenExtras};

/// How long a code may wait for its client (RFC 6749 §4.1.2 recommends ten minutes at most).
const CODE_LIFETIME: Duration = Duration::from_secs(60);

/// Issues what the request asks for.
///
/// # Errors
/// `invalid_request` if the request was answered already, in another tab perhaps.
pub(super) async fn answer(
    tenant: &Tenant,
    pending: &Pending,
    present: &Present,
    acts: Option<Box<Acts>>,
) -> Result<Response, Refusal> {
    let (request, client) = (&pending.request, &pending.client);
    let issuer = tenant.settings().issuer_named(&request.issuer);
    let response_type = request.response_type;
    let authorization = authorize(pending, present, acts);
    let mut parameters = Vec::new();

    let code = keep(tenant, pending, &authorization).await?;
    if let Some(code) = &code {
        parameters.push(("code", code.clone()));
    }
    let mut access_token = None;
    if response_type.token {
        let issued = issue::access_token(tenant, &issuer, &authorization, Channel::Front).await?;
        parameters.push(("access_token", issued.token.clone()));
        parameters.push(("token_type", issued.token_type.to_owned()));
        parameters.push(("expires_in", issued.expires_in.to_string()));
        parameters.push(("scope", issued.scope.to_string()));
        access_token = Some(issued.token);
    }
    if response_type.id_token {
        let extras = IdTokenExtras {
            access_token: access_token.as_deref(),
            code: code.as_deref(),
            state: request.state.as_deref(),
            front_channel: true,
        };
        let made = issue::id_token(
            tenant,
            &issuer,
            client,
            &authorization,
            &present.user,
            extras,
        );
        parameters.push(("id_token", made.await?));
    }
    Ok(WayBack::of(request).send(tenant, parameters))
}

fn authorize(pending: &Pending, present: &Present, acts: Option<Box<Acts>>) -> Authorization {
    let (request, session) = (&pending.request, &present.session);
    Authorization {
        client_id: request.client_id.clone(),
        user_id: session.user_id.clone(),
        session_id: Some(session.id.clone()),
        auth_time: session.auth_time,
        audience: request.audience.clone(),
        scope: request.scope.clone(),
        nonce: request.nonce.clone(),
        acr: session.acr.clone(),
        amr: session.amr.clone(),
        claims: request.claims.clone(),
        dpop_jkt: request.dpop_jkt.clone(),
        custom: acts.and_then(|acts| acts.custom.noted()),
    }
}

/// Ends the pending request, notes that the client takes part in the session, and makes the code: all
/// or nothing, so that a request is answered once.
async fn keep(
    tenant: &Tenant,
    pending: &Pending,
    authorization: &Authorization,
) -> Result<Option<String>, Refusal> {
    let request = &pending.request;
    let mut tx = tenant.db().begin().await?;
    if let Some(state) = &pending.state
        && !transactions::take(&mut tx, &transaction::id(tenant, state)).await?
    {
        return Err(Refusal::invalid_request(
            "this sign-in was finished already: start again at the application",
        ));
    }
    if let Some(session_id) = &authorization.session_id {
        let participant = Participant {
            client_id: request.client_id.clone(),
            issuer: request.issuer.clone(),
        };
        sessions::add_participant(&mut tx, session_id, &participant).await?;
    }
    let mut code = None;
    if request.response_type.code {
        let now = tenant.clock().now();
        let new = NewCode {
            authorization: authorization.clone(),
            redirect_uri: request
                .redirect_uri_sent
                .then(|| request.redirect_uri.clone()),
            code_challenge: request.code_challenge.clone(),
            issued_at: now,
            expires_at: now + CODE_LIFETIME,
        };
        code = Some(issue::authorization_code(tenant, &mut tx, &new).await?);
    }
    tx.commit().await?;
    Ok(code)
}
