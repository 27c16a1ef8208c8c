//! Users.

use oauth::{Entropy, Timestamp};
use serde_json::{Value, json};

use crate::model::Members;
use crate::model::identity::{self, LinkedIdentity};

/// A person who signs in. The password is not part of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct User {
    /// `auth0|` and 24 hexadecimal digits, or what the one who made the user chose.
    pub(crate) user_id: String,
    /// The connection's name.
    pub(crate) connection: String,
    /// In lower case.
    pub(crate) email: Option<String>,
    pub(crate) email_verified: bool,
    /// In lower case.
    pub(crate) username: Option<String>,
    pub(crate) phone_number: Option<String>,
    pub(crate) phone_verified: bool,
    pub(crate) name: Option<String>,
    pub(crate) nickname: Option<String>,
    pub(crate) picture: Option<String>,
    pub(crate) given_name: Option<String>,
    pub(crate) family_name: Option<String>,
    /// Whether an administrator stopped the user.
    pub(crate) blocked: bool,
    /// What the user may see and change.
    pub(crate) user_metadata: Members,
    /// What only administrators may change.
    pub(crate) app_metadata: Members,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) last_login: Option<Timestamp>,
    pub(crate) last_ip: Option<String>,
    pub(crate) logins_count: i64,
    pub(crate) last_password_reset: Option<Timestamp>,
    /// The accounts that are linked to this one, in the order in which they came.
    pub(crate) linked: Vec<LinkedIdentity>,
}

impl User {
    /// A user of a connection about whom nothing is known yet.
    pub(crate) fn new(user_id: String, connection: &str, now: Timestamp) -> Self {
        Self {
            user_id,
            connection: connection.to_owned(),
            email: None,
            email_verified: false,
            username: None,
            phone_number: None,
            phone_verified: false,
            name: None,
            nickname: None,
            picture: None,
            given_name: None,
            family_name: None,
            blocked: false,
            user_metadata: Members::new(),
            app_metadata: Members::new(),
            created_at: now,
            updated_at: now,
            last_login: None,
            last_ip: None,
            logins_count: 0,
            last_password_reset: None,
            linked: Vec::new(),
        }
    }

    /// A new id of a database user.
    pub(crate) fn new_id(entropy: &Entropy) -> String {
        format!("auth0|{}", entropy.hex(24))
    }

    /// The provider and the id at it: `auth0|5f7c…` is `("auth0", "5f7c…")`.
    pub(crate) fn provider(&self) -> (&str, &str) {
        self.user_id
            .split_once('|')
            .unwrap_or(("auth0", &self.user_id))
    }

    /// What the user is called where a name is needed: name, username, mail address.
    pub(crate) fn called(&self) -> &str {
        [&self.name, &self.username, &self.email, &self.phone_number]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .find(|text| !text.is_empty())
            .unwrap_or(&self.user_id)
    }

    /// Fills in what the vendor derives: the name from the address, the nickname from its first part.
    pub(crate) fn complete(&mut self) {
        if self.nickname.is_none() {
            let local = self
                .email
                .as_deref()
                .and_then(|email| email.split('@').next());
            let nickname = self.username.as_deref().or(local);
            self.nickname = nickname.map(str::to_owned);
        }
        if self.name.is_none() {
            self.name = self.email.clone().or_else(|| self.username.clone());
        }
    }

    /// A user in the vendor's spelling; what is not known is left out.
    pub(crate) fn wire(self) -> Members {
        let identities = identity::wire(&self);
        let moment = |at: Option<Timestamp>| at.map(|at| at.to_rfc3339());
        let mut members = Members::new();
        let mut show = |name: &str, value: Value| {
            if !value.is_null() {
                members.insert(name.to_owned(), value);
            }
        };
        show("user_id", json!(self.user_id));
        show("identities", identities);
        show("email", json!(self.email));
        show("email_verified", json!(self.email_verified));
        show("username", json!(self.username));
        show("phone_number", json!(self.phone_number));
        if self.phone_number.is_some() {
            show("phone_verified", json!(self.phone_verified));
        }
        show("name", json!(self.name));
        show("nickname", json!(self.nickname));
        show("picture", json!(self.picture));
        show("given_name", json!(self.given_name));
        show("family_name", json!(self.family_name));
        for (name, metadata) in [
            ("user_metadata", self.user_metadata),
            ("app_metadata", self.app_metadata),
        ] {
            if !metadata.is_empty() {
                show(name, metadata.into());
            }
        }
        if self.blocked {
            show("blocked", json!(true));
        }
        show("created_at", json!(self.created_at.to_rfc3339()));
        show("updated_at", json!(self.updated_at.to_rfc3339()));
        show(
            "last_password_reset",
            json!(moment(self.last_password_reset)),
        );
        show("last_login", json!(moment(self.last_login)));
        show("last_ip", json!(self.last_ip));
        show("logins_count", json!(self.logins_count));
        members
    }
}

#[cfg(test)]
mod tests {
    use oauth::{Entropy, Timestamp};

    use super::User;

    #[test]
    fn a_user_is_called_by_what_is_known() {
        let id = User::new_id(&Entropy::seeded(1));
        assert_eq!(id.len(), 6 + 24);
        let mut user = User::new(id.clone(), "c", Timestamp::from_millis(0));
        assert_eq!(user.provider(), ("auth0", &id[6..]));
        assert_eq!(user.called(), id);
        user.email = Some("jane@example.com".into());
        user.complete();
        assert_eq!(user.nickname.as_deref(), Some("jane"));
        assert_eq!(user.called(), "jane@example.com");
    }
}
