//! Importing and exporting users.

use std::io::Read as _;

use axum::body::Body;
use flate2::read::MultiGzDecoder;
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use identity::testing::{prune_jobs, run_jobs};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::flows::{CONNECTION, text};
use crate::support::{Answer, App, Credentials, app, apps};

const REALM: &str = "http://auth0.com/oauth/grant-type/password-realm";
/// Of "password", cost 4.
const BCRYPT: &str = "$2b$04$......................LAtw7/ohmmBAhnXqmkuIz83Rl5Qdjhm";

async fn connection_id(app: &App) -> String {
    let all = app.call(Method::GET, "/connections", None).await.body;
    let first = all
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == CONNECTION);
    text(first.unwrap(), "id").to_owned()
}

async fn import(app: &App, file: &str, more: &[(&str, &str)]) -> Answer {
    let connection_id = connection_id(app).await;
    let mut body = String::new();
    let mut part = |head: &str, content: &str| {
        body.push_str(&format!(
            "--b\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n"
        ));
    };
    part("name=\"users\"; filename=\"users.json\"", file);
    part("name=\"connection_id\"", &connection_id);
    for (name, value) in more {
        part(&format!("name=\"{name}\""), value);
    }
    body.push_str("--b--\r\n");
    let token = app.management_token("").await;
    let request = Request::post("/api/v2/jobs/users-imports")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
        .body(Body::from(body));
    app.send(request.unwrap()).await
}

async fn job(app: &App, made: &Answer) -> Value {
    let path = format!("/jobs/{}", made.text("id"));
    app.call(Method::GET, &path, None).await.body
}

async fn errors(app: &App, made: &Answer) -> Answer {
    let path = format!("/jobs/{}/errors", made.text("id"));
    app.call(Method::GET, &path, None).await
}

/// Imports, and gives the job when it is over.
async fn imported(app: &App, users: &Value, more: &[(&str, &str)]) -> (Answer, Value) {
    let made = import(app, &users.to_string(), more).await;
    assert_eq!(made.status, 202, "{}: {}", app.name, made.body);
    run_jobs(&app.tenant).await;
    let over = job(app, &made).await;
    (made, over)
}

async fn sign_in(app: &App, client: &Credentials, name: &str, password: &str) -> StatusCode {
    let parameters = [
        ("grant_type", REALM),
        ("client_id", client.id.as_str()),
        ("client_secret", &client.secret),
        ("realm", CONNECTION),
        ("username", name),
        ("password", password),
    ];
    app.token(&parameters).await.status
}

async fn kept_hash(app: &App, email: &str) -> String {
    let sql = "SELECT password_hash FROM identity_user WHERE email = $1";
    let row = app
        .database
        .db
        .query_one(sql, storage::params![email])
        .await;
    row.unwrap().get("password_hash").unwrap()
}

#[tokio::test]
async fn users_are_imported_with_the_passwords_that_they_had_elsewhere() {
    for app in apps().await {
        let client = app.web(json!({ "grant_types": [REALM] })).await;
        let users = json!([
            { "email": "Jane@Example.com", "email_verified": true, "user_id": "42",
              "given_name": "Jane", "app_metadata": { "plan": "full" }, "password_hash": BCRYPT },
            { "email": "bob@example.com", "custom_password_hash": {
                "algorithm": "sha256", "salt": { "value": "salt", "position": "prefix" },
                "hash": { "encoding": "hex",
                    "value": "13601bda4ea78e55a07b98866d2be6be0744e3866f13c00c811cab608a28f322" } } }
        ]);
        let (made, over) = imported(&app, &users, &[("external_id", "batch-1")]).await;
        assert_eq!(
            (
                &made.body["type"],
                &made.body["status"],
                &made.body["external_id"]
            ),
            (&json!("users_import"), &json!("pending"), &json!("batch-1"))
        );
        assert_eq!(over["status"], "completed", "{}: {over}", app.name);
        assert_eq!(
            over["summary"],
            json!({ "failed": 0, "updated": 0, "inserted": 2, "total": 2 })
        );
        assert_eq!(over["percentage_done"], 100);
        assert_eq!(errors(&app, &made).await.said(), (204, Value::Null));
        let jane = app.call(Method::GET, "/users/auth0%7C42", None).await.body;
        assert_eq!(jane["email"], "jane@example.com", "{jane}");
        assert!(!jane.to_string().contains("$2b$"), "{jane}");
        for email in ["jane@example.com", "bob@example.com"] {
            let before = kept_hash(&app, email).await;
            assert_eq!(sign_in(&app, &client, email, "Password").await, 403);
            assert_eq!(kept_hash(&app, email).await, before);
            assert_eq!(
                sign_in(&app, &client, email, "password").await,
                200,
                "{email}"
            );
            let after = kept_hash(&app, email).await;
            assert!(after.starts_with("$argon2id$"), "{email}");
            assert_eq!(
                sign_in(&app, &client, email, "password").await,
                200,
                "{email}"
            );
        }
        let logs = app.call(Method::GET, "/logs?per_page=100", None).await.body;
        for secret in [BCRYPT, "13601bda"] {
            assert!(!logs.to_string().contains(secret), "no hash is logged");
        }
    }
}

#[tokio::test]
async fn an_upsert_changes_what_the_vendor_lets_it_change_and_never_a_password_of_ours() {
    for app in apps().await {
        let client = app.web(json!({ "grant_types": [REALM] })).await;
        let jane = app.person("jane").await;
        let md5 = |value: &str| json!({ "algorithm": "md5", "hash": { "encoding": "hex", "value": value } });
        let users = json!([
            { "email": jane.email, "name": "Jane Doe", "user_metadata": { "team": "red" },
              "blocked": true, "custom_password_hash": md5("5f4dcc3b5aa765d61d8327deb882cf99") },
            { "email": "new@example.com", "custom_password_hash": md5("00000000000000000000000000000000") }
        ]);
        let (made, over) = imported(&app, &users, &[]).await;
        assert_eq!(over["summary"]["failed"], 1, "{}: {over}", app.name);
        let found = errors(&app, &made).await.body;
        assert_eq!(found[0]["errors"][0]["code"], "DUPLICATED_USER");
        assert_eq!(found[0]["user"]["email"], json!(jane.email));
        assert!(!found.to_string().contains("5f4dcc3b"), "{found}");
        let again = json!([
            users[0],
            { "email": "new@example.com", "custom_password_hash": md5("5f4dcc3b5aa765d61d8327deb882cf99") }
        ]);
        let (_, over) = imported(&app, &again, &[("upsert", "true")]).await;
        assert_eq!(
            over["summary"],
            json!({ "failed": 0, "updated": 2, "inserted": 0, "total": 2 }),
            "{over}"
        );
        let path = format!("/users/{}", jane.id.replace('|', "%7C"));
        let user = app.call(Method::GET, &path, None).await.body;
        assert_eq!(
            (&user["name"], &user["user_metadata"]["team"]),
            (&json!("Jane Doe"), &json!("red"))
        );
        assert_eq!(user.get("blocked"), None, "an upsert blocks nobody");
        // A password that was set here is not replaced by one from a file.
        assert_eq!(sign_in(&app, &client, &jane.email, "password").await, 403);
        assert_eq!(
            sign_in(&app, &client, &jane.email, crate::flows::PASSWORD).await,
            200
        );
        assert_eq!(
            sign_in(&app, &client, "new@example.com", "password").await,
            200
        );
    }
}

#[tokio::test]
async fn a_bad_user_is_told_and_does_not_stop_the_others() {
    let app = app().await;
    let users = json!([
        { "email": "nope" },
        { "email": "a@example.com", "shoe_size": 43 },
        { "email": "b@example.com", "email_verified": "yes" },
        { "email": "c@example.com", "app_metadata": { "clientID": "x" } },
        { "email": "d@example.com", "password_hash": "plain text" },
        { "name": "Nobody" },
        "text",
        { "email": "good@example.com" }
    ]);
    let (made, over) = imported(&app, &users, &[]).await;
    assert_eq!(
        over["summary"],
        json!({ "failed": 7, "updated": 0, "inserted": 1, "total": 8 })
    );
    let found = errors(&app, &made).await.body;
    let codes: Vec<&str> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["errors"][0]["code"].as_str().unwrap())
        .collect();
    assert_eq!(
        codes,
        [
            "INVALID_FORMAT",
            "OBJECT_ADDITIONAL_PROPERTIES",
            "INVALID_TYPE",
            "RESERVED",
            "INVALID_HASH",
            "INVALID_FORMAT",
            "INVALID_TYPE"
        ]
    );
    assert!(!found.to_string().contains("plain text"));
    let broken = import(
        &app,
        "[{\"email\": \"x@example.com\", \"password_hash\": \"$2b$secret\"",
        &[],
    )
    .await;
    run_jobs(&app.tenant).await;
    let over = job(&app, &broken).await;
    assert_eq!(over["status"], "failed");
    assert!(
        text(&over, "status_details").contains("valid JSON: line 1"),
        "{over}"
    );
    assert!(!over.to_string().contains("secret"));
    assert_eq!(errors(&app, &broken).await.body["status"], "failed");
}

#[tokio::test]
async fn what_is_too_large_too_much_or_for_nobody_is_refused() {
    for app in apps().await {
        let large = format!("[{}]", " ".repeat(512_000));
        let refused = import(&app, &large, &[]).await;
        assert_eq!(refused.status, 413, "{}", refused.body);
        let unknown = import(&app, "[]", &[("colour", "red")]).await;
        assert_eq!(unknown.status, 400);
        for _ in 0..2 {
            assert_eq!(import(&app, "[]", &[]).await.status, 202, "{}", app.name);
        }
        let third = import(&app, "[]", &[]).await;
        assert_eq!(third.status, 429, "{}", third.body);
        run_jobs(&app.tenant).await;
        let made = import(&app, "[]", &[]).await;
        assert_eq!(made.status, 202);
        run_jobs(&app.tenant).await;
        app.advance(25 * 3600);
        assert_eq!(prune_jobs(&app.tenant).await.unwrap(), 3);
        let path = format!("/jobs/{}", made.text("id"));
        assert_eq!(app.call(Method::GET, &path, None).await.status, 404);
        let json = app
            .call(Method::POST, "/jobs/users-imports", Some(json!({})))
            .await;
        assert_eq!(json.status, 400);
    }
}

/// The address and the user were written, and the process died before the job was done: the outbox gives the
/// job out once more.
#[tokio::test]
async fn an_import_goes_on_where_it_was_when_the_process_died() {
    for app in apps().await {
        let users = json!([{ "email": "a@example.com" }, { "email": "b@example.com" }]);
        let made = import(&app, &users.to_string(), &[]).await;
        let db = &app.database.db;
        let sql = "UPDATE identity_job SET done = 1, status = 'processing', \
                   summary = '{\"failed\":0,\"updated\":0,\"inserted\":1,\"total\":2}'";
        db.execute(sql, storage::params![]).await.unwrap();
        app.person("a").await;
        run_jobs(&app.tenant).await;
        let over = job(&app, &made).await;
        assert_eq!(
            over["summary"],
            json!({ "failed": 0, "updated": 0, "inserted": 2, "total": 2 }),
            "{}: {over}",
            app.name
        );
        let left = "SELECT COUNT(*) AS held FROM identity_job WHERE source IS NOT NULL";
        let row = db.query_one(left, storage::params![]).await.unwrap();
        assert_eq!(
            row.get::<i64>("held").unwrap(),
            0,
            "the file goes with the job's end"
        );
    }
}

/// Follows a link as a browser would: without a token.
async fn fetch(app: &App, location: &str) -> (StatusCode, Vec<u8>) {
    let path = location.strip_prefix("http://127.0.0.1:8005").unwrap();
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = app.router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, bytes.to_vec())
}

fn unpacked(bytes: &[u8]) -> String {
    let mut text = String::new();
    MultiGzDecoder::new(bytes)
        .read_to_string(&mut text)
        .unwrap();
    text
}

async fn exported(app: &App, body: Value) -> String {
    let made = app
        .call(Method::POST, "/jobs/users-exports", Some(body))
        .await;
    assert_eq!(made.status, 200, "{}: {}", app.name, made.body);
    assert_eq!(made.body["type"], "users_export");
    assert_eq!(job(app, &made).await.get("location"), None);
    run_jobs(&app.tenant).await;
    let over = job(app, &made).await;
    assert_eq!(over["status"], "completed", "{over}");
    let location = text(&over, "location").to_owned();
    let (status, bytes) = fetch(app, &location).await;
    assert_eq!(status, 200);
    let forged = location.replace("signature=", "signature=A");
    assert_eq!(fetch(app, &forged).await.0, 403);
    let later = location.replace("expires=1", "expires=2");
    assert_eq!(fetch(app, &later).await.0, 403);
    app.advance(61);
    assert_eq!(
        fetch(app, &location).await.0,
        403,
        "a link works for a minute"
    );
    unpacked(&bytes)
}

#[tokio::test]
async fn users_are_exported_without_anything_secret() {
    for app in apps().await {
        for name in ["ada", "bob", "eve"] {
            app.advance(1);
            app.person(name).await;
        }
        let file = exported(&app, json!({ "format": "json" })).await;
        let lines: Vec<Value> = file
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines.len(), 3, "{}", app.name);
        assert_eq!(lines[0]["email"], "ada@example.com");
        assert_eq!(lines[0]["identities"][0]["connection"], CONNECTION);
        assert!(!file.contains("argon2"));
        let id = connection_id(&app).await;
        let fields = json!([
            { "name": "email" }, { "name": "identities[0].connection", "export_as": "from" }
        ]);
        let body = json!({ "format": "csv", "connection_id": id, "limit": 2, "fields": fields });
        let file = exported(&app, body).await;
        assert_eq!(
            file,
            format!(
                "\"email\",\"from\"\r\n\"ada@example.com\",\"{CONNECTION}\"\r\n\
                 \"bob@example.com\",\"{CONNECTION}\"\r\n"
            )
        );
        let unknown = json!({ "connection_id": "con_none" });
        let refused = app
            .call(Method::POST, "/jobs/users-exports", Some(unknown))
            .await;
        assert_eq!(refused.status, 404);
    }
}

#[tokio::test]
async fn an_export_of_nobody_is_an_empty_file_and_a_mail_is_a_job_that_is_done() {
    let app = app().await;
    assert_eq!(exported(&app, json!({ "format": "json" })).await, "");
    let jane = app.person("jane").await;
    let body = json!({ "user_id": jane.id });
    let mail = app.create("/jobs/verification-email", body).await;
    let path = format!("/jobs/{}", text(&mail, "id"));
    let found = app.call(Method::GET, &path, None).await.body;
    assert_eq!(
        (&found["type"], &found["status"]),
        (&json!("verification_email"), &json!("completed"))
    );
}
