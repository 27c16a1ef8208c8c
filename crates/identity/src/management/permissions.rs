//! `/api/v2/roles/{id}/permissions` and `/api/v2/users/{id}/permissions`.

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
use crate::management::schema::{Body, Object, Rule, array, object, required, text};
use crate::model::Members;
use crate::model::role::Permission;
use crate::service::roles::{self as service, Held};
use crate::store::page::After;
use crate::store::roles::Holder;
use crate::{Error, Tenant, store};

static PERMISSION_MEMBERS: Object = Object {
    members: &[
        required("resource_server_identifier", text(600).min(1)),
        required("permission_name", text(280).min(1)),
    ],
};
static PERMISSION: Rule = object(&PERMISSION_MEMBERS);
static PERMISSIONS: Object = Object {
    members: &[required("permissions", array(&PERMISSION, 1000))],
};

pub(super) fn add(operations: &mut Operations) {
    let of_role = "/roles/{id}/permissions";
    operations.serve(MethodFilter::GET, of_role, &["read:roles"], list_of_role);
    operations.serve(MethodFilter::POST, of_role, &["update:roles"], permit_role);
    operations.serve(
        MethodFilter::DELETE,
        of_role,
        &["update:roles"],
        forbid_role,
    );
    let of_user = "/users/{id}/permissions";
    operations.serve(MethodFilter::GET, of_user, &["read:users"], list_of_user);
    operations.serve(MethodFilter::POST, of_user, &["update:users"], permit_user);
    operations.serve(
        MethodFilter::DELETE,
        of_user,
        &["update:users"],
        forbid_user,
    );
}

fn wire(permission: &Permission) -> Members {
    let mut members = Members::new();
    for (name, value) in [
        ("permission_name", &permission.name),
        ("description", &permission.description),
        ("resource_server_name", &permission.audience_name),
        ("resource_server_identifier", &permission.audience),
    ] {
        members.insert(name.to_owned(), json!(value));
    }
    members
}

/// A user's permission with where it comes from: the user itself, or a role.
fn wire_held(held: &Held) -> Members {
    let mut members = wire(&held.permission);
    let roles = held.roles.iter().map(
        |role| json!({ "source_id": role.id, "source_name": role.name, "source_type": "ROLE" }),
    );
    let direct = held
        .is_direct
        .then(|| json!({ "source_id": "", "source_name": "", "source_type": "DIRECT" }));
    let sources: Vec<Value> = direct.into_iter().chain(roles).collect();
    members.insert("sources".to_owned(), sources.into());
    members
}

fn place(permission: &Permission) -> After {
    After {
        created_at: oauth::Timestamp::from_millis(0),
        id: format!("{} {}", permission.audience, permission.name),
    }
}

async fn list_of_role(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
    query: Query,
) -> Result<Reply<Value>, Problem> {
    let role = store::roles::find(tenant.db(), &id).await?;
    role.ok_or_else(Error::no_role)?;
    let paging = Paging::read(&query)?;
    let all = service::permissions(&tenant, Holder::Role(&id)).await?;
    let body = paging.part("permissions", all, place, |permission| wire(&permission));
    Ok(Reply(body))
}

async fn list_of_user(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(user_id): Id,
    query: Query,
) -> Result<Reply<Value>, Problem> {
    let user = store::users::find(tenant.db(), &user_id).await?;
    user.ok_or_else(Error::no_user)?;
    let paging = Paging::read(&query)?;
    let all = service::held_by(&tenant, &user_id).await?;
    let body = paging.part(
        "permissions",
        all,
        |held| place(&held.permission),
        |held| wire_held(&held),
    );
    Ok(Reply(body))
}

fn read(body: Value) -> Result<Vec<(String, String)>, Error> {
    let members = PERMISSIONS.read(body, Body::Create)?;
    let list = members.get("permissions").and_then(Value::as_array);
    let text = |entry: &Value, name: &str| Some(entry.get(name)?.as_str()?.to_owned());
    let pair = |entry: &Value| {
        let audience = text(entry, "resource_server_identifier")?;
        Some((audience, text(entry, "permission_name")?))
    };
    Ok(list.into_iter().flatten().filter_map(pair).collect())
}

async fn permit_role(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
    Json(body): Json,
) -> Result<StatusCode, Problem> {
    service::permit(&tenant, Holder::Role(&id), &read(body)?).await?;
    Ok(StatusCode::CREATED)
}

async fn forbid_role(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
    Json(body): Json,
) -> Result<StatusCode, Problem> {
    service::forbid(&tenant, Holder::Role(&id), &read(body)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn permit_user(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(user_id): Id,
    Json(body): Json,
) -> Result<StatusCode, Problem> {
    service::permit(&tenant, Holder::User(&user_id), &read(body)?).await?;
    Ok(StatusCode::CREATED)
}

async fn forbid_user(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(user_id): Id,
    Json(body): Json,
) -> Result<StatusCode, Problem> {
    service::forbid(&tenant, Holder::User(&user_id), &read(body)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
