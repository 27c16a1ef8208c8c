//! `/api/v2/actions/actions/{id}/versions`.

use axum::Json as Reply;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::MethodFilter;
use serde_json::Value;

use super::{Page, members, missing, view};
use crate::Tenant;
use crate::management::access::Caller;
use crate::management::body::{Id, Ids};
use crate::management::operations::Operations;
use crate::management::problem::Problem;
use crate::management::query::Query;
use crate::model::Members;
use crate::service::actions as service;
use crate::store::{action_versions, actions};

pub(super) fn add(operations: &mut Operations) {
    operations.serve(
        MethodFilter::GET,
        "/actions/actions/{id}/versions",
        &["read:actions"],
        list,
    );
    operations.serve(
        MethodFilter::GET,
        "/actions/actions/{id}/versions/{id2}",
        &["read:actions"],
        read,
    );
    operations.serve(
        MethodFilter::POST,
        "/actions/actions/{id}/versions/{id2}/deploy",
        &["create:actions"],
        roll_back,
    );
}

async fn list(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(id): Id,
    query: Query,
) -> Result<Reply<Value>, Problem> {
    let page = Page::read(&query)?;
    let action = actions::find(tenant.db(), &id).await?.ok_or_else(missing)?;
    let versions = action_versions::list(tenant.db(), &id).await?;
    let body = page.of("versions", versions, |version| {
        view::version(&action, &version).into()
    });
    Ok(Reply(body))
}

async fn read(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Ids(id, version_id): Ids,
) -> Result<Reply<Members>, Problem> {
    let action = actions::find(tenant.db(), &id).await?.ok_or_else(missing)?;
    let version = action_versions::find(tenant.db(), &id, &version_id).await?;
    let version = version.ok_or_else(missing)?;
    Ok(Reply(view::version(&action, &version)))
}

/// Goes back to an earlier version: what it said is deployed anew.
async fn roll_back(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Ids(id, version_id): Ids,
    body: Bytes,
) -> Result<Reply<Members>, Problem> {
    let update_draft = members::updates_draft(&body)?;
    let (action, version) = service::roll_back(&tenant, &id, &version_id, update_draft).await?;
    Ok(Reply(view::version(&action, &version)))
}
