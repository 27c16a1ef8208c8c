//! What was removed a while ago, and the button that brings it back.

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use web::components::{Column, ListQuery, list_table, page_heading};
use web::{Administrator, Form, Input, Markup, Page, Redirect, Tone, Visitor, html, moment};

use super::lists::framed;
use super::portals::text;
use super::{Acting, Refused};
use crate::model::{PortalId, Removal, RemovalId, Removed, TeamId};
use crate::service::removals;
use crate::store::listing::{Filter, Listing, Sort, Test};
use crate::{Error, Portal, store};

const LIST: &str = "/removed";

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route(LIST, get(page))
        .route("/removed/{id}/undo", post(undo))
}

/// Where the form goes that undoes a removal.
pub(super) fn action(id: RemovalId) -> String {
    format!("{LIST}/{id}/undo")
}

async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    list: ListQuery,
) -> Result<Page, Refused> {
    let text = text(&visitor);
    let mut wanted = Listing {
        filters: vec![Filter {
            column: "t.removed_at",
            test: Test::AtLeast(removals::since(portal.clock().now()).into()),
        }],
        sort: vec![Sort {
            column: "t.removed_at",
            descending: list.sort(&["when"]).is_none_or(|(_, last)| last),
        }],
        size: super::lists::SIZE,
        number: list.page(),
    };
    if let Some(search) = list.search() {
        wanted.filters.push(Filter {
            column: "t.removed || ' ' || t.removed_by",
            test: Test::Contains(vec![search.to_owned()]),
        });
    }
    let (found, total) = store::removals::list(portal.db(), &wanted).await?;
    let title = text.get("removals-title");
    let shown = (!found.is_empty()).then(|| rows((&visitor, &reader), &list, &found));
    let main = html! {
        (page_heading(&title, Some(&text.get("removals-lead")), None))
        (framed(text, &list, ("removals", &[]), total, shown))
    };
    Ok(visitor.page(&title).main(main))
}

fn rows(
    (visitor, reader): (&Visitor, &Administrator),
    list: &ListQuery,
    found: &[Removal],
) -> Markup {
    let text = text(visitor);
    let labels = ["name", "removals-kind", "removals-by", "removals-when"].map(|id| text.get(id));
    let undo = text.get("removals-undo");
    let columns = [
        Column::new(&labels[0]),
        Column::new(&labels[1]),
        Column::new(&labels[2]),
        Column::moments(&labels[3], "when"),
        Column::new(&undo),
    ];
    let rows = html! {
        @for one in found {
            tr {
                td data-label=(labels[0]) { strong { (one.removed.name()) } }
                td data-label=(labels[1]) { (text.get(&format!("removals-{}", one.removed.kind()))) }
                td data-label=(labels[2]) { (one.by) }
                td data-label=(labels[3]) { (moment(text, one.removed_at.as_millis())) }
                td data-label=(undo) {
                    @if reader.role.may_change() {
                        form method="post" action=(action(one.id)) {
                            (visitor.csrf_field())
                            button.button.button-small.button-secondary type="submit"
                                aria-label=(text.with("removals-undo-of", [("name", one.removed.name().into())])) { (undo) }
                        }
                    }
                }
            }
        }
    };
    list_table(text, list, &text.get("removals-title"), &columns, rows)
}

async fn undo(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(_): Form<Input>,
) -> Result<Redirect, Refused> {
    let text = text(&visitor);
    let (removal, revision) = match removals::undo(&portal, &acting.ctx, &id).await {
        Ok(undone) => undone,
        Err(Error::Conflict(_)) => {
            let said = text.get("removals-taken");
            return Ok(visitor.redirect_saying(LIST, Tone::Warning, said));
        }
        Err(Error::NotFound(_)) => {
            let said = text.get("removals-over");
            return Ok(visitor.redirect_saying(LIST, Tone::Warning, said));
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(revision) = revision {
        portal.publisher().settle(revision).await;
    }
    let said = text.with("removals-back", [("name", removal.removed.name().into())]);
    let to = place(&portal, &removal.removed).await?;
    Ok(visitor.redirect_saying(to, Tone::Success, said))
}

fn team(portal_id: PortalId, id: TeamId) -> String {
    format!("{}/{portal_id}/teams/{id}", super::portals::LIST)
}

/// The page of what is back.
async fn place(portal: &Portal, removed: &Removed) -> Result<String, Error> {
    Ok(match removed {
        Removed::Documents(all) => match all.first() {
            Some(first) => format!(
                "/api-products/{}/documents/{}",
                first.api_product_id, first.id
            ),
            None => LIST.to_owned(),
        },
        Removed::Specification(one) => {
            let id = one.product_version_id;
            match store::product_versions::find(portal.db(), id).await? {
                Some(version) => format!("/api-products/{}/versions/{id}", version.api_product_id),
                None => LIST.to_owned(),
            }
        }
        Removed::Service(one) => format!("/gateway/services/{}", one.id),
        Removed::Route(one) => format!("/gateway/routes/{}", one.id),
        Removed::Team(one) => team(one.team.portal_id, one.team.id),
        Removed::TeamMember(one) => team(one.portal_id, one.team_id),
        Removed::Publication(one) => format!("/api-products/{}/portals", one.product_id),
    })
}
