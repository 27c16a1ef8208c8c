//! Taking developers into a team: those who are not in it, to tick.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{Column, FieldErrors, ListQuery, button, form, link_button, list_table};
use web::components::{page_heading, way};
use web::{Editor, Form, Input, Markup, Page, Text, Tone, Visitor, html};

use super::members::{SEARCHED, SORTED};
use super::{Acting, BELOW, Refused, address, text};
use crate::console::lists::{framed, listing};
use crate::console::{people, portals};
use crate::model::{Developer, Site, Team};
use crate::service::{developers, sites, teams};
use crate::{Error, Portal, store};

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    Editor(_): Editor,
    Path((id, team)): Path<(String, String)>,
    list: ListQuery,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let team = teams::find(&portal, &site, &team).await?;
    let wanted = listing(&list, SORTED, SEARCHED).only("t.portal_id", site.id);
    let wanted = store::team_members::outside(wanted, team.id);
    let (found, total) = store::developers::list(portal.db(), &wanted).await?;
    let text = text(&visitor);
    let title = text.with("teams-add-title", [("name", (&team.name).into())]);
    let shown = (!found.is_empty()).then(|| choosing(&visitor, &list, (&site, &team), &found));
    let main = html! {
        (way(text, &[
            (portals::name(&site), &portals::address(&site, "")),
            (&text.get("teams-title"), &portals::address(&site, BELOW)),
            (&team.name, &address(&site, &team, "")),
        ]))
        (page_heading(&title, Some(&text.get("teams-add-lead")), None))
        (framed(text, &list, ("teams-add", &[]), total, shown))
    };
    Ok(visitor.page(&title).main(main))
}

fn choosing(
    visitor: &Visitor,
    list: &ListQuery,
    (site, team): (&Site, &Team),
    found: &[Developer],
) -> Markup {
    let text = text(visitor);
    form(
        visitor,
        visitor.here(),
        &FieldErrors::new(),
        html! {
            (rows((text, visitor), list, found))
            div.form-actions {
                (button(&text.get("teams-add-button")))
                (link_button(&address(site, team, ""), &text.get("cancel")))
            }
        },
    )
}

fn rows((text, visitor): (Text, &Visitor), list: &ListQuery, found: &[Developer]) -> Markup {
    let labels = ["choose", "name", "status"].map(|id| text.get(id));
    let columns = [
        Column::new(&labels[0]),
        Column::sorted(&labels[1], "name"),
        Column::new(&labels[2]),
    ];
    let rows = html! {
        @for developer in found {
            tr {
                td data-label=(labels[0]) {
                    input type="checkbox" name="id" value=(developer.id)
                        aria-label=(text.with("choose-one", [("name", (&developer.full_name).into())]));
                }
                td data-label=(labels[1]) { div {
                    strong { (developer.full_name) }
                    span.fine { (developer.email) }
                } }
                td data-label=(labels[2]) { (people::status(visitor, developer.status)) }
            }
        }
    };
    list_table(text, list, &text.get("teams-add"), &columns, rows)
}

pub(super) async fn add(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path((id, team)): Path<(String, String)>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    let team = teams::find(&portal, &site, &team).await?;
    let text = text(&visitor);
    let mut count = 0_i64;
    for id in input.all("id") {
        let developer = developers::find(&portal, &site, id).await?;
        match teams::join(&portal, &acting.ctx, &team, &developer).await {
            Ok(()) => count += 1,
            // Somebody else was faster.
            Err(Error::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    if count == 0 {
        let again = visitor.here();
        let said = text.get("none-chosen");
        return Ok(visitor
            .redirect_saying(again, Tone::Warning, said)
            .into_response());
    }
    let said = text.with("teams-added", [("count", count.into())]);
    let to = address(&site, &team, "");
    Ok(visitor
        .redirect_saying(to, Tone::Success, said)
        .into_response())
}
