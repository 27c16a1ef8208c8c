//! The pages that the team wrote, at their own addresses.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::Method;
use web::Visitor;

use super::Pages;
use super::reader::{Reader, to_sign_in};
use super::refusal::{Refused, missing};
use super::view::written as view;

/// Whatever else is asked for: a page of the team's, or nothing. Who is not signed in is asked to sign in
/// where a page could be for developers alone; whether there is one, they are not told.
pub(crate) async fn show(
    State(pages): State<Pages>,
    visitor: Visitor,
    Reader(reader): Reader,
    method: Method,
) -> Result<Response, Refused> {
    let path = visitor.here().split('?').next().unwrap_or_default();
    if !matches!(method, Method::GET | Method::HEAD) {
        return Err(missing().into());
    }
    match pages.source.written(&reader, path).await? {
        Some(page) => Ok(view::page(&visitor, &page).into_response()),
        None if reader.hidden_pages => Ok(to_sign_in(&visitor, &method, path)),
        None => Err(missing().into()),
    }
}
