//! Accounts that are linked to a user's: one person, several ways to sign in.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::model::Members;
use crate::model::user::User;

/// An account that was linked to another one. Who signs in to it is the other one's user.
///
/// Source: the vendor's "User Account Linking".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LinkedIdentity {
    /// Where the account comes from: the first half of the user id that it had, and has again when it is
    /// taken off.
    pub(crate) provider: String,
    /// The other half.
    pub(crate) user_id: String,
    /// The connection's name.
    pub(crate) connection: String,
    /// What is known of the person there, in the vendor's spelling.
    pub(crate) profile: Members,
}

impl LinkedIdentity {
    /// The account of a user as another one's.
    pub(crate) fn of(user: &User) -> Self {
        let mut profile = Members::new();
        for (name, value) in [
            ("email", json!(user.email)),
            ("email_verified", json!(user.email_verified)),
            ("username", json!(user.username)),
            ("phone_number", json!(user.phone_number)),
            ("name", json!(user.name)),
            ("nickname", json!(user.nickname)),
            ("picture", json!(user.picture)),
            ("given_name", json!(user.given_name)),
            ("family_name", json!(user.family_name)),
        ] {
            if !value.is_null() {
                profile.insert(name.to_owned(), value);
            }
        }
        let (provider, user_id) = user.provider();
        Self {
            provider: provider.to_owned(),
            user_id: user_id.to_owned(),
            connection: user.connection.clone(),
            profile,
        }
    }

    /// The user id that the account had, and has again when it is taken off.
    pub(crate) fn id(&self) -> String {
        format!("{}|{}", self.provider, self.user_id)
    }

    /// What people know the account by: its mail address, its username, or its id there.
    pub(crate) fn called(&self) -> &str {
        let known = ["email", "username"]
            .into_iter()
            .find_map(|name| self.profile.get(name).and_then(Value::as_str));
        known.unwrap_or(&self.user_id)
    }
}

/// A user's accounts in the vendor's spelling, the one that gives the user its id first.
pub(crate) fn wire(user: &User) -> Value {
    let (provider, id) = user.provider();
    let own = shown(provider, id, &user.connection);
    let linked = user.linked.iter().map(|identity| {
        let mut shown = shown(&identity.provider, &identity.user_id, &identity.connection);
        shown["profileData"] = json!(identity.profile);
        shown
    });
    std::iter::once(own).chain(linked).collect()
}

fn shown(provider: &str, id: &str, connection: &str) -> Value {
    json!({
        "user_id": id,
        "provider": provider,
        "connection": connection,
        "isSocial": provider != "auth0",
    })
}

#[cfg(test)]
mod tests {
    use oauth::Timestamp;
    use serde_json::json;

    use super::{LinkedIdentity, wire};
    use crate::model::user::User;

    #[test]
    fn a_linked_account_keeps_what_is_known_of_the_person_there() {
        let now = Timestamp::from_millis(0);
        let mut second = User::new("auth0|2".into(), "b", now);
        second.email = Some("jane@work.example".into());
        let mut first = User::new("auth0|1".into(), "a", now);
        first.linked.push(LinkedIdentity::of(&second));
        assert_eq!(
            wire(&first),
            json!([
                { "user_id": "1", "provider": "auth0", "connection": "a", "isSocial": false },
                { "user_id": "2", "provider": "auth0", "connection": "b", "isSocial": false,
                  "profileData": { "email": "jane@work.example", "email_verified": false } }
            ])
        );
        assert_eq!(first.linked[0].called(), "jane@work.example");
    }
}
