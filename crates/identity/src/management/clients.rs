//! `/api/v2/clients`.

pub(crate) mod members;
mod view;

use axum::Json as Reply;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodFilter;
use oauth::ClientSecret;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::management::access::Caller;
use crate::management::body::{Id, Json};
use crate::management::client_credentials;
use crate::management::operations::Operations;
use crate::management::page::Paging;
use crate::management::problem::Problem;
use crate::management::query::Query;
use crate::management::schema::Body;
use crate::model::registration::Creator;
use crate::model::{Members, merge_into};
use crate::service;
use crate::service::actions::flow::{self, ClientOrigin, ClientWish, NewClient};
use crate::store::clients::{Filter, StoredClient};
use crate::store::page::After;
use crate::visit::Visit;
use crate::{Error, Tenant, store};
use view::View;

/// Any of these lets a caller read some of a client.
const READ: &[&str] = &[
    "read:clients",
    "read:client_keys",
    "read:client_credentials",
    "read:client_summary",
];

pub(super) fn add(operations: &mut Operations) {
    operations.serve(MethodFilter::GET, "/clients", READ, list);
    operations.serve(MethodFilter::POST, "/clients", &["create:clients"], create);
    operations.serve(MethodFilter::GET, "/clients/{id}", READ, read);
    operations.serve(
        MethodFilter::PATCH,
        "/clients/{id}",
        &[
            "update:clients",
            "update:client_keys",
            "update:client_credentials",
        ],
        change,
    );
    operations.serve(
        MethodFilter::DELETE,
        "/clients/{id}",
        &["delete:clients"],
        delete,
    );
    operations.serve(
        MethodFilter::POST,
        "/clients/{id}/rotate-secret",
        &["update:client_keys"],
        rotate_secret,
    );
}

async fn list(
    State(tenant): State<Tenant>,
    caller: Caller,
    query: Query,
) -> Result<Reply<Value>, Problem> {
    let paging = Paging::read(&query)?;
    let view = View::new(&tenant, &caller, &query)?;
    let filter = filter(&query)?;
    let clients = store::clients::list(tenant.db(), &filter, &paging.window()).await?;
    let total = paging
        .total(store::clients::count(tenant.db(), &filter))
        .await?;
    let mut shown = Vec::with_capacity(clients.len());
    for stored in clients {
        let place = place(&stored);
        shown.push((place, view.show(&tenant, stored)?));
    }
    let body = paging.answer(
        "clients",
        shown,
        total,
        |(at, _)| at.clone(),
        |(_, client)| client,
    );
    Ok(Reply(body))
}

fn place(stored: &StoredClient) -> After {
    After {
        created_at: stored.client.created_at,
        id: stored.client.client_id.clone(),
    }
}

fn filter(query: &Query) -> Result<Filter, Error> {
    let mut filter = Filter {
        is_global: query.boolean("is_global")?,
        is_first_party: query.boolean("is_first_party")?,
        app_types: query
            .list("app_type")
            .map(|types| types.into_iter().map(str::to_owned).collect()),
        external_client_id: query.text("external_client_id").map(str::to_owned),
        ..Filter::default()
    };
    for term in query.text("q").unwrap_or_default().split(" AND ") {
        let Some((name, value)) = term.trim().split_once(':') else {
            if term.trim().is_empty() {
                continue;
            }
            return Err(query.fault("q", "Every term is written name:value"));
        };
        let value = value.trim().trim_matches('"').to_owned();
        match name.trim() {
            "client_id" => filter.client_id = Some(value),
            "name" => filter.name = Some(value),
            name => match name.strip_prefix("client_metadata.") {
                Some(member) => filter.metadata.push((member.to_owned(), value)),
                None => {
                    return Err(query.fault(
                        "q",
                        "Only client_id, name and client_metadata.<key> can be searched",
                    ));
                }
            },
        }
    }
    Ok(filter)
}

async fn read(
    State(tenant): State<Tenant>,
    caller: Caller,
    Id(client_id): Id,
    query: Query,
) -> Result<Reply<Members>, Problem> {
    let view = View::new(&tenant, &caller, &query)?;
    let found = store::clients::find(tenant.db(), &client_id).await?;
    let stored = found.ok_or_else(Error::no_client)?;
    Ok(Reply(view.show(&tenant, stored)?))
}

async fn create(
    State(tenant): State<Tenant>,
    caller: Caller,
    visit: Visit,
    Json(body): Json,
) -> Result<Response, Problem> {
    let mut request = members::CREATE.read(body, Body::Create)?;
    let mut keys = Vec::new();
    if let Some(methods) = request.shift_remove("client_authentication_methods")
        && !methods.is_null()
    {
        caller.require(&["create:client_credentials"])?;
        let listed = methods.pointer("/private_key_jwt/credentials").cloned();
        for key in listed
            .as_ref()
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            keys.push(client_credentials::parse(key.clone())?);
        }
        if keys.is_empty() {
            return Err(Problem(Error::invalid_body(
                "Payload validation error: 'Array is too short (0), minimum 1' on property \
                 client_authentication_methods.private_key_jwt.credentials.",
            )));
        }
    }
    let origin = ClientOrigin::Management {
        client_id: caller.client_id.clone(),
    };
    let request = ask_actions(&tenant, origin, &visit, request).await?;
    let creator = Creator::Client(caller.client_id.clone());
    let created = service::clients::create(&tenant, request, keys, creator).await?;
    caller.changed(&created.client.client_id);
    let mut shown = View::everything(&tenant).created(&tenant, created.client, &created.secret);
    if !created.credentials.is_empty() {
        let keys: Vec<Value> = created.credentials.iter().map(|key| key.wire()).collect();
        shown.insert(
            "client_authentication_methods".to_owned(),
            json!({ "private_key_jwt": { "credentials": keys } }),
        );
    }
    Ok(once(StatusCode::CREATED, shown))
}

/// Lets the tenant's Actions refuse a client, or change what it is to be; what they change passes the
/// same rules as what was sent.
pub(crate) async fn ask_actions(
    tenant: &Tenant,
    origin: ClientOrigin,
    visit: &Visit,
    request: Members,
) -> Result<Members, Error> {
    let sent = request.get("client_metadata").and_then(Value::as_object);
    let sent = sent.cloned().unwrap_or_default();
    let new = || NewClient {
        origin,
        members: &request,
        metadata: sent,
        known_as: None,
        software_statement: None,
        visit: Some(visit),
    };
    let wish = wish_of_actions(tenant, new).await?;
    match wish.is_nothing() {
        true => Ok(request),
        false => {
            let mut wanted = obeying(request, wish);
            // What is taken away is as if it had not been sent.
            wanted.retain(|_, value| !value.is_null());
            members::CREATE.read(Value::Object(wanted), Body::Create)
        }
    }
}

/// Lets them refuse or change what a client is to become, in the same way.
pub(crate) async fn ask_actions_again(
    tenant: &Tenant,
    origin: ClientOrigin,
    visit: &Visit,
    client_id: &str,
    changes: Members,
) -> Result<Members, Error> {
    if !flow::governs_clients(tenant) {
        return Ok(changes);
    }
    let found = store::clients::find(tenant.db(), client_id).await?;
    let mut client = found.ok_or_else(Error::no_client)?.client;
    client.apply(changes.clone(), tenant.clock().now());
    let mut members = client.settings;
    members.insert("name".to_owned(), client.name.into());
    let new = || NewClient {
        origin,
        members: &members,
        metadata: client.metadata,
        known_as: Some(client_id),
        software_statement: None,
        visit: Some(visit),
    };
    let wish = wish_of_actions(tenant, new).await?;
    match wish.is_nothing() {
        true => Ok(changes),
        false => members::CHANGE.read(Value::Object(obeying(changes, wish)), Body::Change),
    }
}

async fn wish_of_actions<'a>(
    tenant: &Tenant,
    new: impl FnOnce() -> NewClient<'a>,
) -> Result<ClientWish, Error> {
    let wish = flow::client_registration(tenant, new).await;
    let wish = wish.map_err(|failed| Error::Internal(failed.sentence()))?;
    match wish.denied {
        None => Ok(wish),
        Some((code, reason)) => Err(Error::Forbidden {
            code: "access_denied",
            message: format!("{code}: {reason}").into(),
        }),
    }
}

fn obeying(mut request: Members, wish: ClientWish) -> Members {
    request.extend(wish.changes);
    if !wish.metadata.is_empty() {
        merge_into(&mut request, "client_metadata", wish.metadata);
    }
    request
}

async fn change(
    State(tenant): State<Tenant>,
    caller: Caller,
    visit: Visit,
    Id(client_id): Id,
    Json(body): Json,
) -> Result<Reply<Members>, Problem> {
    for (member, scopes) in [
        ("client_secret", &["update:client_keys"][..]),
        (
            "client_authentication_methods",
            &["update:client_credentials"][..],
        ),
    ] {
        if body.get(member).is_some() {
            caller.require(scopes)?;
        }
    }
    let mut changes = members::CHANGE.read(body, Body::Change)?;
    if changes
        .keys()
        .any(|member| member != "client_secret" && member != "client_authentication_methods")
    {
        caller.require(&["update:clients"])?;
        let origin = ClientOrigin::Management {
            client_id: caller.client_id.clone(),
        };
        changes = ask_actions_again(&tenant, origin, &visit, &client_id, changes).await?;
    }
    let stored = service::clients::change(&tenant, &client_id, changes).await?;
    caller.changed(&client_id);
    let view = View::after_change(&tenant, &caller);
    Ok(Reply(view.show(&tenant, stored)?))
}

/// `DELETE` of a client that does not exist is a success, as the vendor has it.
async fn delete(
    State(tenant): State<Tenant>,
    caller: Caller,
    Id(client_id): Id,
) -> Result<StatusCode, Problem> {
    service::clients::delete(&tenant, &client_id).await?;
    caller.changed(&client_id);
    Ok(StatusCode::NO_CONTENT)
}

async fn rotate_secret(
    State(tenant): State<Tenant>,
    caller: Caller,
    Id(client_id): Id,
) -> Result<Response, Problem> {
    let (client, secret) = service::clients::rotate_secret(&tenant, &client_id).await?;
    caller.changed(&client_id);
    let shown = View::everything(&tenant).created(&tenant, client, &secret);
    Ok(once(StatusCode::OK, shown))
}

/// An answer that holds a secret, which nobody may keep.
fn once(status: StatusCode, members: Members) -> Response {
    let no_store = [(header::CACHE_CONTROL, "no-store")];
    (status, no_store, Reply(members)).into_response()
}

fn clear(secret: &ClientSecret) -> Value {
    json!(secret.expose_secret())
}
