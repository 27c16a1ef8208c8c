//! `/u/signup`: creating an account.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use web::components::FieldErrors;
use web::{Form, Text};

use super::going::{Going, Proof};
use super::trouble::Trouble;
use super::view::mail::{self, Purpose};
use super::view::sign_up::{self as view, SignUp};
use super::{custom, directories};
use crate::Tenant;
use crate::model::connection::Connection;
use crate::service::tickets;
use crate::service::users::{self, NewUser, SignUpRefused, normal_email, normal_username};
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
    let entered = Entered {
        email: hint.unwrap_or_default().to_owned(),
        ..Entered::default()
    };
    Ok(shown(&going, &open, &entered, None, &FieldErrors::new()))
}

#[derive(Default, Deserialize)]
pub(super) struct Entered {
    #[serde(default)]
    email: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: SecretString,
    connection: Option<String>,
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
    let text = going.visitor.text();
    let chosen = directories::chosen(&open, entered.connection.as_deref());
    let Some(connection) = chosen else {
        return Ok(shown(&going, &open, &entered, None, &FieldErrors::new()));
    };
    let missing = missing(text, &entered, connection);
    if !missing.is_empty() {
        return Ok(shown(&going, &open, &entered, None, &missing));
    }
    let visit = Visit {
        locale: text.locale(),
        ..visit.for_client(&going.client().client_id)
    };
    let new = NewUser {
        email: entered.email.clone(),
        username: connection
            .requires_username()
            .then(|| entered.username.clone()),
        ..NewUser::default()
    };
    match users::sign_up(&tenant, connection, new, entered.password.clone(), &visit).await {
        Ok(_) if connection.confirms_first() => Ok(look_for_mail(&going)),
        Ok(user) => {
            let proof = Proof::of(&user, connection, visit);
            going.finish(&tenant, &issuer, &headers, proof).await
        }
        Err(SignUpRefused::Exists(_)) => {
            tickets::tell_exists(&tenant, connection, &entered.email, &visit).await?;
            if connection.confirms_first() {
                return Ok(look_for_mail(&going));
            }
            let settings = tenant.tenant_settings();
            let why = match settings.flag("enable_public_signup_user_exists_error") {
                true => "sign-up-exists",
                false => "sign-up-failed",
            };
            let why = text.get(why);
            Ok(shown(
                &going,
                &open,
                &entered,
                Some(&why),
                &FieldErrors::new(),
            ))
        }
        Err(refused) => {
            let (why, errors) = refusal(text, refused)?;
            Ok(shown(&going, &open, &entered, why.as_deref(), &errors))
        }
    }
}

/// The directories where people may make accounts.
async fn open(tenant: &Tenant, going: &Going) -> Result<Vec<Connection>, Trouble> {
    let asked = going.transaction.request.connection.as_deref();
    let mut open = directories::open(tenant, going.client(), asked).await?;
    open.retain(|connection| !connection.is_closed());
    Ok(open)
}

fn look_for_mail(going: &Going) -> Response {
    mail::look_for_it(&going.visitor, going.way(), Purpose::Verify).into_response()
}

/// What was left out, or cannot be right.
fn missing(text: Text, entered: &Entered, connection: &Connection) -> FieldErrors {
    let mut errors = FieldErrors::new();
    if entered.email.trim().is_empty() {
        errors.add("email", text.get("missing-email"));
    } else if normal_email(&entered.email).is_none() {
        errors.add("email", text.get("invalid-email"));
    }
    if connection.requires_username() {
        if entered.username.trim().is_empty() {
            errors.add("username", text.get("missing-username"));
        } else if normal_username(connection, &entered.username).is_err() {
            let (min, max) = connection.username_length();
            let bounds = [("min", min.into()), ("max", max.into())];
            errors.add("username", text.with("invalid-username", bounds));
        }
    }
    if entered.password.expose_secret().is_empty() {
        errors.add("password", text.get("missing-password"));
    }
    errors
}

/// Why there is no account: above the form, and beside its fields.
fn refusal(text: Text, refused: SignUpRefused) -> Result<(Option<String>, FieldErrors), Trouble> {
    let mut errors = FieldErrors::new();
    let why = match refused {
        SignUpRefused::WeakPassword(weakness) => {
            errors.add("password", directories::weakness(text, &weakness));
            None
        }
        SignUpRefused::Closed => Some(text.get("sign-up-closed")),
        SignUpRefused::TooManyAttempts => Some(text.get("sign-up-too-many")),
        SignUpRefused::Exists(_) | SignUpRefused::Invalid(_) => Some(text.get("sign-up-failed")),
        SignUpRefused::Denied {
            message: Some(message),
            ..
        } => Some(message),
        SignUpRefused::Denied { .. } | SignUpRefused::ActionFailed(_) => {
            Some(text.get("sign-up-failed"))
        }
        SignUpRefused::Unavailable(error) => return Err(error.into()),
    };
    Ok((why, errors))
}

fn shown(
    going: &Going,
    open: &[Connection],
    entered: &Entered,
    failure: Option<&str>,
    errors: &FieldErrors,
) -> Response {
    let visitor = &going.visitor;
    let chosen = directories::chosen(open, entered.connection.as_deref()).or(open.first());
    let Some(connection) = chosen else {
        return view::closed(visitor, going.way()).into_response();
    };
    let connections = directories::choices(open, chosen);
    let named = open
        .iter()
        .find(|connection| connection.requires_username());
    let rule = directories::password_rule(visitor.text(), connection);
    let shown = SignUp {
        way: going.way(),
        application: going.name(),
        connections: &connections,
        email: &entered.email,
        username: named.map(|connection| (entered.username.as_str(), connection.username_length())),
        password_rule: &rule,
    };
    view::sign_up(visitor, &shown, failure, errors)
        .policy(going.policy())
        .into_response()
}
