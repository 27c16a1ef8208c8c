//! Where the organisation's audit is sent.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use web::components::{Field, FieldErrors, button, copyable, outcome, page_heading, switch, way};
use web::{Administrator, Form, Input, Markup, Page, Text, Tone, Visitor, Width, html};

use super::super::collector;
use super::state::{Scene, again, scene, state};
use super::{LIST, PAGE, Refused, text};
use crate::Portal;
use crate::console::{Acting, Told, sheet};
use crate::model::AuditScope;
use crate::service::audit_log::{self, Webhook};

const SCOPE: AuditScope = AuditScope::Organization;

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
) -> Result<Page, Refused> {
    let scene = scene(&portal, SCOPE).await?;
    Ok(draw((&visitor, &reader), &scene, None, &Told::default()))
}

pub(super) async fn save(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    match audit_log::change_organization(&portal, &acting.ctx, body(&input)).await {
        Ok(_) => Ok(visitor
            .redirect_saying(PAGE, Tone::Success, text.get("webhook-saved"))
            .into_response()),
        Err(error) => {
            let told = Told::of(text, error, &collector::labels(text), "endpoint")?;
            let scene = scene(&portal, SCOPE).await?;
            let reader = (&visitor, &acting.administrator);
            Ok(draw(reader, &scene, Some(&input), &told).into_response())
        }
    }
}

/// The form as a PATCH.
fn body(input: &Input) -> Map<String, Value> {
    let mut body = collector::body(input);
    body.insert("enabled".into(), input.is_on("enabled").into());
    body
}

fn draw(
    (visitor, reader): (&Visitor, &Administrator),
    scene: &Scene,
    entered: Option<&Input>,
    told: &Told,
) -> Page {
    let text = text(visitor);
    let title = text.get("webhook-title");
    let errors = &told.fields;
    let fields = fields(text, &scene.webhook, entered, errors);
    let main = html! {
        (way(text, &[(&text.get("audit-title"), LIST)]))
        (page_heading(&title, Some(&text.get("webhook-lead")), None))
        (told.above(text))
        section.section {
            (sheet((visitor, reader), (PAGE, false), errors, fields, button(&text.get("save"))))
        }
        @if scene.webhook.destination.is_some() {
            (state((visitor, reader), scene, PAGE))
            (again((visitor, reader), scene, PAGE))
        }
        (verifying(visitor))
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}

fn fields(text: Text, webhook: &Webhook, entered: Option<&Input>, errors: &FieldErrors) -> Markup {
    let sends = text.get("webhook-enabled");
    let is_on = entered.map_or(webhook.enabled(), |input| input.is_on("enabled"));
    let enabled = switch(text, "webhook-enabled", is_on);
    html! {
        (collector::fields(text, webhook.destination.as_ref(), entered, errors))
        (Field::checkboxes(text, "enabled", &sends, &enabled).error(errors.of("enabled")))
    }
}

fn verifying(visitor: &Visitor) -> Markup {
    let text = text(visitor);
    html! {
        section.section aria-labelledby="verifying" {
            h2 id="verifying" { (text.get("webhook-verify")) }
            p.fine.spaced { (text.get("webhook-verify-hint")) }
            (copyable(text, "jwks", &text.get("webhook-keys"), crate::platform::AUDIT_KEYS))
        }
    }
}
