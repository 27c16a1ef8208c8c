//! What a token or `/userinfo` says of a user.

use oauth::Scopes;
use serde_json::{Value, json};

use crate::Tenant;
use crate::model::user::User;
use crate::model::{Members, identity};

/// The claims that a scope asks for. A scope that is named like a claim asks for it.
///
/// Source: OpenID Connect Core §5.4; the vendor's "OpenID Connect Scopes".
const BY_SCOPE: [(&str, &[&str]); 9] = [
    (
        "profile",
        &[
            "name",
            "given_name",
            "family_name",
            "nickname",
            "picture",
            "updated_at",
        ],
    ),
    ("email", &["email", "email_verified"]),
    ("phone", &["phone_number", "phone_number_verified"]),
    ("name", &["name"]),
    ("given_name", &["given_name"]),
    ("family_name", &["family_name"]),
    ("nickname", &["nickname"]),
    ("picture", &["picture"]),
    ("created_at", &["created_at"]),
];

/// Claims about users that are served.
pub(crate) const CLAIMS: [&str; 12] = [
    "name",
    "given_name",
    "family_name",
    "nickname",
    "picture",
    "updated_at",
    "created_at",
    "email",
    "email_verified",
    "phone_number",
    "phone_number_verified",
    "identities",
];

/// The tenant's flag for dates as OpenID Connect Core §5.1 has them, and not as the vendor has.
const NUMERIC: &str = "numeric_updated_at";

/// The claims of the scopes, and those that the `claims` parameter names in `part` (`id_token` or
/// `userinfo`).
pub(super) fn claims(
    tenant: &Tenant,
    user: &User,
    scope: &Scopes,
    requested: Option<&Members>,
    part: &str,
) -> Members {
    let mut names: Vec<&str> = BY_SCOPE
        .iter()
        .filter(|(word, _)| scope.contains(word))
        .flat_map(|(_, names)| names.iter().copied())
        .collect();
    names.extend(
        ["email_verified", "identities", "updated_at"]
            .iter()
            .filter(|name| scope.contains(name)),
    );
    let named = requested
        .and_then(|requested| requested.get(part))
        .and_then(Value::as_object);
    names.extend(
        named
            .into_iter()
            .flat_map(Members::keys)
            .map(String::as_str),
    );
    let mut claims = Members::new();
    for name in names {
        if let Some(value) = claim(user, name) {
            claims.insert(name.to_owned(), value);
        }
    }
    if claims.contains_key("updated_at") && tenant.tenant_settings().flag(NUMERIC) {
        let seconds = user.updated_at.unix_seconds();
        claims.insert("updated_at".to_owned(), json!(seconds));
    }
    claims
}

fn claim(user: &User, name: &str) -> Option<Value> {
    let text = |text: &Option<String>| text.clone().map(Value::from);
    match name {
        "name" => text(&user.name),
        "given_name" => text(&user.given_name),
        "family_name" => text(&user.family_name),
        "nickname" => text(&user.nickname),
        "picture" => text(&user.picture),
        // Compat: the vendor writes dates as text, unless the flag says otherwise.
        "updated_at" => Some(json!(user.updated_at.to_rfc3339())),
        "created_at" => Some(json!(user.created_at.to_rfc3339())),
        "email" => text(&user.email),
        "email_verified" => user.email.as_ref().map(|_| json!(user.email_verified)),
        "phone_number" => text(&user.phone_number),
        "phone_number_verified" => user
            .phone_number
            .as_ref()
            .map(|_| json!(user.phone_verified)),
        "identities" => Some(identity::wire(user)),
        _ => None,
    }
}
