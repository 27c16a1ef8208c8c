//! How a webhook of the audit does: its delivery, a test, and sending a while of the audit once more.

use std::time::Duration;

use oauth::Timestamp;
use web::components::{
    Choice, Definition, Field, FieldErrors, badge, button, choice, definitions, form,
};
use web::{Administrator, Input, Markup, Text, Tone, Visitor, html, moment_or_never};

use super::text;
use crate::model::{AuditReplay, AuditScope};
use crate::service::audit_log::{self, Webhook};
use crate::store::{audit_log as entries, audit_replays};
use crate::{Ctx, Error, Portal};

/// How far back a replay begins, in hours.
const REACHES: [(&str, u64); 3] = [("hour", 1), ("day", 24), ("week", 168)];

/// What a webhook's page tells.
pub(super) struct Scene {
    pub(super) webhook: Webhook,
    replay: Option<AuditReplay>,
    waiting: i64,
}

pub(super) async fn scene(portal: &Portal, scope: AuditScope) -> Result<Scene, Error> {
    Ok(Scene {
        webhook: audit_log::webhook_of(portal, scope).await?,
        replay: audit_replays::find(portal.db(), scope).await?,
        waiting: entries::count_due(portal.db(), scope).await?,
    })
}

/// Sends one entry now, and says what came of it.
pub(super) async fn test(
    portal: &Portal,
    ctx: &Ctx,
    text: Text,
    scope: AuditScope,
) -> Result<(Tone, String), Error> {
    match audit_log::test(portal, ctx, scope).await {
        Ok(found) => {
            let code = found.code.map(|code| code.to_string()).unwrap_or_default();
            let told = [
                ("code", code.into()),
                ("message", found.message.clone().into()),
            ];
            Ok(match (found.succeeded(), found.code) {
                (true, _) => (Tone::Success, text.with("webhook-test-held", told)),
                (false, Some(_)) => (Tone::Danger, text.with("webhook-test-refused", told)),
                (false, None) => (Tone::Danger, text.with("webhook-test-away", told)),
            })
        }
        Err(Error::Invalid(_)) => Ok((Tone::Danger, text.get("webhook-no-destination"))),
        Err(error) => Err(error),
    }
}

/// Sends the last hour, day or week once more, and says whether that begins.
pub(super) async fn replay(
    portal: &Portal,
    ctx: &Ctx,
    (text, input): (Text, &Input),
    scope: AuditScope,
) -> Result<(Tone, String), Error> {
    let asked = input.text("since");
    let reach = REACHES.iter().find(|(name, _)| *name == asked);
    let hours = reach.map_or(1, |(_, hours)| *hours);
    let range = (ctx.now - Duration::from_secs(hours * 3600), ctx.now);
    let (tone, said) = match audit_log::request_replay(portal, ctx, scope, range).await {
        Ok(_) => (Tone::Success, "webhook-replay-asked"),
        Err(Error::Conflict(_)) => (Tone::Warning, "webhook-replay-running-already"),
        Err(Error::Invalid(_)) => (Tone::Danger, "webhook-no-destination"),
        Err(error) => return Err(error),
    };
    Ok((tone, text.get(said)))
}

/// How the delivery goes, with a button that tries it. `here` is the webhook's page.
pub(super) fn state(
    (visitor, reader): (&Visitor, &Administrator),
    scene: &Scene,
    here: &str,
) -> Markup {
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
                (form(visitor, &format!("{here}/test"), &FieldErrors::new(), html! {
                    div.form-actions { (button(&text.get("webhook-test"))) }
                }))
            }
        }
    }
}

/// How the last replay went, with the form of another.
pub(super) fn again(
    (visitor, reader): (&Visitor, &Administrator),
    scene: &Scene,
    here: &str,
) -> Markup {
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
                (form(visitor, &format!("{here}/replay"), &FieldErrors::new(), html! {
                    (Field::select(text, "since", &label, &choices))
                    div.form-actions { (button(&text.get("webhook-replay-do"))) }
                }))
            }
        }
    }
}
