//! Does what was chosen, and says line by line how it went.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{badge, link_button, notice, page_heading, table};
use web::{Form, Input, Tone, Visitor, html};

use super::plan::{Decision, subject};
use super::{Acting, BELOW, PLAN, Refused, above, address, text, trouble};
use crate::Portal;
use crate::service::applications::Outcome;
use crate::service::dcr_providers;

pub(super) async fn apply(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let provider = dcr_providers::find(&portal, &id).await?;
    let text = text(&visitor);
    let decisions = Decision::all(&input);
    // Their names, while they are there.
    let mut subjects = Vec::with_capacity(decisions.len());
    for decision in &decisions {
        subjects.push(subject(&portal, decision).await?);
    }
    let wanted = decisions.into_iter();
    let wanted: Vec<_> = wanted.map(|one| (one.difference, one.action)).collect();
    let applications = portal.applications();
    let outcomes = match applications.decide(&acting.ctx, provider.id, &wanted).await {
        Ok(outcomes) => outcomes,
        Err(error) => {
            let said = format!("{} {}", text.get("agreement-away"), trouble(error)?);
            let back = address(&provider, PLAN);
            let back = visitor.redirect_saying(back, Tone::Danger, said);
            return Ok(back.into_response());
        }
    };
    let left = outcomes.iter().filter(|one| **one != Outcome::Done).count();
    let title = text.get("applied-title");
    let labels = ["applied-what", "plan-action", "applied-outcome"].map(|id| text.get(id));
    let columns = labels.each_ref().map(String::as_str);
    let rows = html! {
        @for ((subject, (_, action)), outcome) in subjects.iter().zip(&wanted).zip(&outcomes) {
            tr {
                td data-label=(columns[0]) { (subject) }
                td data-label=(columns[1]) { (text.get(&format!("drift-action-{action}"))) }
                td data-label=(columns[2]) { div {
                    @match outcome {
                        Outcome::Done => (badge(Tone::Success, &text.get("applied-done"))),
                        Outcome::Outdated => {
                            (badge(Tone::Warning, &text.get("applied-outdated"))) " "
                            (text.get("applied-outdated-next"))
                        }
                        Outcome::Failed(why) => {
                            (badge(Tone::Danger, &text.get("applied-failed"))) " " (why)
                        }
                    }
                } }
            }
        }
    };
    let (tone, said) = match left {
        0 => (Tone::Success, text.get("applied-all")),
        _ => (
            Tone::Warning,
            text.with("applied-left", [("count", left.into())]),
        ),
    };
    let main = html! {
        (above(text, &provider))
        (page_heading(&title, None, None))
        (notice(text, tone, html! { p { (said) } }))
        (table(&title, &columns, None, rows))
        div.form-actions.spaced {
            (link_button(&address(&provider, PLAN), &text.get("applied-again")))
            (link_button(&address(&provider, BELOW), &text.get("back")))
        }
    };
    Ok(visitor.page(&title).main(main).into_response())
}
