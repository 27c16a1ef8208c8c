//! The pages that the team wrote: who finds them, where, and what is shown of them.

use http::StatusCode;
use serde_json::json;
use storage::params;
use uuid::Uuid;

use web::testing::Browser;

use crate::stage::{HOST, Stage, stages};

/// A page: slug, title, whose it is (`public`, `private`, `unpublished`), content.
async fn write(stage: &Stage, parent: Option<Uuid>, page: (&str, &str, &str, &str)) -> Uuid {
    let (slug, title, whose, content) = page;
    let (visibility, status) = match whose {
        "unpublished" => ("public", "unpublished"),
        other => (other, "published"),
    };
    let id = oauth::Entropy::system().uuid();
    let sql = "INSERT INTO portal_site_page (id, portal_id, parent_page_id, slug, title, content, \
               visibility, status, position, created_at, updated_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0)";
    let parent = parent.map(|id| id.to_string());
    let params = params![
        id.to_string(),
        stage.portal_id,
        parent,
        slug,
        title,
        content,
        visibility,
        status
    ];
    stage.run(sql, params).await;
    let written = "UPDATE portal_portal SET pages_revision = pages_revision + 1 WHERE id = $1";
    stage.run(written, params![stage.portal_id]).await;
    id
}

async fn snippet(stage: &Stage, name: &str, visibility: &str, content: &str) {
    let id = oauth::Entropy::system().uuid().to_string();
    let sql = "INSERT INTO portal_snippet (id, portal_id, name, title, content, visibility, status, \
               created_at, updated_at) VALUES ($1, $2, $3, $3, $4, $5, 'published', 0, 0)";
    let params = params![id, stage.portal_id, name, content, visibility];
    stage.run(sql, params).await;
}

#[tokio::test]
async fn visitors_read_public_pages_and_developers_all_published_ones() {
    for stage in stages().await {
        let guides = (
            "guides",
            "Guides",
            "public",
            "# Guides\n\n:snippet{name=\"help\"}\n",
        );
        let guides = write(&stage, None, guides).await;
        write(&stage, Some(guides), ("/first", "First", "public", "One.")).await;
        let inner = ("inner", "Inner", "private", "For developers.");
        let inner = write(&stage, Some(guides), inner).await;
        write(&stage, Some(inner), ("deep", "Deep", "public", "Below.")).await;
        write(&stage, None, ("draft", "Draft", "unpublished", "Later.")).await;
        snippet(&stage, "help", "private", "**Call us.**").await;

        let mut visitor = Browser::new(&stage.app, HOST);
        let shown = visitor.get("/guides").await;
        assert_eq!(shown.status, StatusCode::OK, "{}", stage.name);
        shown.says("href=\"/guides/first\"");
        for hidden in ["Call us", ":snippet", "Inner", "Draft", "Deep"] {
            assert!(!shown.html.contains(hidden), "{hidden}: {}", shown.html);
        }
        visitor.get("/guides/first/").await.says("One.");
        // Whether there is such a page, they are not told.
        for path in ["/guides/inner", "/guides/inner/deep", "/draft", "/nothing"] {
            let shown = visitor.get(path).await;
            let back: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
            assert_eq!(shown.location(), format!("/login?go_on={back}"));
        }

        let mut developer = stage.developer("ada@example.com").await;
        let shown = developer.get("/guides").await;
        shown
            .says("<strong>Call us.</strong>")
            .says("Inner")
            .says("Deep");
        developer.get("/guides/inner/deep").await.says("Below.");
        for path in ["/draft", "/nothing", "/guides/draft"] {
            let shown = developer.get(path).await;
            assert_eq!(shown.status, StatusCode::NOT_FOUND, "{path}");
        }
        let shown = developer.post("/guides", &[]).await;
        assert_eq!(shown.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_start_page_stands_before_the_catalogue() {
    for stage in stages().await {
        let mut visitor = Browser::new(&stage.app, HOST);
        assert_eq!(visitor.get("/").await.location(), "/login");
        let text = "# Hello\n\n<script>alert(1)</script>\n\n::page-hero\n---\ncolor: red\n---\n#title\nBuild\n::\n";
        write(&stage, None, ("/", "Hello", "public", text)).await;
        let above = ("/apis", "Our APIs", "public", "Read this first.");
        write(&stage, None, above).await;
        let shown = visitor.get("/").await;
        shown
            .says("<h1>Hello</h1>")
            .says("Build")
            .says("href=\"/apis\"");
        for hidden in ["<script>", "page-hero", "color: red", "#title"] {
            assert!(!shown.html.contains(hidden), "{hidden}: {}", shown.html);
        }
        assert_eq!(
            visitor.get("/apis").await.location(),
            "/login?go_on=%2Fapis"
        );
        let mut developer = stage.developer("ada@example.com").await;
        developer.get("/").await.says("<h1>Hello</h1>");
        let shown = developer.get("/apis?q=forecasts").await;
        shown
            .says("Forecasts")
            .says("Our APIs")
            .says("Read this first.");
        shown.says("action=\"/apis\"");
        let menu = json!({ "menu": { "main": [
            { "path": "/start", "title": "Begin", "visibility": "private", "external": false },
            { "path": "javascript:x", "title": "Evil", "visibility": "public", "external": true },
            { "path": "https://status.example", "title": "Status", "visibility": "public", "external": true },
        ] } });
        let sql = "UPDATE portal_portal SET customization = $1";
        stage.run(sql, params![menu.to_string()]).await;
        let shown = visitor.get("/").await;
        shown.says("href=\"https://status.example\"");
        assert!(!shown.html.contains("Begin") && !shown.html.contains("Evil"));
        developer.get("/").await.says("href=\"/start\"");
    }
}

#[tokio::test]
async fn an_api_that_is_published_for_everybody_is_read_without_signing_in() {
    for stage in stages().await {
        let mut visitor = Browser::new(&stage.app, HOST);
        let product = format!("/products/{}", stage.product);
        let hidden = visitor.get(&product).await;
        assert!(hidden.location().starts_with("/login"), "{}", stage.name);
        let sql = "UPDATE portal_api_product_portal SET visibility = 'public'";
        stage.run(sql, params![]).await;
        visitor.get("/").await.says("Forecasts");
        let shown = visitor.get(&product).await;
        shown.says("Weather for <strong>every</strong> place");
        let version = format!("{product}/versions/{}", stage.version);
        for page in [
            format!("{product}/docs/start"),
            format!("{version}/reference"),
        ] {
            assert_eq!(visitor.get(&page).await.status, StatusCode::OK, "{page}");
        }
        let register = visitor.get(&format!("{version}/register")).await;
        assert!(register.location().starts_with("/login"));
        let other = format!("/products/{}", stage.portal_id);
        let other = visitor.get(&other).await;
        assert!(other.location().starts_with("/login"), "{}", other.html);
    }
}
