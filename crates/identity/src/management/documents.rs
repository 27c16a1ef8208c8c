//! Settings that are one document each: branding, prompts, attack protection, texts.
//!
//! What this tenant does not do is kept and given back, so that a tenant's configuration comes out
//! of an import as it went in. docs/COMPATIBILITY.md says what has an effect.

mod schemas;

use axum::Json as Reply;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::MethodFilter;
use serde_json::{Value, json};

use crate::management::access::Caller;
use crate::management::body::{Id, Ids, Json};
use crate::management::operations::Operations;
use crate::management::problem::Problem;
use crate::management::schema::{Body, Object};
use crate::model::Members;
use crate::service::documents as service;
use crate::{Error, Tenant};

/// A document that is always there.
struct Settings {
    path: &'static str,
    /// Where it is kept.
    id: &'static str,
    read: &'static [&'static str],
    update: &'static [&'static str],
    schema: &'static Object,
    defaults: fn() -> Value,
}

static ALL: &[Settings] = &[
    Settings {
        path: "/branding",
        id: "branding",
        read: &["read:branding"],
        update: &["update:branding"],
        schema: &schemas::BRANDING,
        defaults: || json!({}),
    },
    Settings {
        path: "/prompts",
        id: "prompts",
        read: &["read:prompts"],
        update: &["update:prompts"],
        schema: &schemas::PROMPTS,
        defaults: || {
            json!({
                "universal_login_experience": "new",
                "identifier_first": false,
                "webauthn_platform_first_factor": false,
            })
        },
    },
    Settings {
        path: "/attack-protection/brute-force-protection",
        id: "attack_protection/brute_force",
        read: &["read:attack_protection"],
        update: &["update:attack_protection"],
        schema: &schemas::BRUTE_FORCE,
        defaults: || {
            json!({
                "enabled": true,
                "shields": ["block", "user_notification"],
                "allowlist": [],
                "mode": "count_per_identifier_and_ip",
                "max_attempts": 10,
            })
        },
    },
    Settings {
        path: "/attack-protection/suspicious-ip-throttling",
        id: "attack_protection/suspicious_ip",
        read: &["read:attack_protection"],
        update: &["update:attack_protection"],
        schema: &schemas::SUSPICIOUS_IP,
        defaults: || {
            json!({
                "enabled": true,
                "shields": ["block", "admin_notification"],
                "allowlist": [],
                "stage": {
                    "pre-login": { "max_attempts": 100, "rate": 864_000 },
                    "pre-user-registration": { "max_attempts": 50, "rate": 1200 },
                },
            })
        },
    },
    Settings {
        path: "/attack-protection/breached-password-detection",
        id: "attack_protection/breached_password",
        read: &["read:attack_protection"],
        update: &["update:attack_protection"],
        schema: &schemas::BREACHED_PASSWORD,
        defaults: || {
            json!({
                "enabled": false,
                "shields": [],
                "admin_notification_frequency": [],
                "method": "standard",
                "stage": {
                    "pre-user-registration": { "shields": [] },
                    "pre-change-password": { "shields": [] },
                },
            })
        },
    },
    Settings {
        path: "/attack-protection/bot-detection",
        id: "attack_protection/bot_detection",
        read: &["read:attack_protection"],
        update: &["update:attack_protection"],
        schema: &schemas::BOT_DETECTION,
        defaults: || {
            json!({
                "bot_detection_level": "medium",
                "challenge_password_policy": "never",
                "challenge_passwordless_policy": "never",
                "challenge_password_reset_policy": "never",
                "allowlist": [],
                "monitoring_mode_enabled": false,
            })
        },
    },
    Settings {
        path: "/attack-protection/phone-provider-protection",
        id: "attack_protection/phone_provider",
        read: &["read:attack_protection"],
        update: &["update:attack_protection"],
        schema: &schemas::PHONE_PROVIDER_PROTECTION,
        defaults: || json!({ "type": "default" }),
    },
    Settings {
        path: "/attack-protection/captcha",
        id: "attack_protection/captcha",
        read: &["read:attack_protection"],
        update: &["update:attack_protection"],
        schema: &schemas::CAPTCHA,
        defaults: || json!({}),
    },
    Settings {
        path: "/risk-assessments/settings",
        id: "risk_assessments",
        read: &["read:risk_assessments"],
        update: &["update:risk_assessments"],
        schema: &schemas::RISK_ASSESSMENTS,
        defaults: || json!({ "enabled": false }),
    },
    Settings {
        path: "/risk-assessments/settings/new-device",
        id: "risk_assessments/new_device",
        read: &["read:risk_assessments"],
        update: &["update:risk_assessments"],
        schema: &schemas::NEW_DEVICE,
        defaults: || json!({ "remember_for": 30 }),
    },
    Settings {
        path: "/supplemental-signals",
        id: "supplemental_signals",
        read: &["read:supplemental_signals"],
        update: &["update:supplemental_signals"],
        schema: &schemas::SUPPLEMENTAL_SIGNALS,
        defaults: || json!({ "akamai_enabled": false }),
    },
];

pub(super) fn add(operations: &mut Operations) {
    for settings in ALL {
        operations.serve(
            MethodFilter::GET,
            settings.path,
            settings.read,
            async move |State(tenant): State<Tenant>, _caller: Caller| {
                let defaults = defaults(settings);
                let whole = service::read(&tenant, settings.id, defaults).await?;
                Ok::<_, Problem>(Reply(whole))
            },
        );
        operations.serve(
            MethodFilter::PATCH,
            settings.path,
            settings.update,
            async move |State(tenant): State<Tenant>, _caller: Caller, Json(body): Json| {
                let mut changes = settings.schema.read(body, Body::Change)?;
                schemas::drop_secrets(&mut changes);
                let defaults = defaults(settings);
                let whole = service::change(&tenant, settings.id, defaults, changes).await?;
                Ok::<_, Problem>(Reply(whole))
            },
        );
    }
    let texts = "/prompts/{id}/custom-text/{id2}";
    operations.serve(MethodFilter::GET, texts, &["read:prompts"], read_texts);
    operations.serve(MethodFilter::PUT, texts, &["update:prompts"], replace_texts);
    let partials = "/prompts/{id}/partials";
    operations.serve(
        MethodFilter::GET,
        partials,
        &["read:prompts"],
        read_partials,
    );
    operations.serve(
        MethodFilter::PUT,
        partials,
        &["update:prompts"],
        replace_partials,
    );
}

fn defaults(settings: &Settings) -> Members {
    match (settings.defaults)() {
        Value::Object(members) => members,
        _ => Members::new(),
    }
}

/// A prompt and a language make one document.
fn texts_id(prompt: &str, language: &str) -> Result<String, Error> {
    Ok(format!("custom_text/{}/{}", word(prompt)?, word(language)?))
}

/// The name of a prompt, or a language tag: it becomes part of a key.
fn word(text: &str) -> Result<&str, Error> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    match !text.is_empty() && text.len() <= 60 && text.chars().all(allowed) {
        true => Ok(text),
        false => Err(Error::Invalid {
            code: "invalid_uri",
            message: "Path validation error: 'No enum match' on property prompt.".into(),
        }),
    }
}

async fn read_texts(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Ids(prompt, language): Ids,
) -> Result<Reply<Members>, Problem> {
    let id = texts_id(&prompt, &language)?;
    Ok(Reply(service::read(&tenant, &id, Members::new()).await?))
}

async fn replace_texts(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Ids(prompt, language): Ids,
    Json(body): Json,
) -> Result<StatusCode, Problem> {
    let content = schemas::any(body)?;
    service::replace(&tenant, &texts_id(&prompt, &language)?, content).await?;
    Ok(StatusCode::OK)
}

async fn read_partials(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(prompt): Id,
) -> Result<Reply<Members>, Problem> {
    let id = format!("partials/{}", word(&prompt)?);
    Ok(Reply(service::read(&tenant, &id, Members::new()).await?))
}

async fn replace_partials(
    State(tenant): State<Tenant>,
    _caller: Caller,
    Id(prompt): Id,
    Json(body): Json,
) -> Result<StatusCode, Problem> {
    let content = schemas::any(body)?;
    let id = format!("partials/{}", word(&prompt)?);
    service::replace(&tenant, &id, content).await?;
    Ok(StatusCode::OK)
}
