//! Clients that manage their registration (RFC 7592).

use http::Method;
use identity::RegistrationPolicy;
use serde_json::{Value, json};

use super::{named, public};
use crate::support::{App, Credentials, app_with, apps};

fn managed() -> RegistrationPolicy {
    RegistrationPolicy {
        management: true,
        ..RegistrationPolicy::default()
    }
}

fn token(client: &Value) -> &str {
    client["registration_access_token"].as_str().unwrap()
}

#[tokio::test]
async fn another_method_is_told_which_there_are() {
    let app = crate::support::app().await;
    for (path, allowed) in [
        ("/oidc/register", "POST"),
        ("/oidc/register/somebody", "GET, PUT, DELETE"),
    ] {
        let request = http::Request::patch(path).body(axum::body::Body::empty());
        let answer = app.send(request.unwrap()).await;
        assert_eq!(answer.refusal(), (405, "invalid_request"));
        assert_eq!(answer.headers[http::header::ALLOW], allowed);
    }
}

#[tokio::test]
async fn it_is_off_by_default() {
    for app in apps().await {
        app.open_registration("strict").await;
        let made = app.registered(named("a")).await;
        assert_eq!(made["registration_access_token"], Value::Null);
        let uri = format!("/oidc/register/{}", made["client_id"].as_str().unwrap());
        assert_eq!(app.get(&uri).await.refusal(), (403, "access_denied"));
    }
}

#[tokio::test]
async fn a_client_reads_changes_and_removes_its_registration() {
    for database in storage::testing::databases(&[identity::MIGRATIONS]).await {
        let app = App::under(database, managed()).await;
        app.open_registration("strict").await;
        let made = app.registered(named("first")).await;
        let read = app.manage(Method::GET, &made, token(&made), None).await;
        assert_eq!(read.status, 200);
        assert_eq!(
            read.body["client_secret"],
            Value::Null,
            "a secret is shown once"
        );
        assert_eq!(
            (&read.body["client_name"], &read.body["client_id"]),
            (&json!("first"), &made["client_id"])
        );
        assert_eq!(token(&read.body), token(&made));

        let mut change = public("second");
        change["client_id"] = made["client_id"].clone();
        let changed = app
            .manage(Method::PUT, &made, token(&made), Some(change.clone()))
            .await;
        assert_eq!(changed.status, 200, "{}: {}", app.name, changed.body);
        assert_eq!(changed.body["client_name"], "second");
        assert_eq!(changed.body["token_endpoint_auth_method"], "none");
        assert_ne!(token(&changed.body), token(&made));
        // The old token ended with the call, and so did the secret.
        assert_eq!(
            app.manage(Method::GET, &made, token(&made), None)
                .await
                .refusal(),
            (401, "invalid_token")
        );
        let old = Credentials {
            id: made["client_id"].as_str().unwrap().to_owned(),
            secret: made["client_secret"].as_str().unwrap().to_owned(),
        };
        assert_eq!(
            app.exchange(&old, &[]).await.refusal(),
            (401, "access_denied")
        );

        change["token_endpoint_auth_method"] = json!("client_secret_basic");
        let secret = app
            .manage(Method::PUT, &made, token(&changed.body), Some(change))
            .await
            .body;
        assert_eq!(secret["client_secret"].as_str().unwrap().len(), 64);
        let path = format!("/clients/{}", made["client_id"].as_str().unwrap());
        let stored = app.call(Method::GET, &path, None).await.body;
        assert_eq!(stored["callbacks"], json!(["https://app.example/second"]));

        let removed = app
            .manage(Method::DELETE, &made, token(&secret), None)
            .await;
        assert_eq!(removed.status, 204);
        assert_eq!(app.call(Method::GET, &path, None).await.status, 404);
        assert_eq!(
            app.manage(Method::GET, &made, token(&secret), None)
                .await
                .refusal(),
            (401, "invalid_token")
        );
        assert_eq!(
            app.exchange(&old, &[]).await.refusal(),
            (401, "invalid_client")
        );
    }
}

#[tokio::test]
async fn an_update_names_the_client_and_sets_nothing_that_is_the_servers() {
    let app = app_with(managed()).await;
    app.open_registration("strict").await;
    let made = app.registered(named("a")).await;
    let update = |more: Value| {
        let mut body = named("a");
        body["client_id"] = made["client_id"].clone();
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    for bad in [
        json!({ "client_id": null }),
        json!({ "client_id": "tpc_another" }),
        json!({ "client_secret": "chosen by myself, and long enough for it" }),
        json!({ "client_secret_expires_at": 1 }),
        json!({ "client_id_issued_at": 1 }),
        json!({ "registration_access_token": "mine" }),
        json!({ "registration_client_uri": "https://evil.example/" }),
    ] {
        let answer = app
            .manage(Method::PUT, &made, token(&made), Some(update(bad.clone())))
            .await;
        assert_eq!(answer.refusal(), (400, "invalid_client_metadata"), "{bad}");
    }
    let same = update(json!({ "client_secret": made["client_secret"] }));
    assert_eq!(
        app.manage(Method::PUT, &made, token(&made), Some(same))
            .await
            .status,
        200
    );
}

/// CVE-2026-9705: a registration access token set back what an administrator had done.
#[tokio::test]
async fn attack_7_a_registration_token_undoes_nothing_that_an_administrator_did() {
    let app = app_with(managed()).await;
    app.open_registration("permissive").await;
    for change in [
        json!({ "grant_types": [] }),
        json!({ "callbacks": [] }),
        json!({ "description": "watched" }),
    ] {
        let made = app.registered(named("a")).await;
        let path = format!("/clients/{}", made["client_id"].as_str().unwrap());
        assert_eq!(
            app.call(Method::PATCH, &path, Some(change)).await.status,
            200
        );
        let mut back = named("a");
        back["client_id"] = made["client_id"].clone();
        for (method, body) in [
            (Method::GET, None),
            (Method::PUT, Some(back)),
            (Method::DELETE, None),
        ] {
            let answer = app.manage(method, &made, token(&made), body).await;
            assert_eq!(answer.refusal(), (401, "invalid_token"));
        }
        assert_eq!(app.call(Method::GET, &path, None).await.status, 200);
    }
    let made = app.registered(named("rotated")).await;
    let path = format!(
        "/clients/{}/rotate-secret",
        made["client_id"].as_str().unwrap()
    );
    assert_eq!(app.call(Method::POST, &path, None).await.status, 200);
    assert_eq!(
        app.manage(Method::GET, &made, token(&made), None)
            .await
            .status,
        401
    );
}

/// CVE-2026-15572: a policy held when a client was made, and not when it was changed.
#[tokio::test]
async fn attack_8_an_update_is_judged_as_a_registration_is() {
    let policy = RegistrationPolicy {
        redirect_hosts: vec!["app.example".into()],
        grant_types: vec!["authorization_code".into()],
        scopes: vec!["read".into()],
        reserved_names: vec!["Acme".into()],
        ..managed()
    };
    let app = app_with(policy).await;
    app.open_registration("strict").await;
    let made = app.registered(named("a")).await;
    let update = |more: Value| {
        let mut body = named("a");
        body["client_id"] = made["client_id"].clone();
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    for bad in [
        json!({ "redirect_uris": ["https://evil.example/"] }),
        json!({ "redirect_uris": ["JavaScript:alert(1)"] }),
        json!({ "client_name": "Acme" }),
        json!({ "jwks_uri": "http://169.254.169.254/" }),
    ] {
        let answer = app
            .manage(Method::PUT, &made, token(&made), Some(update(bad.clone())))
            .await;
        assert_eq!(answer.status, 400, "{bad}");
    }
    let smuggled = json!({
        "is_first_party": true, "third_party_security_mode": "permissive", "scope": "read admin",
        "grant_types": ["authorization_code", "client_credentials", "implicit"],
        "application_type": "native", "client_metadata": { "role": "admin" }, "global": true,
        "roles": ["admin"], "is_token_endpoint_ip_header_trusted": true
    });
    let changed = app
        .manage(Method::PUT, &made, token(&made), Some(update(smuggled)))
        .await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    assert_eq!(
        (&changed.body["scope"], &changed.body["grant_types"]),
        (&json!("read"), &json!(["authorization_code"]))
    );
    let path = format!("/clients/{}", made["client_id"].as_str().unwrap());
    let stored = app.call(Method::GET, &path, None).await.body;
    assert_eq!(stored["is_first_party"], false);
    assert_eq!(stored["third_party_security_mode"], "strict");
    assert_eq!(stored["is_token_endpoint_ip_header_trusted"], false);
    assert_eq!(
        (&stored["client_metadata"], &stored["roles"]),
        (&Value::Null, &Value::Null)
    );
}

#[tokio::test]
async fn one_clients_token_opens_no_other_registration() {
    let app = app_with(managed()).await;
    app.open_registration("strict").await;
    let (one, two) = (
        app.registered(named("a")).await,
        app.registered(named("b")).await,
    );
    assert_eq!(
        app.manage(Method::GET, &two, token(&one), None)
            .await
            .status,
        401
    );
    let truncated = &token(&one)[..20];
    assert_eq!(
        app.manage(Method::GET, &one, truncated, None).await.status,
        401
    );
    let administrator = app.management_token("").await;
    assert_eq!(
        app.manage(Method::GET, &one, &administrator, None)
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn whoever_brings_back_a_client_without_a_secret_does_not_manage_it() {
    for database in storage::testing::databases(&[identity::MIGRATIONS]).await {
        let app = App::under(database, managed()).await;
        app.open_registration("strict").await;
        let (open, secret) = (
            app.registered(public("open")).await,
            app.registered(named("secret")).await,
        );
        app.advance(8 * 86_400);
        assert_eq!(app.tenant.prune_clients().await.unwrap(), 2, "{}", app.name);
        // Anybody can read what a public client says of itself.
        let mut metadata = public("open");
        metadata["client_id"] = open["client_id"].clone();
        let back = app.registered(metadata).await;
        assert_eq!(back["client_id"], open["client_id"]);
        assert_eq!(back["registration_access_token"], Value::Null);
        let old = app.manage(Method::GET, &open, token(&open), None).await;
        assert_eq!(old.status, 401);

        let mut metadata = named("secret");
        metadata["client_id"] = secret["client_id"].clone();
        metadata["client_secret"] = secret["client_secret"].clone();
        let back = app.registered(metadata).await;
        let read = app.manage(Method::GET, &back, token(&back), None).await;
        assert_eq!(read.status, 200, "{}", app.name);
    }
}

#[tokio::test]
async fn identical_clients_share_nothing_where_each_may_change_its_own() {
    let app = app_with(managed()).await;
    app.open_registration("strict").await;
    let (one, two) = (
        app.registered(public("a")).await,
        app.registered(public("a")).await,
    );
    assert_ne!(one["client_id"], two["client_id"]);
}
