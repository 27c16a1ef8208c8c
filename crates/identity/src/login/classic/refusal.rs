//! Why a script's request was refused, in the vendor's two shapes.

use std::time::Duration;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::Error;
use crate::model::connection::Connection;
use crate::model::password::{self, Weakness};
use crate::service::users::{SignInRefused, SignUpRefused};

/// A refusal.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    body: Value,
    retry_after: Option<Duration>,
}

impl Refusal {
    /// `{error, error_description}`.
    pub(super) fn oauth(status: StatusCode, error: &str, description: impl Into<String>) -> Self {
        let description: String = description.into();
        Self {
            status,
            body: json!({ "error": error, "error_description": description }),
            retry_after: None,
        }
    }

    /// `{name, code, description, statusCode}`, as the database endpoints answer.
    pub(super) fn database(name: &str, code: &str, description: impl Into<Value>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            body: json!({
                "name": name, "code": code, "description": description.into(), "statusCode": 400
            }),
            retry_after: None,
        }
    }

    pub(super) fn invalid_request(description: impl Into<String>) -> Self {
        Self::oauth(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    /// What is wrong, in words; never what was sent.
    pub(super) fn description(&self) -> &str {
        let members = ["error_description", "description"];
        let mut texts = members.iter().filter_map(|name| self.body[*name].as_str());
        texts.next().unwrap_or_default()
    }

    /// The request names a client that there is not, or that may not use this endpoint.
    pub(super) fn unauthorized_client(description: impl Into<String>) -> Self {
        Self::oauth(StatusCode::UNAUTHORIZED, "unauthorized_client", description)
    }

    /// The connection does not exist, or is not open to the client: there is no difference to a caller.
    pub(super) fn no_connection() -> Self {
        Self::invalid_request(
            "the connection was not found, or is not enabled for this client; \
             enable it for the client, or promote it to domain level for third-party clients",
        )
    }

    /// Why nobody was signed in, as `/usernamepassword/login` says it.
    pub(super) fn sign_in(refused: SignInRefused) -> Self {
        let (status, name, code, description) = match refused {
            SignInRefused::WrongCredentials => (
                StatusCode::UNAUTHORIZED,
                "ValidationError",
                "invalid_user_password",
                "Wrong email or password.",
            ),
            SignInRefused::Blocked => (
                StatusCode::UNAUTHORIZED,
                "AnomalyDetected",
                "unauthorized",
                "user is blocked",
            ),
            SignInRefused::TooManyAttempts => (
                StatusCode::TOO_MANY_REQUESTS,
                "AnomalyDetected",
                "too_many_attempts",
                "Your account has been blocked after multiple consecutive login attempts. \
                 Set a new password to unblock it, or try again later.",
            ),
            SignInRefused::Unavailable(error) => return error.into(),
        };
        Self {
            status,
            body: json!({
                "name": name, "code": code, "description": description,
                "statusCode": status.as_u16()
            }),
            retry_after: None,
        }
    }

    /// The same as `/co/authenticate` says it.
    pub(super) fn cross_origin(refused: SignInRefused) -> Self {
        match refused {
            SignInRefused::WrongCredentials => Self::oauth(
                StatusCode::FORBIDDEN,
                "access_denied",
                "Wrong email or password.",
            ),
            SignInRefused::Blocked => {
                Self::oauth(StatusCode::FORBIDDEN, "blocked_user", "Blocked user")
            }
            SignInRefused::TooManyAttempts => Self::oauth(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_attempts",
                "Your account has been blocked after multiple consecutive login attempts. \
                 Set a new password to unblock it, or try again later.",
            ),
            SignInRefused::Unavailable(error) => error.into(),
        }
    }

    /// Why there is no account. `tells` says whether a caller may learn that there is one already
    /// (`flags.enable_public_signup_user_exists_error`).
    pub(super) fn sign_up(refused: SignUpRefused, connection: &Connection, tells: bool) -> Self {
        match refused {
            SignUpRefused::Exists(_) if tells => {
                Self::database("BadRequestError", "user_exists", "The user already exists.")
            }
            SignUpRefused::Exists(_) => {
                Self::database("BadRequestError", "invalid_signup", "Invalid sign up")
            }
            SignUpRefused::WeakPassword(weakness) => weak(&weakness, connection),
            SignUpRefused::Closed => Self::database(
                "BadRequestError",
                "public_signup_disabled",
                "Public signup is disabled",
            ),
            SignUpRefused::Invalid(why) => Self::database("BadRequestError", "invalid_signup", why),
            SignUpRefused::TooManyAttempts => {
                let mut refusal = Self::oauth(
                    StatusCode::TOO_MANY_REQUESTS,
                    "too_many_requests",
                    "too many sign-ups from your network; try again in a few minutes",
                );
                refusal.retry_after = Some(Duration::from_secs(60));
                refusal
            }
            // Source: recordings of sign-ups that an Action denied.
            SignUpRefused::Denied { reason, message } => {
                let mut refusal = Self::database(
                    "InternalExtensibilityError",
                    "extensibility_error",
                    reason.clone(),
                );
                refusal.body["message"] = json!(reason);
                refusal.body["fromSandbox"] = json!(true);
                if let Some(message) = message {
                    refusal.body["friendly_message"] = json!(message);
                }
                refusal
            }
            SignUpRefused::ActionFailed(why) => {
                Self::database("InternalExtensibilityError", "extensibility_error", why)
            }
            SignUpRefused::Unavailable(error) => error.into(),
        }
    }
}

/// Source: recordings of `POST /dbconnections/signup` with weak passwords.
fn weak(weakness: &Weakness, connection: &Connection) -> Refusal {
    let (name, message) = match weakness {
        Weakness::Listed => ("PasswordDictionaryError", "Password is too common"),
        Weakness::Personal => (
            "PasswordNoUserInfoError",
            "Password contains user information",
        ),
        _ => ("PasswordStrengthError", "Password is too weak"),
    };
    let description = match name {
        "PasswordStrengthError" => rules(connection),
        _ => Value::from(weakness.to_string()),
    };
    Refusal {
        status: StatusCode::BAD_REQUEST,
        body: json!({
            "name": name, "message": message, "code": "invalid_password",
            "description": description,
            "policy": format!("* {weakness}"),
            "statusCode": 400
        }),
        retry_after: None,
    }
}

/// What a password must be like, as the vendor's Lock lists it.
fn rules(connection: &Connection) -> Value {
    let mut rules = vec![json!({
        "message": "At least %d characters in length",
        "format": [password::shortest(connection)],
        "code": "lengthAtLeast",
        "verified": false
    })];
    if matches!(connection.password_policy(), "fair" | "good" | "excellent") {
        let kinds = [
            ("lowerCase", "lower case letters (a-z)"),
            ("upperCase", "upper case letters (A-Z)"),
            ("numbers", "numbers (i.e. 0-9)"),
        ];
        let items: Vec<Value> = kinds
            .iter()
            .map(|(code, message)| json!({ "message": message, "code": code, "verified": false }))
            .collect();
        rules.push(json!({
            "message": "Should contain:", "code": "shouldContain", "verified": false, "items": items
        }));
    }
    json!({ "rules": rules, "verified": false })
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::Limited(wait) => Self {
                retry_after: Some(wait),
                ..Self::oauth(
                    StatusCode::TOO_MANY_REQUESTS,
                    "too_many_requests",
                    "too many requests; try again in a few minutes",
                )
            },
            Error::Unavailable(reason) => {
                tracing::warn!(error.cause = %reason, "login.unavailable");
                Self::oauth(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "temporarily_unavailable",
                    "the tenant cannot answer now; try again in a few seconds",
                )
            }
            other => {
                tracing::error!(error.cause = %other, "login.failed");
                Self::oauth(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "server_error",
                    "the tenant failed; its log says why",
                )
            }
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(wait) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        }
        response
    }
}
