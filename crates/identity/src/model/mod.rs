//! What a tenant holds: types, defaults and transitions. No I/O.

pub(crate) mod action;
pub(crate) mod action_samples;
pub(crate) mod authorization;
pub(crate) mod authorization_request;
pub(crate) mod branding;
pub(crate) mod client;
pub(crate) mod client_grant;
pub(crate) mod connection;
pub(crate) mod credential;
pub(crate) mod custom_claims;
pub(crate) mod device_code;
pub(crate) mod grant;
pub(crate) mod identity;
pub(crate) mod job;
pub(crate) mod log;
pub(crate) mod log_stream;
pub(crate) mod management_api;
pub(crate) mod password;
pub(crate) mod post_login;
pub(crate) mod protection;
pub(crate) mod refresh_token;
pub(crate) mod registration;
pub(crate) mod registration_policy;
pub(crate) mod resource_server;
pub(crate) mod role;
pub(crate) mod search;
pub(crate) mod session;
pub(crate) mod signing_key;
pub(crate) mod tenant_settings;
pub(crate) mod third_party;
pub(crate) mod transaction;
pub(crate) mod user;

/// A JSON object with its members in the order in which they were written.
pub(crate) type Members = serde_json::Map<String, serde_json::Value>;

/// Lays `changes` over `members`: a member that is `null` goes, every other one is replaced.
pub(crate) fn merge(members: &mut Members, changes: Members) {
    for (name, value) in changes {
        if value.is_null() {
            members.shift_remove(&name);
        } else {
            members.insert(name, value);
        }
    }
}

/// Lays `changes` over the object `members[name]`, which may not exist yet.
pub(crate) fn merge_into(members: &mut Members, name: &str, changes: Members) {
    let mut inner = match members.get_mut(name).map(serde_json::Value::take) {
        Some(serde_json::Value::Object(inner)) => inner,
        _ => Members::new(),
    };
    merge(&mut inner, changes);
    members.insert(name.to_owned(), inner.into());
}

/// The strings of a JSON array; anything else in it is left out.
pub(crate) fn strings(value: Option<&serde_json::Value>) -> impl Iterator<Item = &str> {
    value
        .and_then(serde_json::Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(serde_json::Value::as_str)
}
