//! `/api/v2/anomaly/blocks/ips/{id}`: addresses that are slowed down for failing again and again.
//!
//! What counts them is in memory, on every node for itself: an answer is this node's.

use std::net::IpAddr;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::MethodFilter;

use crate::management::access::Caller;
use crate::management::body::Id;
use crate::management::operations::Operations;
use crate::management::problem::Problem;
use crate::{Error, Tenant, bounds};

pub(super) fn add(operations: &mut Operations) {
    let path = "/anomaly/blocks/ips/{id}";
    operations.serve(MethodFilter::GET, path, &["read:anomaly_blocks"], check);
    operations.serve(
        MethodFilter::DELETE,
        path,
        &["delete:anomaly_blocks"],
        forgive,
    );
}

/// What failures from an address count for.
fn block(ip: &str) -> Result<String, Error> {
    match ip.parse::<IpAddr>() {
        Ok(_) => Ok(bounds::block(ip)),
        Err(_) => Err(Error::Invalid {
            code: "invalid_uri",
            message: "Path validation error: 'Object didn't pass validation for format ip' on \
                      property id (The IP address to check)."
                .into(),
        }),
    }
}

/// 200 if the address is blocked, 404 if it is not.
async fn check(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(ip): Id,
) -> Result<StatusCode, Problem> {
    let block = block(&ip)?;
    if tenant.protection().slows(&ip) && tenant.guard().sign_ins.is_used_up(&block) {
        return Ok(StatusCode::OK);
    }
    Err(Problem(Error::NotFound {
        code: None,
        message: "The IP address is not blocked.".into(),
    }))
}

async fn forgive(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(ip): Id,
) -> Result<StatusCode, Problem> {
    tenant.guard().sign_ins.forgive(&block(&ip)?);
    Ok(StatusCode::NO_CONTENT)
}
