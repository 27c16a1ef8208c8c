//! Before the secrets of a whole fleet are rotated: what happens, to how many.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use std::time::Duration;
use web::components::{ListQuery, button, confirm};
use web::{Editor, Form, Input, Page, Tone, Visitor, html};

use super::{Acting, BELOW, OVERLAPS, Refused, address, overlap, place, text};
use crate::service::dcr_providers;
use crate::{Error, Portal, store};

/// The overlap that the address or the form names.
fn chosen(said: &str) -> Result<u64, Error> {
    let seconds = said.parse().ok();
    let known = seconds.filter(|seconds| OVERLAPS.iter().any(|(known, _)| known == seconds));
    known.ok_or_else(|| Error::Malformed("there is no such overlap".into()))
}

pub(super) async fn ask(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    list: ListQuery,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let provider = dcr_providers::find(&portal, &id).await?;
    let seconds = chosen(list.get("overlap").unwrap_or_default())?;
    let one = std::iter::once(provider.id);
    let counts = store::applications::count_by_provider(portal.db(), one).await?;
    let count = counts.get(&provider.id).copied().unwrap_or_default();
    let text = text(&visitor);
    let words = overlap(text, i64::try_from(seconds).unwrap_or(i64::MAX));
    Ok(confirm(
        &visitor,
        &text.with("rotation-new-title", [("count", count.into())]),
        html! {
            p { strong { (text.get("rotation-overlap")) ": " (words) } }
            ul {
                li { (text.get("rotation-new-developers")) }
                li { (text.get("rotation-new-old")) }
                li { (text.get("rotation-new-pace")) }
                li { (text.get("rotation-new-end")) }
            }
        },
        &address(&provider, "/rotations/new"),
        html! {
            input type="hidden" name="overlap" value=(seconds);
            (button(&text.get("rotation-begin")))
        },
        (&address(&provider, BELOW), &text.get("cancel")),
    ))
}

pub(super) async fn begin(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let provider = dcr_providers::find(&portal, &id).await?;
    let overlap = Duration::from_secs(chosen(input.text("overlap"))?);
    let text = text(&visitor);
    let applications = portal.applications();
    let begun = applications.rotate_fleet(&acting.ctx, provider.id, overlap);
    let (to, tone, said) = match begun.await {
        Ok(report) => {
            let to = place(&provider, report.rotation.id, "");
            (to, Tone::Success, text.get("rotation-began"))
        }
        Err(Error::Conflict(_)) => {
            let to = address(&provider, BELOW);
            (to, Tone::Warning, text.get("rotation-runs-already"))
        }
        Err(error) => return Err(error.into()),
    };
    Ok(visitor.redirect_saying(to, tone, said).into_response())
}
