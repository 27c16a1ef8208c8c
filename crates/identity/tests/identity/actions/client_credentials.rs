//! `credentials-exchange`.

use http::Method;
use jsonwebtoken::Algorithm;
use serde_json::json;

use crate::support::{App, Credentials, app, apps, form, node, send, verified};

/// Begins an Action that leaves the administrator's tokens alone.
const BEGIN: &str = "exports.onExecuteCredentialsExchange = async (event, api) => {
    if (event.client.name !== 'cli') return;";

const AUDIENCE: &str = "https://weather.example/";

async fn granted(app: &App) -> Credentials {
    app.api(AUDIENCE, json!({})).await;
    let client = app.machine("cli").await;
    app.grant(&client, AUDIENCE, &["read:weather"]).await;
    client
}

#[tokio::test]
async fn actions_run_in_order_and_see_what_the_ones_before_set() {
    for app in apps().await {
        let client = granted(&app).await;
        let first = "exports.onExecuteCredentialsExchange = async (event, api) => {
            if (event.client.name !== 'cli') return;
            console.log(JSON.stringify([event.client.name, event.accessToken.scope, event.request.body,
                event.resource_server.identifier, event.transaction.requested_scopes]));
            api.accessToken.setCustomClaim('https://acme.example/plan', 'gold');
            api.accessToken.setCustomClaim('sub', 'somebody else');
        };";
        let second = "exports.onExecuteCredentialsExchange = async (event, api) => {
            const plan = event.accessToken.customClaims['https://acme.example/plan'];
            api.accessToken.setCustomClaim('level', plan === 'gold' ? 2 : 1);
        };";
        for (name, code) in [("first", first), ("second", second)] {
            let made = app
                .new_action("credentials-exchange", name, code, json!({}))
                .await;
            app.deploy(made["id"].as_str().unwrap()).await;
        }
        app.bind("credentials-exchange", &["first", "second"]).await;
        let answer = app
            .exchange(
                &client,
                &[("audience", AUDIENCE), ("scope", "read:weather")],
            )
            .await;
        let (_, claims) = verified(&app, answer.text("access_token"), Algorithm::RS256).await;
        assert_eq!(claims["https://acme.example/plan"], "gold", "{claims}");
        assert_eq!(claims["level"], 2);
        assert_eq!(claims["sub"], format!("{}@clients", client.id));
        let execution = app
            .execution_of(
                &app.last_log(&format!("seccft AND client_id:{}", client.id))
                    .await,
            )
            .await;
        assert_eq!(execution["status"], "final");
        assert_eq!(execution["trigger_id"], "credentials-exchange");
        let said = execution["results"][0]["console"].as_str().unwrap();
        assert!(
            said.starts_with("[\"cli\",[\"read:weather\"],{\"grant_type\":\"client_credentials\""),
            "{said}"
        );
        assert!(!said.contains(&client.secret), "no Action sees a secret");
        assert_eq!(execution["results"][1]["action_name"], "second");

        // The other order has the other outcome.
        app.bind("credentials-exchange", &["second", "first"]).await;
        let answer = app.exchange(&client, &[("audience", AUDIENCE)]).await;
        let (_, claims) = verified(&app, answer.text("access_token"), Algorithm::RS256).await;
        assert_eq!(claims["level"], 1);
    }
}

#[tokio::test]
async fn an_action_may_refuse_with_the_codes_that_it_has() {
    let app = app().await;
    let client = granted(&app).await;
    for (code, status) in [
        ("invalid_scope", 400),
        ("invalid_request", 400),
        ("server_error", 500),
    ] {
        let script = format!("{BEGIN} api.access.deny('{code}', 'not today'); }};");
        app.run_at("credentials-exchange", &script).await;
        let answer = app.exchange(&client, &[("audience", AUDIENCE)]).await;
        assert_eq!(
            answer.said(),
            (
                status,
                json!({ "error": code, "error_description": "not today" })
            )
        );
        let execution = app.execution_of(&app.last_log("feccft").await).await;
        assert_eq!(execution["results"][0]["commands"], json!(["access.deny"]));
    }
    let script = format!("{BEGIN} api.access.deny('teapot', ''); }};");
    app.run_at("credentials-exchange", &script).await;
    let answer = app.exchange(&client, &[("audience", AUDIENCE)]).await;
    assert_eq!(answer.refusal(), (500, "server_error"));
}

#[tokio::test]
async fn an_action_that_throws_stops_the_token_and_is_found_in_the_log() {
    let app = app().await;
    let client = granted(&app).await;
    app.run_at(
        "credentials-exchange",
        "exports.onExecuteCredentialsExchange = async (event, api) => {
            if (event.client.name !== 'cli') return;
            api.accessToken.setCustomClaim('a', 1);
            null.x;
        };",
    )
    .await;
    let answer = app.exchange(&client, &[("audience", AUDIENCE)]).await;
    assert_eq!(answer.refusal(), (500, "server_error"));
    let execution = app.execution_of(&app.last_log("feccft").await).await;
    assert_eq!(execution["status"], "partial");
    assert_eq!(execution["results"][0]["error"]["line"], 4, "{execution}");
    let entry = app.last_log("actions_execution_failed").await;
    assert_eq!(app.execution_of(&entry).await["id"], execution["id"]);
    assert!(
        answer
            .text("error_description")
            .contains(execution["id"].as_str().unwrap())
    );
}

#[tokio::test]
async fn the_cache_lasts_from_one_run_to_the_next_and_runs_share_nothing_else() {
    let app = app().await;
    let client = granted(&app).await;
    app.run_at(
        "credentials-exchange",
        "let calls = 0;
        exports.onExecuteCredentialsExchange = async (event, api) => {
            if (event.client.name !== 'cli') return;
            calls += 1;
            globalThis.seen = (globalThis.seen || 0) + 1;
            const before = api.cache.get('n');
            const n = before ? Number(before.value) + 1 : 1;
            api.cache.set('n', String(n));
            api.accessToken.setCustomClaim('n', [n, calls, globalThis.seen]);
        };",
    )
    .await;
    for expected in 1..4 {
        let answer = app.exchange(&client, &[("audience", AUDIENCE)]).await;
        let (_, claims) = verified(&app, answer.text("access_token"), Algorithm::RS256).await;
        assert_eq!(claims["n"], json!([expected, 1, 1]));
    }
}

#[tokio::test]
async fn bindings_take_effect_on_this_node_at_once_and_on_others_by_the_feed() {
    for app in apps().await {
        let client = granted(&app).await;
        let other = node(app.database.db.clone(), &app.clock).await;
        let stop = tokio_util::sync::CancellationToken::new();
        let mut following = tokio::task::JoinSet::new();
        following.spawn({
            let (other, stop) = (other.clone(), stop.clone());
            async move { other.run(stop).await }
        });
        let router = identity::router(other);
        app.run_at(
            "credentials-exchange",
            &format!("{BEGIN} api.access.deny('invalid_scope', 'x'); }};"),
        )
        .await;
        let here = app.exchange(&client, &[("audience", AUDIENCE)]).await;
        assert_eq!(here.refusal(), (400, "invalid_scope"));
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
        loop {
            let parameters = [
                ("grant_type", "client_credentials"),
                ("client_id", client.id.as_str()),
                ("client_secret", client.secret.as_str()),
                ("audience", AUDIENCE),
            ];
            let there = send(&router, form(&parameters)).await;
            if there.status == 400 {
                break;
            }
            assert!(
                std::time::Instant::now() < deadline,
                "the other node never followed"
            );
            tokio::task::yield_now().await;
        }
        stop.cancel();
        following.join_all().await;
        let unbound = json!({ "bindings": [] });
        app.call(
            Method::PATCH,
            "/actions/triggers/credentials-exchange/bindings",
            Some(unbound),
        )
        .await;
        assert_eq!(
            app.exchange(&client, &[("audience", AUDIENCE)])
                .await
                .status,
            200
        );
    }
}

#[tokio::test]
async fn the_management_apis_tokens_take_namespaced_claims_alone() {
    let app = app().await;
    app.run_at(
        "credentials-exchange",
        "exports.onExecuteCredentialsExchange = async (event, api) => {
            api.accessToken.setCustomClaim('plan', 1);
            api.accessToken.setCustomClaim('https://acme.example/plan', 1);
        };",
    )
    .await;
    let token = app.management_token("read:clients").await;
    let (_, claims) = verified(&app, &token, Algorithm::RS256).await;
    assert_eq!(claims.get("plan"), None);
    assert_eq!(claims["https://acme.example/plan"], 1);
}
