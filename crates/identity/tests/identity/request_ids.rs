//! Request ids: in every answer, and on pages that say what went wrong.

use axum::body::Body;
use http::{Method, Request};
use tower::ServiceExt as _;
use web::testing::Browser;

use crate::support::{App, ORIGIN, app};

async fn id(app: &App, method: Method, path: &str, sent: Option<&str>) -> String {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(sent) = sent {
        request = request.header("x-request-id", sent);
    }
    let request = request.body(Body::empty()).unwrap();
    let answer = app.router.clone().oneshot(request).await.unwrap();
    let mut ids = answer.headers().get_all("x-request-id").iter();
    let id = ids.next().unwrap_or_else(|| panic!("{path}: no id"));
    assert!(ids.next().is_none(), "{path}: one id");
    id.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_answer_of_the_tenant_carries_a_request_id() {
    let app = app().await;
    let mut seen = Vec::new();
    for (method, path) in [
        (Method::GET, "/.well-known/openid-configuration"),
        (Method::GET, "/api/v2/clients"),
        (Method::GET, "/api/v2/nothing"),
        (Method::GET, "/nothing"),
        (Method::POST, "/oauth/token"),
        (Method::POST, "/oidc/register"),
        (Method::OPTIONS, "/oidc/register"),
        (Method::GET, "/userinfo"),
        (Method::GET, "/authorize"),
        (Method::GET, "/u/login"),
    ] {
        seen.push(id(&app, method, path, None).await);
    }
    assert!(seen.iter().all(|id| id.len() == 36));
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 10, "each has its own");
}

#[tokio::test]
async fn an_id_that_came_along_is_kept_if_it_is_a_plain_word() {
    let app = app().await;
    let path = "/.well-known/jwks.json";
    assert_eq!(
        id(&app, Method::GET, path, Some("edge-4711-a")).await,
        "edge-4711-a"
    );
    for forged in ["<script>alert(1)</script>", "a b c d e f g", "tiny"] {
        assert_ne!(id(&app, Method::GET, path, Some(forged)).await, forged);
    }
}

#[tokio::test]
async fn a_page_that_says_what_went_wrong_shows_the_id_of_the_answer() {
    let app = app().await;
    let host = ORIGIN.strip_prefix("http://").unwrap();
    for path in [
        "/authorize?client_id=nobody",
        "/u/login?state=nothing",
        "/u/nowhere",
    ] {
        let mut browser = Browser::new(&app.router, host);
        let page = browser.get(path).await;
        let id = page.headers["x-request-id"].to_str().unwrap().to_owned();
        if path != "/u/nowhere" {
            page.says(&id);
        }
    }
}
