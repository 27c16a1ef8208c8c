//! A new token, whose text is shown once.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use oauth::ShownOnce;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, json};
use web::components::{
    Field, button, code_block, copyable, form, link_button, outcome, page_heading, shown_once, way,
};
use web::{Administrator as Reader, Editor, Form, Input, Page, Text, Visitor, Width, html};

use super::{Acting, Bearer, Refused, Told, expiry, text};
use crate::console::organization::accounts;
use crate::console::organization::whose::user;
use crate::model::PlatformToken;
use crate::service::system_accounts::{self, create_token};
use crate::service::user_tokens::{self, MOST_DAYS};
use crate::{Error, Portal};

type Made = (PlatformToken, ShownOnce<SecretString>);

pub(super) async fn own_page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Reader,
) -> Result<Page, Refused> {
    let bearer = Bearer::Own(user(&portal, &reader.id).await?);
    Ok(draw(&visitor, &bearer, &Input::default(), &Told::default()))
}

pub(super) async fn create_own(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let user = user(&portal, &acting.administrator.id).await?;
    let seconds = expiry::seconds(&input, acting.ctx.now, Some(MOST_DAYS));
    let made = match seconds {
        Ok(seconds) => {
            let mut body = Map::new();
            body.insert("name".into(), json!(input.text("name")));
            body.insert("ttl_seconds".into(), json!(seconds));
            user_tokens::create(&portal, &acting.ctx, &user, body).await
        }
        Err(error) => Err(error),
    };
    answer((&portal, &visitor), &Bearer::Own(user), &input, made)
}

pub(in crate::console::organization) async fn new_of_account(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let bearer = Bearer::Account(system_accounts::find(&portal, &id).await?);
    Ok(draw(&visitor, &bearer, &Input::default(), &Told::default()))
}

pub(in crate::console::organization) async fn create_of_account(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let account = system_accounts::find(&portal, &id).await?;
    let made = match expiry::seconds(&input, acting.ctx.now, None) {
        Ok(seconds) => {
            let end = acting.ctx.now + std::time::Duration::from_secs(seconds);
            let mut body = Map::new();
            body.insert("name".into(), json!(input.text("name")));
            body.insert("expires_at".into(), json!(end.to_rfc3339()));
            create_token(&portal, &acting.ctx, &account, body).await
        }
        Err(error) => Err(error),
    };
    answer((&portal, &visitor), &Bearer::Account(account), &input, made)
}

/// The page with the token, or the form with what was wrong.
fn answer(
    (portal, visitor): (&Portal, &Visitor),
    bearer: &Bearer,
    input: &Input,
    made: Result<Made, Error>,
) -> Result<Response, Refused> {
    let text = text(visitor);
    let told = match made {
        Ok(made) => return Ok(shown((portal, visitor), bearer, made).into_response()),
        // Ten of one's own work already.
        Err(Error::Conflict(_)) => Told {
            notice: Some(text.get("tokens-too-many")),
            ..Told::default()
        },
        Err(error) => Told::of(text, error, &labels(text), "name")?,
    };
    Ok(draw(visitor, bearer, input, &told).into_response())
}

fn labels(text: Text) -> [(&'static str, String); 3] {
    [
        ("name", text.get("name")),
        ("span", text.get("tokens-span")),
        ("until", text.get("tokens-until")),
    ]
}

/// The way to the list: its text and address.
fn list_of(text: Text, bearer: &Bearer) -> (String, String) {
    let label = match bearer {
        Bearer::Own(_) => text.get("tokens-own"),
        Bearer::User(user) => user.name.clone(),
        Bearer::Account(account) => account.name.clone(),
    };
    (label, bearer.address(""))
}

fn draw(visitor: &Visitor, bearer: &Bearer, input: &Input, told: &Told) -> Page {
    let text = text(visitor);
    let (title, (label, list)) = (text.get("tokens-new"), list_of(text, bearer));
    let (lead, most) = match bearer {
        Bearer::Account(_) => ("tokens-new-of-account", None),
        Bearer::Own(_) | Bearer::User(_) => ("tokens-new-own", Some(MOST_DAYS)),
    };
    let (name, hint) = (text.get("name"), text.get("tokens-name-hint"));
    let errors = &told.fields;
    let accounts = text.get("accounts-title");
    let mut crumbs = vec![(label.as_str(), list.as_str())];
    if let Bearer::Account(_) = bearer {
        crumbs.insert(0, (accounts.as_str(), accounts::LIST));
    }
    let main = html! {
        (way(text, &crumbs))
        (page_heading(&title, Some(&text.get(lead)), None))
        (told.above(text))
        (form(visitor, &bearer.address("/new"), errors, html! {
            (Field::line(text, "name", &name).value(input.text("name")).hint(&hint).error(errors.of("name")).max_length(256).autocomplete("off"))
            (expiry::fields(text, input, most, errors))
            div.form-actions { (button(&text.get("tokens-create"))) (link_button(&list, &text.get("cancel"))) }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}

/// The one page that shows a token, and how to use it.
fn shown((portal, visitor): (&Portal, &Visitor), bearer: &Bearer, (token, secret): Made) -> Page {
    let text = text(visitor);
    let secret = secret.reveal();
    let secret = secret.expose_secret();
    let title = text.with("tokens-made-title", [("name", (&token.name).into())]);
    let (label, list) = list_of(text, bearer);
    let call = format!(
        "curl {}/v3/organizations/me \\\n  -H \"Authorization: Bearer {secret}\"",
        portal.console_url()
    );
    let main = html! {
        (way(text, &[(&label, &list)]))
        (page_heading(&title, None, None))
        (shown_once(text, copyable(text, "token", &text.get("tokens-token"), secret)))
        section.section aria-labelledby="use" {
            h2 id="use" { (text.get("tokens-use")) }
            p.fine.spaced { (text.get("tokens-use-lead")) }
            div.spaced { (code_block(text, "call", &call)) }
        }
        div.proceed { (link_button(&list, &text.get("tokens-back"))) }
    };
    visitor.page(&title).width(Width::Reading).main(main)
}
