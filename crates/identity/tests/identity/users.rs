//! Users over the Management API.

use http::Method;
use serde_json::{Value, json};

use crate::support::{App, app, apps, pick};

async fn user(app: &App, email: &str, more: Value) -> Value {
    let mut body = json!({
        "connection": "Username-Password-Authentication", "email": email, "password": "correct-horse-9A"
    });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    app.create("/users", body).await
}

fn path(user: &Value) -> String {
    format!(
        "/users/{}",
        user["user_id"].as_str().unwrap().replace('|', "%7C")
    )
}

async fn found(app: &App, q: &str) -> Vec<String> {
    let query: String = url::form_urlencoded::byte_serialize(q.as_bytes()).collect();
    let path = format!("/users?search_engine=v3&sort=email:1&q={query}");
    let answer = app.call(Method::GET, &path, None).await;
    assert_eq!(answer.status, 200, "{q}: {}", answer.body);
    let users = answer.body.as_array().unwrap().iter();
    users
        .map(|user| {
            user["email"]
                .as_str()
                .unwrap_or("-")
                .split('@')
                .next()
                .unwrap()
                .to_owned()
        })
        .collect()
}

#[tokio::test]
async fn a_user_is_made_read_changed_and_removed() {
    for app in apps().await {
        let made = user(
            &app,
            " Jane@Example.com ",
            json!({ "user_metadata": { "team": "red" }, "app_metadata": { "plan": "full" } }),
        )
        .await;
        assert_eq!(
            pick(
                &made,
                &[
                    "email",
                    "email_verified",
                    "name",
                    "nickname",
                    "logins_count"
                ]
            ),
            json!({
                "email": "jane@example.com", "email_verified": false, "name": "jane@example.com",
                "nickname": "jane", "logins_count": 0
            })
        );
        let id = made["user_id"].as_str().unwrap();
        assert!(id.starts_with("auth0|") && id.len() == 30, "{id}");
        assert_eq!(
            made["identities"],
            json!([{
                "user_id": &id[6..], "provider": "auth0",
                "connection": "Username-Password-Authentication", "isSocial": false
            }])
        );
        assert!(!made.to_string().contains("argon2"), "{made}");
        let path = path(&made);
        assert_eq!(app.call(Method::GET, &path, None).await.body, made);
        let changed = app
            .call(
                Method::PATCH,
                &path,
                Some(json!({
                    "user_metadata": { "team": null, "city": "Osaka" }, "name": "Jane",
                    "blocked": true, "email_verified": true
                })),
            )
            .await
            .body;
        assert_eq!(
            pick(
                &changed,
                &[
                    "user_metadata",
                    "app_metadata",
                    "name",
                    "blocked",
                    "email_verified"
                ]
            ),
            json!({
                "user_metadata": { "city": "Osaka" }, "app_metadata": { "plan": "full" },
                "name": "Jane", "blocked": true, "email_verified": true
            })
        );
        let moved = app
            .call(
                Method::PATCH,
                &path,
                Some(json!({ "email": "j@example.com" })),
            )
            .await
            .body;
        assert_eq!(
            moved["email_verified"], false,
            "a new address is unconfirmed"
        );
        let by_email = app
            .call(Method::GET, "/users-by-email?email=J@example.com", None)
            .await
            .body;
        assert_eq!(by_email[0]["user_id"], id);
        assert_eq!(app.call(Method::DELETE, &path, None).await.status, 204);
        assert_eq!(app.call(Method::DELETE, &path, None).await.status, 204);
        let gone = app.call(Method::GET, &path, None).await;
        assert_eq!(
            gone.said(),
            (
                404,
                json!({
                    "statusCode": 404, "error": "Not Found",
                    "message": "The user does not exist.", "errorCode": "inexistent_user"
                })
            )
        );
    }
}

#[tokio::test]
async fn bad_users_are_refused_with_the_rule_they_break() {
    let app = app().await;
    user(&app, "a@example.com", json!({})).await;
    let connection = "Username-Password-Authentication";
    for (body, status, code) in [
        (
            json!({ "connection": connection, "email": "A@example.com", "password": "correct-horse-9A" }),
            409,
            "auth0_idp_error",
        ),
        (
            json!({ "connection": connection, "email": "b@example.com", "password": "weak" }),
            400,
            "invalid_body",
        ),
        (
            json!({ "connection": connection, "email": "b@example.com" }),
            400,
            "invalid_body",
        ),
        (
            json!({ "connection": connection, "email": "nobody", "password": "correct-horse-9A" }),
            400,
            "invalid_body",
        ),
        (
            json!({ "connection": "none", "email": "b@example.com", "password": "correct-horse-9A" }),
            404,
            "inexistent_connection",
        ),
        (json!({ "email": "b@example.com" }), 400, "invalid_body"),
    ] {
        let answer = app.call(Method::POST, "/users", Some(body)).await;
        let said = (answer.status.as_u16(), answer.body["errorCode"].as_str());
        assert_eq!(said, (status, Some(code)), "{}", answer.body);
    }
    let own = path(&user(&app, "c@example.com", json!({})).await);
    for (body, status) in [
        (json!({ "app_metadata": { "a": 1 } }), 200),
        (json!({ "blocked": true }), 403),
    ] {
        let scope = "update:users_app_metadata";
        let answer = app.call_as(scope, Method::PATCH, &own, Some(body)).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
}

#[tokio::test]
async fn users_are_found_by_what_is_known_of_them() {
    for app in apps().await {
        let red = json!({ "user_metadata": { "team": "red", "level": 5, "tags": ["x", "y"] }, "name": "Ann Lee" });
        user(&app, "ann@example.com", red).await;
        let blue =
            json!({ "user_metadata": { "team": "blue" }, "blocked": true, "given_name": "Bob" });
        user(&app, "bob@example.org", blue).await;
        user(&app, "cy_d%@example.com", json!({ "email_verified": true })).await;
        for (q, expected) in [
            ("email:\"ANN@example.com\"", vec!["ann"]),
            ("email:*@example.com", vec!["ann", "cy_d%"]),
            ("email.domain:example.org", vec!["bob"]),
            ("name:ann*", vec!["ann"]),
            ("name:\"ann lee\" OR blocked:true", vec!["ann", "bob"]),
            ("-blocked:true", vec!["ann", "cy_d%"]),
            ("NOT email_verified:true AND blocked:false", vec!["ann"]),
            ("user_metadata.team:(red OR blue)", vec!["ann", "bob"]),
            ("user_metadata.level:5", vec!["ann"]),
            ("user_metadata.level:50", vec![]),
            ("user_metadata.tags:y", vec!["ann"]),
            ("_exists_:given_name", vec!["bob"]),
            ("_missing_:user_metadata.team", vec!["cy_d%"]),
            ("logins_count:[0 TO 5]", vec!["ann", "bob", "cy_d%"]),
            ("logins_count:{0 TO *]", vec![]),
            ("last_login:[2020 TO *]", vec![]),
            ("NOT last_login:[2020 TO *]", vec!["ann", "bob", "cy_d%"]),
            (
                "created_at:[2020-01-01 TO 2100]",
                vec!["ann", "bob", "cy_d%"],
            ),
            ("email:cy_d%*", vec!["cy_d%"]),
            ("email:a?n@*", vec!["ann"]),
            ("lee bob", vec!["bob"]),
            ("ann@example.com", vec!["ann"]),
            (
                "identities.connection:\"Username-Password-Authentication\"",
                vec!["ann", "bob", "cy_d%"],
            ),
            ("identities.provider:google-oauth2", vec![]),
            ("*:*", vec!["ann", "bob", "cy_d%"]),
        ] {
            assert_eq!(found(&app, q).await, expected, "{q} on {}", app.name);
        }
        for bad in ["email:", "nonsense:1", "(a"] {
            let path = format!("/users?q={bad}");
            let answer = app.call(Method::GET, &path, None).await;
            assert_eq!(answer.body["errorCode"], "invalid_query_string", "{bad}");
        }
        let page = app
            .call(
                Method::GET,
                "/users?per_page=2&page=1&include_totals=true&sort=email:-1",
                None,
            )
            .await
            .body;
        assert_eq!(
            pick(&page, &["start", "limit", "length", "total"]),
            json!({ "start": 2, "limit": 2, "length": 1, "total": 3 })
        );
        assert_eq!(page["users"][0]["email"], "ann@example.com");
    }
}

#[tokio::test]
async fn roles_and_permissions_are_given_and_taken() {
    for app in apps().await {
        let audience = "https://weather.example/";
        app.api(audience, json!({})).await;
        let jane = user(&app, "jane@example.com", json!({})).await;
        let of_user = |what: &str| format!("{}/{what}", path(&jane));
        let role = app
            .call(Method::POST, "/roles", Some(json!({ "name": "reader" })))
            .await;
        assert_eq!(role.status, 200, "the vendor answers 200");
        let id = role.body["id"].as_str().unwrap().to_owned();
        assert!(id.starts_with("rol_"), "{id}");
        let same = app
            .call(Method::POST, "/roles", Some(json!({ "name": "reader" })))
            .await;
        assert_eq!(same.status, 409);
        let read = json!({ "permissions": [
            { "resource_server_identifier": audience, "permission_name": "read:weather" }
        ]});
        let of_role = format!("/roles/{id}/permissions");
        assert_eq!(
            app.call(Method::POST, &of_role, Some(read.clone()))
                .await
                .status,
            201
        );
        let unknown = json!({ "permissions": [
            { "resource_server_identifier": audience, "permission_name": "nonsense" }
        ]});
        assert_eq!(
            app.call(Method::POST, &of_role, Some(unknown)).await.status,
            400
        );
        let roles = json!({ "roles": [id] });
        let given = app
            .call(Method::POST, &of_user("roles"), Some(roles.clone()))
            .await;
        assert_eq!(given.status, 204);
        assert_eq!(
            app.call(Method::GET, &of_user("roles"), None).await.body,
            json!([{ "id": id, "name": "reader", "description": "reader" }])
        );
        let write = json!({ "permissions": [
            { "resource_server_identifier": audience, "permission_name": "write:weather" }
        ]});
        let direct = app
            .call(Method::POST, &of_user("permissions"), Some(write))
            .await;
        assert_eq!(direct.status, 201);
        assert_eq!(
            app.call(
                Method::GET,
                &of_user("permissions?include_totals=true"),
                None
            )
            .await
            .body["permissions"],
            json!([
                {
                    "permission_name": "read:weather", "description": "",
                    "resource_server_name": "Weather", "resource_server_identifier": audience,
                    "sources": [{ "source_id": id, "source_name": "reader", "source_type": "ROLE" }]
                },
                {
                    "permission_name": "write:weather", "description": "Rain",
                    "resource_server_name": "Weather", "resource_server_identifier": audience,
                    "sources": [{ "source_id": "", "source_name": "", "source_type": "DIRECT" }]
                }
            ])
        );
        let users = app
            .call(Method::GET, &format!("/roles/{id}/users?take=5"), None)
            .await
            .body;
        assert_eq!(users["users"][0]["email"], "jane@example.com");
        assert_eq!(
            app.call(Method::DELETE, &of_user("roles"), Some(roles))
                .await
                .status,
            204
        );
        assert_eq!(
            app.call(Method::GET, &of_user("roles"), None).await.body,
            json!([])
        );
        assert_eq!(
            app.call(Method::DELETE, &of_role, Some(read)).await.status,
            204
        );
        assert_eq!(app.call(Method::GET, &of_role, None).await.body, json!([]));
        let api = "/resource-servers/https%3A%2F%2Fweather.example%2F";
        assert_eq!(app.call(Method::DELETE, api, None).await.status, 204);
        let role = format!("/roles/{id}");
        assert_eq!(app.call(Method::DELETE, &role, None).await.status, 204);
        assert_eq!(app.call(Method::GET, &role, None).await.status, 404);
        let jane = path(&jane);
        assert_eq!(app.call(Method::DELETE, &jane, None).await.status, 204);
    }
}

#[tokio::test]
async fn tickets_lead_to_the_tenants_own_pages() {
    let app = app().await;
    let jane = user(&app, "jane@example.com", json!({})).await;
    let id = jane["user_id"].as_str().unwrap();
    for (what, page) in [
        ("password-change", "/u/reset-verify?ticket="),
        ("email-verification", "/u/email-verification?ticket="),
    ] {
        let body =
            json!({ "user_id": id, "result_url": "https://app.example/done", "ttl_sec": 60 });
        let made = app.create(&format!("/tickets/{what}"), body).await;
        assert!(made["ticket"].as_str().unwrap().contains(page), "{made}");
    }
    let bad = json!({ "user_id": id, "result_url": "javascript:alert(1)" });
    let refused = app
        .call(Method::POST, "/tickets/password-change", Some(bad))
        .await;
    assert_eq!(refused.status, 400);
    let job = app
        .create("/jobs/verification-email", json!({ "user_id": id }))
        .await;
    assert_eq!(job["type"], "verification_email");
    let unknown = json!({ "user_id": "auth0|none" });
    let refused = app
        .call(Method::POST, "/tickets/password-change", Some(unknown))
        .await;
    assert_eq!(refused.status, 404);
}

#[tokio::test]
async fn what_administrators_do_to_users_is_in_the_log() {
    for app in apps().await {
        let jane = user(&app, "jane@example.com", json!({})).await;
        let path = path(&jane);
        app.call(Method::PATCH, &path, Some(json!({ "name": "Jane" })))
            .await;
        app.call(Method::DELETE, &path, None).await;
        let all = app
            .call(Method::GET, "/logs?include_totals=true", None)
            .await
            .body;
        // Each call here asks for a token first, which is in the log too.
        let entries: Vec<&Value> = all["logs"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|entry| entry["type"] != "seccft")
            .collect();
        let types: Vec<&str> = entries
            .iter()
            .map(|entry| entry["type"].as_str().unwrap())
            .collect();
        let expected = ["sapi", "sdu", "sapi", "sapi", "svr"];
        assert_eq!(types, expected, "the newest first");
        let oldest = entries[4]["log_id"].as_str().unwrap();
        let onward = app
            .call(Method::GET, &format!("/logs?from={oldest}&take=2"), None)
            .await
            .body;
        assert_eq!(onward[0]["description"], "Create a User");
        assert_eq!(onward.as_array().unwrap().len(), 2);
        let one = app
            .call(Method::GET, &format!("/logs/{oldest}"), None)
            .await
            .body;
        assert_eq!(one["type"], "svr");
        let removed = app.call(Method::GET, "/logs?q=type:sdu", None).await.body;
        assert_eq!(removed[0]["user_id"], jane["user_id"]);
        let of_user = app
            .call(Method::GET, &format!("{path}/logs"), None)
            .await
            .body;
        assert_eq!(of_user.as_array().unwrap().len(), 3);
        let description = "/logs?q=description:%22Update%20a%20User%22";
        assert_eq!(
            app.call(Method::GET, description, None)
                .await
                .body
                .as_array()
                .unwrap()
                .len(),
            1
        );
    }
}

#[tokio::test]
async fn a_user_has_no_second_factor_and_no_organization_and_nobody_has_none() {
    let app = app().await;
    let made = user(&app, "jane@example.com", json!({})).await;
    for (list, empty) in [
        ("enrollments", json!([])),
        ("organizations", json!([])),
        (
            "authentication-methods",
            json!({ "authenticators": [], "start": 0, "limit": 50, "total": 0 }),
        ),
    ] {
        let answer = app
            .call(Method::GET, &format!("{}/{list}", path(&made)), None)
            .await;
        assert_eq!((answer.status.as_u16(), answer.body), (200, empty));
        let nobody = app
            .call(Method::GET, &format!("/users/auth0%7Cnone/{list}"), None)
            .await;
        assert_eq!(nobody.status, 404);
    }
}
