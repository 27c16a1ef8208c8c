//! How far a rotation is: in numbers, and application by application.

use axum::extract::{Path, State};
use web::components::{
    Definition, Filter, ListQuery, badge, button, choice, definitions, link_button, notice,
    page_heading, table, way,
};
use web::{Administrator, Markup, Page, Text, Tone, Visitor, html, moment, moment_or_never};

use super::{BELOW, Refused, address, overlap, place, status, text};
use crate::Portal;
use crate::console::lists::{framed, listing};
use crate::model::{DcrProvider, FleetState};
use crate::rest::path_id;
use crate::service::applications::{Credential, FleetApplication, FleetReport};
use crate::service::dcr_providers;
use crate::store::fleet_rotations::WITH_OLD;
use crate::store::listing::{Filter as Condition, Listing, Sort, Test};

/// What the list can be narrowed to.
const SHOWN: [&str; 4] = ["old", "uncollected", "failed", "waiting"];

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    list: ListQuery,
    Path((id, rotation)): Path<(String, String)>,
) -> Result<Page, Refused> {
    let provider = dcr_providers::find(&portal, &id).await?;
    let rotation = path_id("rotation", &rotation)?;
    let heard = portal.publisher().hears_all();
    let applications = portal.applications();
    let report = applications
        .fleet_rotation(provider.id, rotation, heard)
        .await?;
    let wanted = narrowed(&list, &report);
    let found = applications.fleet_applications((provider.id, rotation), wanted, heard);
    let (found, total) = found.await?;
    let text = text(&visitor);
    let changes = reader.role.may_change();
    let title = text.get("rotation-title");
    let shown = (!found.is_empty()).then(|| members(text, &provider, &report, &found, changes));
    let labels = text.get("rotation-show");
    let filter = Filter {
        name: "show",
        label: &labels,
        choices: SHOWN
            .iter()
            .map(|word| choice(text, "rotation-show", word, list.get("show") == Some(*word)))
            .collect(),
    };
    let main = html! {
        (way(text, &[
            (&text.get("providers-title"), super::super::LIST),
            (&provider.name, &address(&provider, "")),
            (&text.get("rotations-tab"), &address(&provider, BELOW)),
        ]))
        (page_heading(&title, None, None))
        (summary(text, &provider, &report, changes, heard))
        section.section aria-labelledby="applications" {
            h2 id="applications" { (text.get("rotation-applications")) }
            (framed(text, &list, ("rotation-members", &[filter]), total, shown))
        }
    };
    Ok(visitor.page(&title).main(main))
}

fn narrowed(list: &ListQuery, report: &FleetReport) -> Listing {
    let mut wanted = listing(list, &[], "a.name");
    wanted.sort = vec![Sort {
        column: "a.name",
        descending: false,
    }];
    match list.get("show") {
        Some("old") => {
            wanted.filters.push(Condition {
                column: WITH_OLD,
                test: Test::In(report.rotation.id.into()),
            });
            wanted
        }
        Some("uncollected") => wanted
            .only("t.collected", false)
            .only("t.state", FleetState::Begun),
        Some("failed") => wanted.only("t.state", FleetState::Failed),
        Some("waiting") => wanted.only("t.state", FleetState::Waiting),
        _ => wanted,
    }
}

fn summary(
    text: Text,
    provider: &DcrProvider,
    report: &FleetReport,
    changes: bool,
    heard: bool,
) -> Markup {
    let (rotation, progress) = (&report.rotation, &report.progress);
    let count = |count: i64| html! { (count) };
    let facts = [
        Definition::new(text.get("rotation-status"), status(text, rotation)),
        Definition::new(
            text.get("rotation-begun-at"),
            moment(text, rotation.created_at.as_millis()),
        ),
        Definition::new(
            text.get("rotation-overlap"),
            html! { (overlap(text, rotation.overlap)) },
        ),
        Definition::new(
            text.get("rotation-done"),
            html! { (progress.begun) " / " (progress.applications) },
        ),
        Definition::new(text.get("rotation-failed-label"), count(progress.failed)),
        Definition::new(
            text.get("rotation-uncollected"),
            html! {
                div {
                    (progress.uncollected)
                    p.fine { (text.get("rotation-uncollected-hint")) }
                }
            },
        ),
        Definition::new(text.get("rotation-old"), count(progress.old_working)),
        Definition::new(text.get("rotation-in-use"), count(progress.old_in_use)),
        Definition::new(
            text.get("rotation-safe"),
            html! {
                div {
                    (progress.safe_to_retire)
                    @if !heard { p.fine { (text.get("rotation-unheard")) } }
                }
            },
        ),
    ];
    let all = place(provider, rotation.id, "/retire?safe=on");
    html! {
        @if progress.cut_off > 0 {
            (notice(text, Tone::Danger, html! {
                p { (text.with("rotation-cut-off", [("count", progress.cut_off.into())])) }
            }))
        }
        div.panel.spaced { (definitions(&facts)) }
        @if !report.failures.is_empty() { (failures(text, report)) }
        div.actions.spaced {
            @if changes && progress.safe_to_retire > 0 {
                (link_button(&all, &text.get("retire-safe")))
            }
            (link_button(&place(provider, rotation.id, ""), &text.get("rotation-refresh")))
        }
    }
}

fn failures(text: Text, report: &FleetReport) -> Markup {
    let labels = ["rotation-application", "rotation-error"].map(|id| text.get(id));
    let columns = labels.each_ref().map(String::as_str);
    let rows = html! {
        @for failure in &report.failures {
            tr {
                td data-label=(columns[0]) { strong { (failure.name) } }
                td data-label=(columns[1]) { (failure.error) }
            }
        }
    };
    html! {
        section.section aria-labelledby="failures" {
            h2 id="failures" { (text.get("rotation-failures")) }
            (table(&text.get("rotation-failures"), &columns, None, rows))
        }
    }
}

/// The rows, with boxes for those whose old credential can be ended.
fn members(
    text: Text,
    provider: &DcrProvider,
    report: &FleetReport,
    found: &[FleetApplication],
    changes: bool,
) -> Markup {
    let labels = [
        "rotation-application",
        "rotation-new-secret",
        "rotation-old-secret",
    ];
    let labels = labels.map(|id| text.get(id));
    let columns = labels.each_ref().map(String::as_str);
    let rows = html! {
        @for one in found { (member(text, one, &columns, changes)) }
    };
    let choose = text.get("retire-column");
    let choose = changes.then_some(choose.as_str());
    let shown: Vec<&str> = choose.into_iter().chain(columns).collect();
    let table = table(&text.get("rotation-applications"), &shown, None, rows);
    let any = found.iter().any(|one| old(one).next().is_some());
    if !changes || !any {
        return table;
    }
    html! {
        form method="get" action=(place(provider, report.rotation.id, "/retire")) {
            (table)
            div.form-actions.spaced { (button(&text.get("retire-chosen"))) }
        }
    }
}

fn old(one: &FleetApplication) -> impl Iterator<Item = &Credential> {
    let held = one.credentials.iter();
    held.filter(|held| held.retires_at.is_some())
}

fn member(text: Text, one: &FleetApplication, columns: &[&str; 3], changes: bool) -> Markup {
    let of = &one.member;
    let href = format!(
        "/portals/{}/applications/{}",
        of.portal_id, of.application_id
    );
    let present = one.credentials.first();
    html! {
        tr {
            @if changes {
                td data-label=(text.get("retire-column")) {
                    @if old(one).next().is_some() {
                        input type="checkbox" name="id" value=(of.application_id)
                            aria-label=(text.with("retire-box", [("name", of.name.as_str().into())]));
                    }
                }
            }
            td data-label=(columns[0]) { div {
                a href=(href) { strong { (of.name) } }
                p.fine { (of.portal) }
                @if let Some(error) = &of.error { p.fine { (error) } }
            } }
            td data-label=(columns[1]) { div {
                @match of.state {
                    FleetState::Waiting => (badge(Tone::Neutral, &text.get("member-waiting"))),
                    FleetState::Failed => (badge(Tone::Danger, &text.get("member-failed"))),
                    FleetState::Begun if of.collected => (badge(Tone::Success, &text.get("member-collected"))),
                    FleetState::Begun => (badge(Tone::Warning, &text.get("member-uncollected"))),
                }
                @if let Some(present) = present { (used(text, present)) }
            } }
            td data-label=(columns[2]) { div {
                @for held in old(one) { (going(text, held)) }
                @if of.state == FleetState::Begun && old(one).next().is_none() {
                    (text.get("member-old-gone"))
                }
            } }
        }
    }
}

fn used(text: Text, held: &Credential) -> Markup {
    let at = held.last_used_at.map(oauth::Timestamp::as_millis);
    html! { p.fine { (text.get("credential-used")) ": " (moment_or_never(text, at)) } }
}

fn going(text: Text, held: &Credential) -> Markup {
    html! {
        div {
            code { (held.id) } " "
            @match held.safe_to_retire {
                Some(true) => (badge(Tone::Success, &text.get("credential-safe"))),
                _ => (badge(Tone::Warning, &text.get("credential-unsafe"))),
            }
            (used(text, held))
            @if let Some(until) = held.retires_at {
                p.fine { (text.get("credential-until")) ": " (moment(text, until.as_millis())) }
            }
        }
    }
}
