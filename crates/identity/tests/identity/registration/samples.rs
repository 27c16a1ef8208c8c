//! The samples of the vendor's page, byte by byte as its languages send them.

use axum::body::Body;
use http::{Request, header};
use serde_json::json;

use crate::support::{Answer, App, app};

const FLAG: &str = r#"{ "flags": { "enable_dynamic_client_registration": true } }"#;
const CLIENT: &str = r#"{"client_name":"My Dynamic Client","redirect_uris": ["https://client.example.com/callback", "https://client.example.com/callback2"]}"#;

/// A request with these headers in this order, as a socket would bring it.
async fn send(app: &App, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let length = body.len().to_string();
    let request = request.header(header::CONTENT_LENGTH, length);
    app.send(request.body(Body::from(body.to_owned())).unwrap())
        .await
}

#[tokio::test]
async fn the_settings_samples_work_in_every_language() {
    let host = "127.0.0.1:8005";
    // How each language's library writes the request that its sample makes.
    let languages: [(&str, &str, &str); 6] = [
        ("curl", "curl/8.5.0", "*/*"),
        ("go", "Go-http-client/1.1", ""),
        ("java", "unirest-java/1.4.9", ""),
        ("node", "", "application/json"),
        ("php", "", "*/*"),
        ("ruby", "Ruby", "*/*"),
    ];
    for (language, agent, accept) in languages {
        let app = app().await;
        let token = format!(
            "Bearer {}",
            app.management_token("update:tenant_settings").await
        );
        let headers = [
            ("host", host),
            ("authorization", token.as_str()),
            ("cache-control", "no-cache"),
            ("content-type", "application/json"),
            ("user-agent", agent),
            ("accept", accept),
        ];
        let headers: Vec<_> = headers
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect();
        let compact = r#"{"flags":{"enable_dynamic_client_registration":true}}"#;
        let body = if language == "node" { compact } else { FLAG };
        let answer = send(&app, "PATCH", "/api/v2/tenants/settings", &headers, body).await;
        assert_eq!(answer.status, 200, "{language}: {}", answer.body);
        assert_eq!(
            answer.body["flags"]["enable_dynamic_client_registration"],
            true
        );
    }
}

/// The sample in jQuery runs on a page, whose browser asks before it sends.
#[tokio::test]
async fn a_page_may_send_the_settings_sample_with_its_token_and_without_cookies() {
    let app = app().await;
    let token = app.management_token("update:tenant_settings").await;
    let token = format!("Bearer {token}");
    let path = "/api/v2/tenants/settings";
    let origin = ("origin", "https://client.example.com");
    let asking = [
        origin,
        ("access-control-request-method", "PATCH"),
        (
            "access-control-request-headers",
            "authorization,cache-control,content-type",
        ),
    ];
    let asked = send(&app, "OPTIONS", path, &asking, "").await;
    assert_eq!(asked.status, 200);
    assert_eq!(asked.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    let headers = &asked.headers[header::ACCESS_CONTROL_ALLOW_HEADERS];
    assert!(headers.to_str().unwrap().contains("cache-control"));
    let cookies = header::ACCESS_CONTROL_ALLOW_CREDENTIALS;
    assert!(!asked.headers.contains_key(cookies));
    let sending = [
        origin,
        ("authorization", token.as_str()),
        ("cache-control", "no-cache"),
        ("content-type", "application/json"),
    ];
    let answer = send(&app, "PATCH", path, &sending, FLAG).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    // A refusal can be read too.
    let answer = send(&app, "PATCH", path, &sending[..1], FLAG).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
}

#[tokio::test]
async fn the_python_samples_work_although_they_write_the_host_into_the_path() {
    let app = app().await;
    let token = format!(
        "Bearer {}",
        app.management_token("update:tenant_settings").await
    );
    let headers = [
        ("host", "127.0.0.1:8005"),
        ("accept-encoding", "identity"),
        ("content-type", "application/json"),
        ("authorization", &token),
        ("cache-control", "no-cache"),
    ];
    let path = "/127.0.0.1:8005/api/v2/tenants/settings";
    let answer = send(&app, "PATCH", path, &headers, FLAG).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let headers = [
        ("host", "127.0.0.1:8005"),
        ("content-type", "application/json"),
    ];
    let answer = send(
        &app,
        "POST",
        "/127.0.0.1:8005/oidc/register",
        &headers,
        CLIENT,
    )
    .await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    // The paths behind the host are guarded like the others.
    let stranger = send(&app, "PATCH", path, &headers, FLAG).await;
    assert_eq!(stranger.status, 401);
}

#[tokio::test]
async fn the_registration_samples_work_in_every_language() {
    let app = app().await;
    app.open_registration("permissive").await;
    let compact = r#"{"client_name":"My Dynamic Client","redirect_uris":["https://client.example.com/callback","https://client.example.com/callback2"]}"#;
    for (language, body, headers) in [
        (
            "curl",
            CLIENT,
            vec![("user-agent", "curl/8.5.0"), ("accept", "*/*")],
        ),
        (
            "c#",
            CLIENT,
            vec![(
                "accept",
                "application/json, text/json, text/x-json, text/javascript, application/xml, text/xml",
            )],
        ),
        (
            "go",
            CLIENT,
            vec![
                ("user-agent", "Go-http-client/1.1"),
                ("accept-encoding", "gzip"),
            ],
        ),
        (
            "java",
            CLIENT,
            vec![
                ("user-agent", "unirest-java/1.4.9"),
                ("accept-encoding", "gzip"),
            ],
        ),
        (
            "jquery",
            CLIENT,
            vec![("origin", "https://client.example.com"), ("accept", "*/*")],
        ),
        ("node", compact, vec![("accept", "application/json")]),
        ("php", CLIENT, vec![("accept", "*/*")]),
        (
            "ruby",
            CLIENT,
            vec![
                ("accept-encoding", "gzip;q=1.0,deflate;q=0.6,identity;q=0.3"),
                ("accept", "*/*"),
            ],
        ),
    ] {
        let mut all = vec![
            ("host", "127.0.0.1:8005"),
            ("content-type", "application/json"),
        ];
        all.extend(headers);
        let answer = send(&app, "POST", "/oidc/register", &all, body).await;
        assert_eq!(answer.status, 201, "{language}: {}", answer.body);
        let mut shown = answer.body;
        for (name, length) in [("client_id", 32), ("client_secret", 64)] {
            assert_eq!(shown[name].as_str().unwrap().len(), length);
            shown[name] = json!("[once]");
        }
        assert_eq!(
            shown,
            json!({
                "client_name": "My Dynamic Client", "client_id": "[once]", "client_secret": "[once]",
                "redirect_uris": ["https://client.example.com/callback", "https://client.example.com/callback2"],
                "client_secret_expires_at": 0, "token_endpoint_auth_method": "client_secret_post",
                "grant_types": ["authorization_code", "refresh_token", "implicit", "client_credentials"]
            }),
            "{language}"
        );
    }
}
