//! The pictures of APIs.

use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, Uri};

use super::super::session::Visitor;
use super::apis::find;
use crate::Portal;
use crate::rest::query::Query;
use crate::rest::{Problem, icon};
use crate::service::api_icons;

/// Of an API that the visitor may read about.
pub(super) async fn raw(
    visitor: Visitor,
    State(portal): State<Portal>,
    Path((api, image_type)): Path<(String, String)>,
    uri: Uri,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let product = find(&portal, &visitor, &api).await?;
    let found = api_icons::find(&portal, product.id, &image_type).await?;
    Ok(icon::answer(&found, uri.path(), &query, &headers))
}
