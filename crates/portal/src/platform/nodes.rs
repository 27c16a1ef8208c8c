//! `/v2/control-planes/{id}/nodes` and what a node should obey: `expected-config-hash`, `-version`.
//!
//! A node obeys one revision of everything that is published, whatever control plane it is in: the hash of a
//! configuration is its revision, in hexadecimal digits. So every control plane shows every node.
//!
//! Source: the vendor's "Control Planes Configuration" specification, v2.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{Method, StatusCode};
use axum::routing::{delete, get};
use oauth::Timestamp;
use serde_json::{Value, json};

use super::{Admin, Route};
use crate::model::{ControlPlane, ControlPlaneId};
use crate::publish::NodeState;
use crate::rest::{Problem, path_id};
use crate::store::audit::Entry;
use crate::store::control_planes;
use crate::{Error, Portal};

const USUAL: usize = 100;
const MOST: usize = 1000;

pub(super) fn routes() -> Vec<Route> {
    let (all, one) = (
        "/v2/control-planes/{control_plane}/nodes",
        "/v2/control-planes/{control_plane}/nodes/{node}",
    );
    vec![
        (Method::GET, all, get(list)),
        (Method::GET, one, get(read)),
        (Method::DELETE, one, delete(forget)),
        (
            Method::GET,
            "/v2/control-planes/{control_plane}/nodes/eol",
            get(ended),
        ),
        (
            Method::GET,
            "/v2/control-planes/{control_plane}/expected-config-hash",
            get(expected_hash),
        ),
        (
            Method::GET,
            "/v2/control-planes/{control_plane}/expected-config-version",
            get(expected_version),
        ),
    ]
}

async fn list(
    State(portal): State<Portal>,
    Path(plane): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<Value>, Problem> {
    find(&portal, &plane).await?;
    let asked = |name: &str| {
        pairs
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value)
    };
    let size = asked("page[size]").and_then(|size| size.parse().ok());
    let size = size.unwrap_or(USUAL).clamp(1, MOST);
    let nodes = portal.publisher().nodes();
    let after = asked("page[after]");
    // They are in the order of their names.
    let rest = nodes
        .iter()
        .filter(|node| after.is_none_or(|after| node.id > *after));
    let shown: Vec<&NodeState> = rest.take(size + 1).collect();
    let mut page = json!({ "total_count": nodes.len() });
    if let Some(last) = shown.get(size - 1).filter(|_| shown.len() > size) {
        page["next"] = last.id.as_str().into();
    }
    let items: Vec<Value> = shown.into_iter().take(size).map(show).collect();
    Ok(Json(json!({ "items": items, "page": page })))
}

async fn read(
    State(portal): State<Portal>,
    Path((plane, node)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    find(&portal, &plane).await?;
    let nodes = portal.publisher().nodes();
    let found = nodes.iter().find(|known| known.id == node);
    let found = found.ok_or_else(|| Error::not_found("node", &node))?;
    Ok(Json(json!({ "item": show(found) })))
}

/// Forgets a node that is away. One that follows is not to be forgotten.
async fn forget(
    State(portal): State<Portal>,
    Admin { ctx }: Admin,
    Path((plane, node)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    find(&portal, &plane).await?;
    if !portal.publisher().forget(&node) {
        let text = format!("the node {node} is connected; stop it first");
        return Err(Error::Conflict(text).into());
    }
    let mut tx = portal.db().begin().await.map_err(Error::from)?;
    let entry = Entry::new("delete", "node", &node);
    portal.audit(&mut tx, &ctx, entry).await?;
    tx.commit().await.map_err(Error::from)?;
    Ok(StatusCode::NO_CONTENT)
}

/// No version of a node is out of support: nodes and control plane are one program.
async fn ended(
    State(portal): State<Portal>,
    Path(plane): Path<String>,
) -> Result<Json<Value>, Problem> {
    find(&portal, &plane).await?;
    Ok(Json(json!({ "items": [], "page": { "total_count": 0 } })))
}

async fn expected_hash(
    State(portal): State<Portal>,
    Path(plane): Path<String>,
) -> Result<Json<Value>, Problem> {
    let plane = find(&portal, &plane).await?;
    let changed = control_planes::changed_at(portal.db(), plane.id).await;
    let changed = changed.map_err(Error::from)?.max(plane.updated_at);
    Ok(Json(json!({
        "expected_hash": hash(portal.publisher().revision()),
        "created_at": plane.created_at.unix_seconds(),
        "updated_at": changed.unix_seconds(),
    })))
}

async fn expected_version(
    State(portal): State<Portal>,
    Path(plane): Path<String>,
) -> Result<Json<Value>, Problem> {
    let plane = find(&portal, &plane).await?;
    Ok(Json(json!({
        "expected_config_version": portal.publisher().revision().to_string(),
        "created_at": plane.created_at.unix_seconds(),
    })))
}

async fn find(portal: &Portal, text: &str) -> Result<ControlPlane, Error> {
    let id: ControlPlaneId = path_id("control plane", text)?;
    let found = control_planes::find(portal.db(), id).await?;
    found.ok_or_else(|| Error::not_found("control plane", id))
}

fn show(node: &NodeState) -> Value {
    let seconds =
        |moment: &str| Timestamp::parse_rfc3339(moment).map_or(0, Timestamp::unix_seconds);
    json!({
        "id": node.id,
        "hostname": node.id,
        "version": node.version,
        "type": "kong-proxy",
        "last_ping": seconds(&node.seen_at),
        "created_at": seconds(&node.since),
        "updated_at": seconds(&node.seen_at),
        "config_hash": hash(node.revision),
    })
}

/// A revision as 32 hexadecimal digits; nothing was published before the first.
fn hash(revision: i64) -> String {
    format!("{:032x}", revision.max(0))
}
