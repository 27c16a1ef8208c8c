//! Whether a provider works: a result for each permission and setting, and what was found before.

use axum::extract::{Path, State};
use web::components::{FieldErrors, badge, button, form, table};
use web::{Administrator, Form, Input, Markup, Page, Text, Tone, Visitor, html, moment};

use super::findings::{check, results, summary};
use super::{Acting, Refused, address, heading, text};
use crate::Portal;
use crate::model::{DcrProvider, PastVerification};
use crate::service::dcr_providers;

/// Earlier verifications that are listed.
const LISTED: usize = 20;

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let provider = dcr_providers::find(&portal, &id).await?;
    let past = portal.applications().verifications(provider.id).await?;
    Ok(draw((&visitor, &reader), &provider, &past, false))
}

/// Tries it: the page that answers shows what was found.
pub(super) async fn verify(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(_): Form<Input>,
) -> Result<Page, Refused> {
    let provider = dcr_providers::find(&portal, &id).await?;
    let applications = portal.applications();
    applications
        .verify_provider(&acting.ctx, provider.id)
        .await?;
    let past = applications.verifications(provider.id).await?;
    let reader = (&visitor, &acting.administrator);
    Ok(draw(reader, &provider, &past, true))
}

/// The newest result in full, if it was asked for just `now`; the others by what was missing.
fn draw(
    (visitor, reader): (&Visitor, &Administrator),
    provider: &DcrProvider,
    past: &[PastVerification],
    now: bool,
) -> Page {
    let text = text(visitor);
    let verified = past.first().filter(|_| now);
    let again = if now { "verify-again" } else { "verify-now" };
    let main = html! {
        (heading(text, provider, "/verify"))
        @if let Some(verified) = verified {
            (summary(text, "verify", &verified.findings))
            (results(text, provider.provider_type, &verified.findings))
        } @else {
            p.lead.spaced { (text.get("verify-lead")) }
        }
        @if reader.role.may_change() {
            div.spaced {
                (form(visitor, &address(provider, "/verify"), &FieldErrors::new(), html! {
                    div.form-actions { (button(&text.get(again))) }
                }))
            }
        }
        (history(text, past))
    };
    visitor.page(&provider.name).main(main)
}

fn history(text: Text, past: &[PastVerification]) -> Markup {
    let labels = [
        "verified-at",
        "verified-by",
        "verified-why",
        "verify-result",
    ];
    let labels = labels.map(|id| text.get(id));
    let columns = labels.each_ref().map(String::as_str);
    let rows = html! {
        @for one in past.iter().take(LISTED) {
            tr {
                td data-label=(columns[0]) { (moment(text, one.at.as_millis())) }
                td data-label=(columns[1]) { (actor(text, one)) }
                td data-label=(columns[2]) { (text.get(&format!("verified-{}", one.occasion))) }
                td data-label=(columns[3]) { div { (outcome(text, one)) } }
            }
        }
    };
    html! {
        section.section aria-labelledby="history" {
            h2 id="history" { (text.get("verified-title")) }
            @if past.is_empty() { p.fine.spaced { (text.get("verified-none")) } }
            @else { (table(&text.get("verified-title"), &columns, None, rows)) }
        }
    }
}

/// An administrator by address; whatever else asks over the API.
fn actor(text: Text, one: &PastVerification) -> Markup {
    match (one.actor_kind.as_str(), &one.actor_id) {
        ("administrator", Some(email)) => html! { (email) },
        _ => html! { (text.get("verified-by-api")) },
    }
}

fn outcome(text: Text, one: &PastVerification) -> Markup {
    let missing = one.missing();
    if missing == 0 {
        return badge(Tone::Success, &text.get("verify-held"));
    }
    let lacking = one.findings.iter().filter(|finding| !finding.ok);
    html! {
        (badge(Tone::Danger, &text.with("verified-missing", [("count", missing.into())])))
        @for finding in lacking { p.fine { (check(text, finding)) } }
    }
}
