//! APIs: the tenant's resource servers.

mod delete;
mod new;
mod permissions;
mod settings;
mod users;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use web::components::{badge, page_heading, table, views};
use web::{Administrator, Markup, Page, Text, Tone, Visitor, html};

use super::text::way;
use super::{Refused, text};
use crate::model::resource_server::ResourceServer;
use crate::store::page::Window;
use crate::store::resource_servers::{Key, StoredApi};
use crate::{Error, Tenant, store};

const LIST: &str = "/tenant/apis";
const NEW: &str = "/tenant/apis/new";

pub(super) fn routes() -> Router<Tenant> {
    Router::new()
        .route(LIST, get(list))
        .route(NEW, get(new::page).post(new::create))
        .route(
            "/tenant/apis/{id}",
            get(settings::page).post(settings::save),
        )
        .route(
            "/tenant/apis/{id}/permissions",
            get(permissions::page).post(permissions::save),
        )
        .route("/tenant/apis/{id}/applications", get(users::page))
        .route(
            "/tenant/apis/{id}/delete",
            get(delete::page).post(delete::delete),
        )
}

/// Every API; a tenant has few.
///
/// # Errors
/// [`Error::Unavailable`].
pub(super) async fn every(tenant: &Tenant) -> Result<Vec<StoredApi>, Error> {
    let window = Window {
        after: None,
        offset: 0,
        limit: 1000,
    };
    Ok(store::resource_servers::list(tenant.db(), None, &window).await?)
}

/// An API's name for people.
pub(super) fn name(api: &ResourceServer) -> &str {
    api.name().unwrap_or(&api.identifier)
}

fn address(api: &ResourceServer, below: &str) -> String {
    format!("{LIST}/{}{below}", api.id)
}

async fn find(tenant: &Tenant, id: &str) -> Result<ResourceServer, Error> {
    let found = store::resource_servers::find(tenant.db(), Key::Id(id)).await?;
    Ok(found.ok_or_else(Error::no_resource_server)?.api)
}

/// The heading and the tabs of every page about one API; `below` is this page's.
fn heading(text: Text, api: &ResourceServer, below: &str) -> Markup {
    let all = [
        ("apis-settings", ""),
        ("apis-permissions", "/permissions"),
        ("apis-applications", "/applications"),
    ];
    html! {
        (way(text, &[(&text.get("apis-title"), LIST)]))
        (page_heading(name(api), Some(&api.identifier), None))
        (views(text, name(api), &all, below, |path| address(api, path)))
    }
}

async fn list(
    State(tenant): State<Tenant>,
    visitor: Visitor,
    reader: Administrator,
) -> Result<Page, Refused> {
    let apis = every(&tenant).await?;
    let text = text(&visitor);
    let title = text.get("apis-title");
    let columns = ["name", "apis-identifier", "apis-permissions"].map(|id| text.get(id));
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let new = html! { a.button.button-primary href=(NEW) { (text.get("apis-new")) } };
    let new = reader.role.may_change().then_some(new);
    let main = html! {
        (page_heading(&title, Some(&text.get("apis-lead")), new))
        (table(&title, &columns, None, html! {
            @for stored in &apis {
                @let api = &stored.api;
                tr {
                    td data-label=(columns[0]) {
                        div {
                            a href=(address(api, "")) { strong { (name(api)) } }
                            @if api.is_system { " " (badge(Tone::Info, &text.get("apis-system"))) }
                        }
                    }
                    td data-label=(columns[1]) { code { (api.identifier) } }
                    td data-label=(columns[2]) { (api.scopes().len()) }
                }
            }
        }))
    };
    Ok(visitor.page(&title).main(main))
}
