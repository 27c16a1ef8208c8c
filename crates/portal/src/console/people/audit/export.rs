//! The audit as a file, written while it is read.

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde_json::json;
use web::Administrator;
use web::components::ListQuery;

use super::{Refused, asked};
use crate::Portal;
use crate::store::audit_log::{self, Place, Recorded};
use crate::store::listing::{Filter, Listing, Sort, Test};

/// Entries that are read at once.
const SIZE: u32 = 500;

/// The form of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// RFC 4180, with a line of names.
    Csv,
    /// One JSON object a line.
    JsonLines,
}

/// The entries that the address asks for, the oldest first. A file that breaks off was cut by a failure,
/// which is in the log.
pub(super) async fn download(
    State(portal): State<Portal>,
    _: Administrator,
    list: ListQuery,
) -> Result<Response, Refused> {
    let format = match list.get("format") {
        Some("csv") => Format::Csv,
        _ => Format::JsonLines,
    };
    let sort = Sort {
        column: "t.occurred_at",
        descending: false,
    };
    let mut wanted = asked(&portal, &list, sort, SIZE).await?;
    // What is written meanwhile is of no interest: the file ends.
    wanted.filters.push(Filter {
        column: "t.occurred_at",
        test: Test::AtMost(portal.clock().now().into()),
    });
    let (content_type, name) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "audit.csv"),
        Format::JsonLines => ("application/jsonl; charset=utf-8", "audit.jsonl"),
    };
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (CONTENT_TYPE, content_type.to_owned()),
        (CONTENT_DISPOSITION, disposition),
    ];
    let lines = futures_util::stream::unfold(Some(None), move |after: Option<Option<Place>>| {
        let (portal, wanted) = (portal.clone(), wanted.clone());
        async move { part(&portal, &wanted, after?, format).await }
    });
    Ok((headers, Body::from_stream(lines)).into_response())
}

/// The next lines, and after which place to read on; nothing after the last ones.
async fn part(
    portal: &Portal,
    wanted: &Listing,
    after: Option<Place>,
    format: Format,
) -> Option<(Result<Bytes, Infallible>, Option<Option<Place>>)> {
    let first = after.is_none();
    let found = match audit_log::following(portal.db(), wanted, after).await {
        Ok(found) => found,
        Err(error) => {
            tracing::error!(%error, "the audit could not be exported to its end");
            return None;
        }
    };
    let mut text = String::new();
    if format == Format::Csv && first {
        text.push_str("occurred_at,actor_kind,actor_id,actor_name,action,entity_type,entity_id,portal_id,request_id,address,user_agent,detail\r\n");
    }
    for one in &found {
        match format {
            Format::Csv => text.push_str(&csv(one)),
            Format::JsonLines => text.push_str(&format!("{}\n", line(one))),
        }
    }
    let full = found.len() == SIZE as usize;
    let next = found.last().filter(|_| full).map(|last| Some(last.place()));
    Some((Ok(Bytes::from(text)), next))
}

fn line(one: &Recorded) -> serde_json::Value {
    json!({
        "id": one.id,
        "occurred_at": one.occurred_at.to_rfc3339(),
        "actor_kind": one.actor_kind,
        "actor_id": one.actor_id,
        "actor_name": one.actor_name,
        "action": one.action,
        "entity_type": one.entity_type,
        "entity_id": one.entity_id,
        "portal_id": one.portal_id,
        "request_id": one.request_id,
        "address": one.address,
        "user_agent": one.user_agent,
        "detail": one.detail,
    })
}

fn csv(one: &Recorded) -> String {
    let portal_id = one.portal_id.map(|id| id.to_string());
    let cells = [
        one.occurred_at.to_rfc3339(),
        one.actor_kind.clone(),
        one.actor_id.clone().unwrap_or_default(),
        one.actor_name.clone().unwrap_or_default(),
        one.action.clone(),
        one.entity_type.clone(),
        one.entity_id.clone(),
        portal_id.unwrap_or_default(),
        one.request_id.clone(),
        one.address.clone().unwrap_or_default(),
        one.user_agent.clone().unwrap_or_default(),
        one.detail.to_string(),
    ];
    let cells: Vec<String> = cells.iter().map(|cell| web::csv_cell(cell)).collect();
    format!("{}\r\n", cells.join(","))
}
