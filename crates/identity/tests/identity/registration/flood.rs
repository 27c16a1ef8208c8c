//! A flood of registrations: bounded, and no real client is kept out.

use std::time::Duration;

use http::{Method, StatusCode, header};
use identity::RegistrationPolicy;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{named, public, registration};
use crate::support::{App, Credentials, app_with, send};

const API: &str = "https://weather.example/";

fn small() -> RegistrationPolicy {
    RegistrationPolicy {
        per_origin: 1_000_000,
        max_unused: 100,
        max_clients: 200,
        ..RegistrationPolicy::default()
    }
}

async fn token(app: &App, client: &Value) -> (u16, String) {
    let client = Credentials {
        id: client["client_id"].as_str().unwrap().to_owned(),
        secret: client["client_secret"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
    };
    let answer = app.exchange(&client, &[("audience", API)]).await;
    (
        answer.status.as_u16(),
        answer.body["error"].as_str().unwrap_or_default().to_owned(),
    )
}

/// Five hundred in the place of a million, against a bound that is a hundred times tighter than the
/// default one.
#[tokio::test]
async fn a_flood_pushes_out_itself_and_leaves_the_others_alone() {
    for database in storage::testing::databases(&[identity::MIGRATIONS]).await {
        let app = App::under(database, small()).await;
        app.open_registration("permissive").await;
        let mut real = Vec::new();
        for number in 0..500 {
            let flood = app
                .register_from("198.51.100.9:1", &named(&format!("junk{number}")))
                .await;
            assert_eq!(flood.status, 201);
            if number % 50 == 25 {
                let address = format!("203.0.113.{}:1", number / 50);
                let made = app
                    .register_from(&address, &named(&format!("real{number}")))
                    .await;
                assert_eq!(made.status, 201);
                real.push(made.body);
            }
        }
        // The bound, and what may come between two counts.
        let held = app.strangers().await;
        assert!((90..=106).contains(&held), "{}: {held}", app.name);
        for client in &real {
            assert_eq!(
                token(&app, client).await.0,
                403,
                "{}: still there, and granted nothing",
                app.name
            );
        }
        assert!(app.tenant.prune_clients().await.unwrap() <= 6);
        assert!(app.strangers().await <= 100);
    }
}

/// Everybody at once, on several threads: while one sweeps the others wait for it, and nobody is turned away.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_real_client_registers_while_junk_comes_and_is_swept() {
    for database in storage::testing::databases(&[identity::MIGRATIONS]).await {
        let app = App::under(database, small()).await;
        app.open_registration("permissive").await;
        let mut floods = JoinSet::new();
        for flood in 0..16 {
            let router = app.router.clone();
            floods.spawn(async move {
                for number in 0..40 {
                    let address = format!("[2001:db8:{flood:x}:{number:x}00::1]:1");
                    let body = named(&format!("junk{flood}-{number}")).to_string();
                    let answer = send(&router, registration(&address, body)).await;
                    assert_eq!(answer.status, 201, "{}", answer.body);
                }
            });
        }
        for number in 0..10 {
            let made = app.registered(named(&format!("real{number}"))).await;
            let answer = token(&app, &made).await;
            assert_eq!(answer.0, 403, "{}: known, and granted nothing", app.name);
            // The sweep that comes every ten minutes, in the middle of it.
            app.tenant.prune_clients().await.unwrap();
        }
        while let Some(done) = floods.join_next().await {
            done.unwrap();
        }
        // The bound, what may come between two counts, and what came while the last sweep was on.
        let held = app.strangers().await;
        assert!((90..=115).contains(&held), "{}: {held}", app.name);
        app.tenant.prune_clients().await.unwrap();
        assert!(app.strangers().await <= 100, "{}", app.name);
    }
}

#[tokio::test]
async fn a_flood_from_everywhere_cannot_push_out_who_is_used_or_cared_for() {
    let app = app_with(small()).await;
    app.open_registration("permissive").await;
    app.api(API, json!({})).await;
    let default = json!({
        "default_for": "third_party_clients", "audience": API, "scope": ["read:weather"], "subject_type": "client"
    });
    app.create("/client-grants", default).await;
    let used = app.registered(named("used")).await;
    assert_eq!(token(&app, &used).await.0, 200);
    let cared_for = app.registered(named("cared")).await;
    let path = format!("/clients/{}", cared_for["client_id"].as_str().unwrap());
    let change = json!({ "description": "Known to us" });
    assert_eq!(
        app.call(Method::PATCH, &path, Some(change)).await.status,
        200
    );
    for number in 0..250 {
        let address = format!("[2001:db8:{number:x}::1]:1");
        let made = app
            .register_from(&address, &named(&format!("junk{number}")))
            .await;
        assert_eq!(made.status, 201);
    }
    assert!(app.strangers().await <= 108);
    assert_eq!(token(&app, &used).await.0, 200);
    assert_eq!(token(&app, &cared_for).await.0, 200);
}

#[tokio::test]
async fn a_tenant_full_of_used_clients_says_so_and_takes_more_when_some_go() {
    let policy = RegistrationPolicy {
        max_unused: 20,
        max_clients: 20,
        ..small()
    };
    let app = app_with(policy).await;
    app.open_registration("permissive").await;
    app.api(API, json!({})).await;
    let default = json!({
        "default_for": "third_party_clients", "audience": API, "scope": [], "subject_type": "client"
    });
    app.create("/client-grants", default).await;
    let mut refused = None;
    for number in 0..40 {
        let answer = app.register(named(&format!("busy{number}"))).await;
        if answer.status != 201 {
            refused = Some(answer);
            break;
        }
        assert_eq!(token(&app, &answer.body).await.0, 200);
    }
    let refused = refused.expect("the tenant is full");
    assert_eq!(refused.refusal(), (403, "too_many_entities"));
    assert!(app.strangers().await <= 20);
    app.advance(91 * 86_400);
    app.tenant.prune_clients().await.unwrap();
    assert_eq!(app.strangers().await, 0);
    assert_eq!(app.register(named("new")).await.status, 201);
}

#[tokio::test]
async fn an_address_block_has_a_budget_and_others_have_theirs() {
    let policy = RegistrationPolicy {
        per_origin: 5,
        ..RegistrationPolicy::default()
    };
    let app = app_with(policy).await;
    app.open_registration("strict").await;
    for number in 0..5 {
        let address = format!("[2001:db8:1:{number:x}::1]:1");
        assert_eq!(
            app.register_from(&address, &named(&format!("n{number}")))
                .await
                .status,
            201
        );
    }
    let answer = app
        .register_from("[2001:db8:1:ff::9]:1", &named("six"))
        .await;
    assert_eq!(answer.refusal(), (429, "too_many_requests"));
    assert_eq!(answer.headers[header::RETRY_AFTER], "720");
    assert_eq!(
        app.register_from("[2001:db8:2::1]:1", &named("other"))
            .await
            .status,
        201
    );
    app.clock.advance(Duration::from_secs(720));
    assert_eq!(
        app.register_from("[2001:db8:1::1]:1", &named("six"))
            .await
            .status,
        201
    );
    // Refused metadata cost as much as accepted ones.
    assert_eq!(
        app.register_from("[2001:db8:1::1]:1", &json!({}))
            .await
            .status,
        429
    );
}

#[tokio::test]
async fn the_tenant_may_have_a_rate_of_its_own_as_the_vendors_has() {
    let policy = RegistrationPolicy {
        per_second: Some(5),
        ..RegistrationPolicy::default()
    };
    let app = app_with(policy).await;
    app.open_registration("strict").await;
    for number in 0..5 {
        let address = format!("198.51.100.{number}:1");
        assert_eq!(
            app.register_from(&address, &named(&format!("n{number}")))
                .await
                .status,
            201
        );
    }
    let answer = app.register_from("198.51.100.99:1", &named("six")).await;
    assert_eq!(
        (answer.status, &answer.headers[header::RETRY_AFTER]),
        (StatusCode::TOO_MANY_REQUESTS, &"1".parse().unwrap())
    );
    app.advance(1);
    assert_eq!(
        app.register_from("198.51.100.99:1", &named("six"))
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn a_program_that_registers_at_every_start_is_one_client() {
    let policy = RegistrationPolicy {
        per_origin: 3,
        ..RegistrationPolicy::default()
    };
    let app = app_with(policy).await;
    app.open_registration("strict").await;
    let first = app.registered(public("claude")).await;
    for _ in 0..42 {
        assert_eq!(app.registered(public("claude")).await, first);
    }
    assert_eq!(app.strangers().await, 1);
    // One with a secret is another each time: the secret is shown once.
    let one = app.registered(named("claude")).await;
    let two = app.registered(named("claude")).await;
    assert_ne!(one["client_id"], two["client_id"]);
    assert_eq!(app.strangers().await, 3);
}

#[tokio::test]
async fn a_client_stays_as_long_as_it_is_used() {
    let app = app_with(small()).await;
    app.open_registration("permissive").await;
    app.api(API, json!({})).await;
    let default = json!({
        "default_for": "third_party_clients", "audience": API, "scope": [], "subject_type": "client"
    });
    app.create("/client-grants", default).await;
    let (busy, idle) = (
        app.registered(named("busy")).await,
        app.registered(named("idle")).await,
    );
    for _ in 0..10 {
        assert_eq!(token(&app, &busy).await.0, 200);
        app.tenant.prune_clients().await.unwrap();
        app.advance(60 * 86_400);
    }
    app.tenant.prune_clients().await.unwrap();
    assert_eq!(token(&app, &busy).await.0, 200);
    assert_eq!(token(&app, &idle).await, (401, "invalid_client".to_owned()));
}

#[tokio::test]
async fn a_pruned_client_comes_back_under_its_id_if_it_proves_itself() {
    for database in storage::testing::databases(&[identity::MIGRATIONS]).await {
        let app = App::under(database, small()).await;
        app.open_registration("permissive").await;
        app.api(API, json!({})).await;
        let made = app.registered(named("old")).await;
        let open = app.registered(public("open")).await;
        app.advance(8 * 86_400);
        assert_eq!(app.tenant.prune_clients().await.unwrap(), 2, "{}", app.name);
        assert_eq!(token(&app, &made).await, (401, "invalid_client".to_owned()));

        let back = |name: &str, secret: &Value| {
            let mut metadata = named(name);
            metadata["client_id"] = made["client_id"].clone();
            metadata["client_secret"] = secret.clone();
            metadata
        };
        // Neither other metadata nor another secret: both are new clients, without a word about the old.
        for forged in [
            back("other", &made["client_secret"]),
            back("old", &json!("guess")),
            back("old", &json!(null)),
        ] {
            let other = app.registered(forged).await;
            assert_ne!(other["client_id"], made["client_id"]);
        }
        let returned = app.registered(back("old", &made["client_secret"])).await;
        assert_eq!(
            (&returned["client_id"], &returned["client_secret"]),
            (&made["client_id"], &made["client_secret"])
        );
        assert_eq!(token(&app, &returned).await.0, 403);
        // A second time it is there already, and the id is nobody else's.
        let again = app.registered(back("old", &made["client_secret"])).await;
        assert_ne!(again["client_id"], made["client_id"]);

        let mut metadata = public("open");
        metadata["client_id"] = open["client_id"].clone();
        assert_eq!(
            app.registered(metadata).await["client_id"],
            open["client_id"],
            "{}",
            app.name
        );
    }
}
