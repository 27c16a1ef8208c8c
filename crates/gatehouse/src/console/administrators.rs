//! The team: who may sign in, and what each may do. Owners change it; everybody sees it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use portal::Error;
use portal::console::refusal;
use portal::model::{Administrator as Account, AdministratorId};
use portal::service::administrators::NewAdministrator;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use web::components::{
    Choice, Crumb, Field, FieldErrors, badge, breadcrumbs, button, choice, confirm, copyable,
    danger_button, form, link_button, notice, page_heading, shown_once, table,
};
use web::{Administrator, Form, Owner, Page, Role, Text, Tone, Visitor, Width, html, moment};

use super::sign_in::Nothing;
use super::{Console, text};

const LIST: &str = "/administrators";
const MAIL: &str = "mail";

/// The account with this id, as it stands in an address.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn by_id(console: &Console, id: &str) -> Result<Account, Error> {
    let parsed: Result<AdministratorId, _> = id.parse();
    let id = parsed.map_err(|_| Error::not_found("administrator", id))?;
    console.administrators().find(id).await
}

/// A role in words.
pub(super) fn role(text: Text, role: Role) -> String {
    text.get(&format!("role-{}", role.as_str()))
}

/// Everybody.
pub(super) async fn list(
    State(console): State<Console>,
    visitor: Visitor,
    reader: Administrator,
) -> Result<Page, Response> {
    let every = console.administrators().every().await;
    let every = every.map_err(|error| refusal::page(&visitor, &error))?;
    let text = text(&visitor);
    let title = text.get("nav-administrators");
    let owner = reader.role == Role::Owner;
    let columns = [
        "field-name",
        "field-role",
        "administrators-last-sign-in",
        "administrators-access",
    ];
    let columns = columns.map(|id| text.get(id));
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let new = html! { a.button.button-primary href="/administrators/new" { (text.get("administrators-new")) } };
    let main = html! {
        (page_heading(&title, Some(&text.get("administrators-lead")), owner.then_some(new)))
        (table(&title, &columns, None, html! {
            @for account in &every {
                tr {
                    td data-label=(columns[0]) { div {
                        @if owner { a href=(address(account, "")) { strong { (account.name) } } }
                        @else { strong { (account.name) } }
                        span.fine { " " (account.email) }
                        @if account.id.to_string() == reader.id { " " (badge(Tone::Info, &text.get("administrators-you"))) }
                    } }
                    td data-label=(columns[1]) { (role(text, account.role)) }
                    td data-label=(columns[2]) {
                        @match account.last_sign_in_at {
                            Some(at) => (moment(text, at.as_millis())),
                            None => span.fine { (text.get("never")) },
                        }
                    }
                    td data-label=(columns[3]) {
                        a href=(address(account, "/access")) {
                            (text.get("administrators-access-show")) span.visually-hidden { ": " (account.name) }
                        }
                    }
                }
            }
        }))
    };
    Ok(visitor.page(&title).main(main))
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Entered {
    #[serde(default)]
    email: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    role: String,
    /// How they come in: `mail`, or with a password that is shown.
    #[serde(default)]
    way: String,
}

impl Entered {
    /// The role, the least mighty if none was chosen.
    fn role(&self) -> Role {
        Role::parse(&self.role).unwrap_or(Role::Member)
    }
}

/// The form for a new account.
pub(super) async fn new_page(visitor: Visitor, Owner(_): Owner) -> Page {
    draw_new(&visitor, &Entered::default(), &FieldErrors::new())
}

/// Makes an account; its first password is shown once.
pub(super) async fn create(
    State(console): State<Console>,
    visitor: Visitor,
    Owner(owner): Owner,
    Form(entered): Form<Entered>,
) -> Result<Response, Response> {
    let text = text(&visitor);
    let new = NewAdministrator {
        email: entered.email.clone(),
        name: entered.name.clone(),
        role: entered.role(),
    };
    let ctx = console.ctx_of(&owner, &visitor);
    let taken = console.administrators().find_by_email(&new.email).await;
    let made = if entered.way == MAIL && taken.is_err() {
        let invited = console.portal.invite(&ctx, new, text.locale()).await;
        invited.map(|account| (account, None))
    } else {
        console.administrators().create(&ctx, new, None).await
    };
    match made {
        Ok((account, Some(password))) => {
            let password = password.reveal();
            Ok(draw_password(&visitor, &account, password.expose_secret()).into_response())
        }
        Ok((account, None)) => Ok(said_invited(&visitor, &account)),
        Err(Error::Conflict(_)) => {
            let mut errors = FieldErrors::new();
            errors.add("email", text.get("invalid-email-taken"));
            Ok(draw_new(&visitor, &entered, &errors).into_response())
        }
        Err(error) => {
            let errors = refusal::fields(text, &error, &labels(text))
                .ok_or_else(|| refusal::page(&visitor, &error))?;
            Ok(draw_new(&visitor, &entered, &errors).into_response())
        }
    }
}

fn said_invited(visitor: &Visitor, account: &Account) -> Response {
    let said = text(visitor).with(
        "administrators-invited",
        [("email", (&account.email).into())],
    );
    let to = address(account, "/access");
    visitor
        .redirect_saying(to, Tone::Success, said)
        .into_response()
}

/// Sends somebody who has not signed in yet an invitation, or another one.
pub(super) async fn invite(
    State(console): State<Console>,
    visitor: Visitor,
    Owner(owner): Owner,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, Response> {
    let account = found(&console, &visitor, &id).await?;
    let ctx = console.ctx_of(&owner, &visitor);
    let new = NewAdministrator {
        email: account.email.clone(),
        name: account.name.clone(),
        role: account.role,
    };
    match console
        .portal
        .invite(&ctx, new, visitor.text().locale())
        .await
    {
        Ok(account) => Ok(said_invited(&visitor, &account)),
        Err(Error::Conflict(_)) => {
            let said = text(&visitor).get("administrators-signed-in-already");
            let to = address(&account, "");
            Ok(visitor
                .redirect_saying(to, Tone::Warning, said)
                .into_response())
        }
        Err(error) => Err(refusal::page(&visitor, &error)),
    }
}

/// One account, to be changed.
pub(super) async fn show(
    State(console): State<Console>,
    visitor: Visitor,
    Owner(_): Owner,
    Path(id): Path<String>,
) -> Result<Page, Response> {
    let account = found(&console, &visitor, &id).await?;
    Ok(draw_one(&visitor, &account, &FieldErrors::new()))
}

/// Another name, another role.
pub(super) async fn change(
    State(console): State<Console>,
    visitor: Visitor,
    Owner(owner): Owner,
    Path(id): Path<String>,
    Form(entered): Form<Entered>,
) -> Result<Response, Response> {
    let account = found(&console, &visitor, &id).await?;
    let text = text(&visitor);
    let ctx = console.ctx_of(&owner, &visitor);
    let (name, role) = (entered.name.as_str(), entered.role());
    let change = console
        .administrators()
        .change(&ctx, account.id, name, role);
    let errors = match change.await {
        Ok(_) => {
            return Ok(visitor
                .redirect_saying(LIST, Tone::Success, text.get("saved"))
                .into_response());
        }
        Err(Error::Conflict(_)) => {
            let mut errors = FieldErrors::new();
            errors.add("role", text.get("invalid-last-owner"));
            errors
        }
        Err(error) => refusal::fields(text, &error, &labels(text))
            .ok_or_else(|| refusal::page(&visitor, &error))?,
    };
    let entered = Account {
        name: entered.name.clone(),
        role: entered.role(),
        ..account
    };
    Ok(draw_one(&visitor, &entered, &errors).into_response())
}

/// Asks before a password is replaced.
pub(super) async fn reset_page(
    State(console): State<Console>,
    visitor: Visitor,
    Owner(_): Owner,
    Path(id): Path<String>,
) -> Result<Page, Response> {
    let account = found(&console, &visitor, &id).await?;
    let text = text(&visitor);
    let title = text.with("reset-title", [("name", (&account.name).into())]);
    let here = address(&account, "");
    Ok(confirm(
        &visitor,
        &title,
        html! { p { (text.get("reset-lead")) } },
        &address(&account, "/reset-password"),
        danger_button(&text.get("reset-button")),
        (&here, &text.get("cancel")),
    ))
}

/// Replaces a password by one that is shown once.
pub(super) async fn reset(
    State(console): State<Console>,
    visitor: Visitor,
    Owner(owner): Owner,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Page, Response> {
    let account = found(&console, &visitor, &id).await?;
    let ctx = console.ctx_of(&owner, &visitor);
    let reset = console
        .administrators()
        .reset_password(&ctx, account.id)
        .await;
    let (account, password) = reset.map_err(|error| refusal::page(&visitor, &error))?;
    let password = password.reveal();
    Ok(draw_password(&visitor, &account, password.expose_secret()))
}

/// Asks before an account is removed.
pub(super) async fn delete_page(
    State(console): State<Console>,
    visitor: Visitor,
    Owner(_): Owner,
    Path(id): Path<String>,
) -> Result<Page, Response> {
    let account = found(&console, &visitor, &id).await?;
    Ok(draw_delete(&visitor, &account))
}

/// Removes an account; its sessions end at once.
pub(super) async fn delete(
    State(console): State<Console>,
    visitor: Visitor,
    Owner(owner): Owner,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, Response> {
    let account = found(&console, &visitor, &id).await?;
    let text = text(&visitor);
    let ctx = console.ctx_of(&owner, &visitor);
    match console.administrators().remove(&ctx, account.id).await {
        Ok(()) => {
            let said = text.with("removed", [("name", (&account.name).into())]);
            Ok(visitor
                .redirect_saying(LIST, Tone::Success, said)
                .into_response())
        }
        Err(Error::Conflict(_)) => Ok(visitor
            .redirect_saying(
                address(&account, ""),
                Tone::Danger,
                text.get("invalid-last-owner"),
            )
            .into_response()),
        Err(error) => Err(refusal::page(&visitor, &error)),
    }
}

async fn found(console: &Console, visitor: &Visitor, id: &str) -> Result<Account, Response> {
    by_id(console, id)
        .await
        .map_err(|error| refusal::page(visitor, &error))
}

fn address(account: &Account, below: &str) -> String {
    format!("{LIST}/{}{below}", account.id)
}

fn labels(text: Text) -> [(&'static str, String); 2] {
    [
        ("email", text.get("field-email")),
        ("name", text.get("field-name")),
    ]
}

fn roles(text: Text, chosen: Role) -> Vec<Choice> {
    let choice = |role_: Role| Choice {
        value: role_.as_str().into(),
        label: role(text, role_),
        hint: Some(text.get(&format!("role-{}-hint", role_.as_str()))),
        chosen: role_ == chosen,
    };
    Role::ALL.map(choice).to_vec()
}

fn way(visitor: &Visitor) -> web::Markup {
    let text = text(visitor);
    let label = text.get("nav-administrators");
    let crumbs = [Crumb {
        label: &label,
        href: LIST,
    }];
    breadcrumbs(text, &crumbs)
}

fn draw_new(visitor: &Visitor, entered: &Entered, errors: &FieldErrors) -> Page {
    let text = text(visitor);
    let title = text.get("administrators-new");
    let (email, name, role) = (
        text.get("field-email"),
        text.get("field-name"),
        text.get("field-role"),
    );
    let choices = roles(text, entered.role());
    let ways = ["password", MAIL].map(|word| {
        let chosen = word == entered.way || (word != MAIL && entered.way.is_empty());
        choice(text, "administrators-way", word, chosen)
    });
    let how = text.get("administrators-way");
    let main = html! {
        (way(visitor))
        (page_heading(&title, Some(&text.get("administrators-new-lead")), None))
        (form(visitor, "/administrators/new", errors, html! {
            (Field::email(text, "email", &email).value(&entered.email).error(errors.of("email")).autocomplete("off"))
            (Field::line(text, "name", &name).value(&entered.name).error(errors.of("name")).optional().autocomplete("off"))
            (Field::radios(text, "role", &role, &choices).error(errors.of("role")))
            (Field::radios(text, "way", &how, &ways))
            div.form-actions { (button(&text.get("administrators-create"))) (link_button(LIST, &text.get("cancel"))) }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading);
    if errors.is_empty() {
        page.main(main)
    } else {
        page.failed().main(main)
    }
}

fn draw_one(visitor: &Visitor, account: &Account, errors: &FieldErrors) -> Page {
    let text = text(visitor);
    let (name, role) = (text.get("field-name"), text.get("field-role"));
    let choices = roles(text, account.role);
    let main = html! {
        (way(visitor))
        (page_heading(&account.name, Some(&account.email), None))
        @if account.password_is_temporary {
            (notice(text, Tone::Info, html! { p { (text.get("administrators-temporary")) } }))
        }
        @if account.password_is_temporary && account.last_sign_in_at.is_none() {
            (form(visitor, &address(account, "/invite"), &FieldErrors::new(), html! {
                div.form-actions { button.button.button-secondary type="submit" { (text.get("administrators-invite")) } }
            }))
        }
        (form(visitor, &address(account, ""), errors, html! {
            (Field::line(text, "name", &name).value(&account.name).error(errors.of("name")).autocomplete("off"))
            (Field::radios(text, "role", &role, &choices).error(errors.of("role")))
            div.form-actions { (button(&text.get("save"))) (link_button(LIST, &text.get("cancel"))) }
        }))
        section.section aria-labelledby="access" {
            h2 id="access" { (text.get("administrators-access")) }
            p.fine.spaced { (text.get("administrators-access-lead")) }
            p.spaced { (link_button(&address(account, "/access"), &text.get("administrators-access-show"))) }
        }
        section.section.danger-zone aria-labelledby="more" {
            h2 id="more" { (text.get("administrators-more")) }
            div.actions.spaced {
                (link_button(&address(account, "/reset-password"), &text.get("reset-button")))
                a.button.button-danger-quiet href=(address(account, "/delete")) { (text.get("remove-button")) }
            }
        }
    };
    let page = visitor.page(&account.name).width(Width::Reading);
    if errors.is_empty() {
        page.main(main)
    } else {
        page.failed().main(main)
    }
}

fn draw_delete(visitor: &Visitor, account: &Account) -> Page {
    let text = text(visitor);
    let title = text.with("remove-title", [("name", (&account.name).into())]);
    let here = address(account, "");
    let lead = text.with("remove-lead", [("email", (&account.email).into())]);
    confirm(
        visitor,
        &title,
        html! { p { (lead) } },
        &address(account, "/delete"),
        danger_button(&text.get("remove-button")),
        (&here, &text.get("cancel")),
    )
}

/// The one page that shows a password.
fn draw_password(visitor: &Visitor, account: &Account, password: &str) -> Page {
    let text = text(visitor);
    let title = text.with("password-shown-title", [("name", (&account.name).into())]);
    let main = html! {
        (way(visitor))
        (page_heading(&title, Some(&text.get("password-shown-lead")), None))
        (shown_once(text, html! {
            (copyable(text, "shown-email", &text.get("field-email"), &account.email))
            (copyable(text, "shown-password", &text.get("one-time-password"), password))
        }))
        div.proceed { (link_button(LIST, &text.get("back-to-administrators"))) }
    };
    visitor.page(&title).width(Width::Reading).main(main)
}
