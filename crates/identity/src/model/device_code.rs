//! Device codes (RFC 8628).

use std::time::Duration;

use oauth::{Scopes, Timestamp};

use crate::model::authorization::Authorization;

/// How long a person has to type the code. Source: the vendor's default.
pub(crate) const LIFETIME: Duration = Duration::from_secs(900);
/// Seconds between two questions of a device. Source: RFC 8628 §3.2.
pub(crate) const INTERVAL: i64 = 5;
/// Letters of the half that a person types.
pub(crate) const USER_CODE: usize = 8;

/// What a device waits for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DeviceCode {
    pub(crate) client_id: String,
    /// What it asked for.
    pub(crate) scope: Scopes,
    /// The API's identifier.
    pub(crate) audience: Option<String>,
    pub(crate) decision: Decision,
    /// Seconds that must lie between two questions.
    pub(crate) interval: i64,
    pub(crate) polled_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

/// What the person said.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Decision {
    /// Nothing yet.
    Pending,
    Approved(Box<Authorization>),
    Denied,
}

impl DeviceCode {
    /// Whether the device asks sooner than it was told to.
    pub(crate) fn is_hasty(&self, now: Timestamp) -> bool {
        let pause = Duration::from_secs(u64::try_from(self.interval).unwrap_or(0));
        self.polled_at.is_some_and(|last| now < last + pause)
    }
}

/// A code as it is compared: capital letters alone. People type dashes, spaces and small letters.
pub(crate) fn normal_user_code(typed: &str) -> Option<String> {
    let letters: String = typed
        .chars()
        .filter(|c| !matches!(c, '-' | ' ' | '_' | '.'))
        .map(|c| c.to_ascii_uppercase())
        .take(USER_CODE + 1)
        .collect();
    let whole = letters.len() == USER_CODE && letters.bytes().all(|byte| byte.is_ascii_uppercase());
    whole.then_some(letters)
}

/// A code as it is shown: `BCDF-GHJK`.
pub(crate) fn shown_user_code(code: &str) -> String {
    let (first, second) = code.split_at(code.len() / 2);
    format!("{first}-{second}")
}

#[cfg(test)]
mod tests {
    use super::{normal_user_code, shown_user_code};

    #[test]
    fn what_people_type_is_read_kindly() {
        for typed in ["BCDF-GHJK", "bcdf ghjk", "bcdfghjk", " b-c-d-f ghjk "] {
            assert_eq!(
                normal_user_code(typed).as_deref(),
                Some("BCDFGHJK"),
                "{typed}"
            );
        }
        for typed in ["", "BCDF-GHJ", "BCDF-GHJKL", "ÄCDFGHJK", "BCDF1HJK"] {
            assert_eq!(normal_user_code(typed), None, "{typed}");
        }
        assert_eq!(shown_user_code("BCDFGHJK"), "BCDF-GHJK");
    }
}
