//! What each role may do in the console: no page is forgotten, because the pages are looked up in the source.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use http::StatusCode;
use serde_json::json;
use web::Role;

use super::Platform;
use super::people::browser;
use super::portals::{applicant, published};

fn files(dir: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, into);
        } else {
            into.push(path);
        }
    }
}

/// Every text of the console's source that can be the path of a page, with ids in the places of parameters.
fn paths() -> BTreeSet<String> {
    let id = "93f8380e-7798-4566-99e3-2edf2b57d289";
    let mut all = Vec::new();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src/console");
    files(Path::new(source), &mut all);
    let mut paths = BTreeSet::new();
    for file in all {
        let text = std::fs::read_to_string(file).unwrap();
        for literal in text.split('"').filter(|text| text.starts_with('/')) {
            let plain = |c: char| c.is_ascii_alphanumeric() || "/-_{}*".contains(c);
            if literal.chars().all(plain) && !literal.contains("{}") && !literal.contains("//") {
                let parts = literal.split('/');
                let part = |part: &str| if part.starts_with('{') { id } else { part }.to_owned();
                paths.insert(parts.map(part).collect::<Vec<_>>().join("/"));
            }
        }
    }
    paths
}

#[tokio::test]
async fn a_viewer_changes_nothing_by_any_page() {
    let platform = Platform::start().await;
    let (mut viewer, mut owner) = (
        browser(&platform, Role::Viewer),
        browser(&platform, Role::Owner),
    );
    let mut writing = 0;
    // What is about the reader's own tokens is everybody's, as over the API.
    for path in paths().iter().filter(|path| !path.starts_with("/tokens")) {
        let refused = viewer.post(path, &[]).await.status;
        let never = [StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED];
        if never.contains(&refused) && never.contains(&owner.post(path, &[]).await.status) {
            continue;
        }
        assert_eq!(refused, StatusCode::FORBIDDEN, "POST {path}");
        writing += 1;
        // What only asks before a change is not shown either.
        let asks = ["/new", "/delete", "/remove", "/add", "/decide"];
        if asks.iter().any(|end| path.ends_with(end)) {
            let asked = viewer.get(path).await.status;
            assert_eq!(asked, StatusCode::FORBIDDEN, "GET {path}");
        }
    }
    assert!(writing > 30, "only {writing} pages that write were found");
}

#[tokio::test]
async fn of_every_page_it_is_said_what_it_asks() {
    let platform = Platform::start().await;
    let mut owner = browser(&platform, Role::Owner);
    // The token of its form is good for every other one.
    assert_eq!(owner.get("/portals/new").await.status, StatusCode::OK);
    for path in paths() {
        let shown = owner.get(&path).await.status;
        assert_ne!(
            shown,
            StatusCode::FORBIDDEN,
            "say in console/needs.rs what {path} asks"
        );
        let sent = owner.post(&path, &[]).await.status;
        assert_ne!(
            sent,
            StatusCode::FORBIDDEN,
            "say in console/needs.rs what {path} asks"
        );
    }
}

#[tokio::test]
async fn a_viewer_sees_pages_about_portals_products_and_teams_without_a_button() {
    let platform = Platform::start().await;
    let (portal, version, strategy) = published(&platform).await;
    let applicant = applicant(&platform, &portal, &version, &strategy).await;
    let developer = applicant.developer.rsplit('/').next().unwrap();
    let products = platform
        .get(&format!("/v2/portals/{portal}/products"))
        .await;
    let product = products.body["data"][0]["id"].as_str().unwrap().to_owned();
    let teams = format!("/v2/portals/{portal}/teams");
    let team = platform
        .post(&teams, json!({ "name": "Partners" }))
        .await
        .id();
    let members = format!("{teams}/{team}/developers");
    let joined = platform.post(&members, json!({ "id": developer })).await;
    assert_eq!(joined.status, 201, "{}", joined.body);
    let provider = platform.provider().await;

    let (portal, product) = (
        format!("/portals/{portal}"),
        format!("/api-products/{product}"),
    );
    let mut viewer = browser(&platform, Role::Viewer);
    for page in [
        "/portals".to_owned(),
        portal.clone(),
        format!("{portal}/settings"),
        format!("{portal}/appearance"),
        format!("{portal}/products"),
        format!("{portal}/teams"),
        format!("{portal}/teams/{team}"),
        format!("{portal}/teams/{team}/roles"),
        format!("{portal}/teams/{team}/settings"),
        "/api-products".to_owned(),
        product.clone(),
        format!("{product}/versions"),
        format!("{product}/versions/{version}"),
        format!("{product}/documents"),
        format!("{product}/portals"),
        "/application-auth/providers".to_owned(),
        format!("/application-auth/providers/{provider}"),
        format!("/application-auth/providers/{provider}/verify"),
    ] {
        let shown = viewer.get(&page).await;
        assert_eq!(shown.status, StatusCode::OK, "{page}: {}", shown.html);
        for writing in [
            "method=\"post\"",
            "/delete\"",
            "/remove\"",
            "/add\"",
            "/new\"",
        ] {
            assert!(!shown.html.contains(writing), "{writing} in {page}");
        }
    }
}

#[tokio::test]
async fn an_administrator_gives_roles_in_the_console_one_page_at_once() {
    for platform in Platform::everywhere().await {
        let (portal, _, _) = published(&platform).await;
        let products = platform
            .get(&format!("/v2/portals/{portal}/products"))
            .await;
        let product = products.body["data"][0]["id"].as_str().unwrap().to_owned();
        let teams = format!("/v2/portals/{portal}/teams");
        let team = platform
            .post(&teams, json!({ "name": "Partners" }))
            .await
            .id();
        let mut owner = browser(&platform, Role::Admin);
        let page = format!("/portals/{portal}/teams/{team}/roles");
        let field = format!("role-{product}");
        let roles = format!("{teams}/{team}/assigned-roles");
        for (word, role) in [("viewer", "API Viewer"), ("consumer", "API Consumer")] {
            let saved = owner.fill(&page, &[(&field, word)]).await;
            saved.says("One role changed.");
            let held = platform.get(&roles).await.body["data"].clone();
            assert_eq!(held.as_array().unwrap().len(), 1, "{}", platform.name());
            assert_eq!(held[0]["role_name"], role);
        }
        let saved = owner.fill(&page, &[(&field, "consumer")]).await;
        saved.says("No role changed.");
        owner.fill(&page, &[(&field, "none")]).await;
        assert_eq!(platform.get(&roles).await.body["data"], json!([]));
    }
}
