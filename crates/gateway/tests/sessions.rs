//! Sessions: what carries a caller on without credentials, and what ends it.

mod support;

use std::time::Duration;

use support::{World, strategy};

const BASIC: (&str, &str) = ("authorization", "Basic app:s3cret");

#[tokio::test(flavor = "multi_thread")]
async fn a_session_carries_on_without_credentials_and_stays_at_the_gateway() {
    let world = World::start().await;
    let first = world.get("/weather", &[BASIC]).await;
    let cookie = first.header("set-cookie");
    assert!(cookie.starts_with("session="), "{cookie}");
    assert!(
        cookie.ends_with("; Path=/; SameSite=Lax; HttpOnly"),
        "{cookie}"
    );
    let cookies = format!("a=1; {}; b=2", first.cookie());
    let answer = world.get("/weather", &[("cookie", &cookies)]).await;
    assert_eq!(answer.code(), 200);
    assert_eq!(answer.upstream("cookie"), "a=1; b=2");
    assert_eq!(answer.upstream("x-consumer-id"), "id-of-app");
    assert_eq!(answer.header("set-cookie"), "");
    assert_eq!(world.issuer.exchanges(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_idle_and_in_the_end_used_or_not() {
    let mut world = World::start().await;
    world.publish(|config| {
        let session = &mut strategy(config).session;
        (session.idling_timeout, session.absolute_timeout) = (100, 300);
    });
    let mut cookie = world.get("/weather", &[BASIC]).await.cookie();
    for second in [50, 100, 150, 200, 250] {
        world.clock.advance(Duration::from_secs(50));
        let answer = world.get("/weather", &[("cookie", &cookie)]).await;
        assert_eq!(answer.code(), 200, "after {second} seconds");
        cookie = answer.cookie();
    }
    world.clock.advance(Duration::from_secs(51));
    assert_eq!(
        world.get("/weather", &[("cookie", &cookie)]).await.code(),
        401
    );
    let cookie = world.get("/weather", &[BASIC]).await.cookie();
    world.clock.advance(Duration::from_secs(101));
    assert_eq!(
        world.get("/weather", &[("cookie", &cookie)]).await.code(),
        401
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_sent_again_and_again_begins_one_session_a_minute() {
    let mut world = World::start().await;
    let bearer = world.bearer("app");
    let headers = [("authorization", bearer.as_str())];
    let first = world.get("/weather", &headers).await.cookie();
    assert_eq!(world.get("/weather", &headers).await.cookie(), first);
    world.clock.advance(Duration::from_secs(60));
    let second = world.get("/weather", &headers).await.cookie();
    assert_ne!(second, first);
    world.application().secret_version += 1;
    world.publish(|_| {});
    let third = world.get("/weather", &headers).await.cookie();
    assert_ne!(third, second);
    let answer = world.get("/weather", &[("cookie", &third)]).await;
    assert_eq!(answer.code(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_that_does_not_open_counts_as_absent() {
    let world = World::start().await;
    let mut cookie = world.get("/weather", &[BASIC]).await.cookie();
    let flipped = if cookie.ends_with('A') { 'B' } else { 'A' };
    cookie.pop();
    cookie.push(flipped);
    let bomb = format!("session={}", "A".repeat(20_000));
    for cookie in [&cookie, "session=", "session=é", "=", ";;;", &bomb] {
        let answer = world.get("/weather", &[("cookie", cookie)]).await;
        assert_eq!(answer.code(), 401, "{}", &cookie[..cookie.len().min(20)]);
        let answer = world.get("/weather", &[("cookie", cookie), BASIC]).await;
        assert_eq!(answer.code(), 200);
    }
}
