//! `/api/v2/grants`: what users allowed clients.

use axum::Json as Reply;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::MethodFilter;
use serde_json::Value;

use crate::management::access::Caller;
use crate::management::body::Id;
use crate::management::operations::Operations;
use crate::management::page::Paging;
use crate::management::problem::Problem;
use crate::management::query::Query;
use crate::model::grant::Grant;
use crate::store::grants::Filter;
use crate::store::page::After;
use crate::{Error, Tenant, service, store};

pub(super) fn add(operations: &mut Operations) {
    operations.serve(MethodFilter::GET, "/grants", &["read:grants"], list);
    operations.serve(
        MethodFilter::DELETE,
        "/grants",
        &["delete:grants"],
        delete_of_user,
    );
    operations.serve(
        MethodFilter::DELETE,
        "/grants/{id}",
        &["delete:grants"],
        delete,
    );
}

async fn list(
    State(tenant): State<Tenant>,
    _caller: Caller,
    query: Query,
) -> Result<Reply<Value>, Problem> {
    let paging = Paging::read(&query)?;
    let text = |name: &str| query.text(name).map(str::to_owned);
    let filter = Filter {
        user_id: text("user_id"),
        client_id: text("client_id"),
        audience: text("audience"),
    };
    let grants = store::grants::list(tenant.db(), &filter, &paging.window()).await?;
    let total = paging
        .total(store::grants::count(tenant.db(), &filter))
        .await?;
    let place = |grant: &Grant| After {
        created_at: grant.created_at,
        id: grant.id.clone(),
    };
    let body = paging.answer("grants", grants, total, place, |grant| grant.wire());
    Ok(Reply(body))
}

async fn delete(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    service::grants::withdraw(&tenant, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn delete_of_user(
    State(tenant): State<Tenant>,
    _caller: Caller,
    query: Query,
) -> Result<StatusCode, Problem> {
    let user_id = query.text("user_id").ok_or_else(|| Error::Invalid {
        code: "invalid_query_string",
        message: "Query validation error: 'Missing required property: user_id'.".into(),
    })?;
    service::grants::withdraw_all_of(&tenant, user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
