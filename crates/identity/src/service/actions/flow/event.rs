//! Parts that events of several triggers have.
//!
//! Source: the vendor's pages "Event Object" of each trigger. Where a request came from on earth is not
//! known here, so `geoip` is empty.

use serde_json::{Value, json};

use crate::Tenant;
use crate::model::Members;
use crate::model::client::Client;
use crate::model::connection::Connection;
use crate::model::identity;
use crate::model::user::User;
use crate::visit::Visit;

/// Parameters that no Action gets to see: whoever holds one can act with it.
const SECRET: [&str; 10] = [
    "client_secret",
    "client_assertion",
    "password",
    "refresh_token",
    "code",
    "code_verifier",
    "device_code",
    "subject_token",
    "actor_token",
    "otp",
];

/// `event.client`.
pub(super) fn client(client: &Client) -> Value {
    json!({
        "client_id": client.client_id,
        "name": client.name,
        "metadata": client.metadata,
    })
}

/// `event.connection`.
pub(super) fn connection(connection: &Connection) -> Value {
    json!({
        "id": connection.id,
        "name": connection.name,
        "strategy": connection.strategy,
        "metadata": connection.settings.get("metadata").cloned().unwrap_or_else(|| json!({})),
    })
}

/// `event.tenant`.
pub(super) fn tenant(tenant: &Tenant) -> Value {
    json!({ "id": tenant.settings().name })
}

/// `event.request`.
pub(super) fn request(
    visit: &Visit,
    method: &str,
    query: Option<Members>,
    body: Option<Members>,
) -> Value {
    let mut request = json!({
        "ip": visit.ip,
        "method": method,
        "hostname": visit.issuer.host(),
        "user_agent": visit.user_agent,
        "language": visit.locale.tag(),
        "geoip": {},
    });
    for (name, part) in [("query", query), ("body", body)] {
        if let Some(part) = part {
            request[name] = Value::Object(part);
        }
    }
    request
}

/// Parameters without what is secret among them.
pub(crate) fn parameters<'a>(sent: impl Iterator<Item = (&'a str, &'a str)>) -> Members {
    let shown = sent.filter(|(name, _)| !SECRET.contains(name));
    shown
        .map(|(name, value)| (name.to_owned(), Value::from(value)))
        .collect()
}

/// `event.user.identities`: the id stands in both of the vendor's spellings.
fn identities(user: &User) -> Value {
    let mut all = identity::wire(user);
    for one in all.as_array_mut().into_iter().flatten() {
        one["userId"] = one["user_id"].clone();
    }
    all
}

/// `event.user`.
pub(super) fn user(user: &User) -> Value {
    let mut shown = json!({
        "user_id": user.user_id,
        "email_verified": user.email_verified,
        "user_metadata": user.user_metadata,
        "app_metadata": user.app_metadata,
        "created_at": user.created_at.to_rfc3339(),
        "updated_at": user.updated_at.to_rfc3339(),
        "identities": identities(user),
        "multifactor": [],
        "enrolledFactors": [],
    });
    for (name, text) in [
        ("email", &user.email),
        ("username", &user.username),
        ("phone_number", &user.phone_number),
        ("name", &user.name),
        ("nickname", &user.nickname),
        ("picture", &user.picture),
        ("given_name", &user.given_name),
        ("family_name", &user.family_name),
    ] {
        if let Some(text) = text {
            shown[name] = json!(text);
        }
    }
    if let Some(at) = user.last_password_reset {
        shown["last_password_reset"] = json!(at.to_rfc3339());
    }
    shown
}
