//! The rotations of a provider.

use axum::extract::{Path, State};
use web::components::{Field, button, empty_state, table};
use web::{Administrator, Markup, Page, Text, Visitor, html, moment};

use super::{BELOW, Refused, address, heading, overlap, overlaps, place, status, text};
use crate::Portal;
use crate::model::DcrProvider;
use crate::service::applications::FleetReport;
use crate::service::dcr_providers;

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let provider = dcr_providers::find(&portal, &id).await?;
    let heard = portal.publisher().hears_all();
    let applications = portal.applications();
    let reports = applications.fleet_rotations(provider.id, heard).await?;
    let text = text(&visitor);
    let main = html! {
        (heading(text, &provider, BELOW))
        section.section aria-labelledby="past" {
            h2 id="past" { (text.get("rotations-title")) }
            p.fine.spaced { (text.get("rotations-lead")) }
            @if reports.is_empty() {
                (empty_state(&text.get("rotations-none"), &text.get("rotations-none-next"), None))
            } @else { (rows(text, &provider, &reports)) }
        }
        @if reader.role.may_change() { (beginning(text, &provider)) }
    };
    Ok(visitor.page(&provider.name).main(main))
}

/// Leads to the page that asks before anything is begun.
fn beginning(text: Text, provider: &DcrProvider) -> Markup {
    let choices = overlaps(text, 604_800);
    let (label, hint) = (
        text.get("rotation-overlap"),
        text.get("rotation-overlap-hint"),
    );
    html! {
        section.section aria-labelledby="begin" {
            h2 id="begin" { (text.get("rotation-new")) }
            form.form.spaced method="get" action=(address(provider, "/rotations/new")) {
                (Field::select(text, "overlap", &label, &choices).hint(&hint))
                div.form-actions { (button(&text.get("rotation-continue"))) }
            }
        }
    }
}

fn rows(text: Text, provider: &DcrProvider, reports: &[FleetReport]) -> Markup {
    let labels = [
        "rotation-begun-at",
        "rotation-status",
        "rotation-applications",
        "rotation-uncollected",
        "rotation-old",
    ]
    .map(|id| text.get(id));
    let columns = labels.each_ref().map(String::as_str);
    let rows = html! {
        @for report in reports {
            @let progress = report.progress;
            tr {
                td data-label=(columns[0]) { div {
                    a href=(place(provider, report.rotation.id, "")) {
                        strong { (moment(text, report.rotation.created_at.as_millis())) }
                    }
                    p.fine { (overlap(text, report.rotation.overlap)) }
                } }
                td data-label=(columns[1]) { div {
                    (status(text, &report.rotation))
                    @if progress.failed > 0 {
                        p.fine { (text.with("rotation-failed", [("count", progress.failed.into())])) }
                    }
                } }
                td data-label=(columns[2]) { (progress.begun) " / " (progress.applications) }
                td data-label=(columns[3]) { (progress.uncollected) }
                td data-label=(columns[4]) { (progress.old_working) }
            }
        }
    };
    table(&text.get("rotations-title"), &columns, None, rows)
}
