//! Accepting an invitation: whoever has the link of the mail chooses a password, and comes in.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use portal::console::refusal;
use portal::model::Administrator as Account;
use portal::{Actor, Error};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use web::components::{Field, FieldErrors, button, form, outcome, page_heading};
use web::{Form, Page, Visitor, Width, html};

use super::{Console, session, text};

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    token: SecretString,
}

#[derive(Deserialize)]
pub(super) struct Entered {
    #[serde(default)]
    token: SecretString,
    #[serde(default)]
    password: SecretString,
    #[serde(default)]
    again: SecretString,
}

/// The form for a password, or that the invitation has ended.
pub(super) async fn page(
    State(console): State<Console>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Page, Response> {
    let account = invited(&console, &visitor, &asked.token).await?;
    Ok(draw(
        &console,
        &visitor,
        (&account, &asked.token),
        &FieldErrors::new(),
    ))
}

/// Sets the password and signs in.
pub(super) async fn accept(
    State(console): State<Console>,
    visitor: Visitor,
    Form(entered): Form<Entered>,
) -> Result<Response, Response> {
    let account = invited(&console, &visitor, &entered.token).await?;
    let text = text(&visitor);
    let again = |errors: &FieldErrors| {
        draw(&console, &visitor, (&account, &entered.token), errors).into_response()
    };
    if entered.password.expose_secret() != entered.again.expose_secret() {
        let mut errors = FieldErrors::new();
        errors.add("again", text.get("invalid-again"));
        return Ok(again(&errors));
    }
    let ctx = console.ctx(Actor::Administrator(account.email.clone()), &visitor);
    let accepted =
        console
            .administrators()
            .accept_invitation(&ctx, &entered.token, entered.password.clone());
    match accepted.await {
        Ok((_, session)) => Ok(visitor
            .redirect("/")
            .cookie(session::cookie(&console, session))
            .into_response()),
        Err(Error::NotFound(_)) => Err(ended(&visitor)),
        Err(error) => {
            let labels = [("password", text.get("account-new"))];
            let errors = refusal::fields(text, &error, &labels)
                .ok_or_else(|| refusal::page(&visitor, &error))?;
            Ok(again(&errors))
        }
    }
}

async fn invited(
    console: &Console,
    visitor: &Visitor,
    token: &SecretString,
) -> Result<Account, Response> {
    let found = console.administrators().invited(token).await;
    let found = found.map_err(|error| refusal::page(visitor, &error))?;
    found.ok_or_else(|| ended(visitor))
}

fn ended(visitor: &Visitor) -> Response {
    let text = text(visitor);
    let (title, next) = (
        text.get("invitation-ended"),
        text.get("invitation-ended-next"),
    );
    visitor
        .problem_page(StatusCode::NOT_FOUND, &title, &next)
        .into_response()
}

fn draw(
    console: &Console,
    visitor: &Visitor,
    (account, token): (&Account, &SecretString),
    errors: &FieldErrors,
) -> Page {
    let text = text(visitor);
    let organization = console.portal.organization().name.as_str();
    let title = text.with("invitation-title", [("organization", organization.into())]);
    let (new, again) = (text.get("account-new"), text.get("account-again"));
    let hint = text.get("account-new-hint");
    let content = form(
        visitor,
        "/invitation",
        errors,
        html! {
            input type="hidden" name="token" value=(token.expose_secret());
            // For password managers: whose password it is.
            input type="text" name="username" value=(account.email) autocomplete="username" hidden readonly;
            (Field::password(text, "password", &new).hint(&hint).error(errors.of("password")).autocomplete("new-password"))
            (Field::password(text, "again", &again).error(errors.of("again")).autocomplete("new-password"))
            (button(&text.get("invitation-accept")))
        },
    );
    let main = html! {
        (page_heading(&title, Some(&account.email), None))
        div.panel { (content) }
    };
    let page = visitor.page(&title).width(Width::Card);
    outcome(page, errors, None).main(main)
}
