//! `/api/v2/connections`, and `/api/v2/clients/{id}/connections`.

use axum::Json as Reply;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::MethodFilter;
use serde_json::{Value, json};

use crate::management::access::Caller;
use crate::management::body::{Id, Json};
use crate::management::operations::Operations;
use crate::management::page::Paging;
use crate::management::problem::Problem;
use crate::management::query::Query;
use crate::management::schema::{
    Body, CONNECTION_NAME, Object, Rule, any_object, array, boolean, map, object, optional,
    required, text,
};
use crate::model::Members;
use crate::model::connection::Connection;
use crate::service::connections as service;
use crate::store::connections::Filter;
use crate::store::page::After;
use crate::{Error, Tenant, store};

/// The most clients that one request lists.
const MAX_CLIENTS: i64 = 1_000;

static CLIENT: Rule = text(255);
static REALM: Rule = text(255);
static METADATA_VALUE: Rule = text(255);

macro_rules! members {
    ($($own:expr),* $(,)?) => {
        &[
            $($own,)*
            optional("display_name", text(128)),
            optional("options", any_object().nullable()),
            optional("enabled_clients", array(&CLIENT, 50).nullable()),
            optional("is_domain_connection", boolean()),
            optional("show_as_button", boolean()),
            optional("realms", array(&REALM, 10)),
            optional("metadata", map(&METADATA_VALUE, 255, 10)),
            optional("authentication", any_object()),
            optional("connected_accounts", any_object()),
            optional("cross_app_access_requesting_app", any_object()),
            optional("cross_app_access_resource_app", any_object().nullable()),
        ]
    };
}

/// What a new one may hold.
pub(crate) static CREATE: Object = Object {
    members: members![
        required("name", text(128).min(1).format(&CONNECTION_NAME)),
        required("strategy", text(64).min(1)),
    ],
};

/// What a change may hold.
pub(crate) static CHANGE: Object = Object {
    members: members![],
};

static ENABLING_MEMBERS: Object = Object {
    members: &[
        required("client_id", text(255).min(1)),
        required("status", boolean()),
    ],
};
static ENABLING: Rule = object(&ENABLING_MEMBERS);
static ENABLINGS: Rule = array(&ENABLING, 50);

pub(super) fn add(operations: &mut Operations) {
    let (all, one, clients) = (
        "/connections",
        "/connections/{id}",
        "/connections/{id}/clients",
    );
    operations.serve(MethodFilter::GET, all, &["read:connections"], list);
    operations.serve(MethodFilter::POST, all, &["create:connections"], create);
    operations.serve(MethodFilter::GET, one, &["read:connections"], read);
    operations.serve(MethodFilter::PATCH, one, &["update:connections"], change);
    operations.serve(MethodFilter::DELETE, one, &["delete:connections"], delete);
    operations.serve(
        MethodFilter::GET,
        clients,
        &["read:connections"],
        list_clients,
    );
    operations.serve(
        MethodFilter::PATCH,
        clients,
        &["update:connections"],
        set_clients,
    );
    operations.serve(
        MethodFilter::DELETE,
        "/connections/{id}/users",
        &["delete:users"],
        delete_user,
    );
    operations.serve(
        MethodFilter::GET,
        "/clients/{id}/connections",
        &["read:connections"],
        list_of_client,
    );
}

/// A connection in the vendor's spelling.
fn wire(connection: Connection) -> Members {
    let mut members = Members::new();
    members.insert("id".to_owned(), json!(connection.id));
    members.insert("options".to_owned(), connection.options.into());
    members.insert("strategy".to_owned(), json!(connection.strategy));
    members.insert("name".to_owned(), json!(connection.name));
    let domain = json!(connection.is_domain_connection);
    members.insert("is_domain_connection".to_owned(), domain);
    members.extend(connection.settings);
    members
}

async fn list(
    State(tenant): State<Tenant>,
    _caller: Caller,
    query: Query,
) -> Result<Reply<Value>, Problem> {
    let filter = Filter {
        name: query.text("name").map(str::to_owned),
        ..Filter::default()
    };
    page(&tenant, &query, filter).await
}

/// Only connections that the client may use, as `GET /connections` shows them.
async fn list_of_client(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(client_id): Id,
    query: Query,
) -> Result<Reply<Value>, Problem> {
    let found = store::clients::find(tenant.db(), &client_id).await?;
    let client = found.ok_or_else(Error::no_client)?.client;
    let mut filter = Filter::default();
    if client.is_first_party {
        filter.client_id = Some(client_id);
    } else {
        filter.is_domain_connection = Some(true);
    }
    page(&tenant, &query.by_checkpoint(), filter).await
}

async fn page(tenant: &Tenant, query: &Query, mut filter: Filter) -> Result<Reply<Value>, Problem> {
    let paging = Paging::read(query)?;
    let fields = query.fields()?;
    let strategies: Vec<String> = query.all("strategy").map(str::to_owned).collect();
    filter.strategies = (!strategies.is_empty()).then_some(strategies);
    let listed = store::connections::list(tenant.db(), &filter, &paging.window()).await?;
    let total = paging
        .total(store::connections::count(tenant.db(), &filter))
        .await?;
    let mut shown = Vec::with_capacity(listed.len());
    for stored in listed {
        let place = After {
            created_at: stored.connection.created_at,
            id: stored.connection.id.clone(),
        };
        shown.push((place, fields.choose(wire(service::open(tenant, stored)?))));
    }
    Ok(Reply(paging.placed("connections", shown, total)))
}

async fn create(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Json(body): Json,
) -> Result<(StatusCode, Reply<Members>), Problem> {
    let members = CREATE.read(body, Body::Create)?;
    let connection = service::create(&tenant, members).await?;
    Ok((StatusCode::CREATED, Reply(wire(connection))))
}

async fn read(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
    query: Query,
) -> Result<Reply<Members>, Problem> {
    let connection = service::find(&tenant, &id).await?;
    let connection = connection.ok_or_else(Error::no_connection)?;
    Ok(Reply(query.fields()?.choose(wire(connection))))
}

async fn change(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
    Json(body): Json,
) -> Result<Reply<Members>, Problem> {
    let changes = CHANGE.read(body, Body::Change)?;
    let connection = service::change(&tenant, &id, changes).await?;
    Ok(Reply(wire(connection)))
}

async fn delete(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    service::delete(&tenant, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// By checkpoint alone; up to 1,000 at once.
async fn list_clients(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
    query: Query,
) -> Result<Reply<Value>, Problem> {
    let found = store::connections::find(tenant.db(), &id).await?;
    found.ok_or_else(Error::no_connection)?;
    let paging = Paging::read_up_to(&query.by_checkpoint(), MAX_CLIENTS)?;
    let window = paging.window();
    let after = window.after.map(|after| after.id).unwrap_or_default();
    let clients = store::connections::clients(tenant.db(), &id, &after, window.limit).await?;
    let body = paging.answer(
        "clients",
        clients,
        0,
        |client_id| After {
            created_at: oauth::Timestamp::from_millis(0),
            id: client_id.clone(),
        },
        |client_id| {
            let mut client = Members::new();
            client.insert("client_id".to_owned(), json!(client_id));
            client
        },
    );
    Ok(Reply(body))
}

async fn set_clients(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
    Json(body): Json,
) -> Result<StatusCode, Problem> {
    let list = ENABLINGS.read_array(body)?;
    let read = |entry: &Value| {
        let client_id = entry.get("client_id")?.as_str()?.to_owned();
        Some((client_id, entry.get("status")?.as_bool()?))
    };
    let clients: Vec<(String, bool)> = list.iter().filter_map(read).collect();
    service::set_clients(&tenant, &id, &clients).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes the user of a connection with the address in `email`.
async fn delete_user(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
    query: Query,
) -> Result<StatusCode, Problem> {
    let connection = service::find(&tenant, &id).await?;
    let connection = connection.ok_or_else(Error::no_connection)?;
    let email = query
        .text("email")
        .ok_or_else(|| query.fault("email", "Missing required property: email"))?;
    let email = email.to_lowercase();
    let identifier = store::users::Identifier::Email(&email);
    let known = store::users::identify(tenant.db(), &connection.name, identifier).await?;
    if let Some(known) = known {
        crate::service::users::delete_account(&tenant, &known.named().user_id).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
