//! One user of a file.

use oauth::password::imported;
use oauth::{Entropy, Timestamp};
use serde_json::{Value, json};

use crate::model::connection::Connection;
use crate::model::user::User;
use crate::model::{Members, merge};
use crate::service::users::{normal_email, normal_username};

/// What is wrong with a user of a file. It never holds a hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    code: &'static str,
    message: String,
    path: String,
}

impl Fault {
    fn new(code: &'static str, path: &str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            path: path.to_owned(),
        }
    }

    pub(super) fn exists() -> Self {
        let message = "Failed to create/update user, Cannot create user because the user already \
                       exists. Ask for an upsert to change it.";
        Self::new("DUPLICATED_USER", "email", message)
    }

    pub(super) fn linked() -> Self {
        let message = "The account is linked to another user. Unlink it, or change that user.";
        Self::new("LINKED_USER", "email", message)
    }

    pub(super) fn gone() -> Self {
        Self::new("MISSING_USER", "email", "The user was removed meanwhile.")
    }

    /// The vendor's shape.
    pub(super) fn wire(&self) -> Value {
        json!({ "code": self.code, "message": self.message, "path": self.path })
    }
}

/// A user of a file whose members are all in order.
pub(super) struct Entry {
    members: Members,
    password_hash: Option<String>,
    /// The hash that an upsert may replace another one with.
    pub(super) custom_hash: Option<String>,
}

const TEXTS: [(&str, usize); 9] = [
    ("email", 320),
    ("username", 128),
    ("user_id", 255),
    ("given_name", 150),
    ("family_name", 150),
    ("name", 300),
    ("nickname", 300),
    ("picture", 2048),
    ("phone_number", 30),
];
const TRUTHS: [&str; 3] = ["email_verified", "phone_verified", "blocked"];
const OBJECTS: [&str; 2] = ["app_metadata", "user_metadata"];
const HASHES: [&str; 2] = ["password_hash", "custom_password_hash"];

/// What `app_metadata` may not hold. Source: the vendor's "Bulk User Import Database Schema and Examples".
const RESERVED: [&str; 19] = [
    "__tenant",
    "_id",
    "blocked",
    "clientID",
    "created_at",
    "email_verified",
    "email",
    "globalClientID",
    "global_client_id",
    "identities",
    "lastIP",
    "lastLogin",
    "loginsCount",
    "metadata",
    "multifactor_last_modified",
    "multifactor",
    "updated_at",
    "user_id",
    "last_ip",
];

impl Entry {
    pub(super) fn read(given: &Value, connection: &Connection) -> Result<Self, Fault> {
        let Value::Object(given) = given else {
            return Err(Fault::new(
                "INVALID_TYPE",
                "",
                "Expected type object for a user",
            ));
        };
        let mut members = given.clone();
        members.retain(|_, value| !value.is_null());
        let hashes = HASHES.map(|name| members.shift_remove(name));
        for (name, value) in &members {
            check(name, value)?;
        }
        let names = normalise(&mut members, connection);
        names.map_err(|(path, message)| Fault::new("INVALID_FORMAT", path, message))?;
        let unusable = |path: &'static str| {
            move |error: imported::Unusable| {
                Fault::new("INVALID_HASH", path, format!("The hash {error}"))
            }
        };
        let [plain, custom] = hashes;
        let (password_hash, custom_hash) = match (plain, custom) {
            (Some(_), Some(_)) => {
                let message = "password_hash and custom_password_hash exclude each other";
                return Err(Fault::new(
                    "ONE_OF_MULTIPLE",
                    "custom_password_hash",
                    message,
                ));
            }
            (Some(Value::String(text)), None) => (
                Some(imported::bcrypt(&text).map_err(unusable("password_hash"))?),
                None,
            ),
            (Some(_), None) => {
                return Err(Fault::new(
                    "INVALID_TYPE",
                    "password_hash",
                    "Expected type string",
                ));
            }
            (None, Some(custom)) => {
                let kept = imported::custom(&custom).map_err(unusable("custom_password_hash"))?;
                (Some(kept.clone()), Some(kept))
            }
            (None, None) => (None, None),
        };
        Ok(Self {
            members,
            password_hash,
            custom_hash,
        })
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name).and_then(Value::as_str)
    }

    pub(super) fn email(&self) -> Option<&str> {
        self.text("email")
    }

    pub(super) fn username(&self) -> Option<&str> {
        self.text("username")
    }

    /// The whole id, if the file says one.
    pub(super) fn user_id(&self, connection: &Connection) -> Option<String> {
        let own = self.text("user_id")?;
        // Exports have the connection's strategy in front.
        let bare = own
            .strip_prefix(connection.strategy.as_str())
            .and_then(|rest| rest.strip_prefix('|'));
        Some(format!("{}|{}", connection.strategy, bare.unwrap_or(own)))
    }

    /// A new user, and the hash of their password.
    pub(super) fn into_user(
        self,
        entropy: &Entropy,
        connection: &Connection,
        now: Timestamp,
    ) -> (User, Option<String>) {
        let id = self.user_id(connection);
        let id = id.unwrap_or_else(|| User::new_id(entropy));
        let mut user = User::new(id, &connection.name, now);
        let owned = |name: &str| self.text(name).map(str::to_owned);
        user.email = owned("email");
        user.username = owned("username");
        user.phone_number = owned("phone_number");
        let truth = |name: &str| self.members.get(name) == Some(&Value::Bool(true));
        user.phone_verified = truth("phone_verified");
        user.blocked = truth("blocked");
        self.lay_over(&mut user);
        user.complete();
        (user, self.password_hash)
    }

    /// What a user may be given who exists already, too.
    pub(super) fn lay_over(&self, user: &mut User) {
        let texts = [
            ("name", &mut user.name),
            ("nickname", &mut user.nickname),
            ("picture", &mut user.picture),
            ("given_name", &mut user.given_name),
            ("family_name", &mut user.family_name),
        ];
        for (name, place) in texts {
            if let Some(text) = self.text(name) {
                *place = Some(text.to_owned());
            }
        }
        if let Some(Value::Bool(verified)) = self.members.get("email_verified") {
            user.email_verified = *verified;
        }
        let metadata = [
            ("user_metadata", &mut user.user_metadata),
            ("app_metadata", &mut user.app_metadata),
        ];
        for (name, place) in metadata {
            if let Some(Value::Object(members)) = self.members.get(name) {
                merge(place, members.clone());
            }
        }
    }
}

fn check(name: &str, value: &Value) -> Result<(), Fault> {
    if let Some((_, most)) = TEXTS.iter().find(|(text, _)| *text == name) {
        let Value::String(text) = value else {
            return Err(Fault::new("INVALID_TYPE", name, "Expected type string"));
        };
        if text.is_empty() || text.chars().count() > *most || text.chars().any(char::is_control) {
            let message = format!("Expected 1 to {most} characters and no control characters");
            return Err(Fault::new("INVALID_FORMAT", name, message));
        }
        return Ok(());
    }
    if TRUTHS.contains(&name) {
        return match value.is_boolean() {
            true => Ok(()),
            false => Err(Fault::new("INVALID_TYPE", name, "Expected type boolean")),
        };
    }
    if OBJECTS.contains(&name) {
        let Value::Object(members) = value else {
            return Err(Fault::new("INVALID_TYPE", name, "Expected type object"));
        };
        let reserved = members.keys().find(|key| RESERVED.contains(&key.as_str()));
        return match reserved.filter(|_| name == "app_metadata") {
            None => Ok(()),
            Some(key) => Err(Fault::new(
                "RESERVED",
                name,
                format!("app_metadata may not hold {key}"),
            )),
        };
    }
    let name: String = name.chars().take(100).collect();
    Err(Fault::new(
        "OBJECT_ADDITIONAL_PROPERTIES",
        &name,
        format!("Additional properties not allowed: {name}"),
    ))
}

/// Addresses and usernames as they are kept.
fn normalise(members: &mut Members, connection: &Connection) -> Result<(), (&'static str, String)> {
    let text = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
    let (email, username, phone) = (text("email"), text("username"), text("phone_number"));
    if email.is_none() && username.is_none() && phone.is_none() {
        return Err((
            "email",
            "A user needs an email, a username or a phone_number".to_owned(),
        ));
    }
    if let Some(email) = email {
        let wrong = || {
            (
                "email",
                "Object didn't pass validation for format email".to_owned(),
            )
        };
        let email = normal_email(&email).ok_or_else(wrong)?;
        members.insert("email".to_owned(), json!(email));
    }
    if let Some(username) = username {
        let username =
            normal_username(connection, &username).map_err(|fault| ("username", fault))?;
        members.insert("username".to_owned(), json!(username));
    }
    Ok(())
}

/// A user as it was sent, without what nobody may read again.
pub(super) fn hidden(mut given: Value) -> Value {
    if let Value::Object(members) = &mut given {
        for name in HASHES {
            members.shift_remove(name);
        }
    }
    given
}
