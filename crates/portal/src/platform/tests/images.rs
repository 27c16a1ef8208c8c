//! The pictures of APIs.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, LOCATION};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Platform;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and the rest of it";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0 and the rest of it";

fn data(kind: &str, bytes: &[u8]) -> Value {
    json!({ "data": format!("data:image/{kind};base64,{}", STANDARD.encode(bytes)) })
}

#[tokio::test]
async fn an_api_is_given_a_picture_which_is_replaced_and_taken_away() {
    for platform in Platform::everywhere().await {
        let body = json!({ "name": "weather" });
        let api = platform.post("/v3/apis", body).await.id();
        let icon = format!("/v3/apis/{api}/images/icon");
        let raw = format!("{icon}/raw");
        for path in [&icon, &raw] {
            assert_eq!(platform.get(path).await.status, 404);
        }
        assert_eq!(
            platform.call("DELETE", &icon, json!(null)).await.status,
            404
        );

        let made = platform.call("PUT", &icon, data("png", PNG)).await;
        assert_eq!(made.status, 201, "{}: {}", platform.name(), made.body);
        assert_eq!(made.body["status"], "valid");
        assert_eq!(platform.get(&icon).await.body, made.body);
        let first = fetched(&platform, &raw, "image/png").await;

        platform.clock.advance(std::time::Duration::from_secs(60));
        let replaced = platform.call("PUT", &icon, data("jpeg", JPEG)).await;
        assert_eq!(replaced.status, 200);
        assert_eq!(replaced.body["created_at"], made.body["created_at"]);
        assert_ne!(replaced.body["updated_at"], made.body["updated_at"]);
        let second = fetched(&platform, &raw, "image/jpeg").await;
        assert_ne!(first, second);
        // Whoever kept the old address is led to the new one.
        let bearer = platform.bearer();
        let old = platform.call_as(Some(&bearer), "GET", &first, json!(null));
        assert_eq!(old.await.headers[LOCATION], second.as_str());

        assert_eq!(
            platform.call("DELETE", &icon, json!(null)).await.status,
            204
        );
        assert_eq!(platform.get(&icon).await.status, 404);
        platform.call("PUT", &icon, data("png", PNG)).await;
        let gone = format!("/v3/apis/{api}");
        assert_eq!(
            platform.call("DELETE", &gone, json!(null)).await.status,
            204
        );
    }
}

/// Where the picture is, after looking at it.
async fn fetched(platform: &Platform, raw: &str, kind: &str) -> String {
    let way = platform.get(raw).await;
    assert_eq!(way.status, 302);
    let there = way.headers[LOCATION].to_str().unwrap().to_owned();
    let bearer = platform.bearer();
    let found = platform.call_as(Some(&bearer), "GET", &there, json!(null));
    let found = found.await;
    assert_eq!(
        (found.status, &found.headers[CONTENT_TYPE]),
        (200, &kind.parse().unwrap())
    );
    let kept = found.headers[CACHE_CONTROL].to_str().unwrap();
    assert!(
        kept.starts_with("private") && kept.ends_with("immutable"),
        "{kept}"
    );
    assert!(found.headers.contains_key(ETAG));
    let outsider = platform.call_as(None, "GET", &there, json!(null)).await;
    assert_eq!(outsider.status, 401);
    there
}

#[tokio::test]
async fn what_is_no_picture_or_too_large_is_refused_with_a_reason() {
    let platform = Platform::start().await;
    let api = platform
        .post("/v3/apis", json!({ "name": "weather" }))
        .await
        .id();
    let icon = format!("/v3/apis/{api}/images/icon");
    let mut large = PNG.to_vec();
    large.resize(1024 * 1024 + 1, 0);
    for (body, reason) in [
        (data("svg+xml", b"<svg/>"), "scripts"),
        (data("png", JPEG), "PNG or JPEG"),
        (data("png", &large), "1 MiB"),
        (
            json!({ "data": "https://example.com/a.png" }),
            "PNG or JPEG",
        ),
    ] {
        let refused = platform.call("PUT", &icon, body).await;
        assert_eq!(refused.status, 400);
        let wrong = &refused.body["invalid_parameters"][0];
        assert_eq!(wrong["field"], "data", "{}", refused.body);
        let said = wrong["reason"].as_str().unwrap();
        assert!(said.contains(reason), "{said}");
    }
    let cover = format!("/v3/apis/{api}/images/cover");
    let none = platform.call("PUT", &cover, data("png", PNG)).await;
    assert_eq!(none.status, 404, "{}", none.body);
}
