//! Who may call.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::routes;
use super::Platform;
use crate::model::PlatformTokenKind;
use crate::service::platform_tokens::NewToken;
use crate::{Actor, Error};
use secrecy::ExposeSecret;

#[tokio::test]
async fn every_route_refuses_an_outsider() {
    let platform = Platform::start().await;
    let id = "93f8380e-7798-4566-99e3-2edf2b57d289";
    for (method, path, _) in routes() {
        let parts = path.split('/');
        let path = parts.map(|part| if part.starts_with('{') { id } else { part });
        let path = path.collect::<Vec<_>>().join("/");
        for authorization in [
            None,
            Some("Bearer kpat_wrong"),
            Some("Basic YTpi"),
            Some(""),
        ] {
            let body = json!({});
            let answer = platform
                .call_as(authorization, method.as_str(), &path, body)
                .await;
            assert_eq!(answer.status, 401, "{method} {path}");
            assert_eq!(answer.headers["www-authenticate"], "Bearer");
        }
    }
    for (method, path) in [
        ("GET", "/v1/gateway/stream?node=n"),
        ("POST", "/v1/gateway/acks"),
        ("GET", "/v1/gateway/nodes"),
        ("POST", "/v1/gateway/uses"),
        ("POST", "/v1/gateway/traffic"),
        ("GET", "/v2/secrets"),
    ] {
        let answer = platform.call_as(None, method, path, Value::Null).await;
        assert_eq!(answer.status, 401, "{method} {path}");
    }
}

#[tokio::test]
async fn a_token_is_accepted_with_and_without_bearer() {
    let platform = Platform::start().await;
    let bearer = platform.bearer();
    let plain = bearer.strip_prefix("Bearer ").unwrap();
    for header in [&bearer, plain, &bearer.replace("Bearer", "bearer")] {
        let answer = platform
            .call_as(Some(header), "GET", "/v3/users/me", Value::Null)
            .await;
        assert_eq!(answer.status, 200, "{header}");
    }
}

#[tokio::test]
async fn a_token_ends_when_it_is_revoked_or_expires() {
    for platform in Platform::everywhere().await {
        let portal = &platform.portal;
        let ctx = portal.ctx(Actor::System, "test");
        let new = |expires_at| NewToken {
            kind: PlatformTokenKind::SystemAccount,
            name: "ci".into(),
            expires_at,
        };
        let end = ctx.now + Duration::from_secs(60);
        let (lasting, text) = portal.create_platform_token(&ctx, new(None)).await.unwrap();
        let text = text.reveal().expose_secret().to_owned();
        let (_, ending) = portal
            .create_platform_token(&ctx, new(Some(end)))
            .await
            .unwrap();
        let ending = ending.reveal().expose_secret().to_owned();
        assert!(text.starts_with("spat_"));
        assert_eq!(lasting.last_four, text[text.len() - 4..]);

        for token in [&text, &ending] {
            let found = portal.authenticate_platform_token(Some(token)).await;
            assert_eq!(found.unwrap().name, "ci", "{}", platform.name());
        }
        platform.clock.advance(Duration::from_secs(60));
        let found = portal.authenticate_platform_token(Some(&ending)).await;
        assert!(matches!(found, Err(Error::Unauthenticated(_))));

        portal
            .revoke_platform_token(&ctx, lasting.id)
            .await
            .unwrap();
        let found = portal.authenticate_platform_token(Some(&text)).await;
        assert!(matches!(found, Err(Error::Unauthenticated(_))));
        let again = portal.revoke_platform_token(&ctx, lasting.id).await;
        assert!(matches!(again, Err(Error::NotFound(_))));
    }
}

#[tokio::test]
async fn who_i_am_is_told() {
    let platform = Platform::start().await;
    let organization = platform.get("/v3/organizations/me").await;
    let id = platform.portal.organization().id.to_string();
    assert_eq!(organization.body["id"], id);
}

#[tokio::test]
async fn broken_bodies_are_problems_with_a_request_id() {
    let platform = Platform::start().await;
    let bearer = platform.bearer();
    for body in ["{\"name\": ", "[]", "\"text\"", "nonsense"] {
        let answer = platform
            .raw(Some(&bearer), "POST", "/v2/portals", body.into())
            .await;
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        let instance = answer.body["instance"].as_str().unwrap();
        let digits = instance.strip_prefix("kong:trace:").unwrap();
        assert!(digits.len() > 5 && digits.bytes().all(|b| b.is_ascii_digit()));
        assert!(answer.headers.contains_key("x-request-id"));
    }
}
