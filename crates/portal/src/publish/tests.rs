//! The publisher on both databases, with gateways that write down what they are told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use gateway::config::{Application, Update};
use http_body_util::BodyExt as _;
use oauth::Clock;
use storage::testing::{TestDatabase, databases};
use storage::{Database, params};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::{Publisher, Settings, compile, lagging_nodes, router, topic};

async fn fresh() -> Vec<TestDatabase> {
    let all = databases(&[crate::MIGRATIONS]).await;
    for test in &all {
        seed(&test.db).await;
    }
    all
}

/// A portal with one API in front of one service, and nobody registered.
async fn seed(db: &Database) {
    let statements = [
        "INSERT INTO portal_auth_strategy VALUES ('st', 'a', 'A', 'openid_connect', \
         '{\"issuer\":\"https://t.example/\",\"credential_claim\":[\"azp\"],\"scopes\":[\"openid\"],\"auth_methods\":[\"bearer\"]}', \
         false, NULL, '{}', 1, 1, NULL)",
        "INSERT INTO portal_portal (id, name, display_name, description, is_public, rbac_enabled, \
         auto_approve_applications, auto_approve_developers, custom_domain, custom_client_domain, \
         default_auth_strategy_id, appearance, authentication, labels, created_at, updated_at) \
         VALUES ('po', 'p', 'P', NULL, false, false, true, true, NULL, NULL, NULL, '{}', '{}', '{}', 1, 1)",
        "INSERT INTO portal_developer VALUES ('de', 'po', 'a@b', 'A', 'approved', true, NULL, 1, 1, 'en')",
        "INSERT INTO portal_control_plane VALUES ('cp', 'default', '', 'c', 'a', '[]', '{}', 1, 1)",
        "INSERT INTO portal_service VALUES ('se', 'cp', 'weather', 'http', '127.0.0.1', 9000, '/', 5, 1, 2, 3, NULL, NULL, NULL, NULL, true, NULL, 1, 1)",
        "INSERT INTO portal_route VALUES ('ro', 'cp', 'se', NULL, '[\"http\",\"https\"]', NULL, '[\"API.example\"]', '[\"/w\"]', NULL, NULL, NULL, NULL, 426, 0, true, 'v0', false, true, true, NULL, 1, 1)",
        "INSERT INTO portal_api_product (id, name, labels, public_labels, created_at, updated_at) \
         VALUES ('pr', 'Weather', '{}', '{}', 1, 1)",
        "INSERT INTO portal_api_product_portal (api_product_id, portal_id, created_at) VALUES ('pr', 'po', 1)",
        "INSERT INTO portal_product_version VALUES ('pv', 'pr', 'v1', false, 'published', 'cp', 'se', '{}', 1, 1)",
        "INSERT INTO portal_publication VALUES ('pu', 'po', 'pv', 'published', 'st', true, true, false, 1, 1)",
    ];
    for statement in statements {
        db.execute(statement, params![]).await.unwrap();
    }
}

async fn application(db: &Database, id: &str, status: &str) -> i64 {
    let mut tx = db.begin().await.unwrap();
    let sql = "INSERT INTO portal_application (id, portal_id, developer_id, auth_strategy_id, status, \
               name, reference_id, client_id, scopes, secret_version, labels, created_at, updated_at) \
               VALUES ($1, 'po', 'de', 'st', $2, 'app', 'ref', $3, '[]', 0, '{}', 1, 1)";
    let client_id = format!("client-{id}");
    tx.execute(sql, params![id, status, client_id])
        .await
        .unwrap();
    let sql = "INSERT INTO portal_registration VALUES ($1, 'po', $2, 'pv', 'approved', '[\"read\"]', 1, 1)";
    tx.execute(sql, params![format!("reg-{id}"), id])
        .await
        .unwrap();
    let revision = tx.record_change(topic::APPLICATION, id).await.unwrap();
    tx.commit().await.unwrap();
    revision
}

#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<Update>>>);

impl Told {
    fn all(&self) -> Vec<Update> {
        self.0.lock().unwrap().clone()
    }
}

fn attach(publisher: &Publisher) -> Told {
    let told = Told::default();
    let tell = told.clone();
    publisher.attach("this process", move |update| {
        tell.0.lock().unwrap().push((*update).clone());
        async { Ok(()) }
    });
    told
}

fn publisher(db: &Database) -> Publisher {
    let settings = Settings {
        settle: Duration::from_millis(300),
        heartbeat: Duration::from_secs(60),
    };
    Publisher::new(db.clone(), Clock::system(), settings)
}

#[tokio::test]
async fn rows_become_a_configuration() {
    for test in fresh().await {
        application(&test.db, "one", "active").await;
        application(&test.db, "half-made", "provisioning").await;
        let config = compile(&test.db).await.unwrap();
        assert_eq!(config.revision, 2, "{}", test.name);
        assert_eq!(config.services[0].path, "");
        assert_eq!(config.routes[0].hosts, ["api.example"]);
        assert_eq!(config.apis[0].strategy_ids, ["st"]);
        assert_eq!(config.strategies.len(), 1);
        let ids: Vec<&str> = config.applications.iter().map(|a| a.id.as_str()).collect();
        assert_eq!(ids, ["one"]);
        assert_eq!(config.applications[0].client_ids, ["client-one"]);
        assert_eq!(config.applications[0].registrations[0].scopes, ["read"]);

        let sql = "UPDATE portal_publication SET publish_status = 'unpublished'";
        test.db.execute(sql, params![]).await.unwrap();
        let config = compile(&test.db).await.unwrap();
        assert_eq!(
            config.apis[0].strategy_ids,
            ["st"],
            "{}: a hidden version stays guarded",
            test.name
        );

        let sql = "UPDATE portal_publication SET auth_strategy_id = NULL";
        test.db.execute(sql, params![]).await.unwrap();
        let config = compile(&test.db).await.unwrap();
        assert!(
            config.apis.is_empty() && config.strategies.is_empty(),
            "{}",
            test.name
        );
    }
}

#[tokio::test]
async fn an_application_travels_alone_and_everything_else_without_applications() {
    for test in fresh().await {
        let publisher = publisher(&test.db);
        let told = attach(&publisher);
        publisher.publish().await.unwrap();
        assert!(
            matches!(&told.all()[..], [Update::Full(config)] if config.applications.is_empty())
        );

        let first = application(&test.db, "one", "active").await;
        application(&test.db, "two", "active").await;
        test.db
            .execute(
                "UPDATE portal_application SET status = 'deleting' WHERE id = 'two'",
                params![],
            )
            .await
            .unwrap();
        publisher.publish().await.unwrap();
        let Some(Update::Applications {
            from,
            revision,
            changed,
            removed,
        }) = told.all().pop()
        else {
            panic!("{}: {:?}", test.name, told.all());
        };
        assert_eq!((from, revision), (first - 1, first + 1));
        let ids: Vec<String> = changed.into_iter().map(|a: Application| a.id).collect();
        assert_eq!(
            (ids, removed),
            (vec!["one".to_owned()], vec!["two".to_owned()])
        );

        let mut tx = test.db.begin().await.unwrap();
        let revision = tx.record_change(topic::CONFIGURATION, "ro").await.unwrap();
        tx.commit().await.unwrap();
        publisher.publish().await.unwrap();
        assert!(matches!(
            told.all().last(),
            Some(Update::Configuration { from, config, changed, .. })
                if *from == revision - 1 && config.revision == revision
                    && config.applications.is_empty() && changed.is_empty()
        ));
        assert_eq!(publisher.revision(), revision);

        let mut tx = test.db.begin().await.unwrap();
        let revision = tx.record_change(topic::EVERYTHING, "pv").await.unwrap();
        tx.commit().await.unwrap();
        publisher.publish().await.unwrap();
        assert!(matches!(
            told.all().last(),
            Some(Update::Full(config))
                if config.revision == revision && config.applications.len() == 1
        ));
    }
}

#[tokio::test]
async fn a_node_of_an_older_version_is_given_everything_when_the_configuration_changes() {
    let test = fresh().await.remove(0);
    let publisher = publisher(&test.db);
    attach(&publisher);
    publisher.publish().await.unwrap();
    let app: axum::Router = router(publisher.clone());
    let mut bodies = Vec::new();
    for query in ["node=old", "node=new&updates=configuration"] {
        let uri = format!("/v1/gateway/stream?{query}");
        let request = http::Request::get(uri).body(axum::body::Body::empty());
        let answer = app.clone().oneshot(request.unwrap()).await.unwrap();
        let mut body = answer.into_body();
        assert!(matches!(next(&mut body).await, Update::Full(_)));
        bodies.push(body);
    }
    let application = application(&test.db, "one", "active").await;
    let mut tx = test.db.begin().await.unwrap();
    let revision = tx.record_change(topic::CONFIGURATION, "ro").await.unwrap();
    tx.commit().await.unwrap();
    publisher.publish().await.unwrap();
    let old = next(&mut bodies[0]).await;
    assert!(matches!(&old, Update::Full(config) if config.applications.len() == 1));
    let new = next(&mut bodies[1]).await;
    assert!(matches!(
        &new,
        Update::Configuration { from, changed, .. } if *from < application && changed.len() == 1
    ));
    assert_eq!((old.revision(), new.revision()), (revision, revision));
}

#[tokio::test]
async fn a_gateway_that_refuses_a_change_is_given_everything() {
    let test = fresh().await.remove(0);
    let publisher = publisher(&test.db);
    let told = Told::default();
    let tell = told.clone();
    publisher.attach("picky", move |update| {
        let refuse = matches!(*update, Update::Applications { .. });
        tell.0.lock().unwrap().push((*update).clone());
        async move {
            if refuse {
                Err("out of order".into())
            } else {
                Ok(())
            }
        }
    });
    publisher.publish().await.unwrap();
    let revision = application(&test.db, "one", "active").await;
    publisher.publish().await.unwrap();
    assert!(
        matches!(told.all().last(), Some(Update::Full(config)) if config.applications.len() == 1)
    );
    assert_eq!(publisher.settle(revision).await, []);
}

#[tokio::test]
async fn a_node_follows_and_a_write_waits_for_its_word() {
    for test in fresh().await {
        let publisher = publisher(&test.db);
        let shutdown = CancellationToken::new();
        let mut running = tokio::task::JoinSet::new();
        running.spawn({
            let (publisher, shutdown) = (publisher.clone(), shutdown.clone());
            async move { publisher.run(shutdown).await }
        });
        let app: axum::Router = router(publisher.clone());
        let ask = |uri: &str| {
            http::Request::get(uri)
                .body(axum::body::Body::empty())
                .unwrap()
        };
        let answer = app
            .clone()
            .oneshot(ask("/v1/gateway/stream?node=edge-1"))
            .await
            .unwrap();
        assert_eq!(answer.headers()["content-type"], "application/x-ndjson");
        let mut body = answer.into_body();
        let full = next(&mut body).await;
        assert!(matches!(full, Update::Full(_)), "{}", test.name);

        let revision = application(&test.db, "one", "active").await;
        assert!(
            matches!(next(&mut body).await, Update::Applications { revision: r, .. } if r == revision)
        );
        let lagging = publisher.settle(revision).await;
        assert_eq!(lagging.len(), 1, "the node has not said that it obeys");
        let (name, value) = lagging_nodes(&lagging).unwrap();
        assert_eq!(
            (name.as_str(), value.to_str().unwrap()),
            ("gatehouse-lagging-nodes", "edge-1 (revision -1)")
        );

        let ack = http::Request::post("/v1/gateway/acks")
            .header("content-type", "application/json")
            .body(axum::body::Body::from(format!(
                "{{\"node\":\"edge-1\",\"revision\":{revision}}}"
            )))
            .unwrap();
        let waiting = publisher.settle(revision);
        let (lagging, answer) = tokio::join!(waiting, app.clone().oneshot(ack));
        assert_eq!(answer.unwrap().status(), 204);
        assert_eq!(lagging, []);
        assert!(publisher.nodes()[0].connected && publisher.nodes()[0].current);

        // It comes back where it was, and is told what it missed.
        drop(body);
        assert!(!publisher.nodes()[0].connected);
        let missed = application(&test.db, "two", "active").await;
        let uri = format!("/v1/gateway/stream?node=edge-1&revision={revision}");
        let mut body = app.clone().oneshot(ask(&uri)).await.unwrap().into_body();
        assert!(
            matches!(next(&mut body).await, Update::Applications { from, revision: r, .. } if from == revision && r == missed)
        );
        shutdown.cancel();
        running.join_all().await;
    }
}

async fn next(body: &mut axum::body::Body) -> Update {
    let frame = tokio::time::timeout(Duration::from_secs(5), body.frame()).await;
    let data = frame
        .expect("a line within 5 s")
        .unwrap()
        .unwrap()
        .into_data()
        .unwrap();
    serde_json::from_slice(&data).unwrap()
}
