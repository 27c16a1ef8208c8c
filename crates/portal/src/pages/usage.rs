//! How often a developer's applications called, and how it ended.

use axum::extract::{Query, State};
use serde::Deserialize;
use web::{Page, Visitor};

use super::Pages;
use super::reader::SignedIn;
use super::refusal::Refused;
use super::view::usage;
use crate::service::usage::Range;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    range: String,
    application: String,
    api: String,
}

pub(crate) async fn show(
    State(pages): State<Pages>,
    visitor: Visitor,
    SignedIn(reader): SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Page, Refused> {
    let range = Range::parse(&asked.range).unwrap_or(Range::Day);
    // An id that is none of theirs shows nothing.
    let narrowed = (asked.application.parse().ok(), asked.api.parse().ok());
    let seen = pages.source.usage(&reader, range, narrowed).await?;
    Ok(usage::usage(&visitor, &seen))
}
