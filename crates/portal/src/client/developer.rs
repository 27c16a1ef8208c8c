//! Accounts and sessions: `/api/v2/developer…`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::cookies;
use super::guard::At;
use super::session::{Caller, SignedIn};
use crate::rest::check::{Shape, UUID, required, text};
use crate::rest::{OptionalBody, Problem, input};
use crate::service::accounts::{self, NewDeveloper, Refreshed, Refusal};
use crate::{Error, Portal};

#[derive(Deserialize)]
struct Registration {
    email: String,
    full_name: String,
}

const REGISTRATION: Shape = Shape {
    fields: &[
        required("email", text(1, 250)),
        required("full_name", text(1, 256)),
    ],
    open: false,
};

pub(super) async fn register(
    caller: Caller,
    State(portal): State<Portal>,
    OptionalBody(body): OptionalBody,
) -> Result<StatusCode, Problem> {
    let asked: Registration = input(body, &REGISTRATION)?;
    let new = NewDeveloper {
        email: asked.email,
        full_name: asked.full_name,
    };
    portal.accounts().sign_up(&caller.visit, &new).await?;
    Ok(StatusCode::CREATED)
}

#[derive(Deserialize)]
struct Authentication {
    username: String,
    password: SecretString,
}

const AUTHENTICATION: Shape = Shape {
    fields: &[
        required("username", text(1, 250)),
        required("password", text(1, 1024)),
    ],
    open: false,
};

pub(super) async fn authenticate(
    caller: Caller,
    State(portal): State<Portal>,
    OptionalBody(body): OptionalBody,
) -> Result<Response, Problem> {
    let asked: Authentication = input(body, &AUTHENTICATION)?;
    let Authentication { username, password } = asked;
    let accounts = portal.accounts();
    match accounts
        .authenticate(&caller.visit, &username, password)
        .await
    {
        Ok((_, tokens)) => {
            let mut response = StatusCode::NO_CONTENT.into_response();
            cookies::set(
                response.headers_mut(),
                &caller.at,
                &tokens,
                portal.clock().now(),
            );
            Ok(response)
        }
        Err(accounts::Error::Refused(refusal)) => Ok(refused(refusal, &caller.visit.request_id)),
        Err(error) => Err(error.into()),
    }
}

/// Compat: the vendor's single-page application shows its "approval needed" message when the title
/// holds the word "disabled", and its "wrong password" message for "Invalid Credentials".
fn refused(refusal: Refusal, request_id: &str) -> Response {
    let title = match refusal {
        Refusal::Wrong => "Invalid Credentials",
        Refusal::Unverified => "Email Not Verified",
        Refusal::Pending => "Approval Required: account disabled until then",
        Refusal::Rejected | Refusal::Revoked => "Account disabled",
    };
    let trace: u64 = uuid::Uuid::parse_str(request_id).map_or(0, |id| id.as_u64_pair().0);
    let body = json!({
        "type": "https://httpstatuses.com/401",
        "status": 401,
        "title": title,
        "instance": format!("kong:trace:{trace}"),
        "detail": refusal.to_string(),
    });
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (StatusCode::UNAUTHORIZED, kind, body.to_string()).into_response()
}

pub(super) async fn refresh(
    caller: Caller,
    State(portal): State<Portal>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let refreshed = match cookies::refresh(&headers) {
        Some(token) => {
            portal
                .accounts()
                .refresh(&caller.visit.portal_id, token)
                .await?
        }
        None => None,
    };
    let mut response = StatusCode::NO_CONTENT.into_response();
    match refreshed {
        Some(Refreshed::New(_, tokens)) => {
            cookies::set(
                response.headers_mut(),
                &caller.at,
                &tokens,
                portal.clock().now(),
            );
        }
        Some(Refreshed::Already(_)) => {}
        None => {
            let error = Error::Unauthenticated("the session has ended; sign in again".into());
            response = Problem::from(error).into_response();
            cookies::clear(response.headers_mut(), &caller.at);
        }
    }
    Ok(response)
}

pub(super) async fn logout(
    at: At,
    State(portal): State<Portal>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let portal_id = at.site.id.to_string();
    let (access, refresh) = (cookies::access(&headers), cookies::refresh(&headers));
    portal
        .accounts()
        .sign_out(&portal_id, access, refresh)
        .await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    cookies::clear(response.headers_mut(), &at);
    // Whatever a browser kept of this session goes with it.
    let everything = HeaderValue::from_static("\"cache\"");
    response.headers_mut().insert("clear-site-data", everything);
    Ok(response)
}

#[derive(Serialize)]
pub(super) struct Me {
    id: String,
    email: String,
    full_name: String,
    created_at: String,
    updated_at: String,
}

pub(super) async fn me(SignedIn { developer, .. }: SignedIn) -> Json<Me> {
    Json(Me {
        id: developer.id,
        email: developer.email,
        full_name: developer.full_name,
        created_at: developer.created_at.to_rfc3339(),
        updated_at: developer.updated_at.to_rfc3339(),
    })
}

#[derive(Deserialize)]
struct Forgotten {
    email: String,
}

const FORGOTTEN: Shape = Shape {
    fields: &[required("email", text(1, 250))],
    open: false,
};

pub(super) async fn forgot_password(
    caller: Caller,
    State(portal): State<Portal>,
    OptionalBody(body): OptionalBody,
) -> Result<StatusCode, Problem> {
    let asked: Forgotten = input(body, &FORGOTTEN)?;
    portal
        .accounts()
        .forgot_password(&caller.visit, &asked.email)
        .await?;
    Ok(StatusCode::OK)
}

#[derive(Deserialize)]
struct Reset {
    password: SecretString,
    token: String,
}

const RESET: Shape = Shape {
    fields: &[required("password", text(1, 1024)), required("token", UUID)],
    open: false,
};

pub(super) async fn reset_password(
    caller: Caller,
    State(portal): State<Portal>,
    OptionalBody(body): OptionalBody,
) -> Result<StatusCode, Problem> {
    let asked: Reset = input(body, &RESET)?;
    let accounts = portal.accounts();
    accounts
        .reset_password(&caller.visit, &asked.token, asked.password)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct Verification {
    token: String,
}

const VERIFICATION: Shape = Shape {
    fields: &[required("token", UUID)],
    open: false,
};

#[derive(Serialize)]
pub(super) struct Verified {
    email: String,
    token: String,
}

pub(super) async fn verify_email(
    caller: Caller,
    State(portal): State<Portal>,
    OptionalBody(body): OptionalBody,
) -> Result<(StatusCode, Json<Verified>), Problem> {
    let asked: Verification = input(body, &VERIFICATION)?;
    let (email, token) = portal
        .accounts()
        .verify_email(&caller.visit, &asked.token)
        .await?;
    Ok((StatusCode::ACCEPTED, Json(Verified { email, token })))
}
