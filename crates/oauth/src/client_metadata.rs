//! Client metadata: what a client says of itself when it registers.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use crate::jose::JwkSet;
use crate::redirect_uri::{self, ApplicationKind};
use crate::scope::Scopes;

/// Client metadata (RFC 7591 §2, OpenID Connect Dynamic Client Registration §2).
///
/// Reading is tolerant: `null` is as absent, unknown members (among them localised names such as
/// `client_name#ja`) are kept in `extra`. [`ClientMetadata::violations`] says what is wrong.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClientMetadata {
    /// Where authorization responses may go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_uris: Option<Vec<String>>,
    /// How the client authenticates at the token endpoint; `client_secret_basic` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_method: Option<String>,
    /// Grants that the client uses; `authorization_code` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_types: Option<Vec<String>>,
    /// Response types that the client uses; `code` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_types: Option<Vec<String>>,
    /// The name that people read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// A page about the client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    /// A picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    /// Scopes that the client may ask for, between spaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Mail addresses of those responsible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Vec<String>>,
    /// Terms of service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<String>,
    /// Privacy policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<String>,
    /// Where the client's keys are published. Excludes `jwks`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// The client's keys. Excludes `jwks_uri`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks: Option<JwkSet>,
    /// The software's id, the same for every instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_id: Option<String>,
    /// The software's version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_version: Option<String>,
    /// Claims about the software as a signed JWT (RFC 7591 §2.3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_statement: Option<String>,
    /// `web` or `native` (OpenID Connect Registration §2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_type: Option<String>,
    /// Members that are not named here.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A successful registration (RFC 7591 §3.2.1, RFC 7592 §3). The secret is for this one answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClientInformation {
    /// The client's id.
    pub client_id: String,
    /// The client's secret, if its method has one. Plain text: read it into a secret at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// When the id was issued, in seconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id_issued_at: Option<i64>,
    /// When the secret expires, in seconds since the epoch; 0 for never. Required with a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret_expires_at: Option<i64>,
    /// The token that reads, changes and deletes this registration (RFC 7592).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration_access_token: Option<String>,
    /// Where that is done (RFC 7592).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration_client_uri: Option<String>,
    /// The metadata as registered.
    #[serde(flatten)]
    pub metadata: ClientMetadata,
}

/// One rule that the metadata breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The member, with a position where it is a list: `redirect_uris[1]`.
    pub field: String,
    /// What it must be.
    pub rule: String,
}

/// Most entries of any list.
const MAX_ENTRIES: usize = 100;
/// Most characters of any text but keys and scope.
const MAX_TEXT: usize = 2048;

impl ClientMetadata {
    /// What kind of application this is; `web` if it does not say.
    #[must_use]
    pub fn application_kind(&self) -> ApplicationKind {
        match self.application_type.as_deref() {
            Some("native") => ApplicationKind::Native,
            _ => ApplicationKind::Web,
        }
    }

    /// Every rule that the metadata breaks, in the order of its members; empty if it may be registered
    /// as far as these rules go. Which grants and methods a server offers is its own to say.
    ///
    /// Source: RFC 7591 §2 and §5, RFC 9700 §2.1.
    #[must_use]
    pub fn violations(&self) -> Vec<Violation> {
        let mut found = Vec::new();
        self.check_redirects(&mut found);
        self.check_grants(&mut found);
        self.check_pages(&mut found);
        self.check_keys(&mut found);
        self.check_sizes(&mut found);
        found
    }

    fn check_redirects(&self, found: &mut Vec<Violation>) {
        let uris = self.redirect_uris.as_deref().unwrap_or_default();
        for (position, uri) in uris.iter().take(MAX_ENTRIES).enumerate() {
            if let Err(error) = redirect_uri::check(uri, self.application_kind()) {
                found.push(violation(
                    &format!("redirect_uris[{position}]"),
                    &error.to_string(),
                ));
            }
        }
        let default = ["authorization_code".to_owned()];
        let grants = self.grant_types.as_deref().unwrap_or(&default);
        let redirects = |grant: &String| grant == "authorization_code" || grant == "implicit";
        if uris.is_empty() && grants.iter().any(redirects) {
            found.push(violation(
                "redirect_uris",
                "must hold at least one URI for the authorization_code and implicit grants",
            ));
        }
        if let Some(kind) = self.application_type.as_deref()
            && !matches!(kind, "web" | "native")
        {
            found.push(violation("application_type", "must be web or native"));
        }
    }

    /// RFC 7591 §2.1: grants and response types go together.
    fn check_grants(&self, found: &mut Vec<Violation>) {
        let (Some(grants), Some(types)) = (&self.grant_types, &self.response_types) else {
            return;
        };
        let grants_hold = |wanted: &str| grants.iter().any(|grant| grant == wanted);
        for (position, response) in types.iter().take(MAX_ENTRIES).enumerate() {
            let words: Vec<_> = response.split(' ').collect();
            let implicit = words.contains(&"token") || words.contains(&"id_token");
            let needs = [
                ("authorization_code", words.contains(&"code")),
                ("implicit", implicit),
            ];
            for (grant, needed) in needs {
                if needed && !grants_hold(grant) {
                    let rule = format!("needs the grant type {grant}");
                    found.push(violation(&format!("response_types[{position}]"), &rule));
                }
            }
        }
    }

    fn check_pages(&self, found: &mut Vec<Violation>) {
        let pages = [
            ("client_uri", &self.client_uri),
            ("logo_uri", &self.logo_uri),
            ("tos_uri", &self.tos_uri),
            ("policy_uri", &self.policy_uri),
            ("jwks_uri", &self.jwks_uri),
        ];
        for (field, uri) in pages {
            if let Some(uri) = uri
                && !is_web_page(uri)
            {
                found.push(violation(field, "must be an http or https URL"));
            }
        }
    }

    fn check_keys(&self, found: &mut Vec<Violation>) {
        if self.jwks.is_some() && self.jwks_uri.is_some() {
            found.push(violation("jwks", "must not come together with jwks_uri"));
        }
        let keys = self.jwks.as_ref().map_or(&[][..], |set| &set.keys);
        for (position, key) in keys.iter().enumerate() {
            if key.is_private() {
                let field = format!("jwks.keys[{position}]");
                found.push(violation(
                    &field,
                    "must be a public key; replace it, it is known now",
                ));
            }
        }
        if self.token_endpoint_auth_method.as_deref() == Some("private_key_jwt")
            && self.jwks_uri.is_none()
            && keys.is_empty()
        {
            found.push(violation(
                "jwks",
                "or jwks_uri is needed for private_key_jwt",
            ));
        }
        if let Some(scope) = &self.scope
            && let Err(error) = scope.parse::<Scopes>()
        {
            found.push(violation("scope", &error.to_string()));
        }
    }

    fn check_sizes(&self, found: &mut Vec<Violation>) {
        let lists = [
            ("redirect_uris", &self.redirect_uris),
            ("grant_types", &self.grant_types),
            ("response_types", &self.response_types),
            ("contacts", &self.contacts),
        ];
        for (field, list) in lists {
            let list = list.as_deref().unwrap_or_default();
            if list.len() > MAX_ENTRIES {
                found.push(violation(field, "must have at most 100 entries"));
            }
            if list.iter().any(|entry| entry.len() > MAX_TEXT) {
                found.push(violation(
                    field,
                    "must have entries of at most 2048 characters",
                ));
            }
        }
        let texts = [
            ("client_name", &self.client_name),
            ("software_id", &self.software_id),
            ("software_version", &self.software_version),
        ];
        for (field, text) in texts {
            let long = text.as_ref().is_some_and(|text| text.len() > MAX_TEXT);
            if long {
                found.push(violation(field, "must have at most 2048 characters"));
            }
            let controls = |text: &String| text.chars().any(char::is_control);
            if text.as_ref().is_some_and(controls) {
                found.push(violation(field, "must not hold control characters"));
            }
        }
        if self.jwks.as_ref().is_some_and(|set| set.keys.len() > 20) {
            found.push(violation("jwks", "must have at most 20 keys"));
        }
        if self.extra.len() > MAX_ENTRIES {
            found.push(violation("", "must have at most 100 further members"));
        }
    }
}

fn violation(field: &str, rule: &str) -> Violation {
    Violation {
        field: field.into(),
        rule: rule.into(),
    }
}

/// Whether a text is the address of a page: http or https, with nobody's name and password in it.
#[must_use]
pub fn is_web_page(uri: &str) -> bool {
    uri.len() <= MAX_TEXT
        && !uri.chars().any(|c| c.is_control() || c.is_whitespace())
        && Url::parse(uri).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.username().is_empty()
                && url.password().is_none()
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::{ClientInformation, ClientMetadata};

    fn read(value: serde_json::Value) -> ClientMetadata {
        serde_json::from_value(value).unwrap()
    }

    fn broken(value: serde_json::Value) -> Vec<String> {
        read(value)
            .violations()
            .into_iter()
            .map(|v| v.field)
            .collect()
    }

    #[test]
    fn the_example_of_rfc_7591_section_3_1() {
        let metadata = read(json!({
            "redirect_uris": ["https://client.example.org/callback", "https://client.example.org/callback2"],
            "client_name": "My Example Client",
            "client_name#ja-Jpan-JP": "クライアント名",
            "token_endpoint_auth_method": "client_secret_basic",
            "logo_uri": "https://client.example.org/logo.png",
            "jwks_uri": "https://client.example.org/my_public_keys.jwks",
            "example_extension_parameter": "example_value",
        }));
        assert_eq!(metadata.violations(), []);
        assert_eq!(metadata.extra["client_name#ja-Jpan-JP"], "クライアント名");
    }

    #[test]
    fn null_is_as_absent() {
        let metadata = read(
            json!({"grant_types": null, "redirect_uris": ["https://a.example/"], "scope": null}),
        );
        assert_eq!(metadata.grant_types, None);
        assert_eq!(metadata.violations(), []);
    }

    #[test]
    fn rules_name_the_member_that_breaks_them() {
        assert_eq!(broken(json!({})), ["redirect_uris"]);
        assert_eq!(
            broken(json!({"grant_types": ["client_credentials"]})),
            [""; 0]
        );
        assert_eq!(
            broken(json!({"redirect_uris": ["https://a.example/", "JavaScript:alert(1)"]})),
            ["redirect_uris[1]"]
        );
        let uris = json!(["https://a.example/"]);
        assert_eq!(
            broken(
                json!({"redirect_uris": uris, "grant_types": ["authorization_code"], "response_types": ["code id_token"]})
            ),
            ["response_types[0]"]
        );
        assert_eq!(
            broken(json!({"redirect_uris": uris, "logo_uri": "javascript:alert(1)"})),
            ["logo_uri"]
        );
        assert_eq!(
            broken(
                json!({"redirect_uris": uris, "jwks_uri": "https://a.example/k", "jwks": {"keys": []}})
            ),
            ["jwks"]
        );
        assert_eq!(
            broken(json!({"redirect_uris": uris, "jwks": {"keys": [{"kty": "oct", "k": "AAAA"}]}})),
            ["jwks.keys[0]"]
        );
        assert_eq!(
            broken(json!({"redirect_uris": uris, "scope": "a\"b"})),
            ["scope"]
        );
        assert_eq!(
            broken(json!({"redirect_uris": uris, "token_endpoint_auth_method": "private_key_jwt"})),
            ["jwks"]
        );
    }

    #[test]
    fn a_bomb_of_metadata_is_refused() {
        let many: Vec<String> = (0..101).map(|n| format!("https://a.example/{n}")).collect();
        assert_eq!(broken(json!({"redirect_uris": many})), ["redirect_uris"]);
        let long =
            json!({"redirect_uris": ["https://a.example/"], "client_name": "a".repeat(3000)});
        assert_eq!(broken(long), ["client_name"]);
    }

    #[test]
    fn an_answer_carries_the_metadata_flat() {
        let information: ClientInformation = serde_json::from_value(json!({
            "client_id": "a", "client_secret": "s", "client_secret_expires_at": 0, "client_name": "n", "x": 1,
        }))
        .unwrap();
        assert_eq!(information.metadata.client_name.as_deref(), Some("n"));
        assert_eq!(information.metadata.extra["x"], 1);
    }

    proptest! {
        #[test]
        fn no_document_makes_the_rules_panic(uri in any::<String>(), name in any::<String>(), scope in any::<String>()) {
            let metadata = ClientMetadata {
                redirect_uris: Some(vec![uri.clone()]),
                client_uri: Some(uri),
                client_name: Some(name),
                scope: Some(scope),
                ..ClientMetadata::default()
            };
            let _ = metadata.violations();
            let text = serde_json::to_string(&metadata).unwrap();
            prop_assert_eq!(serde_json::from_str::<ClientMetadata>(&text).unwrap(), metadata);
        }
    }
}
