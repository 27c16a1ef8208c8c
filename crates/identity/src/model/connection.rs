//! Connections: where users come from.

use oauth::{Entropy, Timestamp};
use serde_json::{Value, json};

use crate::model::{Members, merge};

/// The strategy of connections whose users and passwords this tenant keeps itself.
pub(crate) const DATABASE: &str = "auth0";

/// The connection that every tenant has from the beginning.
pub(crate) const FIRST: &str = "Username-Password-Authentication";

/// A source of users.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Connection {
    /// `con_` and 16 characters.
    pub(crate) id: String,
    /// Unique, and never changed.
    pub(crate) name: String,
    /// `auth0`, or the vendor's name of a provider elsewhere.
    pub(crate) strategy: String,
    /// Whether third-party clients may use it: "promoted to domain level".
    pub(crate) is_domain_connection: bool,
    /// How it works, in the vendor's spelling. A change replaces it whole.
    pub(crate) options: Members,
    /// Every other member: `display_name`, `realms`, `show_as_button`, `metadata`, ….
    pub(crate) settings: Members,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Connection {
    /// A new connection with the vendor's defaults for what the request leaves out.
    ///
    /// `request` has passed validation; the clients that it names are the caller's business.
    pub(crate) fn new(mut request: Members, entropy: &Entropy, now: Timestamp) -> Self {
        let text = |request: &mut Members, name: &str| match request.shift_remove(name) {
            Some(Value::String(text)) => text,
            _ => String::new(),
        };
        let name = text(&mut request, "name");
        let strategy = text(&mut request, "strategy");
        let is_domain_connection =
            request.shift_remove("is_domain_connection") == Some(Value::Bool(true));
        let options = match request.shift_remove("options") {
            Some(Value::Object(options)) => options,
            _ => Members::new(),
        };
        request.retain(|_, value| !value.is_null());
        if !request.contains_key("realms") {
            request.insert("realms".to_owned(), json!([name]));
        }
        Self {
            id: format!("con_{}", entropy.alphanumeric(16)),
            options: with_defaults(&strategy, options),
            name,
            strategy,
            is_domain_connection,
            settings: request,
            created_at: now,
            updated_at: now,
        }
    }

    /// The database connection of a new tenant.
    pub(crate) fn first(entropy: &Entropy, now: Timestamp) -> Self {
        let mut request = Members::new();
        request.insert("name".to_owned(), json!(FIRST));
        request.insert("strategy".to_owned(), json!(DATABASE));
        Self::new(request, entropy, now)
    }

    /// Applies a validated PATCH: `options` is replaced whole, `null` removes a member.
    pub(crate) fn apply(&mut self, mut changes: Members, now: Timestamp) {
        if let Some(Value::Bool(domain)) = changes.shift_remove("is_domain_connection") {
            self.is_domain_connection = domain;
        }
        match changes.shift_remove("options") {
            Some(Value::Object(options)) => self.options = options,
            Some(Value::Null) => self.options = Members::new(),
            _ => {}
        }
        merge(&mut self.settings, changes);
        self.updated_at = now;
    }

    /// Whether its users and passwords are kept here.
    pub(crate) fn is_database(&self) -> bool {
        self.strategy == DATABASE
    }

    /// The name that people see.
    pub(crate) fn display_name(&self) -> &str {
        let shown = self.settings.get("display_name").and_then(Value::as_str);
        shown.unwrap_or(&self.name)
    }

    /// Whether nobody may sign up at it by themselves.
    pub(crate) fn is_closed(&self) -> bool {
        self.option("disable_signup") == Some(&json!(true))
    }

    /// Whether a user has a name beside the mail address.
    pub(crate) fn requires_username(&self) -> bool {
        self.option("requires_username") == Some(&json!(true))
    }

    /// Whether a new account is told to look for its mail instead of being signed in: then a stranger sees
    /// the same whether the address has an account or not.
    ///
    /// Source: the vendor's flexible identifiers, `attributes.email.signup.verification.active`.
    pub(crate) fn confirms_first(&self) -> bool {
        let attributes = self.option("attributes");
        attributes.and_then(|all| all.pointer("/email/signup/verification/active"))
            == Some(&json!(true))
    }

    /// Whether too many wrong passwords stop an account (`options.brute_force_protection`).
    pub(crate) fn protects_accounts(&self) -> bool {
        self.option("brute_force_protection") != Some(&json!(false))
    }

    /// Fewest and most characters of a username.
    pub(crate) fn username_length(&self) -> (usize, usize) {
        let bound = |end: &str, default: usize| {
            self.option("validation")
                .and_then(|rules| rules.pointer(&format!("/username/{end}")))
                .and_then(Value::as_u64)
                .and_then(|length| usize::try_from(length).ok())
                .unwrap_or(default)
        };
        (bound("min", 1), bound("max", 15))
    }

    /// The name of the password policy, `none` to `excellent`; `good` where none is chosen.
    pub(crate) fn password_policy(&self) -> &str {
        let name = self.option("passwordPolicy").and_then(Value::as_str);
        name.unwrap_or("good")
    }

    /// A member of the options.
    pub(crate) fn option(&self, name: &str) -> Option<&Value> {
        self.options.get(name)
    }
}

/// Source: recordings of `POST /api/v2/connections` with strategy `auth0`.
fn with_defaults(strategy: &str, asked: Members) -> Members {
    if strategy != DATABASE {
        return asked;
    }
    let defaults = json!({
        "mfa": { "active": true, "return_enroll_settings": true },
        "passwordPolicy": "good",
        "passkey_options": {
            "challenge_ui": "both",
            "local_enrollment_enabled": true,
            "progressive_enrollment_enabled": true,
        },
        "strategy_version": 2,
        "authentication_methods": {
            "passkey": { "enabled": false },
            "password": { "enabled": true, "api_behavior": "required" },
        },
        "brute_force_protection": true,
        "disable_self_service_change_password": false,
    });
    let mut options = match defaults {
        Value::Object(options) => options,
        _ => Members::new(),
    };
    merge(&mut options, asked);
    options
}

#[cfg(test)]
mod tests {
    use oauth::{Entropy, Timestamp};
    use serde_json::{Value, json};

    use super::Connection;

    #[test]
    fn options_are_replaced_whole_and_other_members_one_by_one() {
        let now = Timestamp::from_millis(0);
        let mut connection = Connection::first(&Entropy::seeded(1), now);
        assert!(connection.id.starts_with("con_") && connection.id.len() == 20);
        assert_eq!(connection.settings["realms"], json!([connection.name]));
        assert!(connection.protects_accounts() && !connection.is_closed());
        let Value::Object(changes) = json!({
            "options": { "disable_signup": true }, "display_name": "Members",
            "is_domain_connection": true
        }) else {
            unreachable!()
        };
        connection.apply(changes, now);
        assert_eq!(
            Value::from(connection.options.clone()),
            json!({ "disable_signup": true })
        );
        assert!(connection.is_closed() && connection.is_domain_connection);
        assert_eq!(connection.display_name(), "Members");
        assert_eq!(connection.settings["realms"], json!([connection.name]));
    }
}
