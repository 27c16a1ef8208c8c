//! One user: who it is, and what an administrator may do.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use web::components::{
    Choice, Definition, Field, FieldErrors, button, code_block, confirm, danger_button,
    definitions, form, notice, page_heading,
};
use web::{Administrator, Editor, Form, Markup, Page, Text, Tone, Visitor, Width, html};

use super::list::state;
use super::{LIST, address, identities};
use crate::console::text::{way, when};
use crate::console::{Acting, Input, Refused, logs, roles, text};
use crate::model::Members;
use crate::model::user::User;
use crate::service::{self, connections, tickets, users};
use crate::store::page::Window;
use crate::{Error, Tenant, store};

async fn find(tenant: &Tenant, user_id: &str) -> Result<User, Error> {
    let found = users::find(tenant, user_id).await?;
    found.ok_or_else(Error::no_user)
}

pub(super) async fn page(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    reader: Administrator,
    Path(user_id): Path<String>,
) -> Result<Page, Refused> {
    let user = find(&tenant, &user_id).await?;
    let stopped = users::blocked_from(&tenant, &user_id).await?;
    let roles = held(&tenant, &visitor, &user).await?;
    let text = text(&visitor);
    let main = html! {
        (way(text, &[(&text.get("users-title"), LIST)]))
        (page_heading(user.called(), user.email.as_deref(), None))
        @if !stopped.is_empty() {
            (notice(text, Tone::Warning, html! {
                p { (text.get("users-stopped")) " " (stopped.join(", ")) }
            }))
        }
        div.panel { (definitions(&facts(text, &user))) }
        p.spaced { a href=(logs::about(&user.user_id)) { (text.get("users-log")) } }
        @for (label, metadata) in [("users-metadata", &user.user_metadata), ("users-app-metadata", &user.app_metadata)] {
            @if !metadata.is_empty() {
                section.section {
                    h2 { (text.get(label)) }
                    div.spaced { (code_block(text, label, &serde_json::to_string_pretty(metadata).unwrap_or_default())) }
                }
            }
        }
        (identities::section(&visitor, &reader, &user))
        (roles)
        @if reader.role.may_change() { (actions(&visitor, &user, !stopped.is_empty())) }
    };
    Ok(visitor.page(user.called()).width(Width::Reading).main(main))
}

/// The roles there are, those of the user ticked.
async fn held(tenant: &Tenant, visitor: &Visitor, user: &User) -> Result<Markup, Error> {
    let all = roles::every(tenant).await?;
    let window = Window {
        after: None,
        offset: 0,
        limit: 1000,
    };
    let own = store::roles::of_user(tenant.db(), &user.user_id, &window).await?;
    let text = text(visitor);
    let label = text.get("users-roles");
    let choices: Vec<Choice> = all
        .into_iter()
        .map(|role| Choice {
            chosen: own.iter().any(|one| one.id == role.id),
            hint: Some(role.description).filter(|said| *said != role.name),
            value: role.id,
            label: role.name,
        })
        .collect();
    Ok(html! {
        @if !choices.is_empty() {
            section.section {
                (form(visitor, &address(&user.user_id, ""), &FieldErrors::new(), html! {
                    input type="hidden" name="action" value="roles";
                    (Field::checkboxes(text, "role", &label, &choices))
                    div.form-actions { (button(&text.get("save"))) }
                }))
            }
        }
    })
}

/// Gives the roles that are ticked, and takes the others.
async fn set_roles(tenant: &Tenant, user_id: &str, input: &Input) -> Result<(), Error> {
    let all = roles::every(tenant).await?;
    let is_ticked = |id: &str| input.all("role").any(|ticked| ticked == id);
    let (ticked, others): (Vec<&str>, Vec<&str>) = all
        .iter()
        .map(|role| role.id.as_str())
        .partition(|id| is_ticked(id));
    service::roles::give(tenant, user_id, &ticked).await?;
    service::roles::take(tenant, user_id, &others).await
}

fn facts(text: Text, user: &User) -> Vec<Definition> {
    let mut rows = vec![
        Definition::new(text.get("id"), html! { code { (user.user_id) } }),
        Definition::new(text.get("users-connection"), html! { (user.connection) }),
        Definition::new(text.get("users-state"), state(text, user)),
        Definition::new(text.get("created"), when(text, Some(user.created_at))),
        Definition::new(text.get("users-last-login"), when(text, user.last_login)),
        Definition::new(text.get("users-logins"), html! { (user.logins_count) }),
    ];
    if let Some(ip) = &user.last_ip {
        rows.push(Definition::new(text.get("logs-from"), html! { (ip) }));
    }
    rows
}

fn actions(visitor: &Visitor, user: &User, stopped: bool) -> Markup {
    let text = text(visitor);
    let here = address(&user.user_id, "");
    let act = |action: &str, label: &str| {
        form(
            visitor,
            &here,
            &FieldErrors::new(),
            html! {
                input type="hidden" name="action" value=(action);
                button.button.button-secondary type="submit" { (text.get(label)) }
            },
        )
    };
    html! {
        section.section aria-labelledby="actions" {
            h2 id="actions" { (text.get("users-actions")) }
            p.fine.spaced { (text.get("users-actions-lead")) }
            div.actions.spaced {
                @if user.blocked { (act("unblock", "users-unblock")) } @else { (act("block", "users-block")) }
                @if stopped { (act("forgive", "users-forgive")) }
                @if user.email.is_some() {
                    (act("reset", "users-reset"))
                    @if !user.email_verified { (act("verify", "users-verify")) }
                }
                a.button.button-danger-quiet href=(address(&user.user_id, "/delete")) { (text.get("users-delete")) }
            }
        }
    }
}

/// Blocks, unblocks, lifts blocks of guessing, or sends a mail.
pub(super) async fn act(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Path(user_id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let user = find(&tenant, &user_id).await?;
    let text = text(&visitor);
    let (what, said) = match input.text("action") {
        action @ ("block" | "unblock") => {
            let mut changes = Members::new();
            changes.insert("blocked".to_owned(), json!(action == "block"));
            users::change(&tenant, &user_id, changes, &acting.visit).await?;
            ("Update a User", "saved")
        }
        "roles" => {
            set_roles(&tenant, &user_id, &input).await?;
            ("Assign roles to a user", "saved")
        }
        "unlink" => {
            let account = input.text("account");
            users::linking::unlink(&tenant, &user_id, account).await?;
            ("Unlink a User Account", "users-unlinked")
        }
        "forgive" => {
            users::forgive(&tenant, &user_id).await?;
            ("Unblock a user", "saved")
        }
        "verify" => {
            tickets::request_verification(&tenant, &user, &acting.visit).await?;
            ("Send a verification email", "users-mail-sent")
        }
        "reset" => {
            let connection = connections::by_name(&tenant, &user.connection).await?;
            let connection = connection.ok_or_else(Error::no_connection)?;
            let email = user.email.as_deref().unwrap_or_default();
            tickets::request_password_reset(&tenant, &connection, email, &acting.visit).await?;
            ("Send a password reset email", "users-mail-sent")
        }
        _ => return Ok(visitor.redirect(address(&user_id, "")).into_response()),
    };
    acting.record(&tenant, what, &user_id);
    Ok(visitor
        .redirect_saying(address(&user_id, ""), Tone::Success, text.get(said))
        .into_response())
}

pub(super) async fn delete_page(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(user_id): Path<String>,
) -> Result<Page, Refused> {
    let user = find(&tenant, &user_id).await?;
    let filter = store::grants::Filter {
        user_id: Some(user_id.clone()),
        ..store::grants::Filter::default()
    };
    let consents = store::grants::count(tenant.db(), &filter).await?;
    let text = text(&visitor);
    let title = text.with("users-delete-title", [("name", user.called().into())]);
    let back = address(&user_id, "");
    Ok(confirm(
        &visitor,
        &title,
        html! {
            p { (text.get("users-delete-lead")) }
            @if consents > 0 {
                ul { li { (text.with("clients-delete-consents", [("count", consents.into())])) } }
            }
            p { (text.get("clients-delete-for-good")) }
        },
        &address(&user_id, "/delete"),
        danger_button(&text.get("users-delete")),
        (&back, &text.get("cancel")),
    ))
}

pub(super) async fn delete(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Path(user_id): Path<String>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let user = find(&tenant, &user_id).await?;
    users::delete(&tenant, &user_id).await?;
    acting.record(&tenant, "Delete a User", &user_id);
    let said = text(&visitor).with("removed", [("name", user.called().into())]);
    Ok(visitor
        .redirect_saying(LIST, Tone::Success, said)
        .into_response())
}
