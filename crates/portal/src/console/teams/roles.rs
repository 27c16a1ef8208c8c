//! What the developers of a team may do with each API of the portal.

use std::collections::HashMap;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use web::components::{
    Choice, Column, FieldErrors, ListQuery, badge, button, choice, form, list_table,
};
use web::{Administrator, Form, Input, Markup, Page, Text, Tone, Visitor, html};

use super::list::in_force;
use super::{Acting, Refused, address, heading, text};
use crate::console::lists::{framed, listing};
use crate::model::{ApiProduct, ApiProductId, PortalRole};
use crate::service::{sites, team_roles, teams};
use crate::{Portal, store};

const SORTED: &[(&str, &str)] = &[("name", "t.name"), ("created", "t.created_at")];

/// What can be chosen for a product, and the role that it is.
const CHOICES: [(&str, Option<PortalRole>); 3] = [
    ("none", None),
    ("viewer", Some(PortalRole::Viewer)),
    ("consumer", Some(PortalRole::Consumer)),
];

/// Before a product's id, the name of its field.
const FIELD: &str = "role-";

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path((id, team)): Path<(String, String)>,
    list: ListQuery,
) -> Result<Page, Refused> {
    let site = sites::find(&portal, &id).await?;
    let team = teams::find(&portal, &site, &team).await?;
    let wanted = listing(&list, SORTED, "t.name");
    let wanted = wanted.within(store::api_products::IN_PORTAL, site.id);
    let (found, total) = store::api_products::list(portal.db(), &wanted).await?;
    let held = store::team_roles::of_team(portal.db(), team.id).await?;
    let text = text(&visitor);
    let changing = reader.role.may_change();
    let shown = (!found.is_empty()).then(|| {
        let rows = rows(text, &list, &found, &held, changing);
        match changing {
            false => rows,
            true => form(
                &visitor,
                visitor.here(),
                &FieldErrors::new(),
                html! {
                    (rows)
                    div.form-actions { (button(&text.get("teams-roles-save"))) }
                },
            ),
        }
    });
    let main = html! {
        (heading(&visitor, &site, &team, "/roles"))
        (in_force(text, &site))
        div.spaced { (framed(text, &list, ("teams-roles", &[]), total, shown)) }
    };
    Ok(visitor.page(&team.name).main(main))
}

fn rows(
    text: Text,
    list: &ListQuery,
    found: &[ApiProduct],
    held: &HashMap<ApiProductId, PortalRole>,
    changing: bool,
) -> Markup {
    let labels = ["teams-api", "teams-role"].map(|id| text.get(id));
    let columns = [Column::sorted(&labels[0], "name"), Column::new(&labels[1])];
    let rows = html! {
        @for product in found {
            @let role = held.get(&product.id).copied();
            tr {
                td data-label=(labels[0]) { strong { (product.name) } }
                td data-label=(labels[1]) {
                    @if changing { (select(text, product, role)) } @else { (shown(text, role)) }
                }
            }
        }
    };
    list_table(text, list, &text.get("teams-roles"), &columns, rows)
}

fn select(text: Text, product: &ApiProduct, role: Option<PortalRole>) -> Markup {
    let label = text.with("teams-role-for", [("api", (&product.name).into())]);
    let choices = CHOICES.map(|(word, of)| choice(text, "teams-role", word, of == role));
    html! {
        select name=(format!("{FIELD}{}", product.id)) aria-label=(label) {
            @for Choice { value, label, chosen, .. } in &choices {
                option value=(value) selected[*chosen] { (label) }
            }
        }
    }
}

fn shown(text: Text, role: Option<PortalRole>) -> Markup {
    let word = CHOICES.iter().find(|(_, of)| *of == role);
    let word = word.map_or("none", |(word, _)| word);
    let tone = match role {
        Some(_) => Tone::Info,
        None => Tone::Neutral,
    };
    badge(tone, &text.get(&format!("teams-role-{word}")))
}

pub(super) async fn save(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path((id, team)): Path<(String, String)>,
    list: ListQuery,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let site = sites::find(&portal, &id).await?;
    let team = teams::find(&portal, &site, &team).await?;
    let wanted: Vec<(ApiProductId, Option<PortalRole>)> = input
        .pairs()
        .filter_map(|(name, word)| {
            let product = name.strip_prefix(FIELD)?.parse().ok()?;
            let (_, role) = CHOICES.into_iter().find(|(known, _)| *known == word)?;
            Some((product, role))
        })
        .collect();
    let changed = team_roles::settle(&portal, &acting.ctx, &team, &wanted).await?;
    let changed = i64::try_from(changed).unwrap_or(i64::MAX);
    let said = text(&visitor).with("teams-roles-saved", [("count", changed.into())]);
    let here = list.with(&[("page", list.get("page"))]);
    let to = match here.is_empty() {
        true => address(&site, &team, "/roles"),
        false => here,
    };
    Ok(visitor
        .redirect_saying(to, Tone::Success, said)
        .into_response())
}
