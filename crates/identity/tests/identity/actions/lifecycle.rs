//! An Action's life: made, built, deployed, bound, gone back, removed.

use http::Method;
use serde_json::{Value, json};

use crate::support::{app, apps, pick};

const EMPTY: &str = "exports.onExecuteCredentialsExchange = async (event, api) => {};";

#[tokio::test]
async fn an_action_is_made_built_deployed_and_shown() {
    for app in apps().await {
        let made = app
            .new_action(
                "credentials-exchange",
                "first",
                EMPTY,
                json!({ "runtime": "node22" }),
            )
            .await;
        assert_eq!(
            pick(
                &made,
                &[
                    "name",
                    "code",
                    "status",
                    "dependencies",
                    "secrets",
                    "all_changes_deployed",
                    "supported_triggers"
                ]
            ),
            json!({
                "name": "first", "code": EMPTY, "status": "built", "dependencies": [], "secrets": [],
                "all_changes_deployed": false,
                "supported_triggers": [{ "id": "credentials-exchange", "version": "v2" }]
            }),
            "{}",
            app.name
        );
        assert_eq!(made["deployed_version"], Value::Null);
        let id = made["id"].as_str().unwrap();
        let version = app.deploy(id).await;
        assert_eq!(
            pick(&version, &["number", "deployed", "status"]),
            json!({ "number": 1, "deployed": true, "status": "built" })
        );
        let path = format!("/actions/actions/{id}");
        let shown = app.call(Method::GET, &path, None).await.body;
        assert_eq!(shown["all_changes_deployed"], true);
        assert_eq!(shown["deployed_version"]["id"], version["id"]);
        assert_eq!(shown["current_version"]["status"], "BUILT");
        let list = app
            .call(Method::GET, "/actions/actions?actionName=first", None)
            .await
            .body;
        assert_eq!(
            pick(&list, &["total", "page", "per_page"]),
            json!({ "total": 1, "page": 0, "per_page": 20 })
        );

        let change = json!({ "code": "exports.onExecuteCredentialsExchange = () => {}" });
        let changed = app.call(Method::PATCH, &path, Some(change)).await.body;
        assert_eq!(changed["all_changes_deployed"], false);
        assert_eq!(changed["deployed_version"]["code"], EMPTY);
        app.built(id).await;
        assert_eq!(app.deploy(id).await["number"], 2);

        let first = version["id"].as_str().unwrap();
        let back = format!("{path}/versions/{first}/deploy");
        let back = app
            .call(Method::POST, &back, Some(json!({ "update_draft": true })))
            .await;
        assert_eq!(
            pick(&back.body, &["number", "code", "deployed"]),
            json!({ "number": 3, "code": EMPTY, "deployed": true })
        );
        let versions = app
            .call(Method::GET, &format!("{path}/versions"), None)
            .await
            .body;
        assert_eq!(versions["total"], 3);
        assert_eq!(versions["versions"][0]["number"], 3);
        let shown = app.call(Method::GET, &path, None).await.body;
        assert_eq!(shown["code"], EMPTY);
        assert_eq!(shown["all_changes_deployed"], true);

        app.bind("credentials-exchange", &["first"]).await;
        let refused = app.call(Method::DELETE, &path, None).await;
        assert_eq!(refused.status, 409, "{}", refused.body);
        let forced = app
            .call(Method::DELETE, &format!("{path}?force=true"), None)
            .await;
        assert_eq!(forced.status, 204);
        let bindings = app
            .call(
                Method::GET,
                "/actions/triggers/credentials-exchange/bindings",
                None,
            )
            .await
            .body;
        assert_eq!(bindings["total"], 0);
        assert_eq!(app.call(Method::GET, &path, None).await.status, 404);
    }
}

#[tokio::test]
async fn secrets_are_kept_without_being_shown_and_sealed_at_rest() {
    for app in apps().await {
        let secrets = json!({ "secrets": [{ "name": "KEY", "value": "very-secret-value" }] });
        let made = app
            .new_action("credentials-exchange", "s", EMPTY, secrets)
            .await;
        assert!(!made.to_string().contains("very-secret-value"));
        assert_eq!(made["secrets"][0]["name"], "KEY");
        let id = made["id"].as_str().unwrap();
        let path = format!("/actions/actions/{id}");
        // Without a value the old one stays; a new one needs one.
        let kept = json!({ "secrets": [{ "name": "KEY" }, { "name": "OTHER", "value": "x" }] });
        assert_eq!(app.call(Method::PATCH, &path, Some(kept)).await.status, 200);
        let lost = json!({ "secrets": [{ "name": "THIRD" }] });
        assert_eq!(app.call(Method::PATCH, &path, Some(lost)).await.status, 400);
        app.built(id).await;
        app.deploy(id).await;
        for table in ["identity_action", "identity_action_version"] {
            let sql = format!("SELECT secrets FROM {table}");
            let row = app.database.db.query_one(&sql, Vec::new()).await.unwrap();
            let stored: String = row.get("secrets").unwrap();
            assert!(stored.starts_with("gs1.") && !stored.contains("very-secret-value"));
        }
        let code = "exports.onExecuteCredentialsExchange = async (event, api) => {
            console.log(event.secrets.KEY.length, event.secrets.OTHER);
        };";
        app.call(Method::PATCH, &path, Some(json!({ "code": code })))
            .await;
        app.built(id).await;
        let test = app
            .call(
                Method::POST,
                &format!("{path}/test"),
                Some(json!({ "payload": {} })),
            )
            .await;
        assert_eq!(test.body["payload"]["console"], "17 x", "{}", test.body);
    }
}

#[tokio::test]
async fn code_that_does_not_parse_fails_with_its_line() {
    let app = app().await;
    let made = app
        .new_action(
            "post-login",
            "broken",
            "const a = 1;\nconst = 2;\n",
            json!({}),
        )
        .await;
    assert_eq!(made["status"], "failed");
    assert_eq!(made["errors"][0]["line"], 2, "{made}");
    let id = made["id"].as_str().unwrap();
    let refused = app
        .call(Method::POST, &format!("/actions/actions/{id}/deploy"), None)
        .await;
    assert_eq!(refused.status, 400);
    assert!(
        !refused
            .text("message")
            .contains("must be in the 'built' state"),
        "a tool would wait for ever"
    );
}

#[tokio::test]
async fn a_test_tells_what_happened_and_where_it_failed() {
    let app = app().await;
    let code = "exports.onExecuteCredentialsExchange = async (event, api) => {
        console.log('for', event.client.name);
        api.accessToken.setCustomClaim('plan', 'gold');
        if (event.client.name === 'bad') {
            throw new Error('no');
        }
    };";
    let made = app
        .new_action("credentials-exchange", "t", code, json!({}))
        .await;
    let path = format!("/actions/actions/{}/test", made["id"].as_str().unwrap());
    let event = |name: &str| json!({ "payload": { "event": { "client": { "name": name } } } });
    let good = app
        .call(Method::POST, &path, Some(event("good")))
        .await
        .body;
    assert_eq!(good["payload"]["status"], "succeeded", "{good}");
    assert_eq!(good["payload"]["console"], "for good");
    assert_eq!(
        good["payload"]["commands"],
        json!([{ "method": "accessToken.setCustomClaim", "arguments": ["plan", "gold"] }])
    );
    assert!(good["payload"]["stats"]["memory_bytes"].as_u64().unwrap() > 0);
    let bad = app.call(Method::POST, &path, Some(event("bad"))).await.body;
    assert_eq!(bad["payload"]["status"], "failed");
    assert_eq!(bad["payload"]["error"]["line"], 5, "{bad}");
    assert_eq!(bad["payload"]["commands"], json!([]));
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let app = app().await;
    let create = |body: Value| app.call(Method::POST, "/actions/actions", Some(body));
    for body in [
        json!({ "name": "a" }),
        json!({ "name": "a", "supported_triggers": [] }),
        json!({ "name": "a", "supported_triggers": [{ "id": "send-phone-message" }] }),
        json!({ "name": "a", "supported_triggers": [{ "id": "post-login", "version": "v9" }] }),
        json!({ "name": "a", "supported_triggers": [{ "id": "post-login" }], "foo": 1 }),
        json!({ "name": "a", "supported_triggers": [{ "id": "post-login" }], "code": "x".repeat(100_001) }),
    ] {
        let refused = create(body).await;
        assert_eq!(
            (refused.status.as_u16(), refused.text("errorCode")),
            (400, "invalid_body")
        );
    }
    let made = app.new_action("post-login", "taken", "", json!({})).await;
    let again = json!({ "name": "taken", "supported_triggers": [{ "id": "post-login" }] });
    assert_eq!(create(again).await.status, 409);
    let path = format!("/actions/actions/{}", made["id"].as_str().unwrap());
    let other = json!({ "supported_triggers": [{ "id": "credentials-exchange" }] });
    assert_eq!(
        app.call(Method::PATCH, &path, Some(other)).await.status,
        400
    );

    let bindings = "/actions/triggers/post-login/bindings";
    let bind =
        |value: &str| json!({ "bindings": [{ "ref": { "type": "action_name", "value": value } }] });
    for name in ["taken", "unknown"] {
        let refused = app.call(Method::PATCH, bindings, Some(bind(name))).await;
        assert_eq!(refused.status, 400, "{}", refused.body);
    }
    assert_eq!(
        app.call(Method::GET, "/actions/triggers/nothing/bindings", None)
            .await
            .status,
        404
    );
    assert_eq!(
        app.call(Method::DELETE, "/actions/actions/unknown", None)
            .await
            .status,
        204
    );
}

#[tokio::test]
async fn the_triggers_are_listed_with_their_versions() {
    let app = app().await;
    let list = app.call(Method::GET, "/actions/triggers", None).await.body;
    let current: Vec<(&str, &str)> = list["triggers"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|trigger| trigger["status"] == "CURRENT")
        .map(|trigger| {
            (
                trigger["id"].as_str().unwrap(),
                trigger["version"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        current,
        [
            ("post-login", "v3"),
            ("credentials-exchange", "v2"),
            ("pre-user-registration", "v2"),
            ("post-user-registration", "v2"),
            ("client-registration", "v1"),
        ]
    );
}
