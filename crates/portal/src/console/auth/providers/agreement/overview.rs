//! Whether they agree, what is left to do, what is done by itself, and how it went before.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use dcr::Sight;
use web::components::{
    Definition, FieldErrors, badge, button, definitions, form, link_button, notice, table,
};
use web::{
    Administrator, Form, Input, Markup, Page, Text, Tone, Visitor, html, moment, moment_or_never,
};

use super::leftovers::{self, Leftovers};
use super::{Acting, BELOW, PLAN, Refused, Told, address, heading, policy, text};
use crate::model::{DcrProvider, DriftKind, PastPasses};
use crate::service::applications::Reconciliation;
use crate::service::dcr_providers;
use crate::{Error, Portal};

/// Past passes that are listed.
const LISTED: usize = 20;

/// Everything that the page shows.
pub(super) struct Scene {
    pub(super) provider: DcrProvider,
    pub(super) now: Reconciliation,
    passes: Vec<PastPasses>,
    leftovers: Leftovers,
}

pub(super) async fn scene(portal: &Portal, id: &str) -> Result<Scene, Error> {
    let provider = dcr_providers::find(portal, id).await?;
    let applications = portal.applications();
    Ok(Scene {
        now: applications.reconciliation(provider.id).await?,
        passes: applications.passes(provider.id).await?,
        leftovers: Leftovers::of(portal, provider.id).await?,
        provider,
    })
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let scene = scene(&portal, &id).await?;
    Ok(draw((&visitor, &reader), &scene, &Told::default()))
}

/// Looks now, at what changed or at all, and does what is done by itself.
pub(super) async fn pass(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let provider = dcr_providers::find(&portal, &id).await?;
    let text = text(&visitor);
    let (tone, said) = match portal.applications().pass(&acting.ctx, provider.id).await {
        Ok(()) => (Tone::Success, text.get("agreement-looked")),
        // The page itself says why.
        Err(Error::Provider(_)) => (Tone::Warning, text.get("agreement-away")),
        Err(error) => return Err(error.into()),
    };
    let back = address(&provider, BELOW);
    Ok(visitor.redirect_saying(back, tone, said).into_response())
}

pub(super) fn draw(
    (visitor, reader): (&Visitor, &Administrator),
    scene: &Scene,
    told: &Told,
) -> Page {
    let text = text(visitor);
    let Scene {
        provider,
        now,
        passes,
        leftovers,
    } = scene;
    let changes = reader.role.may_change();
    let main = html! {
        (heading(text, provider, BELOW))
        section.section aria-labelledby="now" {
            h2 id="now" { (text.get("agreement-now")) }
            (verdict(text, provider, now, changes))
            div.panel.spaced { (definitions(&facts(text, now))) }
            @if changes {
                div.spaced {
                    (form(visitor, &address(provider, "/agreement/pass"), &FieldErrors::new(), html! {
                        div.form-actions { (button(&text.get("agreement-look"))) }
                    }))
                }
            }
        }
        (leftovers::section(text, provider, leftovers, changes))
        (policy::section((visitor, reader), provider, now.policy, told))
        (history(text, passes))
    };
    let page = visitor.page(&provider.name);
    web::components::outcome(page, &told.fields, told.notice.as_deref()).main(main)
}

fn verdict(text: Text, provider: &DcrProvider, now: &Reconciliation, changes: bool) -> Markup {
    let (tone, word) = super::word(text, super::open(now));
    let error = now.last.as_ref().and_then(|last| last.error.as_deref());
    let part = |kind: DriftKind| {
        let count = now.count(kind);
        let words = text.with(&format!("drift-count-{kind}"), [("count", count.into())]);
        html! { @if count > 0 { li { (words) } } }
    };
    html! {
        div.spaced {
            (notice(text, tone, html! {
                p { strong { (word) } }
                @if !now.open.is_empty() {
                    ul {
                        (part(DriftKind::Missing)) (part(DriftKind::Changed)) (part(DriftKind::Orphaned))
                    }
                    div.actions {
                        @let label = if changes { "plan-review" } else { "plan-see" };
                        (link_button(&address(provider, PLAN), &text.get(label)))
                    }
                }
                @if now.standing.is_none() { p { (text.get("agreement-unknown-next")) } }
            }))
        }
        @if let Some(error) = error {
            div.spaced {
                (notice(text, Tone::Danger, html! {
                    p { strong { (text.get("agreement-last-error")) } }
                    p { (error) }
                }))
            }
        }
    }
}

fn facts(text: Text, now: &Reconciliation) -> Vec<Definition> {
    let moment = |at: oauth::Timestamp| moment(text, at.as_millis());
    let Some(standing) = &now.standing else {
        let never = moment_or_never(text, None);
        return vec![Definition::new(text.get("agreement-looked-at"), never)];
    };
    let sight = [Sight::All, Sight::Known, Sight::Told].map(Sight::as_str);
    let seen = sight.iter().find(|word| **word == standing.sight);
    let seen = seen.map(|word| text.get(&format!("sight-{word}")));
    let how = match (&standing.mark, &standing.untold) {
        (Some(_), _) => html! { (text.get("agreement-incremental")) },
        (None, why) => html! {
            div {
                (text.get("agreement-whole"))
                @if let Some(why) = why { p.fine { (why) } }
            }
        },
    };
    vec![
        Definition::new(text.get("agreement-looked-at"), moment(standing.looked_at)),
        Definition::new(text.get("agreement-full-at"), moment(standing.full_at)),
        Definition::new(
            text.get("agreement-applications"),
            html! { (standing.applications) },
        ),
        Definition::new(text.get("agreement-clients"), html! { (standing.clients) }),
        Definition::new(
            text.get("agreement-sight"),
            html! {
                div {
                    (seen.unwrap_or_default())
                    @if let Some(limits) = &standing.limits { p.fine { (limits) } }
                }
            },
        ),
        Definition::new(text.get("agreement-how"), how),
    ]
}

fn history(text: Text, passes: &[PastPasses]) -> Markup {
    let labels = ["pass-when", "pass-found", "pass-settled", "pass-left"].map(|id| text.get(id));
    let columns = labels.each_ref().map(String::as_str);
    let rows = html! {
        @for pass in passes.iter().take(LISTED) {
            tr {
                td data-label=(columns[0]) { div {
                    (moment(text, pass.at.as_millis()))
                    @if pass.times > 1 {
                        p.fine {
                            (text.with("pass-times", [("count", pass.times.into())])) " "
                            (moment(text, pass.since.as_millis()))
                        }
                    }
                } }
                td data-label=(columns[1]) { (pass.found) }
                td data-label=(columns[2]) { (pass.settled) }
                td data-label=(columns[3]) { div {
                    @if let Some(error) = &pass.error { (badge(Tone::Danger, &text.get("pass-trouble"))) " " (error) }
                    @else if pass.found == pass.settled { (badge(Tone::Success, &text.get("pass-agreed"))) }
                    @else { (text.with("pass-open", [("count", (pass.found - pass.settled).into())])) }
                } }
            }
        }
    };
    html! {
        section.section aria-labelledby="passes" {
            h2 id="passes" { (text.get("passes-title")) }
            @if passes.is_empty() { p.fine.spaced { (text.get("passes-none")) } }
            @else { (table(&text.get("passes-title"), &columns, None, rows)) }
        }
    }
}
