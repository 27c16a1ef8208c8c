//! `/u/login`: signing in with a password.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use web::components::FieldErrors;
use web::{Form, Text};

use super::going::{Going, Proof};
use super::trouble::Trouble;
use super::view::sign_in::{self as view, Identifier, SignIn};
use super::{custom, directories};
use crate::Tenant;
use crate::model::connection::Connection;
use crate::service::users::{self, SignInRefused};
use crate::settings::Issuer;
use crate::visit::Visit;

pub(super) async fn page(
    State(tenant): State<Tenant>,
    issuer: Issuer,
    going: Going,
) -> Result<Response, Trouble> {
    if let Some(own) = custom::page(&tenant, &issuer, &going).await? {
        return Ok(own);
    }
    let open = open(&tenant, &going).await?;
    let hint = going.transaction.request.login_hint.as_deref();
    let shown = Shown {
        going: &going,
        open: &open,
        chosen: open.first(),
        entered: hint.unwrap_or(""),
    };
    Ok(shown.page(None, &FieldErrors::new()))
}

#[derive(Deserialize)]
pub(super) struct Entered {
    #[serde(default)]
    pub(super) username: String,
    #[serde(default)]
    pub(super) password: SecretString,
    pub(super) connection: Option<String>,
}

pub(super) async fn submit(
    State(tenant): State<Tenant>,
    issuer: Issuer,
    visit: Visit,
    going: Going,
    headers: HeaderMap,
    Form(entered): Form<Entered>,
) -> Result<Response, Trouble> {
    let open = open(&tenant, &going).await?;
    let chosen = directories::chosen(&open, entered.connection.as_deref());
    let shown = Shown {
        going: &going,
        open: &open,
        chosen,
        entered: &entered.username,
    };
    let text = going.visitor.text();
    let missing = missing(text, &entered);
    let Some(connection) = chosen.filter(|_| missing.is_empty()) else {
        return Ok(shown.page(None, &missing));
    };
    let visit = visit.for_client(&going.client().client_id);
    match users::sign_in(
        &tenant,
        connection,
        &entered.username,
        entered.password,
        &visit,
    )
    .await
    {
        Ok(user) => {
            let proof = Proof::of(&user, connection, visit);
            going.finish(&tenant, &issuer, &headers, proof).await
        }
        Err(refused) => {
            let why = refusal(text, refused, connection)?;
            Ok(shown.page(Some(&why), &FieldErrors::new()))
        }
    }
}

async fn open(tenant: &Tenant, going: &Going) -> Result<Vec<Connection>, Trouble> {
    let asked = going.transaction.request.connection.as_deref();
    Ok(directories::open(tenant, going.client(), asked).await?)
}

/// What was left out.
pub(super) fn missing(text: Text, entered: &Entered) -> FieldErrors {
    let mut errors = FieldErrors::new();
    if entered.username.trim().is_empty() {
        errors.add("username", text.get("missing-login"));
    }
    if entered.password.expose_secret().is_empty() {
        errors.add("password", text.get("missing-password"));
    }
    errors
}

/// Why nobody is signed in, as a sentence.
pub(super) fn refusal(
    text: Text,
    refused: SignInRefused,
    connection: &Connection,
) -> Result<String, Trouble> {
    Ok(text.get(match refused {
        SignInRefused::WrongCredentials if connection.requires_username() => "sign-in-wrong",
        SignInRefused::WrongCredentials => "sign-in-wrong-email",
        SignInRefused::Blocked => "sign-in-blocked",
        SignInRefused::TooManyAttempts => "sign-in-too-many",
        SignInRefused::Unavailable(error) => return Err(error.into()),
    }))
}

/// What people are known by at any of these.
pub(super) fn identifier(open: &[Connection]) -> Identifier {
    match open.iter().any(Connection::requires_username) {
        true => Identifier::Either,
        false => Identifier::Email,
    }
}

struct Shown<'a> {
    going: &'a Going,
    open: &'a [Connection],
    chosen: Option<&'a Connection>,
    entered: &'a str,
}

impl Shown<'_> {
    fn page(&self, failure: Option<&str>, errors: &FieldErrors) -> Response {
        let (going, visitor) = (self.going, &self.going.visitor);
        let name = going.name();
        if self.open.is_empty() {
            return view::nowhere(visitor, name).into_response();
        }
        let lead = visitor
            .text()
            .with("sign-in-lead", [("application", name.into())]);
        let connections = directories::choices(self.open, self.chosen);
        let shown = SignIn {
            way: going.way(),
            action: &going.way().href("/u/login"),
            kept: &[],
            lead: &lead,
            identifier: identifier(self.open),
            entered: self.entered,
            connections: &connections,
            may_sign_up: !self.open.iter().all(Connection::is_closed),
            may_reset: true,
        };
        view::sign_in(visitor, &shown, failure, errors)
            .policy(going.policy())
            .into_response()
    }
}
