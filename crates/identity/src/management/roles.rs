//! `/api/v2/roles`, and the roles of users.

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
    Body, NO_ANGLE_BRACKETS, Object, Rule, array, one_of, optional, required, text,
};
use crate::model::Members;
use crate::model::role::Role;
use crate::model::user::User;
use crate::service::roles as service;
use crate::store::page::After;
use crate::{Error, Tenant, store};

static ID: Rule = text(255).min(1);

/// What a new one may hold.
pub(crate) static CREATE: Object = Object {
    members: &[
        required("name", text(50).min(1).format(&NO_ANGLE_BRACKETS)),
        optional("description", text(255)),
        optional("type", one_of(&["tenant"])),
    ],
};
/// What a change may hold.
pub(crate) static CHANGE: Object = Object {
    members: &[
        optional("name", text(50).min(1).format(&NO_ANGLE_BRACKETS)),
        optional("description", text(255)),
    ],
};
static USERS: Object = Object {
    members: &[required("users", array(&ID, 50))],
};
static ROLES: Object = Object {
    members: &[required("roles", array(&ID, 50))],
};

pub(super) fn add(operations: &mut Operations) {
    let (all, one, users) = ("/roles", "/roles/{id}", "/roles/{id}/users");
    operations.serve(MethodFilter::GET, all, &["read:roles"], list);
    operations.serve(MethodFilter::POST, all, &["create:roles"], create);
    operations.serve(MethodFilter::GET, one, &["read:roles"], read);
    operations.serve(MethodFilter::PATCH, one, &["update:roles"], change);
    operations.serve(MethodFilter::DELETE, one, &["delete:roles"], delete);
    operations.serve(
        MethodFilter::GET,
        users,
        &["read:roles", "read:role_members"],
        list_users,
    );
    operations.serve(
        MethodFilter::POST,
        users,
        &["update:roles", "create:role_members"],
        add_users,
    );
    let of_user = "/users/{id}/roles";
    operations.serve(
        MethodFilter::GET,
        of_user,
        &["read:users", "read:roles"],
        list_of_user,
    );
    operations.serve(
        MethodFilter::POST,
        of_user,
        &["update:users", "create:role_members"],
        give,
    );
    operations.serve(
        MethodFilter::DELETE,
        of_user,
        &["update:users", "delete:role_members"],
        take,
    );
}

fn wire(role: Role) -> Members {
    let mut members = Members::new();
    members.insert("id".to_owned(), json!(role.id));
    members.insert("name".to_owned(), json!(role.name));
    members.insert("description".to_owned(), json!(role.description));
    members
}

fn place(role: &Role) -> After {
    After {
        created_at: role.created_at,
        id: role.id.clone(),
    }
}

async fn list(
    State(tenant): State<Tenant>,
    _caller: Caller,
    query: Query,
) -> Result<Reply<Value>, Problem> {
    let paging = Paging::read(&query)?;
    let name = query.text("name_filter");
    let roles = store::roles::list(tenant.db(), name, &paging.window()).await?;
    let total = paging.total(store::roles::count(tenant.db(), name)).await?;
    Ok(Reply(paging.answer("roles", roles, total, place, wire)))
}

/// 200, not 201: as the vendor answers.
async fn create(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Json(body): Json,
) -> Result<Reply<Members>, Problem> {
    let members = CREATE.read(body, Body::Create)?;
    Ok(Reply(wire(service::create(&tenant, &members).await?)))
}

async fn read(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
) -> Result<Reply<Members>, Problem> {
    let role = store::roles::find(tenant.db(), &id).await?;
    Ok(Reply(wire(role.ok_or_else(Error::no_role)?)))
}

async fn change(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
    Json(body): Json,
) -> Result<Reply<Members>, Problem> {
    let changes = CHANGE.read(body, Body::Change)?;
    Ok(Reply(wire(service::change(&tenant, &id, &changes).await?)))
}

async fn delete(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    service::delete(&tenant, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn list_users(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
    query: Query,
) -> Result<Reply<Value>, Problem> {
    let role = store::roles::find(tenant.db(), &id).await?;
    role.ok_or_else(Error::no_role)?;
    let paging = Paging::read(&query)?;
    let users = store::roles::users_of(tenant.db(), &id, &paging.window()).await?;
    let total = paging
        .total(store::roles::count_users_of(tenant.db(), &id))
        .await?;
    let shown = users.into_iter().map(|(at, user)| (at, member(user)));
    Ok(Reply(paging.placed("users", shown.collect(), total)))
}

/// The four members that lists of a role's users show.
fn member(user: User) -> Members {
    let mut shown = user.wire();
    shown.retain(|name, _| ["user_id", "email", "picture", "name"].contains(&name.as_str()));
    shown
}

async fn add_users(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
    Json(body): Json,
) -> Result<StatusCode, Problem> {
    let members = USERS.read(body, Body::Create)?;
    for user_id in crate::model::strings(members.get("users")) {
        service::give(&tenant, user_id, &[&id]).await?;
    }
    Ok(StatusCode::OK)
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
    let roles = store::roles::of_user(tenant.db(), &user_id, &paging.window()).await?;
    let total = paging
        .total(store::roles::count_of_user(tenant.db(), &user_id))
        .await?;
    Ok(Reply(paging.answer("roles", roles, total, place, wire)))
}

async fn give(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(user_id): Id,
    Json(body): Json,
) -> Result<StatusCode, Problem> {
    let members = ROLES.read(body, Body::Create)?;
    let roles: Vec<&str> = crate::model::strings(members.get("roles")).collect();
    service::give(&tenant, &user_id, &roles).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn take(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(user_id): Id,
    Json(body): Json,
) -> Result<StatusCode, Problem> {
    let members = ROLES.read(body, Body::Create)?;
    let roles: Vec<&str> = crate::model::strings(members.get("roles")).collect();
    service::take(&tenant, &user_id, &roles).await?;
    Ok(StatusCode::NO_CONTENT)
}
