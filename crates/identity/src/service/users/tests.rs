//! Signing up, signing in, and what stops a guesser.

use std::time::Duration;

use serde_json::json;

use super::{NewUser, SignInRefused, SignUpRefused, blocked_from, sign_in, sign_up};
use crate::model::user::User;
use crate::service::tickets::{self, Purpose, ResetRefused};
use crate::stage::{Stage, stages};
use crate::{service, store};

const PASSWORD: &str = "correct-horse-9A";

async fn jane(stage: &Stage) -> User {
    let new = NewUser {
        email: "Jane@Example.com".into(),
        ..NewUser::default()
    };
    let connection = stage.connection().await;
    let visit = stage.from("192.0.2.1");
    sign_up(&stage.tenant, &connection, new, PASSWORD.into(), &visit)
        .await
        .unwrap()
}

async fn attempt(
    stage: &Stage,
    name: &str,
    password: &str,
    ip: &str,
) -> Result<User, SignInRefused> {
    let connection = stage.connection().await;
    let visit = stage.from(ip);
    sign_in(&stage.tenant, &connection, name, password.into(), &visit).await
}

#[tokio::test]
async fn who_signed_up_signs_in_and_is_counted() {
    for stage in stages().await {
        jane(&stage).await;
        let user = attempt(&stage, " JANE@example.com", PASSWORD, "192.0.2.1").await;
        let user = user.unwrap();
        assert_eq!(
            (user.logins_count, user.last_ip.as_deref()),
            (1, Some("192.0.2.1"))
        );
        assert_eq!(user.last_login, Some(stage.tenant.clock().now()));
        let wrong = attempt(&stage, "jane@example.com", "wrong", "192.0.2.1").await;
        assert_eq!(wrong, Err(SignInRefused::WrongCredentials));
        let unknown = attempt(&stage, "bob@example.com", PASSWORD, "192.0.2.1").await;
        assert_eq!(unknown, Err(SignInRefused::WrongCredentials));
        service::log::flush(&stage.tenant).await.unwrap();
        let all = store::logs::Filter::new(&crate::model::search::Search::All).unwrap();
        let entries = store::logs::list(stage.tenant.db(), &all, false, (0, 50))
            .await
            .unwrap();
        let types: Vec<&str> = entries
            .iter()
            .map(|entry| entry["type"].as_str().unwrap())
            .collect();
        assert_eq!(types, ["svr", "ss", "s", "fp", "fu"]);
        let all = serde_json::to_string(&entries).unwrap();
        assert!(!all.contains(PASSWORD) && !all.contains("wrong\""), "{all}");
        let days = store::logs::days(stage.tenant.db(), "0", "9")
            .await
            .unwrap();
        assert_eq!((days[0].logins, days[0].signups), (1, 1));
    }
}

/// A subscriber has 2^72 addresses in an IPv6 /56: a new one for every guess is no new start.
#[tokio::test]
async fn a_guesser_with_many_addresses_of_one_block_is_one_guesser() {
    for stage in stages().await {
        jane(&stage).await;
        for guess in 0..10 {
            let address = format!("2001:db8:1:2{guess:02x}::{guess:x}");
            let wrong = attempt(&stage, "jane@example.com", "wrong", &address).await;
            assert_eq!(wrong, Err(SignInRefused::WrongCredentials));
        }
        let stopped = attempt(&stage, "jane@example.com", PASSWORD, "2001:db8:1:2ff::9").await;
        assert_eq!(stopped, Err(SignInRefused::TooManyAttempts));
        let elsewhere = attempt(&stage, "jane@example.com", PASSWORD, "2001:db8:2::1").await;
        assert!(elsewhere.is_ok());
    }
}

/// Five mails to one address, then none: whoever asks is told nothing of it, or the limit would say that
/// the address is known.
#[tokio::test]
async fn who_tries_a_known_address_again_and_again_meets_no_limit_that_tells() {
    for stage in stages().await {
        jane(&stage).await;
        let connection = stage.connection().await;
        let visit = stage.from("192.0.2.9");
        for _ in 0..8 {
            let told =
                tickets::tell_exists(&stage.tenant, &connection, "jane@example.com", &visit).await;
            assert_eq!(told, Ok(()));
        }
        assert!(stage.tickets().await.len() <= 6);
    }
}

#[tokio::test]
async fn ten_wrong_passwords_stop_an_address_and_nobody_else() {
    for stage in stages().await {
        let user = jane(&stage).await;
        stage.clock.advance(Duration::from_secs(1));
        for _ in 0..10 {
            let wrong = attempt(&stage, "jane@example.com", "wrong", "192.0.2.9").await;
            assert_eq!(wrong, Err(SignInRefused::WrongCredentials));
        }
        let stopped = attempt(&stage, "jane@example.com", PASSWORD, "192.0.2.9").await;
        assert_eq!(stopped, Err(SignInRefused::TooManyAttempts));
        let elsewhere = attempt(&stage, "jane@example.com", PASSWORD, "192.0.2.1").await;
        assert!(elsewhere.is_ok(), "an owner elsewhere is not locked out");
        assert_eq!(
            blocked_from(&stage.tenant, &user.user_id).await.unwrap(),
            ["192.0.2.9"]
        );
        // A name that nobody has behaves the same.
        for _ in 0..10 {
            let _ = attempt(&stage, "bob@example.com", "wrong", "192.0.2.9").await;
        }
        let unknown = attempt(&stage, "bob@example.com", "wrong", "192.0.2.9").await;
        assert_eq!(unknown, Err(SignInRefused::TooManyAttempts));
        // The mail about it holds a link that lifts the block.
        let tickets = stage.tickets().await;
        let ticket = tickets.last().unwrap();
        let visit = stage.from("192.0.2.1");
        let new = "another-horse-9B";
        tickets::reset_password(&stage.tenant, ticket, new.into(), &visit)
            .await
            .unwrap();
        assert!(
            attempt(&stage, "jane@example.com", new, "192.0.2.9")
                .await
                .is_ok()
        );
    }
}

#[tokio::test]
async fn many_attempts_at_once_are_not_one() {
    for stage in stages().await {
        jane(&stage).await;
        let guesses = (0..30).map(|_| attempt(&stage, "jane@example.com", "wrong", "192.0.2.9"));
        let mut judged = 0;
        for outcome in futures_util::future::join_all(guesses).await {
            judged += usize::from(outcome == Err(SignInRefused::WrongCredentials));
        }
        assert_eq!(judged, 10, "{}", stage.database.name);
    }
}

#[tokio::test]
async fn an_administrators_limits_are_kept() {
    for stage in stages().await {
        jane(&stage).await;
        let changes = json!({ "max_attempts": 2, "allowlist": ["192.0.2.5"] });
        let changes = changes.as_object().cloned().unwrap();
        service::documents::change(
            &stage.tenant,
            "attack_protection/brute_force",
            crate::model::Members::new(),
            changes,
        )
        .await
        .unwrap();
        for ip in ["192.0.2.9", "192.0.2.5"] {
            for _ in 0..3 {
                let _ = attempt(&stage, "jane@example.com", "wrong", ip).await;
            }
        }
        let stopped = attempt(&stage, "jane@example.com", PASSWORD, "192.0.2.9").await;
        assert_eq!(stopped, Err(SignInRefused::TooManyAttempts));
        assert!(
            attempt(&stage, "jane@example.com", PASSWORD, "192.0.2.5")
                .await
                .is_ok()
        );
    }
}

#[tokio::test]
async fn a_blocked_user_is_told_only_with_the_password() {
    for stage in stages().await {
        let user = jane(&stage).await;
        let changes = json!({ "blocked": true }).as_object().cloned().unwrap();
        let visit = stage.from("192.0.2.1");
        service::users::change(&stage.tenant, &user.user_id, changes, &visit)
            .await
            .unwrap();
        let wrong = attempt(&stage, "jane@example.com", "wrong", "192.0.2.1").await;
        assert_eq!(wrong, Err(SignInRefused::WrongCredentials));
        let right = attempt(&stage, "jane@example.com", PASSWORD, "192.0.2.1").await;
        assert_eq!(right, Err(SignInRefused::Blocked));
    }
}

#[tokio::test]
async fn a_sign_up_is_refused_with_its_reason() {
    for stage in stages().await {
        jane(&stage).await;
        let visit = stage.from("192.0.2.1");
        let mut connection = stage.connection().await;
        let new = |email: &str| NewUser {
            email: email.into(),
            ..NewUser::default()
        };
        let up = async |connection: &_, email: &str, password: &str| {
            let outcome = sign_up(
                &stage.tenant,
                connection,
                new(email),
                password.into(),
                &visit,
            )
            .await;
            outcome.err()
        };
        let refused = up(&connection, "JANE@example.com", PASSWORD).await;
        assert!(matches!(refused, Some(SignUpRefused::Exists(_))));
        let refused = up(&connection, "bob@example.com", "weak").await;
        assert!(
            matches!(refused, Some(SignUpRefused::WeakPassword(_))),
            "{refused:?}"
        );
        let refused = up(&connection, "bob", PASSWORD).await;
        assert!(
            matches!(refused, Some(SignUpRefused::Invalid(_))),
            "{refused:?}"
        );
        connection
            .options
            .insert("requires_username".into(), json!(true));
        let refused = up(&connection, "bob@example.com", PASSWORD).await;
        assert!(
            matches!(refused, Some(SignUpRefused::Invalid(_))),
            "{refused:?}"
        );
        connection
            .options
            .insert("disable_signup".into(), json!(true));
        let refused = up(&connection, "bob@example.com", PASSWORD).await;
        assert_eq!(refused, Some(SignUpRefused::Closed));
    }
}

#[tokio::test]
async fn a_ticket_works_once_and_not_for_ever() {
    for stage in stages().await {
        let user = jane(&stage).await;
        let visit = stage.from("192.0.2.1");
        let tenant = &stage.tenant;
        let ticket = stage.tickets().await.remove(0);
        let as_reset = tickets::look_up(tenant, Purpose::ResetPassword, &ticket)
            .await
            .unwrap();
        assert!(as_reset.is_none(), "each ticket is for one purpose");
        let done = tickets::verify_email(tenant, &ticket, &visit)
            .await
            .unwrap();
        assert!(done.unwrap().user.email_verified);
        let again = tickets::verify_email(tenant, &ticket, &visit)
            .await
            .unwrap();
        assert!(again.is_none());
        let connection = stage.connection().await;
        for email in ["jane@example.com", "nobody@example.com"] {
            let asked = tickets::request_password_reset(tenant, &connection, email, &visit).await;
            assert_eq!(
                asked,
                Ok(()),
                "nobody learns which addresses have an account"
            );
        }
        let sent = stage.tickets().await;
        assert_eq!(sent.len(), 1);
        let weak = tickets::reset_password(tenant, &sent[0], "weak".into(), &visit).await;
        assert!(matches!(weak, Err(ResetRefused::WeakPassword(_))));
        tickets::request_password_reset(tenant, &connection, "jane@example.com", &visit)
            .await
            .unwrap();
        let second = stage.tickets().await.remove(0);
        stage.clock.advance(Duration::from_secs(1));
        let done =
            tickets::reset_password(tenant, &sent[0], "another-horse-9B".into(), &visit).await;
        assert_eq!(done.unwrap().user.user_id, user.user_id);
        let other = tickets::reset_password(tenant, &second, "third-horse-9C".into(), &visit).await;
        assert_eq!(
            other.err(),
            Some(ResetRefused::Spent),
            "the other link ends with it"
        );
        let old = attempt(&stage, "jane@example.com", PASSWORD, "192.0.2.1").await;
        assert_eq!(old, Err(SignInRefused::WrongCredentials));
        tickets::request_password_reset(tenant, &connection, "jane@example.com", &visit)
            .await
            .unwrap();
        let late = stage.tickets().await.remove(0);
        stage.clock.advance(tickets::LIFETIME);
        let late = tickets::reset_password(tenant, &late, "third-horse-9C".into(), &visit).await;
        assert_eq!(late.err(), Some(ResetRefused::Spent));
    }
}
