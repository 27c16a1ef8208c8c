//! Sharing an application with a team.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use web::{Form, Page, Tone, Visitor};

use super::Pages;
use super::reader::SignedIn;
use super::refusal::{Refused, Told, tell};
use super::text::text;
use super::view::sharing;

/// The team's id; empty for nobody.
#[derive(Debug, Deserialize)]
pub(crate) struct ShareForm {
    #[serde(default)]
    team_id: String,
}

pub(crate) async fn page(
    State(pages): State<Pages>,
    visitor: Visitor,
    SignedIn(reader): SignedIn,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let sharing = pages.source.sharing(&reader, &id).await?;
    let found = pages.source.application(&reader, &id).await?;
    let owning = sharing.owning.as_ref().map(|team| team.id.to_string());
    let chosen = owning.unwrap_or_default();
    Ok(sharing::share(&visitor, &found, &sharing, &chosen, None))
}

pub(crate) async fn share(
    State(pages): State<Pages>,
    visitor: Visitor,
    SignedIn(reader): SignedIn,
    Path(id): Path<String>,
    Form(form): Form<ShareForm>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    let sharing = pages.source.sharing(&reader, &id).await?;
    let found = pages.source.application(&reader, &id).await?;
    match pages.source.share(&reader, &id, &form.team_id).await {
        Ok(()) => {
            let chosen = sharing.teams.iter();
            let mut chosen = chosen.filter(|team| team.id.to_string() == form.team_id);
            let said = match chosen.next() {
                Some(team) => text.with("share-done", [("team", (&team.name).into())]),
                None => text.get("share-taken-back"),
            };
            Ok(visitor
                .redirect_saying(found.path(), Tone::Success, said)
                .into_response())
        }
        Err(error) => {
            let Told { failure, fields } =
                tell(text, error, &[("team_id", text.get("share-with"))])?;
            let why = failure.or_else(|| fields.first().map(str::to_owned));
            let page = sharing::share(&visitor, &found, &sharing, &form.team_id, why.as_deref());
            Ok(page.into_response())
        }
    }
}
