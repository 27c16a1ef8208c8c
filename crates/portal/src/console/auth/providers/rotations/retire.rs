//! Ending old credentials before their time: first a page that shows whose, then the deed.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use web::components::{FieldErrors, danger_button, form, link_button, page_heading};
use web::{Editor, Form, Input, Markup, Page, Text, Tone, Visitor, Width, html, moment_or_never};

use super::{Acting, Refused, place, text};
use crate::model::{ApplicationId, FleetRotationId};
use crate::rest::path_id;
use crate::service::applications::{Credential, ToRetire};
use crate::service::dcr_providers;
use crate::{Error, Portal, store};

/// What the address or the form asks for; nothing if no box was ticked.
fn wanted(input: &Input) -> Option<ToRetire> {
    if input.is_on("safe") {
        return Some(ToRetire::Safe);
    }
    let ids: Vec<ApplicationId> = input.all("id").filter_map(|id| id.parse().ok()).collect();
    (!ids.is_empty()).then_some(ToRetire::Of(ids))
}

pub(super) async fn ask(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path((id, rotation)): Path<(String, String)>,
    Query(input): Query<Input>,
) -> Result<Response, Refused> {
    let provider = dcr_providers::find(&portal, &id).await?;
    let rotation: FleetRotationId = path_id("rotation", &rotation)?;
    let back = place(&provider, rotation, "");
    let text = text(&visitor);
    let Some(wanted) = wanted(&input) else {
        let said = text.get("retire-none");
        let back = visitor.redirect_saying(back, Tone::Warning, said);
        return Ok(back.into_response());
    };
    let heard = portal.publisher().hears_all();
    let report = portal
        .applications()
        .fleet_rotation(provider.id, rotation, heard)
        .await?;
    let action = place(&provider, rotation, "/retire");
    let page = match wanted {
        ToRetire::Safe => {
            let count = report.progress.safe_to_retire;
            let title = text.with("retire-safe-title", [("count", count.into())]);
            let lead = html! { p { (text.get("retire-safe-lead")) } };
            let hidden = html! { input type="hidden" name="safe" value="on"; };
            draw(&visitor, &title, lead, hidden, (&action, &back))
        }
        ToRetire::Of(ids) => {
            let count = [("count", ids.len().into())];
            let title = text.with("retire-chosen-title", count);
            let lead = html! {
                p { (text.get("retire-chosen-lead")) }
                ul { @for id in &ids { (line(text, &portal, *id, heard).await?) } }
            };
            let hidden = html! {
                @for id in &ids { input type="hidden" name="id" value=(id); }
            };
            draw(&visitor, &title, lead, hidden, (&action, &back))
        }
    };
    Ok(page.into_response())
}

fn draw(
    visitor: &Visitor,
    title: &str,
    lead: Markup,
    hidden: Markup,
    (action, back): (&str, &str),
) -> Page {
    let text = text(visitor);
    let main = html! {
        (page_heading(title, None, None))
        div.prose { (lead) p { (text.get("for-good")) } }
        (form(visitor, action, &FieldErrors::new(), html! {
            (hidden)
            div.form-actions {
                (danger_button(&text.get("retire-now")))
                (link_button(back, &text.get("cancel")))
            }
        }))
    };
    visitor.page(title).width(Width::Reading).main(main)
}

/// An application whose old credential ends, and when that was last used.
async fn line(
    text: Text,
    portal: &Portal,
    id: ApplicationId,
    heard: bool,
) -> Result<Markup, Error> {
    let Some(application) = store::applications::find(portal.db(), id).await? else {
        return Ok(html! {});
    };
    let applications = portal.applications();
    let held = applications.credentials(&application, heard).await?;
    let old: Vec<&Credential> = held.iter().filter(|one| one.retires_at.is_some()).collect();
    Ok(html! {
        li {
            strong { (application.name) }
            @for one in old {
                " " span.fine {
                    (text.get("credential-used")) ": "
                    (moment_or_never(text, one.last_used_at.map(oauth::Timestamp::as_millis)))
                }
            }
        }
    })
}

pub(super) async fn retire(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path((id, rotation)): Path<(String, String)>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let provider = dcr_providers::find(&portal, &id).await?;
    let rotation: FleetRotationId = path_id("rotation", &rotation)?;
    let text = text(&visitor);
    let back = place(&provider, rotation, "");
    let Some(wanted) = wanted(&input) else {
        let said = text.get("retire-none");
        let back = visitor.redirect_saying(back, Tone::Warning, said);
        return Ok(back.into_response());
    };
    let heard = portal.publisher().hears_all();
    let applications = portal.applications();
    let ended = applications
        .retire_in_fleet(&acting.ctx, (provider.id, rotation), &wanted, heard)
        .await?;
    let lagging = match ended.revision {
        Some(revision) => portal.publisher().settle(revision).await,
        None => Vec::new(),
    };
    let failed = ended.value.iter().find_map(|one| one.error.as_deref());
    let done = ended.value.iter().filter(|one| one.error.is_none()).count();
    let mut said = text.with("retire-done", [("count", done.into())]);
    if let Some(error) = failed {
        said = format!("{said} {} {error}", text.get("retire-left"));
    }
    if !lagging.is_empty() {
        let nodes: Vec<&str> = lagging.iter().map(|node| node.node.as_str()).collect();
        let late = text.with("retire-lagging", [("nodes", nodes.join(", ").into())]);
        said = format!("{said} {late}");
    }
    let tone = match failed.is_none() && lagging.is_empty() {
        true => Tone::Success,
        false => Tone::Warning,
    };
    Ok(visitor.redirect_saying(back, tone, said).into_response())
}
