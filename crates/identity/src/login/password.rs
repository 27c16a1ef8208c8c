//! `/u/reset-password/request` and `/u/reset-verify`: a link by mail, and the new password behind it.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;
use web::components::FieldErrors;
use web::{Form, Visitor};

use super::directories;
use super::going::{Going, Which};
use super::policy::after_mail;
use super::trouble::Trouble;
use super::view::Way;
use super::view::mail::{self, Purpose};
use super::view::password::{self as view, Reset};
use crate::Tenant;
use crate::model::connection::Connection;
use crate::service::tickets::{self, Done, ResetRefused};
use crate::service::{connections, users};
use crate::visit::Visit;

/// Where a link is asked for: on the way to an application, or from nowhere.
struct Place {
    going: Option<Going>,
    visitor: Visitor,
    open: Vec<Connection>,
}

impl Place {
    async fn find(
        tenant: &Tenant,
        visitor: Visitor,
        headers: &HeaderMap,
        state: Option<&str>,
    ) -> Result<Self, Trouble> {
        if state.is_none() {
            let default = directories::default(tenant).await?;
            return Ok(Self {
                going: None,
                visitor,
                open: default.into_iter().collect(),
            });
        }
        let going = Going::arrive(tenant, &visitor, headers, state).await?;
        let asked = going.transaction.request.connection.as_deref();
        let open = directories::open(tenant, going.client(), asked).await?;
        Ok(Self {
            visitor: going.visitor.clone(),
            going: Some(going),
            open,
        })
    }

    fn way(&self) -> Way<'_> {
        self.going.as_ref().map(Going::way).unwrap_or_default()
    }

    fn page(&self, entered: &Entered, errors: &FieldErrors) -> Response {
        let chosen = directories::chosen(&self.open, entered.connection.as_deref());
        let connections = directories::choices(&self.open, chosen);
        view::forgotten(
            &self.visitor,
            self.way(),
            &connections,
            &entered.email,
            errors,
        )
        .into_response()
    }
}

pub(super) async fn request_page(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    headers: HeaderMap,
    Query(query): Query<Which>,
) -> Result<Response, Trouble> {
    let place = Place::find(&tenant, visitor, &headers, query.state.as_deref()).await?;
    let request = place.going.as_ref().map(|going| &going.transaction.request);
    let hint = request.and_then(|request| request.login_hint.clone());
    let entered = Entered {
        email: hint.unwrap_or_default(),
        connection: None,
    };
    Ok(place.page(&entered, &FieldErrors::new()))
}

#[derive(Debug, Deserialize)]
pub(super) struct Entered {
    #[serde(default)]
    email: String,
    connection: Option<String>,
}

/// Asks for a mail. The answer is the same whether there is an account or not.
pub(super) async fn request(
    State(tenant): State<Tenant>,
    visit: Visit,
    visitor: Visitor,
    headers: HeaderMap,
    Query(query): Query<Which>,
    Form(entered): Form<Entered>,
) -> Result<Response, Trouble> {
    let place = Place::find(&tenant, visitor, &headers, query.state.as_deref()).await?;
    let text = place.visitor.text();
    let mut errors = FieldErrors::new();
    if entered.email.trim().is_empty() {
        errors.add("email", text.get("missing-email"));
    } else if users::normal_email(&entered.email).is_none() {
        errors.add("email", text.get("invalid-email"));
    }
    if !errors.is_empty() {
        return Ok(place.page(&entered, &errors));
    }
    let mut visit = Visit {
        locale: text.locale(),
        ..visit
    };
    if let Some(going) = &place.going {
        visit = visit.for_client(&going.client().client_id);
    }
    if let Some(connection) = directories::chosen(&place.open, entered.connection.as_deref()) {
        tickets::request_password_reset(&tenant, connection, &entered.email, &visit).await?;
    }
    Ok(mail::look_for_it(&place.visitor, place.way(), Purpose::Reset).into_response())
}

#[derive(Debug, Deserialize)]
pub(super) struct TicketQuery {
    #[serde(default)]
    pub(super) ticket: String,
}

/// The page behind the mailed link.
pub(super) async fn page(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    Query(query): Query<TicketQuery>,
) -> Result<Response, Trouble> {
    shown(&tenant, &visitor, &query.ticket, &FieldErrors::new()).await
}

async fn shown(
    tenant: &Tenant,
    visitor: &Visitor,
    ticket: &str,
    errors: &FieldErrors,
) -> Result<Response, Trouble> {
    let purpose = tickets::Purpose::ResetPassword;
    let Some(done) = tickets::look_up(tenant, purpose, ticket).await? else {
        return Ok(mail::dead_link(visitor, Purpose::Reset).into_response());
    };
    let (policy, user) = (after_mail(&done), done.user);
    let connection = connections::by_name(tenant, &user.connection).await?;
    let rule = connection.map(|connection| directories::password_rule(visitor.text(), &connection));
    let shown = Reset {
        ticket,
        email: user.email.as_deref(),
        password_rule: rule.as_deref().unwrap_or_default(),
    };
    Ok(view::reset(visitor, &shown, errors)
        .policy(policy)
        .into_response())
}

#[derive(Deserialize)]
pub(super) struct NewPassword {
    #[serde(default)]
    ticket: String,
    #[serde(default)]
    password: SecretString,
    #[serde(default)]
    again: SecretString,
}

pub(super) async fn submit(
    State(tenant): State<Tenant>,
    visit: Visit,
    visitor: Visitor,
    Form(form): Form<NewPassword>,
) -> Result<Response, Trouble> {
    let text = visitor.text();
    let mut errors = FieldErrors::new();
    if form.password.expose_secret() != form.again.expose_secret() {
        errors.add("again", text.get("password-mismatch"));
        return shown(&tenant, &visitor, &form.ticket, &errors).await;
    }
    match tickets::reset_password(&tenant, &form.ticket, form.password, &visit).await {
        Ok(done) => ended(&tenant, &visitor, &done).await,
        Err(ResetRefused::Spent) => Ok(mail::dead_link(&visitor, Purpose::Reset).into_response()),
        Err(ResetRefused::WeakPassword(weakness)) => {
            errors.add("password", directories::weakness(text, &weakness));
            shown(&tenant, &visitor, &form.ticket, &errors).await
        }
        Err(ResetRefused::Unavailable(error)) => Err(error.into()),
    }
}

/// The password is changed: on to where the ticket says, or to the application that the user came from.
async fn ended(tenant: &Tenant, visitor: &Visitor, done: &Done) -> Result<Response, Trouble> {
    let text = visitor.text();
    let outcome = [("success", "true"), ("message", &text.get("reset-done"))];
    if let Some(url) = done.result_url(&outcome) {
        return Ok(visitor.redirect(url).into_response());
    }
    let client = match done.client_id() {
        Some(client_id) => tenant.directory().client(tenant, client_id).await?,
        None => None,
    };
    let back = client.as_ref().and_then(|known| {
        let start = known.client.settings.get("initiate_login_uri");
        let start = start.and_then(Value::as_str)?;
        Some((start, known.client.name.as_str()))
    });
    Ok(view::changed(visitor, back).into_response())
}
