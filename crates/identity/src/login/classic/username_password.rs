//! `POST /usernamepassword/login` and `POST /login/callback`: how a script on the tenant's own login page
//! signs a user in.
//!
//! The script sends the password and gets a form; posting that form goes on with the pending request.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use http::header::CACHE_CONTROL;
use http::{HeaderMap, HeaderValue};
use serde::Deserialize;
use serde_json::{Value, json};
use web::{Form, Visitor, html};

use super::call::Call;
use super::refusal::Refusal;
use crate::Tenant;
use crate::authentication::transaction::{self, Lost};
use crate::login::going::{Going, Proof};
use crate::login::ticket::{self, Kind, Proven};
use crate::login::trouble::Trouble;
use crate::service::users;
use crate::settings::Issuer;
use crate::visit::Visit;

/// Checks a password for the pending request that `state` names; answers with a form that goes on.
pub(super) async fn login(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    visit: Visit,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    match Call::arrive(&tenant, &headers, body).await {
        Ok(call) => call.answer(check(&call, &visitor, &headers, visit).await),
        Err(refusal) => refusal.into_response(),
    }
}

async fn check(
    call: &Call<'_>,
    visitor: &Visitor,
    headers: &HeaderMap,
    visit: Visit,
) -> Result<Response, Refusal> {
    let (tenant, client) = (call.tenant, &call.client);
    let state = call.required("state")?;
    let own_page = call
        .text("_csrf")
        .is_some_and(|token| visitor.owns_csrf_token(token));
    if !own_page || !call.from.may_sign_in(client) {
        return Err(expired());
    }
    let transaction = transaction::load(tenant, headers, state)
        .await
        .map_err(lost)?;
    if transaction.request.client_id != client.client_id {
        return Err(expired());
    }
    let connection = call.connection(call.required("connection")?).await?;
    let (username, password) = (call.required("username")?, call.password()?);
    let visit = visit.for_client(&client.client_id);
    let user = users::sign_in(tenant, &connection, username, password, &visit)
        .await
        .map_err(Refusal::sign_in)?;
    let proven = Proven {
        client_id: client.client_id.clone(),
        user_id: user.user_id,
        connection: connection.name,
    };
    let ticket = ticket::issue(tenant, Kind::Callback, state, proven).await?;
    let context = json!({ "strategy": "auth0", "tenant": tenant.settings().name, "state": state });
    let form = html! {
        form method="post" name="hiddenform" action="/login/callback" {
            input type="hidden" name="wa" value="wsignin1.0";
            input type="hidden" name="wresult" value=(ticket);
            input type="hidden" name="wctx" value=(context.to_string());
            (visitor.csrf_field())
            noscript { button type="submit" { (visitor.text().get("sign-in-button")) } }
        }
    };
    Ok(form.into_response())
}

fn lost(lost: Lost) -> Refusal {
    match lost {
        Lost::Gone => expired(),
        Lost::Unavailable(error) => error.into(),
    }
}

fn expired() -> Refusal {
    Refusal::invalid_request(
        "the login page has expired, or belongs to another browser; reload it, and send its \
         internalOptions (state and _csrf) along",
    )
}

#[derive(Deserialize)]
pub(super) struct Callback {
    #[serde(default)]
    wresult: String,
    #[serde(default)]
    wctx: String,
}

/// Goes on with the pending request of a ticket.
pub(super) async fn callback(
    State(tenant): State<Tenant>,
    issuer: Issuer,
    visit: Visit,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<Callback>,
) -> Result<Response, Trouble> {
    let context: Value = serde_json::from_str(&form.wctx).unwrap_or_default();
    let state = context.get("state").and_then(Value::as_str);
    let state = state.ok_or_else(Trouble::expired)?;
    let going = Going::arrive(&tenant, &visitor, &headers, Some(state)).await?;
    let proven = ticket::redeem(&tenant, Kind::Callback, state, &form.wresult).await?;
    let proven = proven
        .filter(|proven| proven.client_id == going.client().client_id)
        .ok_or_else(Trouble::expired)?;
    let proof = Proof {
        user_id: proven.user_id,
        connection: proven.connection,
        ip: visit.ip,
    };
    let mut response = going.finish(&tenant, &issuer, &headers, proof).await?;
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
