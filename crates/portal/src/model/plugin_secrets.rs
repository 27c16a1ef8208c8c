//! The fields of the `openid-connect` plugin that are written and never shown.
//!
//! Those that the vendor's schema marks as encrypted, and the proxies' credentials. `client_id` is
//! marked there too, but it is an identifier (RFC 6749 §2.2), and people look for it. Of `client_jwk`
//! the whole list is kept back: its entries are told apart by nothing that must be there.
//!
//! Source: <https://developer.konghq.com/plugins/openid-connect/reference/>.

use serde_json::{Map, Value};

use super::OpenidConnect;

/// The names of all of these fields, wherever in the settings they stand.
pub const STRATEGY_SECRETS: &[&str] = &{
    let mut all = [""; FIELDS.len() + OF_STORE.len() + OF_CLOUD.len()];
    let mut at = 0;
    while at < all.len() {
        all[at] = if at < FIELDS.len() {
            FIELDS[at]
        } else if at < FIELDS.len() + OF_STORE.len() {
            OF_STORE[at - FIELDS.len()]
        } else {
            OF_CLOUD[at - FIELDS.len() - OF_STORE.len()]
        };
        at += 1;
    }
    all
};

/// At the top.
const FIELDS: &[&str] = &[
    "client_jwk",
    "client_secret",
    "http_proxy_authorization",
    "https_proxy_authorization",
    "introspection_headers_values",
    "session_redis_password",
    "session_secret",
];

/// The objects that say how Redis is reached.
const STORES: &[&str] = &["redis", "cluster_cache_redis"];

/// In each of [`STORES`].
const OF_STORE: &[&str] = &["password", "sentinel_password"];

/// In `cloud_authentication` of each of [`STORES`].
const OF_CLOUD: &[&str] = &[
    "aws_access_key_id",
    "aws_assume_role_arn",
    "aws_role_session_name",
    "aws_secret_access_key",
    "azure_client_id",
    "azure_client_secret",
    "azure_tenant_id",
    "gcp_service_account_json",
];

impl OpenidConnect {
    /// Takes out the fields that are never shown, as an object of the same shape.
    pub fn take_secrets(&mut self) -> Map<String, Value> {
        let mut taken = Map::new();
        take(&mut self.plugin, FIELDS, &mut taken);
        for &store in STORES {
            let mut of_store = Map::new();
            if let Some(Value::Object(settings)) = self.plugin.get_mut(store) {
                take(settings, OF_STORE, &mut of_store);
                if let Some(Value::Object(cloud)) = settings.get_mut("cloud_authentication") {
                    let mut of_cloud = Map::new();
                    take(cloud, OF_CLOUD, &mut of_cloud);
                    put(&mut of_store, "cloud_authentication", of_cloud);
                }
            }
            put(&mut taken, store, of_store);
        }
        taken
    }

    /// Puts back what [`OpenidConnect::take_secrets`] took.
    pub fn put_secrets(&mut self, secrets: Map<String, Value>) {
        overlay(&mut self.plugin, secrets);
    }
}

fn take(from: &mut Map<String, Value>, fields: &[&str], into: &mut Map<String, Value>) {
    for &field in fields {
        // null says that there is none, which anybody may know.
        if from.get(field).is_some_and(|value| !value.is_null())
            && let Some(value) = from.remove(field)
        {
            into.insert(field.to_owned(), value);
        }
    }
}

fn put(into: &mut Map<String, Value>, name: &str, object: Map<String, Value>) {
    if !object.is_empty() {
        into.insert(name.to_owned(), Value::Object(object));
    }
}

fn overlay(target: &mut Map<String, Value>, over: Map<String, Value>) {
    for (name, value) in over {
        match (target.get_mut(&name), value) {
            (Some(Value::Object(target)), Value::Object(over)) => overlay(target, over),
            (_, value) => {
                target.insert(name, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::OpenidConnect;

    fn config(plugin: Value) -> OpenidConnect {
        OpenidConnect {
            issuer: "https://issuer.example".into(),
            credential_claim: vec!["azp".into()],
            scopes: vec!["openid".into()],
            auth_methods: vec!["bearer".into()],
            plugin: plugin.as_object().cloned().unwrap_or_default(),
        }
    }

    #[test]
    fn what_is_taken_is_secret_what_stays_is_not_and_together_they_are_the_whole() {
        let whole = config(json!({
            "client_id": ["app"],
            "client_secret": ["s1"],
            "client_jwk": [{ "kid": "a", "d": "s2" }],
            "session_secret": null,
            "redis": {
                "host": "cache.example",
                "password": "s3",
                "cloud_authentication": { "auth_provider": "aws", "aws_secret_access_key": "s4" }
            },
            "cluster_cache_redis": { "host": "other.example" },
        }));
        let mut shown = whole.clone();
        let secrets = shown.take_secrets();
        assert_eq!(
            Value::Object(secrets.clone()),
            json!({
                "client_secret": ["s1"],
                "client_jwk": [{ "kid": "a", "d": "s2" }],
                "redis": { "password": "s3", "cloud_authentication": { "aws_secret_access_key": "s4" } },
            })
        );
        assert_eq!(
            Value::Object(shown.plugin.clone()),
            json!({
                "client_id": ["app"],
                "session_secret": null,
                "redis": { "host": "cache.example", "cloud_authentication": { "auth_provider": "aws" } },
                "cluster_cache_redis": { "host": "other.example" },
            })
        );
        shown.put_secrets(secrets);
        assert_eq!(shown, whole);
    }
}
