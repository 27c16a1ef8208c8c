//! What is refused, and how it is said.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use dcr::ErrorKind;
use dcr::testing::Fault;
use http::{Request, StatusCode};
use storage::params;

use crate::stage::{HOST, stages};
use web::testing::Browser;

#[tokio::test]
async fn a_form_from_elsewhere_changes_nothing() {
    for stage in stages().await {
        let mut browser = stage.developer("ada@example.com").await;
        browser.get("/my-apps/new").await;
        browser.forget_token();
        let strategy = stage.key_strategy.to_string();
        let refused = browser
            .post(
                "/my-apps/new",
                &[("name", "x"), ("auth_strategy_id", &strategy)],
            )
            .await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        refused.says("no longer valid").says("Weather APIs");
        browser.get("/my-apps").await.says("No applications yet");
    }
}

#[tokio::test]
async fn a_wrong_form_comes_back_with_what_was_entered() {
    for stage in stages().await {
        let mut browser = stage.developer("ada@example.com").await;
        browser.get("/my-apps/new").await;
        let fields = [
            ("name", ""),
            ("description", "Reads \"it\""),
            ("redirect_uri", "javascript:alert(1)"),
        ];
        let back = browser.post("/my-apps/new", &fields).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
        back.says("<title>Error: New App")
            .says("Name is required.")
            .says("Choose one of the list.");
        back.says("Reads &quot;it&quot;")
            .says("value=\"javascript:alert(1)\"")
            .says("id=\"redirect_uri-error\"");
        let bad = browser
            .post(
                "/register",
                &[("full_name", ""), ("email", "nobody@example.com")],
            )
            .await;
        bad.says("Full name is required.");
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_told_alike() {
    for stage in stages().await {
        stage.developer("ada@example.com").await;
        let mut browser = Browser::new(&stage.app, HOST);
        browser.get("/login").await;
        for email in ["ada@example.com", "nobody@example.com"] {
            let refused = browser
                .post(
                    "/login",
                    &[("email", email), ("password", "wrong wrong wrong")],
                )
                .await;
            assert_eq!(
                refused.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{}",
                stage.name
            );
            refused
                .says("The email address or the password is wrong")
                .says(&format!("value=\"{email}\""));
            assert!(!refused.html.contains("wrong wrong wrong"));
        }
    }
}

#[tokio::test]
async fn an_account_that_waits_is_told_so() {
    for stage in stages().await {
        stage.developer("ada@example.com").await;
        stage
            .run("UPDATE portal_developer SET status = 'pending'", params![])
            .await;
        let mut browser = Browser::new(&stage.app, HOST);
        browser.get("/login").await;
        let fields = [
            ("email", "ada@example.com"),
            ("password", crate::stage::PASSWORD),
        ];
        browser
            .post("/login", &fields)
            .await
            .says("waiting for the API team");
    }
}

#[tokio::test]
async fn a_provider_that_fails_leaves_a_sentence_and_no_application() {
    for stage in stages().await {
        let mut browser = stage.developer("ada@example.com").await;
        stage
            .provider
            .fail("register", Fault::Refused(ErrorKind::Unavailable));
        browser.get("/my-apps/new").await;
        let strategy = stage.strategy.to_string();
        let failed = browser
            .post(
                "/my-apps/new",
                &[("name", "cli"), ("auth_strategy_id", &strategy)],
            )
            .await;
        assert_eq!(
            failed.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            failed.html
        );
        failed.says("nothing was changed").says("value=\"cli\"");
        browser.get("/my-apps").await.says("No applications yet");
    }
}

#[tokio::test]
async fn nobody_sees_what_is_anothers() {
    for stage in stages().await {
        let mut owner = stage.developer("ada@example.com").await;
        let strategy = stage.strategy.to_string();
        owner.get("/my-apps/new").await;
        let made = owner
            .post(
                "/my-apps/new",
                &[("name", "cli"), ("auth_strategy_id", &strategy)],
            )
            .await;
        let path = made.between("button-primary\" href=\"", "\"").to_owned();
        let mut other = stage.developer("eve@example.com").await;
        for page in ["", "/edit", "/delete", "/rotate-secret"] {
            let shown = other.get(&format!("{path}{page}")).await;
            assert_eq!(shown.status, StatusCode::NOT_FOUND, "{page}");
            shown.says("This page is not here").says("Weather APIs");
        }
        other.get("/my-apps").await;
        for action in ["/edit", "/delete", "/rotate-secret"] {
            let refused = other
                .post(&format!("{path}{action}"), &[("name", "mine")])
                .await;
            assert_eq!(refused.status, StatusCode::NOT_FOUND, "{action}");
        }
        assert_eq!(owner.get(&path).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_asked_to_and_brought_back() {
    for stage in stages().await {
        let mut browser = Browser::new(&stage.app, HOST);
        assert_eq!(browser.get("/").await.location(), "/login");
        let product = format!("/products/{}", stage.product);
        for page in [product.as_str(), "/my-apps", "/my-apps/new"] {
            assert!(
                browser
                    .get(page)
                    .await
                    .location()
                    .starts_with("/login?go_on="),
                "{page}"
            );
        }
        stage.developer("ada@example.com").await;
        let sign_in = format!("/login?go_on={product}");
        browser.get(&sign_in).await.says("Sign in to go on");
        let fields = [
            ("email", "ada@example.com"),
            ("password", crate::stage::PASSWORD),
            ("go_on", product.as_str()),
        ];
        assert_eq!(browser.post("/login", &fields).await.location(), product);
        browser.post("/logout", &[]).await;
        let mut browser = Browser::new(&stage.app, HOST);
        browser.get("/login").await;
        let fields = [fields[0], fields[1], ("go_on", "//evil.example/")];
        assert_eq!(browser.post("/login", &fields).await.location(), "/");
    }
}

#[tokio::test]
async fn a_public_portal_is_read_by_everybody_and_has_no_accounts() {
    for stage in stages().await {
        stage
            .run("UPDATE portal_portal SET is_public = $1", params![true])
            .await;
        let mut browser = Browser::new(&stage.app, HOST);
        let page = browser.get("/").await;
        page.says("Forecasts");
        assert!(!page.html.contains("/register"));
        browser
            .get("/register")
            .await
            .says("This portal has no accounts");
        let page = browser.get("/nowhere").await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        page.says("This page is not here").says("Weather APIs");
        let wrong = browser.get("/logout").await;
        assert_eq!(wrong.status, StatusCode::METHOD_NOT_ALLOWED);
        browser.get("/?lang=ja").await.says("ドキュメントを読み");
    }
}

#[tokio::test]
async fn who_comes_from_an_address_that_is_not_let_in_sees_nothing() {
    for stage in stages().await {
        let list =
            r#"[{"id":"0d9a1e66-2b5c-4fb1-9a0d-6a1de81c3a01","allowed_ips":["192.0.2.0/24"]}]"#;
        let sql = "UPDATE portal_portal SET ip_allow_list = $1";
        stage.run(sql, params![list]).await;
        let proxies = vec!["10.0.0.0/8".parse().unwrap()];
        let app = web::attribute(stage.app.clone(), proxies);
        for (peer, forwarded, status) in [
            ([192, 0, 2, 9], None, StatusCode::OK),
            ([203, 0, 113, 9], None, StatusCode::FORBIDDEN),
            // Only a proxy of the operator's is believed.
            ([203, 0, 113, 9], Some("192.0.2.9"), StatusCode::FORBIDDEN),
            ([10, 0, 0, 1], Some("192.0.2.9"), StatusCode::OK),
            ([10, 0, 0, 1], Some("203.0.113.9"), StatusCode::FORBIDDEN),
        ] {
            let mut request = Request::get("/login").header("host", HOST);
            if let Some(forwarded) = forwarded {
                request = request.header("x-forwarded-for", forwarded);
            }
            let request = request.extension(ConnectInfo(SocketAddr::from((peer, 4000))));
            let request = request.body(Body::empty()).unwrap();
            let answer = tower::ServiceExt::oneshot(app.clone(), request)
                .await
                .unwrap();
            assert_eq!(answer.status(), status, "{peer:?} {forwarded:?}");
        }
    }
}
