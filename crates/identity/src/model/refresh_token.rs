//! Refresh tokens: rotation, lifetimes, reuse.

use std::time::Duration;

use oauth::Timestamp;
use serde_json::Value;

use crate::model::authorization::Authorization;
use crate::model::client::Client;

/// How many tokens may be valid at once because one was exchanged again within the leeway.
const MAX_SIBLINGS: usize = 8;

/// A refresh token with everything that it was rotated into (a family).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RefreshToken {
    /// `rt_` and 22 characters; names the family without being of use to anybody.
    pub(crate) id: String,
    /// Digests of the secrets that are valid now: one, or several where a leeway let the one before be
    /// exchanged again.
    pub(crate) valid: Vec<String>,
    /// Digests of the secrets before the last rotation.
    pub(crate) replaced: Vec<String>,
    pub(crate) rotated_at: Timestamp,
    pub(crate) authorization: Authorization,
    pub(crate) rotating: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) last_exchanged_at: Option<Timestamp>,
    /// When it ends unless it is exchanged before.
    pub(crate) idle_expires_at: Option<Timestamp>,
    /// When it ends whatever happens; rotation does not move it.
    pub(crate) expires_at: Option<Timestamp>,
}

/// A client's rules for its refresh tokens (`refresh_token`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Policy {
    pub(crate) rotating: bool,
    /// For how long after a rotation the token before may be exchanged again.
    pub(crate) leeway: Duration,
    /// `None` for ever.
    pub(crate) lifetime: Option<Duration>,
    /// `None` for ever.
    pub(crate) idle_lifetime: Option<Duration>,
}

/// What presenting a secret of the family means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presented {
    /// It is valid.
    Current,
    /// It was rotated away a moment ago, and the leeway forgives that.
    JustReplaced,
    /// It was valid once, or never: somebody else has it (RFC 9700 §4.14.2).
    Reused,
    /// The family is too old.
    Expired,
}

impl Policy {
    /// The rules of a client.
    ///
    /// A strict third-party client's tokens expire, and rotate if it is public, whatever was configured
    /// since (RFC 9700 §2.2.2).
    pub(crate) fn of(client: &Client, public: bool) -> Self {
        let settings = client.settings.get("refresh_token");
        let member = |name: &str| settings.and_then(|settings| settings.get(name));
        let is = |name: &str, text: &str| member(name).and_then(Value::as_str) == Some(text);
        let flag = |name: &str| member(name) == Some(&Value::Bool(true));
        let seconds = |name: &str, default: u64| {
            Duration::from_secs(member(name).and_then(Value::as_u64).unwrap_or(default))
        };
        let strict = client.is_strict();
        let expiring = strict || is("expiration_type", "expiring");
        let infinite = !strict && (!expiring || flag("infinite_token_lifetime"));
        let infinite_idle = !strict && flag("infinite_idle_token_lifetime");
        Self {
            rotating: (strict && public) || is("rotation_type", "rotating"),
            leeway: seconds("leeway", 0),
            lifetime: (!infinite).then(|| seconds("token_lifetime", 2_592_000)),
            idle_lifetime: (!infinite_idle).then(|| seconds("idle_token_lifetime", 1_296_000)),
        }
    }
}

impl RefreshToken {
    /// A new family with its first secret.
    pub(crate) fn new(
        id: String,
        secret: String,
        authorization: Authorization,
        policy: &Policy,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            valid: vec![secret],
            replaced: Vec::new(),
            rotated_at: now,
            authorization,
            rotating: policy.rotating,
            created_at: now,
            last_exchanged_at: None,
            idle_expires_at: policy.idle_lifetime.map(|idle| now + idle),
            expires_at: policy.lifetime.map(|lifetime| now + lifetime),
        }
    }

    /// What it means that somebody presents the secret of this digest.
    pub(crate) fn judge(&self, secret: &str, leeway: Duration, now: Timestamp) -> Presented {
        let ended = |end: Option<Timestamp>| end.is_some_and(|end| now >= end);
        if ended(self.expires_at) || ended(self.idle_expires_at) {
            return Presented::Expired;
        }
        if self.valid.iter().any(|own| own == secret) {
            return Presented::Current;
        }
        let just = self.replaced.iter().any(|own| own == secret) && now < self.rotated_at + leeway;
        match just && self.valid.len() < MAX_SIBLINGS {
            true => Presented::JustReplaced,
            false => Presented::Reused,
        }
    }

    /// The family after its secret was exchanged; `next` is the digest of the new one where it rotates.
    pub(crate) fn exchanged(
        &self,
        presented: Presented,
        next: Option<String>,
        policy: &Policy,
        now: Timestamp,
    ) -> Self {
        let mut after = self.clone();
        after.last_exchanged_at = Some(now);
        after.idle_expires_at = policy.idle_lifetime.map(|idle| now + idle);
        match (presented, next) {
            (Presented::JustReplaced, Some(next)) => after.valid.push(next),
            (_, Some(next)) => {
                after.replaced = std::mem::replace(&mut after.valid, vec![next]);
                after.rotated_at = now;
            }
            (_, None) => {}
        }
        after
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use oauth::{Scopes, Timestamp};

    use super::{Policy, Presented, RefreshToken};
    use crate::model::authorization::Authorization;

    const ROTATING: Policy = Policy {
        rotating: true,
        leeway: Duration::from_secs(10),
        lifetime: Some(Duration::from_secs(1000)),
        idle_lifetime: Some(Duration::from_secs(100)),
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds)
    }

    fn family() -> RefreshToken {
        let authorization = Authorization {
            client_id: "c".into(),
            user_id: "u".into(),
            session_id: None,
            auth_time: at(0),
            audience: None,
            scope: Scopes::new(),
            nonce: None,
            acr: None,
            amr: Vec::new(),
            claims: None,
            dpop_jkt: None,
            custom: None,
        };
        RefreshToken::new("rt".into(), "one".into(), authorization, &ROTATING, at(0))
    }

    fn judge(family: &RefreshToken, secret: &str, second: i64) -> Presented {
        family.judge(secret, ROTATING.leeway, at(second))
    }

    #[test]
    fn a_rotated_token_is_forgiven_within_the_leeway_and_is_theft_after_it() {
        let first = family();
        assert_eq!(judge(&first, "one", 5), Presented::Current);
        let second = first.exchanged(Presented::Current, Some("two".into()), &ROTATING, at(5));
        assert_eq!(judge(&second, "two", 6), Presented::Current);
        assert_eq!(judge(&second, "one", 14), Presented::JustReplaced);
        assert_eq!(judge(&second, "one", 15), Presented::Reused);
        assert_eq!(judge(&second, "never", 6), Presented::Reused);
    }

    #[test]
    fn only_the_token_before_is_forgiven() {
        let second = family().exchanged(Presented::Current, Some("two".into()), &ROTATING, at(1));
        let again = second.exchanged(
            Presented::JustReplaced,
            Some("twin".into()),
            &ROTATING,
            at(2),
        );
        assert_eq!(again.valid, ["two", "twin"]);
        // Once either of the twins is exchanged, both are the token before.
        let third = again.exchanged(Presented::Current, Some("three".into()), &ROTATING, at(3));
        assert_eq!(judge(&third, "twin", 4), Presented::JustReplaced);
        assert_eq!(judge(&third, "one", 4), Presented::Reused);
        assert_eq!(judge(&third, "twin", 13), Presented::Reused);
    }

    #[test]
    fn use_moves_the_idle_end_and_never_the_absolute_one() {
        let mut family = family();
        for second in (0..990).step_by(90) {
            assert_eq!(judge(&family, "one", second), Presented::Current);
            let policy = Policy {
                rotating: false,
                ..ROTATING
            };
            family = family.exchanged(Presented::Current, None, &policy, at(second));
        }
        assert_eq!(judge(&family, "one", 1000), Presented::Expired);
        assert_eq!(judge(&self::family(), "one", 100), Presented::Expired);
    }

    #[test]
    fn siblings_are_few() {
        let mut family = family().exchanged(Presented::Current, Some("s".into()), &ROTATING, at(1));
        let mut forgiven = 0;
        while judge(&family, "one", 2) == Presented::JustReplaced {
            let next = Some(format!("s{forgiven}"));
            family = family.exchanged(Presented::JustReplaced, next, &ROTATING, at(2));
            forgiven += 1;
        }
        assert_eq!(forgiven, 7);
    }
}
