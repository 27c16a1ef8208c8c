//! Where the audit is sent: settings, a test, how it goes, and sending a while of it once more.

use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use oauth::Timestamp;
use serde_json::{Map, Value, json};
use web::components::{
    Choice, Definition, Field, FieldErrors, badge, button, choice, copyable, definitions, form,
    outcome, page_heading, switch, way,
};
use web::{
    Administrator, Form, Input, Markup, Page, Text, Tone, Visitor, Width, html, moment_or_never,
};

use super::{LIST, Refused, text};
use crate::console::{Acting, Told, sheet};
use crate::model::{AuditReplay, AuditScope, LogFormat};
use crate::service::audit_log::{self, Webhook};
use crate::store::{audit_log as entries, audit_replays};
use crate::{Error, Portal};

pub(super) const PAGE: &str = "/audit/webhook";
const TEST: &str = "/audit/webhook/test";
const REPLAY: &str = "/audit/webhook/replay";
const SCOPE: AuditScope = AuditScope::Organization;

/// How far back a replay begins, in hours.
const REACHES: [(&str, u64); 3] = [("hour", 1), ("day", 24), ("week", 168)];

const FIELDS: [(&str, &str); 3] = [
    ("endpoint", "webhook-endpoint"),
    ("authorization", "webhook-authorization"),
    ("log_format", "webhook-format"),
];

/// What the page tells.
struct Scene {
    webhook: Webhook,
    replay: Option<AuditReplay>,
    waiting: i64,
}

async fn scene(portal: &Portal) -> Result<Scene, Error> {
    Ok(Scene {
        webhook: audit_log::webhook_of(portal, SCOPE).await?,
        replay: audit_replays::find(portal.db(), SCOPE).await?,
        waiting: entries::count_due(portal.db(), SCOPE).await?,
    })
}

pub(super) async fn page(
    State(portal): State<Portal>,
    visitor: Visitor,
    reader: Administrator,
) -> Result<Page, Refused> {
    let scene = scene(&portal).await?;
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
            let labels = FIELDS.map(|(field, id)| (field, text.get(id)));
            let told = Told::of(text, error, &labels, "endpoint")?;
            let scene = scene(&portal).await?;
            let reader = (&visitor, &acting.administrator);
            Ok(draw(reader, &scene, Some(&input), &told).into_response())
        }
    }
}

/// Sends one entry now, and says what came of it.
pub(super) async fn test(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Form(_): Form<Input>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    let (tone, said) = match audit_log::test(&portal, &acting.ctx, SCOPE).await {
        Ok(found) => {
            let code = found.code.map(|code| code.to_string()).unwrap_or_default();
            let told = [
                ("code", code.into()),
                ("message", found.message.clone().into()),
            ];
            match (found.succeeded(), found.code) {
                (true, _) => (Tone::Success, text.with("webhook-test-held", told)),
                (false, Some(_)) => (Tone::Danger, text.with("webhook-test-refused", told)),
                (false, None) => (Tone::Danger, text.with("webhook-test-away", told)),
            }
        }
        Err(Error::Invalid(_)) => (Tone::Danger, text.get("webhook-no-destination")),
        Err(error) => return Err(error.into()),
    };
    Ok(visitor.redirect_saying(PAGE, tone, said).into_response())
}

/// Sends the last hour, day or week once more.
pub(super) async fn replay(
    State(portal): State<Portal>,
    visitor: Visitor,
    acting: Acting,
    Form(input): Form<Input>,
) -> Result<Response, Refused> {
    let text = text(&visitor);
    let asked = input.text("since");
    let reach = REACHES.iter().find(|(name, _)| *name == asked);
    let hours = reach.map_or(1, |(_, hours)| *hours);
    let now = acting.ctx.now;
    let range = (now - Duration::from_secs(hours * 3600), now);
    let (tone, said) = match audit_log::request_replay(&portal, &acting.ctx, SCOPE, range).await {
        Ok(_) => (Tone::Success, "webhook-replay-asked"),
        Err(Error::Conflict(_)) => (Tone::Warning, "webhook-replay-running-already"),
        Err(Error::Invalid(_)) => (Tone::Danger, "webhook-no-destination"),
        Err(error) => return Err(error.into()),
    };
    Ok(visitor
        .redirect_saying(PAGE, tone, text.get(said))
        .into_response())
}

/// The form as a PATCH. An empty header keeps the one that is kept.
fn body(input: &Input) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("endpoint".into(), json!(input.text("endpoint").trim()));
    body.insert("log_format".into(), json!(input.text("log_format")));
    for field in ["enabled", "skip_ssl_verification"] {
        body.insert(field.into(), json!(input.is_on(field)));
    }
    let header = input.text("authorization").trim();
    if !header.is_empty() {
        body.insert("authorization".into(), json!(header));
    }
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
            (state(visitor, reader, scene))
            (again(visitor, reader, scene))
        }
        (verifying(visitor))
    };
    let page = visitor.page(&title).width(Width::Reading);
    outcome(page, errors, told.notice.as_deref()).main(main)
}

fn fields(text: Text, webhook: &Webhook, entered: Option<&Input>, errors: &FieldErrors) -> Markup {
    let destination = webhook.destination.as_ref();
    let kept = destination.is_some_and(|one| one.authorization.is_some());
    let endpoint = match entered {
        Some(input) => input.text("endpoint").to_owned(),
        None => destination
            .map(|one| one.endpoint.clone())
            .unwrap_or_default(),
    };
    let format = match entered {
        Some(input) => LogFormat::parse(input.text("log_format")).unwrap_or_default(),
        None => destination.map(|one| one.log_format).unwrap_or_default(),
    };
    let is_on = |field: &str, present: bool| entered.map_or(present, |input| input.is_on(field));
    let [endpoint_label, header_label, format_label] = FIELDS.map(|(_, id)| text.get(id));
    let endpoint_hint = text.get("webhook-endpoint-hint");
    let header_hint = text.get(if kept {
        "webhook-authorization-kept"
    } else {
        "webhook-authorization-hint"
    });
    let formats: Vec<Choice> = LogFormat::WORDS
        .iter()
        .map(|word| choice(text, "webhook-format", word, *word == format.as_str()))
        .collect();
    let (sends, trusts) = (text.get("webhook-enabled"), text.get("webhook-skip"));
    let enabled = switch(text, "webhook-enabled", is_on("enabled", webhook.enabled()));
    let skips = destination.is_some_and(|one| one.skip_ssl_verification);
    let skips = switch(text, "webhook-skip", is_on("skip_ssl_verification", skips));
    html! {
        (Field::url(text, "endpoint", &endpoint_label).value(&endpoint).hint(&endpoint_hint).error(errors.of("endpoint")).max_length(2048))
        (Field::password(text, "authorization", &header_label).hint(&header_hint).error(errors.of("authorization")).autocomplete("off").optional())
        (Field::select(text, "log_format", &format_label, &formats).error(errors.of("log_format")))
        (Field::checkboxes(text, "enabled", &sends, &enabled).error(errors.of("enabled")))
        (Field::checkboxes(text, "skip_ssl_verification", &trusts, &skips))
    }
}

fn state(visitor: &Visitor, reader: &Administrator, scene: &Scene) -> Markup {
    let text = text(visitor);
    let webhook = &scene.webhook;
    let standing = match (webhook.enabled(), webhook.active()) {
        (true, true) => badge(Tone::Success, &text.get("webhook-active")),
        (true, false) => badge(Tone::Danger, &text.get("webhook-failing")),
        (false, _) => badge(Tone::Neutral, &text.get("webhook-off")),
    };
    let kept = webhook.kept.as_ref();
    let at = kept.and_then(|kept| kept.last_attempt_at);
    let mut rows = vec![
        Definition::new(text.get("webhook-state"), standing),
        Definition::new(text.get("webhook-waiting"), html! { (scene.waiting) }),
        Definition::new(
            text.get("webhook-attempt"),
            moment_or_never(text, at.map(Timestamp::as_millis)),
        ),
    ];
    if let Some(message) = kept.and_then(|kept| kept.last_response_message.as_ref()) {
        let code = kept.and_then(|kept| kept.last_response_code);
        let answer = html! { @if let Some(code) = code { (code) " " } (message) };
        rows.push(Definition::new(text.get("webhook-answer"), answer));
    }
    if let Some(at) = kept
        .and_then(|kept| kept.retry_at)
        .filter(|_| webhook.enabled())
    {
        let at = moment_or_never(text, Some(at.as_millis()));
        rows.push(Definition::new(text.get("webhook-retry"), at));
    }
    html! {
        section.section aria-labelledby="standing" {
            h2 id="standing" { (text.get("webhook-standing")) }
            (definitions(&rows))
            @if reader.role.may_change() {
                (form(visitor, TEST, &FieldErrors::new(), html! {
                    div.form-actions { (button(&text.get("webhook-test"))) }
                }))
            }
        }
    }
}

fn again(visitor: &Visitor, reader: &Administrator, scene: &Scene) -> Markup {
    let text = text(visitor);
    let choices: Vec<Choice> = REACHES
        .iter()
        .map(|(name, _)| choice(text, "since", name, *name == "hour"))
        .collect();
    let label = text.get("webhook-replay-since");
    html! {
        section.section aria-labelledby="replay" {
            h2 id="replay" { (text.get("webhook-replay")) }
            p.fine.spaced { (text.get("webhook-replay-hint")) }
            @if let Some(replay) = &scene.replay {
                p.spaced {
                    (text.get(&format!("webhook-replay-{}", replay.status.as_str()))) " "
                    (text.with("webhook-replay-sent", [("count", replay.sent.into())]))
                }
            }
            @if reader.role.may_change() {
                (form(visitor, REPLAY, &FieldErrors::new(), html! {
                    (Field::select(text, "since", &label, &choices))
                    div.form-actions { (button(&text.get("webhook-replay-do"))) }
                }))
            }
        }
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
