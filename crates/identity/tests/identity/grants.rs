//! `/api/v2/client-grants`.

use http::Method;
use serde_json::{Value, json};

use crate::support::{MANAGEMENT, app, apps};

const API: &str = "https://weather.example/";

#[tokio::test]
async fn a_grant_is_made_read_changed_and_taken_back() {
    for app in apps().await {
        app.api(API, json!({})).await;
        let client = app.machine("cli").await;
        let body = json!({ "client_id": client.id, "audience": API, "scope": ["read:weather"] });
        let made = app.create("/client-grants", body.clone()).await;
        let id = made["id"].as_str().unwrap();
        assert!(id.starts_with("cgr_") && id.len() == 20);
        assert_eq!(
            made,
            json!({
                "id": id, "client_id": client.id, "audience": API, "scope": ["read:weather"],
                "subject_type": "client"
            })
        );
        let twice = app
            .call(Method::POST, "/client-grants", Some(body.clone()))
            .await;
        assert_eq!(
            (twice.status.as_u16(), &twice.body["error"]),
            (409, &json!("Conflict")),
            "{}",
            app.name
        );
        let mut for_users = body;
        for_users["subject_type"] = json!("user");
        app.create("/client-grants", for_users).await;

        let path = format!("/client-grants/{id}");
        assert_eq!(app.call(Method::GET, &path, None).await.body, made);
        assert_eq!(
            app.exchange(&client, &[("audience", API)]).await.body["scope"],
            "read:weather"
        );
        let change = json!({ "scope": ["write:weather", "openid"] });
        let changed = app.call(Method::PATCH, &path, Some(change)).await;
        assert_eq!(
            (changed.status.as_u16(), &changed.body["scope"]),
            (200, &json!(["write:weather", "openid"]))
        );
        assert_eq!(
            app.exchange(&client, &[("audience", API)]).await.body["scope"],
            "write:weather openid"
        );
        let same = json!({ "scope": ["write:weather", "openid"], "subject_type": "client" });
        let kept = app.call(Method::PATCH, &path, Some(same)).await;
        assert_eq!((kept.status.as_u16(), kept.body), (200, changed.body));
        let other = json!({ "subject_type": "user" });
        let refused = app.call(Method::PATCH, &path, Some(other)).await;
        assert_eq!(refused.status, 400);
        let all = json!({ "allow_all_scopes": true, "scope": [] });
        app.call(Method::PATCH, &path, Some(all)).await;
        assert_eq!(
            app.exchange(&client, &[("audience", API)]).await.body["scope"],
            "read:weather write:weather"
        );
        for _ in 0..2 {
            assert_eq!(
                app.call(Method::DELETE, &path, None).await.said(),
                (204, Value::Null)
            );
        }
        assert_eq!(
            app.exchange(&client, &[("audience", API)]).await.status,
            403
        );
        assert_eq!(app.call(Method::GET, &path, None).await.status, 404);
        assert_eq!(
            app.call(Method::PATCH, &path, Some(json!({}))).await.status,
            404
        );
    }
}

#[tokio::test]
async fn lists_are_filtered_and_have_both_pagings() {
    for app in apps().await {
        app.api(API, json!({})).await;
        app.api("https://other.example/", json!({})).await;
        let (one, two) = (app.machine("one").await, app.machine("two").await);
        app.grant(&one, API, &[]).await;
        app.grant(&two, API, &[]).await;
        app.grant(&two, "https://other.example/", &[]).await;
        app.create("/client-grants", json!({
            "default_for": "third_party_clients", "audience": API, "scope": [], "allow_any_organization": true
        })).await;
        let count = async |query: &str| {
            let body = app
                .call(Method::GET, &format!("/client-grants{query}"), None)
                .await
                .body;
            body.as_array().unwrap_or_else(|| panic!("{body}")).len()
        };
        let audience = "https%3A%2F%2Fweather.example%2F";
        assert_eq!(count("").await, 5, "{}", app.name);
        assert_eq!(count(&format!("?audience={audience}")).await, 3);
        assert_eq!(count(&format!("?client_id={}", two.id)).await, 2);
        assert_eq!(
            count(&format!("?client_id={}&audience={audience}", two.id)).await,
            1
        );
        assert_eq!(count("?default_for=third_party_clients").await, 1);
        assert_eq!(count("?allow_any_organization=true").await, 1);
        assert_eq!(count("?allow_any_organization=false").await, 4);
        assert_eq!(count("?subject_type=user").await, 0);
        // The Management API goes by any of the tenant's hosts.
        assert_eq!(
            count("?audience=http%3A%2F%2Flocalhost%3A8005%2Fapi%2Fv2").await,
            1
        );

        let page = app
            .call(
                Method::GET,
                "/client-grants?per_page=2&include_totals=true",
                None,
            )
            .await
            .body;
        assert_eq!((&page["total"], &page["limit"]), (&json!(5), &json!(2)));
        // Client libraries send both; `take` decides.
        let page = app
            .call(
                Method::GET,
                "/client-grants?take=4&include_totals=true",
                None,
            )
            .await
            .body;
        assert_eq!(page["client_grants"].as_array().unwrap().len(), 4);
        let next = page["next"].as_str().unwrap();
        let page = app
            .call(
                Method::GET,
                &format!("/client-grants?take=4&from={next}"),
                None,
            )
            .await
            .body;
        assert_eq!(
            (
                page["client_grants"].as_array().unwrap().len(),
                &page["next"]
            ),
            (1, &Value::Null)
        );
    }
}

#[tokio::test]
async fn what_does_not_exist_cannot_be_granted() {
    let app = app().await;
    app.api(API, json!({})).await;
    let client = app.machine("cli").await;
    let cases = [
        (
            json!({ "client_id": "nobody", "audience": API, "scope": [] }),
            404,
            "inexistent_client",
        ),
        (
            json!({ "client_id": client.id, "audience": "https://nope/", "scope": [] }),
            404,
            "inexistent_resource_server",
        ),
        (
            json!({ "client_id": client.id, "audience": API, "scope": ["fly"] }),
            400,
            "invalid_body",
        ),
        (
            json!({ "client_id": client.id, "audience": MANAGEMENT, "scope": ["fly:clients"] }),
            400,
            "invalid_body",
        ),
        (json!({ "audience": API, "scope": [] }), 400, "invalid_body"),
        (
            json!({ "client_id": client.id, "default_for": "third_party_clients", "audience": API }),
            400,
            "invalid_body",
        ),
        (
            json!({ "default_for": "third_party_clients", "audience": MANAGEMENT }),
            400,
            "invalid_body",
        ),
        (
            json!({ "client_id": client.id, "audience": API, "scope": ["read:weather", "read:weather"] }),
            400,
            "invalid_body",
        ),
    ];
    for (body, status, code) in cases {
        let answer = app
            .call(Method::POST, "/client-grants", Some(body.clone()))
            .await;
        assert_eq!(
            (answer.status.as_u16(), &answer.body["errorCode"]),
            (status, &json!(code)),
            "{body}"
        );
    }
}
