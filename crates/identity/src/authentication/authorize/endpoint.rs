//! The endpoint itself: from HTTP to the steps, and from their outcome to HTTP.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use oauth::{ErrorCode, OAuthError};

use super::act::Returned;
use super::login_ticket;
use super::parameters::Parameters;
use super::proceed::{self, Pending};
use super::read;
use super::refusal::{Refusal, Refused};
use crate::Tenant;
use crate::authentication::answer;
use crate::authentication::transaction::{self, Lost};
use crate::authentication::trouble;
use crate::login::view::problem::Kind;
use crate::model::log::Event;
use crate::model::transaction::Progress;
use crate::service::actions::flow::event::parameters;
use crate::visit::Visit;

/// A link (RFC 6749 §3.1).
pub(super) async fn by_link(
    State(tenant): State<Tenant>,
    visit: Visit,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let parameters = Parameters::form(query.unwrap_or_default().as_bytes());
    answer_to(&tenant, &visit, &headers, parameters).await
}

/// A form (OpenID Connect Core §3.1.2.1).
pub(super) async fn by_form(
    State(tenant): State<Tenant>,
    visit: Visit,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let is_form = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| {
            kind.to_ascii_lowercase()
                .starts_with("application/x-www-form-urlencoded")
        });
    let mut response = match body {
        Ok(body) if is_form => answer_to(&tenant, &visit, &headers, Parameters::form(&body)).await,
        _ => page(&Refusal::invalid_request(
            "send the parameters in the query, or as application/x-www-form-urlencoded",
        )),
    };
    // A form that is answered by a redirect is not posted on (RFC 9700 §4.12).
    if response.status() == StatusCode::FOUND {
        *response.status_mut() = StatusCode::SEE_OTHER;
    }
    response
}

async fn answer_to(
    tenant: &Tenant,
    visit: &Visit,
    headers: &HeaderMap,
    parameters: Parameters,
) -> Response {
    let request = match read(tenant, &visit.issuer, parameters).await {
        Ok(request) => request,
        Err(refused) => return refuse(tenant, &refused),
    };
    let client = match tenant.directory().client(tenant, &request.client_id).await {
        Ok(Some(client)) => client,
        Ok(None) => return page(&Refusal::unauthorized_client("Unknown client")),
        Err(error) => return page(&error.into()),
    };
    let pending = Pending {
        request,
        client,
        progress: Progress::default(),
        state: None,
        returned: None,
    };
    match login_ticket::redeem(tenant, visit, headers, &pending).await {
        Ok(Some(response)) => return finish(tenant, Ok(response)),
        Ok(None) => {}
        Err(Lost::Gone) => return gone(),
        Err(Lost::Unavailable(error)) => return page(&error.into()),
    }
    let silent = pending.request.prompt.none;
    let client_id = pending.request.client_id.clone();
    let outcome = proceed::proceed(tenant, visit, headers, pending).await;
    if silent {
        journal(tenant, visit, &client_id, &outcome);
    }
    finish(tenant, outcome)
}

/// Goes on with a request whose user did something for it.
pub(super) async fn resume(
    State(tenant): State<Tenant>,
    visit: Visit,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Parameters::form(query.unwrap_or_default().as_bytes());
    let state = query.get("state").unwrap_or_default();
    go_on(&tenant, &visit, &headers, state, None).await
}

/// The user is back from where an Action had sent them.
///
/// Source: the vendor's "Redirect with Actions".
pub(super) async fn return_by_link(
    State(tenant): State<Tenant>,
    visit: Visit,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Parameters::form(query.unwrap_or_default().as_bytes());
    let state = query.get("state").unwrap_or_default();
    let returned = Returned {
        method: "GET",
        query: parameters(query.iter()),
        body: None,
    };
    go_on(&tenant, &visit, &headers, state, Some(returned)).await
}

/// The same with a form, in which a token of the other site stays out of the address.
pub(super) async fn return_by_form(
    State(tenant): State<Tenant>,
    visit: Visit,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let Ok(body) = body else {
        return page(&Refusal::invalid_request(
            "send the parameters as application/x-www-form-urlencoded",
        ));
    };
    let query = Parameters::form(query.unwrap_or_default().as_bytes());
    let form = Parameters::form(&body);
    let state = query.get("state").or_else(|| form.get("state"));
    let returned = Returned {
        method: "POST",
        query: parameters(query.iter()),
        body: Some(parameters(form.iter())),
    };
    let state = state.unwrap_or_default();
    let mut response = go_on(&tenant, &visit, &headers, state, Some(returned)).await;
    // A form that is answered by a redirect is not posted on (RFC 9700 §4.12).
    if response.status() == StatusCode::FOUND {
        *response.status_mut() = StatusCode::SEE_OTHER;
    }
    response
}

async fn go_on(
    tenant: &Tenant,
    visit: &Visit,
    headers: &HeaderMap,
    state: &str,
    returned: Option<Returned>,
) -> Response {
    let transaction = match transaction::load(tenant, headers, state).await {
        Ok(transaction) => transaction,
        Err(Lost::Gone) => return gone(),
        Err(Lost::Unavailable(error)) => return page(&error.into()),
    };
    let pending = Pending {
        request: transaction.request,
        client: transaction.client,
        progress: transaction.progress,
        state: Some(transaction.state),
        returned,
    };
    let outcome = proceed::proceed(tenant, visit, headers, pending).await;
    finish(tenant, outcome)
}

/// What the tenant's log says of requests that want no page.
fn journal(tenant: &Tenant, visit: &Visit, client_id: &str, outcome: &Result<Response, Refused>) {
    let entry = match outcome {
        Ok(_) => tenant.entry(Event::SuccessSilentAuth, visit),
        Err(Refused::Page(refusal) | Refused::Client(_, refusal)) => {
            let words = refusal.error.error_description.clone();
            tenant
                .entry(Event::FailedSilentAuth, visit)
                .saying(words.unwrap_or_default())
        }
    };
    tenant.log(entry.client(client_id));
}

fn finish(tenant: &Tenant, outcome: Result<Response, Refused>) -> Response {
    let mut response = match outcome {
        Ok(response) => response,
        Err(refused) => refuse(tenant, &refused),
    };
    answer::secure(&mut response);
    response
}

fn refuse(tenant: &Tenant, refused: &Refused) -> Response {
    match refused {
        Refused::Page(refusal) => page(refusal),
        Refused::Client(back, refusal) => {
            tracing::debug!(error = %refusal.error, "an authorization request was refused");
            back.error(tenant, &refusal.error)
        }
    }
}

/// The page of a request that leads nowhere.
pub(super) fn page(refusal: &Refusal) -> Response {
    let mut response = trouble::page(refusal.kind, &refusal.error);
    answer::secure(&mut response);
    response
}

/// The page of a request that was answered already, or has waited too long.
pub(super) fn gone() -> Response {
    let error = OAuthError::new(
        ErrorCode::InvalidRequest,
        "this sign-in was finished or has expired: go back to the application and start again",
    );
    let mut response = trouble::page(Kind::Expired, &error);
    answer::secure(&mut response);
    response
}
