//! Services: where the gateway forwards to.

mod delete;
mod edit;
mod fields;
mod list;
mod new;

use axum::Router;
use axum::routing::get;

use super::{Acting, Refused, Told, planes, text};
use crate::model::{Service, ServiceId};
use crate::rest::path_id;
use crate::{Error, Portal, store};

pub(super) const LIST: &str = "/gateway/services";
const NEW: &str = "/gateway/services/new";

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route(LIST, get(list::page))
        .route(NEW, get(new::page).post(new::create))
        .route("/gateway/services/{id}", get(edit::page).post(edit::save))
        .route(
            "/gateway/services/{id}/delete",
            get(delete::page).post(delete::delete),
        )
}

/// The address of a service's page, or of one `below` it.
pub(super) fn address(service: &Service, below: &str) -> String {
    format!("{LIST}/{}{below}", service.id)
}

/// The name, or the address where there is none.
pub(super) fn called(service: &Service) -> &str {
    service.name.as_deref().unwrap_or(&service.host)
}

async fn find(portal: &Portal, id: &str) -> Result<Service, Error> {
    let id: ServiceId = path_id("service", id)?;
    let found = store::services::find(portal.db(), id).await?;
    found.ok_or_else(|| Error::not_found("service", id))
}

fn upstream(service: &Service) -> String {
    let Service {
        protocol,
        host,
        port,
        path,
        ..
    } = service;
    format!(
        "{protocol}://{host}:{port}{}",
        path.as_deref().unwrap_or_default()
    )
}
