//! An API's picture over HTTP. The address that the specifications have leads on to one with the digest of
//! what is there, which stays the same for ever and may be kept.

use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION};
use http::{HeaderMap, StatusCode};

use super::query::Query;
use crate::model::ApiIcon;

/// For browsers alone: a cache between would not know who may see the API.
const FOR_EVER: &str = "private, max-age=31536000, immutable";

/// The picture, if its digest is asked for (`v`); otherwise the way there, from `path`.
pub(crate) fn answer(icon: &ApiIcon, path: &str, query: &Query, headers: &HeaderMap) -> Response {
    let digest = &icon.digest;
    if query.get("v") != Some(digest.as_str()) {
        let location = format!("{path}?v={digest}");
        let headers = [(LOCATION, location.as_str()), (CACHE_CONTROL, "no-cache")];
        return (StatusCode::FOUND, headers).into_response();
    }
    let tag = format!("\"{digest}\"");
    let kept = [(ETAG, tag.as_str()), (CACHE_CONTROL, FOR_EVER)];
    let known = headers.get(IF_NONE_MATCH);
    if known.is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    let kind = [(CONTENT_TYPE, icon.media_type.as_str())];
    (kind, kept, icon.bytes.clone()).into_response()
}
