//! Clients (applications, in the vendor's console).

use oauth::{Entropy, Timestamp};
use serde_json::{Value, json};

use crate::model::registration::{CreatedBy, Creator, Registration};
use crate::model::{Members, merge, merge_into, strings};

/// How many members `client_metadata` may have.
pub(crate) const MAX_METADATA: usize = 10;
/// How many characters a key or a value of `client_metadata` may have.
pub(crate) const MAX_METADATA_TEXT: usize = 255;

/// A client, without its secret.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Client {
    pub(crate) client_id: String,
    pub(crate) name: String,
    /// Whether it is the "All Applications" client, which holds what is common to all.
    pub(crate) is_global: bool,
    pub(crate) is_first_party: bool,
    pub(crate) app_type: Option<String>,
    pub(crate) external_client_id: Option<String>,
    /// `client_metadata`: text by key.
    pub(crate) metadata: Members,
    /// Every other member, in the vendor's spelling.
    pub(crate) settings: Members,
    pub(crate) created_by: CreatedBy,
    /// Who made it, where it did not register itself and that was written down.
    pub(crate) creator: Option<Creator>,
    /// What the client said of itself, if it registered itself.
    pub(crate) registration: Option<Box<Registration>>,
    /// When it last got a token, to the minute; it is written in batches.
    pub(crate) last_used_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Client {
    /// A new client with the vendor's defaults for what the request leaves out.
    ///
    /// `request` has passed validation. Its secret and credentials are the caller's business.
    pub(crate) fn register(mut request: Members, entropy: &Entropy, now: Timestamp) -> Self {
        request.retain(|_, value| !value.is_null());
        let text = |request: &mut Members, name: &str| match request.shift_remove(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        let name = text(&mut request, "name").unwrap_or_default();
        let app_type = text(&mut request, "app_type");
        let external_client_id = text(&mut request, "external_client_id");
        let is_first_party = request
            .shift_remove("is_first_party")
            .is_none_or(|value| value == Value::Bool(true));
        let metadata = match request.shift_remove("client_metadata") {
            Some(Value::Object(metadata)) => metadata,
            _ => Members::new(),
        };
        let strict = !is_first_party
            && request.get("third_party_security_mode") != Some(&json!("permissive"));
        let client_id = if strict {
            format!("tpc_{}", entropy.alphanumeric(22))
        } else {
            entropy.alphanumeric(32)
        };
        Self {
            settings: with_defaults(request, app_type.as_deref(), is_first_party, strict),
            client_id,
            name,
            is_global: false,
            is_first_party,
            app_type,
            external_client_id,
            metadata,
            created_by: CreatedBy::Management,
            creator: None,
            registration: None,
            last_used_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// The "All Applications" client of a new tenant.
    pub(crate) fn global(entropy: &Entropy, now: Timestamp) -> Self {
        let mut client = Self::register(Members::new(), entropy, now);
        client.name = "All Applications".to_owned();
        client.is_global = true;
        client.settings.insert("callbacks".to_owned(), json!([]));
        client
    }

    /// Applies a validated PATCH: members are replaced, `null` removes one; `client_metadata`,
    /// `jwt_configuration` and `refresh_token` are merged member by member.
    pub(crate) fn apply(&mut self, mut changes: Members, now: Timestamp) {
        let text = |value: Value| value.as_str().map(str::to_owned);
        if let Some(name) = changes.shift_remove("name").and_then(text) {
            self.name = name;
        }
        if let Some(app_type) = changes.shift_remove("app_type") {
            self.app_type = text(app_type);
        }
        if let Some(first) = changes.shift_remove("is_first_party") {
            self.is_first_party = first.as_bool().unwrap_or(self.is_first_party);
        }
        match changes.shift_remove("client_metadata") {
            Some(Value::Object(metadata)) => merge(&mut self.metadata, metadata),
            Some(Value::Null) => self.metadata.clear(),
            _ => {}
        }
        for name in ["jwt_configuration", "refresh_token"] {
            if let Some(Value::Object(inner)) = changes.get_mut(name).map(Value::take) {
                changes.shift_remove(name);
                merge_into(&mut self.settings, name, inner);
            }
        }
        merge(&mut self.settings, changes);
        self.updated_at = now;
    }

    /// The grant types that the client may use.
    pub(crate) fn grant_types(&self) -> impl Iterator<Item = &str> {
        strings(self.settings.get("grant_types"))
    }

    /// Whether it is a third-party client under the strict profile.
    pub(crate) fn is_strict(&self) -> bool {
        !self.is_first_party
            && self.settings.get("third_party_security_mode") == Some(&json!("strict"))
    }

    /// What the client registered of OpenID Connect's metadata, such as `userinfo_signed_response_alg`.
    pub(crate) fn openid(&self, name: &str) -> Option<&Value> {
        let registered = self.registration.as_ref()?;
        registered.openid(name)
    }

    /// `none` for a public client, `private_key_jwt` for one with keys; `None` where it was not chosen.
    pub(crate) fn authentication_method(&self) -> Option<&str> {
        if self.credential_ids().next().is_some() {
            return Some("private_key_jwt");
        }
        self.settings
            .get("token_endpoint_auth_method")
            .and_then(Value::as_str)
    }

    /// The ids of the credentials that may sign the client's assertions.
    pub(crate) fn credential_ids(&self) -> impl Iterator<Item = &str> {
        self.settings
            .get("client_authentication_methods")
            .and_then(|methods| methods.pointer("/private_key_jwt/credentials"))
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|credential| credential.get("id")?.as_str())
    }
}

/// The vendor's defaults, in the order in which its answers have them.
///
/// Source: recordings of `POST /api/v2/clients`.
fn with_defaults(
    mut request: Members,
    app_type: Option<&str>,
    is_first_party: bool,
    strict: bool,
) -> Members {
    let mut settings = Members::new();
    let mut take = |name: &str, default: Option<Value>| {
        if let Some(value) = request.shift_remove(name).or(default) {
            settings.insert(name.to_owned(), value);
        }
    };
    take("description", None);
    take("logo_uri", None);
    take("callbacks", None);
    for (name, default) in [
        ("is_token_endpoint_ip_header_trusted", false),
        ("oidc_conformant", false),
    ] {
        take(name, Some(json!(default)));
    }
    take("jwt_configuration", None);
    take("sso_disabled", Some(json!(false)));
    take("cross_origin_authentication", Some(json!(false)));
    take("grant_types", Some(default_grant_types(app_type, strict)));
    take("custom_login_page_on", Some(json!(true)));
    take("refresh_token", None);
    let method = match app_type {
        Some("spa" | "native") => Some("none"),
        Some("regular_web" | "non_interactive") => Some("client_secret_post"),
        _ => None,
    };
    // Keys and a secret exclude each other.
    let has_keys = request.contains_key("client_authentication_methods");
    let mut take = |name: &str, default: Option<Value>| {
        if let Some(value) = request.shift_remove(name).or(default) {
            settings.insert(name.to_owned(), value);
        }
    };
    let method = method.filter(|_| !has_keys).map(Value::from);
    take("token_endpoint_auth_method", method);
    settings.append(&mut request);

    let mut jwt = json!({
        "secret_encoded": false,
        "lifetime_in_seconds": if strict { 3600 } else { 36_000 },
    });
    if strict {
        jwt["alg"] = json!("RS256");
    }
    beneath(&mut settings, "jwt_configuration", jwt);
    let public = settings.get("token_endpoint_auth_method") == Some(&json!("none"));
    beneath(
        &mut settings,
        "refresh_token",
        default_refresh_token(app_type, public, strict),
    );
    if !is_first_party {
        let mode = if strict { "strict" } else { "permissive" };
        settings.insert("third_party_security_mode".to_owned(), json!(mode));
        if strict && !settings.contains_key("redirection_policy") {
            settings.insert(
                "redirection_policy".to_owned(),
                json!("open_redirect_protection"),
            );
        }
    }
    settings
}

/// Lays what was asked over the defaults of one nested object.
fn beneath(settings: &mut Members, name: &str, defaults: Value) {
    let asked = match settings.get_mut(name).map(Value::take) {
        Some(Value::Object(asked)) => asked,
        _ => Members::new(),
    };
    settings.insert(name.to_owned(), defaults);
    merge_into(settings, name, asked);
}

fn default_grant_types(app_type: Option<&str>, strict: bool) -> Value {
    match app_type {
        _ if strict => json!(["authorization_code"]),
        Some("spa" | "native") => json!(["authorization_code", "implicit", "refresh_token"]),
        _ => json!([
            "authorization_code",
            "implicit",
            "refresh_token",
            "client_credentials"
        ]),
    }
}

fn default_refresh_token(app_type: Option<&str>, public: bool, strict: bool) -> Value {
    let confidential = matches!(app_type, Some("regular_web" | "non_interactive"));
    let (lifetime, idle) = if confidential {
        (31_557_600, 2_592_000)
    } else {
        (2_592_000, 1_296_000)
    };
    let rotating = strict && public;
    json!({
        "rotation_type": if rotating { "rotating" } else { "non-rotating" },
        "expiration_type": if strict { "expiring" } else { "non-expiring" },
        "leeway": 0,
        "token_lifetime": lifetime,
        "infinite_token_lifetime": !strict,
        "infinite_idle_token_lifetime": !strict,
        "idle_token_lifetime": idle,
    })
}

#[cfg(test)]
mod tests {
    use oauth::{Entropy, Timestamp};
    use serde_json::{Value, json};

    use super::Client;
    use crate::model::Members;

    fn members(value: Value) -> Members {
        match value {
            Value::Object(members) => members,
            _ => panic!("an object"),
        }
    }

    fn register(request: Value) -> Client {
        Client::register(
            members(request),
            &Entropy::seeded(1),
            Timestamp::from_millis(0),
        )
    }

    #[test]
    fn a_client_without_a_type_gets_the_recorded_defaults() {
        let client = register(json!({ "name": "Test", "description": "A test" }));
        assert_eq!(client.client_id.len(), 32);
        assert_eq!(
            Value::from(client.settings),
            json!({
                "description": "A test",
                "is_token_endpoint_ip_header_trusted": false,
                "oidc_conformant": false,
                "sso_disabled": false,
                "cross_origin_authentication": false,
                "grant_types": ["authorization_code", "implicit", "refresh_token", "client_credentials"],
                "custom_login_page_on": true,
                "jwt_configuration": { "secret_encoded": false, "lifetime_in_seconds": 36000 },
                "refresh_token": {
                    "rotation_type": "non-rotating", "expiration_type": "non-expiring", "leeway": 0,
                    "token_lifetime": 2_592_000, "infinite_token_lifetime": true,
                    "infinite_idle_token_lifetime": true, "idle_token_lifetime": 1_296_000
                }
            })
        );
    }

    #[test]
    fn types_choose_the_method_and_the_grants() {
        let machine = register(json!({ "name": "m", "app_type": "non_interactive" }));
        assert_eq!(machine.authentication_method(), Some("client_secret_post"));
        let spa = register(json!({ "name": "s", "app_type": "spa" }));
        assert_eq!(spa.authentication_method(), Some("none"));
        assert!(!spa.grant_types().any(|grant| grant == "client_credentials"));
    }

    #[test]
    fn a_third_party_client_is_strict_unless_it_asks_otherwise() {
        let strict = register(json!({ "name": "t", "is_first_party": false }));
        assert!(strict.client_id.starts_with("tpc_"));
        assert_eq!(strict.client_id.len(), 26);
        assert_eq!(strict.settings["jwt_configuration"]["alg"], "RS256");
        assert_eq!(
            strict.settings["redirection_policy"],
            "open_redirect_protection"
        );
        let permissive = register(json!({
            "name": "t", "is_first_party": false, "third_party_security_mode": "permissive"
        }));
        assert_eq!(permissive.client_id.len(), 32);
    }

    #[test]
    fn a_patch_merges_metadata_and_null_deletes() {
        let mut client = register(json!({
            "name": "a", "client_metadata": { "one": "1", "two": "2" }, "description": "d"
        }));
        client.apply(
            members(json!({
                "name": "b", "description": null,
                "client_metadata": { "one": null, "three": "3" },
                "jwt_configuration": { "alg": "RS256" }
            })),
            Timestamp::from_millis(5),
        );
        assert_eq!(client.name, "b");
        assert_eq!(
            Value::from(client.metadata),
            json!({ "two": "2", "three": "3" })
        );
        assert!(!client.settings.contains_key("description"));
        assert_eq!(
            client.settings["jwt_configuration"]["lifetime_in_seconds"],
            36000
        );
        assert_eq!(client.settings["jwt_configuration"]["alg"], "RS256");
    }
}
