//! Accounts that are linked to another one.

use axum::body::Body;
use http::{Method, Request, header};
use identity::testing::Code;
use serde_json::{Value, json};

use crate::flows::{CONNECTION, PASSWORD, Person, claims, text};
use crate::support::{Answer, App, Credentials, MANAGEMENT, app, apps, management};

const REALM: &str = "http://auth0.com/oauth/grant-type/password-realm";
/// A second database connection.
const STAFF: &str = "staff";

/// What is linked: a connection of its own, a client that signs in to both, and a person in each.
struct Scene {
    client: Credentials,
    jane: Person,
    second: Person,
    staff_id: String,
}

async fn scene(app: &App) -> Scene {
    let client = app
        .web(json!({ "grant_types": ["authorization_code", "refresh_token", REALM] }))
        .await;
    let body = json!({ "name": STAFF, "strategy": "auth0", "enabled_clients": [client.id] });
    let made = app.create("/connections", body).await;
    Scene {
        jane: app.person("jane").await,
        second: person_at(app, STAFF, "jane@work.example").await,
        staff_id: text(&made, "id").to_owned(),
        client,
    }
}

async fn person_at(app: &App, connection: &str, email: &str) -> Person {
    let body = json!({
        "connection": connection, "email": email, "password": PASSWORD, "email_verified": true,
        "verify_email": false, "user_metadata": { "own": "data" }
    });
    let made = app.create("/users", body).await;
    Person {
        id: text(&made, "user_id").to_owned(),
        email: email.to_owned(),
    }
}

fn path(id: &str, more: &str) -> String {
    format!("/users/{}{more}", id.replace('|', "%7C"))
}

fn bare(id: &str) -> &str {
    id.split_once('|').unwrap().1
}

async fn sign_in(app: &App, client: &Credentials, realm: &str, email: &str) -> Answer {
    let parameters = [
        ("grant_type", REALM),
        ("client_id", client.id.as_str()),
        ("client_secret", &client.secret),
        ("realm", realm),
        ("username", email),
        ("password", PASSWORD),
        ("scope", "openid email offline_access"),
    ];
    app.token(&parameters).await
}

async fn subject(app: &App, client: &Credentials, realm: &str, email: &str) -> String {
    let answer = sign_in(app, client, realm, email).await;
    assert_eq!(answer.status, 200, "{}: {}", app.name, answer.body);
    text(&claims(answer.text("id_token")), "sub").to_owned()
}

async fn link(app: &App, primary: &str, body: Value) -> Answer {
    app.call(Method::POST, &path(primary, "/identities"), Some(body))
        .await
}

/// An access token of the user's own for the Management API, and an ID token of the same sign-in.
async fn own_tokens(app: &App, client: &Credentials, person: &Person) -> (String, String) {
    let code = Code {
        audience: Some(MANAGEMENT.to_owned()),
        ..app.code(client, person, "openid update:current_user_identities")
    };
    let tokens = app.tokens(client, &code).await;
    (
        text(&tokens, "access_token").to_owned(),
        text(&tokens, "id_token").to_owned(),
    )
}

#[tokio::test]
async fn who_signs_in_to_a_linked_account_is_the_primary_user() {
    for app in apps().await {
        let Scene {
            client,
            jane,
            second,
            staff_id,
        } = scene(&app).await;
        let before = sign_in(&app, &client, STAFF, &second.email).await;
        let body = json!({
            "provider": "auth0", "user_id": bare(&second.id), "connection_id": staff_id
        });
        let linked = link(&app, &jane.id, body).await;
        assert_eq!(linked.status, 201, "{}: {}", app.name, linked.body);
        assert_eq!(
            linked.body,
            json!([
                {
                    "user_id": bare(&jane.id), "provider": "auth0", "connection": CONNECTION,
                    "isSocial": false
                },
                {
                    "user_id": bare(&second.id), "provider": "auth0", "connection": STAFF,
                    "isSocial": false, "profileData": {
                        "email": "jane@work.example", "email_verified": true,
                        "name": "jane@work.example", "nickname": "jane"
                    }
                }
            ])
        );
        for (realm, email) in [(CONNECTION, &jane.email), (STAFF, &second.email)] {
            assert_eq!(subject(&app, &client, realm, email).await, jane.id);
        }
        let user = app.call(Method::GET, &path(&jane.id, ""), None).await.body;
        assert_eq!(user["identities"], linked.body);
        assert_eq!(user["email"], json!(jane.email));
        assert_eq!(user["logins_count"], 2);
        // The account is nobody by itself: not read, listed, found or removed, and what it gave has ended.
        let gone = app.call(Method::GET, &path(&second.id, ""), None).await;
        assert_eq!(gone.status, 404);
        let all = app
            .call(Method::GET, "/users?include_totals=true", None)
            .await;
        assert_eq!(all.body["total"], 1, "{}", all.body);
        let by_email = "/users-by-email?email=jane@work.example";
        assert_eq!(app.call(Method::GET, by_email, None).await.body, json!([]));
        let found = app
            .call(Method::GET, "/users?q=identities.connection:staff", None)
            .await;
        assert_eq!(found.body[0]["user_id"], json!(jane.id), "{}", found.body);
        app.call(Method::DELETE, &path(&second.id, ""), None).await;
        assert_eq!(subject(&app, &client, STAFF, &second.email).await, jane.id);
        let refreshed = app
            .refresh(&client, before.text("refresh_token"), &[])
            .await;
        assert_eq!(refreshed.status, 403, "{}", refreshed.body);
        let entries = app.logged("sapi").await;
        assert!(
            entries
                .iter()
                .any(|entry| entry["description"] == "Link a User Account"
                    && entry["user_id"] == json!(jane.id)),
            "{entries:?}"
        );
    }
}

#[tokio::test]
async fn an_account_that_is_taken_off_is_a_user_of_its_own_again() {
    for app in apps().await {
        let Scene {
            client,
            jane,
            second,
            ..
        } = scene(&app).await;
        let body = json!({ "provider": "auth0", "user_id": second.id });
        assert_eq!(link(&app, &jane.id, body.clone()).await.status, 201);
        let through = sign_in(&app, &client, STAFF, &second.email).await;
        let one = path(&jane.id, &format!("/identities/auth0/{}", bare(&second.id)));
        let left = app.call(Method::DELETE, &one, None).await;
        assert_eq!(left.status, 200, "{}: {}", app.name, left.body);
        assert_eq!(left.body.as_array().unwrap().len(), 1);
        assert_eq!(
            subject(&app, &client, STAFF, &second.email).await,
            second.id
        );
        let again = app.call(Method::GET, &path(&second.id, ""), None).await;
        assert_eq!(again.body["user_metadata"], Value::Null, "{}", again.body);
        // Who signed in to the account while it was linked is not the user any more.
        let refreshed = app
            .refresh(&client, through.text("refresh_token"), &[])
            .await;
        assert_eq!(refreshed.status, 403, "{}", refreshed.body);
        assert_eq!(app.call(Method::DELETE, &one, None).await.status, 404);
        let main = path(&jane.id, &format!("/identities/auth0/{}", bare(&jane.id)));
        assert_eq!(app.call(Method::DELETE, &main, None).await.status, 400);
        // Whoever removes the user removes the accounts that are linked to them.
        assert_eq!(link(&app, &jane.id, body).await.status, 201);
        app.call(Method::DELETE, &path(&jane.id, ""), None).await;
        let nobody = sign_in(&app, &client, STAFF, &second.email).await;
        assert_eq!(nobody.status, 403);
    }
}

#[tokio::test]
async fn a_conflict_says_what_is_in_the_way() {
    for app in apps().await {
        let Scene {
            jane,
            second,
            staff_id,
            ..
        } = scene(&app).await;
        let third = person_at(&app, STAFF, "third@work.example").await;
        let named = |id: &str| json!({ "provider": "auth0", "user_id": id });
        assert_eq!(link(&app, &jane.id, named(&second.id)).await.status, 201);
        let again = link(&app, &jane.id, named(&second.id)).await;
        assert_eq!(
            again.said(),
            (
                409,
                json!({
                    "statusCode": 409, "error": "Conflict", "errorCode": "identity_conflict",
                    "message": "Specified identity is linked to this user already."
                })
            )
        );
        let taken = link(&app, &third.id, named(&second.id)).await;
        assert_eq!(
            (taken.status.as_u16(), taken.text("message")),
            (409, "Specified identity already belongs to another user.")
        );
        // A linked account is no user that others could be linked to.
        assert_eq!(link(&app, &second.id, named(&third.id)).await.status, 404);
        assert_eq!(link(&app, &jane.id, named(&jane.id)).await.status, 400);
        assert_eq!(link(&app, &jane.id, named("nobody")).await.status, 404);
        let elsewhere = json!({
            "provider": "auth0", "user_id": jane.id, "connection_id": staff_id
        });
        assert_eq!(link(&app, &third.id, elsewhere).await.status, 404);
        assert_eq!(link(&app, &jane.id, json!({})).await.status, 400);
        let both = json!({ "provider": "auth0", "user_id": third.id, "link_with": "x" });
        assert_eq!(link(&app, &jane.id, both).await.status, 400);
        let block = Some(json!({ "blocked": true }));
        app.call(Method::PATCH, &path(&third.id, ""), block).await;
        let blocked = link(&app, &jane.id, named(&third.id)).await;
        assert_eq!(blocked.status, 400, "linking would lift the block");
        // A user with linked accounts brings them along.
        let fourth = app.person("fourth").await;
        assert_eq!(link(&app, &fourth.id, named(&jane.id)).await.status, 201);
        let user = app.call(Method::GET, &path(&fourth.id, ""), None).await;
        assert_eq!(user.body["identities"].as_array().unwrap().len(), 3);
    }
}

#[tokio::test]
async fn a_user_links_with_proof_of_both_accounts_and_no_other_way() {
    for app in apps().await {
        let Scene {
            client,
            jane,
            second,
            ..
        } = scene(&app).await;
        let (access, own_id) = own_tokens(&app, &client, &jane).await;
        let (others_access, proof) = own_tokens(&app, &client, &second).await;
        let asked = async |token: &str, id: &str, body: Value| {
            let request = management(token, Method::POST, &path(id, "/identities"), Some(body));
            app.send(request).await
        };
        let named = json!({ "provider": "auth0", "user_id": second.id });
        assert_eq!(asked(&access, &jane.id, named).await.status, 400);
        let with = |token: &str| json!({ "link_with": token });
        // Somebody else's user, an access token, one's own account, a token of another client.
        let other = asked(&access, &second.id, with(&own_id)).await;
        assert_eq!(other.status, 403, "{}", other.body);
        for bad in [&others_access, &own_id, "nonsense"] {
            let refused = asked(&access, &jane.id, with(bad)).await;
            assert_eq!(refused.status, 400, "{bad}: {}", refused.body);
        }
        let stranger = app.web(json!({})).await;
        let (_, given_to_stranger) = own_tokens(&app, &stranger, &second).await;
        let refused = asked(&access, &jane.id, with(&given_to_stranger)).await;
        assert_eq!(
            refused.status, 400,
            "a token for another client is no proof"
        );
        // A client cannot act as a user by asking for the user's scope.
        let machine = app.management_token("update:current_user_identities").await;
        let refused = asked(&machine, &jane.id, with(&proof)).await;
        assert_eq!(refused.status, 403, "{}", refused.body);
        let linked = asked(&access, &jane.id, with(&proof)).await;
        assert_eq!(linked.status, 201, "{}: {}", app.name, linked.body);
        assert_eq!(subject(&app, &client, STAFF, &second.email).await, jane.id);
        let one = path(&jane.id, &format!("/identities/auth0/{}", bare(&second.id)));
        let request = management(&others_access, Method::DELETE, &one, None);
        assert_eq!(app.send(request).await.status, 403);
        let request = management(&access, Method::DELETE, &one, None);
        assert_eq!(app.send(request).await.status, 200);
    }
}

#[tokio::test]
async fn a_token_from_before_the_password_was_changed_proves_nothing() {
    let app = app().await;
    let Scene {
        client,
        jane,
        second,
        ..
    } = scene(&app).await;
    let (_, stolen) = own_tokens(&app, &client, &second).await;
    app.advance(60);
    let new = Some(json!({ "password": "another-Horse-9-battery" }));
    app.call(Method::PATCH, &path(&second.id, ""), new).await;
    let refused = link(&app, &jane.id, json!({ "link_with": stolen })).await;
    assert_eq!(refused.status, 400);
    assert!(
        refused.text("message").contains("password was changed"),
        "{}",
        refused.body
    );
    app.advance(60);
    let (_, fresh) = own_tokens(&app, &client, &second).await;
    assert_eq!(
        link(&app, &jane.id, json!({ "link_with": fresh }))
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn a_connection_that_goes_takes_its_linked_accounts_along() {
    for app in apps().await {
        let Scene {
            jane,
            second,
            staff_id,
            ..
        } = scene(&app).await;
        let body = json!({ "provider": "auth0", "user_id": second.id });
        assert_eq!(link(&app, &jane.id, body).await.status, 201);
        let gone = app
            .call(Method::DELETE, &format!("/connections/{staff_id}"), None)
            .await;
        assert!(gone.status.is_success(), "{}", gone.body);
        let user = app.call(Method::GET, &path(&jane.id, ""), None).await;
        assert_eq!(user.body["identities"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn refresh_tokens_are_listed_and_ended_by_user_by_client_and_by_id() {
    for app in apps().await {
        let (one, two) = (app.web(json!({})).await, app.web(json!({})).await);
        let (jane, bob) = (app.person("jane").await, app.person("bob").await);
        let given = async |client: &Credentials, person: &Person| {
            app.advance(1);
            let code = app.code(client, person, "openid offline_access");
            let tokens = app.tokens(client, &code).await;
            text(&tokens, "refresh_token").to_owned()
        };
        let first = given(&one, &jane).await;
        let second = given(&two, &jane).await;
        let other = given(&one, &bob).await;
        let list = |more: &str| {
            format!(
                "/refresh-tokens?user_id={}{more}",
                jane.id.replace('|', "%7C")
            )
        };
        let page = app.call(Method::GET, &list("&take=1"), None).await.body;
        assert_eq!(
            page["refresh_tokens"][0]["client_id"],
            json!(one.id),
            "{page}"
        );
        let next = list(&format!("&take=1&from={}", text(&page, "next")));
        let page = app.call(Method::GET, &next, None).await.body;
        assert_eq!(page["refresh_tokens"][0]["client_id"], json!(two.id));
        assert_eq!(page.get("next"), None);
        let of_two = list(&format!("&client_id={}&fields=id", two.id));
        let page = app.call(Method::GET, &of_two, None).await.body;
        assert_eq!(page["refresh_tokens"].as_array().unwrap().len(), 1);
        let id = text(&page["refresh_tokens"][0], "id").to_owned();
        assert_eq!(page["refresh_tokens"][0].as_object().unwrap().len(), 1);
        assert_eq!(
            app.call(Method::GET, "/refresh-tokens", None).await.status,
            400
        );
        let revoke = async |body: Value| {
            let answer = app
                .call(Method::POST, "/refresh-tokens/revoke", Some(body))
                .await;
            answer.status.as_u16()
        };
        for unclear in [
            json!({}),
            json!({ "client_id": one.id }),
            json!({ "ids": [id], "user_id": jane.id }),
        ] {
            assert_eq!(revoke(unclear).await, 400);
        }
        assert_eq!(revoke(json!({ "ids": [id] })).await, 202);
        let of_jane_at_one = json!({ "user_id": jane.id, "client_id": one.id });
        assert_eq!(revoke(of_jane_at_one).await, 202);
        for ended in [(&one, &first), (&two, &second)] {
            assert_eq!(app.refresh(ended.0, ended.1, &[]).await.status, 403);
        }
        assert_eq!(app.refresh(&one, &other, &[]).await.status, 200);
    }
}

#[tokio::test]
async fn a_body_is_not_needed_to_end_all_access() {
    let app = app().await;
    let client = app.web(json!({})).await;
    let jane = app.person("jane").await;
    let code = app.code(&client, &jane, "openid offline_access");
    let tokens = app.tokens(&client, &code).await;
    let token = app.management_token("").await;
    let request = Request::post(format!("/api/v2{}", path(&jane.id, "/revoke-access")))
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::empty());
    assert_eq!(app.send(request.unwrap()).await.status, 202);
    let refreshed = app
        .refresh(&client, text(&tokens, "refresh_token"), &[])
        .await;
    assert_eq!(refreshed.status, 403);
    let sessions = app.management_token("delete:sessions").await;
    let request = management(
        &sessions,
        Method::POST,
        &path(&jane.id, "/revoke-access"),
        Some(json!({})),
    );
    assert_eq!(
        app.send(request).await.status,
        403,
        "tokens need their own scope"
    );
    let kept = json!({ "preserve_refresh_tokens": true });
    let request = management(
        &sessions,
        Method::POST,
        &path(&jane.id, "/revoke-access"),
        Some(kept),
    );
    assert_eq!(app.send(request).await.status, 202);
}
