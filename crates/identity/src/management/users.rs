//! `/api/v2/users` and `/api/v2/users-by-email`.

mod identities;
mod members;
mod revoke_access;
mod search;

use axum::Json as Reply;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::MethodFilter;
use serde_json::Value;

use crate::management::access::Caller;
use crate::management::body::{Id, Json};
use crate::management::operations::Operations;
use crate::management::page::{Paging, with_length};
use crate::management::problem::Problem;
use crate::management::query::Query;
use crate::management::schema::Body;
use crate::model::Members;
use crate::model::log::Event;
use crate::model::user::User;
use crate::service::users as service;
use crate::store::page::After;
use crate::visit::Visit;
use crate::{Error, Tenant, store};

pub(super) fn add(operations: &mut Operations) {
    operations.serve(MethodFilter::GET, "/users", &["read:users"], list);
    operations.serve(MethodFilter::POST, "/users", &["create:users"], create);
    operations.serve(MethodFilter::GET, "/users/{id}", &["read:users"], read);
    operations.serve(
        MethodFilter::PATCH,
        "/users/{id}",
        &["update:users", "update:users_app_metadata"],
        change,
    );
    operations.serve(
        MethodFilter::DELETE,
        "/users/{id}",
        &["delete:users"],
        delete,
    );
    identities::add(operations);
    revoke_access::add(operations);
    operations.serve(
        MethodFilter::GET,
        "/users-by-email",
        &["read:users"],
        by_email,
    );
}

async fn list(
    State(tenant): State<Tenant>,
    _caller: Caller,
    query: Query,
) -> Result<Reply<Value>, Problem> {
    let paging = Paging::read(&query)?;
    let fields = query.fields()?;
    let filter = search::filter(&query)?;
    let users = store::users::search(tenant.db(), &filter, &paging.window()).await?;
    let total = paging
        .total(store::users::count(tenant.db(), &filter))
        .await?;
    let body = paging.answer("users", users, total, place, |user| {
        fields.choose(user.wire())
    });
    Ok(Reply(with_length(body, "users")))
}

fn place(user: &User) -> After {
    After {
        created_at: user.created_at,
        id: user.user_id.clone(),
    }
}

async fn create(
    State(tenant): State<Tenant>,
    caller: Caller,
    visit: Visit,
    Json(body): Json,
) -> Result<(StatusCode, Reply<Members>), Problem> {
    let members = members::CREATE.read(body, Body::Create)?;
    let user = service::create(&tenant, members, &visit).await?;
    caller.did("Create a User", &user);
    Ok((StatusCode::CREATED, Reply(user.wire())))
}

async fn read(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(user_id): Id,
    query: Query,
) -> Result<Reply<Members>, Problem> {
    let user = service::find(&tenant, &user_id).await?;
    let user = user.ok_or_else(Error::no_user)?;
    Ok(Reply(query.fields()?.choose(user.wire())))
}

async fn change(
    State(tenant): State<Tenant>,
    caller: Caller,
    visit: Visit,
    Id(user_id): Id,
    Json(body): Json,
) -> Result<Reply<Members>, Problem> {
    let changes = members::CHANGE.read(body, Body::Change)?;
    if changes.keys().any(|member| member != "app_metadata") {
        caller.require(&["update:users"])?;
    }
    let user = service::change(&tenant, &user_id, changes, &visit).await?;
    caller.did("Update a User", &user);
    Ok(Reply(user.wire()))
}

async fn delete(
    State(tenant): State<Tenant>,
    _caller: Caller,
    visit: Visit,
    Id(user_id): Id,
) -> Result<StatusCode, Problem> {
    if service::delete(&tenant, &user_id).await? {
        let entry = tenant
            .entry(Event::SuccessUserDeletion, &visit)
            .with("user_id", user_id);
        tenant.log(entry);
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn by_email(
    State(tenant): State<Tenant>,
    _caller: Caller,
    query: Query,
) -> Result<Reply<Vec<Members>>, Problem> {
    let email = query
        .text("email")
        .ok_or_else(|| query.fault("email", "Missing required property: email"))?;
    let fields = query.fields()?;
    let users = store::users::by_email(tenant.db(), &email.trim().to_lowercase()).await?;
    let users = users.into_iter().map(|user| fields.choose(user.wire()));
    Ok(Reply(users.collect()))
}
