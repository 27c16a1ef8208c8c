//! Signing up, in and out; passwords.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use secrecy::SecretString;
use serde::Deserialize;
use web::components::FieldErrors;
use web::{Form, Page, Tone, Visitor, Width, local_path};

use super::Pages;
use super::reader::Reader;
use super::refusal::{Refused, Told, tell};
use super::source::{NotYet, SignedIn};
use super::text::text;
use super::view::account::{self, SignIn, SignUp};
use crate::Error;

#[derive(Debug, Deserialize)]
pub(crate) struct SignUpForm {
    #[serde(default)]
    full_name: String,
    #[serde(default)]
    email: String,
}

pub(crate) async fn sign_up_page(visitor: Visitor, Reader(reader): Reader) -> Response {
    if reader.portal.is_public {
        return no_accounts(&visitor).into_response();
    }
    if !reader.portal.ways.passwords {
        return visitor.redirect("/login").into_response();
    }
    account::sign_up(&visitor, &SignUp::default(), None, &FieldErrors::new()).into_response()
}

pub(crate) async fn sign_up(
    State(pages): State<Pages>,
    visitor: Visitor,
    Reader(reader): Reader,
    Form(form): Form<SignUpForm>,
) -> Result<Response, Refused> {
    if reader.portal.is_public {
        return Ok(no_accounts(&visitor).into_response());
    }
    let text = text(&visitor);
    let locale = visitor.text().locale();
    match pages
        .source
        .sign_up(&reader, form.full_name.trim(), form.email.trim(), locale)
        .await
    {
        Ok(()) => Ok(visitor.redirect("/check-mail").into_response()),
        Err(error) => {
            let labels = [
                ("full_name", text.get("sign-up-full-name")),
                ("email", text.get("sign-up-email")),
            ];
            let Told { failure, fields } = tell(text, error, &labels)?;
            let entered = SignUp {
                full_name: &form.full_name,
                email: &form.email,
            };
            Ok(account::sign_up(&visitor, &entered, failure.as_deref(), &fields).into_response())
        }
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct CheckMail {
    #[serde(default)]
    reset: Option<String>,
}

pub(crate) async fn check_mail(visitor: Visitor, Query(query): Query<CheckMail>) -> Page {
    account::check_mail(&visitor, query.reset.is_some())
}

#[derive(Debug, Deserialize)]
pub(crate) struct SignInQuery {
    token: Option<String>,
    email: Option<String>,
    go_on: Option<String>,
    /// Why nobody is signed in after the identity provider's page.
    sso: Option<String>,
}

/// The sign-in page, and where mailed links to confirm an address lead (`/login?token=…&email=…`, as the
/// vendor's own portal has it).
pub(crate) async fn sign_in_page(
    visitor: Visitor,
    Reader(reader): Reader,
    Query(query): Query<SignInQuery>,
) -> Response {
    if let Some(token) = &query.token {
        return account::verify(&visitor, token, query.email.as_deref()).into_response();
    }
    let go_on = query.go_on.as_deref().and_then(local_path);
    if reader.developer.is_some() {
        return visitor.redirect(go_on.unwrap_or("/")).into_response();
    }
    if reader.portal.is_public {
        return no_accounts(&visitor).into_response();
    }
    let entered = SignIn {
        email: query.email.as_deref().unwrap_or(""),
        go_on,
    };
    let text = text(&visitor);
    // A word that is none of ours says nothing.
    let why = query.sso.as_deref().filter(|why| why.len() < 20);
    let why = why.and_then(|why| text.lookup(&format!("sso-{why}")));
    account::sign_in(
        &visitor,
        reader.portal.ways,
        &entered,
        why.as_deref(),
        go_on.is_some(),
        &FieldErrors::new(),
    )
    .into_response()
}

#[derive(Deserialize)]
pub(crate) struct SignInForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: SecretString,
    go_on: Option<String>,
}

pub(crate) async fn sign_in(
    State(pages): State<Pages>,
    visitor: Visitor,
    Reader(reader): Reader,
    Form(form): Form<SignInForm>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    let go_on = form.go_on.as_deref().and_then(local_path);
    let told = match pages
        .source
        .sign_in(&reader, form.email.trim(), &form.password)
        .await
    {
        Ok(SignedIn::Yes(cookies)) => {
            let redirect = visitor.redirect(go_on.unwrap_or("/"));
            return Ok(cookies
                .into_iter()
                .fold(redirect, web::Redirect::cookie)
                .into_response());
        }
        Ok(SignedIn::Wrong) => Told::failure(text.get("sign-in-refused")),
        Ok(SignedIn::NotYet(why)) => Told::failure(text.get(match why {
            NotYet::Unverified => "sign-in-unverified",
            NotYet::Pending => "sign-in-pending",
            NotYet::Rejected => "sign-in-rejected",
            NotYet::Revoked => "sign-in-revoked",
        })),
        Err(error) => tell(text, error, &[("email", text.get("sign-in-email"))])?,
    };
    let entered = SignIn {
        email: &form.email,
        go_on,
    };
    Ok(account::sign_in(
        &visitor,
        reader.portal.ways,
        &entered,
        told.failure.as_deref(),
        false,
        &told.fields,
    )
    .into_response())
}

#[derive(Debug, Deserialize)]
pub(crate) struct Nothing {}

pub(crate) async fn sign_out(
    State(pages): State<Pages>,
    visitor: Visitor,
    Reader(reader): Reader,
    headers: HeaderMap,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, Refused> {
    let cookies = pages.source.sign_out(&reader, &headers).await?;
    let redirect = visitor.redirect_saying("/", Tone::Success, text(&visitor).get("signed-out"));
    Ok(cookies
        .into_iter()
        .fold(redirect, web::Redirect::cookie)
        .into_response())
}

#[derive(Debug, Deserialize)]
pub(crate) struct TokenForm {
    #[serde(default)]
    token: String,
}

/// Confirms the address; the token that comes back sets the first password.
pub(crate) async fn verify(
    State(pages): State<Pages>,
    visitor: Visitor,
    Reader(reader): Reader,
    Form(form): Form<TokenForm>,
) -> Result<Response, Refused> {
    match pages.source.verify_email(&reader, &form.token).await {
        // Rendered here, not redirected to: the token stays out of addresses and histories.
        Ok((email, token)) => {
            Ok(
                account::password(&visitor, &token, Some(&email), true, &FieldErrors::new())
                    .into_response(),
            )
        }
        Err(error) if is_dead(&error) => Ok(account::dead_link(&visitor, false).into_response()),
        Err(error) => Err(error.into()),
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct ForgottenForm {
    #[serde(default)]
    email: String,
}

pub(crate) async fn forgotten_page(visitor: Visitor, Reader(reader): Reader) -> Response {
    if !reader.portal.ways.passwords {
        return visitor.redirect("/login").into_response();
    }
    account::forgotten(&visitor, "", None, &FieldErrors::new()).into_response()
}

pub(crate) async fn forgotten(
    State(pages): State<Pages>,
    visitor: Visitor,
    Reader(reader): Reader,
    Form(form): Form<ForgottenForm>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    let locale = visitor.text().locale();
    match pages
        .source
        .forgot_password(&reader, form.email.trim(), locale)
        .await
    {
        Ok(()) => Ok(visitor.redirect("/check-mail?reset=yes").into_response()),
        Err(error) => {
            let Told { failure, fields } =
                tell(text, error, &[("email", text.get("sign-in-email"))])?;
            Ok(
                account::forgotten(&visitor, &form.email, failure.as_deref(), &fields)
                    .into_response(),
            )
        }
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct PasswordQuery {
    #[serde(default)]
    token: String,
    email: Option<String>,
}

pub(crate) async fn password_page(visitor: Visitor, Query(query): Query<PasswordQuery>) -> Page {
    if query.token.is_empty() {
        return account::dead_link(&visitor, true);
    }
    account::password(
        &visitor,
        &query.token,
        query.email.as_deref(),
        false,
        &FieldErrors::new(),
    )
}

#[derive(Deserialize)]
pub(crate) struct PasswordForm {
    #[serde(default)]
    token: String,
    email: Option<String>,
    first: Option<String>,
    #[serde(default)]
    password: SecretString,
    #[serde(default)]
    again: SecretString,
}

pub(crate) async fn set_password(
    State(pages): State<Pages>,
    visitor: Visitor,
    Reader(reader): Reader,
    Form(form): Form<PasswordForm>,
) -> Result<Response, Refused> {
    use secrecy::ExposeSecret as _;
    let text = text(&visitor);
    let again = |fields: &FieldErrors| {
        account::password(
            &visitor,
            &form.token,
            form.email.as_deref(),
            form.first.is_some(),
            fields,
        )
        .into_response()
    };
    if form.password.expose_secret() != form.again.expose_secret() {
        let mut fields = FieldErrors::new();
        fields.add("again", text.get("invalid-password-match"));
        return Ok(again(&fields));
    }
    match pages
        .source
        .set_password(&reader, &form.token, &form.password)
        .await
    {
        Ok(()) => Ok(visitor
            .redirect_saying("/login", Tone::Success, text.get("password-saved"))
            .into_response()),
        Err(error) if is_dead(&error) => Ok(account::dead_link(&visitor, true).into_response()),
        Err(error) => {
            let Told {
                failure,
                mut fields,
            } = tell(text, error, &[("password", text.get("password-new"))])?;
            if let Some(failure) = failure {
                fields.add("password", failure);
            }
            Ok(again(&fields))
        }
    }
}

/// Whether a mailed token is unknown, used or expired: the same to its holder.
fn is_dead(error: &Error) -> bool {
    matches!(
        error,
        Error::NotFound(_) | Error::Gone(_) | Error::Unauthenticated(_)
    )
}

fn no_accounts(visitor: &Visitor) -> Page {
    let text = text(visitor);
    let main = web::components::empty_state(
        &text.get("sign-up-closed-title"),
        &text.get("sign-up-closed-next"),
        None,
    );
    let title = text.get("sign-up-closed-title");
    visitor
        .page(&title)
        .width(Width::Reading)
        .main(web::html! { h1.visually-hidden { (title) } (main) })
}
