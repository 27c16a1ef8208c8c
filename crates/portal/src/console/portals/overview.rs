//! One portal: where it is, and what is in it.

use axum::extract::{Path, State};
use web::components::{Definition, definitions, link_button};
use web::{Administrator, Page, Visitor, html, moment};

use super::list::access;
use super::{Refused, address, heading, name, text};
use crate::console::auth;
use crate::service::sites;
use crate::{Portal, store};

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let counts = sites::Counts::of(&portal, std::iter::once(site.id)).await?;
    let counted = counts.of_one(site.id);
    let strategy = match site.default_auth_strategy_id {
        Some(id) => store::strategies::find(portal.db(), id).await?,
        None => None,
    };
    let text = text(&visitor);
    let own = sites::address(&portal, &site);
    let on = |on: bool| text.get(if on { "yes" } else { "no" });
    let decided = |at_once: bool| {
        text.get(if at_once {
            "portals-at-once"
        } else {
            "portals-after-review"
        })
    };
    let facts = [
        Definition::new(
            text.get("portals-address"),
            html! { a href=(own) { (own) } },
        ),
        Definition::new(text.get("id"), html! { code { (site.id) } }),
        Definition::new(text.get("portals-access"), access(text, &site)),
        Definition::new(text.get("portals-rbac"), html! { (on(site.rbac_enabled)) }),
        Definition::new(
            text.get("portals-auto-developers"),
            html! { (decided(site.auto_approve_developers)) },
        ),
        Definition::new(
            text.get("portals-auto-applications"),
            html! { (decided(site.auto_approve_applications)) },
        ),
        Definition::new(
            text.get("portals-strategy"),
            html! {
                @match &strategy {
                    Some(strategy) => (auth::named(strategy)),
                    None => (text.get("portals-no-strategy")),
                }
            },
        ),
        Definition::new(
            text.get("created"),
            moment(text, site.created_at.as_millis()),
        ),
    ];
    let figures = [
        ("portals-products", counted.products),
        ("portals-developers", counted.developers),
        ("portals-applications", counted.applications),
    ];
    let main = html! {
        (heading(text, &site, ""))
        dl.figures {
            @for (label, count) in figures { div { dt { (text.get(label)) } dd { (count) } } }
        }
        div.panel { (definitions(&facts)) }
        @if reader.role.may_change() {
            section.section aria-labelledby="removal" {
                h2 id="removal" { (text.get("danger-zone")) }
                p.fine.spaced { (text.get("portals-delete-hint")) }
                p.spaced { (link_button(&address(&site, "/delete"), &text.get("portals-delete"))) }
            }
        }
    };
    Ok(visitor.page(name(&site)).main(main))
}
