//! Resource servers (APIs, in the vendor's console).

use oauth::{Entropy, Timestamp};
use serde_json::{Value, json};

use crate::model::{Members, management_api, merge};

/// The longest life of an access token, in seconds.
pub(crate) const MAX_TOKEN_LIFETIME: i64 = 2_592_000;
/// The life of an access token where nothing else was chosen, in seconds.
pub(crate) const DEFAULT_TOKEN_LIFETIME: i64 = 86_400;
/// The same for tokens that a browser gets in the authorization response.
pub(crate) const DEFAULT_WEB_LIFETIME: i64 = 7200;

/// An API whose tokens this tenant issues. Its signing secret (HS256) is kept apart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ResourceServer {
    /// 24 hexadecimal digits.
    pub(crate) id: String,
    /// The audience.
    pub(crate) identifier: String,
    /// Whether it is the Management API.
    pub(crate) is_system: bool,
    /// Every other member, in the vendor's spelling.
    pub(crate) settings: Members,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// How an access token is written (`token_dialect`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// The vendor's own: `azp`, `gty`, `typ: JWT`.
    Auth0,
    /// RFC 9068: `client_id`, `jti`, `typ: at+jwt`.
    Rfc9068,
}

/// How an access token is signed (`signing_alg`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SigningAlg {
    Rs256,
    Rs512,
    Ps256,
    Hs256,
}

/// What a client needs to act for users at an API (`subject_type_authorization.user.policy`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UserPolicy {
    /// Nothing more than the user's word.
    AllowAll,
    /// A client grant for users.
    RequireClientGrant,
    /// It may not.
    DenyAll,
}

impl ResourceServer {
    /// A new API with the vendor's defaults. `request` has passed validation, and holds neither
    /// `identifier` nor `signing_secret`.
    pub(crate) fn register(
        identifier: String,
        mut request: Members,
        entropy: &Entropy,
        now: Timestamp,
    ) -> Self {
        request.retain(|_, value| !value.is_null());
        let mut settings = Members::new();
        let defaults = [
            ("name", None),
            ("scopes", None),
            ("signing_alg", Some(json!("RS256"))),
            ("allow_offline_access", Some(json!(false))),
            ("token_lifetime", Some(json!(DEFAULT_TOKEN_LIFETIME))),
            ("token_lifetime_for_web", Some(json!(DEFAULT_WEB_LIFETIME))),
            (
                "skip_consent_for_verifiable_first_party_clients",
                Some(json!(false)),
            ),
            (
                "subject_type_authorization",
                Some(json!({
                    "user": { "policy": "allow_all" },
                    "client": { "policy": "require_client_grant" }
                })),
            ),
        ];
        for (name, default) in defaults {
            if let Some(value) = request.shift_remove(name).or(default) {
                settings.insert(name.to_owned(), value);
            }
        }
        settings.append(&mut request);
        Self {
            id: entropy.hex(24),
            identifier,
            is_system: false,
            settings,
            created_at: now,
            updated_at: now,
        }
    }

    /// The Management API of a new tenant.
    pub(crate) fn management(identifier: String, entropy: &Entropy, now: Timestamp) -> Self {
        let request = [("name".to_owned(), json!("Auth0 Management API"))];
        let mut api = Self::register(identifier, request.into_iter().collect(), entropy, now);
        api.is_system = true;
        api
    }

    /// Applies a validated PATCH.
    pub(crate) fn apply(&mut self, changes: Members, now: Timestamp) {
        merge(&mut self.settings, changes);
        self.updated_at = now;
    }

    /// The scopes that the API defines, in its order.
    pub(crate) fn scopes(&self) -> Vec<String> {
        if self.is_system {
            return management_api::scopes().map(str::to_owned).collect();
        }
        let defined = self.settings.get("scopes").and_then(Value::as_array);
        defined
            .into_iter()
            .flatten()
            .filter_map(|scope| Some(scope.get("value")?.as_str()?.to_owned()))
            .collect()
    }

    /// The API's name for people.
    pub(crate) fn name(&self) -> Option<&str> {
        self.text("name")
    }

    /// What a scope says of itself.
    pub(crate) fn described(&self, scope: &str) -> Option<&str> {
        let defined = self.settings.get("scopes").and_then(Value::as_array);
        let found = defined
            .into_iter()
            .flatten()
            .find(|defined| defined.get("value").and_then(Value::as_str) == Some(scope))?;
        found.get("description").and_then(Value::as_str)
    }

    /// Seconds that an access token lives.
    pub(crate) fn token_lifetime(&self) -> i64 {
        self.settings
            .get("token_lifetime")
            .and_then(Value::as_i64)
            .unwrap_or(DEFAULT_TOKEN_LIFETIME)
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self.text("token_dialect") {
            Some("rfc9068_profile" | "rfc9068_profile_authz") => Dialect::Rfc9068,
            _ => Dialect::Auth0,
        }
    }

    pub(crate) fn signing_alg(&self) -> SigningAlg {
        match self.text("signing_alg") {
            Some("HS256") => SigningAlg::Hs256,
            Some("PS256") => SigningAlg::Ps256,
            Some("RS512") => SigningAlg::Rs512,
            _ => SigningAlg::Rs256,
        }
    }

    /// Whether clients may act for themselves at this API at all.
    pub(crate) fn allows_clients(&self) -> bool {
        self.settings
            .get("subject_type_authorization")
            .and_then(|policies| policies.pointer("/client/policy"))
            != Some(&json!("deny_all"))
    }

    /// What a client needs to act for users here.
    pub(crate) fn user_policy(&self) -> UserPolicy {
        let policy = self
            .settings
            .get("subject_type_authorization")
            .and_then(|policies| policies.pointer("/user/policy"))
            .and_then(Value::as_str);
        match policy {
            Some("deny_all") => UserPolicy::DenyAll,
            Some("require_client_grant") => UserPolicy::RequireClientGrant,
            _ => UserPolicy::AllowAll,
        }
    }

    /// Seconds that an access token from the authorization endpoint lives.
    pub(crate) fn front_channel_lifetime(&self) -> i64 {
        let chosen = self.settings.get("token_lifetime_for_web");
        let lifetime = chosen
            .and_then(Value::as_i64)
            .unwrap_or(DEFAULT_WEB_LIFETIME);
        lifetime.min(self.token_lifetime())
    }

    /// Whether refresh tokens are given for it.
    pub(crate) fn allows_offline_access(&self) -> bool {
        self.is("allow_offline_access")
    }

    /// Whether a user needs permissions for its scopes (role-based access control).
    pub(crate) fn enforces_policies(&self) -> bool {
        self.is("enforce_policies")
    }

    /// Whether a token lists the user's permissions.
    pub(crate) fn writes_permissions(&self) -> bool {
        let dialect = self.text("token_dialect");
        self.enforces_policies() && dialect.is_some_and(|dialect| dialect.ends_with("_authz"))
    }

    fn is(&self, name: &str) -> bool {
        self.settings.get(name) == Some(&json!(true))
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.settings.get(name).and_then(Value::as_str)
    }

    /// The wire shape, with the signing secret where there is one to show.
    pub(crate) fn wire(&self, signing_secret: Option<&str>) -> Members {
        let mut members = Members::new();
        members.insert("id".to_owned(), json!(self.id));
        let mut settings = self.settings.clone();
        if let Some(name) = settings.shift_remove("name") {
            members.insert("name".to_owned(), name);
        }
        members.insert("identifier".to_owned(), json!(self.identifier));
        if self.is_system {
            members.insert("is_system".to_owned(), json!(true));
            members.insert("scopes".to_owned(), management_api::wire());
        }
        if let Some(secret) = signing_secret {
            members.insert("signing_secret".to_owned(), json!(secret));
        }
        for (name, value) in settings {
            members.entry(name).or_insert(value);
        }
        members
    }
}
