//! What may be a password at a connection.

use serde_json::Value;

use crate::model::connection::Connection;

/// Most characters: more than anybody types, and few enough that hashing stays cheap.
pub(crate) const MAX_LENGTH: usize = 256;

/// Why a password is refused, with what would help.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Weakness {
    #[error("the password must have at least {0} characters")]
    TooShort(usize),
    #[error("the password must not have more than {MAX_LENGTH} characters")]
    TooLong,
    #[error(
        "the password must hold at least {needed} of: a lower-case letter, an upper-case letter, a digit, \
         a special character"
    )]
    TooUniform {
        /// How many of the four kinds are asked for.
        needed: usize,
    },
    #[error("the password must not repeat a character more than twice in a row")]
    Repetitive,
    #[error("the password must not hold your name, username or email address")]
    Personal,
    #[error("the password is one that this connection does not allow; choose another one")]
    Listed,
}

/// Checks a new password against the connection's policy.
///
/// `personal` holds what is known of the user: address, username, names.
///
/// # Errors
/// The first rule that it breaks.
///
/// Source: the vendor's "Password Strength in Auth0 Database Connections" and "Password Options".
pub(crate) fn check(
    connection: &Connection,
    password: &str,
    personal: &[&str],
) -> Result<(), Weakness> {
    let length = password.chars().count();
    let shortest = shortest(connection);
    if length < shortest {
        return Err(Weakness::TooShort(shortest));
    }
    if length > MAX_LENGTH {
        return Err(Weakness::TooLong);
    }
    let needed = match connection.password_policy() {
        "fair" | "good" | "excellent" => 3,
        _ => 0,
    };
    if kinds(password, connection.password_policy()) < needed {
        return Err(Weakness::TooUniform { needed });
    }
    if connection.password_policy() == "excellent" && is_repetitive(password) {
        return Err(Weakness::Repetitive);
    }
    if is_on(connection, "password_no_personal_info") && holds_any(password, personal) {
        return Err(Weakness::Personal);
    }
    if is_on(connection, "password_dictionary") && is_listed(connection, password) {
        return Err(Weakness::Listed);
    }
    Ok(())
}

/// `password_complexity_options.min_length`, else what the policy says; never nothing.
pub(crate) fn shortest(connection: &Connection) -> usize {
    let chosen = connection
        .option("password_complexity_options")
        .and_then(|options| options.get("min_length"))
        .and_then(Value::as_u64)
        .and_then(|length| usize::try_from(length).ok());
    chosen.unwrap_or(match connection.password_policy() {
        "low" => 6,
        "fair" | "good" => 8,
        "excellent" => 10,
        _ => 1,
    })
}

/// How many kinds of characters there are. A special character counts only where the policy knows
/// it: "fair" asks for the other three.
fn kinds(password: &str, policy: &str) -> usize {
    let has = |kind: fn(char) -> bool| usize::from(password.chars().any(kind));
    let special = |c: char| !c.is_alphanumeric();
    let first = has(char::is_lowercase) + has(char::is_uppercase) + has(|c| c.is_ascii_digit());
    if policy == "fair" {
        first
    } else {
        first + has(special)
    }
}

/// Whether a character comes three times in a row.
fn is_repetitive(password: &str) -> bool {
    let characters: Vec<char> = password.chars().collect();
    characters
        .windows(3)
        .any(|three| three[0] == three[1] && three[1] == three[2])
}

fn is_on(connection: &Connection, option: &str) -> bool {
    let enabled = connection
        .option(option)
        .and_then(|rule| rule.get("enable"));
    enabled == Some(&Value::Bool(true))
}

fn holds_any(password: &str, words: &[&str]) -> bool {
    let password = password.to_lowercase();
    let parts = words
        .iter()
        .flat_map(|word| word.split('@').take(1).chain([*word]));
    parts
        .filter(|word| word.chars().count() >= 3)
        .any(|word| password.contains(&word.to_lowercase()))
}

fn is_listed(connection: &Connection, password: &str) -> bool {
    let own = connection
        .option("password_dictionary")
        .and_then(|rule| rule.get("dictionary"))
        .and_then(Value::as_array);
    own.into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .any(|word| word.eq_ignore_ascii_case(password))
}

#[cfg(test)]
mod tests {
    use oauth::{Entropy, Timestamp};
    use serde_json::json;

    use super::{Connection, Weakness, check};

    fn with(options: serde_json::Value) -> Connection {
        let mut connection = Connection::first(&Entropy::seeded(1), Timestamp::from_millis(0));
        connection.options = options.as_object().cloned().unwrap();
        connection
    }

    #[test]
    fn each_policy_asks_for_what_it_says() {
        let refused = |policy: &str, password: &str| {
            check(&with(json!({ "passwordPolicy": policy })), password, &[]).err()
        };
        assert_eq!(refused("none", "a"), None);
        assert_eq!(refused("none", ""), Some(Weakness::TooShort(1)));
        assert_eq!(refused("low", "abcde"), Some(Weakness::TooShort(6)));
        assert_eq!(
            refused("fair", "abcdefg!"),
            Some(Weakness::TooUniform { needed: 3 })
        );
        assert_eq!(refused("fair", "abcDefg1"), None);
        assert_eq!(
            refused("good", "abcdefg1"),
            Some(Weakness::TooUniform { needed: 3 })
        );
        assert_eq!(refused("good", "abcdefg1!"), None);
        assert_eq!(
            refused("excellent", "abccc1!defg"),
            Some(Weakness::Repetitive)
        );
        assert_eq!(refused("good", &"aB1".repeat(100)), Some(Weakness::TooLong));
    }

    #[test]
    fn personal_words_and_listed_ones_are_refused_where_that_is_on() {
        let connection = with(json!({
            "passwordPolicy": "none",
            "password_no_personal_info": { "enable": true },
            "password_dictionary": { "enable": true, "dictionary": ["Summer"] }
        }));
        let personal = ["jane.doe@example.com", "Jane Doe"];
        let refused = |password| check(&connection, password, &personal).err();
        assert_eq!(refused("my-JANE.doe-1"), Some(Weakness::Personal));
        assert_eq!(refused("summer"), Some(Weakness::Listed));
        assert_eq!(refused("winter"), None);
    }
}
