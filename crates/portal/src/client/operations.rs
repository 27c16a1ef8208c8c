//! A version's specification, and the list of its operations.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Value, json};

use super::products::find_version;
use super::session::Reader;
use crate::model::Specification;
use crate::rest::Problem;
use crate::{Error, Portal, store};

/// Methods that a path of an OpenAPI document may have (OpenAPI 3.1 §4.8.9).
const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

pub(super) async fn specification(
    reader: Reader,
    State(portal): State<Portal>,
    Path((product, version)): Path<(String, String)>,
) -> Result<Response, Problem> {
    Ok(match find(&portal, &reader, &product, &version).await? {
        Some(found) => {
            let body = json!({ "api_type": "openapi", "content": found.content });
            Json(body).into_response()
        }
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

pub(super) async fn operations(
    reader: Reader,
    State(portal): State<Portal>,
    Path((product, version)): Path<(String, String)>,
) -> Result<Response, Problem> {
    Ok(match find(&portal, &reader, &product, &version).await? {
        Some(found) => {
            let document: Value = serde_json::from_str(&found.document).unwrap_or_default();
            let body = json!({ "api_type": "openapi", "operations": list(&document) });
            Json(body).into_response()
        }
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

async fn find(
    portal: &Portal,
    reader: &Reader,
    product: &str,
    version: &str,
) -> Result<Option<Specification>, Error> {
    let version = find_version(portal, reader.audience, product, version).await?;
    Ok(store::specifications::of_version(portal.db(), version.id).await?)
}

/// The operations, in the document's order.
pub(crate) fn list(document: &Value) -> Vec<Value> {
    let paths = document["paths"].as_object();
    let mut operations = Vec::new();
    for (path, item) in paths.into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if METHODS.contains(&method.as_str()) && operation.is_object() {
                operations.push(json!({
                    "path": path,
                    "method": method,
                    "operation_id": operation["operationId"].as_str(),
                    "tags": tags(&operation["tags"]),
                    "summary": operation["summary"].as_str(),
                    "deprecated": operation["deprecated"].as_bool().unwrap_or(false),
                }));
            }
        }
    }
    operations
}

fn tags(tags: &Value) -> Vec<&str> {
    let tags = tags.as_array().into_iter().flatten();
    tags.filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::list;

    #[test]
    fn operations_come_in_the_documents_order_and_nothing_else_does() {
        let document = json!({ "paths": {
            "/b": { "post": { "operationId": "makeB", "tags": ["b", 7] }, "parameters": [] },
            "/a": { "get": { "deprecated": true }, "x-note": {} },
            "/broken": 3,
        } });
        let operations = list(&document);
        assert_eq!(operations.len(), 2);
        assert_eq!(operations[0]["operation_id"], "makeB");
        assert_eq!(operations[0]["tags"], json!(["b"]));
        assert_eq!(operations[1]["method"], "get");
        assert_eq!(operations[1]["deprecated"], true);
        assert!(list(&json!(null)).is_empty());
    }
}
