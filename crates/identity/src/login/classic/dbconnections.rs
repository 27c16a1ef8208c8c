//! `POST /dbconnections/signup` and `POST /dbconnections/change_password`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value, json};

use super::call::Call;
use super::refusal::Refusal;
use crate::Tenant;
use crate::model::Members;
use crate::model::user::User;
use crate::service::tickets;
use crate::service::users::{self, NewUser, SignUpRefused};
use crate::visit::Visit;

/// Most members of `user_metadata`, and most characters of one.
///
/// Source: the vendor's "Signup", `user_metadata`.
const MAX_METADATA: usize = 10;
const MAX_METADATA_TEXT: usize = 500;

/// Makes an account.
pub(super) async fn sign_up(
    State(tenant): State<Tenant>,
    visit: Visit,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    match Call::arrive(&tenant, &headers, body).await {
        Ok(call) => call.answer(make(&call, visit).await),
        Err(refusal) => refusal.into_response(),
    }
}

async fn make(call: &Call<'_>, visit: Visit) -> Result<Response, Refusal> {
    require_legacy(call)?;
    let text = |name: &str| call.text(name).map(str::to_owned);
    let connection = call.connection(call.required("connection")?).await?;
    let new = NewUser {
        email: call.required("email")?.to_owned(),
        username: text("username"),
        name: text("name"),
        nickname: text("nickname"),
        given_name: text("given_name"),
        family_name: text("family_name"),
        picture: text("picture"),
        user_metadata: metadata(call)?,
    };
    let (email, password) = (new.email.clone(), call.password()?);
    let visit = visit.for_client(&call.client.client_id);
    let made = users::sign_up(call.tenant, &connection, new, password, &visit).await;
    match made {
        Ok(user) => Ok(Json(shown(&user)).into_response()),
        Err(refused) => {
            if let SignUpRefused::Exists(would_be) = &refused {
                tickets::tell_exists(call.tenant, &connection, &email, &visit).await?;
                if connection.confirms_first() {
                    // As to a new user: the mail says which of the two it was.
                    return Ok(Json(shown(would_be)).into_response());
                }
            }
            let settings = call.tenant.tenant_settings();
            let tells = settings.flag("enable_public_signup_user_exists_error");
            Err(Refusal::sign_up(refused, &connection, tells))
        }
    }
}

fn metadata(call: &Call<'_>) -> Result<Members, Refusal> {
    let Some(metadata) = call.object("user_metadata") else {
        return Ok(Members::new());
    };
    let is_short = |value: &Value| {
        let text = value.as_str();
        text.is_none_or(|text| text.chars().count() <= MAX_METADATA_TEXT)
    };
    if metadata.len() > MAX_METADATA || !metadata.values().all(is_short) {
        return Err(Refusal::invalid_request(format!(
            "user_metadata may hold {MAX_METADATA} members of {MAX_METADATA_TEXT} characters"
        )));
    }
    Ok(metadata.clone())
}

/// A new user as the vendor answers: the id without its provider, and what was given.
fn shown(user: &User) -> Value {
    let mut shown = Map::new();
    shown.insert("_id".to_owned(), json!(user.provider().1));
    shown.insert("email_verified".to_owned(), json!(user.email_verified));
    for (name, value) in [
        ("email", &user.email),
        ("username", &user.username),
        ("name", &user.name),
        ("nickname", &user.nickname),
        ("given_name", &user.given_name),
        ("family_name", &user.family_name),
        ("picture", &user.picture),
    ] {
        if let Some(value) = value {
            shown.insert(name.to_owned(), json!(value));
        }
    }
    if !user.user_metadata.is_empty() {
        shown.insert("user_metadata".to_owned(), json!(user.user_metadata));
    }
    Value::Object(shown)
}

/// Mails a link that sets a new password. The answer is the same whether there is an account.
pub(super) async fn change_password(
    State(tenant): State<Tenant>,
    visit: Visit,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    match Call::arrive(&tenant, &headers, body).await {
        Ok(call) => call.answer(request_link(&call, visit).await),
        Err(refusal) => refusal.into_response(),
    }
}

async fn request_link(call: &Call<'_>, visit: Visit) -> Result<Response, Refusal> {
    require_legacy(call)?;
    let connection = call.connection(call.required("connection")?).await?;
    let email = call.required("email")?;
    let visit = visit.for_client(&call.client.client_id);
    tickets::request_password_reset(call.tenant, &connection, email, &visit).await?;
    // Compat: the vendor labels this sentence as HTML.
    let said = "We've just sent you an email to reset your password.";
    let headers = [(CONTENT_TYPE, "text/html; charset=utf-8")];
    Ok((headers, said).into_response())
}

/// Third-party clients in the strict profile have none of the classic endpoints.
pub(super) fn require_legacy(call: &Call<'_>) -> Result<(), Refusal> {
    if !call.client.is_strict() {
        return Ok(());
    }
    Err(Refusal::oauth(
        StatusCode::FORBIDDEN,
        "unauthorized_client",
        "third-party clients in strict mode send their users to /authorize",
    ))
}
