//! Signing in and out.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Query, State};
use axum::response::{IntoResponse, Response};
use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderValue, StatusCode};
use portal::console::refusal;
use portal::service::administrators::Arrival;
use portal::{Actor, Error};
use secrecy::SecretString;
use serde::Deserialize;
use web::components::{Field, FieldErrors, button, code_block, form, notice, page_heading};
use web::{Administrator, Form, Page, Tone, Visitor, Width, html, local_path};

use super::{Console, session, text};

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    return_to: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Entered {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: SecretString,
    return_to: Option<String>,
}

/// The page; whoever is signed in goes on at once.
pub(super) async fn page(
    State(console): State<Console>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
    signed_in: Option<axum::Extension<Administrator>>,
) -> Result<Response, Response> {
    let return_to = asked.return_to.as_deref().and_then(local_path);
    if signed_in.is_some() {
        return Ok(visitor.redirect(return_to.unwrap_or("/")).into_response());
    }
    let refuse = |error| refusal::page(&visitor, &error);
    if console
        .administrators()
        .every()
        .await
        .map_err(refuse)?
        .is_empty()
    {
        return Ok(nobody_yet(&visitor).into_response());
    }
    Ok(draw(&visitor, "", return_to, None).into_response())
}

/// Opens a session. The one that the browser brought along ends (session fixation).
pub(super) async fn sign_in(
    State(console): State<Console>,
    visitor: Visitor,
    peer: Option<axum::Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    Form(entered): Form<Entered>,
) -> Response {
    let return_to = entered.return_to.as_deref().and_then(local_path);
    let arrival = Arrival {
        email: entered.email.clone(),
        password: entered.password,
        address: session::address(&console, peer.as_deref(), &headers),
        locale: visitor.text().locale().tag().to_owned(),
        earlier: session::token(&console, &headers),
    };
    let ctx = console.ctx(Actor::Anonymous, &visitor);
    let again = |told: &str| draw(&visitor, &entered.email, return_to, Some(told));
    match console.administrators().sign_in(&ctx, arrival).await {
        Ok((_, token)) => visitor
            .redirect(return_to.unwrap_or("/"))
            .cookie(session::cookie(&console, token))
            .into_response(),
        Err(Error::Unauthenticated(_)) => {
            again(&text(&visitor).get("sign-in-wrong")).into_response()
        }
        Err(error @ Error::Limited { .. }) => {
            let seconds = refusal::retry_after(&error).unwrap_or(1);
            let told = text(&visitor).with(
                "too-many-attempts",
                [("seconds", seconds.to_string().into())],
            );
            let page = again(&told).status(StatusCode::TOO_MANY_REQUESTS);
            ([(RETRY_AFTER, HeaderValue::from(seconds))], page).into_response()
        }
        Err(error) => refusal::page(&visitor, &error),
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Nothing {}

/// Ends the session. Nobody's session is ended without complaint.
pub(super) async fn sign_out(
    State(console): State<Console>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(Nothing {}): Form<Nothing>,
) -> Response {
    if let Some(token) = session::token(&console, &headers)
        && let Err(error) = console.administrators().sign_out(&token).await
    {
        return refusal::page(&visitor, &error);
    }
    visitor
        .redirect_saying("/sign-in", Tone::Success, text(&visitor).get("signed-out"))
        .cookie(session::no_cookie(&console))
        .into_response()
}

fn draw(visitor: &Visitor, email: &str, return_to: Option<&str>, told: Option<&str>) -> Page {
    let text = text(visitor);
    let title = text.get("sign-in-title");
    let (email_label, password) = (text.get("field-email"), text.get("field-password"));
    let content = form(
        visitor,
        "/sign-in",
        &FieldErrors::new(),
        html! {
            @if let Some(return_to) = return_to { input type="hidden" name="return_to" value=(return_to); }
            (Field::email(text, "email", &email_label).value(email).autocomplete("username"))
            (Field::password(text, "password", &password).autocomplete("current-password"))
            (button(&text.get("sign-in")))
        },
    );
    let main = html! {
        (page_heading(&title, Some(&text.get("sign-in-lead")), None))
        div.panel {
            @if let Some(told) = told { (notice(text, Tone::Danger, html! { p { (told) } })) }
            (content)
        }
        p.aside-note { (text.get("sign-in-forgotten")) " " code { "gatehouse admin reset" } }
    };
    let page = visitor.page(&title).width(Width::Card);
    match told {
        Some(_) => page.failed().main(main),
        None => page.main(main),
    }
}

fn nobody_yet(visitor: &Visitor) -> Page {
    let text = text(visitor);
    let title = text.get("nobody-yet-title");
    let command = "gatehouse admin create --email you@example.com";
    let main = html! {
        (page_heading(&title, Some(&text.get("nobody-yet-lead")), None))
        (code_block(text, "create-owner", command))
    };
    visitor.page(&title).width(Width::Reading).main(main)
}
