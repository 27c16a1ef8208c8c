//! The team's accounts on both databases.

use std::time::Duration;

use oauth::{Clock, Entropy, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use storage::params;
use storage::seal::{KeyRing, Sealer};
use storage::testing::{TestDatabase, databases};
use web::Role;

use super::{Administrators, Arrival, Lifetimes, NewAdministrator};
use crate::ctx::{Actor, Ctx};
use crate::error::Error;
use crate::model::Administrator;

const GOOD: &str = "correct horse battery";

struct Scene {
    test: TestDatabase,
    administrators: Administrators,
    clock: Clock,
}

impl Scene {
    async fn all() -> Vec<Self> {
        let mut scenes = Vec::new();
        for test in databases(&[crate::MIGRATIONS]).await {
            let clock = Clock::manual(Timestamp::from_unix_seconds(1_700_000_000));
            let entropy = Entropy::system();
            let sealer = Sealer::new(KeyRing::for_tests(), entropy.clone());
            let administrators = Administrators::new(
                test.db.clone(),
                sealer,
                clock.clone(),
                entropy,
                Lifetimes::default(),
            );
            scenes.push(Self {
                test,
                administrators,
                clock,
            });
        }
        scenes
    }

    fn ctx(&self) -> Ctx {
        Ctx {
            actor: Actor::System,
            now: self.clock.now(),
            request_id: "test".into(),
            caller: web::Caller::default(),
            rights: None,
        }
    }

    async fn with(&self, email: &str, role: Role) -> Administrator {
        let new = NewAdministrator {
            email: email.into(),
            name: String::new(),
            role,
        };
        let made = self
            .administrators
            .create(&self.ctx(), new, Some(GOOD.into()))
            .await;
        made.unwrap().0
    }

    async fn sign_in(&self, email: &str, password: &str) -> Result<SecretString, Error> {
        let arrival = Arrival {
            email: email.into(),
            password: password.to_owned().into(),
            address: "192.0.2.1".into(),
            locale: "en".into(),
            earlier: None,
        };
        let (_, token) = self.administrators.sign_in(&self.ctx(), arrival).await?;
        Ok(token.reveal())
    }

    async fn whose(&self, token: &SecretString) -> Option<String> {
        let found = self.administrators.of_session(token).await.unwrap();
        found.map(|found| found.email)
    }
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_and_after_a_day_of_work_at_the_latest() {
    for scene in Scene::all().await {
        scene.with("Ada@Example.com", Role::Owner).await;
        let token = scene.sign_in(" ada@example.COM ", GOOD).await.unwrap();
        assert_eq!(
            scene.whose(&token).await.as_deref(),
            Some("ada@example.com")
        );
        for _ in 0..7 {
            scene.clock.advance(Duration::from_secs(100 * 60));
            assert!(scene.whose(&token).await.is_some(), "used again and again");
        }
        scene.clock.advance(Duration::from_secs(100 * 60));
        assert!(scene.whose(&token).await.is_none(), "twelve hours are over");

        let token = scene.sign_in("ada@example.com", GOOD).await.unwrap();
        scene.clock.advance(Duration::from_secs(2 * 3600));
        assert!(scene.whose(&token).await.is_none(), "idle");
        assert_eq!(scene.administrators.prune().await.unwrap(), 2);
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_sound_the_same_and_guessing_slows_down() {
    for scene in Scene::all().await {
        scene.with("ada@example.com", Role::Owner).await;
        let wrong = scene.sign_in("ada@example.com", "wrong").await.unwrap_err();
        let unknown = scene.sign_in("bob@example.com", GOOD).await.unwrap_err();
        assert_eq!(wrong.to_string(), unknown.to_string());
        assert!(matches!(wrong, Error::Unauthenticated(_)));
        for _ in 0..9 {
            let _ = scene.sign_in("ada@example.com", "wrong").await;
        }
        let limited = scene.sign_in("ada@example.com", GOOD).await.unwrap_err();
        assert!(matches!(limited, Error::Limited { .. }), "{limited}");
        scene.clock.advance(Duration::from_secs(60));
        assert!(scene.sign_in("ada@example.com", GOOD).await.is_ok());
    }
}

#[tokio::test]
async fn another_password_ends_every_session_but_the_one_it_gives() {
    for scene in Scene::all().await {
        let ada = scene.with("ada@example.com", Role::Owner).await;
        let old = scene.sign_in("ada@example.com", GOOD).await.unwrap();
        let change = async |current: &str, new: &str| {
            let (current, new) = (current.to_owned().into(), new.to_owned().into());
            let outcome = scene
                .administrators
                .change_password(&scene.ctx(), ada.id, current, new)
                .await;
            outcome.map(oauth::ShownOnce::reveal)
        };
        for (current, new) in [
            ("wrong", "purple monkey dishwasher"),
            (GOOD, GOOD),
            (GOOD, "short"),
        ] {
            let refused = change(current, new).await.unwrap_err();
            assert!(matches!(refused, Error::Invalid(_)), "{refused}");
        }
        assert!(scene.whose(&old).await.is_some(), "nothing has changed");
        let new = change(GOOD, "purple monkey dishwasher").await.unwrap();
        assert!(scene.whose(&old).await.is_none());
        assert!(scene.whose(&new).await.is_some());
        assert!(scene.sign_in("ada@example.com", GOOD).await.is_err());
    }
}

#[tokio::test]
async fn a_one_time_password_says_that_it_is_one_until_another_is_chosen() {
    for scene in Scene::all().await {
        let new = NewAdministrator {
            email: "ada@example.com".into(),
            name: "Ada".into(),
            role: Role::Owner,
        };
        let ctx = scene.ctx();
        let (ada, shown) = scene.administrators.create(&ctx, new, None).await.unwrap();
        assert!(ada.password_is_temporary);
        let shown = shown.unwrap().reveal();
        let token = scene
            .sign_in("ada@example.com", shown.expose_secret())
            .await
            .unwrap();
        let changed = scene
            .administrators
            .change_password(&ctx, ada.id, shown, GOOD.into())
            .await;
        changed.unwrap().reveal();
        assert!(scene.whose(&token).await.is_none());
        let ada = scene.administrators.find(ada.id).await.unwrap();
        assert!(!ada.password_is_temporary);
        let (_, again) = scene
            .administrators
            .reset_password(&ctx, ada.id)
            .await
            .unwrap();
        assert!(scene.sign_in("ada@example.com", GOOD).await.is_err());
        let again = again.reveal();
        assert!(
            scene
                .sign_in("ada@example.com", again.expose_secret())
                .await
                .is_ok()
        );
    }
}

#[tokio::test]
async fn the_last_owner_stays_and_stays_an_owner() {
    for scene in Scene::all().await {
        let ada = scene.with("ada@example.com", Role::Owner).await;
        let bob = scene.with("bob@example.com", Role::Admin).await;
        let (administrators, ctx) = (&scene.administrators, scene.ctx());
        let demoted = administrators
            .change(&ctx, ada.id, "Ada", Role::Admin)
            .await;
        assert!(matches!(demoted, Err(Error::Conflict(_))));
        let removed = administrators.remove(&ctx, ada.id).await;
        assert!(matches!(removed, Err(Error::Conflict(_))));
        administrators
            .change(&ctx, bob.id, "Bob", Role::Owner)
            .await
            .unwrap();
        administrators.remove(&ctx, ada.id).await.unwrap();
        assert_eq!(administrators.every().await.unwrap().len(), 1);
        let gone = administrators.find(ada.id).await;
        assert!(matches!(gone, Err(Error::NotFound(_))));
    }
}

#[tokio::test]
async fn an_address_has_one_account_and_neither_password_nor_token_lies_in_the_database() {
    for scene in Scene::all().await {
        scene.with("ada@example.com", Role::Viewer).await;
        let new = NewAdministrator {
            email: "ADA@example.com".into(),
            name: String::new(),
            role: Role::Owner,
        };
        let ctx = scene.ctx();
        let second = scene.administrators.create(&ctx, new.clone(), None).await;
        assert!(matches!(second, Err(Error::Conflict(_))));
        for email in ["", "ada", "ada@", "a b@example.com"] {
            let new = NewAdministrator {
                email: email.into(),
                ..new.clone()
            };
            let refused = scene.administrators.create(&ctx, new, None).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{email}");
        }
        let token = scene.sign_in("ada@example.com", GOOD).await.unwrap();
        let sql = "SELECT digest FROM portal_administrator_session";
        let row = scene.test.db.query_one(sql, params![]).await.unwrap();
        let digest: String = row.get("digest").unwrap();
        assert_ne!(digest, token.expose_secret());
        let sql = "SELECT COUNT(*) AS n FROM portal_audit WHERE entity_type = 'administrator'";
        let row = scene.test.db.query_one(sql, params![]).await.unwrap();
        assert_eq!(row.get::<i64>("n").unwrap(), 2);
    }
}
