//! Where a portal's audit is sent: one of the organisation's destinations.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, json};
use web::components::{Choice, Field, button, link_button, outcome, switch};
use web::{Administrator, Form, Input, Markup, Page, Text, Tone, Visitor, Width, html};

use super::state::{Scene, again, scene, state};
use super::{Refused, destinations, text};
use crate::Portal;
use crate::console::{Acting, Told, portals, sheet};
use crate::model::{AuditDestination, AuditScope, Site};
use crate::service::{audit_log, sites};
use crate::store::audit_webhooks;

/// What comes after the portal's address.
const HERE: &str = "/audit-webhook";
const FIELD: &str = "audit_log_destination_id";

/// The page of a portal's webhook.
pub(super) fn address(site: &Site) -> String {
    portals::address(site, HERE)
}

/// What the page shows.
struct Shown {
    site: Site,
    scene: Scene,
    destinations: Vec<AuditDestination>,
}

async fn shown(portal: &Portal, id: &str) -> Result<Shown, Refused> {
    let site = sites::find(portal, id).await?;
    Ok(Shown {
        scene: scene(portal, AuditScope::Portal(site.id)).await?,
        destinations: audit_webhooks::destinations(portal.db()).await?,
        site,
    })
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
    Path(id): Path<String>,
) -> Result<Page, Refused> {
    let shown = shown(&portal, &id).await?;
    Ok(draw((&visitor, &reader), &shown, None, &Told::default()))
}

/// Without a destination the webhook is taken away, and what it had still to send is not sent.
pub(super) async fn save(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Path(id): Path<String>,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let shown = shown(&portal, &id).await?;
    let (text, ctx, site) = (text(&visitor), &acting.ctx, &shown.site);
    let (chosen, enabled) = (input.text(FIELD), input.is_on("enabled"));
    let saved = match (chosen, enabled) {
        ("", false) => audit_log::take_away(&portal, ctx, site).await,
        _ => {
            let chosen = Some(chosen).filter(|id| !id.is_empty());
            let body = Map::from_iter([
                (FIELD.to_owned(), json!(chosen)),
                ("enabled".to_owned(), json!(enabled)),
            ]);
            let changed = audit_log::change_portal(&portal, ctx, site, body).await;
            changed.map(|_| ())
        }
    };
    match saved {
        Ok(()) => Ok(visitor
            .redirect_saying(address(site), Tone::Success, text.get("webhook-saved"))
            .into_response()),
        Err(error) => {
            let labels = [(FIELD, text.get("destination"))];
            let told = Told::of(text, error, &labels, FIELD)?;
            let reader = (&visitor, &acting.administrator);
            Ok(draw(reader, &shown, Some(&input), &told).into_response())
        }
    }
}

fn draw(
    reader: (&Visitor, &Administrator),
    shown: &Shown,
    entered: Option<&Input>,
    told: &Told,
) -> Page {
    let (visitor, administrator) = reader;
    let text = text(visitor);
    let (site, scene) = (&shown.site, &shown.scene);
    let here = address(site);
    let fields = fields(text, shown, entered, told);
    let may_change = administrator.role.may_change();
    let main = html! {
        (portals::heading(portals::text(visitor), site, HERE))
        p.fine.spaced { (text.get("webhook-portal-lead")) }
        (told.above(text))
        section.section {
            (sheet(reader, (&here, false), &told.fields, fields, button(&text.get("save"))))
            @if may_change { p.spaced { (link_button(destinations::LIST, &text.get("destinations-title"))) } }
        }
        @if scene.webhook.destination.is_some() {
            (state(reader, scene, &here))
            (again(reader, scene, &here))
        }
    };
    let page = visitor.page(portals::name(site)).width(Width::Reading);
    outcome(page, &told.fields, told.notice.as_deref()).main(main)
}

fn fields(text: Text, shown: &Shown, entered: Option<&Input>, told: &Told) -> Markup {
    let webhook = &shown.scene.webhook;
    let kept = webhook.destination.as_ref().map(|one| one.id.to_string());
    let chosen = entered.map_or_else(
        || kept.unwrap_or_default(),
        |input| input.text(FIELD).to_owned(),
    );
    let mut choices = vec![Choice {
        label: text.get("destination-none"),
        ..Choice::default()
    }];
    choices.extend(shown.destinations.iter().map(|one| {
        let value = one.id.to_string();
        Choice {
            label: one.name.clone().unwrap_or_default(),
            hint: None,
            chosen: value == chosen,
            value,
        }
    }));
    let (label, sends) = (text.get("destination"), text.get("webhook-enabled"));
    let hint = text.get("destination-hint");
    let is_on = entered.map_or(webhook.enabled(), |input| input.is_on("enabled"));
    let enabled = switch(text, "webhook-enabled", is_on);
    html! {
        (Field::select(text, FIELD, &label, &choices).hint(&hint).error(told.fields.of(FIELD)))
        (Field::checkboxes(text, "enabled", &sends, &enabled).error(told.fields.of("enabled")))
    }
}
