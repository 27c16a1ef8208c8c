//! Roles: names for sets of permissions, and who has them.

mod one;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use web::components::{Field, button, empty_state, form, link_button, notice, page_heading, table};
use web::{Administrator, Editor, Form, Page, Tone, Visitor, Width, html};

use super::text::{outcome, way};
use super::{Acting, Input, Refused, Told, text};
use crate::management::roles::CREATE;
use crate::management::schema::Body;
use crate::model::role::Role;
use crate::service::roles as service;
use crate::store::page::Window;
use crate::{Error, Tenant, store};

const LIST: &str = "/tenant/roles";
const NEW: &str = "/tenant/roles/new";

pub(super) fn routes() -> Router<Tenant> {
    Router::new()
        .route(LIST, get(list))
        .route(NEW, get(new_page).post(create))
        .route("/tenant/roles/{id}", get(one::page).post(one::save))
        .route(
            "/tenant/roles/{id}/permissions/{api}",
            get(one::permissions).post(one::permit),
        )
        .route(
            "/tenant/roles/{id}/delete",
            get(one::delete_page).post(one::delete),
        )
}

/// Every role; a tenant has few.
///
/// # Errors
/// [`Error::Unavailable`].
pub(super) async fn every(tenant: &Tenant) -> Result<Vec<Role>, Error> {
    let window = Window {
        after: None,
        offset: 0,
        limit: 1000,
    };
    Ok(store::roles::list(tenant.db(), None, &window).await?)
}

async fn list(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    reader: Administrator,
) -> Result<Page, Refused> {
    let roles = every(&tenant).await?;
    let text = text(&visitor);
    let title = text.get("roles-title");
    let columns = ["name", "description"].map(|id| text.get(id));
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let new = html! { a.button.button-primary href=(NEW) { (text.get("roles-new")) } };
    let new = reader.role.may_change().then_some(new);
    let main = html! {
        @if roles.is_empty() {
            (page_heading(&title, Some(&text.get("roles-lead")), None))
            (empty_state(&text.get("roles-none"), &text.get("roles-none-next"), new))
        } @else {
            (page_heading(&title, Some(&text.get("roles-lead")), new))
            (table(&title, &columns, None, html! {
                @for role in &roles {
                    tr {
                        td data-label=(columns[0]) { a href=(format!("{LIST}/{}", role.id)) { strong { (role.name) } } }
                        td data-label=(columns[1]) { (role.description) }
                    }
                }
            }))
        }
    };
    Ok(visitor.page(&title).main(main))
}

async fn new_page(visitor: Visitor, Editor(_): Editor) -> Page {
    draw_new(&visitor, &Input::default(), &Told::default())
}

async fn create(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    acting: Acting,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let body = json!({ "name": input.text("name"), "description": input.text("description") });
    let made = match CREATE.read(body, Body::Create) {
        Ok(members) => service::create(&tenant, &members).await,
        Err(error) => Err(error),
    };
    let role = match made {
        Ok(role) => role,
        Err(error) => {
            let fields = [("name", "name"), ("description", "description")];
            let told = Told::of(text(&visitor), error, &fields)?;
            return Ok(draw_new(&visitor, &input, &told).into_response());
        }
    };
    acting.record(&tenant, "Create a role", &role.name);
    let said = text(&visitor).get("roles-made");
    Ok(visitor
        .redirect_saying(format!("{LIST}/{}", role.id), Tone::Success, said)
        .into_response())
}

fn draw_new(visitor: &Visitor, input: &Input, told: &Told) -> Page {
    let text = text(visitor);
    let title = text.get("roles-new");
    let (name, description) = (text.get("name"), text.get("description"));
    let errors = &told.fields;
    let main = html! {
        (way(text, &[(&text.get("roles-title"), LIST)]))
        (page_heading(&title, None, None))
        @if let Some(told) = &told.notice { (notice(text, Tone::Danger, html! { p { (told) } })) }
        (form(visitor, NEW, errors, html! {
            (Field::line(text, "name", &name).value(input.text("name")).error(errors.of("name")).max_length(50))
            (Field::line(text, "description", &description).value(input.text("description")).error(errors.of("description")).optional().max_length(255))
            div.form-actions { (button(&text.get("create"))) (link_button(LIST, &text.get("cancel"))) }
        }))
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}
