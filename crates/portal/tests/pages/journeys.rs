//! What a developer does, from the first visit to the last click.

use axum::body::Body;
use http::header::CACHE_CONTROL;
use http::{Request, StatusCode};
use serde_json::Value;
use storage::params;

use crate::stage::{GATEWAY, HOST, Stage, stages};
use web::testing::{Browser, Shown};

#[tokio::test]
async fn a_developer_signs_up_signs_in_and_out() {
    for stage in stages().await {
        let mut browser = stage.developer("ada@example.com").await;
        browser.get("/login?go_on=/my-apps").await.says("");
        let page = browser.get("/").await;
        page.says("Forecasts")
            .says("My Apps")
            .says("ada@example.com");
        let out = browser.post("/logout", &[]).await;
        assert_eq!(out.location(), "/");
        browser.get("/login").await.says("You are signed out");
        assert_eq!(
            browser.get("/my-apps").await.location(),
            "/login?go_on=%2Fmy-apps",
            "{}",
            stage.name
        );
    }
}

#[tokio::test]
async fn a_session_is_renewed_while_pages_are_opened() {
    for stage in stages().await {
        let mut browser = stage.developer("ada@example.com").await;
        browser.forget_cookie("portalaccesstoken");
        assert_eq!(
            browser.get("/my-apps").await.status,
            StatusCode::OK,
            "{}",
            stage.name
        );
        browser.forget_cookie("portalrefreshtoken");
        assert_eq!(
            browser.get("/my-apps").await.status,
            StatusCode::OK,
            "the new access token works"
        );
    }
}

#[tokio::test]
async fn a_link_in_a_mail_is_used_by_a_click_and_once() {
    for stage in stages().await {
        let mut browser = Browser::new(&stage.app, HOST);
        browser
            .fill(
                "/register",
                &[("full_name", "Ada"), ("email", "ada@example.com")],
            )
            .await;
        let links = stage.mailed_links().await;
        let link = links[0].strip_prefix("http://127.0.0.1:8003").unwrap();
        // Whoever scans mails opens links, too.
        browser.get(link).await.says("ada@example.com");
        let page = browser.get(link).await;
        let token = page.between("name=\"token\" value=\"", "\"").to_owned();
        browser
            .post("/verify-email", &[("token", &token)])
            .await
            .says("Choose a password");
        let again = browser.post("/verify-email", &[("token", &token)]).await;
        assert_eq!(again.status, StatusCode::GONE);
        again.says("does not work any more");
    }
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew() {
    for stage in stages().await {
        stage.developer("ada@example.com").await;
        let mut browser = Browser::new(&stage.app, HOST);
        browser
            .fill("/forgot-password", &[("email", "ada@example.com")])
            .await
            .says("on its way");
        browser
            .fill("/forgot-password", &[("email", "nobody@example.com")])
            .await
            .says("on its way");
        let links = stage.mailed_links().await;
        assert_eq!(links.len(), 1);
        let link = links[0]
            .strip_prefix("http://127.0.0.1:8003")
            .unwrap()
            .to_owned();
        let page = browser.get(&link).await;
        let token = page.between("name=\"token\" value=\"", "\"").to_owned();
        let short = [
            ("token", token.as_str()),
            ("password", "short"),
            ("again", "short"),
        ];
        let refused = browser.post("/reset-password", &short).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.says("at least 12 characters");
        let unlike = [
            ("token", token.as_str()),
            ("password", "new horse battery"),
            ("again", "new horse"),
        ];
        browser
            .post("/reset-password", &unlike)
            .await
            .says("not the same");
        let good = [
            ("token", token.as_str()),
            ("password", "new horse battery"),
            ("again", "new horse battery"),
        ];
        assert_eq!(
            browser.post("/reset-password", &good).await.location(),
            "/login"
        );
        browser
            .fill(
                "/login",
                &[
                    ("email", "ada@example.com"),
                    ("password", "new horse battery"),
                ],
            )
            .await
            .says("Ada");
    }
}

#[tokio::test]
async fn an_application_lives_from_its_secret_to_its_end() {
    for stage in stages().await {
        let mut browser = stage.developer("ada@example.com").await;
        browser
            .get("/my-apps/new")
            .await
            .says("Weather ID")
            .says("read:weather");
        let strategy = stage.strategy.to_string();
        let scopes = format!("scopes-{strategy}");
        let fields = [
            ("name", "cli & <co>"),
            ("auth_strategy_id", strategy.as_str()),
            ("redirect_uri", "https://app.example/callback"),
            (scopes.as_str(), "read:weather"),
        ];
        let made = browser.post("/my-apps/new", &fields).await;
        assert_eq!(made.status, StatusCode::OK, "{}", made.html);
        assert_eq!(made.headers[CACHE_CONTROL], "no-store");
        made.says("cli &amp; &lt;co&gt; is ready");
        made.says(&format!(
            "curl {GATEWAY}/weather -H &quot;Authorization: Basic client1:secret1&quot;"
        ));
        let path = made.between("button-primary\" href=\"", "\"").to_owned();

        let page = browser.get(&path).await;
        page.says("client1").says("Not registered for any API");
        assert!(
            !page.html.contains("secret1"),
            "the secret is gone: {}",
            page.html
        );

        let register = format!(
            "/products/{}/versions/{}/register",
            stage.product, stage.version
        );
        let id = path.rsplit('/').next().unwrap().to_owned();
        browser
            .fill(&register, &[("application_id", &id)])
            .await
            .says("can call it now")
            .says("Approved");
        browser
            .get(&register)
            .await
            .says("No application to register");

        browser
            .get(&format!("{path}/rotate-secret"))
            .await
            .says("stop working at once")
            .says("work for one more hour");
        let rotated = browser.post(&format!("{path}/rotate-secret"), &[]).await;
        assert_eq!(rotated.headers[CACHE_CONTROL], "no-store");
        rotated.says("The new client secret of").says("client1");
        assert!(!rotated.html.contains(">secret1<"), "{}", rotated.html);

        let overlap = [("overlap", "3600")];
        let rotated = browser
            .post(&format!("{path}/rotate-secret"), &overlap)
            .await;
        rotated.says("client3").says("secret3");
        rotated.says("Your earlier credentials work until");
        let page = browser.get(&path).await;
        page.says("the present one").says("Not yet").says("client1");
        let retire = format!("{path}/credentials/client1/retire");
        browser.get(&retire).await.says("Retire these credentials");
        browser
            .fill(&retire, &[])
            .await
            .says("The old credentials do not work any more");
        assert_eq!(browser.get(&retire).await.status, StatusCode::NOT_FOUND);

        let edited = [("name", "tool"), ("description", "Reads the weather")];
        browser
            .fill(&format!("{path}/edit"), &edited)
            .await
            .says("The application is saved")
            .says("Reads the weather");

        let page = browser.get(&path).await;
        let end = page.between("/registrations/", "/delete").to_owned();
        let end = format!("{path}/registrations/{end}/delete");
        browser.get(&end).await.says("Unregister from Forecasts?");
        browser.fill(&end, &[]).await.says("no longer registered");

        browser
            .get(&format!("{path}/delete"))
            .await
            .says("cannot be undone");
        browser
            .fill(&format!("{path}/delete"), &[])
            .await
            .says("tool is deleted")
            .says("No applications yet");
        assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND);
    }
}

/// The key in the one answer that shows it.
fn key_in(made: &Shown) -> String {
    assert_eq!(made.headers[CACHE_CONTROL], "no-store");
    let before = "id=\"api-key\" aria-labelledby=\"api-key-label\" role=\"group\">";
    let key = made.between(before, "<").to_owned();
    assert_eq!(key.len(), 32, "{}", made.html);
    key
}

/// Replaces a key so that it works for another hour, then at once.
async fn replace_a_key(stage: &Stage, browser: &mut Browser, path: &str) {
    let new = format!("{path}/keys/new");
    browser.get(&new).await.says("after 30 days").says("never");
    let first = key_in(&browser.post(&new, &[("display_name", "station")]).await);
    let page = browser.get(path).await;
    let id = page.between("/keys/", "/rotate").to_owned();
    let id = id.rsplit("keys/").next().unwrap();
    let rotate = format!("{path}/keys/{id}/rotate");
    browser.get(&rotate).await.says("work for one more hour");
    let second = key_in(&browser.post(&rotate, &[("overlap", "60")]).await);
    assert_ne!(first, second);
    let start = |key: &str| format!("{}…", &key[..6]);
    let page = browser.get(path).await;
    page.says(&start(&first)).says(&start(&second));
    assert!(!page.html.contains("Expired"));
    stage.clock.advance(std::time::Duration::from_secs(61));
    browser.get(path).await.says("Expired");
    browser.get(&rotate).await;
    let refused = browser.post(&rotate, &[("overlap", "0")]).await;
    assert_eq!(refused.status, StatusCode::SEE_OTHER);
    browser.get(path).await.says("make a new one instead");
}

#[tokio::test]
async fn an_application_with_keys_gets_them_one_by_one() {
    for stage in stages().await {
        let mut browser = stage.developer("ada@example.com").await;
        let strategy = stage.key_strategy.to_string();
        let fields = [("name", "cli"), ("auth_strategy_id", strategy.as_str())];
        let page = browser.fill("/my-apps/new", &fields).await;
        page.says("No keys yet");
        let end = page.html.find("/keys/new\"").unwrap();
        let start = page.html[..end].rfind("/my-apps/").unwrap();
        let path = page.html[start..end].to_owned();
        let new = format!("{path}/keys/new");
        assert_eq!(browser.get(&new).await.status, StatusCode::OK);
        browser
            .post(&new, &[("display_name", "")])
            .await
            .says("Name is required.");
        let made = browser
            .post(&new, &[("display_name", "laptop"), ("days", "30")])
            .await;
        let key = key_in(&made);
        let page = browser.get(&path).await;
        page.says("laptop").says("Active");
        page.says(&format!("{}…", &key[..6]));
        assert!(!page.html.contains(&key), "shown once");
        assert!(!page.html.contains("never"), "it ends");
        let delete = format!(
            "{path}/keys/{}/delete",
            page.between("/keys/", "/delete")
                .rsplit("keys/")
                .next()
                .unwrap()
        );
        browser
            .fill(&delete, &[])
            .await
            .says("The key laptop is revoked")
            .says("No keys yet");

        replace_a_key(&stage, &mut browser, &path).await;

        let register = format!(
            "/products/{}/versions/{}/register",
            stage.product, stage.keyed
        );
        let id = path.rsplit('/').next().unwrap().to_owned();
        browser
            .fill(&register, &[("application_id", &id)])
            .await
            .says("Waiting for approval");
    }
}

#[tokio::test]
async fn an_api_is_read_and_tried_without_leaving_the_portal() {
    for stage in stages().await {
        let mut browser = stage.developer("ada@example.com").await;
        browser.get("/?q=fore").await.says("One API found");
        browser
            .get("/?q=nothing-like-it")
            .await
            .says("Nothing matches");
        let product = format!("/products/{}", stage.product);
        let page = browser.get(&product).await;
        page.says("<strong>every</strong>")
            .says(&format!("{GATEWAY}/weather"))
            .says("v2")
            .says("Registration is open");
        let page = browser.get(&format!("{product}/docs/start")).await;
        page.says("Call it.").says("&lt;script&gt;");
        assert_eq!(
            browser.get(&format!("{product}/docs/draft")).await.status,
            StatusCode::NOT_FOUND
        );

        let version = format!("{product}/versions/{}", stage.version);
        let page = browser.get(&format!("{version}/reference")).await;
        page.says("/forecast/{city}")
            .says("Forecast for a city")
            .says("Client ID and secret");
        let page = browser
            .get(&format!("{version}/reference/operations/getForecast"))
            .await;
        page.says(&format!("{GATEWAY}/weather/forecast/tokyo"))
            .says("-u &quot;CLIENT_ID:CLIENT_SECRET&quot;")
            .says(&format!("data-try=\"/try/{}\"", stage.version));
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(!policy.contains("unsafe"), "{policy}");
        let page = browser
            .get(&format!("{version}/reference/schemas/Forecast"))
            .await;
        page.says("high");
        for nothing in ["operations/none", "schemas/None"] {
            let answer = browser.get(&format!("{version}/reference/{nothing}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{nothing}");
        }
        let yaml = browser.get(&format!("{version}/openapi.yaml")).await;
        yaml.says("openapi: ").says(&format!("{GATEWAY}/weather"));
        // What is read once is read again as soon as it changes.
        let sql = "UPDATE portal_specification SET document = '{\"openapi\": \"3.0.3\", \"info\": {\"title\": \"New\"}}', updated_at = 1";
        let before = "UPDATE portal_specification SET document = content, updated_at = 2";
        stage.run(sql, params![]).await;
        let page = browser.get(&format!("{version}/reference")).await;
        page.says("No operations yet");
        stage.run(before, params![]).await;
        let document = browser.get(&format!("{version}/openapi.json")).await;
        let document: Value = serde_json::from_str(&document.html).unwrap();
        assert_eq!(document["servers"][0]["url"], format!("{GATEWAY}/weather"));
        assert_eq!(
            document["components"]["securitySchemes"]["clientCredentials"]["scheme"],
            "basic"
        );

        let path = format!("/try/{}/0/forecast/tokyo?unit=c", stage.version);
        let request = || Request::get(&path).header("sec-fetch-site", "same-origin");
        let marked = request()
            .header("x-try-it", "1")
            .body(Body::empty())
            .unwrap();
        let answer = browser.send(marked).await;
        assert_eq!(answer.html, "GET /weather/forecast/tokyo?unit=c");
        assert_eq!(
            answer.headers["content-security-policy"],
            "sandbox; default-src 'none'"
        );
        let unmarked = browser.send(request().body(Body::empty()).unwrap()).await;
        assert_eq!(unmarked.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn what_is_not_published_is_not_there() {
    for stage in stages().await {
        let mut browser = stage.developer("ada@example.com").await;
        let product = format!("/products/{}", stage.product);
        stage
            .run(
                "UPDATE portal_publication SET publish_status = 'unpublished'",
                params![],
            )
            .await;
        browser.get(&product).await.says("No version is published");
        let version = format!("{product}/versions/{}", stage.version);
        for page in [
            "reference",
            "reference/operations/getForecast",
            "reference/schemas/Forecast",
            "openapi.json",
            "openapi.yaml",
            "register",
        ] {
            assert_eq!(
                browser.get(&format!("{version}/{page}")).await.status,
                StatusCode::NOT_FOUND,
                "{page}"
            );
        }
        stage
            .run("DELETE FROM portal_api_product_portal", params![])
            .await;
        assert_eq!(browser.get(&product).await.status, StatusCode::NOT_FOUND);
        browser.get("/").await.says("No APIs yet");
    }
}
