//! `/api/v2/guardian/factors/…`: providers and texts of second factors, for tools that move a tenant.
//!
//! No factor can be switched on here, so they have no effect. What of them is secret would be used by
//! nobody: it is thrown away, as the vendor shows it to nobody.
//!
//! Source: the vendor's OpenAPI document, `PUT /guardian/factors/…`.

use axum::Json as Reply;
use axum::extract::State;
use axum::routing::MethodFilter;
use serde_json::{Value, json};

use crate::Tenant;
use crate::management::access::Caller;
use crate::management::body::Json;
use crate::management::operations::Operations;
use crate::management::problem::Problem;
use crate::management::schema::{
    Body, Object, Rule, array, boolean, one_of, optional, required, text,
};
use crate::model::Members;
use crate::service::documents as service;

/// A document of one factor.
struct Settings {
    path: &'static str,
    /// Where it is kept. Text messages are an older name of the telephone.
    id: &'static str,
    schema: &'static Object,
    /// Members that are not kept.
    secrets: &'static [&'static str],
    defaults: fn() -> Value,
    /// What the vendor lets callers do.
    methods: &'static [MethodFilter],
}

const GET_PUT: &[MethodFilter] = &[MethodFilter::GET, MethodFilter::PUT];
const PUT_PATCH: &[MethodFilter] = &[MethodFilter::PUT, MethodFilter::PATCH];
const ALL_THREE: &[MethodFilter] = &[MethodFilter::GET, MethodFilter::PUT, MethodFilter::PATCH];

static TWILIO: Object = Object {
    members: &[
        optional("from", text(64).nullable()),
        optional("messaging_service_sid", text(1000).nullable()),
        optional("auth_token", text(1000).nullable()),
        optional("sid", text(1000).nullable()),
    ],
};
static TEXTS: Object = Object {
    members: &[
        required("enrollment_message", text(1000)),
        required("verification_message", text(1000)),
    ],
};
static PHONE_PROVIDER: Object = Object {
    members: &[required(
        "provider",
        one_of(&["auth0", "twilio", "phone-message-hook"]),
    )],
};
static MESSAGE_TYPE: Rule = one_of(&["sms", "voice"]);
static MESSAGE_TYPES: Object = Object {
    members: &[required("message_types", array(&MESSAGE_TYPE, 2))],
};
static PUSH_PROVIDER: Object = Object {
    members: &[required("provider", one_of(&["guardian", "sns", "direct"]))],
};
static SNS: Object = Object {
    members: &[
        optional("aws_access_key_id", text(1000).nullable()),
        optional("aws_secret_access_key", text(1000).nullable()),
        optional("aws_region", text(1000).nullable()),
        optional("sns_apns_platform_application_arn", text(1000).nullable()),
        optional("sns_gcm_platform_application_arn", text(1000).nullable()),
    ],
};
static APNS: Object = Object {
    members: &[
        optional("sandbox", boolean()),
        optional("bundle_id", text(1000).nullable()),
        optional("p12", text(10_000).nullable()),
    ],
};
static FCM: Object = Object {
    members: &[optional("server_key", text(1000).nullable())],
};
static FCM_V1: Object = Object {
    members: &[optional("server_credentials", text(10_000).nullable())],
};
static DUO: Object = Object {
    members: &[
        optional("ikey", text(1000)),
        optional("skey", text(1000)),
        optional("host", text(1000)),
    ],
};
static WEBAUTHN: Object = Object {
    members: &[
        optional("overrideRelyingParty", boolean()),
        optional("relyingPartyIdentifier", text(255)),
        optional("userVerification", text(40)),
    ],
};

/// Settings without secrets, empty until they are put.
const fn plain(path: &'static str, id: &'static str, schema: &'static Object) -> Settings {
    Settings {
        path,
        id,
        schema,
        secrets: &[],
        defaults: || json!({}),
        methods: GET_PUT,
    }
}

const fn phone_provider(path: &'static str) -> Settings {
    Settings {
        defaults: || json!({ "provider": "auth0" }),
        ..plain(path, "guardian/phone_provider", &PHONE_PROVIDER)
    }
}

/// Typed clients ask for both texts from the start.
const fn phone_texts(path: &'static str) -> Settings {
    Settings {
        defaults: || {
            json!({
                "enrollment_message": "{{code}} enrolls your phone with {{tenant.friendly_name}}.",
                "verification_message": "{{code}} is your code for {{tenant.friendly_name}}.",
            })
        },
        ..plain(path, "guardian/phone_texts", &TEXTS)
    }
}

const fn twilio(path: &'static str) -> Settings {
    Settings {
        secrets: &["auth_token"],
        ..plain(path, "guardian/twilio", &TWILIO)
    }
}

static ALL: &[Settings] = &[
    twilio("/guardian/factors/phone/providers/twilio"),
    twilio("/guardian/factors/sms/providers/twilio"),
    phone_provider("/guardian/factors/phone/selected-provider"),
    phone_provider("/guardian/factors/sms/selected-provider"),
    phone_texts("/guardian/factors/phone/templates"),
    phone_texts("/guardian/factors/sms/templates"),
    Settings {
        defaults: || json!({ "message_types": [] }),
        ..plain(
            "/guardian/factors/phone/message-types",
            "guardian/message_types",
            &MESSAGE_TYPES,
        )
    },
    Settings {
        defaults: || json!({ "provider": "guardian" }),
        ..plain(
            "/guardian/factors/push-notification/selected-provider",
            "guardian/push_provider",
            &PUSH_PROVIDER,
        )
    },
    Settings {
        secrets: &["aws_secret_access_key"],
        methods: ALL_THREE,
        ..plain(
            "/guardian/factors/push-notification/providers/sns",
            "guardian/sns",
            &SNS,
        )
    },
    Settings {
        secrets: &["p12"],
        methods: ALL_THREE,
        ..plain(
            "/guardian/factors/push-notification/providers/apns",
            "guardian/apns",
            &APNS,
        )
    },
    Settings {
        secrets: &["server_key"],
        methods: PUT_PATCH,
        ..plain(
            "/guardian/factors/push-notification/providers/fcm",
            "guardian/fcm",
            &FCM,
        )
    },
    Settings {
        secrets: &["server_credentials"],
        methods: PUT_PATCH,
        ..plain(
            "/guardian/factors/push-notification/providers/fcmv1",
            "guardian/fcmv1",
            &FCM_V1,
        )
    },
    Settings {
        secrets: &["skey"],
        methods: ALL_THREE,
        ..plain("/guardian/factors/duo/settings", "guardian/duo", &DUO)
    },
    plain(
        "/guardian/factors/webauthn-roaming/settings",
        "guardian/webauthn_roaming",
        &WEBAUTHN,
    ),
    plain(
        "/guardian/factors/webauthn-platform/settings",
        "guardian/webauthn_platform",
        &WEBAUTHN,
    ),
];

pub(super) fn add(operations: &mut Operations) {
    for settings in ALL {
        for method in settings.methods {
            match *method {
                MethodFilter::GET => serve_read(operations, settings),
                method => serve_write(operations, settings, method),
            }
        }
    }
}

fn serve_read(operations: &mut Operations, settings: &'static Settings) {
    let scopes = &["read:guardian_factors"];
    let read = async move |State(tenant): State<Tenant>, _: Caller| {
        let whole = service::read(&tenant, settings.id, defaults(settings)).await?;
        Ok::<_, Problem>(Reply(whole))
    };
    operations.serve(MethodFilter::GET, settings.path, scopes, read);
}

/// PUT replaces the document, PATCH changes it.
fn serve_write(operations: &mut Operations, settings: &'static Settings, method: MethodFilter) {
    let scopes = &["update:guardian_factors"];
    let body = match method {
        MethodFilter::PUT => Body::Create,
        _ => Body::Change,
    };
    let write = async move |State(tenant): State<Tenant>, _: Caller, Json(sent): Json| {
        let mut members = settings.schema.read(sent, body)?;
        members.retain(|name, _| !settings.secrets.contains(&name.as_str()));
        if body == Body::Create {
            members.retain(|_, value| !value.is_null());
            service::replace(&tenant, settings.id, members.clone()).await?;
            return Ok::<_, Problem>(Reply(members));
        }
        let whole = service::change(&tenant, settings.id, defaults(settings), members).await?;
        Ok(Reply(whole))
    };
    operations.serve(method, settings.path, scopes, write);
}

fn defaults(settings: &Settings) -> Members {
    match (settings.defaults)() {
        Value::Object(members) => members,
        _ => Members::new(),
    }
}
