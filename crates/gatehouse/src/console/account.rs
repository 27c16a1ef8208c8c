//! One's own account: password and sessions.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use portal::console::refusal;
use portal::model::{Administrator as Account, AdministratorId};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use web::components::{
    Choice, Definition, Field, FieldErrors, button, definitions, form, notice, page_heading, switch,
};
use web::{
    Administrator, Form, Input, Locale, Markup, Page, SignedIn, Tone, Visitor, Width, html, moment,
};

use super::sign_in::Nothing;
use super::{Console, administrators, session, text};

/// Who one is, and the forms.
pub(super) async fn page(
    State(console): State<Console>,
    visitor: Visitor,
    SignedIn(administrator): SignedIn,
) -> Result<Page, Response> {
    let (_, account) = own(&console, &visitor, &administrator).await?;
    Ok(draw(&visitor, &account, &FieldErrors::new()))
}

#[derive(Deserialize)]
pub(super) struct Passwords {
    #[serde(default)]
    current: SecretString,
    #[serde(default)]
    password: SecretString,
    #[serde(default)]
    again: SecretString,
}

/// Chooses another password: every other session ends.
pub(super) async fn change_password(
    State(console): State<Console>,
    visitor: Visitor,
    SignedIn(administrator): SignedIn,
    Form(entered): Form<Passwords>,
) -> Result<Response, Response> {
    let (id, account) = own(&console, &visitor, &administrator).await?;
    let text = text(&visitor);
    if entered.password.expose_secret() != entered.again.expose_secret() {
        let mut errors = FieldErrors::new();
        errors.add("again", text.get("invalid-again"));
        return Ok(draw(&visitor, &account, &errors).into_response());
    }
    let ctx = console.ctx_of(&administrator, &visitor);
    let change =
        console
            .administrators()
            .change_password(&ctx, id, entered.current, entered.password);
    match change.await {
        Ok(token) => Ok(visitor
            .redirect_saying(
                "/account",
                Tone::Success,
                text.get("account-password-saved"),
            )
            .cookie(session::cookie(&console, token))
            .into_response()),
        Err(error) => {
            let labels = [("current", text.get("account-current"))];
            let errors = refusal::fields(text, &error, &labels)
                .ok_or_else(|| refusal::page(&visitor, &error))?;
            Ok(draw(&visitor, &account, &errors).into_response())
        }
    }
}

/// Ends every session, this one too.
pub(super) async fn sign_out_everywhere(
    State(console): State<Console>,
    visitor: Visitor,
    SignedIn(administrator): SignedIn,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, Response> {
    let (id, _) = own(&console, &visitor, &administrator).await?;
    let ctx = console.ctx_of(&administrator, &visitor);
    let ended = console.administrators().sign_out_everywhere(&ctx, id).await;
    ended.map_err(|error| refusal::page(&visitor, &error))?;
    let said = text(&visitor).get("signed-out-everywhere");
    Ok(visitor
        .redirect_saying("/sign-in", Tone::Success, said)
        .cookie(session::no_cookie(&console))
        .into_response())
}

/// Whether one is told by mail of what waits for a decision, and in which language.
pub(super) async fn choose_mails(
    State(console): State<Console>,
    visitor: Visitor,
    SignedIn(administrator): SignedIn,
    Form(input): Form<Input>,
) -> Result<Response, Response> {
    let (id, _) = own(&console, &visitor, &administrator).await?;
    let ctx = console.ctx_of(&administrator, &visitor);
    let locale = Locale::from_tag(input.text("locale")).unwrap_or_else(|| visitor.text().locale());
    let chosen = console
        .administrators()
        .choose_mail(&ctx, id, input.is_on("wants_mail"), locale)
        .await;
    chosen.map_err(|error| refusal::page(&visitor, &error))?;
    let said = text(&visitor).get("saved");
    Ok(visitor
        .redirect_saying("/account", Tone::Success, said)
        .into_response())
}

/// The form about mails, for those who may decide about what waits.
fn mails(visitor: &Visitor, account: &Account) -> Markup {
    let text = text(visitor);
    let [title, wants, language] =
        ["account-mails", "account-wants-mail", "account-language"].map(|id| text.get(id));
    let wanted = switch(text, "account-wants-mail", account.wants_mail);
    let known = account.locale.as_deref().and_then(Locale::from_tag);
    let known = known.unwrap_or_else(|| visitor.text().locale());
    let languages = Locale::ALL.map(|locale| Choice {
        value: locale.tag().into(),
        label: locale.own_name().into(),
        hint: None,
        chosen: locale == known,
    });
    html! {
        section.section aria-labelledby="mails-title" {
            h2 id="mails-title" { (title) }
            p.fine.spaced { (text.get("account-mails-lead")) }
            div.panel.spaced {
                (form(visitor, "/account/mails", &FieldErrors::new(), html! {
                    (Field::checkboxes(text, "wants_mail", &wants, &wanted))
                    (Field::select(text, "locale", &language, &languages))
                    (button(&text.get("save")))
                }))
            }
        }
    }
}

async fn own(
    console: &Console,
    visitor: &Visitor,
    administrator: &Administrator,
) -> Result<(AdministratorId, Account), Response> {
    let found = administrators::by_id(console, &administrator.id).await;
    let account = found.map_err(|error| refusal::page(visitor, &error))?;
    Ok((account.id, account))
}

fn draw(visitor: &Visitor, account: &Account, errors: &FieldErrors) -> Page {
    let text = text(visitor);
    let title = text.get("account-title");
    let (current, new, again) = (
        text.get("account-current"),
        text.get("account-new"),
        text.get("account-again"),
    );
    let hint = text.get("account-new-hint");
    let facts = [
        Definition::new(text.get("field-email"), html! { (account.email) }),
        Definition::new(
            text.get("field-role"),
            html! { (administrators::role(text, account.role)) },
        ),
        Definition::new(
            text.get("administrators-last-sign-in"),
            html! { @if let Some(at) = account.last_sign_in_at { (moment(text, at.as_millis())) } },
        ),
    ];
    let main = html! {
        (page_heading(&title, Some(&account.name), None))
        @if account.password_is_temporary {
            (notice(text, Tone::Warning, html! { p { (text.get("account-temporary")) } }))
        } @else {
            div.panel { (definitions(&facts)) }
        }
        section.section aria-labelledby="password-title" {
            h2 id="password-title" { (text.get("account-password-title")) }
            p.fine.spaced { (text.get("account-password-lead")) }
            div.panel.spaced {
                (form(visitor, "/account/password", errors, html! {
                    // For password managers: whose password it is.
                    input type="text" name="username" value=(account.email) autocomplete="username" hidden readonly;
                    (Field::password(text, "current", &current).error(errors.of("current")).autocomplete("current-password"))
                    (Field::password(text, "password", &new).hint(&hint).error(errors.of("password")).autocomplete("new-password"))
                    (Field::password(text, "again", &again).error(errors.of("again")).autocomplete("new-password"))
                    (button(&text.get("account-password-button")))
                }))
            }
        }
        @if !account.password_is_temporary {
            @if account.role.may_change() { (mails(visitor, account)) }
            section.section aria-labelledby="sessions-title" {
                h2 id="sessions-title" { (text.get("account-sessions-title")) }
                p.fine.spaced { (text.get("account-sessions-lead")) }
                div.spaced {
                    (form(visitor, "/account/sign-out", &FieldErrors::new(), html! {
                        div.form-actions { button.button.button-secondary type="submit" { (text.get("account-sessions-button")) } }
                    }))
                }
            }
        }
    };
    let page = visitor.page(&title).width(Width::Reading);
    if errors.is_empty() {
        page.main(main)
    } else {
        page.failed().main(main)
    }
}
