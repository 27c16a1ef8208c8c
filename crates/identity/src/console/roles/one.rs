//! One role: its name, its permissions, its users.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use web::components::{
    Choice, Field, FieldErrors, badge, button, confirm, danger_button, link_button, notice,
    page_heading, settings_form, table,
};
use web::{Administrator, Editor, Form, Markup, Page, Text, Tone, Visitor, Width, html};

use super::LIST;
use crate::console::text::{outcome, way};
use crate::console::{Acting, Input, Refused, Told, apis, text, users};
use crate::management::roles::CHANGE;
use crate::management::schema::Body;
use crate::model::role::{Permission, Role};
use crate::service::roles as service;
use crate::store::page::Window;
use crate::store::resource_servers::{Key, StoredApi};
use crate::store::roles::Holder;
use crate::{Error, Tenant, store};

/// How many users the page names.
const NAMED: i64 = 50;

async fn find(tenant: &Tenant, id: &str) -> Result<Role, Error> {
    let found = store::roles::find(tenant.db(), id).await?;
    found.ok_or_else(Error::no_role)
}

fn address(role: &Role, below: &str) -> String {
    format!("{LIST}/{}{below}", role.id)
}

pub(super) async fn page(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let role = find(&tenant, &id).await?;
    let editor = reader.role.may_change();
    let more = more(&tenant, text(&visitor), &role, editor).await?;
    Ok(draw(&visitor, &role, more, editor, &Told::default()))
}

pub(super) async fn save(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let mut role = find(&tenant, &id).await?;
    let body = json!({ "name": input.text("name"), "description": input.text("description") });
    let outcome = match CHANGE.read(body, Body::Change) {
        Ok(members) => service::change(&tenant, &id, &members).await,
        Err(error) => Err(error),
    };
    let text = text(&visitor);
    if let Err(error) = outcome {
        let fields = [("name", "name"), ("description", "description")];
        let told = Told::of(text, error, &fields)?;
        let more = more(&tenant, text, &role, true).await?;
        input.text("name").clone_into(&mut role.name);
        return Ok(draw(&visitor, &role, more, true, &told).into_response());
    }
    acting.record(&tenant, "Update a role", &role.name);
    Ok(visitor
        .redirect_saying(address(&role, ""), Tone::Success, text.get("saved"))
        .into_response())
}

fn draw(visitor: &Visitor, role: &Role, more: Markup, editor: bool, told: &Told) -> Page {
    let text = text(visitor);
    let (name, description) = (text.get("name"), text.get("description"));
    let errors = &told.fields;
    let here = address(role, "");
    let main = html! {
        (way(text, &[(&text.get("roles-title"), LIST)]))
        (page_heading(&role.name, None, None))
        @if let Some(told) = &told.notice { (notice(text, Tone::Danger, html! { p { (told) } })) }
        (settings_form(
            visitor, editor.then_some(&here), errors,
            html! {
                (Field::line(text, "name", &name).value(&role.name).error(errors.of("name")).max_length(50))
                (Field::line(text, "description", &description).value(&role.description).error(errors.of("description")).optional().max_length(255))
            },
            html! { (button(&text.get("save"))) (link_button(LIST, &text.get("cancel"))) },
        ))
        (more)
    };
    let page = visitor.page(&role.name).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}

/// The role's permissions by API, its users, and its removal.
async fn more(tenant: &Tenant, text: Text, role: &Role, editor: bool) -> Result<Markup, Error> {
    let held = service::permissions(tenant, Holder::Role(&role.id)).await?;
    let all = apis::every(tenant).await?;
    let window = Window {
        after: None,
        offset: 0,
        limit: NAMED,
    };
    let people = store::roles::users_of(tenant.db(), &role.id, &window).await?;
    let caption = text.get("apis-permissions");
    let columns = ["apis-api", "apis-permissions"].map(|id| text.get(id));
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let of = |identifier: &str| held.iter().filter(|one| one.audience == identifier).count();
    Ok(html! {
        section.section aria-labelledby="permissions" {
            h2 id="permissions" { (caption) }
            div.spaced {
                (table(&caption, &columns, None, html! {
                    @for api in &all {
                        @let count = of(&api.api.identifier);
                        tr {
                            td data-label=(columns[0]) {
                                a href=(address(role, &format!("/permissions/{}", api.api.id))) { strong { (apis::name(&api.api)) } }
                            }
                            td data-label=(columns[1]) {
                                @if count > 0 { (badge(Tone::Success, &text.with("clients-permissions", [("count", count.into())]))) }
                                @else { span.fine { (text.get("roles-nothing")) } }
                            }
                        }
                    }
                }))
            }
        }
        section.section aria-labelledby="people" {
            h2 id="people" { (text.get("users-title")) }
            p.fine.spaced { (text.get("roles-users-lead")) }
            ul.plain-list.spaced {
                @for (_, user) in &people { li { a href=(users::address(&user.user_id, "")) { (user.called()) } } }
            }
        }
        @if editor {
            section.section.danger-zone aria-labelledby="danger" {
                h2 id="danger" { (text.get("danger-zone")) }
                div.actions.spaced { a.button.button-danger-quiet href=(address(role, "/delete")) { (text.get("roles-delete")) } }
            }
        }
    })
}

/// The role, an API, and what the role may do there.
async fn at(
    tenant: &Tenant,
    id: &str,
    api: &str,
) -> Result<(Role, StoredApi, Vec<Permission>), Error> {
    let role = find(tenant, id).await?;
    let api = store::resource_servers::find(tenant.db(), Key::Id(api)).await?;
    let api = api.ok_or_else(Error::no_resource_server)?;
    let mut held = service::permissions(tenant, Holder::Role(id)).await?;
    held.retain(|one| one.audience == api.api.identifier);
    Ok((role, api, held))
}

pub(super) async fn permissions(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    reader: Administrator,
    Path((id, api)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let (role, api, held) = at(&tenant, &id, &api).await?;
    let text = text(&visitor);
    let choices: Vec<Choice> = api
        .api
        .scopes()
        .into_iter()
        .map(|scope| Choice {
            hint: api.api.described(&scope).map(str::to_owned),
            chosen: held.iter().any(|one| one.name == scope),
            label: scope.clone(),
            value: scope,
        })
        .collect();
    let here = address(&role, &format!("/permissions/{}", api.api.id));
    let back = address(&role, "");
    let action = reader.role.may_change().then_some(here.as_str());
    let label = text.get("clients-permissions-label");
    let title = format!("{}: {}", role.name, apis::name(&api.api));
    let main = html! {
        (way(text, &[(&text.get("roles-title"), LIST), (&role.name, &back)]))
        (page_heading(&title, Some(&text.get("roles-permissions-lead")), None))
        @if choices.is_empty() { (notice(text, Tone::Info, html! { p { (text.get("roles-no-permissions")) } })) }
        @else {
            (settings_form(
                &visitor, action, &FieldErrors::new(),
                html! { div.many-choices { (Field::checkboxes(text, "scope", &label, &choices)) } },
                html! { (button(&text.get("save"))) (link_button(&back, &text.get("cancel"))) },
            ))
        }
    };
    Ok(visitor.page(&title).main(main))
}

pub(super) async fn permit(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Path((id, api)): Path<(String, String)>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let (role, api, held) = at(&tenant, &id, &api).await?;
    let named = |scope: &str| (api.api.identifier.clone(), scope.to_owned());
    let (mut give, mut take) = (Vec::new(), Vec::new());
    for scope in api.api.scopes() {
        let was = held.iter().any(|one| one.name == scope);
        match (was, input.all("scope").any(|ticked| ticked == scope)) {
            (false, true) => give.push(named(&scope)),
            (true, false) => take.push(named(&scope)),
            _ => {}
        }
    }
    service::permit(&tenant, Holder::Role(&id), &give).await?;
    service::forbid(&tenant, Holder::Role(&id), &take).await?;
    acting.record(&tenant, "Update the permissions of a role", &role.name);
    let said = text(&visitor).get("saved");
    Ok(visitor
        .redirect_saying(address(&role, ""), Tone::Success, said)
        .into_response())
}

pub(super) async fn delete_page(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    Editor(_): Editor,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let role = find(&tenant, &id).await?;
    let people = store::roles::count_users_of(tenant.db(), &id).await?;
    let held = service::permissions(&tenant, Holder::Role(&id)).await?;
    let text = text(&visitor);
    let title = text.with("roles-delete-title", [("name", (&role.name).into())]);
    let back = address(&role, "");
    Ok(confirm(
        &visitor,
        &title,
        html! {
            p { (text.get("roles-delete-lead")) }
            ul {
                li { (text.with("roles-delete-users", [("count", people.into())])) }
                li { (text.with("clients-permissions", [("count", held.len().into())])) }
            }
            p { (text.get("clients-delete-for-good")) }
        },
        &address(&role, "/delete"),
        danger_button(&text.get("roles-delete")),
        (&back, &text.get("cancel")),
    ))
}

pub(super) async fn delete(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let role = find(&tenant, &id).await?;
    service::delete(&tenant, &id).await?;
    acting.record(&tenant, "Delete a role", &role.name);
    let said = text(&visitor).with("removed", [("name", (&role.name).into())]);
    Ok(visitor
        .redirect_saying(LIST, Tone::Success, said)
        .into_response())
}
