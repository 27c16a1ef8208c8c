//! `/api/v2/stats`.

use std::time::Duration;

use axum::Json as Reply;
use axum::extract::State;
use axum::routing::MethodFilter;
use serde_json::{Value, json};

use crate::management::access::Caller;
use crate::management::operations::Operations;
use crate::management::problem::Problem;
use crate::management::query::Query;
use crate::{Error, Tenant, service, store};

/// Who signed in within this time is an active user.
const ACTIVE: Duration = Duration::from_secs(30 * 24 * 3600);

pub(super) fn add(operations: &mut Operations) {
    let scopes: &[&str] = &["read:stats"];
    operations.serve(MethodFilter::GET, "/stats/daily", scopes, daily);
    operations.serve(
        MethodFilter::GET,
        "/stats/active-users",
        scopes,
        active_users,
    );
}

/// Sign-ins and sign-ups by day (UTC). Days on which nothing happened are left out.
async fn daily(
    State(tenant): State<Tenant>,
    _caller: Caller,
    query: Query,
) -> Result<Reply<Vec<Value>>, Problem> {
    let from = day(&query, "from")?.unwrap_or("00000000");
    let to = day(&query, "to")?.unwrap_or("99999999");
    service::log::flush(&tenant).await?;
    let days = store::logs::days(tenant.db(), from, to).await?;
    let days = days.into_iter().map(|day| {
        let (year, rest) = day.day.split_at(4);
        let (month, of_month) = rest.split_at(2);
        json!({
            "date": format!("{year}-{month}-{of_month}T00:00:00.000Z"),
            "logins": day.logins,
            "signups": day.signups,
            "leaked_passwords": 0,
            "created_at": day.created_at.to_rfc3339(),
            "updated_at": day.updated_at.to_rfc3339(),
        })
    });
    Ok(Reply(days.collect()))
}

fn day<'a>(query: &'a Query, name: &str) -> Result<Option<&'a str>, Error> {
    match query.text(name) {
        Some(day) if day.len() != 8 || !day.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err(query.fault(name, "Write a day like 20240229"))
        }
        day => Ok(day),
    }
}

/// How many users signed in within 30 days: a bare number.
async fn active_users(
    State(tenant): State<Tenant>,
    _caller: Caller,
) -> Result<Reply<i64>, Problem> {
    let since = tenant.clock().now() - ACTIVE;
    Ok(Reply(store::users::active(tenant.db(), since).await?))
}
