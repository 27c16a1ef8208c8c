//! `/api/v2/logs` and `/api/v2/users/{id}/logs`.

use axum::Json as Reply;
use axum::extract::State;
use axum::routing::MethodFilter;
use serde_json::{Value, json};

use crate::management::access::Caller;
use crate::management::body::Id;
use crate::management::operations::Operations;
use crate::management::problem::Problem;
use crate::management::query::Query;
use crate::model::Members;
use crate::model::search::{self, Search};
use crate::store::logs::Filter;
use crate::{Error, Tenant, service, store};

/// The largest page.
const MAX: i64 = 100;
/// The page size where none is asked for.
const DEFAULT: i64 = 50;

pub(super) fn add(operations: &mut Operations) {
    let read_logs: &[&str] = &["read:logs", "read:logs_users"];
    operations.serve(MethodFilter::GET, "/logs", read_logs, list);
    operations.serve(MethodFilter::GET, "/logs/{id}", read_logs, read);
    operations.serve(
        MethodFilter::GET,
        "/users/{id}/logs",
        read_logs,
        list_of_user,
    );
}

/// By offset, the newest first, or onward from an entry: `from` and `take`.
async fn list(
    State(tenant): State<Tenant>,
    _caller: Caller,
    query: Query,
) -> Result<Reply<Value>, Problem> {
    let search = match query.text("q").or_else(|| query.text("search")) {
        None => Search::All,
        Some(text) => search::parse(text).map_err(|fault| query.fault("q", &fault.to_string()))?,
    };
    let filter = Filter::new(&search).map_err(|field| {
        let field: String = field.chars().take(100).collect();
        query.fault("q", &format!("There is no field {field} to search for"))
    })?;
    answer(&tenant, &query, filter).await
}

async fn list_of_user(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(user_id): Id,
    query: Query,
) -> Result<Reply<Value>, Problem> {
    answer(&tenant, &query, Filter::of_user(&user_id)).await
}

async fn answer(
    tenant: &Tenant,
    query: &Query,
    mut filter: Filter,
) -> Result<Reply<Value>, Problem> {
    // Whoever asks wants what just happened too.
    service::log::flush(tenant).await?;
    let fields = query.fields()?;
    let choose = |entries: Vec<Members>| -> Vec<Value> {
        let entries = entries.into_iter();
        entries.map(|entry| fields.choose(entry).into()).collect()
    };
    let take = query.integer("take", 1, MAX)?;
    if let Some(from) = query.text("from") {
        filter.after(from);
        let range = (0, take.unwrap_or(DEFAULT));
        let entries = store::logs::list(tenant.db(), &filter, false, range).await?;
        return Ok(Reply(choose(entries).into()));
    }
    let page = query.integer("page", 0, 1_000_000)?.unwrap_or(0);
    let per_page = query
        .integer("per_page", 0, MAX)?
        .or(take)
        .unwrap_or(DEFAULT);
    let newest_first = match query.text("sort") {
        None | Some("date:-1") => true,
        Some("date:1") => false,
        Some(_) => return Err(query.fault("sort", "Write date:1 or date:-1").into()),
    };
    let range = (page * per_page, per_page);
    let entries = store::logs::list(tenant.db(), &filter, newest_first, range).await?;
    let entries = choose(entries);
    if query.boolean("include_totals")? != Some(true) {
        return Ok(Reply(entries.into()));
    }
    Ok(Reply(json!({
        "start": page * per_page,
        "limit": per_page,
        "length": entries.len(),
        "total": store::logs::count(tenant.db(), &filter).await?,
        "logs": entries,
    })))
}

async fn read(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(log_id): Id,
) -> Result<Reply<Members>, Problem> {
    service::log::flush(&tenant).await?;
    let found = store::logs::find(tenant.db(), &log_id).await?;
    let entry = found.ok_or(Error::NotFound {
        code: Some("inexistent_log"),
        message: "The log entry does not exist.".into(),
    })?;
    Ok(Reply(entry))
}
