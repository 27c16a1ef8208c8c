//! Step: does the request bring a sign-in along?

use axum::http::{HeaderMap, header};
use axum::response::Response;

use super::proceed::Pending;
use crate::Tenant;
use crate::authentication::transaction::Lost;
use crate::authentication::{session, transaction};
use crate::login;
use crate::model::session::SignIn;
use crate::model::transaction::Progress;
use crate::visit::Visit;

/// Signs the user in whom a `login_ticket` stands for, and goes on with the request. `None` if it brings
/// none, or one that does not work in this browser: the user signs in on our page then.
///
/// Source: the vendor's "Cross-Origin Authentication".
pub(super) async fn redeem(
    tenant: &Tenant,
    visit: &Visit,
    headers: &HeaderMap,
    pending: &Pending,
) -> Result<Option<Response>, Lost> {
    let request = &pending.request;
    let Some(ticket) = &request.login_ticket else {
        return Ok(None);
    };
    let proven = login::redeem(tenant, headers, &request.client_id, ticket).await?;
    let Some(proven) = proven else {
        return Ok(None);
    };
    let sign_in = SignIn {
        user_id: proven.user_id,
        connection: proven.connection,
        acr: None,
        amr: vec!["pwd".to_owned()],
        ip: Some(visit.ip.clone()).filter(|ip| !ip.is_empty()),
    };
    let begun = session::begin(tenant, &visit.issuer, headers, sign_in).await?;
    let (state, _) =
        transaction::keep(tenant, visit, headers, request.clone(), Progress::default()).await?;
    let kept = transaction::load(tenant, headers, &state).await?;
    let mut response = transaction::complete(tenant, &kept, &begun.session).await?;
    for cookie in begun.cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(Some(response))
}
