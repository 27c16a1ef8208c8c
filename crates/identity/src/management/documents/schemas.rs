//! What the documents may hold.
//!
//! Source: the vendor's OpenAPI document for the PATCH of each.

use serde_json::Value;

use crate::Error;
use crate::management::schema::{
    ABSOLUTE_URI_OR_EMPTY, Object, Rule, any_object, anything, array, boolean, integer, object,
    one_of, optional, text,
};
use crate::model::Members;

static SHORT: Rule = text(255);

/// Any JSON object.
pub(super) fn any(body: Value) -> Result<Members, Error> {
    match body {
        Value::Object(members) => Ok(members),
        _ => Err(Error::invalid_body(
            "Payload validation error: 'Expected type object'.",
        )),
    }
}

static COLORS: Object = Object {
    members: &[
        optional("primary", text(20).nullable()),
        optional("page_background", anything()),
    ],
};
static FONT: Object = Object {
    members: &[optional(
        "url",
        text(2048).format(&ABSOLUTE_URI_OR_EMPTY).nullable(),
    )],
};
pub(super) static BRANDING: Object = Object {
    members: &[
        optional("colors", object(&COLORS).nullable()),
        optional(
            "favicon_url",
            text(2048).format(&ABSOLUTE_URI_OR_EMPTY).nullable(),
        ),
        optional(
            "logo_url",
            text(2048).format(&ABSOLUTE_URI_OR_EMPTY).nullable(),
        ),
        optional("font", object(&FONT).nullable()),
        optional("identifiers", any_object()),
    ],
};

pub(super) static PROMPTS: Object = Object {
    members: &[
        optional("universal_login_experience", one_of(&["new", "classic"])),
        optional("identifier_first", boolean().nullable()),
        optional("webauthn_platform_first_factor", boolean().nullable()),
    ],
};

static SHIELD: Rule = one_of(&["block", "user_notification", "admin_notification"]);
static ADDRESS: Rule = text(64).min(2);

pub(super) static BRUTE_FORCE: Object = Object {
    members: &[
        optional("enabled", boolean()),
        optional("shields", array(&SHIELD, 3)),
        optional("allowlist", array(&ADDRESS, 100)),
        optional(
            "mode",
            one_of(&["count_per_identifier_and_ip", "count_per_identifier"]),
        ),
        optional("max_attempts", integer(1, 100)),
    ],
};

static STAGE: Object = Object {
    members: &[
        optional("max_attempts", integer(0, 1_000_000)),
        optional("rate", integer(1, 1_000_000_000)),
    ],
};
static STAGES: Object = Object {
    members: &[
        optional("pre-login", object(&STAGE)),
        optional("pre-user-registration", object(&STAGE)),
        optional("pre-custom-token-exchange", object(&STAGE)),
    ],
};
pub(super) static SUSPICIOUS_IP: Object = Object {
    members: &[
        optional("enabled", boolean()),
        optional("shields", array(&SHIELD, 3)),
        optional("allowlist", array(&ADDRESS, 100)),
        optional("stage", object(&STAGES)),
    ],
};

pub(super) static BREACHED_PASSWORD: Object = Object {
    members: &[
        optional("enabled", boolean()),
        optional("shields", array(&SHORT, 10)),
        optional("admin_notification_frequency", array(&SHORT, 10)),
        optional("method", one_of(&["standard", "enhanced"])),
        optional("stage", any_object()),
    ],
};

pub(super) static BOT_DETECTION: Object = Object {
    members: &[
        optional("bot_detection_level", one_of(&["low", "medium", "high"])),
        optional("challenge_password_policy", text(40)),
        optional("challenge_passwordless_policy", text(40)),
        optional("challenge_password_reset_policy", text(40)),
        optional("allowlist", array(&ADDRESS, 100)),
        optional("monitoring_mode_enabled", boolean()),
    ],
};

pub(super) static PHONE_PROVIDER_PROTECTION: Object = Object {
    members: &[optional("type", one_of(&["default", "exponential"]))],
};

static CAPTCHA_PROVIDER: Object = Object {
    members: &[
        optional("site_key", text(100)),
        optional("secret", text(100)),
        optional("api_key", text(100)),
        optional("project_id", text(100)),
        optional("client_subdomain", text(255)),
        optional("verify_subdomain", text(255)),
        optional("fail_open", boolean()),
    ],
};
const CAPTCHA_PROVIDER_RULE: Rule = object(&CAPTCHA_PROVIDER).nullable();
pub(super) static CAPTCHA: Object = Object {
    members: &[
        optional("active_provider_id", text(40).nullable()),
        optional("arkose", CAPTCHA_PROVIDER_RULE),
        optional("auth_challenge", any_object().nullable()),
        optional("friendly_captcha", CAPTCHA_PROVIDER_RULE),
        optional("hcaptcha", CAPTCHA_PROVIDER_RULE),
        optional("recaptcha_enterprise", CAPTCHA_PROVIDER_RULE),
        optional("recaptcha_v2", CAPTCHA_PROVIDER_RULE),
        optional("simple_captcha", any_object().nullable()),
    ],
};

/// Takes away what a captcha's provider gave as secrets: no captcha is shown, so nobody would use them,
/// and the vendor shows them to nobody either.
pub(super) fn drop_secrets(members: &mut Members) {
    for provider in members.values_mut().filter_map(Value::as_object_mut) {
        provider.retain(|name, _| !matches!(name.as_str(), "secret" | "api_key"));
    }
}

pub(super) static SUPPLEMENTAL_SIGNALS: Object = Object {
    members: &[optional("akamai_enabled", boolean())],
};

pub(super) static RISK_ASSESSMENTS: Object = Object {
    members: &[optional("enabled", boolean())],
};

pub(super) static NEW_DEVICE: Object = Object {
    members: &[optional("remember_for", integer(1, 365))],
};
