//! What is noted of the callers that were let in.

use std::time::Duration;

use aws_lc_rs::digest;
use gateway::config::Secret;
use serde_json::json;

use crate::BASIC;
use crate::support::{World, application};

#[tokio::test(flavor = "multi_thread")]
async fn an_admitted_call_is_noted_for_its_client_and_told_once_a_minute() {
    let mut world = World::start().await;
    world.issuer.add_client("next", "s3cret");
    world.application().client_ids.push("next".into());
    world.publish(|_| {});
    let noted = |world: &World| -> Vec<String> {
        let untold = world.gateway.untold_uses();
        let noted = untold.uses().iter().map(|used| used.credential.clone());
        let noted = noted.collect();
        untold.told();
        noted
    };
    let wrong = ("authorization", "Basic app:wrong");
    assert_eq!(world.get("/weather", &[wrong]).await.code(), 401);
    assert!(noted(&world).is_empty(), "nobody was let in");
    assert_eq!(world.get("/weather", &[BASIC]).await.code(), 200);
    assert_eq!(noted(&world), ["app"]);
    assert_eq!(world.get("/weather", &[BASIC]).await.code(), 200);
    assert!(noted(&world).is_empty(), "in the same minute");
    world.clock.advance(Duration::from_secs(60));
    let next = ("authorization", "Basic next:s3cret");
    assert_eq!(world.get("/weather", &[next]).await.code(), 200);
    world.application().name = "Renamed".into();
    world.publish(|_| {});
    assert_eq!(noted(&world), ["next"], "a change forgets no use");
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_counted_by_who_called_what_and_how_it_ended() {
    let mut world = World::start().await;
    world.config.applications.push(application("stranger"));
    world.config.applications[1].registrations.clear();
    world.issuer.add_client("stranger", "s3cret");
    world.publish(|_| {});
    for _ in 0..3 {
        assert_eq!(world.get("/weather", &[BASIC]).await.code(), 200);
    }
    let wrong = ("authorization", "Basic app:wrong");
    assert_eq!(world.get("/weather?a=secret", &[wrong]).await.code(), 401);
    let stranger = ("authorization", "Basic stranger:s3cret");
    assert_eq!(world.get("/weather", &[stranger]).await.code(), 403);
    let old = world.issuer.token_with(
        "app",
        json!({ "exp": world.clock.now().unix_seconds() - 600 }),
    );
    let old = format!("Bearer {old}");
    let expired = [("authorization", old.as_str())];
    assert_eq!(world.get("/weather", &expired).await.code(), 401);
    assert_eq!(world.get("/weather", &[]).await.code(), 401);
    assert_eq!(world.get("/open", &[]).await.code(), 200);
    assert_eq!(world.get("/nowhere", &[]).await.code(), 404);

    assert!(world.gateway.untold_traffic(true).await.is_some());
    let report = world.gateway.untold_traffic(true).await.unwrap();
    let mut lines: Vec<String> = report
        .calls
        .iter()
        .map(|calls| {
            let (application, api) = (&calls.application_id, &calls.api_id);
            let (status, reason, count) = (calls.status, &calls.reason, calls.count);
            format!("{application}|{api}|{status}|{reason}|{count}")
        })
        .collect();
    lines.sort();
    let wanted = [
        "id-of-app|api|200||3",
        "id-of-app|api|401|invalid_client|1",
        "id-of-app|api|401|invalid_token|1",
        "id-of-stranger|api|403|not_registered|1",
        "|api|401|no_credential|1",
        "||200||1",
        "||404|no_route|1",
    ];
    assert_eq!(lines, wanted);
    let told = report
        .refusals
        .iter()
        .map(|refused| refused.reason.as_str());
    assert_eq!(told.collect::<Vec<_>>().len(), 5);
    let text = serde_json::to_string(&report).unwrap();
    assert!(!text.contains("secret"), "no query, no credential: {text}");
    world.gateway.heard(&report);
    assert_eq!(world.gateway.untold_traffic(true).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_told_from_the_clients_others_is_noted_by_its_own_name() {
    let mut world = World::start().await;
    let noted = |world: &World| {
        let untold = world.gateway.untold_uses();
        let mut names: Vec<String> = untold.uses().iter().map(|u| u.credential.clone()).collect();
        names.sort();
        untold.told();
        names
    };
    assert_eq!(world.get("/weather", &[BASIC]).await.code(), 200);
    assert_eq!(noted(&world), ["app"], "nothing is told apart");

    let digest = digest::digest(&digest::SHA256, b"salt-s3cret");
    let hex: Vec<String> = digest.as_ref().iter().map(|b| format!("{b:02x}")).collect();
    world.application().secrets = vec![Secret {
        id: "second".into(),
        salt: "salt-".into(),
        sha256: hex.concat(),
    }];
    world.publish(|_| {});
    world.clock.advance(Duration::from_secs(60));
    assert_eq!(world.get("/weather", &[BASIC]).await.code(), 200);
    assert_eq!(noted(&world), ["second"], "also where the token was known");
    world.clock.advance(Duration::from_secs(60));
    let bearer = world.bearer("app");
    let token = [("authorization", bearer.as_str())];
    assert_eq!(world.get("/weather", &token).await.code(), 200);
    assert_eq!(noted(&world), ["app"], "a token does not say which it was");
}
