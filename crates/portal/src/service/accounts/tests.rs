//! Accounts on both databases.

use std::time::Duration;

use oauth::{Clock, Entropy, Timestamp};
use secrecy::ExposeSecret as _;
use storage::outbox::Outbox;
use storage::params;
use storage::seal::{KeyRing, Sealer};
use storage::testing::{TestDatabase, databases};

use super::{Accounts, Error, Lifetimes, NewDeveloper, Refreshed, Refusal, Visit};
use crate::mail;

struct Scene {
    test: TestDatabase,
    accounts: Accounts,
    clock: Clock,
    entropy: Entropy,
    sealer: Sealer,
}

const GOOD: &str = "correct horse battery";

impl Scene {
    async fn all() -> Vec<Self> {
        let mut scenes = Vec::new();
        for test in databases(&[crate::MIGRATIONS]).await {
            let clock = Clock::manual(Timestamp::from_unix_seconds(1_700_000_000));
            let entropy = Entropy::system();
            let sealer = Sealer::new(KeyRing::for_tests(), entropy.clone());
            let accounts = Accounts::new(
                test.db.clone(),
                sealer.clone(),
                clock.clone(),
                entropy.clone(),
                Lifetimes::default(),
            );
            let scene = Self {
                test,
                accounts,
                clock,
                entropy,
                sealer,
            };
            scene.portal("po", true).await;
            scenes.push(scene);
        }
        scenes
    }

    async fn portal(&self, id: &str, approve: bool) {
        let sql = "INSERT INTO portal_portal (id, name, display_name, description, is_public, rbac_enabled, \
               auto_approve_applications, auto_approve_developers, custom_domain, custom_client_domain, \
               default_auth_strategy_id, appearance, authentication, labels, created_at, updated_at) \
               VALUES ($1, $1, 'Weather', NULL, $2, $2, $2, $3, NULL, NULL, NULL, '{}', '{}', '{}', 1, 1)";
        self.test
            .db
            .execute(sql, params![id, false, approve])
            .await
            .unwrap();
    }

    /// Delivers what waits, and gives the link of the newest mail.
    async fn mailed(&self) -> Option<url::Url> {
        let directory = tempfile::tempdir().unwrap();
        let settings = mail::Settings {
            delivery: mail::Delivery::Files(directory.path().to_owned()),
            from: "Portal <portal@example.com>".into(),
        };
        let postbox = mail::Postbox::new(&settings, self.entropy.clone()).unwrap();
        let outbox = Outbox::new(
            self.test.db.clone(),
            self.clock.clone(),
            self.entropy.clone(),
        );
        let handler = |job| mail::deliver(&self.test.db, &postbox, &self.sealer, job);
        outbox.run_due(mail::QUEUE, &handler).await;
        let file = std::fs::read_dir(directory.path())
            .unwrap()
            .next()?
            .unwrap();
        let text = std::fs::read_to_string(file.path()).unwrap();
        let text = text.replace("=\r\n", "").replace("=3D", "=");
        let link = text
            .split_whitespace()
            .find(|word| word.starts_with("https://"));
        Some(link.unwrap().parse().unwrap())
    }

    async fn token(&self) -> String {
        let link = self.mailed().await.expect("a mail");
        let (_, token) = link
            .query_pairs()
            .find(|(name, _)| name == "token")
            .unwrap();
        token.into_owned()
    }

    async fn member(&self, email: &str) {
        self.accounts
            .sign_up(&visit("po"), &new(email))
            .await
            .unwrap();
        let token = self.token().await;
        let (_, reset) = self
            .accounts
            .verify_email(&visit("po"), &token)
            .await
            .unwrap();
        self.accounts
            .reset_password(&visit("po"), &reset, GOOD.into())
            .await
            .unwrap();
    }
}

fn visit(portal_id: &str) -> Visit {
    Visit {
        portal_id: portal_id.into(),
        origin: "https://portal.example".into(),
        address: "192.0.2.1".into(),
        locale: "en".into(),
        request_id: "test".into(),
        caller: web::Caller::default(),
    }
}

fn new(email: &str) -> NewDeveloper {
    NewDeveloper {
        email: email.into(),
        full_name: "Jane Doe".into(),
    }
}

#[tokio::test]
async fn from_sign_up_to_sign_out() {
    for scene in Scene::all().await {
        let (accounts, visit) = (&scene.accounts, visit("po"));
        accounts
            .sign_up(&visit, &new("Jane@Example.com"))
            .await
            .unwrap();
        let link = scene.mailed().await.unwrap();
        assert_eq!(link.path(), "/login");
        let pairs: Vec<_> = link.query_pairs().into_owned().collect();
        assert_eq!(pairs[1], ("email".into(), "jane@example.com".into()));
        let (email, reset) = accounts.verify_email(&visit, &pairs[0].1).await.unwrap();
        assert_eq!(email, "jane@example.com");
        assert!(matches!(
            accounts.verify_email(&visit, &pairs[0].1).await,
            Err(Error::SpentToken)
        ));
        let weak = accounts
            .reset_password(&visit, &reset, "short".into())
            .await;
        assert!(matches!(
            weak,
            Err(Error::Invalid {
                field: "password",
                ..
            })
        ));
        accounts
            .reset_password(&visit, &reset, GOOD.into())
            .await
            .unwrap();
        let again = accounts.reset_password(&visit, &reset, GOOD.into()).await;
        assert!(matches!(again, Err(Error::SpentToken)));

        let (developer, tokens) = accounts
            .authenticate(&visit, " JANE@example.com", GOOD.into())
            .await
            .unwrap();
        let access = tokens.access.expose_secret();
        assert_eq!(
            accounts.developer("po", access).await.unwrap().as_ref(),
            Some(&developer)
        );
        assert_eq!(accounts.developer("other", access).await.unwrap(), None);
        accounts.sign_out("po", Some(access), None).await.unwrap();
        assert_eq!(accounts.developer("po", access).await.unwrap(), None);
        let refreshed = accounts
            .refresh("po", tokens.refresh.expose_secret())
            .await
            .unwrap();
        assert!(refreshed.is_none(), "{}", scene.test.name);
    }
}

#[tokio::test]
async fn a_refresh_token_works_once_and_its_reuse_ends_the_session() {
    for scene in Scene::all().await {
        let accounts = &scene.accounts;
        scene.member("jane@example.com").await;
        let (_, first) = accounts
            .authenticate(&visit("po"), "jane@example.com", GOOD.into())
            .await
            .unwrap();
        let first = first.refresh.expose_secret().to_owned();
        let Some(Refreshed::New(_, second)) = accounts.refresh("po", &first).await.unwrap() else {
            panic!("{}", scene.test.name);
        };
        // Another tab, at the same moment.
        assert!(matches!(
            accounts.refresh("po", &first).await.unwrap(),
            Some(Refreshed::Already(_))
        ));
        assert!(
            accounts
                .developer("po", second.access.expose_secret())
                .await
                .unwrap()
                .is_some()
        );
        scene.clock.advance(Duration::from_secs(31));
        assert!(accounts.refresh("po", &first).await.unwrap().is_none());
        assert!(
            accounts
                .developer("po", second.access.expose_secret())
                .await
                .unwrap()
                .is_none()
        );
        assert!(
            accounts
                .refresh("po", second.refresh.expose_secret())
                .await
                .unwrap()
                .is_none()
        );
    }
}

#[tokio::test]
async fn a_session_ends_by_time_and_by_a_new_password() {
    for scene in Scene::all().await {
        let accounts = &scene.accounts;
        scene.member("jane@example.com").await;
        let here = visit("po");
        let sign_in = || accounts.authenticate(&here, "jane@example.com", GOOD.into());
        let (_, tokens) = sign_in().await.unwrap();
        scene.clock.advance(Duration::from_secs(1801));
        assert!(
            accounts
                .developer("po", tokens.access.expose_secret())
                .await
                .unwrap()
                .is_none()
        );
        assert!(
            accounts
                .refresh("po", tokens.refresh.expose_secret())
                .await
                .unwrap()
                .is_some()
        );

        let (_, tokens) = sign_in().await.unwrap();
        accounts
            .forgot_password(&visit("po"), "jane@example.com")
            .await
            .unwrap();
        let token = scene.token().await;
        accounts
            .reset_password(&visit("po"), &token, "another good one".into())
            .await
            .unwrap();
        assert!(
            accounts
                .developer("po", tokens.access.expose_secret())
                .await
                .unwrap()
                .is_none()
        );
        assert!(matches!(
            sign_in().await,
            Err(Error::Refused(Refusal::Wrong))
        ));
        let new_password = "another good one".into();
        let (_, tokens) = accounts
            .authenticate(&here, "jane@example.com", new_password)
            .await
            .unwrap();
        assert!(
            accounts
                .developer("po", tokens.access.expose_secret())
                .await
                .unwrap()
                .is_some()
        );
        scene.clock.advance(Duration::from_secs(13 * 3600));
        assert!(accounts.prune().await.unwrap() >= 1);
    }
}

#[tokio::test]
async fn known_and_unknown_addresses_are_answered_alike() {
    for scene in Scene::all().await {
        let accounts = &scene.accounts;
        scene.member("jane@example.com").await;
        accounts
            .forgot_password(&visit("po"), "nobody@example.com")
            .await
            .unwrap();
        assert!(scene.mailed().await.is_none());
        accounts
            .sign_up(&visit("po"), &new("jane@example.com"))
            .await
            .unwrap();
        let link = scene.mailed().await.unwrap();
        assert!(
            !link.query().unwrap().contains("token"),
            "a known address gets no token: {link}"
        );
        for email in ["jane@example.com", "nobody@example.com"] {
            let refused = accounts
                .authenticate(&visit("po"), email, "wrong wrong wrong".into())
                .await;
            assert!(
                matches!(refused, Err(Error::Refused(Refusal::Wrong))),
                "{email}"
            );
        }
    }
}

#[tokio::test]
async fn only_an_approved_developer_signs_in_and_only_the_right_password_learns_why_not() {
    for scene in Scene::all().await {
        let accounts = &scene.accounts;
        scene.member("jane@example.com").await;
        for (status, refusal) in [
            ("pending", Refusal::Pending),
            ("rejected", Refusal::Rejected),
            ("revoked", Refusal::Revoked),
        ] {
            let sql = "UPDATE portal_developer SET status = $1";
            scene.test.db.execute(sql, params![status]).await.unwrap();
            let refused = accounts
                .authenticate(&visit("po"), "jane@example.com", GOOD.into())
                .await;
            assert!(
                matches!(refused, Err(Error::Refused(r)) if r == refusal),
                "{status}"
            );
            let refused = accounts
                .authenticate(&visit("po"), "jane@example.com", "wrong".into())
                .await;
            assert!(
                matches!(refused, Err(Error::Refused(Refusal::Wrong))),
                "{status}"
            );
        }
    }
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let scene = Scene::all().await.remove(0);
    let accounts = &scene.accounts;
    scene.member("jane@example.com").await;
    for _ in 0..10 {
        let refused = accounts
            .authenticate(&visit("po"), "jane@example.com", "wrong".into())
            .await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::Wrong))));
    }
    let limited = accounts
        .authenticate(&visit("po"), "jane@example.com", GOOD.into())
        .await;
    assert!(matches!(limited, Err(Error::Limited(wait)) if wait.as_secs() <= 30));
    scene.clock.advance(Duration::from_secs(30));
    accounts
        .authenticate(&visit("po"), "jane@example.com", GOOD.into())
        .await
        .unwrap();
}

#[test]
fn addresses_are_told_from_other_text() {
    for good in ["a@b", "jane.doe+x@mail.example.com", "o'neil@example.ie"] {
        assert_eq!(super::address_fault(good), None, "{good}");
    }
    for bad in [
        "",
        "a",
        "@b",
        "a@",
        "a b@c",
        "a@b..c",
        "a@b\r\nBcc: c@d",
        "<a@b>",
        "a@b,c@d",
    ] {
        assert!(super::address_fault(bad).is_some(), "{bad:?}");
    }
}
