//! The tenant's pages of the console about people: connections, users and roles.

use http::{Method, StatusCode};
use serde_json::json;
use web::Role;

use super::console::send;
use crate::support::{ADMINISTRATOR as EMAIL, app, apps, console as browser};

#[tokio::test]
async fn a_connection_is_made_changed_and_removed_with_its_users() {
    for app in apps().await {
        let mut browser = browser(&app, Some(Role::Owner));
        let wrong = [("connection_name", "Members--only")];
        let answer = send(&mut browser, "/tenant/connections/new", &wrong).await;
        answer
            .says("id=\"connection_name-error\"")
            .says("value=\"Members--only\"");
        let fields = [
            ("connection_name", "Members"),
            ("display_name", "Our members"),
        ];
        let made = send(&mut browser, "/tenant/connections/new", &fields).await;
        let page = made.location().to_owned();
        let shown = browser.get(&page).await;
        shown.says("Our members").says("The connection is made.");
        let path = page.replace("/tenant", "");
        let known = app.call(Method::GET, &path, None).await;
        assert_eq!(
            (&known.body["name"], &known.body["strategy"]),
            (&json!("Members"), &json!("auth0"))
        );
        assert_eq!(known.body["options"]["disable_signup"], true);
        let answer = send(&mut browser, "/tenant/connections/new", &fields).await;
        answer.says("id=\"connection_name-error\"");

        let user = json!({
            "connection": "Members", "email": "ada@example.com", "password": "Correct horse 7!"
        });
        let user = app.call(Method::POST, "/users", Some(user)).await;
        assert_eq!(user.status, StatusCode::CREATED, "{}", user.body);
        let delete = format!("{page}/delete");
        browser.get(&delete).await.says("one user");
        browser
            .fill(&delete, &[])
            .await
            .says("Our members is removed.");
        let gone = app.call(Method::GET, &path, None).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
        let users = app.call(Method::GET, "/users", None).await;
        assert_eq!(users.body, json!([]), "{}", app.name);
        browser
            .get("/tenant/logs")
            .await
            .says("Delete a connection");
    }
}

#[tokio::test]
async fn a_user_is_found_blocked_and_removed() {
    for app in apps().await {
        let made = app
            .create(
                "/users",
                json!({
                    "connection": "Username-Password-Authentication", "email": "jane@example.com",
                    "password": "Correct horse 9", "verify_email": false,
                }),
            )
            .await;
        let id = made["user_id"].as_str().unwrap();
        let page = format!("/tenant/users/{}", web::query_value(id));
        let mut browser = browser(&app, Some(Role::Owner));
        let listed = browser.get("/tenant/users?q=JANE").await;
        listed.says("jane@example.com").says(&page);
        browser.get(&page).await.says("Address not confirmed");
        browser
            .fill(&page, &[("action", "block")])
            .await
            .says("Unblock");
        browser
            .get("/tenant/users?blocked=true")
            .await
            .says("jane@example.com");
        browser
            .get("/tenant/users?blocked=false")
            .await
            .says("No user fits");
        browser
            .fill(&page, &[("action", "reset")])
            .await
            .says("The mail is on its way.");
        let gone = browser.fill(&format!("{page}/delete"), &[]).await;
        gone.says("is removed");
        assert_eq!(browser.get(&page).await.status, StatusCode::NOT_FOUND);

        let log = browser.get("/tenant/logs?type=sapi&q=ada").await;
        log.says("Delete a User").says(EMAIL);
        let entry = log.between("href=\"/tenant/logs/", "\"").to_owned();
        browser
            .get(&format!("/tenant/logs/{entry}"))
            .await
            .says("&quot;channel&quot;");
    }
}

#[tokio::test]
async fn a_role_is_made_given_permissions_and_given_to_a_user() {
    let app = app().await;
    let api = app.api("https://weather.example/", json!({})).await;
    let user = app
        .create(
            "/users",
            json!({
                "connection": "Username-Password-Authentication", "email": "jane@example.com",
                "password": "Correct horse 9", "verify_email": false,
            }),
        )
        .await;
    let id = user["user_id"].as_str().unwrap();
    let mut browser = browser(&app, Some(Role::Owner));
    let answer = send(&mut browser, "/tenant/roles/new", &[("name", "Reader")]).await;
    let role = answer.location().to_owned();
    let twice = send(&mut browser, "/tenant/roles/new", &[("name", "Reader")]).await;
    twice.says("id=\"name-error\"");
    let page = format!("{role}/permissions/{}", api["id"].as_str().unwrap());
    let shown = browser.fill(&page, &[("scope", "read:weather")]).await;
    shown.says("one permission");

    let page = format!("/tenant/users/{}", web::query_value(id));
    let role_id = role.rsplit('/').next().unwrap();
    let fields = [("action", "roles"), ("role", role_id)];
    browser.fill(&page, &fields).await.says("checked");
    browser.get(&role).await.says("jane@example.com");
    let held = app
        .call(
            Method::GET,
            &format!("/users/{}/permissions", web::query_value(id)),
            None,
        )
        .await;
    assert_eq!(held.body[0]["permission_name"], "read:weather");
    browser
        .get(&format!("{role}/delete"))
        .await
        .says("one user");
    browser
        .fill(&format!("{role}/delete"), &[])
        .await
        .says("Reader is removed");
}

#[tokio::test]
async fn a_users_page_shows_the_accounts_and_takes_a_linked_one_off() {
    for app in apps().await {
        let (jane, second) = (app.person("jane").await, app.person("second").await);
        let page = format!("/tenant/users/{}", web::query_value(&jane.id));
        let mut browser = browser(&app, Some(Role::Admin));
        let shown = browser.get(&page).await;
        assert!(
            !shown.html.contains("Main account"),
            "one account is no list"
        );
        let (provider, id) = second.id.split_once('|').unwrap();
        let body = json!({ "provider": provider, "user_id": id });
        let path = format!("/users/{}/identities", web::query_value(&jane.id));
        assert_eq!(app.call(Method::POST, &path, Some(body)).await.status, 201);
        let shown = browser.get(&page).await;
        assert!(shown.html.contains("Main account"), "{}", app.name);
        assert!(shown.html.contains(&second.email) && shown.html.contains(id));
        let unlink = [("action", "unlink"), ("account", second.id.as_str())];
        let shown = browser.fill(&page, &unlink).await;
        assert!(
            !shown
                .says("The account is unlinked.")
                .html
                .contains("Main account")
        );
        let user = app
            .call(Method::GET, "/users?q=email:second@example.com", None)
            .await;
        assert_eq!(user.body[0]["user_id"], json!(second.id));
    }
}
