//! `/u/email-verification`: the page behind the link that confirms an address.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use web::{Form, Visitor};

use super::password::TicketQuery;
use super::policy::after_mail;
use super::trouble::Trouble;
use super::view::mail::{self, Purpose};
use crate::Tenant;
use crate::service::tickets;
use crate::visit::Visit;

/// Asks for a click; a link that works no more says so at once.
pub(super) async fn page(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    Query(query): Query<TicketQuery>,
) -> Result<Response, Trouble> {
    let purpose = tickets::Purpose::VerifyEmail;
    let found = tickets::look_up(&tenant, purpose, &query.ticket).await?;
    Ok(match found {
        Some(done) => mail::verify(&visitor, &query.ticket)
            .policy(after_mail(&done))
            .into_response(),
        None => mail::dead_link(&visitor, Purpose::Verify).into_response(),
    })
}

#[derive(Debug, Deserialize)]
pub(super) struct Click {
    #[serde(default)]
    ticket: String,
}

pub(super) async fn submit(
    State(tenant): State<Tenant>,
    visit: Visit,
    visitor: Visitor,
    Form(click): Form<Click>,
) -> Result<Response, Trouble> {
    let Some(done) = tickets::verify_email(&tenant, &click.ticket, &visit).await? else {
        return Ok(mail::dead_link(&visitor, Purpose::Verify).into_response());
    };
    let message = visitor.text().get("verified-title");
    let outcome = [("success", "true"), ("message", message.as_str())];
    Ok(match done.result_url(&outcome) {
        Some(url) => visitor.redirect(url).into_response(),
        None => mail::verified(&visitor).into_response(),
    })
}
