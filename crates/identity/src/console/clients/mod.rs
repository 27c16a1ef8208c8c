//! Applications: the tenant's clients.

mod authorize;
mod connections;
mod credentials;
mod delete;
mod list;
mod new;
mod settings;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use web::components::{badge, page_heading, views};
use web::{Administrator, Markup, Text, Tone, Visitor, html, query_value};

use super::text::way;
use crate::model::client::Client;
use crate::model::registration::Creator;
use crate::store::clients::StoredClient;
use crate::store::clients::search::Origin;
use crate::{Error, Tenant, store};

const LIST: &str = "/tenant/clients";
const NEW: &str = "/tenant/clients/new";
/// The types that the console makes, in the vendor's order.
const TYPES: [&str; 4] = ["native", "spa", "regular_web", "non_interactive"];

pub(super) fn routes() -> Router<Tenant> {
    Router::new()
        .route(LIST, get(list::page))
        .route(NEW, get(new::page).post(new::create))
        .route(
            "/tenant/clients/{id}",
            get(settings::page).post(settings::save),
        )
        .route("/tenant/clients/{id}/credentials", get(credentials::page))
        .route(
            "/tenant/clients/{id}/credentials/rotate",
            get(credentials::rotate_page).post(credentials::rotate),
        )
        .route("/tenant/clients/{id}/apis", get(authorize::page))
        .route(
            "/tenant/clients/{id}/apis/{api}",
            get(authorize::one).post(authorize::save),
        )
        .route(
            "/tenant/clients/{id}/connections",
            get(connections::page).post(connections::save),
        )
        .route(
            "/tenant/clients/{id}/delete",
            get(delete::page).post(delete::delete),
        )
}

/// `/tenant` has no page of its own.
pub(super) async fn to_list(visitor: Visitor, _: Administrator) -> Response {
    visitor.redirect(LIST).into_response()
}

/// The address of a client's page, or of one `below` it. An id may be a URL.
pub(super) fn address(client_id: &str, below: &str) -> String {
    format!("{LIST}/{}{below}", query_value(client_id))
}

/// A client; the "All Applications" client has no pages.
///
/// # Errors
/// [`Error::NotFound`].
async fn find(tenant: &Tenant, client_id: &str) -> Result<StoredClient, Error> {
    let found = store::clients::find(tenant.db(), client_id).await?;
    let found = found.filter(|stored| !stored.client.is_global);
    found.ok_or_else(Error::no_client)
}

/// A client's type in words.
fn kind(text: Text, client: &Client) -> String {
    let word = client.app_type.as_deref().unwrap_or("generic");
    text.lookup(&format!("type-{word}"))
        .unwrap_or_else(|| word.to_owned())
}

/// Whose application it is.
fn party(text: Text, client: &Client) -> Markup {
    match client.is_first_party {
        true => badge(Tone::Neutral, &text.get("first-party")),
        false => badge(Tone::Warning, &text.get("third-party")),
    }
}

/// How it came to be, in words. `names` holds names of clients that made others.
fn origin(text: Text, client: &Client, names: &[(String, String)]) -> String {
    let word = Origin::of(client).as_str();
    match &client.creator {
        Some(Creator::Administrator(email)) => {
            text.with("made-by-administrator", [("email", email.into())])
        }
        Some(Creator::Client(id)) if word == "api" => {
            let name = names.iter().find(|(known, _)| known == id);
            let name = name.map_or(id, |(_, name)| name);
            text.with("made-by-client", [("name", name.into())])
        }
        Some(Creator::Command) => text.get("made-by-command"),
        _ => text.get(&format!("origin-{word}")),
    }
}

/// The client ids of those that made these clients.
fn makers<'a>(clients: impl Iterator<Item = &'a Client>) -> Vec<String> {
    let mut ids: Vec<String> = clients
        .filter_map(|client| match &client.creator {
            Some(Creator::Client(id)) => Some(id.clone()),
            _ => None,
        })
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The heading and the tabs of every page about one client; `below` is this page's.
fn heading(text: Text, client: &Client, below: &str) -> Markup {
    let id = &client.client_id;
    let all = [
        ("clients-settings", ""),
        ("clients-credentials", "/credentials"),
        ("clients-apis", "/apis"),
        ("clients-connections", "/connections"),
    ];
    html! {
        (way(text, &[(&text.get("clients-title"), LIST)]))
        (page_heading(&client.name, Some(&kind(text, client)), None))
        (views(text, &client.name, &all, below, |path| address(id, path)))
    }
}
