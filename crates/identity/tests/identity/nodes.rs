//! Several nodes on one database, restarts, and a real socket.

use std::time::Duration;

use http::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_util::sync::CancellationToken;

use crate::support::{App, Credentials, app, apps, form, node, send};

const API: &str = "https://weather.example/";

fn exchange(client: &Credentials) -> http::Request<axum::body::Body> {
    form(&[
        ("grant_type", "client_credentials"),
        ("client_id", &client.id),
        ("client_secret", &client.secret),
        ("audience", API),
    ])
}

/// Asks until the other node has heard of a change, and not for long.
async fn becomes(router: &axum::Router, client: &Credentials, status: u16) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    loop {
        let answer = send(router, exchange(client)).await;
        if answer.status == status {
            return;
        }
        assert!(
            tokio::time::Instant::now() < deadline,
            "still {}",
            answer.body
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn what_one_node_changes_the_other_hears_of() {
    for app in apps().await {
        // A connection of its own, as another process has.
        let db = storage::Database::open(&app.database.config, &[identity::MIGRATIONS])
            .await
            .unwrap();
        let other = node(db, &app.clock).await;
        let router = identity::router(other.clone());
        let stop = CancellationToken::new();
        let mut running = tokio::task::JoinSet::new();
        let (follower, stopped) = (other.clone(), stop.clone());
        running.spawn(async move { follower.run(stopped).await });

        app.api(API, json!({})).await;
        let client = app.machine("cli").await;
        assert_eq!(
            send(&router, exchange(&client)).await.status,
            403,
            "{}",
            app.name
        );
        app.grant(&client, API, &["read:weather"]).await;
        // What is new needs no notice.
        assert_eq!(
            send(&router, exchange(&client)).await.status,
            200,
            "{}",
            app.name
        );

        let path = format!("/clients/{}/rotate-secret", client.id);
        let rotated = app.call(Method::POST, &path, None).await;
        let new = Credentials {
            secret: rotated.text("client_secret").to_owned(),
            ..client.clone()
        };
        becomes(&router, &client, 401).await;
        assert_eq!(send(&router, exchange(&new)).await.status, 200);

        app.call(Method::POST, "/keys/signing/rotate", None).await;
        app.call(Method::DELETE, &format!("/clients/{}", client.id), None)
            .await;
        becomes(&router, &new, 401).await;
        stop.cancel();
        running.join_next().await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_restarted_tenant_is_the_same_tenant() {
    for app in apps().await {
        app.api(API, json!({})).await;
        let client = app.machine("cli").await;
        app.grant(&client, API, &[]).await;
        let keys = app.get("/.well-known/jwks.json").await.body;
        let again = identity::router(node(app.database.db.clone(), &app.clock).await);
        let request = http::Request::get("/.well-known/jwks.json")
            .body(axum::body::Body::empty())
            .unwrap();
        assert_eq!(send(&again, request).await.body, keys, "{}", app.name);
        assert_eq!(send(&again, exchange(&client)).await.status, 200);
        let list = app
            .call(Method::GET, "/clients?is_global=true", None)
            .await
            .body;
        assert_eq!(list.as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_moved_tenant_keeps_its_management_grants() {
    let App {
        tenant: _,
        database,
        clock,
        administrator,
        ..
    } = app().await;
    let origin = identity::Origin::parse("https://id.example.com").unwrap();
    let tenant = identity::Tenant::new(identity::Dependencies {
        db: database.db.clone(),
        sealer: storage::seal::Sealer::new(
            storage::seal::KeyRing::for_tests(),
            oauth::Entropy::system(),
        ),
        egress: crate::support::egress(&clock),
        clock,
        entropy: oauth::Entropy::system(),
        mail: egress::mail::Settings::files("/nonexistent"),
        settings: identity::Settings::new(origin),
    })
    .await
    .unwrap();
    let request = form(&[
        ("grant_type", "client_credentials"),
        ("client_id", &administrator.id),
        ("client_secret", &administrator.secret),
        ("audience", "https://id.example.com/api/v2/"),
    ]);
    let answer = send(&identity::router(tenant), request).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test]
async fn concurrent_first_requests_all_succeed() {
    let app = app().await;
    app.api(API, json!({})).await;
    let client = app.machine("cli").await;
    app.grant(&client, API, &[]).await;
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (router, request) = (app.router.clone(), exchange(&client));
        requests.spawn(async move { send(&router, request).await.status });
    }
    while let Some(status) = requests.join_next().await {
        assert_eq!(status.unwrap(), 200);
    }
}

#[tokio::test]
async fn it_answers_on_a_socket() {
    let app = app().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut server = tokio::task::JoinSet::new();
    server.spawn(axum::serve(listener, app.router.clone()).into_future());
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = "GET /.well-known/openid-configuration HTTP/1.1\r\nHost: localhost:8005\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(answer.contains("\"issuer\":\"http://localhost:8005/\""));
    server.shutdown().await;
}

#[tokio::test]
async fn a_new_key_encryption_key_takes_over_everything_that_is_sealed() {
    use base64::Engine as _;
    let key = |byte: u8| base64::engine::general_purpose::STANDARD.encode([byte; 32]);
    let tenant = async |db: &storage::Database, keys: &[String]| {
        let ring = storage::seal::KeyRing::from_base64(keys).unwrap();
        identity::Tenant::new(identity::Dependencies {
            db: db.clone(),
            sealer: storage::seal::Sealer::new(ring, oauth::Entropy::system()),
            clock: oauth::Clock::system(),
            entropy: oauth::Entropy::system(),
            egress: crate::support::egress(&oauth::Clock::system()),
            mail: egress::mail::Settings::files("/nonexistent"),
            settings: identity::Settings::new(
                identity::Origin::parse("http://127.0.0.1:8005").unwrap(),
            ),
        })
        .await
    };
    for database in storage::testing::databases(&[identity::MIGRATIONS]).await {
        let old = tenant(&database.db, &[key(1)]).await.unwrap();
        let _ = old.bootstrap_management_client("a").await.unwrap();
        let both = tenant(&database.db, &[key(2), key(1)]).await.unwrap();
        // Two signing keys, the secrets of two clients and the options of a connection.
        assert_eq!(both.rewrap_secrets().await, Ok(5), "{}", database.name);
        assert_eq!(both.rewrap_secrets().await, Ok(0));
        assert!(tenant(&database.db, &[key(2)]).await.is_ok());
    }
}
