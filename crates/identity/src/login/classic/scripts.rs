//! Scripts that tell login widgets which connections there are: `/client/ID.js`, `/tenants/v1/NAME.js`,
//! `/info-v1.js`.
//!
//! They hold what a login page shows anyway, and no secret: anybody may load them.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use serde_json::{Value, json};

use super::refusal::Refusal;
use crate::model::connection::Connection;
use crate::service::connections;
use crate::settings::Issuer;
use crate::{Tenant, store};

/// The connections that are open to one client.
pub(super) async fn client(
    State(tenant): State<Tenant>,
    issuer: Issuer,
    Path(file): Path<String>,
) -> Result<Response, Refusal> {
    let Some(client_id) = file.strip_suffix(".js") else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let found = store::clients::find(tenant.db(), client_id)
        .await
        .map_err(crate::Error::from)?;
    let client = found.map(|stored| stored.client);
    let Some(client) = client.filter(|client| !client.is_global) else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let open = connections::open_to(&tenant, &client.client_id, client.is_first_party).await?;
    let mut strategies: Vec<(String, Vec<Value>)> = Vec::new();
    for connection in &open {
        let shown = for_client(connection);
        match strategies
            .iter_mut()
            .find(|(name, _)| *name == connection.strategy)
        {
            Some((_, listed)) => listed.push(shown),
            None => strategies.push((connection.strategy.clone(), vec![shown])),
        }
    }
    let strategies: Vec<Value> = strategies
        .into_iter()
        .map(|(name, connections)| json!({ "name": name, "connections": connections }))
        .collect();
    Ok(call(
        "setClient",
        &json!({
            "id": client.client_id,
            "tenant": tenant.settings().name,
            "subscription": "",
            "authorize": issuer.endpoint("authorize"),
            "strategies": strategies,
        }),
    ))
}

/// The connections at domain level: what a third-party client is offered (`__useTenantInfo`).
pub(super) async fn tenant(State(tenant): State<Tenant>) -> Result<Response, Refusal> {
    let open = connections::open_to(&tenant, "", false).await?;
    let database: Vec<Value> = open
        .iter()
        .filter(|connection| connection.is_database())
        .map(for_tenant)
        .collect();
    Ok(call(
        "setTenant",
        &json!({
            "name": tenant.settings().name,
            "defaultDirectory": tenant.tenant_settings().text("default_directory"),
            "connections": { "database": database, "enterprise": [], "passwordless": [], "social": [] },
        }),
    ))
}

fn for_client(connection: &Connection) -> Value {
    let mut shown = json!({ "name": connection.name });
    if connection.display_name() != connection.name {
        shown["display_name"] = json!(connection.display_name());
    }
    if connection.is_database() {
        shown["showSignup"] = json!(!connection.is_closed());
        shown["showForgot"] = json!(true);
        shown["requires_username"] = json!(connection.requires_username());
        shown["passwordPolicy"] = json!(connection.password_policy());
        for option in ["validation", "password_complexity_options"] {
            if let Some(value) = connection.option(option) {
                shown[option] = value.clone();
            }
        }
    }
    shown
}

fn for_tenant(connection: &Connection) -> Value {
    let (min, max) = connection.username_length();
    json!({
        "name": connection.name,
        "strategy": connection.strategy,
        "allowSignup": !connection.is_closed(),
        "allowForgot": true,
        "requiresUsername": connection.requires_username(),
        "validation": {
            "passwordPolicy": connection.password_policy(),
            "username": { "min": min, "max": max },
        },
    })
}

/// JSON is a subset of JavaScript (ECMAScript 2019), so the data is an argument as it is.
fn call(function: &str, data: &Value) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (CACHE_CONTROL, "no-cache"),
    ];
    (headers, format!("Auth0.{function}({data});")).into_response()
}
