//! An audit entry as one line of text, signed.
//!
//! Source: Konnect "Audit log reference", "Verify audit log signatures": the signature is over the line
//! without its last member, `sig`, and what separates it. CEF: ArcSight Common Event Format, version 0.
//! CPS: CrowdStrike Parsing Standard 1.1 on Elastic Common Schema 8.

use serde_json::{Map, Value, json};

use super::sign::Signer;
use crate::Error;
use crate::model::{LogFormat, OrganizationId};
use crate::store::audit_log::Recorded;

const VENDOR: &str = "Gatehouse";
const PRODUCT: &str = "Gatehouse";
const VERSION: &str = "1.0";

/// The entry as a line without its end, the signature last.
///
/// # Errors
/// [`Error::Internal`] if the signature cannot be made.
pub(super) fn line(
    format: LogFormat,
    signer: &Signer,
    organization: OrganizationId,
    entry: &Recorded,
) -> Result<String, Error> {
    let event = Event::of(entry);
    let members = members(organization, entry, &event);
    match format {
        LogFormat::Cef => {
            let text = cef(entry, &event, &members);
            let signature = signer.sign(&text)?;
            Ok(format!("{text} sig={signature}"))
        }
        LogFormat::Json => json_line(signer, with_header(entry, &event, members)),
        LogFormat::Cps => json_line(
            signer,
            cps(entry, &event, with_header(entry, &event, members)),
        ),
    }
}

/// What kind of event it is, in the vendor's words.
struct Event {
    /// `AUTHENTICATION_TYPE_BASIC` or `konnect`.
    class: &'static str,
    /// `AUTHENTICATION_OUTCOME_…` or `Authz.portal`.
    name: String,
    severity: u8,
    /// Of an authentication: whether it succeeded.
    success: Option<bool>,
}

impl Event {
    fn of(entry: &Recorded) -> Self {
        let failed = entry.action == "sign_in_failed";
        if !failed && entry.action != "sign_in" {
            return Self {
                class: "konnect",
                name: format!("Authz.{}", entry.entity_type.replace('_', "-")),
                severity: 1,
                success: None,
            };
        }
        let outcome = match entry.detail["outcome"].as_str() {
            _ if !failed => "SUCCESS",
            Some("not_found") => "NOT_FOUND",
            Some("locked") => "LOCKED",
            Some("disabled") => "DISABLED",
            _ => "INVALID_PASSWORD",
        };
        let sso = entry.detail["method"].as_str() == Some("sso");
        Self {
            class: match sso {
                true => "AUTHENTICATION_TYPE_SSO",
                false => "AUTHENTICATION_TYPE_BASIC",
            },
            name: format!("AUTHENTICATION_OUTCOME_{outcome}"),
            severity: u8::from(failed),
            success: Some(!failed),
        }
    }
}

/// What every format tells, by name. `rt` is text, as the vendor has it.
fn members(organization: OrganizationId, entry: &Recorded, event: &Event) -> Map<String, Value> {
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put("rt", json!(entry.occurred_at.as_millis().to_string()));
    put("src", json!(entry.address));
    match event.success {
        Some(success) => put("success", json!(success.to_string())),
        None => {
            put("action", json!(entry.action));
            put("granted", json!(true))
        }
    };
    put("org_id", json!(organization));
    put("principal_id", json!(entry.actor_id));
    put("principal_type", json!(entry.actor_kind));
    put("trace_id", trace(&entry.request_id));
    put("request_id", json!(entry.request_id));
    put("user_agent", json!(entry.user_agent));
    put("entity_type", json!(entry.entity_type));
    put("entity_id", json!(entry.entity_id));
    put("portal_id", json!(entry.portal_id));
    put("id", json!(entry.id));
    if entry
        .detail
        .as_object()
        .is_some_and(|detail| !detail.is_empty())
    {
        put("detail", entry.detail.clone());
    }
    members.retain(|_, value| !value.is_null());
    members
}

/// The number that problems of this request show as `kong:trace:…`.
fn trace(request_id: &str) -> Value {
    let id = uuid::Uuid::parse_str(request_id);
    id.map_or_else(|_| json!(request_id), |id| json!(id.as_u64_pair().0))
}

fn with_header(
    entry: &Recorded,
    event: &Event,
    mut members: Map<String, Value>,
) -> Map<String, Value> {
    for (name, value) in [
        ("cef_version", json!(0)),
        ("event_class_id", json!(event.class)),
        ("event_product", json!(PRODUCT)),
        ("event_ts", json!(entry.occurred_at.to_rfc3339())),
        ("event_vendor", json!(VENDOR)),
        ("event_version", json!(VERSION)),
        ("name", json!(event.name)),
        ("severity", json!(event.severity)),
    ] {
        members.insert(name.to_owned(), value);
    }
    members
}

/// An object on one line, with its signature as the last member.
fn json_line(signer: &Signer, members: Map<String, Value>) -> Result<String, Error> {
    let text = Value::Object(members).to_string();
    let signature = signer.sign(&text)?;
    let open = text.strip_suffix('}').unwrap_or(&text);
    Ok(format!("{open},\"sig\":\"{signature}\"}}"))
}

fn cef(entry: &Recorded, event: &Event, members: &Map<String, Value>) -> String {
    let mut text = format!(
        "{} gatehouse CEF:0|{VENDOR}|{PRODUCT}|{VERSION}|{}|{}|{}|",
        entry.occurred_at.to_rfc3339(),
        header(event.class),
        header(&event.name),
        event.severity
    );
    let extension: Vec<String> = members
        .iter()
        .map(|(name, value)| {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            format!("{name}={}", escaped(&value))
        })
        .collect();
    text.push_str(&extension.join(" "));
    text
}

/// A field of CEF's header: bars and backslashes are escaped.
fn header(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('|', "\\|")
        .replace(['\r', '\n'], " ")
}

/// A value of CEF's extension: equals signs, backslashes and line ends are escaped.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('=', "\\=")
        .replace('\r', "\\r")
        .replace('\n', "\\n")
}

fn cps(entry: &Recorded, event: &Event, original: Map<String, Value>) -> Map<String, Value> {
    let (category, kind) = match (event.success, entry.action.as_str()) {
        (Some(_), _) => ("authentication", "start"),
        (None, "create" | "sign_up" | "register") => ("configuration", "creation"),
        (None, "delete") => ("configuration", "deletion"),
        (None, _) => ("configuration", "change"),
    };
    let outcome = match event.success {
        Some(false) => "failure",
        _ => "success",
    };
    let dataset = match event.success {
        Some(_) => "gatehouse.authentication",
        None => "gatehouse.audit",
    };
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put("@timestamp", json!(entry.occurred_at.to_rfc3339()));
    put("Cps.version", json!("1.1.0"));
    put("Vendor", json!(VENDOR.to_lowercase()));
    put("ecs.version", json!("8.17.0"));
    put("event.action", json!(entry.action));
    put("event.category", json!([category]));
    put("event.dataset", json!(dataset));
    put("event.id", json!(entry.id));
    put("event.kind", json!("event"));
    put("event.module", json!("gatehouse"));
    put("event.outcome", json!(outcome));
    put("event.type", json!([kind]));
    put("source.ip", json!(entry.address));
    put("trace.id", json!(entry.request_id));
    put("user.id", json!(entry.actor_id));
    put("user_agent.original", json!(entry.user_agent));
    members.retain(|_, value| !value.is_null());
    for (name, value) in original {
        members.insert(format!("Vendor.{name}"), value);
    }
    members
}
