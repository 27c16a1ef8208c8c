//! Which codes and tokens of users end.

use storage::{Value, params};

/// Which codes and tokens end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which<'a> {
    /// One refresh token, and what it gave.
    RefreshToken(&'a str),
    /// Those of a user.
    User(&'a str),
    /// Those of a session.
    Session(&'a str),
    /// Those of these clients.
    Clients(&'a [&'a str]),
    /// Those that a user gave a client.
    Pair {
        user_id: &'a str,
        client_id: &'a str,
    },
    /// Those that a user gave a client at one API, or for `/userinfo` alone.
    Grant {
        user_id: &'a str,
        client_id: &'a str,
        audience: Option<&'a str>,
    },
}

impl Which<'_> {
    /// The condition on a table; `refresh_token` is the column with the refresh token's id, `audience`
    /// the one with the API's identifier where the table has one.
    pub(super) fn condition(
        &self,
        refresh_token: &str,
        audience: Option<&str>,
    ) -> (String, Vec<Value>) {
        let named = match *self {
            Self::RefreshToken(id) => return (format!("{refresh_token} = $1"), params![id]),
            Self::User(user_id) => ("user_id = $1", params![user_id]),
            Self::Session(session_id) => ("session_id = $1", params![session_id]),
            Self::Pair { user_id, client_id } => (
                "user_id = $1 AND client_id = $2",
                params![user_id, client_id],
            ),
            Self::Clients(client_ids) => return one_of(client_ids),
            Self::Grant {
                user_id,
                client_id,
                audience: api,
            } => {
                let both = "user_id = $1 AND client_id = $2";
                return match (audience, api) {
                    (None, _) => (both.to_owned(), params![user_id, client_id]),
                    (Some(column), None) => (
                        format!("{both} AND {column} IS NULL"),
                        params![user_id, client_id],
                    ),
                    (Some(column), Some(api)) => (
                        format!("{both} AND {column} = $3"),
                        params![user_id, client_id, api],
                    ),
                };
            }
        };
        (named.0.to_owned(), named.1)
    }
}

/// The condition that `client_id` is one of these.
pub(super) fn one_of(client_ids: &[&str]) -> (String, Vec<Value>) {
    let places: Vec<String> = (1..=client_ids.len()).map(|n| format!("${n}")).collect();
    let params = client_ids.iter().map(|id| Value::from(*id)).collect();
    (format!("client_id IN ({})", places.join(", ")), params)
}
